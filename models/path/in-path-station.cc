#include "models/path/in-path-station.h"

#include <ns3/abort.h>
#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::path
{

InPathStation::InPathStation(std::string name,
                             NetworkPath& near,
                             PathForm form,
                             Branches::Announcer announce)
    : m_name(std::move(name))
    , m_near(near)
    , m_announce(std::move(announce))
    , m_far(
          near.Setup().seed,
          form,
          near.Setup().ledger,
          [this](const WirePacket& packet) { Take(Direction::Inbound, packet); },
          m_announce)
    , m_icmp(near.Setup().seed, m_name, near.Setup().hops.back(), near.Setup().ledger)
{
    m_near.SetHandler(PathEnd::Far,
                      [this](const WirePacket& packet) { Take(Direction::Outbound, packet); });
}

NetworkPath&
InPathStation::AddHost(const std::string& name, std::vector<HopConfig> hops)
{
    return m_far.AddHost(name, std::move(hops));
}

InPathStation&
InPathStation::AddStation(const std::string& name, std::vector<HopConfig> hops)
{
    return m_far.AddStation(name, std::move(hops));
}

void
InPathStation::AddAddress(Ipv4 address)
{
    m_announce(address);
    m_furtherAddresses.push_back(address);
}

void
InPathStation::Send(const WirePacket& packet)
{
    NS_ABORT_MSG_IF(IsOwn(Ipv4{packet.header.GetDestination().Get()}),
                    m_name << " sends a packet to itself, " << packet.header.GetDestination());
    ++m_counts.sent;
    Route(packet);
}

void
InPathStation::Forward(const WirePacket& packet)
{
    ++m_counts.resumed;
    Pass(packet);
}

void
InPathStation::Pass(const WirePacket& packet)
{
    if (IsOwn(Ipv4{packet.header.GetDestination().Get()}))
    {
        ++m_counts.local;
        return;
    }
    if (packet.header.GetTtl() <= 1)
    {
        ++m_counts.expired;
        if (m_icmp.Answers(packet.header))
        {
            ns3::Simulator::Schedule(ns3::NanoSeconds(m_icmp.ReplyDelay(packet).count()),
                                     [this, packet] { Route(m_icmp.TimeExceeded(packet)); });
        }
        return;
    }
    WirePacket forwarded = packet;
    forwarded.header.SetTtl(packet.header.GetTtl() - 1);
    ++m_counts.forwarded;
    Route(forwarded);
}

void
InPathStation::Take(Direction direction, const WirePacket& packet)
{
    ++m_counts.arrived;
    for (const WireObserver& observer :
         direction == Direction::Outbound ? m_nearObservers : m_farObservers)
    {
        observer(direction, packet);
    }
    if (!m_handler)
    {
        Pass(packet);
        return;
    }
    WirePacket changeable = packet;
    if (m_handler(direction, changeable) == Disposition::Consume)
    {
        ++m_counts.consumed;
        return;
    }
    Pass(changeable);
}

void
InPathStation::Route(const WirePacket& packet)
{
    if (NetworkPath* chain = m_far.To(Ipv4{packet.header.GetDestination().Get()}))
    {
        for (const WireObserver& observer : m_farObservers)
        {
            observer(Direction::Outbound, packet);
        }
        chain->Enter(PathEnd::Near, packet);
        return;
    }
    for (const WireObserver& observer : m_nearObservers)
    {
        observer(Direction::Inbound, packet);
    }
    m_near.Enter(PathEnd::Far, packet);
}

bool
InPathStation::IsOwn(Ipv4 address) const
{
    return address == Address() ||
           std::find(m_furtherAddresses.begin(), m_furtherAddresses.end(), address) !=
               m_furtherAddresses.end();
}

} // namespace bouncelab::path
