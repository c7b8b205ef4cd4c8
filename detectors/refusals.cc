#include "detectors/accusations.h"
#include "detectors/analysis/delivered-later.h"
#include "detectors/analysis/greylisted-attempts.h"
#include "detectors/analysis/hello-name.h"
#include "detectors/analysis/own-host.h"
#include "detectors/analysis/refusal-selection.h"
#include "detectors/analysis/refusal-side.h"
#include "detectors/analysis/reply-author.h"
#include "detectors/analysis/reply-reason.h"
#include "detectors/analysis/reply-text.h"
#include "detectors/analysis/server-owner.h"
#include "detectors/analysis/smtp-session.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "detectors/readers/report-words.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace bouncelab::detectors
{

namespace refusals
{

constexpr AlertRule SIGNATURE{"refusals", 1100120, "BOUNCELAB why mail was refused"};
constexpr std::string_view MASKED = "intercepted.masked";

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

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_sink(sink)
        , m_delivered(analysis.GetContext().logs)
    {
    }

    void Run(const std::vector<const Reported*>& replies)
    {
        for (const Reported* reply : replies)
        {
            if (ReasonOf(reply->record).dottedClass == "auth.refused")
            {
                m_refusedLogOns.insert(MessageOf(*reply));
            }
            if (reply->record.HasReply())
            {
                m_said.emplace(reply->file, reply->record.enhanced);
            }
            if (reply->record.HasReply() && !IsUnexplained(ReasonOf(reply->record)))
            {
                m_explained.insert(reply->file);
            }
        }
        for (const Reported* reply : replies)
        {
            if (!FollowsRefusedLogOn(*reply) && !IsToldBetter(*reply))
            {
                Collect(*reply);
            }
        }
        for (const auto& [key, group] : m_groups)
        {
            if (!IsNoise(group))
            {
                Add(group);
            }
        }
        m_greylisted.Judge(SIGNATURE, m_sink);
    }

  private:
    /// Whether a server refuses relaying again and again, as every server does that strangers try.
    static bool IsNoise(const RefusalGroup& group)
    {
        constexpr std::size_t MANY = 10;
        const ReportedReply& first = group.replies.front()->record;
        return first.witness == ReportedReply::Witness::Server && group.replies.size() >= MANY &&
               ReasonOf(first).dottedClass == "refused.relaying";
    }

    using MessageKey = std::tuple<std::string, std::string, std::string>;

    /// By file, message and server.
    static MessageKey MessageOf(const Reported& reported)
    {
        return {reported.file, reported.record.queueId, NameOf(reported.record)};
    }

    /// Whether a server only wants the log-on that it has refused for the same message: a client
    /// that goes on without one hears "530 Authentication required".
    bool FollowsRefusedLogOn(const Reported& reported) const
    {
        const ReportedReply& reply = reported.record;
        return reply.code == 530 && !reply.queueId.empty() &&
               ReasonOf(reply).dottedClass == "auth.required" &&
               m_refusedLogOns.count(MessageOf(reported)) > 0;
    }

    /// Whether a report has a code, or that the mail is late, and another reply of the same text
    /// tells why.
    bool IsToldBetter(const Reported& reported) const
    {
        const ReportedReply& reply = reported.record;
        const bool isStatus = !reply.HasReply() && StartsWith(reply.failure, "status ");
        const bool isDelay = reply.code == 400 && reply.enhanced == "4.4.7";
        return (isDelay && m_explained.count(reported.file) > 0) ||
               (isStatus && m_said.count({reported.file, reply.enhanced}) > 0);
    }

    void Collect(const Reported& reported)
    {
        const ReportedReply& reply = reported.record;
        const bool isServers = reply.witness == ReportedReply::Witness::Server;
        const ReplyReason& reason = ReasonOf(reply);
        if (isServers && !IsCaptured(reply))
        {
            m_greylisted.Add(reported);
        }
        RefusalGroup& group = m_groups[{std::string(reason.what),
                                        isServers ? std::string() : NameOf(reply),
                                        MaskedWordIn(reply).empty(),
                                        reply.Class()}];
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
        finding.destination = reply.witnessAddress;
        finding.time = reply.time.value_or(WallTime());
        for (const Reported* reported : group.replies)
        {
            finding.lines.push_back(LineOf(*reported));
        }
        const std::string count = group.replies.size() == 1
                                      ? "once"
                                      : fmt::format("{} times, from {} to {}",
                                                    group.replies.size(),
                                                    PlaceOf(reply),
                                                    PlaceOf(group.replies.back()->record));
        const bool isServers = reply.witness == ReportedReply::Witness::Server;
        finding.explanation = fmt::format(
            "{} ({}, {}): {}{}{}.",
            Saying(reply),
            PlaceOf(reply),
            count,
            FailsInOwnDelivery(reply) ? "the delivery on this host itself fails" : reason.what,
            isServers || !reply.HasReply() ? "" : "; " + author.why,
            Remarks(reply));
        if (const std::string_view word = MaskedWordIn(reply); !word.empty())
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
        else if (isServers)
        {
            JudgeOwn(group, finding);
        }
        else if (IsCaptured(reply) && finding.dottedClass == "refused.reputation")
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            finding.next = "the list's page for this address, with reason and time, and what else "
                           "left that address before: the refusal follows from the listing, not "
                           "the listing from it";
        }
        else if (reply.standing == ReportedReply::Standing::Alone && !author.isGenuine)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            if (reply.host.empty() && !reply.address.IsNumeric())
            {
                AddRemark(
                    finding,
                    "; the text has the reply alone, and not whose it is or what it was about");
                finding.next = "the log line or the whole report that the reply comes from";
            }
        }
        else if (reason.dottedClass == "refused.relaying" &&
                 std::all_of(group.replies.begin(),
                             group.replies.end(),
                             [](const Reported* each) { return IsBetweenStrangers(each->record); }))
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            AddRemark(finding,
                      reply.sender.empty()
                          ? "; no sender is named, as reports name none, and the recipient is not "
                            "of this server's domain: to refuse that is as it should be, unless "
                            "the client was to be let through"
                          : "; neither the sender nor the recipient is of this server's domain: to "
                            "refuse that is as it should be, unless the client was to be let "
                            "through");
            finding.side = "nobody's if this was a test; else the sender's: it is not logged on";
            finding.next = "who was to send what to whom; log on to the server before sending";
        }
        else if (reason.dottedClass == "refused.relaying" && IsPassedOn(reply))
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            AddRemark(finding,
                      fmt::format("; the client greets as {}, a machine of others than {}: whether "
                                  "the sender logged on to that one is not seen here",
                                  reply.hello,
                                  reply.sender));
            finding.side = "the sender's, if it gave its mail to that machine; else whoever put "
                           "the machine between the sender and this server";
            finding.next = "a capture at the sender: to whom it speaks, and whether it is offered "
                           "to log on";
        }
        else if (const InFile<TrackedEvent>* delivered = DeliveryAfter(group))
        {
            finding.verdict = Verdict::Benign;
            AddRemark(
                finding,
                fmt::format("; delivered later all the same (line {})", delivered->record.line));
            finding.next = "nothing: the mail arrived";
        }
        else if (reason.dottedClass == "auth.refused" && reply.Class() == 4)
        {
            finding.dottedClass = "auth.server";
            finding.side = "between the two servers, inside the organization";
            finding.next = "the clocks of both servers (w32tm), setspn -X and -L, the receive "
                           "protocol log of that session, and events 4769 and 4771 at the domain "
                           "controller";
        }
        if (!isServers && !IsCaptured(reply) && (IsAtOwnHost(reply) || !DeliveryAfter(group)))
        {
            JudgeSides(reply, finding);
        }
        if (IsBareInQmailLog(reply) && finding.verdict == Verdict::Benign)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            finding.next =
                "the same recipient, asked over another access, or the receiver's log of "
                "that session";
        }
        Alert alert = MakeTextAlert(finding, SIGNATURE);
        if (IsCaptured(reply))
        {
            NameFrames(alert);
        }
        m_sink.Add(std::move(alert));
    }

    /// A session in which a stranger, or who sends a report, asks a server to pass mail on to a
    /// stranger, as testers and mail systems do that answer forged mail.
    static bool IsBetweenStrangers(const ReportedReply& reply)
    {
        const std::string server = ServerOwner(reply.host, HostAddress());
        const auto isStranger = [&](const std::string& mailbox)
        {
            const std::string domain(DomainOf(mailbox));
            return !domain.empty() && ServerOwner(InLowerCase(domain), HostAddress()) != server;
        };
        return (reply.program == "SMTP dialog" || IsCaptured(reply)) && !server.empty() &&
               (reply.sender.empty() || isStranger(reply.sender)) && isStranger(reply.recipient);
    }

    /// Whether a capture shows that another organization's machine brings the sender's mail, which
    /// is then not the program that was to log on.
    static bool IsPassedOn(const ReportedReply& reply)
    {
        const std::string domain(DomainOf(reply.sender));
        return IsCaptured(reply) && !domain.empty() && !reply.hello.empty() &&
               !HostAddress::Parse(reply.hello) &&
               CheckHello(reply.hello, HostAddress()) == HelloFault::None &&
               ServerOwner(reply.hello, HostAddress()) !=
                   ServerOwner(InLowerCase(domain), HostAddress());
    }

    /// Frames in the place of lines.
    static void NameFrames(Alert& alert)
    {
        for (const QuotedLine& line : alert.evidence.log)
        {
            alert.evidence.frames.push_back(line.line);
        }
        alert.evidence.log.clear();
        alert.frame = alert.evidence.frames.front();
    }

    /// "550 4.4.7 Message expired <451 4.4.2 connection reset by peer>": what is in the brackets.
    static std::optional<FoundReply> LastAttempt(const ReportedReply& reply)
    {
        const std::size_t inner = reply.reply.find('<');
        return ReasonOf(reply).dottedClass == "unreachable.expired" && inner != reply.reply.npos
                   ? FindReply(std::string_view(reply.reply).substr(inner))
                   : std::nullopt;
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
        if (reply.isUnreported)
        {
            remarks += "; the log has the message's end and no report to its sender, who was not "
                       "told";
        }
        if (const auto last = LastAttempt(reply))
        {
            remarks += fmt::format("; the last attempt of these ended with {} {} \"{}\"",
                                   last->code,
                                   last->enhanced,
                                   TrimEnd(last->words, ">"));
        }
        return remarks;
    }

    /// Which part of the server a reason is about that is no client's; "" for another reason.
    static std::string_view OwnSide(std::string_view dottedClass)
    {
        return dottedClass == "refused.lookup"
                   ? "this server's own: the resolver through which it asks the list"
               : dottedClass == "deferred.filter" ? "this server's own: its virus scanner or filter"
               : dottedClass == "deferred.backend"
                   ? "this server's own: the database, directory or service that its rules ask"
                   : "";
    }

    /// What a server's own log tells of clients that it refused.
    static void JudgeOwn(const RefusalGroup& group, TextFinding& finding)
    {
        const ReportedReply& first = group.replies.front()->record;
        std::set<std::string> clients;
        for (const Reported* reported : group.replies)
        {
            clients.insert(NameOf(reported->record) + reported->record.address.ToString());
        }
        if (clients.size() > 1)
        {
            AddRemark(finding, fmt::format("; so to {} clients", clients.size()));
        }
        const std::string_view dottedClass = ReasonOf(first).dottedClass;
        if (!first.ownTrouble.empty() && StartsWith(dottedClass, "deferred") &&
            dottedClass != GREYLISTED)
        {
            finding.verdict = Verdict::Fault;
            finding.score = 0.8;
            AddRemark(finding, "; the line before says: " + first.ownTrouble);
            finding.side = "this server's own: a program that it asks does not answer";
            finding.next = "on this host: whether the program of that line runs and listens there, "
                           "and its log of that time";
        }
        else if (const std::string_view own = OwnSide(dottedClass); !own.empty())
        {
            finding.side = own;
        }
        else if (IsOwnTrouble(first))
        {
            finding.verdict = Verdict::Fault;
            finding.score = 0.7;
            finding.side = "this server's own: its disk, memory or configuration";
            finding.next = "free disk space, memory and load of this server at that time "
                           "(Exchange: back pressure, events 15004 to 15007)";
        }
        else if (finding.verdict == Verdict::Fault)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            finding.next = "whether this client is to send here: if so, its postmaster needs the "
                           "whole reply, or the rule an exception; if not, the server does as it "
                           "is set up to";
        }
    }

    /// The delivery of a recipient behind the last of his deferrals, where each of the group had
    /// one; null otherwise.
    const InFile<TrackedEvent>* DeliveryAfter(const RefusalGroup& group) const
    {
        const InFile<TrackedEvent>* last = nullptr;
        for (const Reported* reported : group.replies)
        {
            last = reported->record.Class() == 5 ? nullptr : m_delivered.After(*reported);
            if (!last)
            {
                return nullptr;
            }
        }
        return last;
    }

    static void AccuseMask(const ReportedReply& reply, std::string_view word, TextFinding& finding)
    {
        finding.dottedClass = MASKED;
        finding.verdict = Verdict::Fault;
        finding.score = 0.92;
        const bool isSent = reply.stage.size() == word.size();
        finding.explanation = fmt::format(
            "The server answers {} ({}): it was sent '{}', {} letters, {}. A mail guard on "
            "the "
            "path overwrites commands that it does not know and keeps their length (as Cisco's "
            "inspection of SMTP does); the server's own reply shows what reached it.",
            Quote(reply),
            PlaceOf(reply),
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

    AlertSink& m_sink;
    DeliveredLater m_delivered;
    std::map<std::tuple<std::string, std::string, bool, std::uint32_t>, RefusalGroup> m_groups;
    GreylistedAttempts m_greylisted;
    std::set<MessageKey> m_refusedLogOns;
    std::set<std::pair<std::string, std::string>> m_said; //!< Files, and replies' enhanced codes.
    std::set<std::string> m_explained;                    //!< Files with a reply that tells why.
};

/// A client that was reset never read it; whichever of the two was forged, forged-reset judges.
bool
RepliesAfterReset(const Flow& flow)
{
    const Segment* reset = nullptr;
    for (const Segment& segment : flow.segments)
    {
        if (segment.side == SERVER && reset && segment.payloadLength > 0 &&
            segment.time - reset->time > SWAPPED)
        {
            return true;
        }
        reset = !reset && segment.side == SERVER && segment.Has(tcp::RST) ? &segment : reset;
    }
    return false;
}

/// Whether the server's packets carry two replies for one place, and nothing tells whose is whose.
bool
IsContradicted(const Evidence& evidence)
{
    const std::vector<Finding>& conflicts = evidence.Once(overlap_conflict::Find);
    return std::any_of(conflicts.begin(),
                       conflicts.end(),
                       [&](const Finding& finding)
                       {
                           return finding.verdict == Verdict::Inconclusive &&
                                  evidence.flow.At(finding.accused).side == SERVER;
                       });
}

void
Gather(const Evidence& evidence, Analysis& analysis, AlertSink&)
{
    if (SmtpSession* session = analysis.AddSession(evidence.flow))
    {
        session->isAccused = session->isAccused || RepliesAfterReset(evidence.flow) ||
                             IsContradicted(evidence) || !evidence.Once(FindAccusations).empty();
    }
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const RefusalSelection selection(analysis);
    Judge(analysis, sink).Run(selection.Replies());
}

} // namespace refusals

/**
 * Why a server refused or put off, by the words and codes of the replies that logs, bounces and
 * errors report: policy, reputation, authentication, rate, greylisting and others, with who wrote
 * the reply as far as its words show. A reply in RFC 821's sample words may come from a machine on
 * the path: inconclusive. A masked word that a reply quotes shows a mail guard. Captured sessions
 * are judged where there is nothing else, and nobody else is accused of speaking in them; what a
 * block list refuses there is inconclusive, as the capture may hold the reason of the listing too.
 */
extern const Detector REFUSALS{
    refusals::SIGNATURE,
    "why mail was refused or put off, by the replies that texts and captures show",
    {{kinds::MAIL_LOG, kinds::TRACKING_LOG, kinds::PACKETS},
     {"refused", "deferred", "auth", "intercepted", "unreachable"}},
    refusals::Gather,
    refusals::Conclude};

} // namespace bouncelab::detectors
