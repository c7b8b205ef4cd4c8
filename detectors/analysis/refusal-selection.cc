#include "detectors/analysis/refusal-selection.h"

#include "detectors/analysis/reply-author.h"
#include "detectors/analysis/reply-reason.h"
#include "detectors/analysis/reply-text.h"
#include "detectors/analysis/session-replies.h"
#include "detectors/analysis/unreached.h"
#include "formats/text.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// Dialogs that somebody recorded, and protocol logs that stand alone: those that have replies
/// in words, as the SMTP service's log has them of its own calls only.
bool
IsJudgedHere(const SmtpSession& session)
{
    return session.log &&
           (session.Detail() == LogDetail::Dialog || session.log->type == ProtocolLogType::Send);
}

/// Whether packets are all that there is: logs and bounces tell of them otherwise.
bool
IsAloneAsPackets(const ServerLogs& logs, const SessionList& sessions)
{
    return logs.replies.empty() && logs.tracked.empty() &&
           std::none_of(sessions.begin(),
                        sessions.end(),
                        [](const SmtpSession& session) { return session.log != nullptr; });
}

/// Whether nobody else judges such a reply: guesses of mailboxes and tests of
/// relays fill the logs of servers, and a refusal at the greeting without a reason is for
/// whoever compares dialogs.
bool
IsOfSession(const SmtpSession& session, const ReportedReply& reply)
{
    const std::string_view dottedClass = ReasonOf(reply).dottedClass;
    const bool isPlain = IsUnexplained(ReasonOf(reply)) || dottedClass == "deferred.busy";
    if (!session.IsTakenAtServer() || (session.log && session.log->quotesLines))
    {
        return (reply.stage != "greeting" && reply.stage != SILENCE && !reply.stage.empty()) ||
               !isPlain;
    }
    const bool isOften = dottedClass == "refused.recipient" || dottedClass == "refused.relaying" ||
                         dottedClass == "deferred.greylisting";
    const bool isSyntax = reply.code / 10 == 50; // of commands, by RFC 5321
    // What a capture shows of a server that is slow is judged with all of its sessions.
    return (session.log && IsOwnTrouble(reply)) || (!isPlain && !isOften && !isSyntax);
}

/// Whether a text prints the packets of a session in which such a reply stands, of which one is
/// accused: the words are a packet's then, and no report of anybody's.
bool
IsOfAccused(const SessionList& accused, const InFile<ReportedReply>& reported)
{
    return std::any_of(accused.begin(),
                       accused.end(),
                       [&](const SmtpSession& session)
                       {
                           return session.file == reported.file &&
                                  std::any_of(session.turns.begin(),
                                              session.turns.end(),
                                              [&](const Turn& turn)
                                              {
                                                  return turn.code == reported.record.code &&
                                                         turn.reply.find(reported.record.reply) !=
                                                             std::string::npos;
                                              });
                       });
}

/// Whether a captured session tries one sender after another until some mail is relayed.
bool
IsRelayTest(const std::vector<InFile<ReportedReply>>& refusals)
{
    constexpr std::size_t SEVERAL = 3;
    std::set<std::string> senders;
    for (const InFile<ReportedReply>& reported : refusals)
    {
        if (IsCaptured(reported.record) &&
            ReasonOf(reported.record).dottedClass == "refused.relaying")
        {
            senders.insert(reported.record.sender);
        }
    }
    return senders.size() >= SEVERAL;
}

} // namespace

RefusalSelection::RefusalSelection(const Analysis& analysis)
    : m_logs(analysis.GetContext().logs)
{
    const SessionList& sessions = analysis.Sessions(LogDetail::Codes);
    const auto& refusals = analysis.GetContext().refusals;
    m_isCaptured = std::any_of(sessions.begin(),
                               sessions.end(),
                               [](const SmtpSession& session) { return !session.log; });
    // The session itself, or a log of the delivery.
    const bool isShown = m_isCaptured ||
                         std::any_of(sessions.begin(),
                                     sessions.end(),
                                     [](const SmtpSession& session)
                                     { return session.log && !session.log->quotesLines; }) ||
                         std::any_of(refusals.begin(),
                                     refusals.end(),
                                     [](const ReportedRefusal& refusal) { return refusal.isLog; });
    if (!isShown)
    {
        AddTracked();
    }
    AddSessions(sessions);
    SessionList accused;
    std::copy_if(sessions.begin(),
                 sessions.end(),
                 std::back_inserter(accused),
                 [](const SmtpSession& session) { return session.isAccused && session.isText; });
    for (const Reported& reported : m_logs.replies)
    {
        const bool isTypo =
            reported.record.standing == ReportedReply::Standing::Alone &&
            reported.record.code / 10 == 50 &&
            std::any_of(sessions.begin(),
                        sessions.end(),
                        [&](const SmtpSession& session)
                        { return GoesOnBehind(session, reported.file, reported.record.line); });
        if ((EndsWith(reported.record.program, " log") || !isShown) && !isTypo &&
            !IsOfAccused(accused, reported))
        {
            Keep(reported);
        }
    }
    for (const Reported& reported : m_said)
    {
        Keep(reported);
    }
}

/// What a tracking log tells of recipients that were given up, where no other record does.
void
RefusalSelection::AddTracked()
{
    std::set<std::pair<std::string, std::string>> told;
    for (const Reported& reported : m_logs.replies)
    {
        told.emplace(reported.file, reported.record.queueId);
    }
    for (const InFile<TrackedEvent>& event : m_logs.tracked)
    {
        const TrackedEvent& record = event.record;
        if ((record.event != "FAIL" && record.event != "DEFER") ||
            told.count({event.file, record.internalId}) > 0)
        {
            continue;
        }
        for (std::size_t i = 0; i < record.statuses.size() && i < record.recipients.size(); ++i)
        {
            Reported reported{event.file, {}};
            ReportedReply& reply = reported.record;
            reply.line = record.line;
            reply.text = record.text;
            reply.time = record.time;
            reply.program = "tracking log";
            reply.queueId = record.internalId;
            reply.messageId = record.messageId;
            reply.sender = record.sender;
            reply.recipient = InLowerCase(record.recipients[i]);
            reply.isFinal = record.event == "FAIL";
            reply.address = record.server.value_or(HostAddress());
            ReadReason(record.statuses[i], reply);
            if (reply.HasReply())
            {
                m_said.push_back(std::move(reported));
            }
        }
    }
}

void
RefusalSelection::AddSessions(const SessionList& sessions)
{
    std::set<std::pair<std::string, std::uint32_t>> told;
    for (const Reported& reported : m_logs.replies)
    {
        told.emplace(reported.file, reported.record.line);
    }
    const bool isAlone = IsAloneAsPackets(m_logs, sessions);
    for (const SmtpSession& session : sessions)
    {
        if (m_isCaptured ? !isAlone || session.isAccused : !IsJudgedHere(session))
        {
            continue;
        }
        std::vector<Reported> said = RefusalsOf(session);
        if (IsRelayTest(said))
        {
            continue;
        }
        for (Reported& reported : said)
        {
            if (told.count({reported.file, reported.record.line}) == 0 &&
                IsOfSession(session, reported.record))
            {
                m_said.push_back(std::move(reported));
            }
        }
    }
}

void
RefusalSelection::Keep(const Reported& reported)
{
    const ReportedReply& reply = reported.record;
    const bool isServers = reply.witness == ReportedReply::Witness::Server;
    if (!reply.HasReply() && (isServers || UnreachedBy(reply) != Unreached::No))
    {
        return;
    }
    const ReplyReason& reason = ReasonOf(reply);
    // Detectors of forged replies quote such a line for what a capture shows.
    if (m_isCaptured && reply.program == "qmail log" &&
        (IsUnexplained(reason) ||
         (IsBareInQmailLog(reply) && reason.dottedClass == "refused.recipient")))
    {
        return;
    }
    m_replies.push_back(&reported);
}

} // namespace bouncelab::detectors
