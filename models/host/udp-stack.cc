#include "models/host/udp-stack.h"

#include "formats/packet.h"
#include "models/host/stack-shim.h"
#include "models/path/octets.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace bouncelab::host
{

namespace
{

constexpr std::size_t CHECKSUM_AT = 6;

std::vector<std::uint8_t>
Octets(const Datagram& datagram, IpAddress source)
{
    std::vector<std::uint8_t> octets;
    path::AppendNumber(octets, datagram.localPort, 2);
    path::AppendNumber(octets, datagram.remotePort, 2);
    path::AppendNumber(octets, UDP_BYTES + datagram.payload.size(), 2);
    path::AppendNumber(octets, 0, 2);
    octets.insert(octets.end(), datagram.payload.begin(), datagram.payload.end());
    const std::uint16_t sum =
        TransportChecksum(source, datagram.remote, protocol::UDP, {octets.data(), octets.size()});
    const std::uint16_t shown = sum == 0 ? 0xFFFF : sum; // 0 would say that there is none.
    octets[CHECKSUM_AT] = static_cast<std::uint8_t>(shown >> 8);
    octets[CHECKSUM_AT + 1] = static_cast<std::uint8_t>(shown);
    return octets;
}

} // namespace

UdpStack::UdpStack(const std::string& name,
                   IpAddress address,
                   const StackProfile& profile,
                   const HostStart& start,
                   std::uint64_t seed,
                   provenance::Ledger& ledger,
                   StackShim& tcp)
    : m_addresses{address}
    , m_profile(profile)
    , m_start(start)
    , m_ledger(ledger)
    , m_tcp(tcp)
    , m_draws(DrawKey(seed, name).For("udp"))
    , m_chooser(
          profile,
          static_cast<std::uint16_t>(
              m_draws("first-port").Between(profile.firstEphemeralPort, profile.lastEphemeralPort)),
          std::nullopt,
          m_draws.For("ports"))
{
}

void
UdpStack::SetAddresses(std::vector<IpAddress> addresses,
                       std::function<IpAddress(IpAddress)> sourceTo)
{
    m_addresses = std::move(addresses);
    m_sourceTo = std::move(sourceTo);
}

bool
UdpStack::Open(std::uint16_t port, Handler handler)
{
    return m_ports.emplace(port, std::move(handler)).second;
}

std::uint16_t
UdpStack::OpenAny(IpAddress remote, std::uint16_t remotePort, Handler handler)
{
    const auto port = m_chooser.Next(remote.Digest() << 16 | remotePort,
                                     [this](std::uint16_t p) { return m_ports.count(p) == 0; });
    if (port)
    {
        Open(*port, std::move(handler));
    }
    return port.value_or(0);
}

std::uint16_t
UdpStack::NextIpId(IpAddress remote)
{
    if (remote.IsIpv6())
    {
        return 0;
    }
    if (m_profile.ipId == IpIdPolicy::HostCounter)
    {
        return m_tcp.NextHostIpId();
    }
    if (m_profile.ipId == IpIdPolicy::Zero || m_profile.datagramsDontFragment)
    {
        return 0;
    }
    const auto first = static_cast<std::uint16_t>(m_draws("ip-id", remote.Digest()).Value());
    return m_nextIds.emplace(remote, first).first->second++;
}

void
UdpStack::Send(const Datagram& datagram)
{
    if (m_tcp.IsDown())
    {
        return;
    }
    const IpAddress source = m_sourceTo ? m_sourceTo(datagram.remote) : m_addresses.front();
    const std::vector<std::uint8_t> octets = Octets(datagram, source);
    path::WirePacket packet;
    packet.payload =
        ns3::Create<ns3::Packet>(octets.data(), static_cast<std::uint32_t>(octets.size()));
    packet.payload->AddPacketTag(
        provenance::OriginTag(m_ledger.Born(m_tcp.Actor(), datagram.cause)));
    packet.header.SetSource(source);
    packet.header.SetDestination(datagram.remote);
    packet.header.SetProtocol(protocol::UDP);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(octets.size()));
    packet.header.SetTtl(m_profile.ttl);
    packet.header.SetIdentification(NextIpId(datagram.remote));
    if (m_profile.datagramsDontFragment)
    {
        packet.header.SetDontFragment();
    }
    m_wire(packet);
}

bool
UdpStack::Takes(const path::WirePacket& packet) const
{
    const IpAddress destination{packet.header.GetDestination()};
    if (std::find(m_addresses.begin(), m_addresses.end(), destination) == m_addresses.end())
    {
        return false;
    }
    const std::vector<std::uint8_t> octets = path::OctetsOf(*packet.payload);
    const auto udp = ParseUdp({octets.data(), octets.size()});
    return udp && m_ports.count(udp->destinationPort) > 0;
}

void
UdpStack::Receive(const path::WirePacket& packet)
{
    ++m_received;
    const std::int64_t latency =
        m_start.kernelLatency.count() +
        m_draws("kernel-latency", m_received).Between(0, m_start.latencyJitter.count());
    ns3::Simulator::Schedule(ns3::NanoSeconds(latency), &UdpStack::Process, this, packet);
}

void
UdpStack::Process(const path::WirePacket& packet)
{
    const std::vector<std::uint8_t> octets = path::OctetsOf(*packet.payload);
    const ByteView bytes{octets.data(), octets.size()};
    const auto udp = ParseUdp(bytes);
    const IpAddress source{packet.header.GetSource()};
    const IpAddress destination{packet.header.GetDestination()};
    const bool good = udp && udp->length == octets.size() &&
                      ((udp->checksum == 0 && !source.IsIpv6()) ||
                       TransportChecksum(source, destination, protocol::UDP, bytes) == 0);
    const auto port = good ? m_ports.find(udp->destinationPort) : m_ports.end();
    if (port == m_ports.end() || m_tcp.IsDown())
    {
        return;
    }
    const Handler handler = port->second; // It may close the port.
    handler({source,
             udp->sourcePort,
             udp->destinationPort,
             std::string(udp->payload.Text()),
             provenance::OriginOf(packet.payload).cause});
}

} // namespace bouncelab::host
