#include "tests/path/path-rig.h"
#include "tests/draw-sequence.h"

#include "models/path/ns3-header.h"
#include "models/provenance/origin-tag.h"

#include <ns3/boolean.h>
#include <ns3/global-value.h>
#include <ns3/simulator.h>
#include <ns3/udp-header.h>

#include <fmt/format.h>

namespace bouncelab::path
{

void
EnableChecksums()
{
    ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
}

HopConfig
MakeHop(std::uint32_t number)
{
    HopConfig hop;
    hop.address = Ipv4{0xC0000200 + number}; // 192.0.2.0/24
    hop.delay = Nanoseconds(1000000);
    return hop;
}

std::vector<HopConfig>
MakeHops(std::uint32_t count)
{
    std::vector<HopConfig> hops;
    for (std::uint32_t i = 1; i <= count; ++i)
    {
        hops.push_back(MakeHop(i));
    }
    hops.back().address = Server;
    return hops;
}

std::vector<HopConfig>
RandomHops(tests::DrawSequence& draws, std::uint32_t count, bool lossy)
{
    static constexpr std::uint64_t Rates[] = {64000, 2000000, 10000000, 100000000, 1000000000};
    std::vector<HopConfig> hops = MakeHops(count);
    for (HopConfig& hop : hops)
    {
        hop.delay = Nanoseconds(draws.Chance(300000) ? 0 : draws.Between(0, 3000000));
        hop.jitter = Nanoseconds(draws.Chance(300000) ? 0 : draws.Between(0, 2000000));
        hop.bitsPerSecond = Rates[draws.Below(5)];
        hop.lossPerMillion = lossy && draws.Chance(500000) ? 30000 : 0;
        hop.icmpDelay = Nanoseconds(draws.Between(0, 500000));
        hop.icmpJitter = Nanoseconds(draws.Between(0, 500000));
        hop.icmpSlowPerMillion = 200000;
        hop.icmpSlow = Nanoseconds(5000000);
        hop.icmpTtl = draws.Chance(500000) ? 255 : 64;
    }
    return hops;
}

WirePacket
MakePacket(provenance::Ledger& ledger,
           provenance::ActorId actor,
           IpAddress source,
           IpAddress destination,
           std::uint8_t protocol,
           std::uint32_t payloadBytes,
           std::uint8_t ttl)
{
    const provenance::Origin origin = ledger.Born(actor);
    std::vector<std::uint8_t> bytes(payloadBytes);
    tests::DrawSequence draws(origin.serial, "payload");
    for (std::uint8_t& byte : bytes)
    {
        byte = static_cast<std::uint8_t>(draws.Next());
    }
    WirePacket packet;
    packet.payload = ns3::Create<ns3::Packet>(bytes.data(), payloadBytes);
    if (protocol == 17)
    {
        ns3::UdpHeader udp;
        udp.SetSourcePort(33000);
        udp.SetDestinationPort(33435);
        udp.EnableChecksums();
        source.IsIpv6()
            ? udp.InitializeChecksum(ToNs3Ipv6(source), ToNs3Ipv6(destination), protocol)
            : udp.InitializeChecksum(ToNs3Ipv4(source), ToNs3Ipv4(destination), protocol);
        packet.payload->AddHeader(udp);
    }
    packet.header.SetSource(source);
    packet.header.SetDestination(destination);
    packet.header.SetProtocol(protocol);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(packet.payload->GetSize()));
    packet.header.SetTtl(ttl);
    if (source.IsIpv6())
    {
        packet.header.SetFlowLabel(static_cast<std::uint32_t>(draws.Next()) & 0xFFFFF);
    }
    else
    {
        packet.header.SetIdentification(static_cast<std::uint16_t>(draws.Next()));
        draws.Chance(500000) ? packet.header.SetDontFragment() : packet.header.SetMayFragment();
    }
    provenance::SetOrigin(packet.payload, origin);
    return packet;
}

std::string
Bytes(const WirePacket& packet)
{
    const ns3::Ptr<ns3::Packet> copy = Whole(packet);
    std::string bytes(copy->GetSize(), '\0');
    copy->CopyData(reinterpret_cast<std::uint8_t*>(bytes.data()), copy->GetSize());
    return bytes;
}

WireHandler
PacketRecorder::Handler(std::string place)
{
    return [this, place](const WirePacket& packet) { Write(place, packet); };
}

WireObserver
PacketRecorder::Observer(std::string place)
{
    return [this, place](Direction direction, const WirePacket& packet)
    { Write(place + (direction == Direction::Outbound ? ">" : "<"), packet); };
}

void
PacketRecorder::Write(const std::string& place, const WirePacket& packet)
{
    const provenance::Origin origin = provenance::OriginOf(packet.payload);
    std::string hex;
    for (const char c : Bytes(packet))
    {
        hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    }
    m_records.push_back(fmt::format("{} {} #{}/{} {}",
                                    place,
                                    ns3::Simulator::Now().GetNanoSeconds(),
                                    origin.serial,
                                    origin.actor,
                                    hex));
}

} // namespace bouncelab::path
