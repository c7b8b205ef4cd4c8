#include "lab/cli/run-table.h"
#include "lab/cli/score-table.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::cli;

score::DetectorScore
Said(const std::string& detector, std::uint64_t found, std::uint64_t missed)
{
    score::DetectorScore score;
    score.detector = detector;
    score.vantage = "server";
    score.trueAlarms = found;
    score.misses = missed;
    return score;
}

TableRun
Run(const std::string& variant, std::vector<score::DetectorScore> detectors, std::uint64_t seed = 1)
{
    TableRun run;
    run.score.scenario = "s";
    run.score.variant = variant;
    run.score.seed = seed;
    run.score.outcome.sender = "delivered";
    run.score.outcome.copies = 1;
    run.score.detectors = std::move(detectors);
    run.folder = "results/s/" + variant + "/seed-" + std::to_string(seed);
    return run;
}

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(run_table)

BOOST_AUTO_TEST_CASE(TheSignIsTheExpectationAndNothingElse)
{
    TableRun naive = Run("naive", {Said("d", 0, 0)});
    naive.score.detectors[0].falseAlarms = 2;
    TableRun missed = Run("missed", {Said("d", 1, 0)});
    missed.score.misses = {{"d", "server", "none", "fault 1"}};
    TableRun own = Run("own", {Said("d", 1, 0)});
    own.score.misses = missed.score.misses;
    own.isJudged = false;
    const std::string table = RunTable({naive, missed, own}, Terminal());
    BOOST_TEST(Has(table, "✓ naive   arrived   –       d !2\n"), table);
    BOOST_TEST(Has(table, "✗ missed  arrived   –       d\n"), table);
    BOOST_TEST(
        Has(table, "    d at server: expected none, found fault 1; results/s/missed/seed-1\n"),
        table);
    BOOST_TEST(Has(table, "· own     arrived   –       d\n"), table);
    BOOST_TEST(Has(table, "    0 of 0 claims and 1 verdicts differ"), table);
    BOOST_TEST(Tally({naive, missed, own}) == "1 of 2 as expected, 1 not: s/missed");
    // What the row promises to say with -vv.
    BOOST_TEST(Has(ClaimText({own.score}, 100), "✗ d at server: expected none, found fault 1"));
}

BOOST_AUTO_TEST_CASE(SilenceIsLeftOutAndNumbersAreFromWorstToBest)
{
    std::vector<score::DetectorScore> said{Said("many", 758, 432),
                                           Said("many", 1189, 1),
                                           Said("quiet", 0, 3),
                                           Said("slow", 0, 0),
                                           Said("unsure", 0, 0)};
    said[1].vantage = "client";
    said[3].benign = 1;
    said[4].inconclusive = 1;
    const std::string table = RunTable({Run("v", said)}, Terminal());
    BOOST_TEST(Has(table, "many 758 to 1189/1190 · slow benign · unsure ?\n"), table);
    BOOST_TEST(!Has(table, "quiet"), table);
}

BOOST_AUTO_TEST_CASE(APlaceStandsByWhoNamedIt)
{
    std::vector<score::DetectorScore> said{Said("alone", 1, 0), Said("locator", 2, 0)};
    said[1].places = {{1, {6, 7}, 7}, {2, {3, 4}, 7}};
    const std::string table = RunTable({Run("v", said)}, Terminal());
    const std::string space = "\u00A0";
    BOOST_TEST(Has(table,
                   "alone · locator 2/2, hop" + space + "(3," + space + "4] wrong, hop" + space +
                       "(6," + space + "7]\n"),
               table);
}

BOOST_AUTO_TEST_CASE(SeveralSeedsAreOneRow)
{
    std::vector<TableRun> runs;
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
    {
        runs.push_back(Run("v", {Said("d", 1, 1)}, seed));
    }
    runs[1].score.misses = {{"d", "server", "fault 2", "fault 1"}};
    runs[2].score.outcome.copies = 0;
    const std::string table = RunTable(runs, Terminal());
    BOOST_TEST(Has(table, "✗ 2/3 v  LOST 1, arrived 2"), table);
    BOOST_TEST(Has(table, "d 3/6\n"), table);
    BOOST_TEST(Has(table, "    d at server in 1 of 3 runs, first seed 2: expected fault 2"), table);
}

BOOST_AUTO_TEST_CASE(ReasonsNameTheFileThatWasJudged)
{
    const Scratch scratch;
    const std::string file = (scratch.Path() / "a.jsonl").string();
    score::WriteTextFile(file,
                         "{\"class\":\"forged.reply\",\"verdict\":\"fault\",\"pcap_cnt\":7}\n");
    TableRun run = Run("v", {Said("early-reply", 0, 1)});
    run.score.misses = {{"early-reply", "server", "1 found", "0 found"}};
    run.alerts = file;
    std::string table = RunTable({run}, Terminal());
    for (std::size_t at = 0; (at = table.find("\n    ", at)) != table.npos;)
    {
        table.replace(at, 5, " "); // long lines are wrapped
    }
    BOOST_TEST(Has(table, "found 0 found; " + file + ", frame 7"), table);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
