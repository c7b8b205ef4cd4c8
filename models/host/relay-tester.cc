#include "models/host/relay-tester.h"

#include <utility>

namespace bouncelab::host
{

RelayTester::RelayTester(Host& host,
                         const std::string& name,
                         Prober::Peer peer,
                         const probe::RelayTesterConfig& config,
                         const HostClock& clock,
                         std::uint64_t seed,
                         Handlers handlers)
    : m_handlers(std::move(handlers))
    , m_tester(config,
               peer.address,
               Nanoseconds(clock.Read(0)),
               *this,
               RandomStream(seed, host.Name() + "/" + name + "/relay-tester"))
    , m_prober(host, peer, m_tester, m_handlers.onConnection)
{
}

void
RelayTester::OnTranscript(Nanoseconds time, std::string_view line)
{
    if (m_handlers.onTranscript)
    {
        m_handlers.onTranscript(time, line);
    }
}

void
RelayTester::OnTest(const probe::RelayTestResult& result)
{
    if (m_handlers.onTest)
    {
        m_handlers.onTest(result);
    }
}

void
RelayTester::OnDone(Nanoseconds time, const probe::RelaySummary& summary)
{
    if (m_handlers.onDone)
    {
        m_handlers.onDone(time, summary);
    }
}

} // namespace bouncelab::host
