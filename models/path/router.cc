#include "models/path/router.h"

#include "formats/endpoint.h"
#include "formats/packet.h"
#include "formats/random.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/abort.h>
#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::path
{

namespace
{

WireHandler
Into(NetworkPath& line, PathEnd end)
{
    return [&line, end](const WirePacket& packet) { line.Enter(end, packet); };
}

} // namespace

Router::Router(RouterSetup setup)
    : m_setup(std::move(setup))
    , m_icmp(m_setup.seed, m_setup.name, m_setup.icmp, m_setup.ledger)
    , m_addresses{m_setup.icmp.address}
{
}

Router::Interface&
Router::AddInterface(const IpAddress& address, Direction arriving)
{
    AddAddress(address);
    return m_interfaces.emplace_back(address, arriving);
}

void
Router::Attach(Interface& interface, NetworkPath& line, PathEnd end)
{
    line.SetHandler(end,
                    [this, &interface](const WirePacket& packet) { Receive(interface, packet); });
}

void
Router::AddRoute(const IpAddress& destination, Interface& out, NetworkPath& line, PathEnd end)
{
    AddRoute(destination, out, Into(line, end));
}

void
Router::AddRoute(const IpAddress& destination, Interface& out, WireHandler send)
{
    const bool fresh = m_routes.emplace(destination, Route{&out, std::move(send)}).second;
    NS_ABORT_MSG_UNLESS(fresh,
                        m_setup.name << " has a route to " << destination.ToString() << " already");
}

void
Router::SetDefaultRoute(Interface& out, NetworkPath& line, PathEnd end)
{
    m_default = Route{&out, Into(line, end)};
}

void
Router::Translate(const NatConfig& config, Interface& outside)
{
    m_nat.emplace(config, outside.Address(), m_setup.seed, m_setup.name + "/nat");
    m_nat->OnOpened([this](const NatFlow& flow) { SignTranslation(flow); });
    m_outside = &outside;
    AddAddress(m_nat->PublicAddress());
}

void
Router::Filter(std::vector<FilterRule> rules,
               const FilterState& state,
               const Interface* outside,
               FilterObserver decided)
{
    m_filter.emplace(std::move(rules), state);
    m_filterState = state;
    m_resetId = static_cast<std::uint16_t>(DrawKey(m_setup.seed, m_setup.name)("reset-id").Value());
    m_onDecided = std::move(decided);
    m_outside = outside;
}

void
Router::ReservePort(std::uint8_t protocol, std::uint16_t port)
{
    if (m_nat)
    {
        m_nat->Table().Reserve(protocol, port);
    }
}

void
Router::Receive(const Interface& interface, const WirePacket& packet)
{
    ++m_counts.arrived;
    interface.Show(interface.m_arriving, packet);
    if (!m_handler)
    {
        Pass(&interface, packet);
        return;
    }
    WirePacket changeable = packet;
    if (m_handler(interface.m_arriving, changeable) == Disposition::Consume)
    {
        ++m_counts.consumed;
        return;
    }
    Pass(&interface, changeable);
}

void
Router::Send(const WirePacket& packet)
{
    ++m_counts.sent;
    if (const Route* route = RouteTo(packet.header.GetDestination()))
    {
        Leave(*route, packet);
    }
}

void
Router::SendOwn(const WirePacket& packet)
{
    const auto endpoints = m_nat ? EndpointsOf(packet) : std::nullopt;
    if (endpoints && endpoints->source.address == m_nat->PublicAddress())
    {
        ReservePort(endpoints->protocol, endpoints->source.port);
    }
    if (m_filter)
    {
        m_filter->Accept(packet, NowNs());
    }
    Send(packet);
}

IpAddress
Router::SourceTo(const IpAddress& destination) const
{
    const Route* route = RouteTo(destination);
    return route ? route->out->Address() : Address();
}

void
Router::Forward(const WirePacket& packet)
{
    ++m_counts.resumed;
    Pass(nullptr, packet);
}

/// \param from null for what no interface has brought just now
void
Router::Pass(const Interface* from, const WirePacket& packet)
{
    WirePacket forwarded = packet;
    const bool fromOutside = from && from == m_outside;
    const FilterDirection arriving = fromOutside ? FilterDirection::Inbound : FilterDirection::Any;
    Nat::Translation verdict = Nat::Translation::Untouched;
    if (m_nat && fromOutside)
    {
        verdict = m_nat->Inbound(forwarded, NowNs());
    }
    if (!IsAllowed(verdict))
    {
        return;
    }
    if (IsOwn(forwarded.header.GetDestination()))
    {
        if (Stops(arriving, forwarded, packet))
        {
            return;
        }
        ++m_counts.local;
        for (const WireHandler& handler : m_localHandlers)
        {
            handler(packet);
        }
        return;
    }
    if (packet.header.GetTtl() <= 1)
    {
        AnswerExpired(from ? from->Address() : AnswersFrom(packet), packet);
        return;
    }
    forwarded.header.SetTtl(packet.header.GetTtl() - 1);
    const Route* route = RouteTo(forwarded.header.GetDestination());
    if (!route)
    {
        ++m_counts.unroutable;
        return;
    }
    const bool toOutside = !fromOutside && route->out == m_outside;
    if (Stops(toOutside ? FilterDirection::Outbound : arriving, forwarded, packet))
    {
        return;
    }
    if (m_nat && toOutside)
    {
        verdict = m_nat->Outbound(forwarded, NowNs());
    }
    if (!IsAllowed(verdict))
    {
        return;
    }
    if (verdict == Nat::Translation::Translated)
    {
        m_nat->Rewrite(forwarded);
    }
    ++m_counts.forwarded;
    Leave(*route, forwarded);
}

void
Router::Leave(const Route& route, const WirePacket& packet) const
{
    route.out->Show(route.out->Leaving(), packet);
    route.send(packet);
}

const Router::Route*
Router::RouteTo(const IpAddress& destination) const
{
    const auto found = m_routes.find(destination);
    if (found != m_routes.end())
    {
        return &found->second;
    }
    return m_default ? &*m_default : nullptr;
}

bool
Router::IsOwn(const IpAddress& address) const
{
    return std::find(m_addresses.begin(), m_addresses.end(), address) != m_addresses.end();
}

bool
Router::IsAllowed(Nat::Translation verdict)
{
    m_counts.refused += verdict == Nat::Translation::Refused;
    return verdict != Nat::Translation::Refused;
}

bool
Router::Stops(FilterDirection direction, const WirePacket& inside, const WirePacket& arrived)
{
    const FilterRule* rule = m_filter ? m_filter->Decide(direction, inside, NowNs()) : nullptr;
    if (!rule)
    {
        return false;
    }
    m_onDecided(*rule, direction, inside);
    if (rule->action == FilterAction::Accept)
    {
        return false;
    }
    ++m_counts.filtered;
    if (rule->action == FilterAction::Reject)
    {
        AnswerRejected(arrived);
    }
    return true;
}

/// Its own address, if it is of the packet's family; else the one on the way back.
IpAddress
Router::AnswersFrom(const WirePacket& packet) const
{
    return Address().IsIpv6() == packet.header.IsIpv6() ? Address()
                                                        : SourceTo(packet.header.GetSource());
}

void
Router::AnswerRejected(const WirePacket& packet)
{
    if (std::optional<WirePacket> reset = ResetTo(packet))
    {
        reset->header.SetTtl(m_filterState.resetTtl.value_or(m_setup.icmp.icmpTtl));
        if (m_filterState.numbersResets && !reset->header.IsIpv6())
        {
            reset->header.SetIdentification(++m_resetId);
        }
        if (m_setup.ledger)
        {
            const provenance::ActorId actor = m_setup.ledger->RegisterActor(m_setup.name);
            provenance::SetOrigin(reset->payload, m_setup.ledger->Born(actor, 0, true));
        }
        Send(*reset);
    }
    else if (packet.header.GetProtocol() != protocol::TCP && m_icmp.Answers(packet.header))
    {
        Send(m_icmp.PortUnreachable(packet, AnswersFrom(packet)));
    }
}

void
Router::AnswerExpired(const IpAddress& source, const WirePacket& packet)
{
    ++m_counts.expired;
    if (m_icmp.Answers(packet.header))
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_icmp.ReplyDelay(packet).count()),
                                 [this, source, packet]
                                 { Send(m_icmp.TimeExceeded(packet, source)); });
    }
}

/// Writes into the truth which connection inside is which one outside.
void
Router::SignTranslation(const NatFlow& flow)
{
    if (!m_setup.ledger || flow.protocol != protocol::TCP)
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

} // namespace bouncelab::path
