#include "lab/score/detector-report.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace
{

using namespace bouncelab::score;

JudgedFault
Fault(const std::string& dottedClass, bool found, double score = 1, std::int64_t delay = 1000000)
{
    JudgedFault fault;
    fault.dottedClass = dottedClass;
    fault.found = found;
    fault.said = found ? dottedClass : "nothing";
    fault.score = score;
    if (found)
    {
        fault.delay = delay;
    }
    return fault;
}

JudgedCell
Cell(std::uint64_t seed, std::vector<JudgedFault> faults, std::size_t wrong = 0)
{
    JudgedCell cell;
    cell.scenario = "s";
    cell.variant = "v";
    cell.seed = seed;
    cell.vantage = "gateway";
    cell.detector = "d";
    cell.said = faults.empty() && wrong == 0 ? "none" : "fault";
    cell.cleanSessions = 10;
    cell.faults = std::move(faults);
    cell.falseAlarms.assign(wrong, {"forged.reply", 0.5, "frame 1", ""});
    return cell;
}

DetectorReport
Report(const std::vector<JudgedCell>& cells)
{
    const auto reports = ReportsOf(cells);
    BOOST_REQUIRE(reports.size() == 1);
    return reports.front();
}

BOOST_AUTO_TEST_SUITE(detector_report)

/// 3 found, 1 missed, 2 false: precision 3/5, recall 3/4, F1 6/9.
BOOST_AUTO_TEST_CASE(FiguresAreThoseOfTheirDefinitions)
{
    const DetectorReport report =
        Report({Cell(1, {Fault("forged.reply", true), Fault("forged.reply", false)}),
                Cell(2, {Fault("forged.reply", true)}, 2),
                Cell(3, {Fault("forged.data", true)})});
    BOOST_TEST(report.runs == 3u);
    BOOST_TEST(report.precision.Hits() == 3u);
    BOOST_TEST(report.precision.Trials() == 5u);
    BOOST_TEST(report.recall.Trials() == 4u);
    BOOST_CHECK_CLOSE(report.f1.value.value(), 100 * 6.0 / 9 / 100, 1e-9);
    BOOST_TEST(report.f1.bounds->low < 6.0 / 9);
    BOOST_TEST(report.f1.bounds->high > 6.0 / 9);
    // 2 false alarms in 30 clean sessions.
    BOOST_CHECK_CLOSE(report.falsePerThousand.value.value(), 1000.0 * 2 / 30, 1e-9);
    BOOST_TEST(report.falsePerThousand.bounds->low == 0.0);
    BOOST_CHECK_CLOSE(report.falsePerThousand.bounds->high, 200.0, 1e-9);
}

/// Families weigh the same, however often they come: 3 of 3 forgeries and 0 of 1 ban.
BOOST_AUTO_TEST_CASE(TheMacroMeanIsOfFamilies)
{
    const DetectorReport report = Report({Cell(1,
                                               {Fault("forged.reply", true),
                                                Fault("forged.reply", true),
                                                Fault("forged.data", true),
                                                Fault("ban.address", false)})});
    BOOST_TEST(report.recall.Hits() == 3u);
    BOOST_CHECK_CLOSE(report.macroRecall.value.value(), 0.5, 1e-9);
    BOOST_CHECK_CLOSE(report.macroF1.value.value(), 0.5, 1e-9);
    BOOST_TEST(report.families.at("forged").found == 3u);
    BOOST_TEST(report.families.at("ban").missed == 1u);
}

/// Clopper and Pearson's bounds of 20 runs of 20.
BOOST_AUTO_TEST_CASE(AllAndNoneHaveTheExactBounds)
{
    std::vector<JudgedCell> cells;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
    {
        cells.push_back(Cell(seed, {Fault("forged.reply", true)}));
    }
    const DetectorReport report = Report(cells);
    BOOST_CHECK_SMALL(report.f1.bounds->low - 0.8316, 0.00005);
    BOOST_TEST(report.f1.bounds->high == 1.0);
    BOOST_CHECK_SMALL(report.rocArea.bounds->low - 0.8316, 0.00005);
    // At most 16.84 % of runs have an alarm, which is one in 10 sessions.
    BOOST_TEST(report.falsePerThousand.value.value() == 0.0);
    BOOST_CHECK_SMALL(report.falsePerThousand.bounds->high - 16.84, 0.005);
}

/// One run has no spread that would tell of others, also beside runs that say nothing of a figure.
BOOST_AUTO_TEST_CASE(OneRunHasNoBounds)
{
    const JudgedCell half = Cell(1, {Fault("forged.reply", true), Fault("forged.reply", false)}, 1);
    JudgedCell empty = Cell(2, {});
    empty.cleanSessions = 0;
    for (const std::vector<JudgedCell>& cells : {std::vector{half}, std::vector{half, empty}})
    {
        const DetectorReport report = Report(cells);
        BOOST_TEST(report.f1.value.has_value());
        BOOST_TEST(!report.f1.bounds.has_value());
        BOOST_TEST(!report.falsePerThousand.bounds.has_value());
        BOOST_TEST(report.rocArea.value.has_value());
        BOOST_TEST(!report.rocArea.bounds.has_value());
        BOOST_TEST(ToJson(report)["roc"]["area"]["low"].is_null());
    }
    // The area alone needs runs with faults and runs with clean sessions.
    JudgedCell faults = half;
    faults.cleanSessions = 0;
    faults.falseAlarms.clear();
    BOOST_TEST(!Report({faults, Cell(2, {}, 1)}).rocArea.bounds.has_value());
    BOOST_TEST(Report({faults, Cell(2, {}, 1), Cell(3, {}, 2)}).rocArea.bounds.has_value());
    BOOST_TEST(Report({half, Cell(2, {}, 1)}).falsePerThousand.bounds.has_value());
}

/// Mann and Whitney's: faults 0.9, 0.5, never; sessions 0.5, never (9). Of 3 x 10 pairs
/// 10 + (9 + 1/2) + 9/2 go the right way.
BOOST_AUTO_TEST_CASE(TheAreaCountsPairs)
{
    const DetectorReport report = Report({Cell(1,
                                               {Fault("forged.reply", true, 0.9),
                                                Fault("forged.reply", true, 0.5),
                                                Fault("forged.reply", false)},
                                               1)});
    BOOST_CHECK_CLOSE(report.rocArea.value.value(), 24.0 / 30, 1e-9);
    BOOST_REQUIRE(report.roc.size() == 2);
    BOOST_TEST(report.roc[0].score == 0.9);
    BOOST_TEST(report.roc[0].falsePositives == 0.0);
    BOOST_CHECK_CLOSE(report.roc[1].truePositives, 2.0 / 3, 1e-9);
    BOOST_CHECK_CLOSE(report.roc[1].falsePositives, 0.1, 1e-9);
}

BOOST_AUTO_TEST_CASE(WhatWasMissedIsFoundLast)
{
    const DetectorReport report = Report({Cell(1,
                                               {Fault("forged.reply", true, 1, 3000000),
                                                Fault("forged.reply", true, 1, 1000000),
                                                Fault("forged.reply", false)})});
    BOOST_TEST(report.delayMs.value() == 3.0);
    BOOST_TEST(!report.slowDelayMs.has_value());
}

BOOST_AUTO_TEST_CASE(CellsThatWereNotJudgedAreCountedAsSuch)
{
    JudgedCell crashed = Cell(1, {});
    crashed.end = CellEnd::Crashed;
    JudgedCell blind = Cell(2, {});
    blind.end = CellEnd::Unsupported;
    JudgedCell unsure = Cell(3, {Fault("forged.reply", false)});
    unsure.said = "inconclusive";
    const DetectorReport report = Report({crashed, blind, unsure});
    BOOST_TEST(report.ended.at(CellEnd::Crashed) == 1u);
    BOOST_TEST(report.ended.at(CellEnd::Unsupported) == 1u);
    BOOST_TEST(report.inconclusive == 1u);
    BOOST_TEST(report.cleanSessions == 10u);
    BOOST_TEST(report.recall.Trials() == 1u);
    BOOST_TEST(ToJson(report)["ended"]["timed out"] == 0);
    // Nothing can be said of what there is none of.
    BOOST_TEST(ToJson(report)["roc"]["area"]["value"] == 0.5);
    BOOST_TEST(ToJson(report)["localization"]["located"] == 0);
}

BOOST_AUTO_TEST_CASE(CausesAreConfused)
{
    JudgedFault taken = Fault("tarpit", false);
    taken.said = "ban.address";
    JudgedCell cell = Cell(1, {Fault("forged.reply", true), taken}, 1);
    cell.falseAlarms.push_back({"ban.address", 1, "frame 2", "tarpit"});
    const DetectorReport report = Report({cell});
    BOOST_TEST((report.confusion.at({"tarpit", "ban.address"}) == 1));
    BOOST_TEST((report.confusion.at({"forged", "forged.reply"}) == 1));
    BOOST_TEST((report.confusion.at({"nothing wrong", "forged.reply"}) == 1));
    BOOST_TEST(report.confusion.size() == 3u);
    BOOST_TEST(report.falseAlarms == 2u);
}

BOOST_AUTO_TEST_CASE(TheTableHasARowACell)
{
    const std::string csv = CsvOf({Cell(1, {Fault("forged.reply", true)}), Cell(2, {}, 1)});
    BOOST_TEST(std::count(csv.begin(), csv.end(), '\n') == 3);
    BOOST_TEST(csv.find("s,v,1,gateway,d,judged,fault,1,0,0,0,0,0,0,0,0,10,0.001000000,\r\n") !=
                   std::string::npos,
               csv);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
