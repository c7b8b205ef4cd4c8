#include "models/host/harvester.h"

#include <utility>

namespace bouncelab::host
{

Harvester::Harvester(Host& host,
                     const std::string& name,
                     Prober::Peer peer,
                     const probe::HarvesterConfig& config,
                     std::uint64_t seed,
                     Handlers handlers)
    : m_handlers(std::move(handlers))
    , m_harvester(config, *this, RandomStream(seed, host.Name() + "/" + name + "/harvester"))
    , m_prober(host, peer, m_harvester, m_handlers.onConnection)
{
}

void
Harvester::OnGuess(Nanoseconds time,
                   std::string_view address,
                   std::uint32_t code,
                   Nanoseconds waited)
{
    if (m_handlers.onGuess)
    {
        m_handlers.onGuess(time, address, code, waited);
    }
}

void
Harvester::OnFound(Nanoseconds time, std::string_view address)
{
    if (m_handlers.onFound)
    {
        m_handlers.onFound(time, address);
    }
}

void
Harvester::OnDone(Nanoseconds time, const probe::HarvestReport& report)
{
    if (m_handlers.onDone)
    {
        m_handlers.onDone(time, report);
    }
}

} // namespace bouncelab::host
