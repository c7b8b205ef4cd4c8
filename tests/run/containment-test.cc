#include "lab/run/child-process.h"
#include "lab/run/containment.h"
#include "lab/score/text-file.h"
#include "tests/cli/processes.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::run;
using score::WriteTextFile;

/// A folder of results with runs in it, and other things that people keep there.
struct Fixture
{
    cli::Scratch scratch;
    fs::path results = fs::canonical(scratch.Path()) / "results";
    fs::path evidence;

    Fixture()
    {
        evidence = MakeRun("s/v/seed-1");
        MakeRun("s/v/seed-2");
        MakeRun("other/v/seed-1");
        MakeRun("live/s/v/host-program");
        MakeRun(".staging-abcdef/0");
        fs::create_directories(results / "mine/tools");
        WriteTextFile(results / "mine/tools/manifest.json", "{}");
        WriteTextFile(results / "mine/program", "");
    }

    fs::path MakeRun(const std::string& place) const
    {
        const fs::path run = results / place;
        fs::create_directories(run / "truth");
        fs::create_directories(run / "evidence/gateway");
        WriteTextFile(run / "manifest.json", R"({"scenario": "s", "variant": "v"})");
        WriteTextFile(run / "truth/labels.jsonl", "secret\n");
        return run / "evidence/gateway";
    }

    /// What a contained shell prints.
    static std::string Contained(const std::string& script, const std::vector<fs::path>& hidden)
    {
        ChildOptions options;
        options.hidden = hidden;
        return RunChild({"sh", "-c", script + " 2>&1"}, options).output;
    }
};

BOOST_AUTO_TEST_SUITE(containment)

BOOST_FIXTURE_TEST_CASE(WhatTellsIsFound, Fixture)
{
    std::vector<fs::path> folders = FoldersThatTell(evidence, {});
    std::sort(folders.begin(), folders.end());
    const std::vector<fs::path> expected{results / ".staging-abcdef",
                                         results / "live",
                                         results / "other",
                                         results / "s"};
    BOOST_TEST(folders == expected, boost::test_tools::per_element());
    BOOST_TEST(FoldersThatTell(results / "live/s/v/host-program/evidence", {}).size() == 4u);
    BOOST_TEST(FoldersThatTell(results / "mine/tools", {}).empty());
    BOOST_TEST(FoldersThatTell(results / "mine/tools", {results}).size() == 4u);
    // Moved elsewhere, a run still hides itself.
    fs::rename(results / "s/v/seed-1", scratch.Path() / "moved");
    const std::vector<fs::path> moved =
        FoldersThatTell(scratch.Path() / "moved/evidence/gateway", {});
    BOOST_TEST(moved.size() == 1u);
    BOOST_TEST(moved.at(0) == fs::canonical(scratch.Path()) / "moved");
}

BOOST_FIXTURE_TEST_CASE(NothingThatTellsCanBeReached, Fixture)
{
    const std::vector<fs::path> hidden = FoldersThatTell(evidence, {});
    if (const std::string why = WhyNotContained(hidden); !why.empty())
    {
        BOOST_TEST_MESSAGE("not tried: " << why);
        return;
    }
    const std::string place = scratch.Path().string();
    BOOST_TEST(Contained("find " + place + " -name labels.jsonl", hidden).empty());
    BOOST_TEST(Contained("cat " + (evidence / "../../truth/labels.jsonl").string(), hidden)
                   .find("secret") == std::string::npos);
    for (const std::string& undo : {"umount -l " + (results / "s").string() + "; ",
                                    "unshare -Urm umount -l " + (results / "s").string() + "; ",
                                    "mount -o remount,rw " + (results / "s").string() + "; ",
                                    std::string("cd /proc/1/root; cd /proc/1/cwd; ")})
    {
        const std::string found = Contained(undo + "find " + place + " -name labels.jsonl", hidden);
        BOOST_TEST(found.find("seed-") == std::string::npos, found);
    }
    BOOST_TEST(Contained("touch " + (results / "s/x").string() + " || echo refused", hidden)
                   .find("refused") != std::string::npos);
    // Nobody else is there: no process, no network.
    BOOST_TEST(Contained("ls -d /proc/[0-9]* | wc -l", hidden).substr(0, 1) < "6");
    BOOST_TEST(Contained("tail -n +3 /proc/net/dev | grep -v ' lo:'", hidden).empty());
    BOOST_TEST(Contained("grep CapEff /proc/self/status", hidden) == "CapEff:\t0000000000000000\n");
    BOOST_TEST(fs::exists(results / "s/v/seed-1/truth/labels.jsonl"));
}

BOOST_FIXTURE_TEST_CASE(EndsAndStatusesAreThoseOfTheProgram, Fixture)
{
    if (const std::string why = WhyNotContained({}); !why.empty())
    {
        BOOST_TEST_MESSAGE("not tried: " << why);
        return;
    }
    ChildOptions options;
    options.hidden.emplace();
    const auto status = [&](const std::string& script) {
        return RunChild({"sh", "-c", script}, options).status;
    };
    BOOST_TEST(status("exit 0") == 0);
    BOOST_TEST(status("exit 77") == 77);
    BOOST_TEST(status("kill -SEGV $$") == 128 + SIGSEGV);
    const std::string word = "86396." + std::to_string(getpid());
    BOOST_TEST(status("setsid sleep " + word + " & exit 4") == 4);
    BOOST_TEST(cli::ProcessesWith(word).empty());
    options.timeout = std::chrono::milliseconds(300);
    BOOST_TEST(
        RunChild({"sh", "-c", "setsid sleep " + word + " & sleep " + word}, options).timedOut);
    BOOST_TEST(cli::ProcessesWith(word).empty());
    BOOST_TEST(!RunChild({"/nowhere"}, options).started);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
