#include "models/path/icmp-responder.h"

#include "models/path/ns3-header.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/icmpv4.h>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace bouncelab::path
{

namespace
{

constexpr std::uint8_t PacketTooBig = 2; // RFC 4443 3.2

/// \param quoted octets of the packet that the error is about. \param mtu of the next link
ns3::Ptr<ns3::Packet>
Message(std::uint8_t type,
        std::uint8_t code,
        const WirePacket& offending,
        std::size_t quoted,
        const IpAddress& source,
        std::uint16_t mtu = 0)
{
    std::vector<std::uint8_t> octets(ICMP_BYTES, 0);
    octets[0] = type;
    octets[1] = code;
    Write16(&octets[6], mtu);
    const std::vector<std::uint8_t> whole = OctetsOf(*Whole(offending));
    const std::size_t count = std::min(whole.size(), quoted);
    octets.insert(octets.end(), whole.data(), whole.data() + count);
    octets.resize(std::max(octets.size(), ICMP_BYTES + IPV4_BYTES + 8)); // RFC 792
    const ByteView all{octets.data(), octets.size()};
    Write16(&octets[2],
            offending.header.IsIpv6()
                ? TransportChecksum(source, offending.header.GetSource(), protocol::ICMPV6, all)
                : InternetChecksum(all));
    return ns3::Create<ns3::Packet>(octets.data(), static_cast<std::uint32_t>(octets.size()));
}

} // namespace

IcmpResponder::IcmpResponder(std::uint64_t seed,
                             const std::string& name,
                             const HopConfig& config,
                             provenance::Ledger* ledger)
    : m_draws(seed, name)
    , m_config(config)
    , m_ledger(ledger)
    , m_nextId(static_cast<std::uint16_t>(m_draws("ip-id").Value()))
{
    if (m_ledger)
    {
        m_actor = m_ledger->RegisterActor(name);
    }
}

std::string
IcmpResponder::NameOfHop(std::string_view path, std::uint32_t hop)
{
    return fmt::format("{}/hop-{}", path, hop);
}

bool
IcmpResponder::Answers(const IpHeader& offending)
{
    const std::uint8_t protocol = offending.GetProtocol();
    return (protocol == protocol::UDP || protocol == protocol::TCP) &&
           offending.GetFragmentOffset() == 0 && offending.GetSource().IsSet() &&
           !offending.GetSource().IsGroup() && !offending.GetDestination().IsGroup();
}

Nanoseconds
IcmpResponder::ReplyDelay(const WirePacket& offending) const
{
    return ReplyDelay(provenance::OriginOf(offending.payload).serial);
}

Nanoseconds
IcmpResponder::ReplyDelay(std::uint64_t serial) const
{
    Nanoseconds delay =
        m_config.icmpDelay +
        Nanoseconds(m_draws("jitter", serial).Between(0, m_config.icmpJitter.count()));
    if (m_draws("slow", serial).Chance(m_config.icmpSlowPerMillion))
    {
        delay += Nanoseconds(m_draws("slowness", serial).Between(0, m_config.icmpSlow.count()));
    }
    return delay;
}

std::size_t
IcmpResponder::Quoted(const WirePacket& offending) const
{
    constexpr std::size_t LONGEST_V6 = 1280 - IPV6_BYTES - ICMP_BYTES; // RFC 4443 2.4 (c)
    return offending.header.IsIpv6() ? LONGEST_V6 : IPV4_BYTES + m_quotedOctets;
}

WirePacket
IcmpResponder::Error(Kind ipv4,
                     Kind ipv6,
                     const WirePacket& offending,
                     const IpAddress& source,
                     std::uint16_t mtu)
{
    const Kind& kind = offending.header.IsIpv6() ? ipv6 : ipv4;
    return Sign(Message(kind.type, kind.code, offending, Quoted(offending), source, mtu),
                offending,
                source);
}

WirePacket
IcmpResponder::TimeExceeded(const WirePacket& offending, std::optional<IpAddress> source)
{
    return Error(
        {ns3::Icmpv4Header::ICMPV4_TIME_EXCEEDED, ns3::Icmpv4TimeExceeded::ICMPV4_TIME_TO_LIVE},
        {icmpv6::TIME_EXCEEDED, 0},
        offending,
        source.value_or(m_config.address));
}

WirePacket
IcmpResponder::PortUnreachable(const WirePacket& offending, std::optional<IpAddress> source)
{
    return Error({ns3::Icmpv4Header::ICMPV4_DEST_UNREACH,
                  ns3::Icmpv4DestinationUnreachable::ICMPV4_PORT_UNREACHABLE},
                 {icmpv6::UNREACHABLE, icmpv6::PORT_UNREACHABLE},
                 offending,
                 source.value_or(m_config.address));
}

WirePacket
IcmpResponder::TooBig(const WirePacket& offending, std::uint16_t mtu)
{
    return Error({ns3::Icmpv4Header::ICMPV4_DEST_UNREACH,
                  ns3::Icmpv4DestinationUnreachable::ICMPV4_FRAG_NEEDED},
                 {PacketTooBig, 0},
                 offending,
                 m_config.address,
                 mtu);
}

bool
IsTimeExceeded(const WirePacket& packet)
{
    std::uint8_t type = 0;
    const std::uint8_t protocol = packet.header.GetProtocol();
    return packet.payload->CopyData(&type, 1) == 1 &&
           ((protocol == protocol::ICMP && type == ns3::Icmpv4Header::ICMPV4_TIME_EXCEEDED) ||
            (protocol == protocol::ICMPV6 && type == icmpv6::TIME_EXCEEDED));
}

std::optional<std::uint32_t>
NextMtuOf(const WirePacket& packet)
{
    std::uint8_t octets[ICMP_BYTES];
    if (packet.payload->CopyData(octets, sizeof octets) != sizeof octets)
    {
        return std::nullopt;
    }
    const std::uint8_t protocol = packet.header.GetProtocol();
    const bool isTooBig =
        (protocol == protocol::ICMP && octets[0] == ns3::Icmpv4Header::ICMPV4_DEST_UNREACH &&
         octets[1] == ns3::Icmpv4DestinationUnreachable::ICMPV4_FRAG_NEEDED) ||
        (protocol == protocol::ICMPV6 && octets[0] == PacketTooBig);
    return isTooBig ? std::optional<std::uint32_t>(Read16(octets + 6)) : std::nullopt;
}

WirePacket
IcmpResponder::Sign(ns3::Ptr<ns3::Packet> message,
                    const WirePacket& offending,
                    const IpAddress& source)
{
    const bool isIpv6 = offending.header.IsIpv6();
    WirePacket packet;
    packet.header.SetSource(source);
    packet.header.SetDestination(offending.header.GetSource());
    packet.header.SetProtocol(isIpv6 ? protocol::ICMPV6 : protocol::ICMP);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(message->GetSize()));
    packet.header.SetTtl(m_config.icmpTtl);
    packet.header.SetIdentification(isIpv6 ? std::uint16_t{0} : m_nextId++);
    packet.payload = std::move(message);
    if (m_ledger)
    {
        const provenance::CauseId cause = provenance::OriginOf(offending.payload).cause;
        provenance::SetOrigin(packet.payload, m_ledger->Born(m_actor, cause));
    }
    return packet;
}

} // namespace bouncelab::path
