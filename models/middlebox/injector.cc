#include "models/middlebox/injector.h"

#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

namespace bouncelab::middlebox
{

Injector::Injector(const std::string& name,
                   const InjectorConfig& config,
                   path::PathTap& path,
                   std::uint64_t seed,
                   provenance::Ledger& ledger,
                   WallTime start)
    : m_config(config)
    , m_draws(seed, name + "/injector")
    , m_forger(name, path, config.atHop, m_draws, ledger)
    , m_watcher(config.watch, start, m_draws)
    , m_blocks(config.residualScope)
{
    if (m_config.volley.empty())
    {
        m_config.volley.push_back(m_config.packet);
    }
    if (m_config.residualVolley.empty())
    {
        m_config.residualVolley = m_config.volley;
    }
    path.ObserveAt(m_config.atHop,
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
                                      site.Ledger(),
                                      site.Start());
}

void
Injector::Observe(path::Direction direction, const path::WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    const auto segment = path::ReadSegment(packet, octets);
    if (!segment || provenance::OriginOf(packet.payload).actor == m_forger.Actor())
    {
        return;
    }
    const Sight sight{direction, packet, *segment, octets};
    const FlowWatcher::Seen seen = m_watcher.Look(sight);
    if (!seen.flow)
    {
        return;
    }
    const bool matches = m_watcher.Match(
        seen,
        sight,
        [&](const Trigger& trigger, std::string text, std::uint64_t number)
        {
            if (m_config.residualTime.count() > 0)
            {
                const std::int64_t now = path::NowNs();
                m_blocks.Add(seen.flow->first, {now + m_config.residualTime.count()}, now);
            }
            Answer(seen,
                   trigger,
                   std::move(text),
                   number,
                   m_config.volley,
                   m_draws("jitter", number));
        });
    if (!matches && IsBlocked(seen, sight))
    {
        ++m_residuals;
        Answer(seen,
               FlowWatcher::TriggerOf(&seen.flow->second, true, sight),
               "residual",
               m_residuals,
               m_config.residualVolley,
               m_draws("residual-jitter", m_residuals));
    }
    m_watcher.Finish(seen, sight);
}

bool
Injector::IsBlocked(const FlowWatcher::Seen& seen, const Sight& sight)
{
    return seen.fromClient && (sight.segment.Has(tcp::SYN) || sight.segment.payload.size > 0) &&
           m_blocks.Find(seen.flow->first, path::NowNs());
}

void
Injector::Answer(const FlowWatcher::Seen& seen,
                 const Trigger& trigger,
                 std::string text,
                 std::uint64_t number,
                 const std::vector<ForgedPacketConfig>& packets,
                 Draw jitter)
{
    const Nanoseconds drawn(jitter.Between(0, m_config.processingJitter.count()));
    m_forger.Schedule(
        {seen.flow->first, seen.flow->second.fromClient, trigger, std::move(text), number},
        packets,
        m_config.processingDelay + drawn);
}

} // namespace bouncelab::middlebox
