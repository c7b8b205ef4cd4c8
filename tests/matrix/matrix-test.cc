#include "lab/matrix/matrix.h"

#include "formats/machine-error.h"
#include "lab/matrix/build.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::matrix;
using cli::Scratch;

Cell
CellOf(std::vector<std::string> settings,
       std::uint64_t seed,
       const std::string& variant = "control")
{
    Cell cell;
    cell.scenario = "forged-reply";
    cell.spec.scenarioFile = (tests::SourceDir() / "scenarios/forged-reply/scenario.yaml").string();
    cell.spec.personas = {tests::SourceDir()};
    cell.spec.variant = variant;
    cell.spec.overrides = std::move(settings);
    cell.spec.seed = seed;
    return cell;
}

std::string
Row(const Cell& cell, const score::RunFolder& run, const score::RunScore& score)
{
    return fmt::format("{} {} {} {}",
                       run.Variant(),
                       fmt::join(cell.spec.overrides, " "),
                       run.Seed(),
                       score.detectors.size());
}

struct Fixture
{
    Scratch scratch;
    MatrixOptions options;

    Fixture()
    {
        options.out = scratch.Path() / "out";
        options.staging = scratch.Path() / "staging";
        options.how.jobs = 2;
        options.how.detector = tests::BinaryDir() / "bin/bouncelab-detect";
    }

    std::vector<CellResult> Run(const std::vector<Cell>& cells, const RowMaker& rows = Row)
    {
        std::vector<CellResult> results;
        RunCells({cells.size(), [&](std::size_t index) { return cells[index]; }},
                 options,
                 rows,
                 {[&](const CellResult& result)
                  {
                      results.push_back(result);
                      return result.status == 0;
                  }});
        return results;
    }

    fs::path FolderOf(const Cell& cell) const { return options.out / PlaceOf(cell); }
};

BOOST_AUTO_TEST_SUITE(matrix)

BOOST_AUTO_TEST_CASE(DifferentSettingsHaveDifferentPlaces)
{
    BOOST_TEST(PlaceOf(CellOf({}, 7)).generic_string() == "forged-reply/control/seed-7");
    BOOST_TEST(PlaceOf(CellOf({"paths.japan.delay-scale=2", "hosts.a.hostname=x/y z"}, 1))
                   .generic_string() ==
               "forged-reply/control/paths.japan.delay-scale=2/hosts.a.hostname=x%2Fy%20z/seed-1");
    // What one text could hide: two settings, or one with the other in its value.
    BOOST_TEST(PlaceOf(CellOf({"a=1", "b=2"}, 1)) != PlaceOf(CellOf({"a=1/b=2"}, 1)));
}

BOOST_FIXTURE_TEST_CASE(RowsComeInOrderAndWhatStandsIsNotMadeAgain, Fixture)
{
    const std::vector<Cell> cells{CellOf({}, 1),
                                  CellOf({}, 2),
                                  CellOf({"paths.japan.delay-scale=2"}, 1)};
    const auto first = Run({cells[0], cells[2]});
    BOOST_REQUIRE(first.size() == 2);
    BOOST_REQUIRE_MESSAGE(first[0].status == 0, first[0].text);
    BOOST_TEST(!first[0].stood);
    BOOST_TEST(first[0].bytes > 0);
    score::CheckSeal(FolderOf(cells[2]));
    const auto second = Run(cells);
    BOOST_REQUIRE(second.size() == 3);
    BOOST_TEST(second[0].stood);
    BOOST_TEST(!second[1].stood);
    BOOST_TEST(second[2].stood);
    BOOST_TEST(second[0].text == first[0].text);
    BOOST_TEST(second[2].text == first[1].text);
    BOOST_TEST(second[2].bytes == first[1].bytes);
    BOOST_TEST(second[1].text.find("control  2 ") == 0);
    BOOST_TEST(second[2].text.find("control paths.japan.delay-scale=2 1 ") == 0);
}

BOOST_FIXTURE_TEST_CASE(ADamagedOrPrunedRunIsMadeAgain, Fixture)
{
    const Cell cell = CellOf({}, 1);
    Run({cell});
    const fs::path log = FolderOf(cell) / "truth/labels.jsonl";
    const std::string labels = score::ReadTextFile(log);
    score::WriteTextFile(log, labels + "{}\n");
    BOOST_TEST(!Run({cell})[0].stood);
    BOOST_TEST((score::ReadTextFile(log) == labels));
    Prune(FolderOf(cell), Keep::Evidence);
    BOOST_TEST(!fs::exists(log));
    BOOST_TEST(!Run({cell})[0].stood);
    BOOST_TEST((score::ReadTextFile(log) == labels));
}

BOOST_FIXTURE_TEST_CASE(OfARunStaysWhatItsLevelSays, Fixture)
{
    const Cell cell = CellOf({}, 1);
    const auto parts = [&]
    {
        std::string held;
        for (const char* part : {"manifest.json", "verdicts", "score.json", "evidence", "truth"})
        {
            held += fs::exists(FolderOf(cell) / part) ? std::string(part) + " " : "";
        }
        return held;
    };
    options.keep = Keep::Nothing;
    BOOST_TEST(Run({cell})[0].bytes == 0);
    BOOST_TEST(!fs::exists(FolderOf(cell)));
    options.keep = Keep::Verdicts;
    const std::uint64_t verdicts = Run({cell})[0].bytes;
    BOOST_TEST(parts() == "manifest.json verdicts score.json ");
    score::CheckSeal(FolderOf(cell));
    options.keep = Keep::Evidence;
    const std::uint64_t evidence = Run({cell})[0].bytes;
    BOOST_TEST(parts() == "manifest.json verdicts score.json evidence ");
    options.keep = Keep::All;
    BOOST_TEST(Run({cell})[0].bytes > evidence);
    BOOST_TEST(evidence > verdicts);
    BOOST_TEST(parts() == "manifest.json verdicts score.json evidence truth ");
}

BOOST_FIXTURE_TEST_CASE(AnotherRunInThePlaceIsAFaultAndStays, Fixture)
{
    const Cell cell = CellOf({}, 1);
    Run({cell});
    Cell narrow = cell;
    narrow.spec.vantages = {"mail-host"};
    const auto results = Run({narrow});
    BOOST_TEST(results[0].status == 2);
    BOOST_TEST(results[0].text.find("holds a run with vantages [], this one has [\"mail-host\"]") !=
               std::string::npos);
    BOOST_TEST(Run({cell})[0].stood);
}

BOOST_FIXTURE_TEST_CASE(AFailureHasItsSentenceAndStopsTheRest, Fixture)
{
    options.how.jobs = 1;
    const auto fails = [](const Cell& cell, const score::RunFolder&, const score::RunScore&)
    { return cell.spec.seed == 2 ? throw MachineError("the disk is full") : std::string("row"); };
    const auto results = Run({CellOf({}, 1), CellOf({}, 2), CellOf({}, 3)}, fails);
    BOOST_REQUIRE(results.size() == 2);
    BOOST_TEST(results[0].text == "row");
    BOOST_TEST(results[1].status == 2);
    BOOST_TEST(results[1].text == "the disk is full");
}

BOOST_AUTO_TEST_CASE(ResultsOfTwoBuildsAreNotMixed)
{
    const Scratch scratch;
    const fs::path out = scratch.Path() / "out";
    ClaimFor("one", out);
    score::WriteTextFile(out / "table.csv", "a\n");
    ClaimFor("one", out);
    BOOST_CHECK_EXCEPTION(ClaimFor("two", out),
                          scenario::ScenarioError,
                          [](const auto& error)
                          { return error.Text().find("another build") != std::string::npos; });
    BOOST_TEST(fs::exists(out / "table.csv"));
    ClaimFor("two", out, OtherBuild::Remove);
    BOOST_TEST(!fs::exists(out / "table.csv"));
    BOOST_CHECK_THROW(ClaimFor("one", out), scenario::ScenarioError);
    // What nobody says who made it.
    score::WriteTextFile(scratch.Path() / "x", "");
    BOOST_CHECK_THROW(ClaimFor("one", scratch.Path()), scenario::ScenarioError);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
