#include "detectors/analysis/hop-counting.h"
#include "detectors/analysis/probe-comparison.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace bouncelab::detectors
{

namespace path_probe
{

constexpr AlertRule SIGNATURE{"path-probe", 1100134, "BOUNCELAB TTL-limited probes of a path"};

constexpr std::size_t SEVERAL = 3;         //!< Runs that agree.
constexpr double MOST_CHANCE = 1 / 1000.0; //!< Of what is accused to be loss.

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

/// One measurement and the conclusion from it.
class Judge
{
  public:
    Judge(const PathMeasurement& measurement, const EvidenceContext& context)
        : m_measured(measurement)
        , m_context(context)
        , m_seen(measurement)
    {
        m_finding.lines = measurement.lines;
        m_finding.verdict = Verdict::Inconclusive;
        m_finding.dottedClass = "blocked.probe";
    }

    /// Whether there is anything to compare: a capture may end before its runs do.
    bool IsFinished() const
    {
        return m_measured.port == 0 || m_seen.Ttl() > 0 || m_seen.EndTtl() > 0;
    }

    Alert Conclude()
    {
        if (!m_seen.Control().IsUsable() || m_seen.Control().ending.ttl == 0)
        {
            m_finding.next = "control runs that reach the endpoint: another control payload, more "
                             "repetitions, a longer wait";
            Say("Inconclusive: the control runs do not show where the endpoint is ({} of {} agree "
                "that {}).",
                m_seen.Control().agree,
                m_seen.Control().runs,
                m_seen.Control().ending.ttl == 0 ? "nothing answers" : "it answers");
        }
        else if (!m_seen.Test().IsUsable())
        {
            m_finding.next = "more repetitions, with a longer pause between them than a device "
                             "might go on blocking for";
            Say("Inconclusive: the runs with {} do not agree with one another ({} of {} at most).",
                Payload(),
                m_seen.Test().agree,
                m_seen.Test().runs);
        }
        else if (m_seen.IsTheSame())
        {
            SayNothingFound();
        }
        else if (m_seen.Loss().first == 0 && m_seen.Ttl() > 0 && m_seen.IsSpent())
        {
            SayCopy();
        }
        else if (m_seen.Ttl() == m_seen.EndTtl() || m_seen.IsEndpointLate())
        {
            SayEndpoint();
        }
        else if (m_seen.Loss().first > 0)
        {
            m_seen.Ttl() > 0 ? SayLateAnswer() : SaySilence();
        }
        else
        {
            SayEarlyAnswer();
        }
        return Finish();
    }

  private:
    std::string Payload() const { return NameOfPayload(m_measured.test.payload); }

    std::string Runs() const
    {
        return fmt::format("{} of {} runs", m_seen.Test().agree, m_seen.Test().runs);
    }

    template <class... Args>
    void Say(fmt::format_string<Args...> form, Args&&... args)
    {
        m_finding.explanation = fmt::format(form, std::forward<Args>(args)...);
    }

    /// "192.0.2.65 at TTL 6"
    std::string NameOfHop(int ttl) const
    {
        const HostAddress router = m_seen.RouterAt(ttl);
        return ttl == m_seen.EndTtl() ? fmt::format("the endpoint at TTL {}", ttl)
               : router.IsKnown()     ? fmt::format("{} at TTL {}", router.ToString(), ttl)
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
        const auto routerAt = [this](int ttl)
        { return ttl == m_seen.EndTtl() ? m_measured.server : m_seen.RouterAt(ttl); };
        const HopCounting counting = CountHops(m_context, m_measured.server, to, routerAt);
        m_place.hops =
            HopInterval{std::max(0, after - counting.shift), std::max(0, to - counting.shift)};
        m_place.assuming = {"all probes took one path"};
        if (counting.shift != 0)
        {
            m_place.assuming.push_back(counting.assumption);
        }
    }

    static std::set<std::string> FilesOf(const ProbeSeries& series)
    {
        std::set<std::string> files;
        for (const ProbeRun& run : series.runs)
        {
            for (const TtlProbe& probe : run)
            {
                files.insert(probe.file);
            }
        }
        files.erase("");
        return files;
    }

    /// Which captures hold which probes, where there are several.
    void NameFiles()
    {
        const std::set<std::string> test = FilesOf(m_measured.test);
        const std::set<std::string> control = FilesOf(m_measured.control);
        if (!test.empty() && !control.empty() && (test != control || test.size() > 1))
        {
            m_finding.explanation += fmt::format(" These probes are in {}, the control's in {}.",
                                                 fmt::join(test, " and "),
                                                 fmt::join(control, " and "));
        }
    }

    void Accuse(std::string_view dottedClass)
    {
        m_finding.verdict = Verdict::Fault;
        m_finding.dottedClass = dottedClass;
        m_finding.score =
            m_seen.Test().agree >= SEVERAL && m_seen.Test().agree == m_seen.Test().runs ? 0.95
                                                                                        : 0.8;
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
            m_seen.Ttl(),
            m_seen.EndTtl(),
            Runs());
    }

    /// Who answers at the endpoint's own distance may be the endpoint.
    void SayEndpoint()
    {
        const bool isReset = m_seen.Test().ending.answer->kind != ProbeAnswerKind::Speech;
        m_finding.verdict = isReset ? Verdict::Inconclusive : Verdict::Benign;
        m_finding.score = isReset ? 0 : 0.8;
        m_finding.dottedClass = "refused.endpoint";
        m_finding.side = "the server's, or that of what stands directly before it";
        m_finding.next = "the server's own log of these connections: whether it had the payload, "
                         "and what it answered";
        Say("At the endpoint: probes with {} first draw {} at TTL {}, where the control's are "
            "answered, too, and otherwise ({}): the server itself treats them so{}.",
            Payload(),
            NameOfKind(m_seen.Test().ending.answer->kind),
            m_seen.Ttl(),
            Runs(),
            isReset ? ", or a device on its last link" : "");
    }

    /// The payload is lost from some hop on, and later an answer comes all the same.
    void SayLateAnswer()
    {
        const int lost = m_seen.Loss().first;
        const bool isCopy = m_seen.IsCopyFrom(lost);
        if (m_seen.Speaks() || m_seen.Loss().chance > MOST_CHANCE)
        {
            m_finding.dottedClass = "blocked.dropped";
            m_finding.next = "more repetitions, and a path that loses less";
            Say("Inconclusive: probes with {} are lost from TTL {} on, and {} comes at TTL {} "
                "({}): "
                "the endpoint may have them, and the rest be loss.",
                Payload(),
                lost,
                NameOfKind(m_seen.Test().ending.answer->kind),
                m_seen.Ttl(),
                Runs());
            return;
        }
        Accuse(isCopy ? ClassOf(m_seen.Test().ending.answer->kind) : "blocked.dropped");
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
                NameOfKind(m_seen.Test().ending.answer->kind),
                m_seen.Ttl(),
                Runs());
        }
        else
        {
            Say("In-path: probes with {} are lost from TTL {} on where the control's are answered; "
                "{} comes at TTL {} only ({}), which this does not explain.",
                Payload(),
                lost,
                NameOfKind(m_seen.Test().ending.answer->kind),
                m_seen.Ttl(),
                Runs());
        }
        SetPlace(lost - 1, lost);
        m_accusesProbe = !isCopy;
    }

    void SaySilence()
    {
        const int reach = m_seen.Loss().reach;
        const int lost = m_seen.Loss().first;
        m_accusesProbe = true;
        if (lost == m_seen.EndTtl())
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
        if (m_seen.Loss().chance > MOST_CHANCE || m_seen.Test().agree < m_seen.Test().runs)
        {
            m_finding.dottedClass = "blocked.dropped";
            m_finding.next = "more repetitions, and a path that loses less";
            Say("Inconclusive: {} probes with {} are lost from TTL {} on ({}), too few to tell "
                "from "
                "what the control loses.",
                m_seen.Loss().probes,
                Payload(),
                lost,
                Runs());
            return;
        }
        Accuse("blocked.dropped");
        m_finding.next = "whether the same payload passes in pieces, or by TLS";
        Say("In-path: {} probes with {} draw nothing from TTL {} on, where the control's are "
            "answered ({}): a device keeps them.",
            m_seen.Loss().probes,
            Payload(),
            lost,
            Runs());
        SetPlace(reach, lost);
    }

    /// The answer has what the probe had left, and came home as soon as that was enough.
    void SayCopy()
    {
        const ProbeAnswer& answer = *m_seen.Test().ending.answer;
        const int hop = (m_seen.Ttl() + 1) / 2;
        const bool passes = m_seen.Test().ending.probe->answers.size() > 1;
        Accuse(ClassOf(answer.kind));
        m_finding.next = "the same answer at higher TTLs: its own TTL grows with the probe's";
        Say("TTL-copying: probes with {} first draw {} at TTL {} ({}), which arrives with a TTL of "
            "{}: its sender gives it what was left of the probe's, so that it comes home only from "
            "half as far{}.",
            Payload(),
            NameOfKind(answer.kind),
            m_seen.Ttl(),
            Runs(),
            answer.ttl,
            passes ? "; the probe itself went on and was answered where its TTL ended" : "");
        SetPlace(hop - 1, hop);
    }

    /// An answer for a probe that cannot have reached the endpoint.
    void SayEarlyAnswer()
    {
        const int ttl = m_seen.Ttl();
        const ProbeAnswer& answer = *m_seen.Test().ending.answer;
        const bool passes = m_seen.HearsRouter(ttl);
        const bool isTold = m_seen.RouterAt(ttl).IsKnown();
        if (ttl > m_seen.EndTtl() || (!passes && !isTold && ttl + 1 >= m_seen.EndTtl()))
        {
            m_finding.dottedClass = ClassOf(answer.kind);
            m_finding.next = "more repetitions, to see whether the path's length changes";
            Say("Inconclusive: probes with {} first draw {} at TTL {}, the control's are answered "
                "at TTL {} ({}), and no router says where that is: a path that is longer or "
                "shorter at times looks the same.",
                Payload(),
                NameOfKind(answer.kind),
                ttl,
                m_seen.EndTtl(),
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
            m_seen.EndTtl(),
            passes   ? "reports the same probe as expired, so that it went on all the same"
            : isTold ? "answers the control's probe and not this one, so that it was kept"
                     : "answers nobody, so that whether the probe went on stays open");
        SetPlace(ttl - 1, ttl);
        if (answer.ttl == 0)
        {
            m_place.assuming.emplace_back("its sender does not copy the probe's TTL");
        }
    }

    Alert Finish()
    {
        NameFiles();
        const TtlProbe* probe = m_accusesProbe ? m_seen.LostProbe() : m_seen.Test().ending.probe;
        if (!probe && !m_measured.test.runs.empty())
        {
            probe = &m_measured.test.runs.front().front();
        }
        const ProbeAnswer* answer = m_accusesProbe ? nullptr : m_seen.Test().ending.answer;
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
    ProbeComparison m_seen;
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
