#include "models/host/path-probing.h"

#include "models/path/icmp-responder.h"
#include "models/path/rewrite.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::host
{

PathProbing::PathProbing(Host& host,
                         const std::string& name,
                         const IpAddress& server,
                         std::uint16_t port,
                         const probe::PathProberConfig& config,
                         MeasuredHandler onMeasured)
    : m_host(host)
    , m_server(server)
    , m_prober(config, server, port, host.Draws(name + "/path-prober"), *this)
    , m_onMeasured(std::move(onMeasured))
{
    m_host.AddRawSocket([this](const path::WirePacket& packet) { return Take(packet); });
}

PathProbing::~PathProbing()
{
    ns3::Simulator::Remove(m_event);
}

Nanoseconds
PathProbing::Now()
{
    return Nanoseconds(path::NowNs());
}

void
PathProbing::StartAt(Nanoseconds time)
{
    m_event = ns3::Simulator::Schedule(ns3::NanoSeconds((time - Now()).count()),
                                       [this]
                                       {
                                           m_prober.Start(Now());
                                           Await();
                                       });
}

void
PathProbing::Await()
{
    ns3::Simulator::Remove(m_event);
    if (const auto due = m_prober.Due())
    {
        const Nanoseconds wait = std::max(*due - Now(), Nanoseconds(0));
        m_event = ns3::Simulator::Schedule(ns3::NanoSeconds(wait.count()),
                                           [this]
                                           {
                                               m_prober.Advance(Now());
                                               Await();
                                           });
    }
}

void
PathProbing::OnSend(const probe::ProbePacket& packet)
{
    path::WirePacket wire = path::PacketOf(packet.segment, {}, m_host.SourceTo(m_server), m_server);
    provenance::SetOrigin(wire.payload, m_host.Ledger().Born(m_host.Actor()));
    wire.header.SetTtl(packet.ttl);
    if (!m_server.IsIpv6())
    {
        wire.header.SetIdentification(packet.ipId);
        wire.header.SetDontFragment();
    }
    m_host.SendRaw(wire);
}

void
PathProbing::OnMeasured(const probe::PathMeasurement& measurement)
{
    m_onMeasured(measurement);
}

bool
PathProbing::Take(const path::WirePacket& packet)
{
    if (const auto quoted = path::QuotedEndpointsOf(packet))
    {
        const bool isOwn = quoted->protocol == protocol::TCP &&
                           quoted->destination.address == m_server &&
                           m_prober.Owns(quoted->source.port) && path::IsTimeExceeded(packet);
        if (isOwn)
        {
            m_prober.Expired(packet.header.GetSource(), quoted->source.port);
        }
        return isOwn;
    }
    std::vector<std::uint8_t> octets;
    const auto segment = path::ReadSegment(packet, octets);
    if (!segment || packet.header.GetSource() != m_server ||
        !m_prober.Owns(segment->destinationPort))
    {
        return false;
    }
    m_prober.Receive(Now(), *segment);
    Await();
    return true;
}

} // namespace bouncelab::host
