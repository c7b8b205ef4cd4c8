// What a cautious stack makes of segments that another may have sent in its peer's name.

#include "formats/sequence.h"
#include "models/host/profile-socket.h"
#include "models/host/stack-shim.h"
#include "models/path/tcp-packet.h"

#include <ns3/simulator.h>

#include <cstdlib>

namespace bouncelab::host
{

namespace
{

constexpr int ROUTE_STEP = 1; //!< By so much a genuine TTL changes within a flow (fact I03).

} // namespace

bool
StackShim::TrustsReset(const StackFlow& flow,
                       const TcpSegment& segment,
                       const path::IpHeader& header) const
{
    const bool isMeant = m_profile.resetTtlCheck == ResetTtlCheck::Any ||
                         (m_profile.resetTtlCheck == ResetTtlCheck::Bare && !segment.Has(tcp::ACK));
    if (isMeant && flow.peerTtl != 0 && std::abs(flow.peerTtl - header.GetTtl()) > ROUTE_STEP)
    {
        return false;
    }
    return !m_profile.resetsNeedTimestamp || !flow.timestamps || segment.options.timestamp;
}

void
StackShim::NoteTtl(StackFlow& flow, const TcpSegment& segment, const path::IpHeader& header) const
{
    flow.peerTtl = header.GetTtl();
    if (segment.Has(tcp::SYN) && segment.Has(tcp::ACK) && !flow.peerKnown)
    {
        flow.roundTripNs = ns3::Simulator::Now().GetNanoSeconds() - flow.sentNs;
    }
}

bool
StackShim::HoldsBack(StackFlow& flow, const TcpSegment& segment, const path::WirePacket& packet)
{
    if (!m_profile.holdsEarlySegments || flow.roundTripNs == 0 || m_isReleasing)
    {
        return false;
    }
    const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
    const bool isReset = segment.Has(tcp::RST);
    const bool isEarly = now < flow.sentNs + flow.roundTripNs;
    if (isReset && !isEarly)
    {
        return false;
    }
    // What comes later in its place, or anything behind a reset, is what the peer really said.
    for (auto held = flow.early.begin(); held != flow.early.end();)
    {
        std::vector<std::uint8_t> octets;
        const auto early = path::ReadSegment(held->second, octets);
        const bool contradicts = segment.payload.size > 0 && early->sequence == segment.sequence &&
                                 early->payload.Text() != segment.payload.Text();
        const bool conflicts = early->Has(tcp::RST) ? !isReset : contradicts;
        held = conflicts ? flow.early.erase(held) : std::next(held);
    }
    if (!isEarly || (!isReset && segment.payload.size == 0))
    {
        return false;
    }
    const std::uint64_t number = ++m_heldBack;
    flow.early.emplace(number, packet);
    ns3::Simulator::Schedule(ns3::NanoSeconds(flow.roundTripNs),
                             [this, key = flow.key, number] { Release(key, number); });
    return true;
}

void
StackShim::Release(const FlowKey& key, std::uint64_t number)
{
    StackFlow* flow = Find(key);
    if (!flow)
    {
        return;
    }
    const auto held = flow->early.find(number);
    if (held == flow->early.end())
    {
        return;
    }
    const path::WirePacket packet = held->second;
    flow->early.erase(held);
    m_isReleasing = true;
    Process(packet);
    m_isReleasing = false;
}

} // namespace bouncelab::host
