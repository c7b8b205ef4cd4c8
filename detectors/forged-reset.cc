#include "detectors/accusations.h"
#include "detectors/analysis/path-timing.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace bouncelab::detectors
{

namespace forged_reset
{

constexpr AlertRule SIGNATURE{"forged-reset", 1100005, "BOUNCELAB reset of another sender"};

constexpr std::chrono::seconds BACK_TO_BACK(2);
constexpr double ENOUGH = 3.0;

class ResetEvaluation
{
  public:
    ResetEvaluation(const Evidence& evidence, std::uint32_t index)
        : m_evidence(evidence)
        , m_flow(evidence.flow)
        , m_index(index)
        , m_reset(evidence.flow.At(index))
    {
    }

    std::optional<Finding> Run()
    {
        if (HasInnocentReason() || !CompareTtl())
        {
            return std::nullopt;
        }
        CheckContinuation();
        CheckSequence();
        CheckMarks();
        CheckTime();
        if (m_sum < ENOUGH || m_reasons.size() < 2)
        {
            return std::nullopt;
        }
        Finding finding;
        finding.accused = m_index;
        finding.others = m_others;
        finding.dottedClass = classes::FORGED_RESET;
        finding.score = std::min(1.0, 0.4 + m_sum / 10);
        if (const auto refusal = RefusalOfFin())
        {
            finding.others.push_back(*refusal);
            finding.dottedClass = classes::INSUFFICIENT;
            finding.verdict = Verdict::Inconclusive;
            finding.score = 0.2;
            finding.explanation =
                fmt::format("The reset in {} was not sent by {} ({}), but its sender answers a FIN "
                            "with {} too, as firewalls do: a control run without the suspected "
                            "trigger would decide.",
                            NameOfFrame(m_flow, m_index),
                            m_flow.address[m_reset.side].ToString(),
                            Enumerate(m_reasons),
                            NameOfFrame(m_flow, *refusal));
            return finding;
        }
        finding.explanation = fmt::format("The reset in {} was not sent by {}: {}.",
                                          NameOfFrame(m_flow, m_index),
                                          m_flow.address[m_reset.side].ToString(),
                                          Enumerate(m_reasons));
        return finding;
    }

  private:
    void Add(double weight, std::string reason)
    {
        m_sum += weight;
        m_reasons.push_back(std::move(reason));
    }

    /// Either side had ended already: firewalls and closed sockets answer with resets of their own.
    bool HasInnocentReason() const
    {
        for (std::uint32_t i = 0; i < m_index; ++i)
        {
            const Segment& earlier = m_flow.At(i);
            if (earlier.Has(tcp::FIN) || (earlier.Has(tcp::RST) && earlier.side == m_reset.side))
            {
                return true;
            }
        }
        return false;
    }

    /// A later reset of the same TTL that answers the other side's FIN.
    std::optional<std::uint32_t> RefusalOfFin() const
    {
        bool finished = false;
        for (std::uint32_t i = m_index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& later = m_flow.At(i);
            finished = finished || (later.side != m_reset.side && later.Has(tcp::FIN));
            if (finished && later.side == m_reset.side && later.Has(tcp::RST) &&
                std::abs(later.ttl - m_reset.ttl) <= 1)
            {
                return i;
            }
        }
        return std::nullopt;
    }

    /// \return false when the side sent nothing else to compare with.
    bool CompareTtl()
    {
        int nearest = 256;
        int usual = 0;
        for (const Segment& other : m_flow.segments)
        {
            const int gap = std::abs(other.ttl - m_reset.ttl);
            if (other.side == m_reset.side && !other.Has(tcp::RST) && gap < nearest)
            {
                nearest = gap;
                usual = other.ttl;
            }
        }
        if (nearest >= 2 && nearest < 256)
        {
            Add(nearest >= 3 ? 2.0 : 1.0, fmt::format("TTL {} against {}", m_reset.ttl, usual));
        }
        return nearest < 256;
    }

    /// RST_SEQ_DATA and its kin: a side that has reset goes on.
    void CheckContinuation()
    {
        for (std::uint32_t i = m_index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& later = m_flow.At(i);
            if (later.side == m_reset.side && !later.Has(tcp::RST))
            {
                m_others.push_back(i);
                Add(1.5,
                    fmt::format("its side goes on in {} {} later",
                                NameOfFrame(m_flow, i),
                                Milliseconds((later.time - m_reset.time).count())));
                return;
            }
        }
    }

    /// RST_SEQ_CHANGE and RST_ACK_CHANGE.
    void CheckSequence()
    {
        std::int64_t highest = 0;
        for (std::uint32_t i = 0; i < m_index; ++i)
        {
            const Segment& earlier = m_flow.At(i);
            highest =
                std::max(highest,
                         earlier.side == m_reset.side ? earlier.End() : earlier.acknowledged + 2);
        }
        for (std::uint32_t i = m_index + 1; i < m_flow.segments.size(); ++i)
        {
            const Segment& second = m_flow.At(i);
            if (second.side != m_reset.side || !second.Has(tcp::RST) ||
                second.time - m_reset.time >= BACK_TO_BACK)
            {
                continue;
            }
            if (second.start > m_reset.start + 2 && second.start > highest)
            {
                m_others.push_back(i);
                Add(2.0,
                    fmt::format("a second reset, {}, stands {} above it and beyond all data",
                                NameOfFrame(m_flow, i),
                                second.start - m_reset.start));
                return;
            }
            if (second.Has(tcp::ACK) && m_reset.Has(tcp::ACK) && second.ack != m_reset.ack)
            {
                m_others.push_back(i);
                Add(1.0,
                    fmt::format("a second reset, {}, acknowledges other data",
                                NameOfFrame(m_flow, i)));
                return;
            }
        }
    }

    void CheckMarks()
    {
        if (m_reset.copies >= 2)
        {
            Add(1.0, fmt::format("sent {} times at once", m_reset.copies + 1));
        }
        if (m_reset.reserved != 0)
        {
            Add(1.0, "reserved bits set");
        }
        if (m_reset.window != 0)
        {
            Add(0.5, fmt::format("window {} in a reset", m_reset.window));
        }
        for (std::uint32_t i = m_index; i-- > 0;)
        {
            const Segment& answered = m_flow.At(i);
            if (answered.side != m_reset.side)
            {
                if (answered.ipId == m_reset.ipId && m_reset.ipId != 0)
                {
                    Add(1.0, fmt::format("IP ID copied from {}", NameOfFrame(m_flow, i)));
                }
                return;
            }
        }
    }

    void CheckTime()
    {
        const PathTiming timing(m_flow, m_reset.side, m_evidence.RouteNs(m_reset.side));
        const auto trigger = timing.TriggerOf(m_reset);
        const auto bound = timing.BoundWithout(m_reset);
        if (trigger && bound && bound->Excludes(trigger->elapsedNs))
        {
            m_others.push_back(trigger->segment);
            Add(2.0,
                fmt::format("{} after {}, path RTT at least {}",
                            Milliseconds(trigger->elapsedNs),
                            NameOfFrame(m_flow, trigger->segment),
                            Milliseconds(bound->minimumNs)));
        }
    }

    const Evidence& m_evidence;
    const Flow& m_flow;
    std::uint32_t m_index;
    const Segment& m_reset;
    double m_sum = 0;
    std::vector<std::string> m_reasons;
    std::vector<std::uint32_t> m_others;
};

std::vector<Finding>
Find(const Evidence& evidence)
{
    std::vector<Finding> findings;
    // At most the first reset of each side has no innocent reason.
    bool tried[2]{};
    for (std::uint32_t index = 0; index < evidence.flow.segments.size(); ++index)
    {
        const Segment& segment = evidence.flow.At(index);
        if (segment.Has(tcp::RST) && !tried[segment.side])
        {
            tried[segment.side] = true;
            if (auto finding = ResetEvaluation(evidence, index).Run())
            {
                findings.push_back(std::move(*finding));
            }
        }
    }
    return findings;
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    AddAlerts(evidence, Find, SIGNATURE, sink);
}

} // namespace forged_reset

/**
 * A reset that its side did not send: the rules of Weaver, Sommer, Paxson (NDSS 2009) with their
 * guards, and the marks of known injectors (facts I11, I12). Prefers misses over false alarms: a
 * reset after a FIN or another reset is never accused, and no rule alone convicts.
 */
extern const Detector FORGED_RESET{forged_reset::SIGNATURE,
                                   "a reset that the side whose address it bears did not send",
                                   {{kinds::PACKETS}, {"forged"}},
                                   forged_reset::Judge,
                                   nullptr};

} // namespace bouncelab::detectors
