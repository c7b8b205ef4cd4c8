#include "detectors/analysis/sender-profile.h"

#include "formats/initial-ttl.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace bouncelab::detectors
{

SenderProfile::SenderProfile(const Flow& flow, Side side)
    : m_side(side)
{
    std::array<int, 256> ttls{};
    int withDf = 0;
    int withTimestamp = 0;
    int count = 0;
    const Segment* opening = nullptr;
    bool peerOffers = true;
    for (const Segment& segment : flow.segments)
    {
        if (segment.Has(tcp::RST))
        {
            continue;
        }
        if (segment.side != side)
        {
            peerOffers = peerOffers && (!segment.Has(tcp::SYN) || segment.timestamp);
            continue;
        }
        if (segment.Has(tcp::SYN))
        {
            opening = opening ? opening : &segment;
            continue;
        }
        ++ttls[segment.ttl];
        withDf += segment.dontFragment ? 1 : 0;
        withTimestamp += segment.timestamp ? 1 : 0;
        ++count;
    }
    if (count == 0)
    {
        return;
    }
    const auto shared = [&](int ttl)
    {
        return ttls[static_cast<std::size_t>(ttl)] +
               ttls[static_cast<std::size_t>(std::max(0, ttl - 1))] +
               ttls[static_cast<std::size_t>(std::min(255, ttl + 1))];
    };
    // A front end may open the connection and hand it to the host behind. The handshake then looks
    // like no later segment, and the majority of the segments counts.
    if (opening && shared(opening->ttl) > 0)
    {
        m_known = true;
        m_ttl = opening->ttl;
        m_dontFragment = withDf == 0 || withDf == count ? withDf > 0 : opening->dontFragment;
        m_timestamps = opening->timestamp && peerOffers && withTimestamp > 0;
        return;
    }
    m_ttl = static_cast<int>(std::max_element(ttls.begin(), ttls.end()) - ttls.begin());
    m_known = shared(m_ttl) * 2 > count && count >= 3;
    m_dontFragment = withDf * 2 > count;
    m_timestamps = peerOffers && withTimestamp * 2 > count;
}

bool
SenderProfile::IsForeign(const Segment& segment) const
{
    if (!m_known || segment.side != m_side || segment.Has(tcp::SYN))
    {
        return false;
    }
    return (HopsApart(segment.ttl, m_ttl) >= 2 ? 1 : 0) +
               (segment.dontFragment != m_dontFragment ? 1 : 0) +
               (m_timestamps && !segment.timestamp ? 2 : 0) + (segment.reserved != 0 ? 1 : 0) >=
           2;
}

} // namespace bouncelab::detectors
