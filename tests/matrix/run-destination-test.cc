#include "lab/matrix/run-destination.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::matrix;
using bouncelab::cli::Scratch;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;
using WriteOutcome = RunDestination::WriteOutcome;

struct Fixture
{
    Scratch scratch;
    fs::path folder = scratch.Path() / "results/s/v/seed-1";

    fs::path workshop = scratch.Path() / "staging/0";

    WriteOutcome Make(const std::string& text, bool force = false)
    {
        const RunDestination place(folder, workshop);
        fs::create_directories(workshop / "evidence");
        WriteTextFile(workshop / "evidence/log", text);
        const WriteOutcome outcome = place.Settle(force);
        BOOST_TEST(fs::is_empty(workshop.parent_path()));
        return outcome;
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace
