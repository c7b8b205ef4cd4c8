#include "tests/live/live-program.h"

#include "lab/live/live-run.h"

#include <cstdio>
#include <cstdlib>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

constexpr int SKIPPED = 77;

} // namespace

void
SkipWithoutRights()
{
    if (const std::string why = WhyNoLiveRuns(); !why.empty())
    {
        std::printf("skipped: %s\n", why.c_str());
        std::exit(SKIPPED);
    }
}

cli::ChildEnd
Live(const fs::path& folder, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), "live");
    return cli::Bouncelab(folder, arguments);
}

std::string
NamespaceOf(pid_t process, const std::string& kind)
{
    std::error_code error;
    return fs::read_symlink(cli::ProcOf(process) / "ns" / kind, error).string();
}

std::set<pid_t>
ProcessesIn(const std::string& space, const std::string& kind)
{
    std::set<pid_t> found;
    for (const pid_t process : cli::Processes())
    {
        if (NamespaceOf(process, kind) == space)
        {
            found.insert(process);
        }
    }
    return found;
}

} // namespace bouncelab::live
