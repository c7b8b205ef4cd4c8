#include "models/middlebox/forger.h"

#include "formats/endpoint.h"
#include "formats/vocabulary.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

namespace bouncelab::middlebox
{

namespace
{

std::vector<TcpOptionKind>
OptionsOf(const TcpSegment& segment)
{
    return segment.options.timestamp ? std::vector<TcpOptionKind>{TcpOptionKind::Nop,
                                                                  TcpOptionKind::Nop,
                                                                  TcpOptionKind::Timestamp}
                                     : std::vector<TcpOptionKind>{};
}

} // namespace

Forger::Forger(const std::string& name,
               path::PathTap& path,
               std::uint32_t hop,
               DrawKey draws,
               provenance::Ledger& ledger)
    : m_path(path)
    , m_hop(hop)
    , m_draws(draws)
    , m_ledger(ledger)
    , m_actor(ledger.RegisterActor(name))
{
}

void
Forger::Schedule(Volley volley, const std::vector<ForgedPacketConfig>& packets, Nanoseconds delay)
{
    const auto task = std::make_shared<Task>(Task{std::move(volley), {}});
    for (const ForgedPacketConfig& config : packets)
    {
        for (std::uint32_t copy = 0; copy < config.copies; ++copy)
        {
            ns3::Simulator::Schedule(
                ns3::NanoSeconds((delay + config.after).count() + copy * config.spacing.count()),
                [this, task, &config, copy] { Send(*task, config, copy); });
        }
    }
}

void
Forger::Send(Task& task, const ForgedPacketConfig& config, std::uint32_t copy)
{
    const Volley& volley = task.volley;
    const bool toClient = config.toward == ForgedToward::Client;
    const Connection& ends = volley.connection;
    ++m_forged;
    ForgedPacket forged = Forge(config, volley.trigger, volley.number, copy, m_draws, m_forged);
    forged.segment.sourcePort = toClient ? ends.serverPort : ends.clientPort;
    forged.segment.destinationPort = toClient ? ends.clientPort : ends.serverPort;

    const auto [cause, isFirst] = task.causes.try_emplace(ClassOf(config));
    if (isFirst)
    {
        cause->second = m_ledger.NewCause();
    }
    const provenance::Origin origin = m_ledger.Born(m_actor, cause->second, true);
    path::WirePacket packet = path::PacketOf(forged.segment,
                                             OptionsOf(forged.segment),
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
    m_path.InsertAt(m_hop, outbound ? path::Direction::Outbound : path::Direction::Inbound, packet);
}

void
Forger::Record(const Volley& volley,
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
                     {"hop", std::to_string(m_hop)},
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
