#include "lab/cli/expected.h"
#include "lab/score/alert-file.h"
#include "lab/score/alert-matching.h"
#include "lab/score/baseline.h"
#include "lab/score/detector-score.h"
#include "lab/score/figure-rows.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"
#include "tests/tree.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <set>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::cli;
using namespace bouncelab::score;

const fs::path SCENARIOS = tests::SourceDir() / "scenarios";
const fs::path BASELINES = tests::SourceDir() / "results" / "baselines";

/// How many seeds are run again: a change is seen in the first two as a rule; BOUNCELAB_ALL_SEEDS
/// in the environment asks for all (.ci/nightly).
std::uint64_t
Seeds()
{
    constexpr std::uint64_t FEW = 2;
    return std::getenv("BOUNCELAB_ALL_SEEDS") ? BASELINE_SEEDS : FEW;
}

/// The names in both folders, without extensions.
std::set<std::string>
NamesIn(const fs::path& a, const fs::path& b)
{
    std::set<std::string> names;
    for (const fs::path& folder : {a, b})
    {
        for (const auto& entry : fs::directory_iterator(folder))
        {
            names.insert(entry.path().stem().string());
        }
    }
    return names;
}

/// One variant's runs against what was reviewed of them.
void
CompareWithBaseline(const fs::path& runs, const fs::path& file, const std::string& variant)
{
    BOOST_REQUIRE_MESSAGE(fs::exists(file), variant << " has no baseline");
    const Baseline baseline = ReadBaseline(file);
    BOOST_TEST(baseline.size() == BASELINE_SEEDS, variant << ": its baseline has other seeds");
    for (const auto& [seed, expected] : baseline)
    {
        if (seed > Seeds())
        {
            break;
        }
        const RunFolder run(runs / ("seed-" + std::to_string(seed)));
        for (const std::string& difference : Differences(FingerprintsOf(run), expected))
        {
            BOOST_TEST(false, variant << " seed " << seed << ": " << difference);
        }
    }
}

/// The alerts without those that find one event in five.
std::vector<Alert>
WithoutAFifth(const std::vector<Alert>& alerts,
              const std::vector<FaultEvent>& events,
              const std::vector<std::string>& vantages)
{
    const Matching matching = MatchAlarms(alerts, events, vantages);
    std::vector<FaultEvent> lost;
    std::size_t found = 0;
    for (std::size_t j = 0; j < events.size(); ++j)
    {
        if (matching.alertOf[j] != Matching::NONE && found++ % 5 == 0)
        {
            lost.push_back(events[j]);
        }
    }
    std::vector<Alert> left;
    std::copy_if(alerts.begin(),
                 alerts.end(),
                 std::back_inserter(left),
                 [&](const Alert& alert)
                 {
                     return std::none_of(lost.begin(),
                                         lost.end(),
                                         [&](const FaultEvent& event)
                                         { return PointsAt(alert, event, vantages); });
                 });
    return left;
}

/// Ditto of those that explain or cannot tell: without one line in five.
std::vector<Alert>
WithoutAFifth(const std::vector<Alert>& alerts)
{
    std::vector<Alert> left;
    for (std::size_t i = 0; i < alerts.size(); ++i)
    {
        if (i % 5 != 0)
        {
            left.push_back(alerts[i]);
        }
    }
    return left;
}

/// Whether an expectation of that word counts a line with this verdict.
bool
IsOf(Verdict verdict, scenario::ExpectedWord word)
{
    using scenario::ExpectedWord;
    return word == ExpectedWord::Fault          ? verdict == Verdict::Fault
           : word == ExpectedWord::Inconclusive ? verdict == Verdict::Inconclusive
           : word == ExpectedWord::Benign       ? verdict == Verdict::Benign
                                                : true;
}

/// Expectations are no looser than that: a detector that loses a fifth of its finds, or of its
/// lines where it finds no fault, is not as expected, wherever it said anything. Of a handful whose
/// number chance decides, it decides over a fifth, too.
void
AFifthLostIsNoticed(const RunFolder& run, const scenario::Expectations& expectations)
{
    constexpr std::size_t HANDFUL = 10;
    const std::vector<FaultEvent> events = FaultEventsOf(run.Labels());
    const auto scopes = ReadScopes(run.Root());
    Visibility visibility(run);
    for (const DetectorScore& whole : ScoreVerdicts(run, events, visibility))
    {
        std::vector<Alert> alerts =
            ReadAlerts(run.Root() / "verdicts" / whole.detector / (whole.vantage + ".jsonl"));
        const auto* expected = expectations.VerdictOf(whole.detector, whole.vantage);
        if (expected)
        {
            // Lines of another verdict are not what the cell counts.
            alerts.erase(std::remove_if(alerts.begin(),
                                        alerts.end(),
                                        [&](const Alert& alert)
                                        { return !IsOf(alert.verdict, expected->verdict); }),
                         alerts.end());
        }
        if (alerts.empty() || !expected || (expected->lines.isMeasured && alerts.size() < HANDFUL))
        {
            continue;
        }
        const std::vector<Alert> left =
            whole.trueAlarms > 0 ? WithoutAFifth(alerts, events, run.MembersOf(whole.vantage))
                                 : WithoutAFifth(alerts);
        const DetectorScore score = ScoreAlerts(whole.detector,
                                                whole.vantage,
                                                left,
                                                events,
                                                run,
                                                visibility,
                                                scopes.at(whole.detector));
        const auto misses = CheckVerdicts(run, expectations, {score});
        BOOST_TEST(std::any_of(misses.begin(),
                               misses.end(),
                               [&](const ExpectationMiss& miss) {
                                   return miss.detector == whole.detector &&
                                          miss.vantage == whole.vantage;
                               }),
                   whole.detector << " at " << whole.vantage << " has " << left.size()
                                  << " lines instead of " << alerts.size() << ", as expected");
    }
}

/// A range begins as LEAST to 1000, until it is measured (docs/formats.md).
void
RangesAreMeasured(const scenario::Expectations& expectations)
{
    constexpr std::uint64_t UNMEASURED = 1000;
    for (const auto& [detector, vantages] : expectations.verdicts)
    {
        for (const auto& [vantage, expected] : vantages)
        {
            BOOST_TEST((!expected.lines.isMeasured || expected.lines.most != UNMEASURED),
                       detector << " at " << vantage << ": " << expected.count);
        }
    }
}

/// The page has what runs with seed 1 show: build/dev/bin/write-figures . results writes it.
void
FiguresAreThoseOfThePage(const fs::path& runs)
{
    std::vector<std::string> rows;
    for (const auto& variant : fs::directory_iterator(runs))
    {
        const std::vector<std::string> more = FigureRows(RunFolder(variant.path() / "seed-1"));
        rows.insert(rows.end(), more.begin(), more.end());
    }
    const std::string page = ReadTextFile(tests::SourceDir() / "docs/reports/injection-figures.md");
    BOOST_TEST(WithFigures(page, runs.filename(), rows) == page,
               "docs/reports/injection-figures.md has other figures of " << runs.filename());
}

/// Whatever changed unseen in one scenario shows here, by variant, seed and ingredient.
/// After a review: bouncelab run --update-baseline CAUSE.
void
NothingChangedUnseen(const std::string& scenario)
{
    const Scratch scratch;
    const ChildEnd end =
        Bouncelab(scratch.Path(),
                  {"run", scenario, "--runs", std::to_string(Seeds()), "--quiet", "--keep-going"},
                  std::chrono::minutes(20));
    BOOST_TEST(end.status == 0, scenario << " was not as expected:\n" << end.output << end.error);
    const fs::path reviewed = BASELINES / scenario;
    BOOST_REQUIRE_MESSAGE(fs::exists(reviewed), scenario << " has no baselines");
    const fs::path made = scratch.Path() / "results" / scenario;
    BOOST_REQUIRE(fs::exists(made));
    FiguresAreThoseOfThePage(made);
    for (const std::string& variant : NamesIn(made, reviewed))
    {
        CompareWithBaseline(made / variant,
                            reviewed / (variant + ".json"),
                            scenario + "/" + variant);
        BOOST_TEST_CONTEXT(scenario << "/" << variant)
        {
            const scenario::Expectations expectations =
                scenario::ExpectationsFor(SCENARIOS / scenario / "scenario.yaml", variant);
            RangesAreMeasured(expectations);
            AFifthLostIsNoticed(RunFolder(made / variant / "seed-1"), expectations);
        }
    }
}

BOOST_AUTO_TEST_SUITE(reviewed_baselines)

/// A case for each shipped scenario, by its name.
const bool ARE_REGISTERED = []
{
    for (const std::string& name : NamesIn(SCENARIOS, BASELINES))
    {
        boost::unit_test::framework::current_auto_test_suite().add(
            boost::unit_test::make_test_case([name] { NothingChangedUnseen(name); },
                                             name,
                                             __FILE__,
                                             __LINE__));
    }
    return true;
}();

BOOST_AUTO_TEST_SUITE_END()

} // namespace
