#include "lab/live/live-run.h"

#include "lab/live/machine-facts.h"
#include "lab/live/running-program.h"
#include "lab/run/manifest.h"
#include "lab/run/run-recorder.h"
#include "lab/scenario/load.h"
#include "lab/world/world.h"
#include "models/host/event-stream.h"
#include "models/provenance/sim-now.h"
#include "models/tls/gnutls-engine.h"

#include <ns3/config.h>
#include <ns3/global-value.h>
#include <ns3/simulator.h>
#include <ns3/string.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <memory>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

constexpr std::int64_t TICK_NS = 1000000000;
/// How often a run looks whether its programs have ended.
constexpr std::int64_t LOOK_NS = 100000000;

/// What a program is handed, and who hears of it.
class ObservedEndpoint : public LiveEndpoint
{
  public:
    ObservedEndpoint(RunningProgram& program, provenance::Ledger& ledger, LiveMessages& messages)
        : LiveEndpoint(program.What().node,
                       program.TakeTap(),
                       program.Network(),
                       ledger,
                       MailDrop(program.MailFolder()))
        , m_node(program.What().node)
        , m_messages(messages)
    {
    }

    void Submit(const mail::Submission& submission) override
    {
        m_messages.OnSubmitted(m_node, SimNow(), submission);
        LiveEndpoint::Submit(submission);
    }

  private:
    std::string m_node;
    LiveMessages& m_messages;
};

std::string
FirstLineOf(const fs::path& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// One live run, in the order in which things have to be done.
class LiveRun
{
  public:
    LiveRun(LivePlan& plan, const std::function<void(const LiveProgress&)>& onProgress)
        : m_plan(plan)
        , m_onProgress(onProgress)
        , m_scenario(scenario::ScenarioFile::Load(plan.spec.scenarioFile)
                         .Resolve(plan.spec.variant,
                                  scenario::PersonaLibrary(plan.spec.personas),
                                  plan.spec.overrides))
    {
        CheckReplacements(m_scenario, plan.replacements);
        m_scenario.duration = plan.duration.value_or(m_scenario.duration);
    }

    LiveReport Go();

  private:
    void StartPrograms();
    LiveMessages NewMessages() const;
    void Simulate();
    void Tick();
    void Look();
    LiveProgress Progress() const;
    void Collect();

    LivePlan& m_plan;
    const std::function<void(const LiveProgress&)>& m_onProgress;
    scenario::Scenario m_scenario;
    std::vector<std::unique_ptr<RunningProgram>> m_programs;
    std::vector<std::unique_ptr<ObservedEndpoint>> m_ends;
    std::unique_ptr<LiveMessages> m_messages;
    LiveReport m_report;
};

void
LiveRun::StartPrograms()
{
    for (const Replacement& replacement : m_plan.replacements)
    {
        m_plan.spec.live[replacement.node] = replacement.program;
        m_programs.push_back(
            std::make_unique<RunningProgram>(m_scenario,
                                             replacement,
                                             fs::path(SHARED_FOLDER) / replacement.node));
    }
    // Those that begin to work at once come last.
    for (const Readiness readiness : {Readiness::Said, Readiness::Assumed})
    {
        for (const auto& program : m_programs)
        {
            if (program->What().readiness == readiness)
            {
                program->Start();
            }
        }
    }
}

LiveMessages
LiveRun::NewMessages() const
{
    std::set<std::string> nodes;
    std::set<std::string> domains;
    for (const Replacement& replacement : m_plan.replacements)
    {
        nodes.insert(replacement.node);
        const auto facts = MachineFacts(m_scenario, replacement.node);
        for (const auto& domain : facts.at("localDomains"))
        {
            domains.insert(domain.get<std::string>());
        }
    }
    return LiveMessages(std::move(nodes), std::move(domains));
}

LiveProgress
LiveRun::Progress() const
{
    LiveProgress progress;
    progress.nowNs = ns3::Simulator::Now().GetNanoSeconds();
    progress.durationNs = m_scenario.duration.count();
    for (const auto& end : m_ends)
    {
        progress.packets += end->Counts().in + end->Counts().out;
    }
    return progress;
}

void
LiveRun::Tick()
{
    m_onProgress(Progress());
    ns3::Simulator::Schedule(ns3::NanoSeconds(TICK_NS), [this] { Tick(); });
}

void
LiveRun::Look()
{
    bool allEnded = true;
    for (const auto& program : m_programs)
    {
        allEnded = program->Ended().has_value() && allEnded;
    }
    if (allEnded && m_plan.untilExit)
    {
        ns3::Simulator::Stop();
        return;
    }
    ns3::Simulator::Schedule(ns3::NanoSeconds(LOOK_NS), [this] { Look(); });
}

void
LiveRun::Simulate()
{
    ns3::GlobalValue::Bind("SimulatorImplementationType",
                           ns3::StringValue("ns3::RealtimeSimulatorImpl"));
    run::RunRecorder recorder(m_plan.spec, m_scenario);
    recorder.OnOutcome([this](const std::string& host, const mail::MessageOutcome& outcome)
                       { m_messages->OnOutcome(host, outcome); });
    host::EventStream events;
    events.Subscribe(
        [this, &recorder](const host::Event& event)
        {
            if (const auto* message = event.As<smtp::MessageEvent>())
            {
                m_messages->OnAccepted(std::string(event.place), *message);
            }
            recorder.OnEvent(event);
        });
    provenance::Ledger ledger(&recorder);
    recorder.SetLedger(ledger);
    world::OutsideMachines outside;
    for (const auto& program : m_programs)
    {
        m_ends.push_back(std::make_unique<ObservedEndpoint>(*program, ledger, *m_messages));
        outside[program->What().node] = m_ends.back().get();
    }
    {
        world::World world(m_scenario, m_plan.spec.seed, ledger, events, outside);

        // Ends before the world does, however it does.
        struct Readers
        {
            const std::vector<std::unique_ptr<ObservedEndpoint>>& ends;

            ~Readers()
            {
                for (const auto& end : ends)
                {
                    end->Stop();
                }
            }
        };

        const Readers readers{m_ends};
        recorder.Attach(world);
        ns3::Simulator::Schedule(ns3::Time(0),
                                 [this]
                                 {
                                     for (const auto& end : m_ends)
                                     {
                                         end->Start();
                                     }
                                     Tick();
                                     Look();
                                 });
        world.Run();
        m_report.endNs = ns3::Simulator::Now().GetNanoSeconds();
    }
    recorder.Close();
}

void
LiveRun::Collect()
{
    for (std::size_t i = 0; i < m_programs.size(); ++i)
    {
        RunningProgram& program = *m_programs[i];
        const ObservedEndpoint& end = *m_ends[i];
        const fs::path folder = m_plan.spec.out / "live" / program.What().node;
        LiveMachine machine;
        machine.node = program.What().node;
        machine.program = program.What().program;
        machine.ended = program.Ended();
        machine.isCollected = program.Collect(folder);
        machine.version = FirstLineOf(folder / "version.txt");
        machine.packets = end.Counts();
        machine.connections = end.Connections();
        machine.overruns = end.Overruns();
        m_report.machines.push_back(machine);
        m_report.largestLagNs = std::max(m_report.largestLagNs, end.LargestLagNs());
        m_messages->ReadFolder(machine.node, folder);
    }
}

LiveReport
LiveRun::Go()
{
    tls::UseGnutls();
    EnterPrivatePlace();
    m_plan.spec.out = fs::path(PRIVATE_PLACE) / "bouncelab-run";
    m_messages = std::make_unique<LiveMessages>(NewMessages());
    StartPrograms();
    Simulate();
    Collect();
    run::WriteManifest(m_plan.spec, m_scenario);
    m_report.messages = m_messages->All();
    m_report.folder = m_plan.spec.out;
    return m_report;
}

} // namespace

std::string
WhyNoLiveRuns()
{
    const Descriptor tun(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!tun.IsOpen())
    {
        return fmt::format("live runs need /dev/net/tun: {}", std::strerror(errno));
    }
    const pid_t child = fork();
    if (child == 0)
    {
        _exit(unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID) == 0 ? 0 : errno);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
    {
        return "live runs need processes of their own";
    }
    if (const int error = WEXITSTATUS(status); error != 0)
    {
        return fmt::format("live runs need root (CAP_SYS_ADMIN and CAP_NET_ADMIN): {}",
                           std::strerror(error));
    }
    return {};
}

LiveReport
RunLive(LivePlan plan, const std::function<void(const LiveProgress&)>& onProgress)
{
    return LiveRun(plan, onProgress).Go();
}

} // namespace bouncelab::live
