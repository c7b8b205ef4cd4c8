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

template <class Error>
ns3::Ptr<ns3::Packet>
Message(std::uint8_t type, std::uint8_t code, Error error, const WirePacket& offending)
{
    error.SetHeader(ToNs3Ipv4(offending.header));
    error.SetData(offending.payload);
    ns3::Icmpv4Header icmp;
    icmp.SetType(type);
    icmp.SetCode(code);
    icmp.EnableChecksum();
    auto message = ns3::Create<ns3::Packet>();
    message->AddHeader(error);
    message->AddHeader(icmp);
    return message;
}

ns3::Ptr<ns3::Packet>
MessageV6(std::uint8_t type,
          std::uint8_t code,
          const WirePacket& offending,
          const IpAddress& source,
          std::uint16_t mtu = 0)
{
    constexpr std::size_t LONGEST = 1280 - IPV6_BYTES; // RFC 4443 2.4 (c)
    std::vector<std::uint8_t> octets(ICMP_BYTES, 0);
    octets[0] = type;
    octets[1] = code;
    Write16(&octets[6], mtu);
    const std::vector<std::uint8_t> quoted = OctetsOf(*Whole(offending));
    const std::size_t count = std::min(quoted.size(), LONGEST - ICMP_BYTES);
    octets.insert(octets.end(), quoted.data(), quoted.data() + count);
    Write16(&octets[2],
            TransportChecksum(source,
                              offending.header.GetSource(),
                              protocol::ICMPV6,
                              {octets.data(), octets.size()}));
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

WirePacket
IcmpResponder::TimeExceeded(const WirePacket& offending, std::optional<IpAddress> source)
{
    const IpAddress from = source.value_or(m_config.address);
    if (offending.header.IsIpv6())
    {
        return Sign(MessageV6(icmpv6::TIME_EXCEEDED, 0, offending, from), offending, from);
    }
    return Sign(Message(ns3::Icmpv4Header::ICMPV4_TIME_EXCEEDED,
                        ns3::Icmpv4TimeExceeded::ICMPV4_TIME_TO_LIVE,
                        ns3::Icmpv4TimeExceeded(),
                        offending),
                offending,
                from);
}

WirePacket
IcmpResponder::PortUnreachable(const WirePacket& offending, std::optional<IpAddress> source)
{
    const IpAddress from = source.value_or(m_config.address);
    if (offending.header.IsIpv6())
    {
        return Sign(MessageV6(icmpv6::UNREACHABLE, icmpv6::PORT_UNREACHABLE, offending, from),
                    offending,
                    from);
    }
    ns3::Icmpv4DestinationUnreachable error;
    error.SetNextHopMtu(0); // its constructor leaves the field to chance
    return Sign(Message(ns3::Icmpv4Header::ICMPV4_DEST_UNREACH,
                        ns3::Icmpv4DestinationUnreachable::ICMPV4_PORT_UNREACHABLE,
                        error,
                        offending),
                offending,
                from);
}

WirePacket
IcmpResponder::TooBig(const WirePacket& offending, std::uint16_t mtu)
{
    const IpAddress& from = m_config.address;
    if (offending.header.IsIpv6())
    {
        return Sign(MessageV6(PacketTooBig, 0, offending, from, mtu), offending, from);
    }
    ns3::Icmpv4DestinationUnreachable error;
    error.SetNextHopMtu(mtu);
    return Sign(Message(ns3::Icmpv4Header::ICMPV4_DEST_UNREACH,
                        ns3::Icmpv4DestinationUnreachable::ICMPV4_FRAG_NEEDED,
                        error,
                        offending),
                offending,
                from);
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
