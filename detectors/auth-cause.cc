#include "detectors/auth-cause.h"

#include "detectors/analysis/text-alert.h"
#include "detectors/auth-judgment.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
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
    std::string common;
    if (shown)
    {
        const CauseText& text = TextOf(*shown);
        finding.dottedClass = text.dottedClass;
        finding.score = 0.9;
        finding.side = text.side;
        finding.next = text.repair;
        const std::string why = judgment.WordsOf(*shown, Weight::Hints, finding.lines);
        finding.explanation = fmt::format("{} because {}: {}.{}{}",
                                          told,
                                          text.says,
                                          why,
                                          judgment.Excluded(),
                                          judgment.Clocks());
    }
    else
    {
        std::string hints;
        for (const Sign& sign : judgment.Signs(finding.lines))
        {
            hints += fmt::format(" A sign of {}: {}.", sign.labels, sign.words);
        }
        common = judgment.ClassLeft();
        finding.verdict = Verdict::Inconclusive;
        finding.dottedClass = common.find('.') == common.npos ? UNKNOWN : std::string_view(common);
        finding.side = "between the two servers, or the directory's";
        finding.next =
            (isSealed ? "the last error of the sender's queue (Get-Queue), event 1035 on "
                        "the receiver; "
                      : "") +
            judgment.Decides();
        finding.explanation = fmt::format("{}. A clock, a service name, a password that a domain "
                                          "controller does not know or a blocked port does "
                                          "that.{}{}{}",
                                          told,
                                          judgment.Excluded(),
                                          hints,
                                          judgment.Clocks());
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
struct LookAlikeText
{
    Failure failure;
    std::string_view dottedClass;
    std::string_view did; //!< What the receiver did, as Tell() has it.
    std::string_view says;
    std::string_view side;
};

constexpr LookAlikeText LOOK_ALIKES[] = {
    {Failure::TlsRate,
     "auth.tls-rate",
     "put off, by a limit of TLS sessions,",
     "nobody's authentication failed, it has the code 454 4.7.0 for that as well.",
     "the receiving server's limit"},
    {Failure::Password,
     "auth.password",
     "refused the name or password of",
     "a client logs on with it, no server. Mail between servers does not hang on it.",
     "the client's: its name or password"},
    {Failure::NoConnection,
     "unreachable.connection",
     "was not reached by",
     "the queue's words begin as those of a failed authentication do, but nobody answered, and "
     "nothing was authenticated.",
     "the other side's, or the way there"},
};

void
ExplainLookAlike(const Incident& incident, AlertSink& sink)
{
    const auto* const text = std::find_if(std::begin(LOOK_ALIKES),
                                          std::end(LOOK_ALIKES),
                                          [&incident](const LookAlikeText& each)
                                          { return each.failure == incident.failure; });
    TextFinding finding;
    finding.verdict = Verdict::Benign;
    finding.dottedClass = text->dottedClass;
    finding.side = text->side;
    finding.explanation = fmt::format("{}: {}", Tell(incident, text->did), text->says);
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
    const std::vector<Cause> hinted = judgment.Hinted();
    if (!shown && (hinted.empty() || (isSkewHealed && hinted == std::vector{Cause::Clock})))
    {
        return;
    }
    TextFinding finding;
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
    const std::string common = judgment.ClassLeft();
    if (shown)
    {
        const CauseText& text = TextOf(*shown);
        finding.dottedClass = text.dottedClass;
        finding.score = 0.9;
        finding.side = text.side;
        finding.next = text.repair;
        finding.explanation = fmt::format("{}: {}.",
                                          text.says,
                                          judgment.WordsOf(*shown, Weight::Hints, finding.lines));
    }
    else
    {
        std::vector<std::string> signs;
        for (const Sign& sign : judgment.Signs(finding.lines))
        {
            signs.push_back(fmt::format("a sign of {}: {}", sign.labels, sign.words));
        }
        std::set<std::string> sides;
        for (const Cause cause : hinted)
        {
            sides.emplace(TextOf(cause).side);
        }
        finding.verdict = Verdict::Inconclusive;
        finding.dottedClass = common.find('.') == common.npos ? UNKNOWN : std::string_view(common);
        finding.side = fmt::format("{}", fmt::join(sides, "; or "));
        finding.next = "whether mail fails of it: Get-Queue on the sending servers, event 1035 on "
                       "the receiving ones; " +
                       judgment.Decides(hinted);
        finding.explanation =
            fmt::format("nothing here shows that an authentication fails. What would make one fail "
                        "has left {}.",
                        fmt::join(signs, "; "));
    }
    if (finding.lines.empty() && told != here.exchanges.end())
    {
        finding.destination = told->server; // A capture alone: of neither host.
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
    Case here{logs, analysis.authTraffic, analysis.authTraffic.Exchanges(logs.kerberos), analysis};
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
