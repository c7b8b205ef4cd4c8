#include "detectors/analysis/session-replies.h"

#include "detectors/analysis/hello-keywords.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> TURN_STAGES{
    {{"", "greeting"},
     {"EHLO", "EHLO"},
     {"HELO", "EHLO"},
     {"AUTH", "AUTH"},
     {"MAIL", "MAIL"},
     {"RCPT", "RCPT"},
     {"DATA", "DATA"},
     {".", "content"}}};

bool
TakesHello(const SmtpSession& session)
{
    return std::any_of(session.turns.begin(),
                       session.turns.end(),
                       [](const Turn& turn)
                       { return (turn.Is("HELO") || turn.Is("EHLO")) && turn.code / 100 == 2; });
}

} // namespace

std::vector<InFile<ReportedReply>>
RefusalsOf(const SmtpSession& session)
{
    std::vector<InFile<ReportedReply>> refusals;
    std::string sender;
    std::string recipient;
    bool isTaken = false; // a recipient
    for (const Turn& turn : session.turns)
    {
        sender = turn.Is("MAIL") ? turn.mailbox : sender;
        recipient = turn.Is("RCPT") ? turn.mailbox : recipient;
        isTaken = isTaken || (turn.Is("RCPT") && turn.code / 100 == 2);
        const auto* const stage =
            std::find_if(TURN_STAGES.begin(),
                         TURN_STAGES.end(),
                         [&](const auto& known) { return turn.Is(known.first); });
        const bool isHello = turn.Is("EHLO") || turn.Is("HELO");
        const bool follows =
            !refusals.empty() && (turn.code == 503 || (turn.Is("DATA") && !isTaken));
        if (turn.code / 100 < 4 || turn.code >= 600 || stage == TURN_STAGES.end() || !session.log ||
            turn.answered.number == 0 || (isHello && TakesHello(session)) || follows)
        {
            continue;
        }
        const LogRow& row = session.log->rows[turn.answered.index];
        const FoundReply found = ReadReplyAt(turn.reply + " ", 0);
        InFile<ReportedReply> told{session.logs->FileOf(row), {}};
        ReportedReply& reply = told.record;
        reply.line = turn.answered.number;
        reply.text = session.log->Quote(row);
        reply.witness =
            session.atServer ? ReportedReply::Witness::Server : ReportedReply::Witness::Client;
        reply.program = "SMTP dialog";
        reply.sender = sender;
        reply.recipient = turn.Is("RCPT") || turn.Is("DATA") || turn.Is(".") ? recipient : "";
        const HostAddress& other = session.atServer ? session.client : session.server;
        reply.address = other.IsNumeric() ? other : HostAddress();
        reply.host = session.atServer                   ? std::string(session.Hello())
                     : !NameInGreeting(session).empty() ? NameInGreeting(session)
                     : !other.IsNumeric() && !other.IsMasked() && other.IsKnown() ? other.ToString()
                                                                                  : std::string();
        reply.stage = stage->second;
        reply.code = turn.code;
        reply.enhanced = found.enhanced;
        reply.reply = found.words;
        reply.isFinal = turn.code >= 500;
        if (row.time != WallTime())
        {
            reply.time = row.time;
        }
        refusals.push_back(std::move(told));
    }
    return refusals;
}

} // namespace bouncelab::detectors
