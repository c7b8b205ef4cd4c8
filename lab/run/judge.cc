#include "lab/run/judge.h"

#include "lab/run/child-process.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

/// A folder with a name that says nothing, removed with everything in it.
class OpaqueFolder
{
  public:
    OpaqueFolder()
    {
        std::string pattern = (fs::temp_directory_path() / "XXXXXX").string();
        if (!mkdtemp(pattern.data()))
        {
            throw DetectorError("cannot make a temporary folder: " +
                                std::string(std::strerror(errno)));
        }
        m_path = pattern;
    }

    ~OpaqueFolder()
    {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }

    OpaqueFolder(const OpaqueFolder&) = delete;
    OpaqueFolder& operator=(const OpaqueFolder&) = delete;

    const fs::path& Path() const { return m_path; }

  private:
    fs::path m_path;
};

/// Starts a program in a folder, with an environment that tells nothing of this one.
void
Call(const std::vector<std::string>& arguments, const fs::path& folder)
{
    ChildOptions options;
    options.folder = folder;
    options.isBlind = true;
    const ChildEnd end = RunChild(arguments, options);
    std::fputs(end.error.c_str(), stderr);
    if (!end.started)
    {
        throw DetectorError(arguments[0] + ": cannot be started");
    }
    if (end.timedOut)
    {
        throw DetectorError(arguments[0] + ": was stopped, it ran too long");
    }
    if (end.status != 0)
    {
        constexpr int SIGNALS = 128;
        throw DetectorError(arguments[0] + ": ended with " +
                            (end.status > SIGNALS
                                 ? std::string("signal ") + strsignal(end.status - SIGNALS)
                                 : "status " + std::to_string(end.status)));
    }
}

} // namespace

std::string
DetectorList(const fs::path& program)
{
    ChildOptions options;
    options.isBlind = true;
    const ChildEnd end = RunChild({fs::absolute(program).string(), "--list", "--json"}, options);
    const bool speaks =
        end.started && !end.timedOut && end.status == 0 && end.output.substr(0, 1) == "[";
    return speaks ? end.output : std::string();
}

void
Judge(const fs::path& run, const fs::path& program, const std::string& list)
{
    std::vector<fs::path> vantages;
    for (const auto& entry : fs::directory_iterator(run / "evidence"))
    {
        vantages.push_back(entry.path());
    }
    std::sort(vantages.begin(), vantages.end());
    for (const fs::path& vantage : vantages)
    {
        const OpaqueFolder folder;
        const fs::path shown = folder.Path() / "e";
        const fs::path alerts = folder.Path() / "a";
        fs::copy(vantage, shown, fs::copy_options::recursive);
        fs::create_directory(alerts);
        Call({fs::absolute(program).string(), "--split", "a", "e"}, folder.Path());
        for (const auto& entry : fs::directory_iterator(alerts))
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
            throw std::runtime_error(file.string() + ": cannot be written");
        }
    }
}

} // namespace bouncelab::run
