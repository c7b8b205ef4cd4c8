#include "models/path/icmp-responder.h"

#include "models/provenance/origin-tag.h"

#include <ns3/icmpv4-l4-protocol.h>
#include <ns3/icmpv4.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/udp-l4-protocol.h>

#include <fmt/format.h>

namespace bouncelab::path
{

namespace
{

template <class Error>
ns3::Ptr<ns3::Packet>
Message(std::uint8_t type, std::uint8_t code, Error error, const WirePacket& offending)
{
    ns3::Ipv4Header quoted = offending.header;
    quoted.EnableChecksum();
    error.SetHeader(quoted);
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
IcmpResponder::Answers(const ns3::Ipv4Header& offending)
{
    const std::uint8_t protocol = offending.GetProtocol();
    const ns3::Ipv4Address source = offending.GetSource();
    return (protocol == ns3::UdpL4Protocol::PROT_NUMBER ||
            protocol == ns3::TcpL4Protocol::PROT_NUMBER) &&
           offending.GetFragmentOffset() == 0 && !source.IsAny() && !source.IsBroadcast() &&
           !source.IsMulticast() && !offending.GetDestination().IsBroadcast() &&
           !offending.GetDestination().IsMulticast();
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
IcmpResponder::TimeExceeded(const WirePacket& offending, std::optional<Ipv4> source)
{
    return Sign(Message(ns3::Icmpv4Header::ICMPV4_TIME_EXCEEDED,
                        ns3::Icmpv4TimeExceeded::ICMPV4_TIME_TO_LIVE,
                        ns3::Icmpv4TimeExceeded(),
                        offending),
                offending,
                source.value_or(m_config.address));
}

WirePacket
IcmpResponder::PortUnreachable(const WirePacket& offending)
{
    ns3::Icmpv4DestinationUnreachable error;
    error.SetNextHopMtu(0); // its constructor leaves the field to chance
    return Sign(Message(ns3::Icmpv4Header::ICMPV4_DEST_UNREACH,
                        ns3::Icmpv4DestinationUnreachable::ICMPV4_PORT_UNREACHABLE,
                        error,
                        offending),
                offending,
                m_config.address);
}

WirePacket
IcmpResponder::Sign(ns3::Ptr<ns3::Packet> message, const WirePacket& offending, Ipv4 source)
{
    WirePacket packet;
    packet.header.SetSource(ns3::Ipv4Address(source.value));
    packet.header.SetDestination(offending.header.GetSource());
    packet.header.SetProtocol(ns3::Icmpv4L4Protocol::PROT_NUMBER);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(message->GetSize()));
    packet.header.SetTtl(m_config.icmpTtl);
    packet.header.SetIdentification(m_nextId++);
    packet.header.SetMayFragment();
    packet.header.EnableChecksum();
    packet.payload = std::move(message);
    if (m_ledger)
    {
        const provenance::CauseId cause = provenance::OriginOf(offending.payload).cause;
        provenance::SetOrigin(packet.payload, m_ledger->Born(m_actor, cause));
    }
    return packet;
}

} // namespace bouncelab::path
