#include "detectors/analysis/delay-clusters.h"
#include "detectors/analysis/refusal.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/slow-directory.h"
#include "detectors/detector.h"
#include "detectors/readers/scan.h"
#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace tarpit
{

using fields::protocol::BACK_PRESSURE;
using fields::protocol::DELAYED_ACK;

constexpr AlertRule SIGNATURE{"tarpit", 1100103, "BOUNCELAB replies held back"};

constexpr std::int64_t CONNECTOR_NS =
    5 * NANOSECONDS_PER_SECOND; //!< TarpitInterval's default (fact F01).
constexpr std::int64_t FILTER_NS = 60 * NANOSECONDS_PER_SECOND; //!< ORF's default (fact F39).
/// Stamps this fine show a constant of any length.
constexpr std::int64_t FINE_GRAIN_NS = NANOSECONDS_PER_SECOND / 10;
constexpr std::int64_t ACKNOWLEDGE_NS =
    31 * NANOSECONDS_PER_SECOND; //!< MaxAcknowledgementDelay's, rounded up.

constexpr std::size_t SEVERAL = 3; //!< Refusals: so many are more than somebody's mistake.
constexpr std::string_view CONNECTOR = "tarpit.connector";
constexpr std::string_view FILTER = "tarpit.filter";
constexpr std::string_view OTHER = "tarpit.delay";
constexpr std::string_view ACKNOWLEDGMENT = "tarpit.delayed-ack";
constexpr std::string_view PRESSURE = "overload.back-pressure";
constexpr std::string_view SLOWNESS = "overload.slowness";

std::string_view
ClassOf(std::int64_t delayNs)
{
    return std::llabs(delayNs - CONNECTOR_NS) < NANOSECONDS_PER_SECOND / 5 ? CONNECTOR
           : std::llabs(delayNs - FILTER_NS) < NANOSECONDS_PER_SECOND      ? FILTER
                                                                           : OTHER;
}

std::string_view
NameOf(std::string_view dottedClass)
{
    return dottedClass == CONNECTOR ? "the default TarpitInterval of an Exchange Receive connector"
           : dottedClass == FILTER  ? "the default tarpit delay of a filter agent"
                                    : "no known default, so a setting of its own";
}

/// Steps of back pressure: 10 s, then 5 s more each, up to 55 s (fact F24).
bool
IsPressureStep(std::int64_t delayNs)
{
    const std::int64_t step = (delayNs + CONNECTOR_NS / 2) / CONNECTOR_NS * CONNECTOR_NS;
    return step >= 2 * CONNECTOR_NS && step <= 11 * CONNECTOR_NS &&
           std::llabs(delayNs - step) < NANOSECONDS_PER_SECOND / 3;
}

bool
IsOfReply(std::string_view reason)
{
    return !reason.empty() && IsDigit(reason.front());
}

/// Whether a delay is a connector's before it refuses for good, and not of a log-on.
bool
IsOfRefusal(const AnnouncedDelay& delay)
{
    return StartsWith(delay.reason, "55") && delay.delayNs <= CONNECTOR_NS;
}

/// "451 4.4.1 Cannot connect to ...": the server waited for another server.
bool
IsTimeout(const Turn& turn)
{
    return turn.code / 100 == 4 &&
           (EnhancedCodeOf(turn.reply).substr(0, 4) == "4.4." || HasAny(InLowerCase(turn.reply),
                                                                        {"cannot connect",
                                                                         "can't connect",
                                                                         "could not connect",
                                                                         "connection failed",
                                                                         "timed out",
                                                                         "timeout",
                                                                         "unreachable"}));
}

/// "421 4.4.2 Error: timeout exceeded": the server waited for the client, and answers nothing.
bool
EndsIdleness(const Turn& turn)
{
    const std::string lower = InLowerCase(turn.reply);
    return turn.code == 421 && HasAny(lower, {"timeout", "timed out", "idle"}) &&
           !HasAny(lower, {"connect"});
}

/// What a session's stamps are whole multiples of, from 10 ms to 1 s; 0 where they are finer.
std::int64_t
GrainOf(const SmtpSession& session)
{
    constexpr int LEAST_STAMPS = 4;
    int stamps = 0;
    std::int64_t grain = NANOSECONDS_PER_SECOND;
    for (const Turn& turn : session.turns)
    {
        for (const EvidenceRef& ref : {turn.said, turn.answered})
        {
            stamps += ref.number > 0 ? 1 : 0;
            while (ref.number > 0 && grain >= NANOSECONDS_PER_SECOND / 100 &&
                   ref.time.time_since_epoch().count() % grain != 0)
            {
                grain /= 10;
            }
        }
    }
    return grain >= NANOSECONDS_PER_SECOND / 100 && stamps >= LEAST_STAMPS ? grain : 0;
}

/// Late and quick replies of one server.
struct ServerDelays
{
    std::vector<LateReply> late;
    std::vector<LateReply> timeouts; //!< Late ones that say themselves what they waited for.
    std::int64_t grainNs = 0;        //!< Of the coarsest stamps that show late replies.
    std::size_t quickAccepting = 0;
    std::size_t quickRefusing = 0;
    std::int64_t slowestQuickNs = 0;
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_analysis(analysis)
        , m_sessions(analysis.Judged(LogDetail::Codes))
        , m_sink(sink)
        , m_told(m_sessions.size())
    {
    }

    void Run()
    {
        // Coarse stamps say nothing more where finer ones of the same server are at hand.
        std::map<std::pair<HostAddress, bool>, ServerDelays> servers;
        for (const SmtpSession& session : m_sessions)
        {
            m_announced += static_cast<std::size_t>(
                std::count_if(session.announced.begin(), session.announced.end(), IsOfRefusal));
        }
        for (std::size_t i = 0; i < m_sessions.size(); ++i)
        {
            JudgeAnnounced(i);
            const bool isCoarse = GrainOf(m_sessions[i]) > FINE_GRAIN_NS;
            Collect(i, servers[{m_sessions[i].get().server, isCoarse}]);
        }
        for (const SlowDirectory& load : m_analysis.SlowDirectories())
        {
            for (const bool isCoarse : {false, true})
            {
                LeaveOutLookups(servers[{load.server, isCoarse}].late);
            }
        }
        std::set<HostAddress> constant;
        for (const auto& [key, delays] : servers)
        {
            const auto& [server, isCoarse] = key;
            if ((!isCoarse || constant.count(server) == 0) && JudgeServer(delays))
            {
                constant.insert(server);
            }
        }
    }

  private:
    /// Late lookups are directory-overload's to explain.
    void LeaveOutLookups(std::vector<LateReply>& late) const
    {
        late.erase(std::remove_if(late.begin(),
                                  late.end(),
                                  [this](const LateReply& reply)
                                  { return TurnOf(reply).Is("RCPT"); }),
                   late.end());
    }

    const Turn& TurnOf(const LateReply& reply) const
    {
        return m_sessions[reply.session].get().turns[reply.turn];
    }

    void Add(std::size_t session, SessionFinding finding)
    {
        finding.byServer = true;
        m_sink.Add(MakeSessionAlert(m_sessions[session], finding, SIGNATURE));
        m_told[session] = true;
    }

    /// What the server's log says itself needs no statistics.
    void JudgeAnnounced(std::size_t index)
    {
        const SmtpSession& session = m_sessions[index];
        std::map<std::string_view, std::vector<const AnnouncedDelay*>> byClass;
        for (const AnnouncedDelay& delay : session.announced)
        {
            byClass[delay.reason == DELAYED_ACK     ? ACKNOWLEDGMENT
                    : delay.reason == BACK_PRESSURE ? PRESSURE
                                                    : ClassOf(delay.delayNs)]
                .push_back(&delay);
        }
        for (const auto& [dottedClass, delays] : byClass)
        {
            const AnnouncedDelay& first = *delays.front();
            SessionFinding finding;
            finding.dottedClass = dottedClass;
            finding.score = 1;
            for (const AnnouncedDelay* delay : delays)
            {
                finding.refs.push_back(delay->ref);
            }
            const std::string said = fmt::format("The server's protocol log says so {}: it held a "
                                                 "reply back for {} because of '{}' (line {})",
                                                 Times(delays.size()),
                                                 Seconds(first.delayNs),
                                                 first.reason,
                                                 first.ref.number);
            if (dottedClass == ACKNOWLEDGMENT)
            {
                finding.verdict = Verdict::Benign;
                finding.explanation = said +
                                      ": the acknowledgment of an accepted message waits for "
                                      "its delivery (shadow redundancy); no tarpit.";
            }
            else if (dottedClass == PRESSURE)
            {
                finding.explanation =
                    said +
                    ": the server lacks resources and slows all of its clients down; no tarpit.";
            }
            else if (m_announced < SEVERAL &&
                     std::all_of(delays.begin(),
                                 delays.end(),
                                 [](const AnnouncedDelay* delay) { return IsOfRefusal(*delay); }))
            {
                finding.verdict = Verdict::Benign;
                finding.score = 0.8;
                finding.explanation =
                    fmt::format("{}; {}{}: by design, before every refusal. The refusal itself is "
                                "the case, and the wait no part of it.",
                                said,
                                "this is " + std::string(NameOf(dottedClass)),
                                Measured(session, first));
            }
            else
            {
                finding.explanation =
                    fmt::format("{}; {}{}{}.",
                                said,
                                IsOfReply(first.reason) ? "this is " : "the reason is unusual; ",
                                NameOf(dottedClass),
                                Measured(session, first));
            }
            Add(index, std::move(finding));
        }
    }

    /// How long the reply behind an announced delay really took.
    static std::string Measured(const SmtpSession& session, const AnnouncedDelay& announced)
    {
        for (const Turn& turn : session.turns)
        {
            if (turn.answered.index > announced.ref.index && turn.said.number > 0 &&
                turn.said.index < announced.ref.index)
            {
                return fmt::format("; the log shows the reply {} after its command",
                                   Seconds((turn.answered.time - turn.said.time).count()));
            }
        }
        return "";
    }

    void Collect(std::size_t index, ServerDelays& delays) const
    {
        const SmtpSession& session = m_sessions[index];
        if (session.IsOwnersCall() && session.Detail() == LogDetail::Codes)
        {
            return; // Times since the start of the session, with every way there and back in them.
        }
        const std::vector<std::int64_t> own = OwnDelays(session);
        const std::int64_t grainNs = GrainOf(session);
        for (std::size_t i = 0; i < session.turns.size(); ++i)
        {
            const Turn& turn = session.turns[i];
            if (own[i] < 0 || turn.verb.empty() || turn.code == 0)
            {
                continue;
            }
            // A failed lookup says nothing about the recipient, so it is no reason for a tarpit.
            const bool refuses = turn.code >= 400 && !IsLookupFailure(turn);
            if (own[i] >= LATE_NS + grainNs)
            {
                (IsTimeout(turn) ? delays.timeouts : delays.late)
                    .push_back({index, i, own[i], refuses});
                delays.grainNs = std::max(delays.grainNs, grainNs);
                continue;
            }
            if (own[i] >= LATE_NS)
            {
                continue; // Too close to the limit to tell.
            }
            ++(refuses ? delays.quickRefusing : delays.quickAccepting);
            delays.slowestQuickNs = std::max(delays.slowestQuickNs, own[i]);
        }
    }

    /// \return whether a constant delay was found.
    bool JudgeServer(const ServerDelays& delays)
    {
        std::vector<LateReply> late;
        for (const LateReply& reply : delays.late)
        {
            if (TurnOf(reply).Is("."))
            {
                JudgeAcknowledgment(reply, delays);
            }
            else if (!m_told[reply.session])
            {
                late.push_back(reply);
            }
        }
        bool anyConstant = false;
        for (const DelayCluster& constant : FindConstants(late))
        {
            // Whatever lies within one step of the stamps looks constant.
            if (constant.lowNs / 100 * 3 >= delays.grainNs || delays.grainNs <= FINE_GRAIN_NS)
            {
                anyConstant = true;
                JudgeConstant(constant, delays);
            }
        }
        if (!anyConstant && !late.empty())
        {
            JudgeVarying(late, delays);
        }
        JudgeTimeouts(delays);
        return anyConstant;
    }

    void JudgeTimeouts(const ServerDelays& delays)
    {
        std::vector<LateReply> untold;
        std::copy_if(delays.timeouts.begin(),
                     delays.timeouts.end(),
                     std::back_inserter(untold),
                     [&](const LateReply& reply) { return !m_told[reply.session]; });
        const auto idle = std::stable_partition(untold.begin(),
                                                untold.end(),
                                                [&](const LateReply& reply)
                                                { return !EndsIdleness(TurnOf(reply)); });
        SessionFinding finding;
        finding.dottedClass = SLOWNESS;
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        finding.explanation = "The reply says that a server further on could not be reached, or "
                              "not in time: a timeout of this server, no tarpit.";
        AddPerSession({untold.begin(), idle}, finding);
        finding.explanation = "The reply says that this server has waited for its client as long "
                              "as it does: what that sent did not arrive there, or not in time. No "
                              "tarpit.";
        AddPerSession({idle, untold.end()}, finding);
    }

    void JudgeAcknowledgment(const LateReply& reply, const ServerDelays& delays)
    {
        if (m_told[reply.session] || reply.refuses || reply.delayNs > ACKNOWLEDGE_NS ||
            delays.quickAccepting == 0 || IsOneOfMany(reply, delays))
        {
            return;
        }
        SessionFinding finding;
        finding.dottedClass = ACKNOWLEDGMENT;
        finding.verdict = Verdict::Benign;
        finding.score = 0.6;
        finding.refs = {TurnOf(reply).answered, TurnOf(reply).said};
        finding.explanation = fmt::format(
            "Only the acknowledgment of the accepted content came late, after {}; other "
            "replies took at most {}: a delayed acknowledgment or a check of the "
            "content, no tarpit.",
            Seconds(reply.delayNs),
            Seconds(delays.slowestQuickNs));
        m_sink.Add(
            MakeSessionAlert(m_sessions[reply.session], Said(std::move(finding)), SIGNATURE));
    }

    static SessionFinding Said(SessionFinding finding)
    {
        finding.byServer = true;
        return finding;
    }

    /// One alarm per session that the constant hit.
    void JudgeConstant(const DelayCluster& constant, const ServerDelays& delays)
    {
        const std::size_t refusals = constant.Refusals();
        std::set<std::string_view> verbs;
        for (const LateReply& reply : constant.replies)
        {
            verbs.insert(TurnOf(reply).verb);
        }
        const bool acceptsToo = refusals < constant.replies.size();
        const bool onlyMail = verbs.size() == 1 && *verbs.begin() == "MAIL";
        const bool onlyRcpt = verbs.size() == 1 && *verbs.begin() == "RCPT";
        SessionFinding finding;
        finding.dottedClass = ClassOf(constant.MiddleNs());
        finding.score = std::min(0.98, 0.7 + 0.05 * static_cast<double>(constant.replies.size()));
        const std::string figures =
            fmt::format("{} replies of this server ({} of them refusals) came {} to {} after their "
                        "commands, {} other replies within {}",
                        constant.replies.size(),
                        refusals,
                        Seconds(constant.lowNs),
                        Seconds(constant.highNs),
                        delays.quickAccepting + delays.quickRefusing,
                        Seconds(delays.slowestQuickNs));
        if (refusals == 0 && onlyMail && IsPressureStep(constant.MiddleNs()))
        {
            finding.dottedClass = PRESSURE;
            finding.explanation =
                figures + ": answers to MAIL only, by a step of Exchange's back pressure (10 s to "
                          "55 s); the server lacks resources, no tarpit.";
        }
        else if (refusals == 0 && onlyMail && finding.dottedClass == OTHER)
        {
            finding.dottedClass = SLOWNESS;
            finding.verdict = Verdict::Benign;
            finding.score = 0.6;
            finding.explanation =
                figures + ": answers to MAIL only, none of them refusals: a check of the sender, "
                          "or a relay that connects to the next server at this point; no tarpit.";
        }
        else if (acceptsToo && onlyRcpt)
        {
            finding.dottedClass = OTHER;
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            finding.explanation = figures + ": answers to RCPT are late whether they accept or "
                                            "refuse, as by a directory lookup that times out; the "
                                            "server's configuration or its own log would decide.";
        }
        else if (acceptsToo)
        {
            finding.explanation = figures +
                                  ": a constant delay of accepting replies too, as an "
                                  "address gets that left while it was being delayed; it "
                                  "is " +
                                  std::string(NameOf(finding.dottedClass)) + ".";
        }
        else
        {
            finding.explanation =
                fmt::format("{}: a constant delay of refusals alone{}; it is {}.",
                            figures,
                            delays.quickRefusing > 0
                                ? fmt::format(", after {} that came at once", delays.quickRefusing)
                                : "",
                            NameOf(finding.dottedClass));
        }
        if (std::all_of(constant.replies.begin(),
                        constant.replies.end(),
                        [this](const LateReply& reply) { return WaitsOnTheWay(reply); }))
        {
            finding.dottedClass = OTHER;
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0;
            finding.explanation =
                figures + ": and TCP acknowledged none of these commands sooner, as every system "
                          "does within half a second, however slow its server is. The packets were "
                          "held on the way, or the whole machine stood still; a capture at the "
                          "server would decide.";
        }
        AddPerSession(constant.replies, finding);
    }

    /// Whether it waited on the way, and another one of its session did.
    bool IsOneOfMany(const LateReply& reply, const ServerDelays& delays) const
    {
        return WaitsOnTheWay(reply) && std::any_of(delays.late.begin(),
                                                   delays.late.end(),
                                                   [&](const LateReply& other) {
                                                       return other.session == reply.session &&
                                                              other.turn != reply.turn &&
                                                              WaitsOnTheWay(other);
                                                   });
    }

    /// Not even an acknowledgment came sooner than the reply.
    bool WaitsOnTheWay(const LateReply& reply) const
    {
        const auto acknowledged = TurnOf(reply).acknowledgedNs;
        return acknowledged && *acknowledged > LATEST_ACK_NS &&
               *acknowledged > reply.delayNs - LATEST_ACK_NS;
    }

    void AddPerSession(const std::vector<LateReply>& replies, const SessionFinding& finding)
    {
        std::map<std::size_t, std::vector<const LateReply*>> bySession;
        for (const LateReply& reply : replies)
        {
            bySession[reply.session].push_back(&reply);
        }
        for (auto& [session, own] : bySession)
        {
            std::sort(own.begin(),
                      own.end(),
                      [](const LateReply* a, const LateReply* b) { return a->turn < b->turn; });
            SessionFinding each = finding;
            for (const LateReply* reply : own)
            {
                each.refs.push_back(TurnOf(*reply).answered);
            }
            each.explanation =
                fmt::format("{} of {} came {} after its command. {}",
                            NameOfRef(m_sessions[session], TurnOf(*own.front()).answered),
                            NameOfVantage(m_sessions[session]),
                            Seconds(own.front()->delayNs),
                            finding.explanation);
            Add(session, std::move(each));
        }
    }

    void JudgeVarying(const std::vector<LateReply>& late, const ServerDelays& delays)
    {
        const auto refusing = std::find_if(late.begin(),
                                           late.end(),
                                           [](const LateReply& reply) { return reply.refuses; });
        if (refusing == late.end())
        {
            return;
        }
        std::int64_t low = late.front().delayNs;
        std::int64_t high = low;
        std::size_t refusals = 0;
        for (const LateReply& reply : late)
        {
            low = std::min(low, reply.delayNs);
            high = std::max(high, reply.delayNs);
            refusals += reply.refuses ? 1 : 0;
        }
        SessionFinding finding;
        finding.refs = {TurnOf(*refusing).answered, TurnOf(*refusing).said};
        const bool coarse = delays.grainNs > FINE_GRAIN_NS;
        if (late.size() < 3 || refusals == 1 || coarse)
        {
            finding.dottedClass = OTHER;
            finding.verdict = Verdict::Inconclusive;
            finding.explanation = fmt::format(
                "{} came {} after its command{}, other replies within {}: too {} to tell a "
                "constant "
                "delay from slowness; {} of this server, or its protocol log, would decide.",
                refusals == 1   ? "One refusal"
                : refusals == 2 ? "Two refusals, the first of which"
                                : fmt::format("{} refusals, the first of which", refusals),
                Seconds(refusing->delayNs),
                late.size() > refusals
                    ? fmt::format(", {} replies that are no refusals late as well, by {} to {}",
                                  late.size() - refusals,
                                  Seconds(low),
                                  Seconds(high))
                    : "",
                Seconds(delays.slowestQuickNs),
                coarse ? fmt::format("coarsely stamped ({})", Seconds(delays.grainNs)) : "few",
                coarse ? "finer stamps" : "more refusals");
        }
        else
        {
            finding.dottedClass = SLOWNESS;
            finding.verdict = Verdict::Benign;
            finding.score = 0.7;
            finding.explanation = fmt::format(
                "{} replies of this server came late, {} of them refusals, and by anything from {} "
                "to {}: slowness, because a tarpit's delay is constant.",
                late.size(),
                refusals,
                Seconds(low),
                Seconds(high));
        }
        Add(refusing->session, std::move(finding));
    }

    static std::string Times(std::size_t count)
    {
        return count == 1 ? "once" : fmt::format("{} times", count);
    }

    const Analysis& m_analysis;
    const SessionList& m_sessions;
    AlertSink& m_sink;
    std::vector<bool> m_told;    //!< By session: judged already.
    std::size_t m_announced = 0; //!< Delays before refusals that logs announce.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace tarpit

/**
 * Replies that a server holds back on purpose: by a constant, and mostly error replies only
 * (facts F19, F20), or as its own log says ("Tarpit for ..."). Told apart: a connector's 5 s
 * (tarpit.connector), a filter's 60 s (tarpit.filter), other constants (tarpit.delay), delays of
 * everything as an address gets that left while it was being delayed, back pressure
 * (overload.back-pressure), delayed acknowledgments (benign) and plain slowness (benign).
 */
extern const Detector TARPIT{
    tarpit::SIGNATURE,
    "replies held back by a constant, against plain slowness",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG}, {"tarpit", "overload.back-pressure"}},
    AddSession,
    tarpit::Conclude};

} // namespace bouncelab::detectors
