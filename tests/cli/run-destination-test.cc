#include "lab/cli/run-destination.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;
using WriteOutcome = RunDestination::WriteOutcome;

struct Fixture
{
    Scratch scratch;
    fs::path folder = scratch.Path() / "results/s/v/seed-1";

    WriteOutcome Make(const std::string& text, bool force = false)
    {
        const RunDestination place(folder);
        place.Prepare();
        fs::create_directories(place.StagingFolder() / "evidence");
        WriteTextFile(place.StagingFolder() / "evidence/log", text);
        return place.Settle(force);
    }

    std::size_t Entries() const
    {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder.parent_path()), fs::directory_iterator()));
    }
};

BOOST_AUTO_TEST_SUITE(run_destination)

BOOST_FIXTURE_TEST_CASE(TheFirstIsWritten, Fixture)
{
    BOOST_TEST((Make("a") == WriteOutcome::Written));
    BOOST_TEST(ReadTextFile(folder / "evidence/log") == "a");
    BOOST_TEST(Entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(TheSameBytesStay, Fixture)
{
    Make("a");
    const auto before = fs::last_write_time(folder / "evidence/log");
    BOOST_TEST((Make("a") == WriteOutcome::Unchanged));
    BOOST_TEST((fs::last_write_time(folder / "evidence/log") == before));
    BOOST_TEST(Entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(OtherBytesNeedForce, Fixture)
{
    Make("a");
    BOOST_TEST((Make("b") == WriteOutcome::Refused));
    BOOST_TEST(ReadTextFile(folder / "evidence/log") == "a");
    BOOST_TEST((Make("b", true) == WriteOutcome::Replaced));
    BOOST_TEST(ReadTextFile(folder / "evidence/log") == "b");
    BOOST_TEST(Entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(AFileMoreIsOtherBytes, Fixture)
{
    Make("a");
    WriteTextFile(folder / "more", "");
    BOOST_TEST((Make("a") == WriteOutcome::Refused));
}

BOOST_FIXTURE_TEST_CASE(WhatWasCutOffStaysHiddenAndGoes, Fixture)
{
    const fs::path leftover = folder.parent_path() / ".seed-1.4194304"; // above any process id
    fs::create_directories(leftover / "evidence");
    const fs::path foreign = folder.parent_path() / ".seed-10.4194304";
    fs::create_directories(foreign);
    BOOST_TEST((Make("a") == WriteOutcome::Written));
    BOOST_TEST(!fs::exists(leftover));
    BOOST_TEST(fs::exists(foreign));
}

BOOST_FIXTURE_TEST_CASE(DiscardingLeavesNoEmptyFolders, Fixture)
{
    const RunDestination place(folder);
    place.Prepare();
    fs::create_directories(place.StagingFolder());
    place.Discard();
    BOOST_TEST(!fs::exists(scratch.Path() / "results"));
    Make("a");
    place.Discard();
    BOOST_TEST(fs::exists(folder / "evidence/log"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
