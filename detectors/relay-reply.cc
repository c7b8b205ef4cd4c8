#include "detectors/analysis/mail-transaction.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace relay_reply
{

constexpr AlertRule SIGNATURE{"relay-reply", 1100110, "BOUNCELAB open relay by its replies"};
constexpr std::string_view TRANSCRIPTS = "transcripts"; //!< Of relay testers.
constexpr std::string_view RELAY = "relay.reply";
constexpr double SCORE = 0.5;
constexpr std::size_t MOST_NAMED = 4;
constexpr std::size_t MANY_DOMAINS = 3;
constexpr std::string_view NAIVE =
    "This is the naive verdict of relay testers: a reply to RCPT does not tell where mail goes; "
    "relay-egress looks at what leaves.";

/// A recipient that was accepted although it is no business of the server's.
struct Acceptance
{
    std::string recipient;
    RecipientForm form;
};

std::string
Sentence(const std::vector<Acceptance>& accepted, std::size_t asked)
{
    std::vector<std::string> named;
    for (const Acceptance& one : accepted)
    {
        if (named.size() < MOST_NAMED)
        {
            named.push_back(fmt::format("<{}> ({})", one.recipient, NameOf(one.form)));
        }
    }
    return fmt::format("{} of {} requested recipients are foreign and were accepted: {}",
                       accepted.size(),
                       asked,
                       Enumerate(named));
}

using Pair = std::pair<HostAddress, HostAddress>; //!< Client and server.

/// Organizations outside the server's own that a client got accepted, as domains; a client with
/// several of them sends everywhere.
std::map<Pair, std::set<std::string>>
AcceptedDomains(const SessionList& sessions, const SiteView& site)
{
    std::map<Pair, std::set<std::string>> domains;
    for (const SmtpSession& session : sessions)
    {
        for (const Turn& turn : session.turns)
        {
            const std::string_view domain = DomainOf(turn.mailbox);
            if (turn.Is("RCPT") && turn.code / 100 == 2 && !site.IsOwn(session.server, domain))
            {
                domains[{session.client, session.server}].emplace(domain);
            }
        }
    }
    return domains;
}

/// \return whether it accuses the server.
bool
JudgeSession(const SmtpSession& session, const SiteView& site, bool everywhere, AlertSink& sink)
{
    SessionFinding finding;
    std::vector<Acceptance> accepted;
    std::size_t asked = 0;
    for (const Turn& turn : session.turns)
    {
        if (!turn.Is("RCPT"))
        {
            continue;
        }
        ++asked;
        const RecipientRoute route = RouteOf(turn.mailbox);
        const bool foreign = site.AsksForeign(session, route) ||
                             (everywhere && !site.IsOwn(session.server, DomainOf(route.target)));
        if (turn.code / 100 == 2 && foreign)
        {
            accepted.push_back({turn.mailbox, route.form});
            finding.refs.push_back(turn.answered);
        }
    }
    if (accepted.empty())
    {
        return false;
    }
    finding.dottedClass = RELAY;
    finding.score = SCORE;
    finding.explanation = fmt::format("{}, of {} outside without authentication. {}",
                                      Sentence(accepted, asked),
                                      session.client.ToString(),
                                      NAIVE);
    sink.Add(MakeSessionAlert(session, finding, SIGNATURE));
    return true;
}

/// One alert per file and server. \param accused servers whose sessions have said it already
void
JudgeTranscripts(const EvidenceContext& context,
                 const std::set<HostAddress>& accused,
                 AlertSink& sink)
{
    struct Transcript
    {
        std::vector<Acceptance> accepted;
        std::size_t asked = 0;
        Alert alert;
    };

    std::map<std::pair<std::string, std::string>, Transcript> all;
    for (const auto& [file, trial] : context.logs.trials)
    {
        Transcript& transcript = all[{file, trial.server}];
        ++transcript.asked;
        const RecipientRoute route = RouteOf(trial.recipient);
        // Testers use a domain of their own, so every domain but the server's is foreign.
        const std::string_view domain = DomainOf(route.target);
        const bool own = domain.empty() || SameOrganization(domain, trial.server);
        if (trial.code / 100 != 2 || own)
        {
            continue;
        }
        transcript.accepted.push_back({trial.recipient, route.form});
        if (transcript.alert.evidence.log.size() < 8)
        {
            transcript.alert.evidence.log.push_back({file, trial.line, trial.text});
            transcript.alert.evidence.log.push_back({file, trial.replyLine, "<<< " + trial.reply});
        }
        transcript.alert.source = trial.address.value_or(HostAddress{});
        transcript.alert.sourcePort = trial.address ? 25 : 0;
    }
    for (auto& [key, transcript] : all)
    {
        if (transcript.accepted.empty() || accused.count(transcript.alert.source) > 0)
        {
            continue;
        }
        Alert& alert = transcript.alert;
        alert.signatureId = SIGNATURE.id;
        alert.signature = SIGNATURE.text;
        alert.detector = SIGNATURE.detector;
        alert.category = "Mail passed on for strangers";
        alert.severity = 2;
        alert.dottedClass = RELAY;
        alert.score = SCORE;
        alert.evidence.explanation =
            fmt::format("{}. {}", Sentence(transcript.accepted, transcript.asked), NAIVE);
        sink.Add(std::move(alert));
    }
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const SessionList& sessions = analysis.Judged(LogDetail::Codes);
    const SiteView site(sessions);
    const auto domains = AcceptedDomains(sessions, site);
    std::set<HostAddress> accused;
    for (const SmtpSession& session : sessions)
    {
        if (SiteView::IsOutside(session) && !session.IsAuthenticated() && !session.IsOwnersCall())
        {
            const auto found = domains.find({session.client, session.server});
            const bool everywhere = found != domains.end() && found->second.size() >= MANY_DOMAINS;
            if (JudgeSession(session, site, everywhere, sink))
            {
                accused.insert(session.server);
            }
        }
    }
    JudgeTranscripts(analysis.GetContext(), accused, sink);
}

} // namespace relay_reply

/**
 * The verdict of third-party relay testers: a server that answers RCPT for a foreign address with
 * 2xx is called an open relay.
 *
 * Shipped to be shown wrong (S004-06, S004-07, S004-21): a reply tells that a recipient
 * was accepted, not where its mail goes. RelayEgress is the detector to believe.
 */
extern const Detector RELAY_REPLY{
    relay_reply::SIGNATURE,
    "naive: an open relay by its replies to RCPT alone, as relay testers judge",
    {{kinds::PACKETS, kinds::SERVER_LOG, relay_reply::TRANSCRIPTS}, {"relay"}},
    AddSession,
    relay_reply::Conclude,
    Role::Baseline};

} // namespace bouncelab::detectors
