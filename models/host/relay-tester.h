#ifndef BOUNCELAB_MODELS_HOST_RELAY_TESTER_H
#define BOUNCELAB_MODELS_HOST_RELAY_TESTER_H

#include "formats/clock.h"
#include "models/host/prober.h"
#include "models/probe/relay-tester.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bouncelab::host
{

/// A relay tester at work on a host. The mail that it sends to its foreign domain arrives, if it
/// does, at whatever server that domain has: that is the egress verdict, and not this program's.
class RelayTester : private probe::RelayObserver
{
  public:
    /// Who hears what happens; each may be empty.
    struct Handlers
    {
        std::function<void(Nanoseconds, std::string_view)>
            onTranscript; //!< A line without its end.
        std::function<void(const probe::RelayTestResult&)> onTest;
        std::function<void(Nanoseconds, const probe::RelaySummary&)> onDone;
        Prober::ConnectionHandler onConnection;
    };

    /**
     * \pre the config is without fault (probe::CheckRelayTester). The host has to outlive the
     * tester. \param name of the program, unique on the host; names its draws \param clock of the
     * host; copied
     */
    RelayTester(Host& host,
                const std::string& name,
                Prober::Peer peer,
                const probe::RelayTesterConfig& config,
                const HostClock& clock,
                std::uint64_t seed,
                Handlers handlers);

    void StartAt(Nanoseconds time) { m_prober.StartAt(time); } //!< Simulated time.

    const std::vector<probe::RelayTestResult>& Results() const { return m_tester.Results(); }

    bool Over() const { return m_tester.Over(); }

  private:
    void OnTranscript(Nanoseconds time, std::string_view line) override;
    void OnTest(const probe::RelayTestResult& result) override;
    void OnDone(Nanoseconds time, const probe::RelaySummary& summary) override;

    Handlers m_handlers;
    probe::RelayTester m_tester;
    Prober m_prober;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_RELAY_TESTER_H
