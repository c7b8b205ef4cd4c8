#include "detectors/analysis/header-deviation.h"

#include "formats/initial-ttl.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace bouncelab::detectors
{

namespace
{

/// How many of the sender's segments are looked at on either side of the one under test.
constexpr std::size_t NEIGHBORS = 24;

/// How far they are looked for: bounds the work on flows of two senders.
constexpr std::uint32_t FARTHEST_ALIKE = 1024;

/// The sender's other segments around the one under test, in order of capture.
struct NeighborSegments
{
    std::vector<const Segment*> before; //!< Nearest last.
    std::vector<const Segment*> after;  //!< Nearest first.

    std::vector<const Segment*> All() const
    {
        std::vector<const Segment*> all = before;
        all.insert(all.end(), after.begin(), after.end());
        return all;
    }
};

NeighborSegments
NeighborsOf(const Flow& flow,
            const SenderProfile& profile,
            std::uint32_t index,
            const std::vector<std::uint32_t>& apart)
{
    const Segment& own = flow.At(index);
    const auto counts = [&](std::uint32_t other)
    {
        const Segment& segment = flow.At(other);
        return segment.side == own.side && !segment.Has(tcp::RST) &&
               std::find(apart.begin(), apart.end(), other) == apart.end() &&
               !profile.IsForeign(segment);
    };
    NeighborSegments neighbors;
    for (std::uint32_t i = index;
         i-- > 0 && neighbors.before.size() < NEIGHBORS && index - i <= FARTHEST_ALIKE;)
    {
        if (counts(i))
        {
            neighbors.before.push_back(&flow.At(i));
        }
    }
    std::reverse(neighbors.before.begin(), neighbors.before.end());
    for (std::uint32_t i = index + 1; i < flow.segments.size() && i - index <= FARTHEST_ALIKE &&
                                      neighbors.after.size() < NEIGHBORS;
         ++i)
    {
        if (counts(i))
        {
            neighbors.after.push_back(&flow.At(i));
        }
    }
    // The opening segment tells what was negotiated, however far back it is.
    for (std::uint32_t i = 0; i < index; ++i)
    {
        if (flow.At(i).Has(tcp::SYN) && counts(i))
        {
            if (std::find(neighbors.before.begin(), neighbors.before.end(), &flow.At(i)) ==
                neighbors.before.end())
            {
                neighbors.before.insert(neighbors.before.begin(), &flow.At(i));
            }
            break;
        }
    }
    return neighbors;
}

int
Gap(int a, int b)
{
    return std::abs(a - b);
}

class HeaderComparison
{
  public:
    HeaderComparison(const Segment& segment, const NeighborSegments& neighbors)
        : m_segment(segment)
        , m_neighbors(neighbors)
        , m_all(neighbors.All())
    {
    }

    HeaderDeviation Run(const Flow& flow)
    {
        if (m_all.empty())
        {
            return m_result;
        }
        CompareTtl(flow);
        CompareTimestamp(flow);
        if (flow.address[CLIENT].IsIpv6())
        {
            CompareFlowLabel();
        }
        else
        {
            CompareIpId();
        }
        CompareWithAnswered(flow);
        CompareFragmentFlag();
        CompareReserved();
        CompareWindow();
        m_result.sum = std::max(0.0, m_result.sum);
        if (m_isFrontEnd)
        {
            // Of a front end and its host, what tells them apart tells of no stranger.
            m_result.sum /= 2;
        }
        return m_result;
    }

  private:
    void Add(double weight, std::string reason)
    {
        m_result.sum += weight;
        ++m_result.families;
        m_result.reasons.push_back(std::move(reason));
    }

    /// Whether all that its side says comes from where the segment does, and the side's SYN or
    /// SYN-ACK from elsewhere: a front end shakes hands for a host behind it.
    bool IsOnlySpeaker(const Flow& flow) const
    {
        bool opensElsewhere = false;
        bool speaksElsewhere = false;
        for (const Segment& other : flow.segments)
        {
            const bool isElsewhere =
                other.side == m_segment.side && Gap(other.ttl, m_segment.ttl) >= 2;
            opensElsewhere = opensElsewhere || (isElsewhere && other.Has(tcp::SYN));
            speaksElsewhere = speaksElsewhere || (isElsewhere && other.payloadLength > 0);
        }
        return m_segment.payloadLength > 0 && opensElsewhere && !speaksElsewhere;
    }

    void CompareTtl(const Flow& flow)
    {
        std::array<int, 256> seen{};
        int usual = m_all.front()->ttl;
        for (const Segment* other : m_all)
        {
            if (++seen[other->ttl] > seen[static_cast<std::size_t>(usual)])
            {
                usual = other->ttl;
            }
        }
        m_result.ttlGap = m_segment.ttl - usual;
        // Only a TTL that leaves and comes back: a new route or a front end stays.
        const auto alike = [&](const Segment* other) { return Gap(other->ttl, m_segment.ttl) < 2; };
        const auto stays = [&](const std::vector<const Segment*>& segments)
        { return !segments.empty() && std::all_of(segments.begin(), segments.end(), alike); };
        const bool opened =
            std::any_of(m_all.begin(),
                        m_all.end(),
                        [&](const Segment* other) { return other->Has(tcp::SYN) && alike(other); });
        if (Gap(m_segment.ttl, usual) < 2 || opened || stays(m_neighbors.before) ||
            stays(m_neighbors.after) ||
            (m_neighbors.after.empty() && alike(m_neighbors.before.back())))
        {
            return;
        }
        // Two stacks at one distance are a front end and its host as well.
        if (HopsApart(m_segment.ttl, usual) < 2 || IsOnlySpeaker(flow))
        {
            m_isFrontEnd = true;
            return;
        }
        const int distance = Gap(m_segment.ttl, usual);
        const bool returned =
            !m_neighbors.before.empty() && !m_neighbors.after.empty() &&
            Gap(m_neighbors.before.back()->ttl, m_neighbors.after.front()->ttl) <= 1;
        const double weight = (distance >= 3 ? 2.0 : 1.0) * (returned ? 1.0 : 0.75);
        Add(weight, fmt::format("TTL {} against {}", m_segment.ttl, usual));
    }

    void CompareTimestamp(const Flow& flow)
    {
        const auto carries = std::count_if(m_all.begin(),
                                           m_all.end(),
                                           [](const Segment* other) { return other->timestamp; });
        const bool always = carries == static_cast<std::ptrdiff_t>(m_all.size());
        if (!m_segment.timestamp)
        {
            if (always && IsNegotiated(flow))
            {
                Add(2.0, "no timestamp though negotiated");
            }
            return;
        }
        if (carries == 0)
        {
            return;
        }
        const Segment* previous = nullptr;
        const Segment* next = nullptr;
        for (const Segment* other : m_neighbors.before)
        {
            previous = other->timestamp ? other : previous;
        }
        for (const Segment* other : m_neighbors.after)
        {
            if (other->timestamp)
            {
                next = other;
                break;
            }
        }
        const auto since = [](const Segment* from, const Segment& to)
        { return static_cast<std::int32_t>(to.timestampValue - from->timestampValue); };
        // Clocks of 1 to 1000 ticks a second; generous for the 2 ms that capture order may swap.
        const auto plausible = [](std::int32_t ticks, std::int64_t spanNs)
        { return ticks >= -4 && ticks <= spanNs / 1000000 * 2 + 1000; };
        const bool fits =
            (!previous ||
             plausible(since(previous, m_segment), (m_segment.time - previous->time).count())) &&
            (!next ||
             static_cast<std::int32_t>(next->timestampValue - m_segment.timestampValue) >= -4);
        if (fits)
        {
            // The sender's own clock: two paths or two hosts behind one address, not a stranger.
            m_result.sum -= 1.5;
        }
        else
        {
            Add(1.5, fmt::format("timestamp {} off the sender's clock", m_segment.timestampValue));
        }
    }

    bool IsNegotiated(const Flow& flow) const
    {
        bool synWith[2]{};
        bool synSeen[2]{};
        for (const Segment& segment : flow.segments)
        {
            if (segment.Has(tcp::SYN))
            {
                synSeen[segment.side] = true;
                synWith[segment.side] = segment.timestamp;
            }
            else if (segment.payloadLength > 0)
            {
                break;
            }
        }
        if (synSeen[CLIENT] || synSeen[SERVER])
        {
            return (!synSeen[CLIENT] || synWith[CLIENT]) && (!synSeen[SERVER] || synWith[SERVER]);
        }
        constexpr std::size_t ENOUGH = 3;
        return m_all.size() >= ENOUGH;
    }

    static std::uint16_t Swapped(std::uint16_t id)
    {
        return static_cast<std::uint16_t>(id << 8 | id >> 8);
    }

    /// The IDs of the others that belong to a stream; a SYN's or SYN-ACK's 0 does not (Linux).
    static std::vector<std::uint16_t> Ids(const std::vector<const Segment*>& segments, bool swapped)
    {
        std::vector<std::uint16_t> ids;
        for (const Segment* segment : segments)
        {
            if (!(segment->ipId == 0 && segment->Has(tcp::SYN)))
            {
                ids.push_back(swapped ? Swapped(segment->ipId) : segment->ipId);
            }
        }
        return ids;
    }

    static bool IsCounter(const std::vector<std::uint16_t>& ids)
    {
        constexpr std::uint16_t LARGEST_STEP = 4096;
        for (std::size_t i = 1; i < ids.size(); ++i)
        {
            const auto step = static_cast<std::uint16_t>(ids[i] - ids[i - 1]);
            if (step > LARGEST_STEP)
            {
                return false;
            }
        }
        return ids.size() >= 2;
    }

    void CompareIpId()
    {
        const std::vector<std::uint16_t> plain = Ids(m_all, false);
        if (!plain.empty() && std::all_of(plain.begin(),
                                          plain.end(),
                                          [&](std::uint16_t id) { return id == plain.front(); }))
        {
            const bool same = m_segment.ipId == plain.front();
            m_result.idFits = same;
            m_result.idIsOutside = !same;
            m_result.ids = plain.size();
            if (!same && plain.size() >= 2)
            {
                Add(1.0, fmt::format("IP ID {} against {}", m_segment.ipId, plain.front()));
            }
            return;
        }
        for (const bool swapped : {false, true})
        {
            if (IsCounter(Ids(m_all, swapped)))
            {
                CompareCounter(swapped);
                return;
            }
        }
    }

    /// A stack keeps a connection's label (RFC 6437, section 3), but for Linux, which draws another
    /// behind a timeout: it tells nothing where the others differ.
    void CompareFlowLabel()
    {
        const std::uint32_t usual = m_all.front()->flowLabel;
        if (std::any_of(m_all.begin(),
                        m_all.end(),
                        [usual](const Segment* other) { return other->flowLabel != usual; }))
        {
            return;
        }
        m_result.idFits = m_segment.flowLabel == usual;
        m_result.idIsOutside = !m_result.idFits;
        m_result.ids = m_all.size();
        if (!m_result.idFits && m_all.size() >= 2)
        {
            Add(1.0, fmt::format("flow label {:#x} against {:#x}", m_segment.flowLabel, usual));
        }
    }

    void CompareCounter(bool swapped)
    {
        constexpr std::uint16_t REORDERED = 16;
        constexpr std::uint16_t AHEAD = 8192;
        const std::vector<std::uint16_t> before = Ids(m_neighbors.before, swapped);
        const std::vector<std::uint16_t> after = Ids(m_neighbors.after, swapped);
        const std::uint16_t own = swapped ? Swapped(m_segment.ipId) : m_segment.ipId;
        bool fits = false;
        if (!before.empty())
        {
            const auto first = static_cast<std::uint16_t>(before.back() - REORDERED);
            const std::uint16_t width =
                after.empty()
                    ? AHEAD
                    : static_cast<std::uint16_t>(after.front() - before.back() + 2 * REORDERED);
            fits = static_cast<std::uint16_t>(own - first) <= width;
        }
        else
        {
            fits = static_cast<std::uint16_t>(after.front() + REORDERED - own) <= AHEAD;
        }
        m_result.idFits = fits;
        m_result.idIsOutside = !fits;
        m_result.ids = before.size() + after.size();
        if (!fits)
        {
            Add(1.0,
                fmt::format("IP ID {} outside the sender's stream near {}",
                            m_segment.ipId,
                            swapped ? Swapped(before.empty() ? after.front() : before.back())
                                    : (before.empty() ? after.front() : before.back())));
        }
    }

    /// Some injectors copy the IP ID of the packet that they answer (fact I12).
    void CompareWithAnswered(const Flow& flow)
    {
        if (m_result.idFits || m_segment.ipId == 0)
        {
            return;
        }
        const auto own = static_cast<std::size_t>(&m_segment - flow.segments.data());
        for (std::size_t i = own; i-- > 0;)
        {
            const Segment& other = flow.segments[i];
            if (other.side != m_segment.side)
            {
                if (other.ipId == m_segment.ipId)
                {
                    Add(1.0, "IP ID copied from the packet that it answers");
                }
                return;
            }
        }
    }

    void CompareFragmentFlag()
    {
        const bool usual = m_all.front()->dontFragment;
        const bool always =
            std::all_of(m_all.begin(),
                        m_all.end(),
                        [&](const Segment* other) { return other->dontFragment == usual; });
        if (always && usual != m_segment.dontFragment)
        {
            Add(1.0, usual ? "DF cleared" : "DF set");
        }
    }

    void CompareReserved()
    {
        const bool never = std::all_of(m_all.begin(),
                                       m_all.end(),
                                       [](const Segment* other) { return other->reserved == 0; });
        if (never && m_segment.reserved != 0)
        {
            Add(1.0, "reserved bits set");
        }
    }

    void CompareWindow()
    {
        int lowest = 0x10000;
        int highest = 0;
        for (const Segment* other : m_all)
        {
            // The window of a SYN is never scaled and so compares with nothing else.
            if (!other->Has(tcp::SYN))
            {
                lowest = std::min<int>(lowest, other->window);
                highest = std::max<int>(highest, other->window);
            }
        }
        constexpr int FACTOR = 4;
        if (lowest <= highest &&
            (m_segment.window > highest * FACTOR || m_segment.window * FACTOR < lowest))
        {
            Add(0.5, fmt::format("window {} against {}", m_segment.window, highest));
        }
    }

    const Segment& m_segment;
    const NeighborSegments& m_neighbors;
    std::vector<const Segment*> m_all;
    bool m_isFrontEnd = false;
    HeaderDeviation m_result;
};

} // namespace

bool
LooksUniform(const Flow& flow, Side side)
{
    int lowest = 255;
    int highest = 0;
    int withDf = 0;
    int withTimestamp = 0;
    int withReserved = 0;
    int withLabel = 0;
    int count = 0;
    std::uint32_t label = 0;
    for (const Segment& segment : flow.segments)
    {
        if (segment.side == side && !segment.Has(tcp::RST))
        {
            label = count == 0 ? segment.flowLabel : label;
            withLabel += segment.flowLabel == label ? 1 : 0;
            lowest = std::min<int>(lowest, segment.ttl);
            highest = std::max<int>(highest, segment.ttl);
            withDf += segment.dontFragment ? 1 : 0;
            withTimestamp += segment.timestamp ? 1 : 0;
            withReserved += segment.reserved != 0 ? 1 : 0;
            ++count;
        }
    }
    const auto same = [count](int with) { return with == 0 || with == count; };
    return highest - lowest <= 1 && same(withDf) && same(withTimestamp) && same(withReserved) &&
           withLabel == count;
}

HeaderDeviation
DeviationOf(const Flow& flow, std::uint32_t index, const std::vector<std::uint32_t>& apart)
{
    return DeviationOf(flow, SenderProfile(flow, flow.At(index).side), index, apart);
}

HeaderDeviation
DeviationOf(const Flow& flow,
            const SenderProfile& profile,
            std::uint32_t index,
            const std::vector<std::uint32_t>& apart)
{
    const NeighborSegments neighbors = NeighborsOf(flow, profile, index, apart);
    return HeaderComparison(flow.At(index), neighbors).Run(flow);
}

} // namespace bouncelab::detectors
