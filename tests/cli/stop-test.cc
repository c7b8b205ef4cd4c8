#include "lab/score/text-file.h"
#include "tests/cli/processes.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <thread>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::FilesBelow;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;

using Arguments = std::vector<std::string>;

const std::string KILL_POINT_LIBRARY = tests::BinaryDir().string() + "/bin/kill-point.so";

/// Whether every kill is tried that there is, as the nightly part does.
bool
IsWhole()
{
    return std::getenv("BOUNCELAB_ALL_KILLS") != nullptr;
}

const Arguments
    RUN{"run", "forged-reply/control", "--runs", IsWhole() ? "6" : "3", "--jobs", "2", "--quiet"};

/// How somebody ends a tool.
struct Ending
{
    int signal;
    bool toGroup = false;

    /// Whether the tool itself can see to what it leaves before it is gone.
    bool IsHeard() const { return signal != SIGKILL; }
};

constexpr Ending ENDINGS[]{{SIGINT},
                           {SIGINT, true},
                           {SIGTERM},
                           {SIGHUP},
                           {SIGKILL},
                           {SIGKILL, true}};

/// Whether a folder has an entry whose name begins so, and below that a path.
bool
Has(const fs::path& folder, const std::string& start, const fs::path& below = {})
{
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
    {
        if (entry.path().filename().string().rfind(start, 0) == 0 &&
            fs::exists(entry.path() / below, error))
        {
            return true;
        }
    }
    return false;
}

bool
IsNothingAtWork(const fs::path& scratch)
{
    return ProcessesAt(scratch).empty() && !Has(scratch / "results", ".staging-") &&
           (!fs::exists(scratch / "tmp") || fs::is_empty(scratch / "tmp"));
}

/// A moment in the life of a tool.
struct Moment
{
    std::function<bool()> hasCome;
    bool isAtWork = true; //!< Whether somebody is there by then who cleans up after it.
};

/// A tool that is ended at some moment, or has just ended by itself.
void
EndAt(const fs::path& scratch,
      const Arguments& arguments,
      const Ending& ending,
      const Moment& moment)
{
    Background tool(scratch, arguments);
    BOOST_TEST(Eventually([&] { return moment.hasCome() || tool.HasEnded(); }));
    const int status = tool.End(ending.signal, ending.toGroup);
    BOOST_TEST((WIFEXITED(status) || WTERMSIG(status) == ending.signal));
    if (ending.IsHeard() || WIFEXITED(status))
    {
        BOOST_TEST(IsNothingAtWork(scratch));
    }
    else if (moment.isAtWork)
    {
        BOOST_TEST(Eventually([&] { return IsNothingAtWork(scratch); }));
    }
    else
    {
        BOOST_TEST(Eventually([&] { return ProcessesAt(scratch).empty(); }));
    }
}

std::map<std::string, std::string>
Results(const fs::path& scratch)
{
    std::map<std::string, std::string> files;
    if (!fs::exists(scratch / "results"))
    {
        return files;
    }
    for (const std::string& file : FilesBelow(scratch / "results"))
    {
        if (!IsOfTheClock(file))
        {
            files[file] = ReadTextFile(scratch / "results" / file);
        }
    }
    return files;
}

/// What the whole call leaves where nothing was before.
const std::map<std::string, std::string>&
Expected()
{
    static const std::map<std::string, std::string> files = []
    {
        const Scratch scratch;
        BOOST_REQUIRE(Bouncelab(scratch.Path(), RUN).status <= 1);
        return Results(scratch.Path());
    }();
    return files;
}

BOOST_AUTO_TEST_SUITE(stop)

BOOST_AUTO_TEST_CASE(ARunThatIsEndedLeavesNothingAndTheNextOneWorks)
{
    BOOST_REQUIRE(Expected().size() > 40);
    for (const Ending& ending : ENDINGS)
    {
        const Scratch scratch;
        const fs::path place = scratch.Path();
        const Moment moments[]{
            {[] { return true; }, false},
            {[&] { return Has(place / "results", ".staging-"); }, false},
            {[&] { return Has(place / "results", ".staging-", "1/evidence"); }},
            {[&] { return ProcessesAt(place).size() > 5; }},
            {[&] { return fs::exists(place / "results/forged-reply/control/seed-1"); }}};
        for (const Moment& moment : moments)
        {
            BOOST_TEST_CONTEXT("signal " << ending.signal << " to "
                                         << (ending.toGroup ? "the group" : "the tool"))
            {
                EndAt(place, RUN, ending, moment);
            }
        }
        Background next(place, RUN);
        BOOST_TEST(Eventually([&] { return next.HasEnded(); }));
        BOOST_TEST(IsNothingAtWork(place));
        BOOST_TEST((Results(place) == Expected()));
    }
}

BOOST_AUTO_TEST_CASE(ADetectorEndsWithTheTool)
{
    // Its tool is ended while it works, having done what it can to live on.
    const std::string detector = "setsid sh -c 'trap \"\" TERM INT HUP; (sleep 86395 &) ; touch a; "
                                 "sleep 86395' & trap '' TERM INT HUP; sleep 86395; :";
    for (const Ending& ending : ENDINGS)
    {
        for (const bool isBare : {false, true})
        {
            const Scratch scratch;
            WriteTextFile(scratch.Path() / "evidence", "text\n");
            Arguments call{"detect", "evidence", "--exec", detector};
            if (isBare)
            {
                call.emplace_back("--bare");
            }
            const auto areAsleep = [&]
            {
                const auto asleep = ProcessesWith("86395");
                const auto here = ProcessesAt(scratch.Path());
                return std::count_if(here.begin(),
                                     here.end(),
                                     [&](pid_t each) { return asleep.count(each) > 0; }) >= 3;
            };
            EndAt(scratch.Path(), call, ending, {areAsleep});
        }
    }
}

/// Leaves the folders of a call whose processes were all killed.
void
LeaveFolders(const fs::path& scratch)
{
    const auto areThere = [&]
    { return Has(scratch / "results", ".staging-") && Has(scratch / "tmp", "bouncelab."); };
    while (true)
    {
        Background tool(scratch, RUN);
        // The folders of a tool that was too quick may still be there, its supervisor is not.
        Eventually([&] { return !ChildrenOf(tool.Pid()).empty() || tool.HasEnded(); });
        const auto supervisor = ChildrenOf(tool.Pid());
        if (supervisor.empty() || kill(supervisor[0], SIGSTOP) != 0 || !areThere())
        {
            continue;
        }
        tool.End(SIGKILL);
        kill(supervisor[0], SIGKILL);
        return;
    }
}

/// Who cleans up can be killed as well: then processes end all the same, and the next call cleans.
BOOST_AUTO_TEST_CASE(WithoutItsSupervisorTheNextCallCleans)
{
    const Scratch scratch;
    LeaveFolders(scratch.Path());
    BOOST_TEST(Eventually([&] { return ProcessesAt(scratch.Path()).empty(); }));
    BOOST_TEST(!IsNothingAtWork(scratch.Path()));
    Background next(scratch.Path(), RUN);
    BOOST_TEST(Eventually([&] { return next.HasEnded(); }));
    BOOST_TEST(IsNothingAtWork(scratch.Path()));
    BOOST_TEST((Results(scratch.Path()) == Expected()));
}

BOOST_AUTO_TEST_CASE(ClosedDescriptorsChangeNoByte)
{
    for (const char* closed :
         {"<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"})
    {
        const Scratch scratch;
        const std::string call = "exec \"$@\" " + std::string(closed);
        std::vector<std::string> words{"env",
                                       "-C",
                                       scratch.Path().string(),
                                       "BOUNCELAB_DATA=" + tests::SourceDir().string(),
                                       "sh",
                                       "-c",
                                       call,
                                       "sh",
                                       tests::BinaryDir().string() + "/bin/bouncelab"};
        words.insert(words.end(), RUN.begin(), RUN.end());
        BOOST_TEST(RunChild(words, std::chrono::minutes(5)).status <= 1, closed);
        BOOST_TEST((Results(scratch.Path()) == Expected()), closed);
    }
}

/// The call, with every write, rename, fsync and fork of its processes counted.
ChildEnd
Counted(const fs::path& scratch,
        std::uint64_t point,
        bool isOfGroup,
        std::uint64_t* count = nullptr)
{
    const fs::path counter = scratch / "count";
    WriteTextFile(counter, std::string(sizeof(std::uint64_t), '\0'));
    std::vector<std::string> words{"env",
                                   "-C",
                                   scratch.string(),
                                   "BOUNCELAB_DATA=" + tests::SourceDir().string(),
                                   "KILL_COUNT=" + counter.string(),
                                   "KILL_POINT=" + std::to_string(point),
                                   "LD_PRELOAD=" + KILL_POINT_LIBRARY};
    if (isOfGroup)
    {
        words.emplace_back("KILL_GROUP=1");
    }
    words.push_back(tests::BinaryDir().string() + "/bin/bouncelab");
    words.insert(words.end(), RUN.begin(), RUN.end());
    const ChildEnd end = RunChild(words, std::chrono::minutes(5));
    if (count)
    {
        std::memcpy(count, ReadTextFile(counter).data(), sizeof(*count));
    }
    fs::remove(counter);
    return end;
}

/// Which calls a process is killed before: a few spread over all; every one where
/// BOUNCELAB_ALL_KILLS is in the environment (.ci/nightly).
std::vector<std::uint64_t>
KillPoints(std::uint64_t calls)
{
    constexpr std::uint64_t FEW = 3;
    const std::uint64_t count = IsWhole() ? calls : FEW;
    std::vector<std::uint64_t> points;
    for (std::uint64_t i = 0; i < count; ++i)
    {
        points.push_back(1 + (2 * i + 1) * calls / (2 * count));
    }
    return points;
}

/// Of a call that was killed: runs that stand are whole, and the next call leaves what it would
/// have left.
void
CheckAfterKill(const fs::path& place)
{
    BOOST_TEST(Eventually([&] { return ProcessesAt(place).empty(); }));
    for (const auto& [file, text] : Results(place))
    {
        if (file.rfind("forged-reply/control/seed-", 0) == 0)
        {
            const auto whole = Expected().find(file);
            BOOST_TEST((whole != Expected().end() && whole->second == text), file);
        }
    }
    BOOST_TEST(Bouncelab(place, RUN).status <= 1);
    BOOST_TEST(IsNothingAtWork(place));
    BOOST_TEST((Results(place) == Expected()));
}

/// Whatever call the tool or one of its processes is killed before.
BOOST_AUTO_TEST_CASE(KilledBeforeAnyCallTheNextOneLeavesTheSameBytes)
{
    std::uint64_t calls = 0;
    {
        const Scratch scratch;
        BOOST_TEST(Counted(scratch.Path(), 0, false, &calls).status <= 1);
        BOOST_REQUIRE((Results(scratch.Path()) == Expected()));
        BOOST_REQUIRE(calls > 100u);
    }
    for (const std::uint64_t point : KillPoints(calls))
    {
        for (const bool isOfGroup : {false, true})
        {
            BOOST_TEST_CONTEXT("call " << point << " of " << calls
                                       << (isOfGroup ? ", the group" : ""))
            {
                const Scratch scratch;
                Counted(scratch.Path(), point, isOfGroup);
                CheckAfterKill(scratch.Path());
            }
        }
    }
}

/// The same at any moment.
BOOST_AUTO_TEST_CASE(KilledAtAnyTimeTheNextOneLeavesTheSameBytes)
{
    const int kills = IsWhole() ? 100 : 2;
    const auto begun = std::chrono::steady_clock::now();
    {
        const Scratch scratch;
        BOOST_TEST(Bouncelab(scratch.Path(), RUN).status <= 1);
    }
    const auto whole = std::chrono::steady_clock::now() - begun;
    std::mt19937 draw(1); // Moments are never twice the same; these are spread.
    for (int i = 0; i < kills; ++i)
    {
        const double share = static_cast<double>(draw()) / static_cast<double>(draw.max());
        const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(whole * share);
        BOOST_TEST_CONTEXT("killed after " << wait.count() << " us")
        {
            const Scratch scratch;
            {
                Background tool(scratch.Path(), RUN);
                std::this_thread::sleep_for(wait);
                tool.End(SIGKILL, i % 2 == 1);
            }
            CheckAfterKill(scratch.Path());
        }
    }
}

/// A signal that whoever started the tool has it ignore ends nothing.
BOOST_AUTO_TEST_CASE(WhatIsIgnoredIsIgnored)
{
    const Scratch scratch;

    struct sigaction before
    {
    };

    struct sigaction ignore
    {
    };

    ignore.sa_handler = SIG_IGN;
    sigaction(SIGHUP, &ignore, &before);
    Background tool(scratch.Path(), RUN);
    sigaction(SIGHUP, &before, nullptr);
    BOOST_TEST(Eventually([&] { return Has(scratch.Path() / "results", ".staging-"); }));
    const int status = tool.End(SIGHUP);
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) <= 1));
    BOOST_TEST((Results(scratch.Path()) == Expected()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
