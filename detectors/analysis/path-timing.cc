#include "detectors/analysis/path-timing.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t NEVER = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t LEAST_MARGIN_NS = 1000000;
/// What is kept: the bound needs the smallest few, whichever trigger it leaves out.
constexpr std::size_t SAMPLES = 8;

/// No retransmission timer runs shorter (Linux: 200 ms; RFC 6298: 1 s).
constexpr std::chrono::milliseconds SHORTEST_TIMER(150);

/// What all stamps are multiples of, when that is coarser than chance makes it.
std::int64_t
GranularityOf(const Flow& flow)
{
    constexpr std::int64_t FINE_NS = 100000;
    constexpr int ENOUGH = 3;
    std::int64_t common = 0;
    int different = 0;
    for (std::size_t i = 1; i < flow.segments.size() && (common == 0 || common >= FINE_NS); ++i)
    {
        const std::int64_t step = (flow.segments[i].time - flow.segments[i - 1].time).count();
        common = std::gcd(common, step);
        different += step != 0 ? 1 : 0;
    }
    return different >= ENOUGH && common >= FINE_NS ? common : 0;
}

} // namespace

bool
RoundTripBound::ExcludesByItself(std::int64_t elapsedNs) const
{
    constexpr int ENOUGH = 4;
    if (samples < ENOUGH || prompt < ENOUGH || !Excludes(elapsedNs) ||
        elapsedNs >= minimumNs / 10 * 8 || elapsedNs >= minimumNs - 3 * spreadNs)
    {
        return false;
    }
    const double gap = static_cast<double>(minimumNs - elapsedNs);
    const double spread = std::max(1.0, static_cast<double>(spreadNs));
    double odds = 1;
    for (int others = 1; others < samples; ++others)
    {
        odds *= 1 + gap / spread;
    }
    return odds > 10000;
}

PathTiming::PathTiming(const Flow& flow, Side replier, std::optional<std::int64_t> routeNs)
    : m_flow(flow)
    , m_replier(replier)
    , m_profile(flow, replier)
    , m_granularityNs(GranularityOf(flow))
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
        if (segment.side != asker || segment.Has(tcp::RST))
        {
            continue;
        }
        if (segment.Has(tcp::SYN))
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
            m_advances.push_back({segment.start, segment.End(), index, WallTime::max()});
            continue;
        }
        for (auto advance = m_advances.rbegin();
             advance != m_advances.rend() && advance->end > segment.start;
             ++advance)
        {
            if (advance->start < segment.End())
            {
                advance->resent = std::min(advance->resent, segment.time);
            }
        }
    }
}

std::optional<Trigger>
PathTiming::TriggerOf(const Segment& segment) const
{
    if (!segment.Has(tcp::ACK) || m_advances.empty())
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
    if (m_flow.At(asked).Has(tcp::SYN) && segment.payloadLength > 0 && !segment.Has(tcp::SYN))
    {
        // Data that answer nothing but the handshake wait for its third segment.
        if (!m_handshakeAck)
        {
            return std::nullopt;
        }
        asked = *m_handshakeAck;
    }
    const std::int64_t elapsed = (segment.time - m_flow.At(asked).time).count();
    if (elapsed < 0 || (m_flow.At(asked).start < position && IsCapturedLate(asked, position)))
    {
        return std::nullopt;
    }
    const bool resent = advance->resent <= segment.time;
    if (segment.timestamp && m_flow.At(asked).timestamp)
    {
        const auto since = FromEcho(segment, asked);
        return Trigger{asked,
                       since ? std::max(elapsed, *since) : elapsed,
                       resent,
                       since.has_value()};
    }
    return Trigger{asked, elapsed, resent, !MayBeResent(asked)};
}

bool
PathTiming::IsCapturedLate(std::uint32_t asked, std::int64_t position) const
{
    constexpr std::uint32_t FARTHEST = 64;
    for (std::uint32_t i = asked; i-- > 0 && asked - i <= FARTHEST;)
    {
        const Segment& earlier = m_flow.At(i);
        if (earlier.side == m_replier && earlier.Has(tcp::ACK) && !earlier.Has(tcp::RST) &&
            earlier.acknowledged >= position)
        {
            return true;
        }
    }
    return false;
}

std::optional<std::int64_t>
PathTiming::FromEcho(const Segment& segment, std::uint32_t asked) const
{
    constexpr std::uint32_t FARTHEST = 1024;
    const auto allowed = [&](const Segment& other)
    { return static_cast<std::int32_t>(segment.timestampEcho - other.timestampValue) >= 0; };
    if (allowed(m_flow.At(asked)))
    {
        return (segment.time - m_flow.At(asked).time).count();
    }
    for (std::uint32_t i = asked; i-- > 0 && asked - i <= FARTHEST;)
    {
        const Segment& other = m_flow.At(i);
        if (other.side != m_replier && other.timestamp && allowed(other))
        {
            return (segment.time - other.time).count();
        }
    }
    return std::nullopt;
}

bool
PathTiming::MayBeResent(std::uint32_t asked) const
{
    const Segment& trigger = m_flow.At(asked);
    constexpr std::uint32_t FARTHEST = 256;
    const Segment* before = nullptr;
    std::int64_t own = trigger.start;
    std::int64_t others = trigger.acknowledged;
    bool ownSeen = false;
    bool othersSeen = false;
    for (std::uint32_t i = asked; i-- > 0 && asked - i <= FARTHEST;)
    {
        const Segment& other = m_flow.At(i);
        if (other.Has(tcp::RST))
        {
            continue;
        }
        before = before ? before : &other;
        if (other.side == trigger.side)
        {
            own = ownSeen ? std::max(own, other.End()) : other.End();
            ownSeen = true;
        }
        else
        {
            others = othersSeen ? std::max(others, other.End()) : other.End();
            othersSeen = true;
        }
    }
    if (trigger.Has(tcp::SYN))
    {
        return before != nullptr;
    }
    // The wait for a greeting begins with the handshake's bare acknowledgment.
    if (m_handshakeAck == asked && trigger.Span() > 0)
    {
        return true;
    }
    // What lies between was not captured, so that what prompted the trigger is not known.
    if (!before || !ownSeen || !othersSeen || trigger.start > own || trigger.acknowledged > others)
    {
        return true;
    }
    return trigger.time - before->time >= SHORTEST_TIMER;
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
        if (segment.side != replier || segment.Has(tcp::RST))
        {
            continue;
        }
        const std::optional<Trigger> trigger = TriggerOf(segment);
        // What another stack sent says nothing of the way to this one; a SYN-ACK in the middle of a
        // connection is no answer of its host.
        if (!trigger || m_profile.IsForeign(segment) ||
            (segment.Has(tcp::SYN) && !m_flow.At(trigger->segment).Has(tcp::SYN)))
        {
            continue;
        }
        const Sample sample{TriggerKey(segment, *trigger),
                            trigger->elapsedNs,
                            segment.payloadLength > 0 || segment.Has(tcp::SYN)};
        KeepQuickest(sample);
        if (trigger->resent || !trigger->reliable)
        {
            continue;
        }
        if (segment.Has(tcp::SYN) && !m_handshakeNs)
        {
            m_handshakeNs = trigger->elapsedNs;
        }
        all.push_back(sample);
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

void
PathTiming::KeepQuickest(const Sample& sample)
{
    const auto known =
        std::find_if(m_quickest.begin(),
                     m_quickest.end(),
                     [&](const Sample& kept) { return kept.trigger == sample.trigger; });
    if (known == m_quickest.end())
    {
        m_quickest.push_back(sample);
    }
    else
    {
        known->elapsedNs = std::min(known->elapsedNs, sample.elapsedNs);
    }
    std::sort(m_quickest.begin(),
              m_quickest.end(),
              [](const Sample& a, const Sample& b) { return a.elapsedNs < b.elapsedNs; });
    constexpr std::size_t KEPT = 2;
    m_quickest.resize(std::min(m_quickest.size(), KEPT));
}

bool
PathTiming::IsEarly(const Segment& segment) const
{
    const auto trigger = TriggerOf(segment);
    const auto bound = BoundWithout(segment);
    return trigger && trigger->reliable && bound && bound->Excludes(trigger->elapsedNs);
}

bool
PathTiming::IsQuickElsewhere(const Segment& segment, std::int64_t elapsedNs) const
{
    const std::optional<Trigger> own = TriggerOf(segment);
    const std::int64_t ownKey = own ? TriggerKey(segment, *own) : NEVER;
    return std::any_of(m_quickest.begin(),
                       m_quickest.end(),
                       [&](const Sample& sample) {
                           return sample.trigger != ownKey &&
                                  sample.elapsedNs <= elapsedNs + LEAST_MARGIN_NS;
                       });
}

std::optional<RoundTripBound>
PathTiming::BoundWithout(const Segment& segment) const
{
    const std::optional<Trigger> own = TriggerOf(segment);
    const std::int64_t ownKey = own ? TriggerKey(segment, *own) : NEVER;
    std::vector<std::int64_t> others;
    int prompt = 0;
    for (const Sample& sample : m_samples)
    {
        if (sample.trigger != ownKey)
        {
            others.push_back(sample.elapsedNs);
            prompt += sample.isPrompt ? 1 : 0;
        }
    }
    RoundTripBound bound;
    bound.prompt = prompt;
    bound.handshakeNs = m_handshakeNs;
    bound.routeNs = m_routeNs;
    if (m_routeNs)
    {
        others.insert(std::upper_bound(others.begin(), others.end(), *m_routeNs), *m_routeNs);
    }
    // Where every answer waited for a retransmission, the way may still be short.
    constexpr std::int64_t LONGEST_NS = 3000000000;
    constexpr std::size_t ENOUGH = 3;
    const bool measured = m_handshakeNs || m_routeNs || others.size() >= ENOUGH;
    if (others.empty() || !measured || others.front() > LONGEST_NS)
    {
        return std::nullopt;
    }
    bound.minimumNs = others.front();
    bound.samples = static_cast<int>(others.size());
    bound.spreadNs = others.back() - others.front();
    // One round trip alone may have been a slow one; of several, their spread shows the jitter.
    const std::int64_t spread =
        others.size() > 1 ? 2 * (others[others.size() / 2] - others[0]) : others[0] / 10 * 3;
    bound.marginNs =
        std::max({LEAST_MARGIN_NS, others[0] / 20, std::min(spread, others[0] / 10 * 4)}) +
        2 * m_granularityNs;
    return bound;
}

} // namespace bouncelab::detectors
