#include "models/middlebox/censor.h"

#include "formats/endpoint.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::size_t MAX_TURNS = 65536;

std::string
ClassOf(CensorAction action)
{
    switch (action)
    {
    case CensorAction::Hold:
        return "blocked.held";
    case CensorAction::Throttle:
        return "blocked.throttled";
    case CensorAction::Drop:
        break;
    }
    return "blocked.dropped";
}

} // namespace

Censor::Censor(const std::string& name,
               const CensorConfig& config,
               path::NetworkPath& path,
               std::uint64_t seed,
               provenance::Ledger& ledger,
               WallTime start)
    : m_config(config)
    , m_path(path)
    , m_ledger(ledger)
    , m_draws(seed, name + "/censor")
    , m_forger(name, path, config.atHop, m_draws, ledger)
    , m_watcher(config.watch, start, m_draws)
    , m_blocks(config.blockScope)
{
    path.GateAt(m_config.atHop,
                [this](path::Direction direction, const path::WirePacket& packet)
                { return Passes(direction, packet); });
}

std::unique_ptr<Middlebox>
Build(const std::string& name, const CensorConfig& config, BuildSite& site)
{
    return std::make_unique<Censor>(name,
                                    config,
                                    site.FindPath(config.path),
                                    site.Seed(),
                                    site.Ledger(),
                                    site.Start());
}

path::Direction
Censor::Passage::FromClient() const
{
    const bool outbound = (sight.direction == path::Direction::Outbound) == fromClient;
    return outbound ? path::Direction::Outbound : path::Direction::Inbound;
}

bool
Censor::Passes(path::Direction direction, const path::WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    const auto segment = path::ReadSegment(packet, octets);
    if (!segment)
    {
        return true;
    }
    const Sight sight{direction, packet, *segment, octets};
    const Connection sent = sight.Sent();
    for (const bool fromClient : {true, false})
    {
        const Connection connection = fromClient ? sent : sent.Reversed();
        BlockTable::Block* block = m_blocks.Find(connection, path::NowNs());
        if (!block)
        {
            continue;
        }
        if (block->passing > 0)
        {
            --block->passing;
            return true;
        }
        return !Concerns(fromClient) || Treat({sight, connection, fromClient}, *block);
    }
    const FlowWatcher::Seen seen = m_watcher.Look(sight);
    if (!seen.flow)
    {
        return true;
    }
    const bool passes = MeetsTrigger(sight, seen);
    m_watcher.Finish(seen, sight);
    return passes;
}

bool
Censor::MeetsTrigger(const Sight& sight, const FlowWatcher::Seen& seen)
{
    const Passage passage{sight, seen.flow->first, seen.fromClient};
    const bool keeps = !m_config.triggerPasses && m_config.action == CensorAction::Drop;
    bool isTrigger = false;
    BlockTable::Block block;
    m_watcher.Match(
        seen,
        sight,
        [&](Trigger trigger, const std::string& text, std::uint64_t number)
        {
            if (!isTrigger)
            {
                isTrigger = true;
                block = {path::NowNs() + m_config.blockTime.count(),
                         m_ledger.NewCause(),
                         m_config.passing};
                RecordBlock(passage.connection, text, block.cause);
            }
            if (keeps)
            {
                const std::uint32_t end = seen.fromClient ? trigger.clientNext : trigger.serverNext;
                (seen.fromClient ? trigger.clientKept : trigger.serverKept) =
                    end - sight.segment.sequence;
            }
            m_forger.Schedule({passage.connection, passage.FromClient(), trigger, text, number},
                              m_config.volley,
                              Delay("jitter", number));
        });
    if (!isTrigger)
    {
        return true;
    }
    if (m_config.blockTime.count() > 0)
    {
        m_blocks.Add(passage.connection, block, path::NowNs());
    }
    return m_config.triggerPasses || Treat(passage, block);
}

bool
Censor::Treat(const Passage& passage, const BlockTable::Block& block)
{
    switch (m_config.action)
    {
    case CensorAction::Hold:
        Hold(passage.sight, m_config.holdTime.count());
        return false;
    case CensorAction::Throttle:
        return Throttle(passage, block);
    case CensorAction::Drop:
        break;
    }
    Drop(passage, block);
    return false;
}

void
Censor::Hold(const Sight& sight, std::int64_t forNs)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(forNs),
                             [this, direction = sight.direction, packet = sight.packet]
                             { m_path.InsertAt(m_config.atHop, direction, packet); });
}

bool
Censor::Throttle(const Passage& passage, const BlockTable::Block& block)
{
    const auto timeOf = [this](std::uint64_t bytes) {
        return static_cast<std::int64_t>(bytes * 8 * NANOSECONDS_PER_SECOND /
                                         m_config.bitsPerSecond);
    };
    const std::int64_t now = path::NowNs();
    if (m_turns.size() >= MAX_TURNS)
    {
        for (auto turn = m_turns.begin(); turn != m_turns.end();)
        {
            turn = turn->second < now ? m_turns.erase(turn) : std::next(turn);
        }
    }
    std::int64_t& turn = m_turns[{passage.connection.Hash(), passage.fromClient}];
    const std::int64_t starts = std::max(turn, now - timeOf(m_config.burst));
    const std::int64_t waits = std::max<std::int64_t>(starts - now, 0);
    if (waits > timeOf(m_config.queue))
    {
        Drop(passage, block);
        return false;
    }
    const path::WirePacket& packet = passage.sight.packet;
    turn = starts + timeOf(packet.header.GetSerializedSize() + packet.payload->GetSize());
    if (waits > 0)
    {
        Hold(passage.sight, waits);
    }
    return waits == 0;
}

void
Censor::Drop(const Passage& passage, const BlockTable::Block& block)
{
    const provenance::Origin origin = provenance::OriginOf(passage.sight.packet.payload);
    ++m_dropped;
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = ClassOf(m_config.action);
    action.cause = block.cause;
    action.actor = m_forger.Actor();
    action.packet = origin.serial;
    action.displaced = true;
    action.did = TruthEvent::Dropped;
    const Connection& ends = passage.connection;
    action.params = {{"packet", std::to_string(origin.serial)},
                     {"client", EndpointText(ends.client, ends.clientPort)},
                     {"server", EndpointText(ends.server, ends.serverPort)},
                     {"of", passage.fromClient ? "client" : "server"}};
    m_ledger.Record(action);
    if (m_config.instead.empty())
    {
        return;
    }
    Trigger trigger = FlowWatcher::TriggerOf(nullptr, passage.fromClient, passage.sight);
    (passage.fromClient ? trigger.clientKept : trigger.serverKept) =
        passage.sight.segment.SequenceLength();
    m_forger.Schedule({ends, passage.FromClient(), trigger, "dropped packet", m_dropped},
                      m_config.instead,
                      Delay("instead-jitter", m_dropped));
}

bool
Censor::Concerns(bool fromClient) const
{
    return m_config.of == CensoredSide::Both || (m_config.of == CensoredSide::Client) == fromClient;
}

Nanoseconds
Censor::Delay(std::string_view purpose, std::uint64_t index) const
{
    const Nanoseconds drawn(m_draws(purpose, index).Between(0, m_config.processingJitter.count()));
    return m_config.processingDelay + drawn;
}

void
Censor::RecordBlock(const Connection& connection, const std::string& trigger, std::uint32_t cause)
{
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = ClassOf(m_config.action);
    action.cause = cause;
    action.actor = m_forger.Actor();
    action.did = TruthEvent::Blocked;
    action.params = {{"hop", std::to_string(m_config.atHop)},
                     {"client", EndpointText(connection.client, connection.clientPort)},
                     {"server", EndpointText(connection.server, connection.serverPort)},
                     {"trigger", trigger},
                     {"of", std::string(NameOf(m_config.of))}};
    m_ledger.Record(action);
}

} // namespace bouncelab::middlebox
