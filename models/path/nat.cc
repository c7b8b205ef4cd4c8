#include "models/path/nat.h"

#include "formats/packet.h"
#include "formats/random.h"

#include <algorithm>

namespace bouncelab::path
{

namespace
{

std::uint8_t
NumberOf(ForwardProtocol protocol)
{
    return protocol == ForwardProtocol::Tcp ? protocol::TCP : protocol::UDP;
}

std::uint16_t
InsidePort(const PortForward& forward)
{
    return forward.toPort ? forward.toPort : forward.port;
}

/// The one of a forward's hosts that the conversations of a remote end are for.
Ipv4
HostOf(const PortForward& forward, const Endpoint& remote)
{
    const std::uint64_t end = std::uint64_t{remote.address.AsIpv4().value} << 16 | remote.port;
    const std::uint64_t index = Draw(Mix(end)).Below(forward.alsoTo.size() + 1);
    return index == 0 ? forward.to : forward.alsoTo[index - 1];
}

NatConfig
Completed(NatConfig config, IpAddress gateway)
{
    if (config.publicAddress == Ipv4{})
    {
        config.publicAddress = gateway.AsIpv4();
    }
    return config;
}

} // namespace

Nat::Nat(NatConfig config, IpAddress gateway, std::uint64_t seed, const std::string& name)
    : m_config(Completed(std::move(config), gateway))
    , m_table(m_config, seed, name)
{
    for (const auto& [key, forward] : m_config.forwards)
    {
        m_table.Reserve(NumberOf(forward.protocol), forward.port);
    }
}

NatFlow*
Nat::Open(std::uint8_t protocol,
          Endpoint inside,
          Endpoint remote,
          std::uint16_t publicPort,
          std::int64_t nowNs)
{
    NatFlow* flow = m_table.Open(protocol, inside, remote, publicPort, nowNs);
    if (flow && m_onOpened)
    {
        m_onOpened(*flow);
    }
    return flow;
}

Nat::Translation
Nat::Inbound(WirePacket& packet, std::int64_t nowNs)
{
    if (packet.header.GetDestination() != PublicAddress())
    {
        return Translation::Untouched;
    }
    if (const auto quoted = QuotedEndpointsOf(packet))
    {
        return InboundError(packet, *quoted, nowNs);
    }
    const auto endpoints = EndpointsOf(packet);
    if (!endpoints)
    {
        return Translation::Untouched;
    }
    const std::uint8_t protocol = endpoints->protocol;
    const std::uint16_t port = endpoints->destination.port;
    NatFlow* flow = m_table.FindPublic(protocol, port, endpoints->source, nowNs);
    if (!flow)
    {
        const PortForward* forward = ForwardOf(protocol, port);
        if (!forward)
        {
            return Translation::Untouched;
        }
        const Endpoint inside{HostOf(*forward, endpoints->source), InsidePort(*forward)};
        // The inside host may talk to that very port of the outside already, under another name.
        flow = m_table.FindInside(protocol, inside, endpoints->source, nowNs)
                   ? nullptr
                   : Open(protocol, inside, endpoints->source, port, nowNs);
        if (!flow)
        {
            ++m_counts.refused;
            return Translation::Refused;
        }
    }
    const Endpoint inside = flow->inside;
    if (protocol == protocol::TCP)
    {
        m_table.NoteTcp(*flow, Direction::Inbound, TcpFlagsOf(packet));
    }
    packet = WithDestination(packet, inside);
    ++m_counts.inbound;
    return Translation::Translated;
}

Nat::Translation
Nat::Outbound(WirePacket& packet, std::int64_t nowNs)
{
    if (const auto quoted = QuotedEndpointsOf(packet))
    {
        return OutboundError(packet, *quoted, nowNs);
    }
    const auto endpoints = EndpointsOf(packet);
    if (!endpoints)
    {
        m_counts.refused += m_config.masquerade;
        return m_config.masquerade ? Translation::Refused : Translation::Untouched;
    }
    const std::uint8_t protocol = endpoints->protocol;
    NatFlow* flow = m_table.FindInside(protocol, endpoints->source, endpoints->destination, nowNs);
    if (!flow)
    {
        // A port that is forwarded here answers under its public number, even if the flow was
        // forgotten.
        const PortForward* forward = ForwardTo(protocol, endpoints->source);
        if (!forward && !m_config.masquerade)
        {
            return Translation::Untouched;
        }
        flow = Open(protocol,
                    endpoints->source,
                    endpoints->destination,
                    forward ? forward->port : 0,
                    nowNs);
    }
    if (!flow)
    {
        ++m_counts.refused;
        return Translation::Refused;
    }
    const std::uint16_t port = flow->publicPort;
    if (protocol == protocol::TCP)
    {
        m_table.NoteTcp(*flow, Direction::Outbound, TcpFlagsOf(packet));
    }
    packet = WithSource(packet, {PublicAddress(), port});
    ++m_counts.outbound;
    return Translation::Translated;
}

void
Nat::Rewrite(WirePacket& packet) const
{
    const SynRules syns{m_config.mssLimit, m_config.stripsTimestamps};
    if (syns.Any())
    {
        packet = WithSynOptions(packet, syns);
    }
    packet.header.SetTtl(m_config.ttl.value_or(packet.header.GetTtl()));
    if (m_config.clearsDontFragment)
    {
        packet.header.SetMayFragment();
    }
}

Nat::Translation
Nat::InboundError(WirePacket& packet, const Endpoints& quoted, std::int64_t nowNs)
{
    if (quoted.source.address != PublicAddress())
    {
        return Translation::Untouched;
    }
    const NatFlow* flow =
        m_table.FindPublic(quoted.protocol, quoted.source.port, quoted.destination, nowNs);
    if (!flow)
    {
        return Translation::Untouched;
    }
    packet = WithQuotedSource(packet, flow->inside);
    packet.header.SetDestination(flow->inside.address);
    ++m_counts.inbound;
    return Translation::Translated;
}

Nat::Translation
Nat::OutboundError(WirePacket& packet, const Endpoints& quoted, std::int64_t nowNs)
{
    const NatFlow* flow =
        m_table.FindInside(quoted.protocol, quoted.destination, quoted.source, nowNs);
    if (!flow)
    {
        m_counts.refused += m_config.masquerade;
        return m_config.masquerade ? Translation::Refused : Translation::Untouched;
    }
    packet = WithQuotedDestination(packet, {PublicAddress(), flow->publicPort});
    packet.header.SetSource(PublicAddress());
    ++m_counts.outbound;
    return Translation::Translated;
}

const PortForward*
Nat::ForwardOf(std::uint8_t protocol, std::uint16_t port) const
{
    for (const auto& [name, forward] : m_config.forwards)
    {
        if (NumberOf(forward.protocol) == protocol && forward.port == port)
        {
            return &forward;
        }
    }
    return nullptr;
}

const PortForward*
Nat::ForwardTo(std::uint8_t protocol, Endpoint inside) const
{
    for (const auto& [name, forward] : m_config.forwards)
    {
        const bool leadsThere =
            inside.address == forward.to ||
            std::find(forward.alsoTo.begin(), forward.alsoTo.end(), inside.address) !=
                forward.alsoTo.end();
        if (NumberOf(forward.protocol) == protocol && leadsThere &&
            InsidePort(forward) == inside.port)
        {
            return &forward;
        }
    }
    return nullptr;
}

} // namespace bouncelab::path
