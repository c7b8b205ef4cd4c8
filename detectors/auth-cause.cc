#include "detectors/auth-cause.h"

#include "detectors/analysis/text-alert.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace auth_cause
{

namespace
{

constexpr AlertRule SIGNATURE{"auth-cause",
                              1100129,
                              "BOUNCELAB why servers cannot authenticate to each other"};

constexpr std::string_view UNKNOWN = "auth.server";
constexpr std::string_view STRIPPED = "intercepted.stripped";

struct CauseText
{
    Cause cause;
    std::string_view dottedClass;
    std::string_view label;
    std::string_view says; //!< What it is, behind "because".
    std::string_view side;
    std::string_view decides; //!< What would show it, or exclude it.
    std::string_view repair;
};

constexpr CauseText TEXTS[] = {
    {Cause::Ports,
     "auth.ports",
     "blocked ports",
     "the sender gets no tickets: Kerberos is blocked on the way to the domain controllers",
     "between the sending server and the domain controllers",
     "a capture of port 88 (TCP and UDP) at the sending server",
     "open ports 88 (TCP and UDP) from the sending server to the domain controllers"},
    {Cause::NameMissing,
     "auth.names",
     "a missing name",
     "no account has the service name that the sender asks for",
     "the directory's: service names",
     "setspn -L of the receiving server's account",
     "setspn -A the name to the receiving server's account"},
    {Cause::NameDuplicate,
     "auth.names",
     "a double name",
     "more than one account has the service name that the sender asks for",
     "the directory's: service names",
     "event 11 in the System logs of the domain controllers, or setspn -X",
     "setspn -D the name from the other account"},
    {Cause::NameMisplaced,
     "auth.names",
     "a misplaced name",
     "another account has the receiving server's service name",
     "the directory's: service names",
     "setspn -L of the receiving server's account, setspn -Q of its service name",
     "setspn -D the name from the other account, setspn -A it to the receiving server's"},
    {Cause::Clock,
     "auth.clock",
     "the receiver's clock",
     "the receiving server's clock is more than five minutes off",
     "the receiving server's: its clock",
     "w32tm /stripchart from the receiving server to a domain controller",
     "start the receiving server's time service, w32tm /resync"},
    {Cause::Replication,
     "auth.replication",
     "an old password",
     "a domain controller seals tickets with an old password of the receiving server's account",
     "the directory's: replication between domain controllers",
     "repadmin /showrepl on each domain controller",
     "force the replication (repadmin /syncall); until then let the sender use the other "
     "controller"},
};

const CauseText&
TextOf(Cause cause)
{
    return *std::find_if(std::begin(TEXTS),
                         std::end(TEXTS),
                         [cause](const CauseText& text) { return text.cause == cause; });
}

/// What all clues together say of one case.
class Judgment
{
  public:
    explicit Judgment(const Case& here)
        : m_case(here)
    {
        FindPortClues(here, m_clues);
        FindNameClues(here, m_clues);
        FindClockClues(here, m_clues);
        FindReplicationClues(here, m_clues);
    }

    /// The first cause that is shown, in the order in which they stop an authentication.
    std::optional<Cause> Shown() const
    {
        for (const CauseText& text : TEXTS)
        {
            if (Has(text.cause, Weight::Shows))
            {
                return text.cause;
            }
        }
        // A replication that fails is the cause where nothing else can be.
        const bool isLast =
            m_case.incident && Has(Cause::Replication, Weight::Hints) &&
            std::all_of(std::begin(TEXTS),
                        std::end(TEXTS),
                        [&](const CauseText& text)
                        { return text.cause == Cause::Replication || IsExcluded(text.cause); });
        return isLast ? std::optional(Cause::Replication) : std::nullopt;
    }

    /// Causes that something hints at, or shows.
    std::vector<Cause> Hinted() const
    {
        std::vector<Cause> causes;
        for (const CauseText& text : TEXTS)
        {
            if (Has(text.cause, Weight::Hints) || Has(text.cause, Weight::Shows))
            {
                causes.push_back(text.cause);
            }
        }
        return causes;
    }

    bool IsExcluded(Cause cause) const
    {
        return Has(cause, Weight::Excludes) && !Has(cause, Weight::Hints) &&
               !Has(cause, Weight::Shows);
    }

    /// The clauses that say so much of a cause, of which the first three are enough.
    std::string WordsOf(Cause cause, Weight least, std::vector<QuotedLine>& lines) const
    {
        constexpr std::size_t MOST = 3;
        std::vector<std::string> words;
        for (const Clue& clue : m_clues)
        {
            if (clue.cause == cause && clue.weight >= least && clue.weight != Weight::Excludes &&
                words.size() < MOST)
            {
                words.push_back(clue.words);
                lines.insert(lines.end(), clue.lines.begin(), clue.lines.end());
            }
        }
        return fmt::format("{}", fmt::join(words, "; "));
    }

    /// " Ruled out: ..." with what excludes each; several causes may have the same.
    std::string Excluded() const
    {
        std::vector<std::pair<std::string, std::vector<std::string>>> byWords;
        for (const Clue& clue : m_clues)
        {
            if (clue.weight != Weight::Excludes || !IsExcluded(clue.cause))
            {
                continue;
            }
            auto known = std::find_if(byWords.begin(),
                                      byWords.end(),
                                      [&](const auto& each) { return each.first == clue.words; });
            if (known == byWords.end())
            {
                known = byWords.insert(known, {clue.words, {}});
            }
            known->second.emplace_back(TextOf(clue.cause).label);
        }
        std::vector<std::string> all;
        for (const auto& [words, labels] : byWords)
        {
            all.push_back(fmt::format("{}, because {}", Enumerate(labels), words));
        }
        return all.empty() ? "" : fmt::format(" Ruled out: {}.", fmt::join(all, "; "));
    }

    /// What would show or exclude the causes that are left.
    std::string Decides() const
    {
        std::vector<std::string> means;
        for (const CauseText& text : TEXTS)
        {
            const std::string mean(text.decides);
            if (!IsExcluded(text.cause) &&
                std::find(means.begin(), means.end(), mean) == means.end())
            {
                means.push_back(mean);
            }
        }
        return fmt::format("{}", fmt::join(means, "; "));
    }

  private:
    bool Has(Cause cause, Weight weight) const
    {
        return std::any_of(m_clues.begin(),
                           m_clues.end(),
                           [&](const Clue& clue)
                           { return clue.cause == cause && clue.weight == weight; });
    }

    const Case& m_case;
    std::vector<Clue> m_clues;
};

std::string
NameOf(const HostAddress& address, std::string_view name, std::string_view otherwise)
{
    if (!address.IsKnown())
    {
        return std::string(name.empty() ? otherwise : name);
    }
    return name.empty() ? address.ToString() : fmt::format("{} ({})", name, address.ToString());
}

/// "hub2 (10.2.1.25) refused 30 authentications of 10.1.1.25's from ... to ... (line 7 of ...)"
std::string
Tell(const Incident& incident, std::string_view did)
{
    std::string when;
    if (incident.first)
    {
        when = incident.first == incident.last ? fmt::format(" at {}", UtcStamp(*incident.first))
                                               : fmt::format(" from {} to {}",
                                                             UtcStamp(*incident.first),
                                                             UtcStamp(*incident.last));
    }
    return fmt::format("{} {} {} {} time{}{} ({})",
                       NameOf(incident.receiver, incident.receiverName, "the receiving server"),
                       did,
                       NameOf(incident.sender, "", "the sending server"),
                       incident.count,
                       incident.count == 1 ? "" : "s",
                       when,
                       incident.lines.empty() ? incident.sealed : PlaceOf(incident.lines.front()));
}

Alert
AlertOf(const Incident& incident, TextFinding finding)
{
    finding.source = incident.sender;
    finding.destination = incident.receiver;
    if (finding.source.IsKnown() && !finding.destination.IsKnown())
    {
        finding.destination = HostAddress(Ipv4{0x7F000001}); // The host whose log it is.
    }
    finding.time = incident.first.value_or(WallTime());
    finding.lines.insert(finding.lines.begin(), incident.lines.begin(), incident.lines.end());
    Alert alert = MakeTextAlert(finding, SIGNATURE);
    alert.evidence.count = incident.count;
    alert.evidence.last = incident.count > 1 && incident.last ? *incident.last : WallTime();
    return alert;
}

void
JudgeServerAuth(const Case& here, AlertSink& sink)
{
    const Incident& incident = *here.incident;
    const Judgment judgment(here);
    const bool isSealed = incident.lines.empty();
    const std::string told =
        isSealed ? Tell(incident, "held an answer inside TLS back before the end of a session of") +
                       ", as it does where an authentication fails"
                 : Tell(incident, "could not authenticate");
    TextFinding finding;
    // What failed inside TLS nobody sees, and so not that it has this cause.
    const auto shown = isSealed ? std::nullopt : judgment.Shown();
    if (shown)
    {
        const CauseText& text = TextOf(*shown);
        finding.dottedClass = text.dottedClass;
        finding.score = 0.9;
        finding.side = text.side;
        finding.next = text.repair;
        const std::string why = judgment.WordsOf(*shown, Weight::Hints, finding.lines);
        finding.explanation =
            fmt::format("{} because {}: {}.{}", told, text.says, why, judgment.Excluded());
    }
    else
    {
        const std::vector<Cause> hinted = judgment.Hinted();
        std::set<std::string_view> families;
        std::string hints;
        for (const Cause cause : hinted)
        {
            families.insert(TextOf(cause).dottedClass);
            hints += fmt::format(" A sign of {}: {}.",
                                 TextOf(cause).label,
                                 judgment.WordsOf(cause, Weight::Hints, finding.lines));
        }
        finding.verdict = Verdict::Inconclusive;
        finding.dottedClass = families.size() == 1 ? *families.begin() : UNKNOWN;
        finding.side = "between the two servers, or the directory's";
        finding.next =
            (isSealed ? "the last error of the sender's queue (Get-Queue), event 1035 on "
                        "the receiver; "
                      : "") +
            judgment.Decides();
        finding.explanation = fmt::format("{}. A clock, a service name, a password that a domain "
                                          "controller does not know or a blocked port does "
                                          "that.{}{}",
                                          told,
                                          judgment.Excluded(),
                                          hints);
    }
    sink.Add(AlertOf(incident, std::move(finding)));
}

/// A session in which a server offers X-EXPS, and one of the same time that lacks it.
struct Offer
{
    const SmtpSession* made = nullptr;
    const SmtpSession* lacking = nullptr;
};

Offer
FindOffer(const Analysis& analysis, const Incident& incident)
{
    Offer offer;
    for (const SmtpSession& session : analysis.Sessions(LogDetail::Dialog))
    {
        const Turn* const hello = session.Find("EHLO");
        if (!hello || session.server != incident.receiver || hello->code != 250)
        {
            continue;
        }
        const bool offers = hello->reply.find("X-EXPS") != std::string::npos;
        if (offers && session.atServer)
        {
            offer.made = offer.made ? offer.made : &session;
        }
        else if (!offers && session.client == incident.sender)
        {
            offer.lacking = offer.lacking ? offer.lacking : &session;
        }
    }
    return offer;
}

std::string
PlaceOfHello(const SmtpSession& session)
{
    const std::uint32_t number = session.Find("EHLO")->answered.number;
    return session.log ? PlaceOf(QuotedLine{session.file, number, ""})
                       : PlaceOf(session.file, number);
}

void
JudgeVerb(const Analysis& analysis, const Incident& incident, AlertSink& sink)
{
    const Offer offer = FindOffer(analysis, incident);
    TextFinding finding;
    finding.explanation = Tell(incident, "showed no Exchange Server authentication to") +
                          ": that is no failure of Kerberos. X-EXPS was not offered.";
    if (offer.lacking)
    {
        finding.explanation += fmt::format(" The sender sees none in the reply to EHLO ({}).",
                                           PlaceOfHello(*offer.lacking));
    }
    if (offer.made && offer.lacking)
    {
        finding.dottedClass = STRIPPED;
        finding.score = 0.9;
        finding.side = "between the two servers: a mail guard, or a firewall that inspects SMTP";
        finding.next = "which device between them opens the connection that the receiver's log "
                       "shows; let X-ANONYMOUSTLS and X-EXPS pass there";
        finding.explanation +=
            fmt::format(" The receiver offers it, to {} ({}): somebody between them takes it away.",
                        offer.made->client.ToString(),
                        PlaceOfHello(*offer.made));
    }
    else
    {
        finding.verdict = Verdict::Inconclusive;
        finding.dottedClass = "auth.verb";
        finding.side = "the receiver's connector, or a device between the servers";
        finding.next = "the receiver's protocol log of such a session: if it offers X-EXPS, a "
                       "device between the servers takes it away; else its connector lacks "
                       "ExchangeServer in AuthMechanism";
    }
    sink.Add(AlertOf(incident, std::move(finding)));
}

/// What looks like a failure between servers, and is none.
void
ExplainLookAlike(const Incident& incident, AlertSink& sink)
{
    TextFinding finding;
    finding.verdict = Verdict::Benign;
    switch (incident.failure)
    {
    case Failure::TlsRate:
        finding.dottedClass = "auth.tls-rate";
        finding.side = "the receiving server's limit";
        finding.explanation =
            Tell(incident, "put off, by a limit of TLS sessions,") +
            ": nobody's authentication failed, it has the code 454 4.7.0 for that as well.";
        break;
    case Failure::Password:
        finding.dottedClass = "auth.password";
        finding.side = "the client's: its name or password";
        finding.explanation =
            Tell(incident, "refused the name or password of") +
            ": a client logs on with it, no server. Mail between servers does not hang on it.";
        break;
    default:
        finding.dottedClass = "unreachable.connection";
        finding.side = "the other side's, or the way there";
        finding.explanation =
            Tell(incident, "was not reached by") +
            ": the queue's words begin as those of a failed authentication do, but nobody "
            "answered, and nothing was authenticated.";
        break;
    }
    sink.Add(AlertOf(incident, std::move(finding)));
}

/// Clients that a controller told of their clocks, and that got their tickets then.
/// \return whether there are any
bool
ExplainHealedSkew(const Case& here, const std::vector<Incident>& incidents, AlertSink& sink)
{
    std::map<HostAddress, const KerberosExchange*> skewed;
    std::set<HostAddress> healed;
    for (const KerberosExchange& exchange : here.exchanges)
    {
        if (exchange.IsError(37))
        {
            skewed.emplace(exchange.client, &exchange);
        }
        else if (skewed.count(exchange.client) != 0 && exchange.answer &&
                 exchange.answer->type != KerberosMessage::Type::Error)
        {
            healed.insert(exchange.client);
        }
    }
    for (const HostAddress& client : healed)
    {
        const bool isKnown =
            std::any_of(incidents.begin(),
                        incidents.end(),
                        [&](const Incident& incident) { return incident.receiver == client; });
        if (isKnown)
        {
            continue;
        }
        const KerberosExchange& first = *skewed.at(client);
        TextFinding finding;
        finding.dottedClass = "auth.clock";
        finding.verdict = Verdict::Benign;
        finding.time = first.time;
        finding.source = client;
        finding.destination = first.server;
        finding.side = "the clock of " + client.ToString();
        finding.next = "w32tm /resync there: other servers' tickets fail at such a clock";
        finding.explanation = fmt::format(
            "{} hears KRB_AP_ERR_SKEW of {} ({}), asks again with the controller's time and gets "
            "its ticket: as a sender it heals itself. As a receiver it would refuse.",
            client.ToString(),
            first.server.ToString(),
            FrameOf(first));
        Alert alert = MakeTextAlert(finding, SIGNATURE);
        alert.evidence.file = first.file;
        alert.evidence.frames = {first.frame, first.answerFrame};
        sink.Add(std::move(alert));
    }
    return !healed.empty();
}

/// What would stop an authentication, where none is seen to fail.
void
JudgeSigns(const Case& here, bool isSkewHealed, AlertSink& sink)
{
    const Judgment judgment(here);
    const auto shown = judgment.Shown();
    std::vector<Cause> hinted = judgment.Hinted();
    if (!shown && (hinted.empty() || (isSkewHealed && hinted == std::vector{Cause::Clock})))
    {
        return;
    }
    const Cause cause = shown ? *shown : hinted.front();
    const CauseText& text = TextOf(cause);
    TextFinding finding;
    finding.dottedClass = text.dottedClass;
    finding.side = text.side;
    finding.destination = HostAddress(Ipv4{0x7F000001}); // The host whose evidence it is.
    const auto failed = std::find_if(
        here.exchanges.begin(),
        here.exchanges.end(),
        [](const KerberosExchange& exchange)
        { return exchange.IsError(7) || exchange.outcome != KerberosExchange::Outcome::Answered; });
    const auto told = failed != here.exchanges.end() ? failed : here.exchanges.begin();
    if (told != here.exchanges.end())
    {
        finding.source = told->client;
        finding.time = told->time;
    }
    const std::string why = judgment.WordsOf(cause, Weight::Hints, finding.lines);
    if (finding.lines.empty() && told != here.exchanges.end())
    {
        finding.destination = told->server; // A capture alone: of neither host.
    }
    if (shown)
    {
        finding.score = 0.9;
        finding.next = text.repair;
        finding.explanation = fmt::format("{}: {}.", text.says, why);
    }
    else
    {
        finding.verdict = Verdict::Inconclusive;
        finding.next = "whether mail fails of it: Get-Queue on the sending servers, event 1035 on "
                       "the receiving ones; " +
                       std::string(text.decides);
        finding.explanation =
            fmt::format("a sign of {}, and nothing here shows that an authentication fails: {}.",
                        text.label,
                        why);
    }
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

void
Judge(const Evidence& evidence, Analysis& analysis, AlertSink& sink)
{
    AddSession(evidence, analysis, sink);
    analysis.authTraffic.Add(evidence.flow);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const ServerLogs& logs = analysis.GetContext().logs;
    Case here{logs, analysis.authTraffic, analysis.authTraffic.Exchanges(logs.kerberos)};
    const std::vector<Incident> incidents = FindIncidents(analysis);
    bool fails = false;
    for (const Incident& incident : incidents)
    {
        switch (incident.failure)
        {
        case Failure::ServerAuth:
            fails = true;
            here.incident = &incident;
            JudgeServerAuth(here, sink);
            break;
        case Failure::VerbMissing:
            JudgeVerb(analysis, incident, sink);
            break;
        default:
            ExplainLookAlike(incident, sink);
            break;
        }
    }
    here.incident = nullptr;
    if (!fails)
    {
        JudgeSigns(here, ExplainHealedSkew(here, incidents, sink), sink);
    }
}

} // namespace

} // namespace auth_cause

/**
 * Why Exchange servers of one organization cannot authenticate to each other (454 4.7.0 in the
 * queue of one, event 1035 on the other): a clock, the replication of passwords, service names or
 * blocked ports, by the logs, events, captures and outputs of tools at hand. What looks alike is
 * told apart. Where several causes are left it says so, which are ruled out by what, and what would
 * decide.
 */
extern const Detector AUTH_CAUSE{
    auth_cause::SIGNATURE,
    "why Exchange servers cannot authenticate to each other",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::TRACKING_LOG, kinds::EVENT_LOG, kinds::INSPECTION},
     {"auth"}},
    auth_cause::Judge,
    auth_cause::Conclude};

} // namespace bouncelab::detectors
