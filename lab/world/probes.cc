#include "lab/world/probes.h"

#include "formats/endpoint.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::world
{

namespace
{

constexpr const char* RELAY_TEST = "relay.test";
constexpr const char* HARVEST = "harvest.probe";

std::vector<std::pair<std::string, std::string>>
ConnectionParams(const char* did, const host::FlowKey& key, Ipv4 own)
{
    return {{"did", did},
            {"client", EndpointText(own, key.localPort)},
            {"server", EndpointText(Ipv4{key.remoteAddress}, key.remotePort)}};
}

std::string
OneLine(std::string text)
{
    for (char& c : text)
    {
        c = c == '\n' ? ' ' : c;
    }
    return text;
}

} // namespace

void
Probes::Sign(const char* kind,
             const char* classLabel,
             provenance::CauseId cause,
             provenance::ActorId actor,
             Params params)
{
    provenance::Action action;
    action.timeNs = ns3::Simulator::Now().GetNanoSeconds();
    action.kind = kind;
    action.classLabel = classLabel;
    action.cause = cause;
    action.actor = actor;
    action.params = std::move(params);
    m_ledger.Record(action);
}

void
Probes::Add(const std::string& name,
            const spec::RelayTesterAtHost& config,
            host::Host& host,
            const HostClock& clock,
            std::uint64_t seed)
{
    host::RelayTester::Handlers handlers;
    const provenance::ActorId actor = host.Actor();
    handlers.onTranscript =
        [this, name, at = config.place.host](Nanoseconds time, std::string_view line)
    {
        const host::TranscriptEvent event{name, line};
        m_events.Publish({at, time, nullptr, nullptr, &event});
    };
    handlers.onConnection =
        [this, actor, own = host.Address()](std::uint32_t, const host::FlowKey& key)
    { Sign("flow", RELAY_TEST, 0, actor, ConnectionParams("connected", key, own)); };
    handlers.onTest = [this, actor](const probe::RelayTestResult& result)
    {
        Sign("event",
             RELAY_TEST,
             0,
             actor,
             {{"did", "tested"},
              {"test", std::string(result.test->id)},
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
    };
    handlers.onDone = [this, actor](Nanoseconds, const probe::RelaySummary& summary)
    {
        Sign("event",
             RELAY_TEST,
             0,
             actor,
             {{"did", "judged"},
              {"tests", std::to_string(summary.tests)},
              {"accepted", std::to_string(summary.accepted)},
              {"says_open", summary.SaysOpen() ? "yes" : "no"}});
    };
    m_testers.push_back(std::make_unique<host::RelayTester>(
        host,
        name,
        host::Prober::Peer{config.place.target, config.place.port},
        config.tester,
        clock,
        seed,
        std::move(handlers)));
    m_testers.back()->StartAt(config.place.at);
}

void
Probes::Add(const std::string& name,
            const spec::HarvesterAtHost& config,
            host::Host& host,
            std::uint64_t seed)
{
    host::Harvester::Handlers handlers;
    const provenance::ActorId actor = host.Actor();
    const provenance::CauseId cause = m_ledger.NewCause();
    handlers.onConnection =
        [this, actor, cause, own = host.Address()](std::uint32_t, const host::FlowKey& key)
    { Sign("flow", HARVEST, cause, actor, ConnectionParams("connected", key, own)); };
    handlers.onFound = [this, actor, cause](Nanoseconds, std::string_view address) {
        Sign("event",
             HARVEST,
             cause,
             actor,
             {{"did", "found"}, {"recipient", std::string(address)}});
    };
    handlers.onDone = [this, actor, cause](Nanoseconds, const probe::HarvestReport& report)
    {
        Sign("event",
             HARVEST,
             cause,
             actor,
             {{"did", "ended"},
              {"end", std::string(probe::NameOfHarvestEnd(report.end))},
              {"guesses", std::to_string(report.guesses)},
              {"found", std::to_string(report.found.size())}});
    };
    m_harvesters.push_back(std::make_unique<host::Harvester>(
        host,
        name,
        host::Prober::Peer{config.place.target, config.place.port},
        config.harvester,
        seed,
        std::move(handlers)));
    m_harvesters.back()->StartAt(config.place.at);
}

void
Probes::Clear()
{
    m_testers.clear();
    m_harvesters.clear();
}

} // namespace bouncelab::world
