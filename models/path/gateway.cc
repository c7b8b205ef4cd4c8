#include "models/path/gateway.h"

#include <ns3/abort.h>
#include <ns3/simulator.h>

namespace bouncelab::path
{

namespace
{

PathSetup
InsideOf(const GatewaySetup& setup)
{
    return {setup.name + "/inside",
            setup.seed,
            setup.inside,
            setup.mailHost,
            End::Near,
            setup.ledger};
}

} // namespace

Gateway::Gateway(GatewaySetup setup)
    : m_setup(std::move(setup))
    , m_inside(Path::Make(m_setup.form, InsideOf(m_setup)))
    , m_icmp(m_setup.seed, m_setup.name, m_setup.inside.back(), m_setup.ledger)
{
    m_inside->SetHandler(End::Far,
                         [this](const WirePacket& packet) { Take(Side::Inside, packet); });
}

Path&
Gateway::AddServer(const std::string& name, std::vector<HopConfig> hops)
{
    NS_ABORT_MSG_IF(hops.empty(), "server " << name << " has no hops");
    const Ipv4 address = hops.back().address;
    NS_ABORT_MSG_IF(ChainTo(address), "two servers have the address " << address.ToString());
    m_chains.push_back(
        Path::Make(m_setup.form,
                   {name, m_setup.seed, std::move(hops), address, End::Far, m_setup.ledger}));
    Path* chain = m_chains.back().get();
    chain->SetHandler(End::Near, [this](const WirePacket& packet) { Take(Side::Outside, packet); });
    m_byServer.emplace(address.value, chain);
    return *chain;
}

Path*
Gateway::ChainTo(Ipv4 server) const
{
    const auto found = m_byServer.find(server.value);
    return found == m_byServer.end() ? nullptr : found->second;
}

void
Gateway::ObserveInside(WireObserver observer)
{
    m_observers.push_back(std::move(observer));
}

void
Gateway::AddLocalHandler(WireHandler handler)
{
    m_localHandlers.push_back(std::move(handler));
}

void
Gateway::Send(const WirePacket& packet)
{
    ++m_counts.own;
    if (!Route(packet))
    {
        ++m_counts.unroutable;
    }
}

void
Gateway::Take(Side from, const WirePacket& packet)
{
    if (from == Side::Inside)
    {
        for (const WireObserver& observer : m_observers)
        {
            observer(Heading::Outward, packet);
        }
    }
    if (IsOwn(packet.header.GetDestination()))
    {
        ++m_counts.local;
        for (const WireHandler& handler : m_localHandlers)
        {
            handler(packet);
        }
        return;
    }
    if (packet.header.GetTtl() <= 1)
    {
        ++m_counts.expired;
        if (m_icmp.Answers(packet.header))
        {
            const Ipv4 source = from == Side::Inside ? InsideAddress() : OutsideAddress();
            ns3::Simulator::Schedule(ns3::NanoSeconds(m_icmp.ReplyDelay(packet).count()),
                                     [this, source, packet]
                                     { Send(m_icmp.TimeExceeded(packet, source)); });
        }
        return;
    }
    WirePacket forwarded = packet;
    forwarded.header.SetTtl(packet.header.GetTtl() - 1);
    if (!Route(forwarded))
    {
        ++m_counts.unroutable;
        return;
    }
    ++(from == Side::Inside ? m_counts.outward : m_counts.inward);
}

bool
Gateway::Route(const WirePacket& packet)
{
    const Ipv4 destination{packet.header.GetDestination().Get()};
    if (destination == m_setup.mailHost)
    {
        ToInside(packet);
        return true;
    }
    if (Path* chain = ChainTo(destination))
    {
        chain->Enter(End::Near, packet);
        return true;
    }
    return false;
}

bool
Gateway::IsOwn(ns3::Ipv4Address address) const
{
    return address.Get() == OutsideAddress().value || address.Get() == InsideAddress().value;
}

void
Gateway::ToInside(const WirePacket& packet)
{
    for (const WireObserver& observer : m_observers)
    {
        observer(Heading::Inward, packet);
    }
    m_inside->Enter(End::Far, packet);
}

} // namespace bouncelab::path
