#include "lab/score/judged-cell.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

constexpr std::size_t P7 = 10;
constexpr std::size_t P8 = 11;

struct Fixture
{
    TemporaryFolder folder;
    DetectorScope forged;

    Fixture()
    {
        DocumentedRun().Write(folder.Path());
        forged.finds = std::set<std::string>{"forged"};
        forged.reads = {"packets"};
    }

    JudgedCell Judge(const std::vector<Alert>& alerts, const DetectorScope& scope) const
    {
        const RunFolder run(folder.Path());
        return CellJudge(run).Judge("d", "gateway-inside", alerts, scope);
    }
};

Alert
AlarmAt(std::size_t packet, const std::string& dottedClass = "forged.reply")
{
    Alert alert;
    alert.dottedClass = dottedClass;
    alert.frame = FrameOf(packet);
    alert.score = 0.75;
    return alert;
}

BOOST_AUTO_TEST_SUITE(judged_cell)

BOOST_FIXTURE_TEST_CASE(AFoundFaultHasPlaceTimeAndDistance, Fixture)
{
    Alert alarm = AlarmAt(P7);
    alarm.evidence.frames = {FrameOf(P7), FrameOf(P8)};
    alarm.where.hops = HopInterval{3, 4};
    const JudgedCell cell = Judge({alarm}, forged);
    BOOST_REQUIRE(cell.faults.size() == 1);
    BOOST_TEST(cell.Found() == 1u);
    BOOST_TEST(cell.faults[0].said == "forged.reply");
    BOOST_TEST(cell.faults[0].place == "frame " + std::to_string(FrameOf(P7)));
    // The genuine reply, which the alarm rests on, comes 46.7 ms after the forged one.
    BOOST_REQUIRE(cell.faults[0].delay.has_value());
    const auto packets = DocumentedPackets();
    BOOST_TEST(*cell.faults[0].delay ==
               1000 * (packets[P8].microseconds - packets[P7].microseconds));
    BOOST_TEST(*cell.faults[0].hopError == 3);
    BOOST_TEST(cell.falseAlarms.empty());
}

BOOST_FIXTURE_TEST_CASE(WhatWasSaidOfAMissedFaultIsTold, Fixture)
{
    const JudgedCell silent = Judge({}, forged);
    BOOST_REQUIRE(silent.faults.size() == 1);
    BOOST_TEST(silent.isMute);
    BOOST_TEST(silent.Missed() == 1u);
    BOOST_TEST(silent.faults[0].said == "nothing");
    BOOST_TEST(silent.faults[0].place == "frame " + std::to_string(FrameOf(P7)));

    const JudgedCell wrong = Judge({AlarmAt(P7, "tarpit")}, forged);
    BOOST_TEST(wrong.faults.at(0).said == "tarpit");
    BOOST_REQUIRE(wrong.falseAlarms.size() == 1);
    BOOST_TEST(wrong.falseAlarms[0].truth == "forged.reply");

    Alert unsure = AlarmAt(P7);
    unsure.verdict = Verdict::Inconclusive;
    const JudgedCell cell = Judge({unsure}, forged);
    BOOST_TEST(cell.faults.at(0).said == "inconclusive");
    BOOST_TEST(cell.said == "inconclusive");
    BOOST_TEST(cell.falseAlarms.empty());

    const JudgedCell elsewhere = Judge({AlarmAt(2)}, forged);
    BOOST_TEST(elsewhere.falseAlarms.at(0).truth == "");
}

BOOST_FIXTURE_TEST_CASE(NobodyIsHeldToWhatHeDoesNotLookForOrSee, Fixture)
{
    DetectorScope bans;
    bans.finds = std::set<std::string>{"ban"};
    BOOST_TEST(Judge({}, bans).faults.empty());
    BOOST_TEST(Judge({}, bans).otherEvents == 1u);
    DetectorScope resets;
    resets.finds = std::set<std::string>{"forged.reset"};
    BOOST_TEST(Judge({}, resets).faults.empty());
    DetectorScope logs;
    logs.reads = {"server-log"};
    const JudgedCell cell = Judge({}, logs);
    BOOST_TEST(cell.faults.empty());
    BOOST_TEST((cell.end == CellEnd::Unsupported));
}

/// One that says `all`, or nothing, is held to everything, one with an empty list to nothing.
BOOST_FIXTURE_TEST_CASE(AnEmptyListIsNothing, Fixture)
{
    const auto scopes = ScopesFrom(R"([{"name": "none", "reads": ["packets"], "finds": []},
                                       {"name": "all", "reads": ["packets"], "finds": ["all"]},
                                       {"name": "unsaid", "reads": ["packets"]}])",
                                   "--list");
    BOOST_TEST(Judge({}, scopes.at("none")).faults.empty());
    BOOST_TEST(Judge({}, scopes.at("none")).otherEvents == 1u);
    BOOST_TEST(Judge({}, scopes.at("all")).Missed() == 1u);
    BOOST_TEST(Judge({}, scopes.at("unsaid")).Missed() == 1u);
}

BOOST_FIXTURE_TEST_CASE(FailuresAreNoMisses, Fixture)
{
    const RunFolder run(folder.Path());
    const JudgedCell cell = CellJudge(run).Unjudged("d", "gateway-inside", CellEnd::Crashed, "why");
    BOOST_TEST(cell.faults.empty());
    BOOST_TEST(cell.said == "crashed");
    BOOST_TEST(HasFailed(cell.end));
}

BOOST_FIXTURE_TEST_CASE(CellsGoThereAndBack, Fixture)
{
    Alert alarm = AlarmAt(P7);
    alarm.where.hops = HopInterval{6, 7};
    const JudgedCell cell = Judge({alarm, AlarmAt(2)}, forged);
    const auto json = ToJson(cell);
    BOOST_TEST(ToJson(CellFromJson(json)) == json);
    BOOST_TEST(json["clean_sessions"].get<int>() >= 0);
    BOOST_TEST(json["faults"][0]["hop_error"] == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
