#include "lab/live/running-program.h"

#include "lab/live/machine-facts.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <signal.h>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

constexpr std::chrono::seconds READY_WITHIN{30};
constexpr std::chrono::seconds COLLECT_WITHIN{20};
constexpr std::size_t TAIL_BYTES = 2000;
constexpr std::size_t TAIL_LINES = 10;

std::vector<std::string>
EnvironmentOf(const scenario::Scenario& scenario,
              const Replacement& replacement,
              const NetworkSetup& network)
{
    const char* path = std::getenv("PATH");
    const std::string share = SHARED_FOLDER;
    std::vector<std::string> environment{
        std::string("PATH=") +
            (path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        "HOME=/root",
        "LANG=C.UTF-8",
        "TZ=UTC",
        "BOUNCELAB_NODE=" + replacement.node,
        "BOUNCELAB_ADDRESS=" + network.address.ToString(),
        "BOUNCELAB_HOSTNAME=" + scenario.hosts.at(replacement.node).hostname,
        "BOUNCELAB_GATEWAY=" + network.gateway.ToString(),
        "BOUNCELAB_WORK=" + share,
        "BOUNCELAB_SPEC=" + share + "/spec.json",
        "BOUNCELAB_MAIL=" + share + "/mail"};
    if (!replacement.peer.empty())
    {
        environment.push_back("BOUNCELAB_PEER=" + replacement.peer.string());
    }
    return environment;
}

/// Regular files and folders below a folder; what else a program may have left is not for keeping.
void
CopyFiles(const fs::path& from, const fs::path& to)
{
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(from))
    {
        const fs::path target = to / entry.path().filename();
        if (entry.is_symlink())
        {
            continue;
        }
        if (entry.is_directory())
        {
            CopyFiles(entry.path(), target);
        }
        else if (entry.is_regular_file())
        {
            fs::copy_file(entry.path(), target, fs::copy_options::overwrite_existing);
        }
    }
}

} // namespace

RunningProgram::RunningProgram(const scenario::Scenario& scenario,
                               const Replacement& replacement,
                               const fs::path& place)
    : m_replacement(replacement)
    , m_network(NetworkOf(scenario, replacement.node))
    , m_shared(place / "shared")
{
    fs::create_directories(m_shared / "out");
    fs::create_directories(MailFolder());
    std::ofstream(m_shared / "spec.json")
        << MachineFacts(scenario, replacement.node).dump(2) << '\n';
    m_sandbox =
        std::make_unique<Sandbox>(SandboxSetup{m_network,
                                               TextsOf(scenario, replacement.node),
                                               place / "layers",
                                               m_shared,
                                               EnvironmentOf(scenario, replacement, m_network)});
}

void
RunningProgram::Start()
{
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + READY_WITHIN;
    m_sandbox->Start(m_replacement.command, m_replacement.readiness);
    SandboxStatus status = m_sandbox->Wait(std::chrono::milliseconds(0));
    while (!status.isReady && !status.ended && Clock::now() < deadline)
    {
        status = m_sandbox->Wait(
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()));
    }
    if (status.isReady || (status.ended == 0 && m_replacement.readiness == Readiness::Assumed))
    {
        return;
    }
    const std::string what =
        status.ended ? fmt::format("ended with status {} before it was ready", *status.ended)
                     : fmt::format("was not ready after {} s", READY_WITHIN.count());
    throw LiveError(fmt::format("{} at {} {}{}",
                                m_replacement.program,
                                m_replacement.node,
                                what,
                                OutputTail()));
}

std::optional<int>
RunningProgram::Ended()
{
    return m_sandbox->Wait(std::chrono::milliseconds(0)).ended;
}

bool
RunningProgram::Collect(const fs::path& to)
{
    bool isWell = true;
    const fs::path collect = m_replacement.peer / "collect";
    if (!m_replacement.peer.empty() && fs::exists(collect))
    {
        isWell = m_sandbox->RunBeside(ShellCommand{Quoted(collect.string()), m_replacement.peer},
                                      COLLECT_WITHIN);
    }
    CopyFiles(m_shared / "out", to);
    return isWell;
}

std::string
RunningProgram::OutputTail() const
{
    std::ifstream file(m_shared / "out" / "output.log", std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    if (text.size() > TAIL_BYTES)
    {
        text.erase(0, text.size() - TAIL_BYTES);
    }
    while (!text.empty() && text.back() == '\n')
    {
        text.pop_back();
    }
    std::size_t start = text.size();
    for (std::size_t line = 0; line < TAIL_LINES && start != std::string::npos && start > 0; ++line)
    {
        start = text.rfind('\n', start - 1);
    }
    if (start != std::string::npos && start > 0)
    {
        text.erase(0, start + 1);
    }
    return text.empty() ? "; it wrote nothing" : "; it wrote:\n" + text;
}

} // namespace bouncelab::live
