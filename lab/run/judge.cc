#include "lab/run/judge.h"

#include "formats/machine-error.h"
#include "lab/run/child-process.h"
#include "lab/run/fault.h"
#include "lab/run/opaque-folder.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

/// Starts a program in a folder, with an environment that tells nothing of this one.
/// \return what it printed
std::string
Call(const std::vector<std::string>& arguments, const fs::path& folder)
{
    ChildOptions options;
    options.folder = folder;
    options.environment.emplace();
    const ChildEnd end = RunChild(arguments, options);
    if (!end.started)
    {
        throw DetectorError(arguments[0] + ": cannot be started: " + end.error);
    }
    std::fputs(end.error.c_str(), stderr);
    if (end.timedOut)
    {
        throw DetectorError(arguments[0] + ": was stopped, it ran too long");
    }
    if (end.status == INPUT_OR_MACHINE)
    {
        // What a run has just written is no bad input.
        throw MachineError(arguments[0] + ": could not read what it was shown or not write");
    }
    if (end.status != 0)
    {
        constexpr int SIGNALS = 128;
        throw DetectorError(arguments[0] + ": ended with " +
                            (end.status > SIGNALS
                                 ? std::string("signal ") + strsignal(end.status - SIGNALS)
                                 : "status " + std::to_string(end.status)));
    }
    return end.output;
}

} // namespace

std::string
DetectorList(const fs::path& program)
{
    return Call({fs::absolute(program).string(), "--list", "--json"}, {});
}

void
Judge(const fs::path& run,
      const fs::path& program,
      const std::string& list,
      const fs::path& temporary)
{
    std::vector<fs::path> vantages;
    for (const auto& entry : fs::directory_iterator(run / "evidence"))
    {
        vantages.push_back(entry.path());
    }
    std::sort(vantages.begin(), vantages.end());
    for (const fs::path& vantage : vantages)
    {
        const OpaqueFolder folder(temporary, vantage);
        Call({fs::absolute(program).string(), "--split", "a", "e"}, folder.Path());
        for (const auto& entry : fs::directory_iterator(folder.Alerts()))
        {
            const fs::path to =
                run / "verdicts" / entry.path().stem() / (vantage.filename().string() + ".jsonl");
            fs::create_directories(to.parent_path());
            fs::copy_file(entry.path(), to);
        }
    }
    if (!list.empty())
    {
        const fs::path file = run / "verdicts" / "detectors.json";
        fs::create_directories(file.parent_path());
        std::ofstream out(file, std::ios::binary);
        out << list;
        out.close();
        if (!out)
        {
            throw MachineError::FromErrno("cannot write " + file.string());
        }
    }
}

} // namespace bouncelab::run
