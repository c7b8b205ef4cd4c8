#include "lab/cli/score-table.h"
#include "lab/score/seed-summary.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <sstream>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

RunScore
Run(const std::string& variant, std::uint64_t seed)
{
    RunScore run;
    run.scenario = "s";
    run.variant = variant;
    run.seed = seed;
    return run;
}

DetectorScore
Said(const std::string& detector, std::uint64_t found, std::uint64_t missed, std::uint64_t wrong)
{
    DetectorScore score;
    score.detector = detector;
    score.vantage = "server";
    score.trueAlarms = found;
    score.misses = missed;
    score.falseAlarms = wrong;
    return score;
}

/// Ten runs: three faults each, of which `good` finds all and `bad` two and something else; `blind`
/// cannot read; in the last run `bad` does not do as expected.
std::vector<RunScore>
TenRuns()
{
    std::vector<RunScore> runs;
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
    {
        RunScore run = Run("v", seed);
        run.detectors = {Said("bad", 2, 1, 1), Said("blind", 0, 0, 0), Said("good", 3, 0, 0)};
        run.detectors[0].repeatedAlarms = 1;
        run.detectors[1].unsupported = true;
        run.expected = {{"bad", "server"}};
        if (seed == 10)
        {
            run.misses = {{"bad", "server", "fault 4", "fault 3"}};
        }
        runs.push_back(std::move(run));
    }
    return runs;
}

BOOST_AUTO_TEST_SUITE(seed_summary)

BOOST_AUTO_TEST_CASE(CountsAreSums)
{
    const auto summaries = Summarize(TenRuns());
    BOOST_REQUIRE(summaries.size() == 1);
    const VariantSummary& all = summaries[0];
    BOOST_TEST(all.seeds.size() == 10u);
    BOOST_TEST(all.asExpected.Hits() == 9u);
    BOOST_TEST(all.asExpected.Trials() == 10u);
    BOOST_REQUIRE(all.detectors.size() == 3);
    const DetectorSummary& bad = all.detectors[0];
    BOOST_TEST(bad.sum.detector == "bad");
    BOOST_TEST(bad.sum.trueAlarms == 20u);
    BOOST_TEST(bad.sum.falseAlarms == 10u);
    BOOST_TEST(bad.recall.Hits() == 20u);
    BOOST_TEST(bad.recall.Trials() == 30u);
    BOOST_TEST(bad.precision.Hits() == 30u);
    BOOST_TEST(bad.precision.Trials() == 40u);
    BOOST_TEST(bad.asExpected.Hits() == 9u);
    BOOST_TEST(bad.said.at(scenario::ExpectedWord::Fault) == 10u);
    BOOST_TEST(all.detectors[1].unsupported == 10u);
    BOOST_TEST(all.detectors[1].sum.unsupported);
    BOOST_TEST(all.detectors[1].recall.Trials() == 0u);
    BOOST_TEST(all.detectors[2].asExpected.Hits() == 10u);
}

BOOST_AUTO_TEST_CASE(VariantsAndVantagesAreApart)
{
    std::vector<RunScore> runs{Run("b", 1), Run("a", 1), Run("b", 2)};
    runs[0].detectors = {Said("d", 1, 0, 0)};
    runs[2].detectors = {Said("d", 1, 0, 0)};
    runs[2].detectors[0].vantage = "client";
    const auto summaries = Summarize(runs);
    BOOST_REQUIRE(summaries.size() == 2);
    BOOST_TEST(summaries[0].variant == "b");
    BOOST_REQUIRE(summaries[0].detectors.size() == 2);
    BOOST_TEST(summaries[0].detectors[0].sum.vantage == "client");
    BOOST_TEST(summaries[0].detectors[0].runs == 1u);
}

BOOST_AUTO_TEST_CASE(JsonHasRatesWithBounds)
{
    const auto json = ToJson(Summarize(TenRuns())[0]);
    BOOST_TEST(json["runs"] == 10);
    BOOST_TEST(json["seeds"].size() == 10u);
    const auto& bad = json["detectors"][0];
    BOOST_TEST(bad["recall"]["hits"] == 20);
    BOOST_TEST(bad["recall"]["of"] == 30);
    // Each run found 2 of 3; 10 of 10 runs found all, by Clopper and Pearson's table.
    BOOST_TEST(bad["recall"]["low"].get<double>() == 0.6667, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(bad["recall"]["high"].get<double>() == 0.6667, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(json["detectors"][2]["recall"]["low"].get<double>() == 0.6915,
               boost::test_tools::tolerance(1e-9));
    BOOST_TEST(bad["said"]["fault"] == 10);
    BOOST_TEST(json["detectors"][1]["said"]["unsupported"] == 10);
}

BOOST_AUTO_TEST_CASE(TheTableShowsDetailsOfWhatIsNotPerfect)
{
    std::vector<RunScore> runs = TenRuns();
    for (RunScore& run : runs)
    {
        run.detectors.push_back(Said("also-good", 3, 0, 0));
    }
    const std::string table = cli::ScoreTable(runs).Print(cli::Terminal());
    // Cells are broken between words: the last column is put together again.
    const std::size_t column = table.find("detectors");
    std::istringstream lines(table);
    std::string line;
    std::string text;
    while (std::getline(lines, line))
    {
        BOOST_TEST(cli::DisplayWidth(line) <= 100u, line);
        text += line.size() > column ? line.substr(column) + " " : "";
    }
    const auto has = [&](const std::string& part) { return text.find(part) != std::string::npos; };
    BOOST_TEST(has("9/10 [0.70, 1.00]"), table);
    BOOST_TEST(has("found 30/30 [0.69, 1.00]: also-good, good"), table);
    BOOST_TEST(has("found 20/30 [0.67, 0.67], 10 false alarms"), table);
    BOOST_TEST(has("unsupported: blind"), table);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
