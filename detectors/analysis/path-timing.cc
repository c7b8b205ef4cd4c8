#include "detectors/analysis/path-timing.h"

#include <algorithm>
#include <limits>

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t NEVER = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t LEAST_MARGIN_NS = 1000000;
/// What is kept: the bound needs the smallest few, whichever trigger it leaves out.
constexpr std::size_t SAMPLES = 8;

} // namespace

PathTiming::PathTiming(const Flow& flow, Side replier, std::optional<std::int64_t> routeNs)
    : m_flow(flow)
    , m_routeNs(routeNs)
{
    CollectAdvances(Other(replier));
    CollectSamples(replier);
}

void
PathTiming::CollectAdvances(Side asker)
{
    bool synSeen = false;
    for (std::uint32_t index = 0; index < m_flow.segments.size(); ++index)
    {
        const Segment& segment = m_flow.At(index);
        if (segment.side != asker || segment.Has(tcpflag::RST))
        {
            continue;
        }
        if (segment.Has(tcpflag::SYN))
        {
            synSeen = true;
        }
        else if (synSeen && !m_handshakeAck)
        {
            m_handshakeAck = index;
        }
        if (segment.Span() == 0)
        {
            continue;
        }
        if (m_advances.empty() || segment.End() > m_advances.back().end)
        {
            m_advances.push_back({segment.start, segment.End(), index, NEVER});
            continue;
        }
        for (auto advance = m_advances.rbegin();
             advance != m_advances.rend() && advance->end > segment.start;
             ++advance)
        {
            if (advance->start < segment.End())
            {
                advance->resentNs = std::min(advance->resentNs, segment.timeNs);
            }
        }
    }
}

std::optional<Trigger>
PathTiming::TriggerOf(const Segment& segment) const
{
    if (!segment.Has(tcpflag::ACK) || m_advances.empty())
    {
        return std::nullopt;
    }
    const std::int64_t position = segment.acknowledged;
    const auto advance = std::lower_bound(m_advances.begin(),
                                          m_advances.end(),
                                          position,
                                          [](const Advance& candidate, std::int64_t wanted)
                                          { return candidate.end < wanted; });
    if (advance == m_advances.end() || advance->start >= position)
    {
        return std::nullopt;
    }
    std::uint32_t asked = advance->segment;
    if (m_flow.At(asked).Has(tcpflag::SYN) && segment.payloadLength > 0 &&
        !segment.Has(tcpflag::SYN))
    {
        // Data that answer nothing but the handshake wait for its third segment.
        if (!m_handshakeAck)
        {
            return std::nullopt;
        }
        asked = *m_handshakeAck;
    }
    const std::int64_t elapsed = segment.timeNs - m_flow.At(asked).timeNs;
    if (elapsed < 0)
    {
        return std::nullopt;
    }
    return Trigger{asked, elapsed, advance->resentNs <= segment.timeNs};
}

std::int64_t
PathTiming::TriggerKey(const Segment& segment, const Trigger& trigger)
{
    // The handshake's two answers, SYN-ACK and greeting, acknowledge the same byte.
    return segment.acknowledged == 1 && segment.payloadLength > 0
               ? -static_cast<std::int64_t>(trigger.segment) - 1
               : segment.acknowledged;
}

void
PathTiming::CollectSamples(Side replier)
{
    std::vector<Sample> all;
    for (const Segment& segment : m_flow.segments)
    {
        if (segment.side != replier || segment.Has(tcpflag::RST))
        {
            continue;
        }
        const std::optional<Trigger> trigger = TriggerOf(segment);
        if (!trigger || trigger->resent)
        {
            continue;
        }
        if (segment.Has(tcpflag::SYN) && !m_handshakeNs)
        {
            m_handshakeNs = trigger->elapsedNs;
        }
        all.push_back({TriggerKey(segment, *trigger), trigger->elapsedNs});
    }
    std::sort(all.begin(),
              all.end(),
              [](const Sample& a, const Sample& b) {
                  return a.elapsedNs != b.elapsedNs ? a.elapsedNs < b.elapsedNs
                                                    : a.trigger < b.trigger;
              });
    for (const Sample& sample : all)
    {
        if (m_samples.size() < SAMPLES &&
            std::none_of(m_samples.begin(),
                         m_samples.end(),
                         [&](const Sample& kept) { return kept.trigger == sample.trigger; }))
        {
            m_samples.push_back(sample);
        }
    }
}

std::optional<RoundTripBound>
PathTiming::BoundWithout(const Segment& segment) const
{
    const std::optional<Trigger> own = TriggerOf(segment);
    const std::int64_t ownKey = own ? TriggerKey(segment, *own) : NEVER;
    std::vector<std::int64_t> others;
    for (const Sample& sample : m_samples)
    {
        if (sample.trigger != ownKey)
        {
            others.push_back(sample.elapsedNs);
        }
    }
    RoundTripBound bound;
    bound.handshakeNs = m_handshakeNs;
    bound.routeNs = m_routeNs;
    if (m_routeNs)
    {
        others.insert(std::upper_bound(others.begin(), others.end(), *m_routeNs), *m_routeNs);
    }
    if (others.empty())
    {
        return std::nullopt;
    }
    bound.minimumNs = others.front();
    bound.samples = static_cast<int>(others.size());
    // One round trip alone may have been a slow one; of several, their spread shows the jitter.
    const std::int64_t spread = others.size() > 1 ? others[1] - others[0] : others[0] / 10 * 3;
    bound.marginNs = std::max({LEAST_MARGIN_NS, others[0] / 20, spread});
    return bound;
}

} // namespace bouncelab::detectors
