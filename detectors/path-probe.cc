#include "detectors/analysis/sighted-packet.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace path_probe
{

constexpr AlertRule SIGNATURE{"path-probe", 1100134, "BOUNCELAB TTL-limited probes of a path"};

constexpr std::size_t SEVERAL = 3;         //!< Runs that agree.
constexpr double MOST_CHANCE = 1 / 1000.0; //!< Of what is accused to be loss.

/// What first ended a run: an answer that is no router's, at a TTL.
struct Ending
{
    int ttl = 0; //!< 0: nothing did.
    const TtlProbe* probe = nullptr;
    const ProbeAnswer* answer = nullptr;
};

const ProbeAnswer*
FindAnswer(const TtlProbe& probe, ProbeAnswerKind kind)
{
    const auto found =
        std::find_if(probe.answers.begin(),
                     probe.answers.end(),
                     [kind](const ProbeAnswer& answer) { return answer.kind == kind; });
    return found == probe.answers.end() ? nullptr : &*found;
}

Ending
EndingOf(const ProbeRun& run)
{
    for (const TtlProbe& probe : run)
    {
        for (const ProbeAnswerKind kind :
             {ProbeAnswerKind::Reset, ProbeAnswerKind::Finish, ProbeAnswerKind::Speech})
        {
            if (const ProbeAnswer* answer = FindAnswer(probe, kind))
            {
                return {probe.ttl, &probe, answer};
            }
        }
    }
    return {};
}

/// The codes of SMTP replies, so that what a reply quotes of its command does not count; of other
/// protocols all of it.
std::string
SenseOf(const TtlProbe& probe)
{
    std::string codes;
    std::string all;
    for (const ProbeAnswer& answer : probe.answers)
    {
        all += answer.kind == ProbeAnswerKind::Speech ? answer.text : "";
    }
    std::string_view rest = all;
    while (!rest.empty())
    {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, IsDigit))
        {
            return all;
        }
        codes += line.substr(0, 4);
    }
    return codes;
}

/// What several runs of one payload have in common, by majority.
struct Outcome
{
    Ending ending;
    std::string sense;     //!< The most that was said.
    std::size_t runs = 0;  //!< That came about at all.
    std::size_t agree = 0; //!< Of these, with that ending.
};

/// Runs that end with words of the server's agree whatever the TTL, which loss and the path's
/// length change: it is the lowest then. A reset has to come at one TTL.
Outcome
OutcomeOf(const ProbeSeries& series)
{
    std::map<std::pair<int, int>, Outcome> byEnding;
    std::size_t runs = 0;
    for (const ProbeRun& run : series.runs)
    {
        const bool isConnected =
            std::any_of(run.begin(), run.end(), [](const TtlProbe& p) { return p.isConnected; });
        if (!isConnected)
        {
            continue;
        }
        ++runs;
        const Ending ending = EndingOf(run);
        const int kind = ending.answer ? static_cast<int>(ending.answer->kind) : -1;
        const bool isSpeech = ending.answer && ending.answer->kind == ProbeAnswerKind::Speech;
        Outcome& outcome = byEnding[{isSpeech ? 0 : ending.ttl, kind}];
        if (outcome.agree == 0 || ending.ttl < outcome.ending.ttl)
        {
            outcome.ending = ending;
        }
        const std::string sense = ending.probe ? SenseOf(*ending.probe) : std::string();
        outcome.sense = sense.size() > outcome.sense.size() ? sense : outcome.sense;
        ++outcome.agree;
    }
    Outcome most;
    for (const auto& [key, outcome] : byEnding)
    {
        most = outcome.agree > most.agree ? outcome : most;
    }
    most.runs = runs;
    return most;
}

/// The last line of a payload, for quoting.
std::string
NameOfPayload(std::string_view payload)
{
    constexpr std::size_t LONGEST = 60;
    std::string_view text = TrimEnd(payload, " \r\n");
    text.remove_prefix(text.rfind('\n') + 1);
    const bool isText = !text.empty() && text.size() <= LONGEST &&
                        std::all_of(text.begin(), text.end(), IsPrintable);
    return isText ? fmt::format("\"{}\"", text) : fmt::format("{} octets", payload.size());
}

std::string_view
NameOfKind(ProbeAnswerKind kind)
{
    return kind == ProbeAnswerKind::Reset    ? "a RST"
           : kind == ProbeAnswerKind::Finish ? "a FIN"
                                             : "an answer in the server's name";
}

std::string_view
ClassOf(ProbeAnswerKind kind)
{
    return kind == ProbeAnswerKind::Reset    ? classes::FORGED_RESET
           : kind == ProbeAnswerKind::Finish ? classes::FORGED_DATA
                                             : classes::FORGED_REPLY;
}

/// By TTL, the router that most probes hear from.
std::map<int, HostAddress>
RoutersOf(const ProbeSeries& series)
{
    std::map<int, std::map<HostAddress, std::size_t>> seen;
    for (const ProbeRun& run : series.runs)
    {
        for (const TtlProbe& probe : run)
        {
            if (const ProbeAnswer* answer = FindAnswer(probe, ProbeAnswerKind::TimeExceeded))
            {
                ++seen[probe.ttl][answer->from];
            }
        }
    }
    std::map<int, HostAddress> routers;
    for (const auto& [ttl, counts] : seen)
    {
        routers[ttl] =
            std::max_element(counts.begin(),
                             counts.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; })
                ->first;
    }
    return routers;
}

/// What probes of one TTL drew.
struct Tally
{
    std::size_t probes = 0; //!< That were sent.
    std::size_t silent = 0;
    bool hearsRouter = false;
};

std::map<int, Tally>
TallyOf(const ProbeSeries& series)
{
    std::map<int, Tally> tally;
    for (const ProbeRun& run : series.runs)
    {
        for (const TtlProbe& probe : run)
        {
            Tally& here = tally[probe.ttl];
            here.probes += probe.isConnected;
            here.silent += probe.isConnected && probe.answers.empty();
            here.hearsRouter =
                here.hearsRouter || FindAnswer(probe, ProbeAnswerKind::TimeExceeded) != nullptr;
        }
    }
    return tally;
}

/// One measurement and the conclusion from it.
class Judge
{
  public:
    Judge(const PathMeasurement& measurement, const EvidenceContext& context)
        : m_measured(measurement)
        , m_context(context)
        , m_test(OutcomeOf(measurement.test))
        , m_control(OutcomeOf(measurement.control))
        , m_routers(RoutersOf(measurement.control))
        , m_loss(LossOf())
    {
        m_finding.lines = measurement.lines;
        m_finding.verdict = Verdict::Inconclusive;
        m_finding.dottedClass = "blocked.probe";
    }

    /// Whether there is anything to compare: a capture may end before its runs do.
    bool IsFinished() const { return m_measured.port == 0 || Ttl() > 0 || EndTtl() > 0; }

    Alert Conclude()
    {
        if (!IsUsable(m_control) || m_control.ending.ttl == 0)
        {
            m_finding.next = "control runs that reach the endpoint: another control payload, more "
                             "repetitions, a longer wait";
            Say("Inconclusive: the control runs do not show where the endpoint is ({} of {} agree "
                "that {}).",
                m_control.agree,
                m_control.runs,
                m_control.ending.ttl == 0 ? "nothing answers" : "it answers");
        }
        else if (!IsUsable(m_test))
        {
            m_finding.next = "more repetitions, with a longer pause between them than a device "
                             "might go on blocking for";
            Say("Inconclusive: the runs with {} do not agree with one another ({} of {} at most).",
                Payload(),
                m_test.agree,
                m_test.runs);
        }
        else if (IsTheSame())
        {
            SayNothingFound();
        }
        else if (m_loss.first == 0 && Ttl() > 0 && IsSpent())
        {
            SayCopy();
        }
        else if (Ttl() == EndTtl() || IsEndpointLate())
        {
            SayEndpoint();
        }
        else if (m_loss.first > 0)
        {
            Ttl() > 0 ? SayLateAnswer() : SaySilence();
        }
        else
        {
            SayEarlyAnswer();
        }
        return Finish();
    }

  private:
    int Ttl() const { return m_test.ending.ttl; }

    int EndTtl() const { return m_control.ending.ttl; }

    static bool IsUsable(const Outcome& outcome) { return 2 * outcome.agree > outcome.runs; }

    std::string Payload() const { return NameOfPayload(m_measured.test.payload); }

    std::string Runs() const { return fmt::format("{} of {} runs", m_test.agree, m_test.runs); }

    template <class... Args>
    void Say(fmt::format_string<Args...> form, Args&&... args)
    {
        m_finding.explanation = fmt::format(form, std::forward<Args>(args)...);
    }

    /// The router that most control probes of a TTL hear from; unknown where none does.
    HostAddress RouterAt(int ttl) const
    {
        const auto found = m_routers.find(ttl);
        return found == m_routers.end() ? HostAddress() : found->second;
    }

    bool ControlAnswers(int ttl) const { return ttl >= EndTtl() || RouterAt(ttl).IsKnown(); }

    /// Where probes end to be answered, by the test payload alone.
    struct Loss
    {
        int reach = 0; //!< The last TTL from which a router answers a test probe; 0 = none.
        int first = 0; //!< The first TTL behind that whose test probes draw nothing, and the
                       //!< control's an answer; 0 = none.
        std::size_t probes = 0; //!< So many drew nothing where the control's drew an answer.
        double chance = 1;      //!< That all of these are lost, as some of the control's are.
    };

    Loss LossOf() const
    {
        Loss loss;
        const std::map<int, Tally> tally = TallyOf(m_measured.test);
        const double lost = ControlLoss();
        for (const auto& [ttl, drawn] : tally)
        {
            loss.reach = drawn.hearsRouter ? ttl : loss.reach;
        }
        for (const auto& [ttl, drawn] : tally)
        {
            const bool counts = ttl > loss.reach && (Ttl() == 0 || ttl < Ttl());
            if (counts && ControlAnswers(ttl) && drawn.silent > 0)
            {
                loss.first = loss.first == 0 ? ttl : loss.first;
                loss.probes += drawn.silent;
                for (std::size_t i = 0; i < drawn.silent; ++i)
                {
                    loss.chance *= lost;
                }
            }
        }
        return loss;
    }

    /// The share of control probes that draw nothing where others of their TTL draw an answer; some
    /// loss is assumed where there are too few to tell.
    double ControlLoss() const
    {
        constexpr double LEAST = 0.05;
        std::size_t probes = 0;
        std::size_t silent = 0;
        for (const auto& [ttl, drawn] : TallyOf(m_measured.control))
        {
            const bool counts = ttl <= EndTtl() && ControlAnswers(ttl);
            probes += counts ? drawn.probes : 0;
            silent += counts ? drawn.silent : 0;
        }
        return std::max(LEAST,
                        probes == 0 ? 0
                                    : static_cast<double>(silent) / static_cast<double>(probes));
    }

    /// Whether the test ends as the control does: of words of the server's one may have fewer, as
    /// some may be lost.
    bool IsTheSame() const
    {
        const bool isShorter = m_test.sense.size() < m_control.sense.size();
        const std::string& shorter = isShorter ? m_test.sense : m_control.sense;
        const std::string& longer = isShorter ? m_control.sense : m_test.sense;
        return Ttl() > 0 && m_test.ending.answer->kind == m_control.ending.answer->kind &&
               (Speaks() || Ttl() == EndTtl()) && StartsWith(longer, shorter);
    }

    /// Whether the test ends with words in the server's name.
    bool Speaks() const
    {
        return m_test.ending.answer && m_test.ending.answer->kind == ProbeAnswerKind::Speech;
    }

    /// "192.0.2.65 at TTL 6"
    std::string NameOfHop(int ttl) const
    {
        const HostAddress router = RouterAt(ttl);
        return ttl == EndTtl()    ? fmt::format("the endpoint at TTL {}", ttl)
               : router.IsKnown() ? fmt::format("{} at TTL {}", router.ToString(), ttl)
                                  : fmt::format("a hop at TTL {} that does not answer", ttl);
    }

    /// Hops as a traceroute to the server counts them, where there is one, else as probes do.
    void SetPlace(int after, int to)
    {
        m_finding.explanation +=
            fmt::format(" Its place is behind hop {} and not behind hop {} ({}).",
                        after,
                        to,
                        NameOfHop(to));
        int shift = 0;
        const TracedRoute* route = m_context.RouteTo(m_measured.server);
        const HostAddress there = to == EndTtl() ? m_measured.server : RouterAt(to);
        for (const TracedHop& hop : route ? route->hops : std::vector<TracedHop>())
        {
            shift = hop.address == there && there.IsKnown() ? to - hop.number : shift;
        }
        m_place.hops = HopInterval{std::max(0, after - shift), std::max(0, to - shift)};
        m_place.assuming = {"all probes took one path"};
        if (shift != 0)
        {
            m_place.assuming.emplace_back("hops are counted as in the traceroute");
        }
    }

    void Accuse(std::string_view dottedClass)
    {
        m_finding.verdict = Verdict::Fault;
        m_finding.dottedClass = dottedClass;
        m_finding.score = m_test.agree >= SEVERAL && m_test.agree == m_test.runs ? 0.95 : 0.8;
    }

    void SayNothingFound()
    {
        m_finding.verdict = Verdict::Benign;
        m_finding.dottedClass = "blocked.none";
        m_finding.score = 0.8;
        m_finding.next = "the same from another place, at another hour, or with what else was in "
                         "the mail that failed";
        Say("No injection: probes with {} draw from the endpoint at TTL {} what the control draws "
            "at TTL {} ({}), and nothing before.",
            Payload(),
            Ttl(),
            EndTtl(),
            Runs());
    }

    /// Who answers at the endpoint's own distance may be the endpoint.
    void SayEndpoint()
    {
        const bool isReset = m_test.ending.answer->kind != ProbeAnswerKind::Speech;
        m_finding.verdict = isReset ? Verdict::Inconclusive : Verdict::Benign;
        m_finding.score = isReset ? 0 : 0.8;
        m_finding.dottedClass = "refused.endpoint";
        m_finding.side = "the server's, or that of what stands directly before it";
        m_finding.next = "the server's own log of these connections: whether it had the payload, "
                         "and what it answered";
        Say("At the endpoint: probes with {} first draw {} at TTL {}, where the control's are "
            "answered, too, and otherwise ({}): the server itself treats them so{}.",
            Payload(),
            NameOfKind(m_test.ending.answer->kind),
            Ttl(),
            Runs(),
            isReset ? ", or a device on its last link" : "");
    }

    /// Whether only the endpoint's own answer is missing, and another comes from behind it.
    bool IsEndpointLate() const
    {
        return Ttl() > EndTtl() && m_loss.first == EndTtl() && !IsCopyFrom(EndTtl());
    }

    bool IsCopyFrom(int hop) const { return Ttl() == 2 * hop || Ttl() == 2 * hop - 1; }

    /// The payload is lost from some hop on, and later an answer comes all the same.
    void SayLateAnswer()
    {
        const int lost = m_loss.first;
        const bool isCopy = IsCopyFrom(lost);
        if (Speaks() || m_loss.chance > MOST_CHANCE)
        {
            m_finding.dottedClass = "blocked.dropped";
            m_finding.next = "more repetitions, and a path that loses less";
            Say("Inconclusive: probes with {} are lost from TTL {} on, and {} comes at TTL {} "
                "({}): "
                "the endpoint may have them, and the rest be loss.",
                Payload(),
                lost,
                NameOfKind(m_test.ending.answer->kind),
                Ttl(),
                Runs());
            return;
        }
        Accuse(isCopy ? ClassOf(m_test.ending.answer->kind) : "blocked.dropped");
        m_finding.next = isCopy
                             ? "the TTL with which that answer arrives: it grows with the probe's"
                             : "the TTL with which that answer arrives, and what it grows with";
        if (isCopy)
        {
            Say("TTL-copying: probes with {} are lost from TTL {} on, in the path, and first draw "
                "{} at TTL {} ({}), twice as far: its sender gives its packet what was left of the "
                "probe's TTL, so that it comes back from there only.",
                Payload(),
                lost,
                NameOfKind(m_test.ending.answer->kind),
                Ttl(),
                Runs());
        }
        else
        {
            Say("In-path: probes with {} are lost from TTL {} on where the control's are answered; "
                "{} comes at TTL {} only ({}), which this does not explain.",
                Payload(),
                lost,
                NameOfKind(m_test.ending.answer->kind),
                Ttl(),
                Runs());
        }
        SetPlace(lost - 1, lost);
        m_accusesProbe = !isCopy;
    }

    void SaySilence()
    {
        const int reach = m_loss.reach;
        const int lost = m_loss.first;
        m_accusesProbe = true;
        if (lost == EndTtl())
        {
            m_finding.dottedClass = "blocked.dropped";
            m_finding.next =
                "whether the endpoint had these probes (its own capture or log); routers that "
                "answer, from another place, would narrow it down";
            Say("Inconclusive: probes with {} draw nothing from TTL {} on ({}), where the "
                "control's are answered by the endpoint; {}: something before the endpoint drops "
                "them, or the endpoint does.",
                Payload(),
                lost,
                Runs(),
                reach == 0 ? "no router answers either payload"
                           : fmt::format("the last router that answers both is at TTL {}", reach));
            return;
        }
        if (m_loss.chance > MOST_CHANCE || m_test.agree < m_test.runs)
        {
            m_finding.dottedClass = "blocked.dropped";
            m_finding.next = "more repetitions, and a path that loses less";
            Say("Inconclusive: {} probes with {} are lost from TTL {} on ({}), too few to tell "
                "from "
                "what the control loses.",
                m_loss.probes,
                Payload(),
                lost,
                Runs());
            return;
        }
        Accuse("blocked.dropped");
        m_finding.next = "whether the same payload passes in pieces, or by TLS";
        Say("In-path: {} probes with {} draw nothing from TTL {} on, where the control's are "
            "answered ({}): a device keeps them.",
            m_loss.probes,
            Payload(),
            lost,
            Runs());
        SetPlace(reach, lost);
    }

    /// Whether the answer that ends the test runs arrives with next to nothing left of its TTL.
    bool IsSpent() const
    {
        return Ttl() > 1 && m_test.ending.answer->ttl > 0 &&
               m_test.ending.answer->ttl <= LEAST_LEFT;
    }

    /// The answer has what the probe had left, and came home as soon as that was enough.
    void SayCopy()
    {
        const ProbeAnswer& answer = *m_test.ending.answer;
        const int hop = (Ttl() + 1) / 2;
        const bool passes = m_test.ending.probe->answers.size() > 1;
        Accuse(ClassOf(answer.kind));
        m_finding.next = "the same answer at higher TTLs: its own TTL grows with the probe's";
        Say("TTL-copying: probes with {} first draw {} at TTL {} ({}), which arrives with a TTL of "
            "{}: its sender gives it what was left of the probe's, so that it comes home only from "
            "half as far{}.",
            Payload(),
            NameOfKind(answer.kind),
            Ttl(),
            Runs(),
            answer.ttl,
            passes ? "; the probe itself went on and was answered where its TTL ended" : "");
        SetPlace(hop - 1, hop);
    }

    /// An answer for a probe that cannot have reached the endpoint.
    void SayEarlyAnswer()
    {
        const int ttl = Ttl();
        const ProbeAnswer& answer = *m_test.ending.answer;
        const bool passes = TallyOf(m_measured.test)[ttl].hearsRouter;
        const bool isTold = RouterAt(ttl).IsKnown();
        if (ttl > EndTtl() || (!passes && !isTold && ttl + 1 >= EndTtl()))
        {
            m_finding.dottedClass = ClassOf(answer.kind);
            m_finding.next = "more repetitions, to see whether the path's length changes";
            Say("Inconclusive: probes with {} first draw {} at TTL {}, the control's are answered "
                "at TTL {} ({}), and no router says where that is: a path that is longer or "
                "shorter at times looks the same.",
                Payload(),
                NameOfKind(answer.kind),
                ttl,
                EndTtl(),
                Runs());
            return;
        }
        Accuse(ClassOf(answer.kind));
        m_finding.next =
            answer.ttl > 0
                ? "the server's own capture: whether it had these probes at higher TTLs"
                : "a capture: with which TTL that answer arrives (1 or 2 would be a copy "
                  "of what the probe had left, from half as far)";
        Say("{}: probes with {} first draw {} at TTL {} ({}), the endpoint first answers at TTL "
            "{}; the router there {}.",
            passes   ? "On-path"
            : isTold ? "In-path"
                     : "On the way",
            Payload(),
            NameOfKind(answer.kind),
            ttl,
            Runs(),
            EndTtl(),
            passes   ? "reports the same probe as expired, so that it went on all the same"
            : isTold ? "answers the control's probe and not this one, so that it was kept"
                     : "answers nobody, so that whether the probe went on stays open");
        SetPlace(ttl - 1, ttl);
        if (answer.ttl == 0)
        {
            m_place.assuming.emplace_back("its sender does not copy the probe's TTL");
        }
    }

    /// A probe that was lost, at the first TTL at which that shows.
    const TtlProbe* LostProbe() const
    {
        const int lost = m_loss.first;
        for (const ProbeRun& run : m_measured.test.runs)
        {
            for (const TtlProbe& probe : run)
            {
                if (probe.ttl == lost && probe.answers.empty())
                {
                    return &probe;
                }
            }
        }
        return nullptr;
    }

    Alert Finish()
    {
        const TtlProbe* probe = m_accusesProbe ? LostProbe() : m_test.ending.probe;
        if (!probe && !m_measured.test.runs.empty())
        {
            probe = &m_measured.test.runs.front().front();
        }
        const ProbeAnswer* answer = m_accusesProbe ? nullptr : m_test.ending.answer;
        const HostAddress client =
            m_measured.client.IsKnown() ? m_measured.client : *HostAddress::Parse("127.0.0.1");
        m_finding.source = answer ? m_measured.server : client;
        m_finding.destination = answer ? client : m_measured.server;
        const std::string side = m_finding.side;
        Alert alert = MakeTextAlert(m_finding, SIGNATURE);
        if (FamilyOf(m_finding.dottedClass) == FamilyOf(classes::FORGED_RESET))
        {
            SetVerdict(alert, m_finding.verdict);
        }
        alert.where = m_place;
        alert.where.side = side;
        if (probe && probe->frame != 0)
        {
            alert.time = probe->time;
            alert.frame = answer ? answer->frame : probe->frame;
            alert.evidence.file = probe->file;
            alert.evidence.frames = {probe->frame};
            for (const ProbeAnswer& one : probe->answers)
            {
                alert.evidence.frames.push_back(one.frame);
            }
            alert.sourcePort = answer ? m_measured.port : probe->port;
            alert.destinationPort = answer ? probe->port : m_measured.port;
        }
        return alert;
    }

    const PathMeasurement& m_measured;
    const EvidenceContext& m_context;
    Outcome m_test;
    Outcome m_control;
    std::map<int, HostAddress> m_routers; //!< Of the control.
    Loss m_loss;
    TextFinding m_finding;
    Place m_place;
    bool m_accusesProbe = false; //!< It is the probe that shows it, and no answer.
};

void
Gather(const Evidence& evidence, Analysis& analysis, AlertSink&)
{
    analysis.probes.Add(evidence.flow);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const EvidenceContext& context = analysis.GetContext();
    for (const PathMeasurement& measurement : analysis.probes.Measurements(context))
    {
        Judge judge(measurement, context);
        if (judge.IsFinished())
        {
            sink.Add(judge.Conclude());
        }
    }
}

} // namespace path_probe

/**
 * What TTL-limited probes with two payloads say of the path between: where a device stands that
 * answers or drops one of them, and whether it sees copies or is passed through. The way of
 * measuring is CenTrace's (Raman et al., CoNEXT 2022); captures of it say more than its results.
 */
extern const Detector PATH_PROBE{path_probe::SIGNATURE,
                                 "devices on a path and their place, from TTL-limited probes",
                                 {{kinds::PATH_PROBES}, {"forged", "blocked"}},
                                 path_probe::Gather,
                                 path_probe::Conclude};

} // namespace bouncelab::detectors
