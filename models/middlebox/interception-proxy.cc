#include "models/middlebox/interception-proxy.h"

#include "models/middlebox/proxy-connection.h"
#include "models/middlebox/store-and-forward.h"

#include "formats/endpoint.h"
#include "models/path/router.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::uint8_t TCP = 6;
constexpr std::size_t MAX_DETAIL = 500;

} // namespace

InterceptionProxy::InterceptionProxy(host::Host& host,
                                     const InterceptionProxyConfig& config,
                                     Resolver resolver)
    : m_host(host)
    , m_config(config)
    , m_store(std::make_unique<StoreAndForward>(
          host,
          m_config,
          std::move(resolver),
          [this](provenance::CauseId cause, TruthEvent did, std::string_view detail)
          { Record(cause, did, detail); },
          [this](const host::FlowKey& key, provenance::CauseId cause)
          { RecordReached(key, cause); }))
{
    m_host.TakeAnyAddress([this](const host::FlowKey& key) { return Take(key); });
    for (const std::uint16_t port : m_config.ports)
    {
        m_host.Listen(port, [this](ns3::Ptr<host::ProfileSocket> socket) { Accept(socket); });
    }
}

InterceptionProxy::~InterceptionProxy() = default;

std::unique_ptr<Middlebox>
Build(const std::string& /* name */, const InterceptionProxyConfig& config, BuildSite& site)
{
    path::Router& station = site.FindStation(config.station);
    host::Host& machine = site.FindHost(config.host);
    const path::WireObserver show = site.WatchersOf(config.host);
    station.AddAddress(machine.Address());
    auto proxy =
        std::make_unique<InterceptionProxy>(machine,
                                            config,
                                            [&site, sender = config.host](std::string_view domain)
                                            { return site.ExchangerFor(sender, domain); });
    const auto sendTowards = [&station, show](path::Direction direction)
    {
        return [&station, show, direction](const path::WirePacket& packet)
        {
            show(direction, packet);
            station.Send(packet);
        };
    };
    const bool isInward = config.takes == TakenConnections::Inward;
    const path::Direction taken = isInward ? path::Direction::Inbound : path::Direction::Outbound;
    proxy->SetWires(sendTowards(isInward ? path::Direction::Outbound : path::Direction::Inbound),
                    sendTowards(taken));
    station.SetHandler(
        [proxy = proxy.get(), show, taken](path::Direction direction, path::WirePacket& packet)
        {
            if (!proxy->Takes(packet, direction == taken))
            {
                return path::Disposition::Forward;
            }
            show(direction, packet);
            proxy->Receive(packet);
            return path::Disposition::Consume;
        });
    return proxy;
}

void
InterceptionProxy::SetWires(path::WireHandler toClients, path::WireHandler toServers)
{
    m_host.SetWire([own = m_host.Address(),
                    toClients = std::move(toClients),
                    toServers = std::move(toServers)](const path::WirePacket& packet)
                   { packet.header.GetSource() == own ? toServers(packet) : toClients(packet); });
}

bool
InterceptionProxy::Takes(const path::WirePacket& packet, bool fromClients) const
{
    if (packet.header.GetDestination() == m_host.Address())
    {
        return true;
    }
    if (!fromClients || packet.header.GetProtocol() != TCP)
    {
        return false;
    }
    if (!m_host.Takes(packet))
    {
        return false;
    }
    const bool isOff =
        m_config.until > Nanoseconds(0) && SimNow().time_since_epoch() >= m_config.until;
    if (isOff && !m_host.Holds(packet))
    {
        return false;
    }
    if (m_config.customers.empty())
    {
        return true;
    }
    const auto customer = m_config.customers.find(packet.header.GetSource().ToString());
    return customer == m_config.customers.end() || customer->second.intercepted;
}

std::size_t
InterceptionProxy::QueuedMessages() const
{
    return m_store->QueuedMessages();
}

InterceptionMode
InterceptionProxy::ModeFor(IpAddress client) const
{
    const auto customer = m_config.customers.find(client.ToString());
    return customer != m_config.customers.end() && customer->second.mode ? *customer->second.mode
                                                                         : m_config.mode;
}

provenance::CauseId
InterceptionProxy::Take(const host::FlowKey& key)
{
    const IpAddress client{key.remoteAddress};
    provenance::Action action = FlowAction(TruthEvent::Taken,
                                           m_host.Ledger().NewCause(),
                                           EndpointText(client, key.remotePort),
                                           EndpointText(key.localAddress, key.localPort));
    action.params.emplace_back("proxy", m_host.Address().ToString());
    action.params.emplace_back("mode", std::string(NameOf(ModeFor(client))));
    m_host.Ledger().Record(action);
    return action.cause;
}

void
InterceptionProxy::RecordReached(const host::FlowKey& key, provenance::CauseId cause)
{
    m_host.Ledger().Record(FlowAction(TruthEvent::Reached,
                                      cause,
                                      EndpointText(key.localAddress, key.localPort),
                                      EndpointText(key.remoteAddress, key.remotePort)));
}

provenance::Action
InterceptionProxy::FlowAction(TruthEvent did,
                              provenance::CauseId cause,
                              std::string client,
                              std::string server) const
{
    provenance::Action action;
    action.time = SimNow();
    action.kind = "flow";
    action.classLabel = CLASS;
    action.cause = cause;
    action.actor = m_host.Actor();
    action.did = did;
    action.params = {{"client", std::move(client)}, {"server", std::move(server)}};
    return action;
}

void
InterceptionProxy::Accept(ns3::Ptr<host::ProfileSocket> socket)
{
    const std::uint64_t number = ++m_count;
    auto& slot = m_connections[number];
    slot = std::make_unique<ProxyConnection>(*this, number, socket);
    slot->Start(socket);
}

void
InterceptionProxy::Record(provenance::CauseId cause, TruthEvent did, std::string_view detail)
{
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = CLASS;
    action.cause = cause;
    action.actor = m_host.Actor();
    action.did = did;
    if (!detail.empty())
    {
        action.params.emplace_back("detail", std::string(detail.substr(0, MAX_DETAIL)));
    }
    m_host.Ledger().Record(action);
}

} // namespace bouncelab::middlebox
