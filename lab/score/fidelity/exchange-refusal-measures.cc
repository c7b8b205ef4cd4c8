#include "formats/exchange-fields.h"
#include "lab/score/fidelity/measures.h"
#include "lab/score/mail-fate.h"

#include <algorithm>
#include <tuple>

/// How the server and its filter treat the case's sender, and what the user is told.
namespace bouncelab::score
{

namespace
{

using detectors::LogRow;
using detectors::LogSession;

bool
IsError(std::string_view reply)
{
    return reply.size() > 3 && (reply[0] == '4' || reply[0] == '5') && reply[3] == ' ';
}

std::string
OrNone(std::string_view text)
{
    return text.empty() ? "none" : std::string(text);
}

/// What the mail program showed about the recipient of the case; else its first error that names
/// nobody.
std::string
ShownToUser(const Subject& subject)
{
    std::string unnamed;
    for (const detectors::ClientError& error : subject.ClientErrors())
    {
        if (error.recipient == subject.Case().to)
        {
            return error.reply;
        }
        unnamed = unnamed.empty() && error.recipient.empty() ? error.reply : unnamed;
    }
    return OrNone(unnamed);
}

/// The first refusal that the sender under study got, in any of his sessions: later messages of
/// his count as the case does (S000-01).
Facts
Refusal(const Subject& subject)
{
    for (const LogSession* session : subject.SenderSessions())
    {
        const LoggedDialogue dialogue(*session);
        for (const LoggedTurn& turn : dialogue.Turns())
        {
            const std::string_view reply = dialogue.LastLineOf(turn);
            if (!IsError(reply))
            {
                continue;
            }
            const std::string_view command = dialogue.TextOf(turn);
            return {{"reply", std::string(reply)},
                    {"to", std::string(command.substr(0, command.find(' ')))},
                    Milliseconds("after", turn.answer.back()->timeNs - turn.command->timeNs),
                    {"user is shown", ShownToUser(subject)}};
        }
    }
    throw NotMeasurable("no session of the case's sender was refused anything");
}

/// By the truth, and where the user was (S000-02).
Facts
CaseFate(const Subject& subject)
{
    const MailFate fate = FateOf(subject.Run());
    if (fate.sender.empty())
    {
        throw NotMeasurable("the truth does not say what became of the case");
    }
    const std::string address = subject.SenderParameter("/address").get<std::string>();
    return {{"fate", fate.Phrase()},
            {"client", address},
            YesNo("abroad", !IsPrivate(Ipv4::Parse(address).value_or(Ipv4{})))};
}

Facts
FilterRecord(const Subject& subject)
{
    std::int64_t decisions = 0;
    std::string user;
    std::string rejectedBy;
    bool isListed = false;
    for (const detectors::FilterDecision& decision : subject.FilterLog())
    {
        if (decision.sender != subject.Case().from)
        {
            continue;
        }
        ++decisions;
        user = user.empty() ? decision.authenticated : user;
        isListed = isListed || decision.action == "whitelist";
        rejectedBy = rejectedBy.empty() && decision.action == "reject" ? decision.test : rejectedBy;
    }
    if (decisions == 0)
    {
        throw NotMeasurable("the filter's log has nothing on the case's sender");
    }
    return {Count("decisions", decisions),
            {"authenticated", OrNone(user)},
            YesNo("sender whitelisted", isListed),
            {"rejected by", OrNone(rejectedBy)}};
}

/// A row with its session, so that the rows of one client can be put in order of time.
struct ClientRow
{
    const LogSession* session;
    const LogRow* row;
};

std::vector<ClientRow>
RowsOfClient(const ReceiveLog& log, Ipv4 client)
{
    std::vector<ClientRow> rows;
    for (const LogSession& session : log.Sessions())
    {
        if (session.remote.address == client)
        {
            for (const LogRow& row : session.rows)
            {
                rows.push_back({&session, &row});
            }
        }
    }
    std::stable_sort(
        rows.begin(),
        rows.end(),
        [](const ClientRow& a, const ClientRow& b)
        { return std::tie(a.row->timeNs, a.row->line) < std::tie(b.row->timeNs, b.row->line); });
    return rows;
}

/// From a row that announces a delay to the reply behind it.
std::string
HeldBack(const LogSession& session, const LogRow& announced)
{
    for (const LogRow& row : session.rows)
    {
        if (row.sequence > announced.sequence && row.event == fields::protocol::SEND)
        {
            return Milliseconds("", row.timeNs - announced.timeNs).value;
        }
    }
    return "none";
}

/// Delays of replies to the address that brought the case: none before there were errors (S000-23).
Facts
TarpitDelay(const Subject& subject)
{
    const Ipv4 client = subject.CaseLogSession().remote.address;
    std::int64_t errors = 0;
    std::int64_t replies = 0;
    std::int64_t delays = 0;
    std::int64_t delayedGood = 0;
    bool onlyAfterErrors = true;
    Facts first{{"first delay", "none"}, {"held", "none"}, {"reply", "none"}};
    std::int64_t errorsBefore = 0;
    std::int64_t repliesBefore = 0;
    for (const auto& [session, row] : RowsOfClient(subject.ServerLog(), client))
    {
        const std::string_view data = session->Data(*row);
        if (row->event == fields::protocol::SEND && data.size() > 3 && data[3] == ' ')
        {
            ++replies;
            errors += IsError(data) ? 1 : 0;
        }
        const auto delay =
            row->event == fields::protocol::INFORMATION ? ParseLoggedDelay(data) : std::nullopt;
        if (!delay || !delay->IsOfReply())
        {
            continue;
        }
        const bool isError = IsError(delay->reason);
        onlyAfterErrors = onlyAfterErrors && (isError || errors > 0);
        delayedGood += isError ? 0 : 1;
        if (++delays == 1)
        {
            first = {Milliseconds("first delay", delay->delayNs),
                     {"held", HeldBack(*session, *row)},
                     {"reply", delay->reason}};
            errorsBefore = errors;
            repliesBefore = replies;
        }
    }
    first.insert(first.end(),
                 {Count("errors before", errorsBefore),
                  Count("replies before", repliesBefore),
                  Count("delays", delays),
                  Count("delays of good replies", delayedGood),
                  YesNo("only with errors or after", delays > 0 && onlyAfterErrors)});
    return first;
}

} // namespace

void
AddExchangeRefusalMeasures(MeasureTable& table)
{
    table["refusal"] = {"The first refusal that the case's sender got.",
                        {"reply", "to", "after", "user is shown"},
                        Refusal};
    table["case-fate"] = {"What became of the case, and the address that its client has.",
                          {"fate", "client", "abroad"},
                          CaseFate};
    table["filter-record"] = {"What the filter's log has on the case's sender.",
                              {"decisions", "authenticated", "sender whitelisted", "rejected by"},
                              FilterRecord};
    table["tarpit-delay"] = {"Delayed replies to the address that brought the case.",
                             {"first delay",
                              "held",
                              "reply",
                              "errors before",
                              "replies before",
                              "delays",
                              "delays of good replies",
                              "only with errors or after"},
                             TarpitDelay};
}

} // namespace bouncelab::score
