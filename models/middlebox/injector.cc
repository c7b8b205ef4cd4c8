#include "models/middlebox/injector.h"

#include "formats/address.h"
#include "formats/endpoint.h"
#include "formats/text.h"
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
    const auto segment =
        direction == path::Direction::Outbound ? path::ReadSegment(packet, octets) : std::nullopt;
    if (!segment)
    {
        return;
    }
    PassOutbound(Connection{packet.header.GetSource().Get(),
                            packet.header.GetDestination().Get(),
                            segment->sourcePort,
                            segment->destinationPort},
                 *segment);
}

void
Injector::Learn(const Connection& connection, std::uint32_t next)
{
    const auto [slot, fresh] = m_flows.insert_or_assign(connection, CommandWatcher(next));
    if (fresh)
    {
        m_order.push_back(connection);
    }
    while (m_flows.size() > MAX_FLOWS)
    {
        m_flows.erase(m_order.front());
        m_order.pop_front();
    }
}

void
Injector::PassOutbound(const Connection& connection, const TcpSegment& segment)
{
    if (segment.Has(tcp::SYN))
    {
        Learn(connection, segment.sequence + 1);
        return;
    }
    const auto flow = m_flows.find(connection);
    if (flow == m_flows.end())
    {
        return;
    }
    flow->second.Pass(
        segment,
        [&](std::string_view line, std::uint32_t end)
        {
            if (!Matches(line))
            {
                return;
            }
            ++m_matches;
            if (m_draws("miss", m_matches).Chance(m_config.missPerMillion))
            {
                return;
            }
            const std::int64_t delay =
                m_config.processingDelay.count() +
                m_draws("jitter", m_matches).Between(0, m_config.processingJitter.count());
            const std::uint32_t sequence =
                segment.acknowledgment + static_cast<std::uint32_t>(m_config.sequenceOffset);
            ns3::Simulator::Schedule(ns3::NanoSeconds(delay),
                                     &Injector::Forge,
                                     this,
                                     connection,
                                     sequence,
                                     end,
                                     std::string(line));
        });
    if (segment.Has(tcp::FIN) || segment.Has(tcp::RST))
    {
        m_flows.erase(flow);
        while (!m_order.empty() && m_flows.count(m_order.front()) == 0)
        {
            m_order.pop_front();
        }
    }
}

bool
Injector::Matches(std::string_view line) const
{
    const std::string_view verb = line.substr(0, line.find(' '));
    return EqualIgnoringCase(verb, m_config.command) &&
           ContainsIgnoringCase(line, m_config.pattern);
}

void
Injector::Forge(const Connection& connection,
                std::uint32_t sequence,
                std::uint32_t acknowledgment,
                std::string trigger)
{
    TcpSegment forged;
    forged.sourcePort = connection.serverPort;
    forged.destinationPort = connection.clientPort;
    forged.sequence = sequence;
    forged.acknowledgment = acknowledgment;
    forged.flags = static_cast<std::uint8_t>(tcp::ACK | (m_config.push ? tcp::PSH : 0));
    forged.window = m_config.window;
    forged.payload = ViewOf(m_config.payload);

    const provenance::CauseId cause = m_ledger.NewCause();
    const provenance::Origin origin = m_ledger.Born(m_actor, cause, true);
    path::WirePacket packet =
        path::PacketOf(forged, {}, Ipv4{connection.server}, Ipv4{connection.client});
    packet.payload->AddPacketTag(provenance::OriginTag(origin));
    packet.header.SetTtl(m_config.ttl);
    packet.header.SetIdentification(m_config.ipId);
    if (m_config.dontFragment)
    {
        packet.header.SetDontFragment();
    }

    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = "forged.reply";
    action.cause = cause;
    action.actor = m_actor;
    action.did = TruthEvent::Forged;
    action.params = {{"packet", std::to_string(origin.serial)},
                     {"hop", std::to_string(m_config.atHop)},
                     {"client", EndpointText(Ipv4{connection.client}, connection.clientPort)},
                     {"server", EndpointText(Ipv4{connection.server}, connection.serverPort)},
                     {"trigger", std::move(trigger)},
                     {"payload", m_config.payload},
                     {"sequence", std::to_string(sequence)},
                     {"ttl", std::to_string(m_config.ttl)},
                     {"ip-id", std::to_string(m_config.ipId)},
                     {"window", std::to_string(m_config.window)}};
    m_ledger.Record(action);
    m_path.InsertAt(m_config.atHop, path::Direction::Inbound, packet);
}

} // namespace bouncelab::middlebox
