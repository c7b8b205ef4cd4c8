#include "lab/world/program.h"

#include "formats/endpoint.h"
#include "formats/text.h"
#include "models/host/path-probing.h"
#include "models/host/prober.h"
#include "models/probe/harvester.h"
#include "models/probe/relay-tester.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::world
{

namespace
{

/// What a probe signs.
class ProbeRecorder
{
  public:
    using Params = std::vector<std::pair<std::string, std::string>>;

    ProbeRecorder(host::Host& host, const char* classLabel, provenance::CauseId cause)
        : m_host(host)
        , m_classLabel(classLabel)
        , m_cause(cause)
    {
    }

    void Write(const char* kind, TruthEvent did, Params params) const
    {
        provenance::Action action;
        action.time = SimNow();
        action.kind = kind;
        action.classLabel = m_classLabel;
        action.cause = m_cause;
        action.actor = m_host.Actor();
        action.did = did;
        action.params = std::move(params);
        m_host.Ledger().Record(action);
    }

    /// Runs the campaign at its place, and signs each of its connections.
    std::unique_ptr<host::Prober> Start(const scenario::ProbePlace& place,
                                        probe::Campaign& campaign) const
    {
        auto prober = std::make_unique<host::Prober>(
            m_host,
            host::Prober::Target{place.target, place.port},
            campaign,
            [this](std::uint32_t, const host::FlowKey& key)
            {
                Write("flow",
                      TruthEvent::Connected,
                      {{"client", EndpointText(m_host.Address(), key.localPort)},
                       {"server", EndpointText(key.remoteAddress, key.remotePort)}});
            });
        prober->StartAt(place.at);
        return prober;
    }

  private:
    host::Host& m_host;
    const char* m_classLabel;
    provenance::CauseId m_cause;
};

class RunningRelayTester final : public Program,
                                 private probe::RelayTestObserver
{
  public:
    RunningRelayTester(const std::string& name,
                       const scenario::RelayTesterAtHost& config,
                       host::Host& host,
                       const host::EventStream& events)
        : m_name(name)
        , m_host(host)
        , m_events(events)
        , m_signature(host, "relay.test", 0)
        , m_tester(config.tester,
                   config.place.target,
                   host.Clock().Read({}),
                   *this,
                   host.Draws(name + "/relay-tester"))
        , m_prober(m_signature.Start(config.place, m_tester))
    {
    }

  private:
    void OnTranscript(Nanoseconds time, std::string_view line) override
    {
        const host::TranscriptEvent event{m_name, line};
        m_events.Publish({m_host.Name(), SimTime(time), nullptr, nullptr, &event});
    }

    void OnTest(const probe::RelayTestResult& result) override
    {
        m_signature.Write("event",
                          TruthEvent::Tested,
                          {{"test", std::string(result.test->id)},
                           {"number", std::to_string(result.number)},
                           {"documented", std::to_string(result.test->documented)},
                           {"nmap", std::to_string(result.test->nmap)},
                           {"sender", result.sender},
                           {"recipient", result.recipient},
                           {"verdict", std::string(probe::NameOfRelayVerdict(result.verdict))},
                           {"mail_reply", OneLine(result.mailReply)},
                           {"rcpt_reply", OneLine(result.rcptReply)},
                           {"message_reply", OneLine(result.messageReply)},
                           {"message_id", result.messageId}});
    }

    void OnDone(Nanoseconds, const probe::RelaySummary& summary) override
    {
        m_signature.Write("event",
                          TruthEvent::Judged,
                          {{"tests", std::to_string(summary.tests)},
                           {"accepted", std::to_string(summary.accepted)},
                           {"says_open", summary.LooksOpen() ? "yes" : "no"}});
    }

    std::string m_name;
    host::Host& m_host;
    const host::EventStream& m_events;
    ProbeRecorder m_signature;
    probe::RelayTester m_tester;
    std::unique_ptr<host::Prober> m_prober;
};

class RunningHarvester final : public Program,
                               private probe::HarvestObserver
{
  public:
    RunningHarvester(const std::string& name,
                     const scenario::HarvesterAtHost& config,
                     host::Host& host)
        : m_signature(host, "harvest.probe", host.Ledger().NewCause())
        , m_harvester(config.harvester, *this, host.Draws(name + "/harvester"))
        , m_prober(m_signature.Start(config.place, m_harvester))
    {
    }

  private:
    void OnFound(Nanoseconds, std::string_view address) override
    {
        m_signature.Write("event", TruthEvent::Found, {{"recipient", std::string(address)}});
    }

    void OnDone(Nanoseconds, const probe::HarvestReport& report) override
    {
        m_signature.Write("event",
                          TruthEvent::Ended,
                          {{"end", std::string(probe::NameOfHarvestEnd(report.end))},
                           {"guesses", std::to_string(report.guesses)},
                           {"found", std::to_string(report.found.size())}});
    }

    ProbeRecorder m_signature;
    probe::Harvester m_harvester;
    std::unique_ptr<host::Prober> m_prober;
};

class RunningPathProber final : public Program
{
  public:
    RunningPathProber(const std::string& name,
                      const scenario::PathProberAtHost& config,
                      host::Host& host,
                      const host::EventStream& events)
        : m_probing(host,
                    name,
                    config.place.target,
                    config.place.port,
                    config.prober,
                    [name, &host, &events](const probe::PathMeasurement& measurement)
                    {
                        const host::PathMeasuredEvent event{name, measurement};
                        events.Publish({host.Name(), SimNow(), nullptr, nullptr, &event});
                    })
    {
        m_probing.StartAt(config.place.at);
    }

  private:
    host::PathProbing m_probing;
};

} // namespace

std::unique_ptr<Program>
Build(const std::string& name,
      const scenario::RelayTesterAtHost& config,
      const ProgramContext& context)
{
    host::Host* host = context.network.SimulatedHost(config.place.host);
    return host ? std::make_unique<RunningRelayTester>(name, config, *host, context.events)
                : nullptr;
}

std::unique_ptr<Program>
Build(const std::string& name,
      const scenario::HarvesterAtHost& config,
      const ProgramContext& context)
{
    host::Host* host = context.network.SimulatedHost(config.place.host);
    return host ? std::make_unique<RunningHarvester>(name, config, *host) : nullptr;
}

std::unique_ptr<Program>
Build(const std::string& name,
      const scenario::PathProberAtHost& config,
      const ProgramContext& context)
{
    host::Host* host = context.network.SimulatedHost(config.place.host);
    return host ? std::make_unique<RunningPathProber>(name, config, *host, context.events)
                : nullptr;
}

} // namespace bouncelab::world
