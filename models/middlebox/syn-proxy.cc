#include "models/middlebox/syn-proxy.h"

#include "formats/endpoint.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace bouncelab::middlebox
{

namespace
{

/// With the origin of whoever made it. An MSS is its only option.
path::WirePacket
Packed(const TcpSegment& segment,
       IpAddress source,
       IpAddress destination,
       const provenance::Origin& origin)
{
    std::vector<TcpOptionKind> order;
    if (segment.options.mss)
    {
        order.push_back(TcpOptionKind::Mss);
    }
    path::WirePacket packet = path::PacketOf(segment, order, source, destination);
    packet.payload->AddPacketTag(provenance::OriginTag(origin));
    return packet;
}

/// Puts a changed segment into a packet that passes.
void
Replace(path::WirePacket& packet, const TcpSegment& segment)
{
    packet.payload = Packed(segment,
                            packet.header.GetSource(),
                            packet.header.GetDestination(),
                            provenance::OriginOf(packet.payload))
                         .payload;
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(packet.payload->GetSize()));
}

} // namespace

SynProxy::SynProxy(const std::string& name,
                   const SynProxyConfig& config,
                   path::Router& station,
                   std::uint64_t seed,
                   provenance::Ledger& ledger)
    : m_config(config)
    , m_station(station)
    , m_ledger(ledger)
    , m_actor(ledger.RegisterActor(name))
    , m_draws(seed, name + "/syn-proxy")
{
    m_station.SetHandler([this](path::Direction, path::WirePacket& packet)
                         { return Take(packet); });
}

std::unique_ptr<Middlebox>
Build(const std::string& name, const SynProxyConfig& config, BuildSite& site)
{
    return std::make_unique<SynProxy>(name,
                                      config,
                                      site.FindStation(config.station),
                                      site.Seed(),
                                      site.Ledger());
}

bool
SynProxy::IsServer(IpAddress address, std::uint16_t port) const
{
    return std::find(m_config.servers.begin(), m_config.servers.end(), address) !=
               m_config.servers.end() &&
           std::find(m_config.ports.begin(), m_config.ports.end(), port) != m_config.ports.end();
}

path::Disposition
SynProxy::Take(path::WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    const auto segment = path::ReadSegment(packet, octets);
    if (!segment)
    {
        return path::Disposition::Forward;
    }
    const IpAddress source{packet.header.GetSource()};
    const IpAddress destination{packet.header.GetDestination()};
    if (IsServer(destination, segment->destinationPort))
    {
        return FromClient({source, segment->sourcePort, destination, segment->destinationPort},
                          *segment,
                          packet);
    }
    if (IsServer(source, segment->sourcePort))
    {
        return FromServer({destination, segment->destinationPort, source, segment->sourcePort},
                          *segment,
                          packet);
    }
    return path::Disposition::Forward;
}

path::Disposition
SynProxy::FromClient(const Connection& connection,
                     const TcpSegment& segment,
                     path::WirePacket& packet)
{
    if (segment.Has(tcp::SYN) && !segment.Has(tcp::ACK))
    {
        Answer(connection, segment);
        return path::Disposition::Consume;
    }
    const auto found = m_flows.find(connection);
    if (found == m_flows.end())
    {
        return path::Disposition::Forward;
    }
    ProxiedFlow& flow = found->second;
    if (flow.phase != Phase::Open)
    {
        if (segment.Has(tcp::RST))
        {
            Forget(connection);
        }
        else if (flow.phase == Phase::Answered && segment.Has(tcp::ACK) &&
                 segment.acknowledgment == flow.ownStart + 1 &&
                 segment.sequence == flow.clientStart + 1)
        {
            flow.phase = Phase::Opening;
            flow.clientWindow = segment.window;
            OpenServer(connection);
        }
        return path::Disposition::Consume;
    }
    TcpSegment moved = segment;
    moved.acknowledgment += flow.serverStart - flow.ownStart;
    Replace(packet, moved);
    if (segment.Has(tcp::FIN))
    {
        flow.clientEnd = segment.sequence + segment.SequenceLength();
    }
    if (segment.Has(tcp::RST))
    {
        Forget(connection);
    }
    return path::Disposition::Forward;
}

path::Disposition
SynProxy::FromServer(const Connection& connection,
                     const TcpSegment& segment,
                     path::WirePacket& packet)
{
    const auto found = m_flows.find(connection);
    if (found == m_flows.end() || found->second.phase == Phase::Answered)
    {
        return path::Disposition::Forward;
    }
    const ProxiedFlow flow = found->second;
    if (segment.Has(tcp::SYN))
    {
        if (segment.Has(tcp::ACK) && segment.acknowledgment == flow.clientStart + 1)
        {
            Join(connection, segment);
        }
        return path::Disposition::Consume;
    }
    TcpSegment moved = segment;
    // A server that refuses has no sequence number yet.
    moved.sequence = flow.phase == Phase::Open ? segment.sequence - flow.serverStart + flow.ownStart
                                               : flow.ownStart + 1;
    const bool isLastAck =
        segment.SequenceLength() == 0 && flow.clientEnd == segment.acknowledgment;
    const bool isEnd = segment.Has(tcp::FIN) || segment.Has(tcp::RST) || isLastAck;
    if (segment.Has(tcp::RST))
    {
        Forget(connection);
    }
    if (m_config.ends && isEnd)
    {
        return TakeEnd(connection, moved, packet);
    }
    Replace(packet, moved);
    return path::Disposition::Forward;
}

/// Data that come with it stay the server's.
path::Disposition
SynProxy::TakeEnd(const Connection& connection, const TcpSegment& moved, path::WirePacket& packet)
{
    TcpSegment end = moved;
    end.payload = {};
    end.options = {};
    end.sequence += static_cast<std::uint32_t>(moved.payload.size);
    end.flags &= static_cast<std::uint8_t>(~tcp::PSH);
    Send(connection, Receiver::Client, end);
    if (moved.payload.size == 0)
    {
        return path::Disposition::Consume;
    }
    TcpSegment data = moved;
    data.flags &= static_cast<std::uint8_t>(~(tcp::FIN | tcp::RST));
    Replace(packet, data);
    return path::Disposition::Forward;
}

void
SynProxy::Answer(const Connection& connection, const TcpSegment& syn)
{
    const auto [slot, isNew] = m_flows.try_emplace(connection);
    ProxiedFlow& flow = slot->second;
    const bool isRepeated = !isNew && flow.clientStart == syn.sequence;
    if (isRepeated && flow.phase != Phase::Answered)
    {
        return;
    }
    if (isNew)
    {
        m_order.push_back(connection);
    }
    if (!isRepeated)
    {
        flow = ProxiedFlow{};
        flow.clientStart = syn.sequence;
        ++m_answered;
        flow.ownStart = static_cast<std::uint32_t>(m_draws("start", m_answered).Value());
    }
    TcpSegment answer;
    answer.flags = tcp::SYN | tcp::ACK;
    answer.sequence = flow.ownStart;
    answer.acknowledgment = flow.clientStart + 1;
    answer.window = m_config.window;
    answer.options.mss = m_config.mss;
    while (m_flows.size() > MAX_FLOWS)
    {
        Forget(m_order.front());
    }
    Send(connection, Receiver::Client, answer);
}

/// Sends a SYN in the client's name, and again until the server answers.
void
SynProxy::OpenServer(const Connection& connection)
{
    const auto found = m_flows.find(connection);
    if (found == m_flows.end() || found->second.phase != Phase::Opening)
    {
        return;
    }
    ProxiedFlow& flow = found->second;
    if (flow.tries == m_config.tries)
    {
        Forget(connection);
        return;
    }
    TcpSegment syn;
    syn.flags = tcp::SYN;
    syn.sequence = flow.clientStart;
    syn.window = flow.clientWindow;
    syn.options.mss = m_config.mss;
    Send(connection, Receiver::Server, syn);
    const std::int64_t wait = m_config.retryInterval.count() << flow.tries;
    ++flow.tries;
    ns3::Simulator::Schedule(ns3::NanoSeconds(wait),
                             [this, connection, start = flow.clientStart]
                             {
                                 const auto later = m_flows.find(connection);
                                 if (later != m_flows.end() && later->second.clientStart == start)
                                 {
                                     OpenServer(connection);
                                 }
                             });
}

/// The server has answered: both sides may speak.
void
SynProxy::Join(const Connection& connection, const TcpSegment& synAck)
{
    ProxiedFlow& flow = m_flows.at(connection);
    const bool isFirst = flow.phase == Phase::Opening;
    flow.phase = Phase::Open;
    flow.serverStart = isFirst ? synAck.sequence : flow.serverStart;
    TcpSegment toServer;
    toServer.flags = tcp::ACK;
    toServer.sequence = flow.clientStart + 1;
    toServer.acknowledgment = flow.serverStart + 1;
    toServer.window = flow.clientWindow;
    Send(connection, Receiver::Server, toServer);
    if (!isFirst)
    {
        return;
    }
    TcpSegment toClient;
    toClient.flags = tcp::ACK;
    toClient.sequence = flow.ownStart + 1;
    toClient.acknowledgment = flow.clientStart + 1;
    toClient.window = synAck.window;
    Send(connection, Receiver::Client, toClient);

    provenance::Action action;
    action.time = SimNow();
    action.kind = "flow";
    action.classLabel = "ordinary";
    action.actor = m_actor;
    action.did = TruthEvent::SynProxied;
    action.params = {{"client", EndpointText(connection.client, connection.clientPort)},
                     {"server", EndpointText(connection.server, connection.serverPort)}};
    m_ledger.Record(action);
}

/// In the name of the other side, after the processing delay.
void
SynProxy::Send(const Connection& connection, Receiver to, TcpSegment segment)
{
    const bool toClient = to == Receiver::Client;
    const IpAddress source = toClient ? connection.server : connection.client;
    const IpAddress destination = toClient ? connection.client : connection.server;
    segment.sourcePort = toClient ? connection.serverPort : connection.clientPort;
    segment.destinationPort = toClient ? connection.clientPort : connection.serverPort;
    path::WirePacket packet = Packed(segment, source, destination, m_ledger.Born(m_actor));
    packet.header.SetTtl(m_config.ttl);
    packet.header.SetIdentification(++m_ipId);
    ns3::Simulator::Schedule(ns3::NanoSeconds(m_config.processingDelay.count()),
                             [this, packet] { m_station.Send(packet); });
}

void
SynProxy::Forget(const Connection& connection)
{
    m_flows.erase(connection);
    while (!m_order.empty() && m_flows.count(m_order.front()) == 0)
    {
        m_order.pop_front();
    }
}

} // namespace bouncelab::middlebox
