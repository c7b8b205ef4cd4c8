#include "lab/score/detector-score.h"
#include "lab/score/mail-outcome.h"
#include "lab/score/run-score.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;
using scenario::ExpectedWord;

constexpr std::size_t P7 = 10;
constexpr std::size_t P8 = 11;
constexpr std::size_t P9 = 12;

struct Fixture
{
    TemporaryFolder folder;

    Fixture() { DocumentedRun().Write(folder.Path()); }

    void Say(const std::string& detector, const std::string& vantage, const std::vector<Alert>& all)
    {
        std::string text;
        for (const Alert& alert : all)
        {
            text += ToJsonLine(alert);
        }
        std::filesystem::create_directories(folder.Path() / "verdicts" / detector);
        WriteTextFile(folder.Path() / "verdicts" / detector / (vantage + ".jsonl"), text);
    }

    /// What the detector "d" says that it reads and finds.
    /// \param finds empty = all
    void Declare(const std::string& reads,
                 const std::string& finds,
                 const std::string& role = "judge")
    {
        std::filesystem::create_directories(folder.Path() / "verdicts");
        WriteTextFile(folder.Path() / "verdicts/detectors.json",
                      R"([{"name": "d", "description": "", "reads": [)" + reads +
                          R"(], "finds": [)" + (finds.empty() ? R"("all")" : finds) +
                          R"(], "role": ")" + role + "\"}]\n");
    }

    std::vector<DetectorScore> Scores()
    {
        const RunFolder run(folder.Path());
        Visibility visibility(run);
        return ScoreVerdicts(run, FaultEventsOf(run.Labels()), visibility);
    }

    DetectorScore Score()
    {
        const auto scores = Scores();
        BOOST_REQUIRE(scores.size() == 1);
        return scores.front();
    }

    static scenario::ExpectedVerdict Expected(ExpectedWord word, const std::string& count)
    {
        scenario::ExpectedVerdict expected;
        expected.verdict = word;
        expected.count = count;
        expected.lines = scenario::LineCount::Parse(count).value();
        return expected;
    }

    std::vector<ExpectationMiss> Check(ExpectedWord word,
                                       const std::string& count,
                                       std::vector<scenario::Excuse> except = {})
    {
        const RunFolder run(folder.Path());
        scenario::Expectations expectations;
        scenario::ExpectedVerdict& expected = expectations.verdicts["d"]["gateway-inside"];
        expected = Expected(word, count);
        expected.except = std::move(except);
        return CheckVerdicts(run, expectations, Scores());
    }

    std::vector<ExpectationMiss> Check(ExpectedWord word, std::uint64_t count)
    {
        return Check(word, std::to_string(count));
    }
};

Alert
AlarmAt(std::size_t packet)
{
    Alert alert;
    alert.detector = "d";
    alert.dottedClass = "forged.reply";
    alert.frame = FrameOf(packet);
    alert.evidence.file = "capture.pcap";
    return alert;
}

BOOST_AUTO_TEST_SUITE(detector_score)

BOOST_FIXTURE_TEST_CASE(ATrueAlarm, Fixture)
{
    Say("d", "gateway-inside", {AlarmAt(P7)});
    const DetectorScore score = Score();
    BOOST_TEST(score.trueAlarms == 1u);
    BOOST_TEST(score.falseAlarms == 0u);
    BOOST_TEST(score.misses == 0u);
    BOOST_TEST(score.misplaced == 0u);
    BOOST_TEST(Check(ExpectedWord::Fault, 1).empty());
    BOOST_TEST(Check(ExpectedWord::Fault, 2).size() == 1u);
    BOOST_TEST(Check(ExpectedWord::None, 0).front().found == "fault 1");
}

BOOST_FIXTURE_TEST_CASE(AFalseAlarmIsAlsoAMiss, Fixture)
{
    Say("d", "gateway-inside", {AlarmAt(P8)});
    const DetectorScore score = Score();
    BOOST_TEST(score.trueAlarms == 0u);
    BOOST_TEST(score.falseAlarms == 1u);
    BOOST_TEST(score.misses == 1u);
    BOOST_TEST(Check(ExpectedWord::Fault, 1).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(AccusingTheTwinIsMisplaced, Fixture)
{
    Alert alert = AlarmAt(P8);
    alert.evidence.frames = {FrameOf(P7), FrameOf(P8)};
    Say("d", "gateway-inside", {alert});
    BOOST_TEST(Score().trueAlarms == 1u);
    BOOST_TEST(Score().misplaced == 1u);
}

BOOST_FIXTURE_TEST_CASE(ThePhantomAckCounts, Fixture)
{
    Say("d", "operator", {AlarmAt(P9)});
    BOOST_TEST(Score().trueAlarms == 1u);
}

BOOST_FIXTURE_TEST_CASE(SilenceIsAMissWhereTheFaultShows, Fixture)
{
    Say("d", "gateway-inside", {});
    BOOST_TEST(Score().misses == 1u);
    BOOST_TEST(!Score().unsupported);
    BOOST_TEST(Check(ExpectedWord::None, 0).empty());
    BOOST_TEST(Check(ExpectedWord::Unsupported, 0).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(ANumberMayBeMeasured, Fixture)
{
    Say("d", "gateway-inside", {AlarmAt(P7)});
    BOOST_TEST(Check(ExpectedWord::Fault, "1 to 2").empty());
    BOOST_TEST(Check(ExpectedWord::Fault, "2 to 3").front().expected == "fault 2 to 3");
    Say("d", "gateway-inside", {AlarmAt(P7), AlarmAt(P9)});
    BOOST_TEST(Check(ExpectedWord::Fault, "1 to 2").empty());
    BOOST_TEST(Check(ExpectedWord::Fault, "1 to 1").front().found == "fault 2");
    BOOST_TEST(Check(ExpectedWord::Fault, 1).size() == 1u);
    Say("d", "gateway-inside", {AlarmAt(P7), AlarmAt(P8)});
    BOOST_TEST(Check(ExpectedWord::Fault, "1 to 2").front().found ==
               "fault 2, of them 1 at nothing that is wrong");
    Declare("", "", "baseline");
    BOOST_TEST(Check(ExpectedWord::Fault, "1 to 2").empty());
}

/// A second event, in the same connection, which the capture shows without the server's end.
BOOST_FIXTURE_TEST_CASE(EveryEventIsToBeFound, Fixture)
{
    const auto excused = [&]
    { return Check(ExpectedWord::Fault, "every-event", {scenario::Excuse::Unfinished}); };
    Say("d", "gateway-inside", {});
    BOOST_TEST(Check(ExpectedWord::Fault, "every-event").size() == 1u);
    Say("d", "gateway-inside", {AlarmAt(P7), AlarmAt(P9)});
    BOOST_TEST(Check(ExpectedWord::Fault, "every-event").empty());
    Label session;
    session.kind = "flow";
    session.classLabel = "tarpit.connector";
    session.causeId = 9;
    session.params = {{"client", "10.4.1.4:60661"}, {"server", "203.131.198.80:25"}};
    DocumentedRun run;
    run.furtherLabels = {session};
    run.Write(folder.Path());
    const auto missed = Check(ExpectedWord::Fault, "every-event");
    BOOST_REQUIRE(missed.size() == 1u);
    BOOST_TEST(missed.front().expected == "fault every-event");
    BOOST_TEST(missed.front().found == "fault 2 and 1 missed, 1 of them unfinished");
    BOOST_TEST(excused().empty());
    run.packets.push_back(run.packets.back());
    run.packets.back().outward = false;
    run.Write(folder.Path());
    BOOST_TEST(excused().front().found == "fault 2 and 1 missed, 0 of them unfinished");
}

BOOST_FIXTURE_TEST_CASE(SilenceIsUnsupportedWhereNothingCanBeRead, Fixture)
{
    Say("d", "mail-host", {});
    Declare(R"("packets", "server-log")", "");
    const DetectorScore score = Score();
    BOOST_TEST(score.unsupported);
    BOOST_TEST(score.misses == 0u);
    BOOST_TEST(score.hiddenEvents == 1u);
    BOOST_TEST((score.Word() == ExpectedWord::Unsupported));
}

BOOST_FIXTURE_TEST_CASE(SilenceIsSilenceWhereItCouldHaveSpoken, Fixture)
{
    Say("d", "mail-host", {});
    BOOST_TEST(!Score().unsupported); // It did not say what it reads.
    Declare(R"("mail-log")", "");
    BOOST_TEST(!Score().unsupported);
    BOOST_TEST(Score().hiddenEvents == 1u);
    BOOST_TEST((Score().Word() == ExpectedWord::None));
    std::filesystem::remove_all(folder.Path() / "verdicts/d");
    Say("d", "operator", {});
    Declare(R"("packets")", "");
    BOOST_TEST(!Score().unsupported);
    BOOST_TEST(Score().misses == 1u);
}

BOOST_FIXTURE_TEST_CASE(WhatItDoesNotLookForIsNoMiss, Fixture)
{
    Say("d", "gateway-inside", {});
    Declare(R"("packets")", R"("ban", "tarpit")");
    BOOST_TEST(Score().misses == 0u);
    BOOST_TEST(Score().otherEvents == 1u);
    Declare(R"("packets")", R"("ban", "forged")");
    BOOST_TEST(Score().misses == 1u);
    Declare(R"("packets")", R"("forged.reset")");
    BOOST_TEST(Score().otherEvents == 1u);
    Declare(R"("packets")", R"("forged.reply")");
    BOOST_TEST(Score().misses == 1u);
}

BOOST_FIXTURE_TEST_CASE(ANumberOfLinesIsThatOfTheEvidence, Fixture)
{
    Alert benign = AlarmAt(P7);
    benign.verdict = Verdict::Benign;
    Say("d", "gateway-inside", {benign, benign});
    const RunFolder run(folder.Path());
    scenario::Expectations expectations;
    expectations.verdicts["d"]["gateway-inside"] = Expected(ExpectedWord::Benign, "each seen.from");
    expectations.select["seen"].kind = "packets";
    BOOST_TEST(CheckVerdicts(run, expectations, Scores()).empty());
    expectations.verdicts["d"]["gateway-inside"] =
        Expected(ExpectedWord::Benign, "each seen.frame");
    BOOST_TEST(CheckVerdicts(run, expectations, Scores()).size() == 1u);
    expectations.verdicts["d"]["gateway-inside"] = Expected(ExpectedWord::Benign, "each seen.from");
    expectations.select["seen"].where["forged"] = "yes";
    const auto misses = CheckVerdicts(run, expectations, Scores());
    BOOST_REQUIRE(misses.size() == 1u);
    BOOST_TEST(misses.front().expected == "benign each seen.from");
    BOOST_TEST(misses.front().found == "benign 2");
}

BOOST_FIXTURE_TEST_CASE(QuietIsSilenceOfEitherKind, Fixture)
{
    Say("d", "mail-host", {});
    Say("d", "gateway-inside", {});
    Say("e", "gateway-inside", {AlarmAt(P7)});
    Declare(R"("packets")", "");
    const RunFolder run(folder.Path());
    scenario::Expectations expectations;
    expectations.verdicts["*"]["*"] = Expected(ExpectedWord::Quiet, "0");
    const auto misses = CheckVerdicts(run, expectations, Scores());
    BOOST_REQUIRE(misses.size() == 1u);
    BOOST_TEST(misses.front().detector == "e");
    BOOST_TEST(misses.front().expected == "quiet");
    BOOST_TEST(misses.front().found == "fault 1");
    expectations.verdicts["e"]["gateway-inside"] = Expected(ExpectedWord::Fault, "1");
    BOOST_TEST(CheckVerdicts(run, expectations, Scores()).empty());
    expectations.verdicts["f"]["*"] = Expected(ExpectedWord::None, "0");
    expectations.verdicts["f"]["gateway-inside"] = Expected(ExpectedWord::None, "0");
    const auto absent = CheckVerdicts(run, expectations, Scores());
    BOOST_REQUIRE(absent.size() == 1u);
    BOOST_TEST(absent.front().found == "did not run");
}

BOOST_FIXTURE_TEST_CASE(AListThatIsNoneIsNamed, Fixture)
{
    Say("d", "gateway-inside", {});
    WriteTextFile(folder.Path() / "verdicts/detectors.json", "[{\"name\": 1}]");
    BOOST_CHECK_EXCEPTION(Score(),
                          std::runtime_error,
                          [](const std::runtime_error& e) {
                              return std::string(e.what()).find("detectors.json: found no list") !=
                                     std::string::npos;
                          });
}

BOOST_FIXTURE_TEST_CASE(WordsBesideAlarms, Fixture)
{
    Alert benign = AlarmAt(P7);
    benign.verdict = Verdict::Benign;
    Alert unsure = AlarmAt(P7);
    unsure.verdict = Verdict::Inconclusive;
    unsure.dottedClass = "insufficient";
    Say("d", "gateway-inside", {benign, unsure, unsure});
    const DetectorScore score = Score();
    BOOST_TEST(score.benign == 1u);
    BOOST_TEST(score.inconclusive == 2u);
    BOOST_TEST(score.Alarms() == 0u);
    BOOST_TEST(Check(ExpectedWord::Inconclusive, 2).empty());
    BOOST_TEST(Check(ExpectedWord::Fault, 1).front().found == "inconclusive 2");
}

BOOST_FIXTURE_TEST_CASE(PlacesAreMeasuredInHops, Fixture)
{
    Alert alert = AlarmAt(P7);
    alert.where.hops = HopInterval{6, 7};
    Say("d", "gateway-inside", {alert});
    const auto places = Score().places;
    BOOST_REQUIRE(places.size() == 1);
    BOOST_TEST(places[0].trueHop == 7u);
    BOOST_TEST(places[0].Width() == 1);
    BOOST_TEST(places[0].Error() == 0);
}

BOOST_AUTO_TEST_CASE(ErrorsInHops)
{
    const auto error = [](int after, int to) { return Localization{1, {after, to}, 7}.Error(); };
    BOOST_TEST(error(0, 8) == 0);
    BOOST_TEST(error(6, 7) == 0);
    BOOST_TEST(error(7, 8) == 1);
    BOOST_TEST(error(9, 14) == 3);
    BOOST_TEST(error(3, 5) == 2);
}

BOOST_FIXTURE_TEST_CASE(ADetectorThatDidNotRun, Fixture)
{
    BOOST_TEST(Check(ExpectedWord::None, 0).front().found == "did not run");
}

BOOST_FIXTURE_TEST_CASE(WhatIsNoAlertIsNamed, Fixture)
{
    std::filesystem::create_directories(folder.Path() / "verdicts/d");
    WriteTextFile(folder.Path() / "verdicts/d/gateway-inside.jsonl", "{\"event_type\": \n");
    BOOST_CHECK_EXCEPTION(
        Score(),
        std::runtime_error,
        [](const std::runtime_error& e)
        { return std::string(e.what()).find("gateway-inside.jsonl:1: ") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(OutcomeOfTheMail)
{
    const TemporaryFolder folder;
    DocumentedRun run;
    Label label;
    label.kind = "message";
    label.classLabel = "ordinary";
    label.params = {{"sender", "sales@livedoor.cn"},
                    {"recipient", "kawamura@neptune.livedoor.com"},
                    {"sender_view", "failed"},
                    {"copies", "0"},
                    {"agree", "true"}};
    run.furtherLabels.push_back(label);
    label.params = {{"sender", "x"},
                    {"recipient", "y"},
                    {"sender_view", "failed"},
                    {"copies", "1"},
                    {"agree", "false"}};
    run.furtherLabels.push_back(label);
    run.Write(folder.Path());
    const TrueOutcome outcome = OutcomeOf(RunFolder(folder.Path()));
    BOOST_TEST(outcome.Phrase() == "bounced / never arrived");
    BOOST_TEST(outcome.others == 1u);
    BOOST_TEST(outcome.othersAmiss == 1u);
}

BOOST_FIXTURE_TEST_CASE(ASealedRunNamesEveryFile, Fixture)
{
    Say("d", "gateway-inside", {AlarmAt(P7)});
    const RunFolder run(folder.Path());
    SealRun(folder.Path(), ScoreRun(run, {}));
    const auto manifest =
        nlohmann::ordered_json::parse(ReadTextFile(folder.Path() / "manifest.json"));
    BOOST_TEST(manifest["files"].size() == FilesBelow(folder.Path()).size() - 1);
    BOOST_TEST(manifest["files"]["score.json"].get<std::string>().size() == 64u);
    const std::string before = ReadTextFile(folder.Path() / "manifest.json");
    SealRun(folder.Path(), ScoreRun(RunFolder(folder.Path()), {}));
    BOOST_TEST(ReadTextFile(folder.Path() / "manifest.json") == before);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
