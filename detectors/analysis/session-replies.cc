#include "detectors/analysis/session-replies.h"

#include "detectors/analysis/hello-keywords.h"
#include "formats/text.h"

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

/// Whether a server that was asked nothing speaks after the client has been silent for long.
bool
EndsSilence(const std::vector<Turn>& turns, std::size_t index)
{
    constexpr std::chrono::seconds LONG(30);
    return index > 0 && turns[index].verb.empty() && turns[index].code == 421 &&
           turns[index - 1].answered.number > 0 &&
           turns[index].answered.time - turns[index - 1].answered.time >= LONG;
}

} // namespace

bool
IsMended(const std::vector<Turn>& turns, std::size_t index)
{
    const Turn& turn = turns[index];
    const bool isOrder = turn.code == 501 || turn.code == 503; // its form, or its place
    return turn.code / 10 == 50 &&
           std::any_of(turns.begin() + static_cast<std::ptrdiff_t>(index),
                       turns.end(),
                       [&](const Turn& later)
                       {
                           return later.code / 100 == 2 && later.verb == turn.verb &&
                                  (isOrder || later.mailbox == turn.mailbox);
                       });
}

bool
GoesOnBehind(const SmtpSession& session, const std::string& file, std::uint32_t line)
{
    return session.log && !session.turns.empty() &&
           session.logs->FileOf(session.log->rows.front()) == file &&
           session.turns.front().answered.number < line &&
           std::any_of(session.turns.begin(),
                       session.turns.end(),
                       [&](const Turn& turn)
                       {
                           return turn.answered.number > line && turn.code / 100 == 2 &&
                                  (turn.Is("MAIL") || turn.Is("RCPT"));
                       });
}

std::vector<InFile<ReportedReply>>
RefusalsOf(const SmtpSession& session)
{
    std::vector<InFile<ReportedReply>> refusals;
    std::string sender;
    std::string recipient;
    bool isTaken = false; // a recipient
    for (std::size_t i = 0; i < session.turns.size(); ++i)
    {
        const Turn& turn = session.turns[i];
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
        if (turn.code / 100 < 4 || turn.code >= 600 || stage == TURN_STAGES.end() ||
            turn.answered.number == 0 || (isHello && TakesHello(session)) || follows ||
            IsMended(session.turns, i))
        {
            continue;
        }
        const bool atServer = session.IsTakenAtServer();
        const FoundReply found = ReadReplyAt(turn.reply + " ", 0);
        InFile<ReportedReply> told{session.file, {}};
        ReportedReply& reply = told.record;
        reply.line = turn.answered.number;
        WallTime time = turn.answered.time;
        if (session.log)
        {
            const LogRow& row = session.log->rows[turn.answered.index];
            told.file = session.logs->FileOf(row);
            reply.text = session.log->Quote(row);
            time = row.time;
        }
        reply.witness = atServer ? ReportedReply::Witness::Server : ReportedReply::Witness::Client;
        reply.program = session.log ? "SMTP dialog" : session.isText ? PRINTED_PACKETS : CAPTURE;
        reply.sender = sender;
        reply.recipient = turn.Is("RCPT") || turn.Is("DATA") || turn.Is(".") ? recipient : "";
        const HostAddress& other = atServer ? session.client : session.server;
        const HostAddress& witness = atServer ? session.server : session.client;
        reply.address = other.IsNumeric() ? other : HostAddress();
        reply.witnessAddress = witness.IsNumeric() ? witness : HostAddress();
        reply.host = atServer                           ? std::string(session.Hello())
                     : !NameInGreeting(session).empty() ? NameInGreeting(session)
                     : !other.IsNumeric() && !other.IsMasked() && other.IsKnown() ? other.ToString()
                                                                                  : std::string();
        reply.hello = InLowerCase(session.Hello());
        // An answer that nothing asked for may be one to the content that is under way.
        const bool isAsked = !turn.verb.empty() || i == 0;
        reply.stage = isAsked                                         ? stage->second
                      : session.turns[i - 1].code == 354              ? std::string_view("content")
                      : !session.log && EndsSilence(session.turns, i) ? SILENCE
                                                                      : std::string_view();
        reply.code = turn.code;
        reply.enhanced = found.enhanced;
        reply.reply = found.words;
        reply.isFinal = turn.code >= 500;
        if (time != WallTime())
        {
            reply.time = time;
        }
        refusals.push_back(std::move(told));
    }
    return refusals;
}

} // namespace bouncelab::detectors
