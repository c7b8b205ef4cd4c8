#include "models/path/path.h"

#include "formats/endpoint.h"
#include "models/path/hop-line.h"
#include "models/path/rewrite.h"
#include "models/path/router-chain.h"
#include "models/provenance/sim-now.h"

#include <ns3/abort.h>

#include <algorithm>

namespace bouncelab::path
{

NetworkPath::NetworkPath(PathSetup setup)
    : m_setup(std::move(setup))
    , m_observers(m_setup.hops.size() + 1)
    , m_gates(m_setup.hops.size() + 1)
{
    NS_ABORT_MSG_IF(m_setup.hops.empty(), "path " << m_setup.name << " has no hops");
}

std::unique_ptr<NetworkPath>
NetworkPath::Make(PathForm form, PathSetup setup)
{
    if (form == PathForm::Routers)
    {
        return std::make_unique<RouterChain>(std::move(setup));
    }
    return std::make_unique<HopLine>(std::move(setup));
}

void
NetworkPath::AddAddress(const IpAddress& address)
{
    NS_ABORT_MSG_IF(Toward(address) == (m_setup.hostEnd == PathEnd::Far ? Direction::Outbound
                                                                        : Direction::Inbound),
                    "path " << m_setup.name << " leads to " << address.ToString() << " already");
    m_furtherAddresses.insert(
        std::upper_bound(m_furtherAddresses.begin(), m_furtherAddresses.end(), address),
        address);
    DoAddAddress(address);
}

void
NetworkPath::SetHandler(PathEnd end, WireHandler handler)
{
    m_handlers[static_cast<int>(end)] = std::move(handler);
}

void
NetworkPath::ObserveAt(std::uint32_t hop, WireObserver observer)
{
    CheckHop(hop, "observe");
    m_observers[hop].push_back(std::move(observer));
    if (m_observers[hop].size() == 1)
    {
        DoObserve(hop);
    }
}

void
NetworkPath::GateAt(std::uint32_t hop, WireGate gate)
{
    CheckHop(hop, "gate");
    m_gates[hop].push_back(std::move(gate));
    if (m_gates[hop].size() == 1)
    {
        DoGate(hop);
    }
}

void
NetworkPath::Enter(PathEnd end, const WirePacket& packet)
{
    Check(end == PathEnd::Near ? Direction::Outbound : Direction::Inbound, packet);
    ++m_counts.entered;
    DoEnter(end, packet);
}

void
NetworkPath::InsertAt(std::uint32_t hop, Direction direction, const WirePacket& packet)
{
    CheckHop(hop, "insert at");
    Check(direction, packet);
    ++m_counts.inserted;
    DoInsert(hop, direction, packet);
}

void
NetworkPath::Check(Direction direction, const WirePacket& packet) const
{
    NS_ABORT_MSG_IF(packet.header.GetTtl() == 0,
                    "a packet is sent on path " << m_setup.name << " with TTL 0");
    NS_ABORT_MSG_IF(Toward(packet.header.GetDestination()) != direction,
                    "a packet for " << packet.header.GetDestination().ToString()
                                    << " is sent the wrong way on path " << m_setup.name);
}

void
NetworkPath::CheckHop(std::uint32_t hop, const char* purpose) const
{
    NS_ABORT_MSG_IF(hop < 1 || hop > HopCount(),
                    "path " << m_setup.name << " has no hop " << hop << " to " << purpose);
}

bool
NetworkPath::Passes(std::uint32_t hop, Direction direction, const WirePacket& packet)
{
    for (const WireGate& gate : m_gates[hop])
    {
        if (!gate(direction, packet))
        {
            ++m_counts.taken;
            return false;
        }
    }
    return true;
}

void
NetworkPath::Observe(std::uint32_t hop, Direction direction, const WirePacket& packet) const
{
    for (const WireObserver& observer : m_observers[hop])
    {
        observer(direction, packet);
    }
}

void
NetworkPath::Deliver(PathEnd end, const WirePacket& packet)
{
    ++m_counts.delivered;
    if (const WireHandler& handler = m_handlers[static_cast<int>(end)])
    {
        handler(packet);
    }
}

void
NetworkPath::SignSilentDrop(std::uint32_t hop, const WirePacket& packet)
{
    const auto ends = EndpointsOf(packet);
    if (!m_setup.ledger || !ends || ends->protocol != protocol::TCP)
    {
        return;
    }
    std::string client = EndpointText(ends->source.address, ends->source.port);
    std::string server = EndpointText(ends->destination.address, ends->destination.port);
    if (ends->source.port < ends->destination.port) // the one with the lower port is called
    {
        std::swap(client, server);
    }
    if (!m_silentDrops.emplace(client, server).second)
    {
        return;
    }
    provenance::Action action;
    action.time = SimNow();
    action.kind = "flow";
    action.classLabel = "unreachable.path-mtu";
    action.cause = m_setup.ledger->NewCause();
    action.actor = m_setup.ledger->RegisterActor(IcmpResponder::NameOfHop(m_setup.name, hop));
    action.did = TruthEvent::Dropped;
    action.params = {{"client", client}, {"server", server}, {"hop", std::to_string(hop)}};
    m_setup.ledger->Record(action);
}

Direction
NetworkPath::Toward(const IpAddress& destination) const
{
    const bool isHost =
        destination == m_setup.hostAddress ||
        std::binary_search(m_furtherAddresses.begin(), m_furtherAddresses.end(), destination);
    return isHost == (m_setup.hostEnd == PathEnd::Far) ? Direction::Outbound : Direction::Inbound;
}

} // namespace bouncelab::path
