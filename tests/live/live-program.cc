#include "tests/live/live-program.h"

#include "lab/live/live-run.h"
#include "tests/skip.h"

namespace bouncelab::live
{

namespace fs = std::filesystem;

boost::test_tools::assertion_result
LiveRunsArePossible(boost::unit_test::test_unit_id /* test */)
{
    return tests::UnlessMissing(WhyNoLiveRuns());
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
