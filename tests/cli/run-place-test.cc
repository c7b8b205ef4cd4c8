#include "lab/cli/run-place.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;
using Outcome = RunPlace::Outcome;

struct Fixture
{
    Scratch scratch;
    fs::path folder = scratch.Path() / "results/s/v/seed-1";

    Outcome Make(const std::string& text, bool force = false)
    {
        const RunPlace place(folder);
        place.Prepare();
        fs::create_directories(place.Workshop() / "evidence");
        WriteTextFile(place.Workshop() / "evidence/log", text);
        return place.Settle(force);
    }

    std::size_t Entries() const
    {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder.parent_path()), fs::directory_iterator()));
    }
};

BOOST_AUTO_TEST_SUITE(run_place)

BOOST_FIXTURE_TEST_CASE(TheFirstIsWritten, Fixture)
{
    BOOST_TEST((Make("a") == Outcome::Written));
    BOOST_TEST(ReadTextFile(folder / "evidence/log") == "a");
    BOOST_TEST(Entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(TheSameBytesStay, Fixture)
{
    Make("a");
    const auto before = fs::last_write_time(folder / "evidence/log");
    BOOST_TEST((Make("a") == Outcome::Unchanged));
    BOOST_TEST((fs::last_write_time(folder / "evidence/log") == before));
    BOOST_TEST(Entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(OtherBytesNeedForce, Fixture)
{
    Make("a");
    BOOST_TEST((Make("b") == Outcome::Refused));
    BOOST_TEST(ReadTextFile(folder / "evidence/log") == "a");
    BOOST_TEST((Make("b", true) == Outcome::Replaced));
    BOOST_TEST(ReadTextFile(folder / "evidence/log") == "b");
    BOOST_TEST(Entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(AFileMoreIsOtherBytes, Fixture)
{
    Make("a");
    WriteTextFile(folder / "more", "");
    BOOST_TEST((Make("a") == Outcome::Refused));
}

BOOST_FIXTURE_TEST_CASE(WhatWasCutOffStaysHiddenAndGoes, Fixture)
{
    const fs::path leftover = folder.parent_path() / ".seed-1.4194304"; // above any process id
    fs::create_directories(leftover / "evidence");
    const fs::path foreign = folder.parent_path() / ".seed-10.4194304";
    fs::create_directories(foreign);
    BOOST_TEST((Make("a") == Outcome::Written));
    BOOST_TEST(!fs::exists(leftover));
    BOOST_TEST(fs::exists(foreign));
}

BOOST_FIXTURE_TEST_CASE(DiscardingLeavesNoEmptyFolders, Fixture)
{
    const RunPlace place(folder);
    place.Prepare();
    fs::create_directories(place.Workshop());
    place.Discard();
    BOOST_TEST(!fs::exists(scratch.Path() / "results"));
    Make("a");
    place.Discard();
    BOOST_TEST(fs::exists(folder / "evidence/log"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
