#include "models/host/echo-responder.h"

#include "formats/packet.h"
#include "models/host/stack-shim.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/icmpv4.h>
#include <ns3/simulator.h>

#include <vector>

namespace bouncelab::host
{

namespace
{

constexpr std::uint8_t REQUEST = ns3::Icmpv4Header::ICMPV4_ECHO;
constexpr std::uint8_t REPLY = ns3::Icmpv4Header::ICMPV4_ECHO_REPLY;

std::uint16_t
ChecksumOf(const path::IpHeader& header, const std::vector<std::uint8_t>& octets)
{
    const ByteView all{octets.data(), octets.size()};
    return header.IsIpv6() ? TransportChecksum(header.GetSource(),
                                               header.GetDestination(),
                                               protocol::ICMPV6,
                                               all)
                           : InternetChecksum(all);
}

} // namespace

EchoResponder::EchoResponder(const std::string& name,
                             const StackProfile& profile,
                             const HostStart& start,
                             std::uint64_t seed,
                             provenance::Ledger& ledger,
                             StackShim& tcp)
    : m_profile(profile)
    , m_start(start)
    , m_ledger(ledger)
    , m_tcp(tcp)
    , m_draws(DrawKey(seed, name).For("echo"))
{
}

bool
EchoResponder::Takes(const path::WirePacket& packet)
{
    const path::IpHeader& header = packet.header;
    const bool isIpv6 = header.IsIpv6();
    if (header.GetProtocol() != (isIpv6 ? protocol::ICMPV6 : protocol::ICMP) ||
        !header.IsLastFragment() || header.GetFragmentOffset() != 0 ||
        packet.payload->GetSize() < ICMP_BYTES || !header.GetSource().IsSet() ||
        header.GetSource().IsGroup())
    {
        return false;
    }
    const std::vector<std::uint8_t> octets = path::OctetsOf(*packet.payload);
    return octets[0] == (isIpv6 ? icmpv6::ECHO_REQUEST : REQUEST) &&
           ChecksumOf(header, octets) == 0;
}

void
EchoResponder::Receive(const path::WirePacket& request)
{
    ++m_received;
    const std::int64_t latency =
        m_start.kernelLatency.count() +
        m_draws("kernel-latency", m_received).Between(0, m_start.latencyJitter.count());
    ns3::Simulator::Schedule(ns3::NanoSeconds(latency), &EchoResponder::Answer, this, request);
}

void
EchoResponder::Answer(const path::WirePacket& request)
{
    if (m_tcp.IsDown())
    {
        return;
    }
    path::WirePacket reply{request.header, nullptr};
    path::IpHeader& header = reply.header;
    header.SetSource(request.header.GetDestination());
    header.SetDestination(request.header.GetSource());
    header.SetTtl(m_profile.ttl);
    header.SetFlowLabel(0);
    if (!m_profile.echoesDontFragment)
    {
        header.SetMayFragment();
    }
    header.SetIdentification(NextIpId(header));

    std::vector<std::uint8_t> octets = path::OctetsOf(*request.payload);
    const bool isIpv6 = header.IsIpv6();
    octets[0] = isIpv6 ? icmpv6::ECHO_REPLY : REPLY;
    octets[1] = m_profile.echoesCode && !isIpv6 ? octets[1] : 0;
    Write16(&octets[2], 0);
    Write16(&octets[2], ChecksumOf(header, octets));
    reply.payload =
        ns3::Create<ns3::Packet>(octets.data(), static_cast<std::uint32_t>(octets.size()));
    const provenance::CauseId cause = provenance::OriginOf(request.payload).cause;
    provenance::SetOrigin(reply.payload, m_ledger.Born(m_tcp.Actor(), cause));
    m_wire(reply);
}

std::uint16_t
EchoResponder::NextIpId(const path::IpHeader& reply)
{
    if (reply.IsIpv6())
    {
        return 0;
    }
    if (m_profile.ipId == IpIdPolicy::HostCounter)
    {
        return m_tcp.NextHostIpId();
    }
    if (reply.IsDontFragment())
    {
        return 0; // RFC 6864 4.1
    }
    const IpAddress peer = reply.GetDestination();
    const auto first = static_cast<std::uint16_t>(m_draws("ip-id", peer.Digest()).Value());
    return m_nextIds.emplace(peer, first).first->second++;
}

} // namespace bouncelab::host
