#include "models/middlebox/injector.h"

#include "formats/address.h"
#include "formats/endpoint.h"
#include "formats/text.h"
#include "formats/vocabulary.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::middlebox
{

Injector::Injector(const std::string& name,
                   const InjectorConfig& config,
                   path::NetworkPath& path,
                   std::uint64_t seed,
                   provenance::Ledger& ledger)
    : m_config(config)
    , m_path(path)
    , m_ledger(ledger)
    , m_actor(ledger.RegisterActor(name))
    , m_draws(seed, name + "/injector")
{
    if (m_config.volley.empty())
    {
        m_config.volley.push_back(m_config.packet);
    }
    if (m_config.residualVolley.empty())
    {
        m_config.residualVolley = m_config.volley;
    }
    m_path.ObserveAt(m_config.atHop,
                     [this](path::Direction direction, const path::WirePacket& packet)
                     { Observe(direction, packet); });
}

std::unique_ptr<Middlebox>
Build(const std::string& name, const InjectorConfig& config, BuildSite& site)
{
    return std::make_unique<Injector>(name,
                                      config,
                                      site.FindPath(config.path),
                                      site.Seed(),
                                      site.Ledger());
}

void
Injector::Observe(path::Direction direction, const path::WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    const auto segment = path::ReadSegment(packet, octets);
    if (!segment || provenance::OriginOf(packet.payload).actor == m_actor ||
        (m_config.plainHeadersOnly && segment->headerLength != TCP_BYTES))
    {
        return;
    }
    const Sight sight{direction, packet, *segment};
    bool fromClient = true;
    const auto flow = FlowOf(sight, fromClient);
    if (flow == m_flows.end())
    {
        return;
    }
    (fromClient ? flow->second.clientTtl : flow->second.serverTtl) = packet.header.GetTtl();
    (fromClient ? flow->second.clientLabel : flow->second.serverLabel) =
        packet.header.GetFlowLabel();
    fromClient ? PassClient(flow, sight) : PassServer(flow, sight);
}

Injector::Flows::iterator
Injector::FlowOf(const Sight& sight, bool& fromClient)
{
    const TcpSegment& segment = sight.segment;
    const Connection sent{sight.packet.header.GetSource(),
                          sight.packet.header.GetDestination(),
                          segment.sourcePort,
                          segment.destinationPort};
    const Connection received{sent.server, sent.client, sent.serverPort, sent.clientPort};
    if (segment.Has(tcp::SYN) && !segment.Has(tcp::ACK))
    {
        return Learn(sent, sight.direction, segment.sequence + 1);
    }
    if (const auto flow = m_flows.find(sent); flow != m_flows.end())
    {
        return flow;
    }
    if (const auto flow = m_flows.find(received); flow != m_flows.end())
    {
        fromClient = false;
        return flow;
    }
    if (m_config.needsSyn || segment.payload.size == 0 || sent.serverPort > sent.clientPort)
    {
        return m_flows.end();
    }
    return Learn(sent, sight.direction, segment.sequence);
}

Injector::Flows::iterator
Injector::Learn(const Connection& connection, path::Direction direction, std::uint32_t next)
{
    const auto [slot, fresh] =
        m_flows.insert_or_assign(connection, Flow{CommandWatcher(next), direction});
    if (fresh)
    {
        m_order.push_back(connection);
    }
    while (m_flows.size() > MAX_FLOWS)
    {
        m_flows.erase(m_order.front());
        m_order.pop_front();
    }
    return slot;
}

void
Injector::Forget(Flows::iterator flow)
{
    m_flows.erase(flow);
    while (!m_order.empty() && m_flows.count(m_order.front()) == 0)
    {
        m_order.pop_front();
    }
}

Trigger
Injector::TriggerOf(const Flow& flow, const Sight& sight) const
{
    const TcpSegment& segment = sight.segment;
    const std::uint32_t end = segment.sequence + segment.SequenceLength();
    const std::uint32_t acknowledged = segment.Has(tcp::ACK) ? segment.acknowledgment : 0;
    const bool fromClient = sight.direction == flow.fromClient;
    return {fromClient ? end : acknowledged,
            fromClient ? acknowledged : end,
            sight.packet.header.GetTtl(),
            sight.packet.header.GetIdentification(),
            segment.window,
            flow.clientTtl,
            flow.serverTtl,
            flow.clientLabel,
            flow.serverLabel};
}

void
Injector::PassClient(Flows::iterator flow, const Sight& sight)
{
    const TcpSegment& segment = sight.segment;
    const bool opens = segment.Has(tcp::SYN);
    const std::uint64_t before = m_matches;
    if (opens && m_config.trigger == TriggerKind::Syn)
    {
        Fire(flow, TriggerOf(flow->second, sight), "SYN");
    }
    else if (m_config.trigger == TriggerKind::Segment && MatchesSegment(segment))
    {
        Fire(flow, TriggerOf(flow->second, sight), "segment");
    }
    else if (!opens)
    {
        flow->second.stream.Pass(segment,
                                 [&](std::string_view line, std::uint32_t end)
                                 {
                                     if (Matches(line))
                                     {
                                         Trigger trigger = TriggerOf(flow->second, sight);
                                         trigger.clientNext = end;
                                         Fire(flow, trigger, std::string(line));
                                     }
                                 });
    }
    if (m_matches == before && (opens || segment.payload.size > 0) && IsBlocked(flow->first))
    {
        const auto volley = std::make_shared<Volley>();
        ++m_residuals;
        *volley = {flow->first,
                   flow->second.fromClient,
                   TriggerOf(flow->second, sight),
                   "residual",
                   m_residuals,
                   {}};
        Schedule(volley, m_config.residualVolley, m_draws("residual-jitter", m_residuals));
    }
    if (segment.Has(tcp::FIN) || segment.Has(tcp::RST))
    {
        Forget(flow);
    }
}

void
Injector::PassServer(Flows::iterator flow, const Sight& sight)
{
    if (m_config.trigger == TriggerKind::SynAck && sight.segment.Has(tcp::SYN))
    {
        Fire(flow, TriggerOf(flow->second, sight), "SYN-ACK");
    }
    else if (m_config.trigger == TriggerKind::Segment && MatchesSegment(sight.segment))
    {
        Fire(flow, TriggerOf(flow->second, sight), "segment");
    }
}

bool
Injector::Matches(std::string_view line) const
{
    return (m_config.trigger == TriggerKind::Line ||
            (m_config.trigger == TriggerKind::Command &&
             EqualIgnoringCase(line.substr(0, line.find(' ')), m_config.command))) &&
           ContainsIgnoringCase(line, m_config.pattern);
}

bool
Injector::MatchesSegment(const TcpSegment& segment) const
{
    return segment.payload.size > 0 &&
           ContainsIgnoringCase(segment.payload.Text(), m_config.pattern);
}

Injector::BlockKey
Injector::BlockOf(const Connection& connection) const
{
    const ResidualScope scope = m_config.residualScope;
    return {connection.client,
            connection.server,
            scope == ResidualScope::Hosts ? std::uint16_t{0} : connection.serverPort,
            scope == ResidualScope::Connection ? connection.clientPort : std::uint16_t{0}};
}

bool
Injector::IsBlocked(const Connection& connection)
{
    const auto block = m_blocked.find(BlockOf(connection));
    if (block == m_blocked.end())
    {
        return false;
    }
    if (block->second > path::NowNs())
    {
        return true;
    }
    m_blocked.erase(block);
    return false;
}

void
Injector::Fire(Flows::const_iterator flow, const Trigger& trigger, std::string text)
{
    ++m_matches;
    if (m_draws("miss", m_matches).Chance(m_config.missPerMillion))
    {
        return;
    }
    if (m_config.residualTime.count() > 0)
    {
        for (auto block = m_blocked.begin();
             m_blocked.size() >= MAX_FLOWS && block != m_blocked.end();)
        {
            block = block->second <= path::NowNs() || std::next(block) == m_blocked.end()
                        ? m_blocked.erase(block)
                        : std::next(block);
        }
        m_blocked[BlockOf(flow->first)] = path::NowNs() + m_config.residualTime.count();
    }
    const auto volley = std::make_shared<Volley>();
    *volley = {flow->first, flow->second.fromClient, trigger, std::move(text), m_matches, {}};
    Schedule(volley, m_config.volley, m_draws("jitter", m_matches));
}

void
Injector::Schedule(const std::shared_ptr<Volley>& volley,
                   const std::vector<ForgedPacketConfig>& packets,
                   Draw jitter)
{
    const std::int64_t delay =
        m_config.processingDelay.count() + jitter.Between(0, m_config.processingJitter.count());
    for (const ForgedPacketConfig& config : packets)
    {
        for (std::uint32_t copy = 0; copy < config.copies; ++copy)
        {
            ns3::Simulator::Schedule(
                ns3::NanoSeconds(delay + config.after.count() + copy * config.spacing.count()),
                [this, volley, &config, copy] { Send(*volley, config, copy); });
        }
    }
}

void
Injector::Send(Volley& volley, const ForgedPacketConfig& config, std::uint32_t copy)
{
    const bool toClient = config.toward == ForgedToward::Client;
    const Connection& ends = volley.connection;
    ++m_forged;
    ForgedPacket forged = Forge(config, volley.trigger, volley.number, copy, m_draws, m_forged);
    forged.segment.sourcePort = toClient ? ends.serverPort : ends.clientPort;
    forged.segment.destinationPort = toClient ? ends.clientPort : ends.serverPort;

    const auto [cause, isFirst] = volley.causes.try_emplace(ClassOf(config));
    if (isFirst)
    {
        cause->second = m_ledger.NewCause();
    }
    const provenance::Origin origin = m_ledger.Born(m_actor, cause->second, true);
    path::WirePacket packet = path::PacketOf(forged.segment,
                                             {},
                                             toClient ? ends.server : ends.client,
                                             toClient ? ends.client : ends.server);
    packet.payload->AddPacketTag(provenance::OriginTag(origin));
    packet.header.SetTtl(forged.ttl);
    if (packet.header.IsIpv6())
    {
        packet.header.SetFlowLabel(forged.flowLabel);
    }
    else
    {
        packet.header.SetIdentification(forged.ipId);
        config.dontFragment ? packet.header.SetDontFragment() : packet.header.SetMayFragment();
    }
    if (isFirst)
    {
        Record(volley, config, forged, origin);
    }
    const bool outbound = (volley.fromClient == path::Direction::Outbound) != toClient;
    m_path.InsertAt(m_config.atHop,
                    outbound ? path::Direction::Outbound : path::Direction::Inbound,
                    packet);
}

void
Injector::Record(const Volley& volley,
                 const ForgedPacketConfig& config,
                 const ForgedPacket& forged,
                 const provenance::Origin& origin)
{
    const Connection& ends = volley.connection;
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = ClassOf(config);
    action.cause = origin.cause;
    action.actor = m_actor;
    action.did = TruthEvent::Forged;
    const auto [field, value] = ends.client.IsIpv6()
                                    ? std::pair("flow-label", forged.flowLabel)
                                    : std::pair("ip-id", std::uint32_t{forged.ipId});
    action.params = {{"packet", std::to_string(origin.serial)},
                     {"hop", std::to_string(m_config.atHop)},
                     {"client", EndpointText(ends.client, ends.clientPort)},
                     {"server", EndpointText(ends.server, ends.serverPort)},
                     {"trigger", volley.text},
                     {"payload", std::string(forged.segment.payload.Text())},
                     {"sequence", std::to_string(forged.segment.sequence)},
                     {"ttl", std::to_string(forged.ttl)},
                     {field, std::to_string(value)},
                     {"window", std::to_string(forged.segment.window)}};
    if (action.classLabel != classes::FORGED_REPLY)
    {
        action.params.emplace_back("kind", NameOf(config.kind));
        action.params.emplace_back("toward", NameOf(config.toward));
    }
    m_ledger.Record(action);
}

} // namespace bouncelab::middlebox
