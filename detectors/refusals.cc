#include "detectors/analysis/reply-reason.h"
#include "detectors/analysis/smtp-session.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace refusals
{

constexpr AlertRule SIGNATURE{"refusals", 1100120, "BOUNCELAB why mail was refused"};
constexpr std::string_view MASKED = "intercepted.masked";
constexpr std::string_view GREYLISTED = "deferred.greylisting";
constexpr std::size_t LONGEST_QUOTE = 160;

using Reported = InFile<ReportedReply>;

/// Equal refusals.
struct RefusalGroup
{
    std::vector<const Reported*> replies; //!< In order of the files.
    std::set<std::string> recipients;
};

QuotedLine
LineOf(const Reported& reported)
{
    return {reported.file, reported.record.line, reported.record.text};
}

/// "550 5.7.1 \"Our system has ...\""
std::string
Quote(const ReportedReply& reply)
{
    const std::string words = reply.reply.size() > LONGEST_QUOTE
                                  ? reply.reply.substr(0, LONGEST_QUOTE) + "..."
                                  : reply.reply;
    return fmt::format("{}{}{} \"{}\"",
                       reply.code,
                       reply.enhanced.empty() ? "" : " ",
                       reply.enhanced,
                       words);
}

std::string
NameOf(const ReportedReply& reply)
{
    return !reply.host.empty()         ? reply.host
           : reply.address.IsNumeric() ? reply.address.ToString()
                                       : "the server";
}

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_logs(analysis.GetContext().logs)
        , m_sink(sink)
    {
        const SessionList& sessions = analysis.Sessions(LogDetail::Codes);
        const auto& refusals = analysis.GetContext().refusals;
        m_isShown = std::any_of(sessions.begin(),
                                sessions.end(),
                                [](const SmtpSession& session)
                                { return !session.log || !session.log->quotesLines; }) ||
                    std::any_of(refusals.begin(),
                                refusals.end(),
                                [](const ReportedRefusal& refusal) { return refusal.isLog; });
    }

    void Run()
    {
        for (const Reported& reported : m_logs.replies)
        {
            Collect(reported);
        }
        for (const auto& [key, group] : m_groups)
        {
            Add(group);
        }
        for (const auto& [key, group] : m_greylisted)
        {
            AddGreylisted(group);
        }
    }

  private:
    void Collect(const Reported& reported)
    {
        const ReportedReply& reply = reported.record;
        if (reply.code == 0 || (m_isShown && !EndsWith(reply.program, " log")))
        {
            return;
        }
        const ReplyReason& reason = ReasonOf(reply);
        if (reply.witness == ReportedReply::Witness::Server)
        {
            const bool later = reply.code < 500 && (reason.dottedClass == GREYLISTED ||
                                                    reason.dottedClass == "deferred.busy");
            if (later)
            {
                const std::string key = reply.messageId.empty()
                                            ? reply.sender + "\n" + reply.recipient
                                            : reply.messageId;
                m_greylisted[key].replies.push_back(&reported);
            }
            return;
        }
        RefusalGroup& group = m_groups[{std::string(reason.what),
                                        NameOf(reply),
                                        MaskedWordIn(reply.reply).empty(),
                                        reply.code / 100}];
        group.replies.push_back(&reported);
        group.recipients.insert(reply.recipient);
    }

    void Add(const RefusalGroup& group)
    {
        const ReportedReply& reply = group.replies.front()->record;
        const ReplyReason& reason = ReasonOf(reply);
        const ReplyAuthor author = AuthorOf(reply);
        TextFinding finding;
        finding.dottedClass = reason.dottedClass;
        finding.verdict = reason.verdict;
        finding.score = reason.score;
        finding.side = reason.side;
        finding.next = reason.next;
        finding.source = reply.address;
        finding.time = reply.time.value_or(WallTime());
        for (const Reported* reported : group.replies)
        {
            finding.lines.push_back(LineOf(*reported));
        }
        const std::string count = group.replies.size() == 1
                                      ? "once"
                                      : fmt::format("{} times, from line {} to line {}",
                                                    group.replies.size(),
                                                    reply.line,
                                                    group.replies.back()->record.line);
        finding.explanation = fmt::format("{} refuses{} with {} (line {}, {}): {}; {}{}.",
                                          NameOf(reply),
                                          reply.stage.empty() ? "" : " at " + reply.stage,
                                          Quote(reply),
                                          reply.line,
                                          count,
                                          reason.what,
                                          author.why,
                                          Remarks(reply));
        if (const std::string_view word = MaskedWordIn(reply.reply); !word.empty())
        {
            AccuseMask(reply, word, finding);
        }
        else if (author.isSample && !author.isGenuine)
        {
            // At the greeting nothing but the address is known.
            finding.dottedClass =
                reply.stage == "greeting" ? "refused.policy" : finding.dottedClass;
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            finding.side = "unknown: the server, or a machine on the path that speaks for it";
            finding.next = "a capture of the session at the sender, and the receiver's log of it";
        }
        else if (StartsWith(reason.dottedClass, "auth.") && reply.code < 500)
        {
            finding.dottedClass = "auth.server";
            finding.side = "between the two servers, inside the organization";
            finding.next = "the clocks of both servers (w32tm), setspn -X and -L, the receive "
                           "protocol log of that session, and events 4769 and 4771 at the domain "
                           "controller";
        }
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    /// What else is odd about a refusal.
    std::string Remarks(const ReportedReply& reply) const
    {
        std::string remarks;
        if (!reply.status.empty() && !reply.enhanced.empty() && reply.status != reply.enhanced)
        {
            remarks += fmt::format("; the report's status says {}, the reply {}",
                                   reply.status,
                                   reply.enhanced);
        }
        const bool isReported = std::any_of(m_logs.tracked.begin(),
                                            m_logs.tracked.end(),
                                            [&](const InFile<TrackedEvent>& event)
                                            { return event.record.reference == reply.queueId; });
        if (reply.isFinal && !reply.queueId.empty() && !isReported &&
            reply.program == "Postfix log")
        {
            remarks += "; the log shows no report to the sender, who was not told";
        }
        return remarks;
    }

    static void AccuseMask(const ReportedReply& reply, std::string_view word, TextFinding& finding)
    {
        finding.dottedClass = MASKED;
        finding.verdict = Verdict::Fault;
        finding.score = 0.92;
        const bool isSent = reply.stage.size() == word.size();
        finding.explanation = fmt::format(
            "The server answers {} (line {}): it was sent '{}', {} letters, {}. A mail guard on "
            "the "
            "path overwrites commands that it does not know and keeps their length (as Cisco's "
            "inspection of SMTP does); the server's own reply shows what reached it.",
            Quote(reply),
            reply.line,
            word,
            word.size(),
            isSent ? fmt::format("where the client sent {}, as many letters", reply.stage)
            : word.size() == 8 ? std::string("as many as STARTTLS has")
                               : std::string("which no client sends"));
        finding.side = "on the path between client and server: a firewall at either end";
        finding.next =
            "the same from another access; switch the inspection of SMTP off (no inspect "
            "esmtp), or use port 587 or 465";
    }

    void AddGreylisted(const RefusalGroup& group)
    {
        std::set<HostAddress> addresses;
        for (const Reported* reported : group.replies)
        {
            addresses.insert(reported->record.address);
        }
        const ReportedReply& first = group.replies.front()->record;
        const ReportedReply& last = group.replies.back()->record;
        if (group.replies.size() < 2 || addresses.size() < 2)
        {
            return;
        }
        TextFinding finding;
        finding.dottedClass = GREYLISTED;
        finding.score = 0.85;
        finding.time = first.time.value_or(WallTime());
        finding.source = first.address;
        for (const Reported* reported : group.replies)
        {
            finding.lines.push_back(LineOf(*reported));
        }
        std::vector<std::string> names;
        for (const HostAddress& address : addresses)
        {
            names.push_back(address.ToString());
        }
        names.resize(std::min<std::size_t>(names.size(), 4));
        const std::int64_t minutes =
            first.time && last.time ? (*last.time - *first.time).count() / 60000000000 : 0;
        finding.explanation = fmt::format(
            "One message ({}) was tried {} times in {} minutes from {} addresses ({}), and put off "
            "each time with {} (lines {} to {}): greylisting that goes by the address takes each "
            "attempt for a new sender, and never lets the message in.",
            first.messageId.empty() ? first.sender : first.messageId,
            group.replies.size(),
            minutes,
            addresses.size(),
            Enumerate(names),
            Quote(first),
            first.line,
            last.line);
        finding.side = "the receiver's: its greylist; the sender does nothing wrong";
        finding.next = "let the greylist go by the network (/24, /64) or the name, or except this "
                       "provider; the log of the following attempts shows whether it passes";
        m_sink.Add(MakeTextAlert(finding, SIGNATURE));
    }

    const ServerLogs& m_logs;
    AlertSink& m_sink;
    /// The evidence has the session itself, or a log of the delivery: those are judged, and not
    /// what a bounce or an error makes of them.
    bool m_isShown = false;
    std::map<std::tuple<std::string, std::string, bool, std::uint32_t>, RefusalGroup> m_groups;
    std::map<std::string, RefusalGroup> m_greylisted;
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace refusals

/**
 * Why a server refused or put off, by the words and codes of the replies that logs, bounces and
 * errors report: policy, reputation, authentication, rate, greylisting and others, with who wrote
 * the reply as far as its words show. A reply in RFC 821's sample words may come from a machine on
 * the path: inconclusive. A masked word that a reply quotes shows a mail guard.
 */
extern const Detector REFUSALS{
    refusals::SIGNATURE,
    "why mail was refused or put off, by the replies that texts report",
    {{kinds::MAIL_LOG, kinds::TRACKING_LOG}, {"refused", "deferred", "auth", "intercepted"}},
    AddSession,
    refusals::Conclude};

} // namespace bouncelab::detectors
