#include "models/path/gateway.h"

#include "models/path/in-path-station.h"

#include "formats/endpoint.h"
#include "models/provenance/sim-now.h"

#include <ns3/abort.h>
#include <ns3/simulator.h>

namespace bouncelab::path
{

namespace
{

constexpr std::uint8_t TCP = 6;

PathSetup
InsideOf(const GatewaySetup& setup)
{
    return {setup.name + "/inside",
            setup.seed,
            setup.inside,
            setup.mailHost,
            PathEnd::Near,
            setup.ledger};
}

} // namespace

Gateway::Gateway(GatewaySetup setup)
    : m_setup(std::move(setup))
    , m_inside(NetworkPath::Make(m_setup.form, InsideOf(m_setup)))
    , m_outside(m_setup.seed,
                m_setup.form,
                m_setup.ledger,
                [this](const WirePacket& packet) { Take(GatewaySide::Outside, packet); })
    , m_icmp(m_setup.seed, m_setup.name, m_setup.inside.back(), m_setup.ledger)
{
    if (m_setup.nat)
    {
        m_nat.emplace(*m_setup.nat, m_setup.outsideAddress, m_setup.seed, m_setup.name + "/nat");
        m_nat->OnOpened([this](const NatFlow& flow) { SignTranslation(flow); });
    }
    m_inside->SetHandler(PathEnd::Far,
                         [this](const WirePacket& packet) { Take(GatewaySide::Inside, packet); });
}

void
Gateway::SignTranslation(const NatFlow& flow)
{
    if (!m_setup.ledger || flow.protocol != TCP)
    {
        return;
    }
    provenance::Action action;
    action.time = SimNow();
    action.kind = "flow";
    action.classLabel = "ordinary";
    action.actor = m_setup.ledger->RegisterActor(m_setup.name);
    action.did = TruthEvent::Translated;
    action.params = {{"peer", EndpointText(flow.remote.address, flow.remote.port)},
                     {"outside", EndpointText(m_nat->PublicAddress(), flow.publicPort)},
                     {"inside", EndpointText(flow.inside.address, flow.inside.port)}};
    m_setup.ledger->Record(action);
}

NetworkPath&
Gateway::AddServer(const std::string& name, std::vector<HopConfig> hops)
{
    return m_outside.AddHost(name, std::move(hops));
}

InPathStation&
Gateway::AddStation(const std::string& name, std::vector<HopConfig> hops)
{
    return m_outside.AddStation(name, std::move(hops));
}

void
Gateway::ObserveInside(WireObserver observer)
{
    m_insideObservers.push_back(std::move(observer));
}

void
Gateway::ObserveOutside(WireObserver observer)
{
    m_outsideObservers.push_back(std::move(observer));
}

void
Gateway::AddTunnel(Ipv4 insideAddress, WireHandler into)
{
    const bool fresh = insideAddress != m_setup.mailHost &&
                       m_tunnels.emplace(insideAddress.value, std::move(into)).second;
    NS_ABORT_MSG_UNLESS(fresh, "two hosts inside have the address " << insideAddress.ToString());
}

void
Gateway::TakeFromTunnel(const WirePacket& packet)
{
    Take(GatewaySide::Tunnel, packet);
}

void
Gateway::ReservePort(std::uint8_t protocol, std::uint16_t port)
{
    if (m_nat)
    {
        m_nat->Table().Reserve(protocol, port);
    }
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
Gateway::Take(GatewaySide from, const WirePacket& packet)
{
    if (from != GatewaySide::Tunnel)
    {
        const bool outbound = from == GatewaySide::Inside;
        for (const WireObserver& observer : outbound ? m_insideObservers : m_outsideObservers)
        {
            observer(outbound ? Direction::Outbound : Direction::Inbound, packet);
        }
    }
    WirePacket forwarded = packet;
    if (m_nat && from == GatewaySide::Outside && !Translate(from, forwarded))
    {
        return;
    }
    if (IsOwn(forwarded.header.GetDestination()))
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
        AnswerExpired(from, packet);
        return;
    }
    forwarded.header.SetTtl(packet.header.GetTtl() - 1);
    if (m_nat && from != GatewaySide::Outside &&
        ChainTo(Ipv4{forwarded.header.GetDestination().Get()}) && !Translate(from, forwarded))
    {
        return;
    }
    if (!Route(forwarded))
    {
        ++m_counts.unroutable;
        return;
    }
    ++(from == GatewaySide::Inside ? m_counts.outbound : m_counts.inbound);
}

bool
Gateway::Translate(GatewaySide from, WirePacket& packet)
{
    const std::int64_t nowNs = NowNs();
    const Nat::Translation verdict = from == GatewaySide::Outside ? m_nat->Inbound(packet, nowNs)
                                                                  : m_nat->Outbound(packet, nowNs);
    m_counts.refused += verdict == Nat::Translation::Refused;
    return verdict != Nat::Translation::Refused;
}

void
Gateway::AnswerExpired(GatewaySide from, const WirePacket& packet)
{
    ++m_counts.expired;
    if (m_icmp.Answers(packet.header))
    {
        const Ipv4 source = from == GatewaySide::Outside ? OutsideAddress() : InsideAddress();
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_icmp.ReplyDelay(packet).count()),
                                 [this, source, packet]
                                 { Send(m_icmp.TimeExceeded(packet, source)); });
    }
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
    if (NetworkPath* chain = ChainTo(destination))
    {
        for (const WireObserver& observer : m_outsideObservers)
        {
            observer(Direction::Outbound, packet);
        }
        chain->Enter(PathEnd::Near, packet);
        return true;
    }
    if (const auto tunnel = m_tunnels.find(destination.value); tunnel != m_tunnels.end())
    {
        ++m_counts.tunneled;
        tunnel->second(packet);
        return true;
    }
    return false;
}

bool
Gateway::IsOwn(ns3::Ipv4Address address) const
{
    return address.Get() == OutsideAddress().value || address.Get() == InsideAddress().value ||
           (m_nat && address.Get() == m_nat->PublicAddress().value);
}

void
Gateway::ToInside(const WirePacket& packet)
{
    for (const WireObserver& observer : m_insideObservers)
    {
        observer(Direction::Inbound, packet);
    }
    m_inside->Enter(PathEnd::Far, packet);
}

} // namespace bouncelab::path
