#include "lab/score/verdict-baseline.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab::score;

/// A cell with so many faults found and missed, and false alarms.
JudgedCell
Cell(std::uint64_t seed, std::size_t found, std::size_t missed, std::size_t wrong)
{
    JudgedCell cell;
    cell.scenario = "forged-reply";
    cell.variant = "late";
    cell.vantage = "gateway-inside";
    cell.detector = "mine";
    cell.seed = seed;
    for (std::size_t i = 0; i < found + missed; ++i)
    {
        JudgedFault fault;
        fault.found = i < found;
        fault.place = "frame 13";
        cell.faults.push_back(fault);
    }
    cell.falseAlarms.assign(wrong, {"forged.reply", 1, "frame 20", ""});
    return cell;
}

std::vector<JudgedCell>
Cells(std::uint64_t seeds, std::size_t found, std::size_t missed, std::size_t wrong)
{
    std::vector<JudgedCell> cells;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    {
        cells.push_back(Cell(seed, found, missed, wrong));
    }
    return cells;
}

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

BOOST_AUTO_TEST_SUITE(verdict_baseline)

/// Two-sided binomial probabilities of a fair coin.
BOOST_AUTO_TEST_CASE(TheSignTestIsExact)
{
    BOOST_CHECK_CLOSE((SignTest{0, 5}.Chance()), 2.0 / 32, 1e-9);
    BOOST_CHECK_CLOSE((SignTest{6, 0}.Chance()), 2.0 / 64, 1e-9);
    BOOST_CHECK_CLOSE((SignTest{1, 9}.Chance()), 2.0 * 11 / 1024, 1e-9);
    BOOST_TEST((SignTest{3, 3}.Chance()) == 1.0);
    BOOST_TEST((SignTest{0, 0}.Chance()) == 1.0);
}

BOOST_AUTO_TEST_CASE(AWeakerDetectorIsWorse)
{
    const VerdictComparison now = Compare(BaselineOf(Cells(20, 1, 0, 0)), Cells(20, 0, 1, 0));
    BOOST_REQUIRE(now.changes.size() == 1);
    BOOST_TEST(now.IsWorse());
    const std::string sentence = ToSentence(now.changes[0]);
    BOOST_TEST(Has(sentence,
                   "worse: forged-reply/late at gateway-inside, mine: found 20 of 20, now 0 of 20 "
                   "(in 20 seeds from 1 to 20); more than chance"),
               sentence);
    BOOST_TEST(Has(sentence, "first: seed 1, frame 13"), sentence);
    BOOST_TEST(now.runs.worse == 20u);
    BOOST_TEST(Has(SummaryOf(now), "## Verdicts became worse"));
    const std::string xml = JUnitOf(now, Cells(20, 0, 1, 0));
    BOOST_TEST(Has(xml, "tests=\"1\" failures=\"1\""), xml);
    BOOST_TEST(Has(xml,
                   "<testcase classname=\"forged-reply.late\" name=\"mine at gateway-inside\">"
                   "<failure message=\"worse: "),
               xml);
}

BOOST_AUTO_TEST_CASE(AStrongerDetectorIsBetter)
{
    const VerdictComparison now = Compare(BaselineOf(Cells(5, 0, 1, 2)), Cells(5, 1, 0, 0));
    BOOST_REQUIRE(now.changes.size() == 2);
    BOOST_TEST(!now.IsWorse());
    BOOST_TEST(Has(ToSentence(now.changes[0]), "better: "));
    BOOST_TEST(Has(ToSentence(now.changes[0]), "may be chance (sign test, 5 seeds"));
    BOOST_TEST(Has(ToSentence(now.changes[1]), "false alarms 10, now 0"));
    BOOST_TEST(Has(SummaryOf(now), "## Verdicts became better"));
    BOOST_TEST(Has(JUnitOf(now, Cells(5, 1, 0, 0)), "failures=\"0\""));
}

BOOST_AUTO_TEST_CASE(BothWaysAreBothSaidTheWorseFirst)
{
    std::vector<JudgedCell> mixed = Cells(2, 1, 0, 0);
    mixed[1] = Cell(2, 0, 1, 0);
    std::vector<JudgedCell> before = Cells(2, 1, 0, 0);
    before[0] = Cell(1, 0, 1, 0);
    const VerdictComparison now = Compare(BaselineOf(before), mixed);
    BOOST_REQUIRE(now.changes.size() == 2);
    BOOST_TEST(now.changes[0].isWorse);
    BOOST_TEST(now.changes[0].firstSeed == 2u);
    BOOST_TEST(!now.changes[1].isWorse);
    BOOST_TEST(now.runs.better == 1u);
    BOOST_TEST(now.runs.worse == 1u);
}

BOOST_AUTO_TEST_CASE(ACrashIsWorse)
{
    std::vector<JudgedCell> crashed = Cells(1, 0, 0, 0);
    crashed[0].end = CellEnd::Crashed;
    BOOST_TEST(Compare(BaselineOf(Cells(1, 1, 0, 0)), crashed).IsWorse());
    BOOST_TEST(!Compare(BaselineOf(crashed), Cells(1, 0, 1, 0)).IsWorse());
}

BOOST_AUTO_TEST_CASE(WhatIsNotInTheBaselineIsNew)
{
    const VerdictComparison now = Compare({}, Cells(1, 0, 1, 0));
    BOOST_TEST(now.cells == 0u);
    BOOST_TEST(now.fresh.size() == 1u);
    BOOST_TEST(!now.IsWorse());
    // Continuous integration does not take it for one that passed.
    const std::string xml = JUnitOf(now, Cells(1, 0, 1, 0));
    BOOST_TEST(Has(xml, "tests=\"1\" failures=\"0\" skipped=\"1\""), xml);
    BOOST_TEST(Has(xml, "<skipped message=\"not compared: nothing of it was accepted before\"/>"),
               xml);
    // A seed that was never accepted is neither better nor worse, and not compared.
    const VerdictComparison other = Compare(BaselineOf(Cells(1, 1, 0, 0)), {Cell(2, 0, 1, 0)});
    BOOST_TEST(other.changes.empty());
    BOOST_TEST(other.cells == 0u);
    BOOST_TEST(other.fresh.size() == 1u);
    // One of which any seed was accepted is no new one.
    const auto more = Cells(2, 1, 0, 0);
    const VerdictComparison same = Compare(BaselineOf(Cells(1, 1, 0, 0)), more);
    BOOST_TEST(same.cells == 1u);
    BOOST_TEST(Has(JUnitOf(same, more), "skipped=\"0\""));
}

BOOST_AUTO_TEST_CASE(BaselinesGoThereAndBack)
{
    const TemporaryFolder folder;
    std::vector<JudgedCell> cells = Cells(3, 2, 1, 0);
    cells.push_back(Cell(1, 0, 0, 0));
    cells.back().vantage = "silent";
    cells.push_back(Cell(1, 0, 0, 0));
    cells.back().vantage = "broken";
    cells.back().end = CellEnd::TimedOut;
    const VerdictBaseline baseline = BaselineOf(cells);
    WriteVerdictBaseline(folder.Path(), baseline);
    VerdictBaseline back = ReadVerdictBaseline(folder.Path(), {{"forged-reply", "late"}});
    const BaselineCell mine{"forged-reply", "late", "mine", "gateway-inside"};
    BOOST_TEST((back.at(mine) == baseline.at(mine)));
    BOOST_TEST(back.at({"forged-reply", "late", "mine", "broken"}).at(1).failed);
    BOOST_TEST(back.count({"forged-reply", "late", "mine", "silent"}) == 1u);
    // Another detector joins the file and leaves what is there.
    std::vector<JudgedCell> other = Cells(2, 0, 1, 0);
    other[0].detector = other[1].detector = "other";
    WriteVerdictBaseline(folder.Path(), BaselineOf(other));
    back = ReadVerdictBaseline(folder.Path(), {{"forged-reply", "late"}});
    BOOST_TEST((back.at(mine) == baseline.at(mine)));
    BOOST_TEST(back.at({"forged-reply", "late", "other", "gateway-inside"}).size() == 2u);
    BOOST_TEST(ReadVerdictBaseline(folder.Path(), {{"forged-reply", "none"}}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
