#ifndef BOUNCELAB_LAB_WORLD_PROBES_H
#define BOUNCELAB_LAB_WORLD_PROBES_H

#include "formats/clock.h"
#include "lab/spec/scenario.h"
#include "models/host/event-stream.h"
#include "models/host/harvester.h"
#include "models/host/relay-tester.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::world
{

/// The relay testers and harvesters of a run, and the truth about what they do (`relay.test`, which
/// harms nobody, and `harvest.probe`, a cause per harvester).
class Probes
{
  public:
    /// Both have to outlive this.
    Probes(const host::EventStream& events, provenance::Ledger& ledger)
        : m_events(events)
        , m_ledger(ledger)
    {
    }

    /// \param name of the program in the scenario; \param host that it runs on
    void Add(const std::string& name,
             const spec::RelayTesterAtHost& config,
             host::Host& host,
             const HostClock& clock,
             std::uint64_t seed);
    void Add(const std::string& name,
             const spec::HarvesterAtHost& config,
             host::Host& host,
             std::uint64_t seed);

    void Clear();

  private:
    using Params = std::vector<std::pair<std::string, std::string>>;

    void Sign(const char* kind,
              const char* classLabel,
              provenance::CauseId cause,
              provenance::ActorId actor,
              Params params);

    const host::EventStream& m_events;
    provenance::Ledger& m_ledger;
    std::vector<std::unique_ptr<host::RelayTester>> m_testers;
    std::vector<std::unique_ptr<host::Harvester>> m_harvesters;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_PROBES_H
