#include "lab/run/containment.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

/// Detectors in shell, judged on one forged reply.
struct Fixture
{
    Scratch scratch;

    void Write(const std::string& name, const std::string& script) const
    {
        WriteTextFile(scratch.Path() / name, script);
    }

    /// A detector that speaks for one of ours.
    void WriteGood(const std::string& name) const
    {
        Write(name,
              "exec " + tests::BinaryDir().string() +
                  "/bin/bouncelab-detect --detector overlap-conflict \"$1\" \"$2\"\n");
    }

    ChildEnd Call(const char* verb, std::vector<std::string> more) const
    {
        more.insert(more.begin(), verb);
        return Bouncelab(scratch.Path(), more);
    }

    ChildEnd Judge(const std::string& command, std::vector<std::string> more = {}) const
    {
        more.insert(more.begin(),
                    {command, "forged-reply/error-500", "--finds", "forged", "--reads", "packets"});
        return Call("judge", more);
    }

    nlohmann::json Report(const std::string& name) const
    {
        return nlohmann::json::parse(
            ReadTextFile(scratch.Path() / "results/judged" / name / "report.json"))[0];
    }
};

BOOST_AUTO_TEST_SUITE(judge)

BOOST_FIXTURE_TEST_CASE(FindingMissingAndFailingAreToldApart, Fixture)
{
    WriteGood("good.sh");
    const ChildEnd good = Judge("sh good.sh");
    BOOST_TEST(good.status == 0, good.error);
    nlohmann::json report = Report("good");
    const int vantages = report["cells"];
    BOOST_TEST(vantages >= 3);
    BOOST_TEST(report["micro"]["recall"]["hits"] == report["found"]);
    BOOST_TEST(report["found"] == 2); // At the gateway, and at the operator's union.
    BOOST_TEST(report["false_alarms"] == 0);
    BOOST_TEST(report["ended"]["unsupported"] == vantages - 2);
    BOOST_TEST(report["time_to_detect"]["median_ms"].get<double>() > 0);

    // It misses on purpose: nothing is made again, and the frame is named.
    Write("bad.sh", ": > \"$2\"\n");
    const ChildEnd bad = Judge("sh bad.sh", {"--table", "bad.csv"});
    BOOST_TEST(bad.status == 0, bad.error);
    BOOST_TEST(Report("bad")["missed"] == 2);
    BOOST_TEST(Report("bad")["micro"]["recall"]["hits"] == 0);
    BOOST_TEST(Has(bad.output,
                   "Missed (2):\n  forged-reply/error-500/seed-1 gateway-inside: "
                   "forged.reply at frame 11, said nothing"),
               bad.output);
    BOOST_TEST(Has(bad.error, "bad wrote no line that could be read"), bad.error);
    BOOST_TEST(Has(ReadTextFile(scratch.Path() / "bad.csv"),
                   "forged-reply,error-500,1,gateway-inside,bad,judged,none,0,1,"));

    Write("crash.sh", "echo words >&2; kill -SEGV $$\n");
    const ChildEnd crash = Judge("sh crash.sh");
    BOOST_TEST(crash.status == 3);
    BOOST_TEST(Report("crash")["ended"]["crashed"] == 2);
    BOOST_TEST(Report("crash")["missed"] == 0);
    BOOST_TEST(Has(crash.output, "Failed (2):"), crash.output);
    BOOST_TEST(Has(crash.output, "ended with status 139, Segmentation fault: words\n"),
               crash.output);
    BOOST_TEST(Has(crash.error, "kept as .stderr in results/judged/crash/said"), crash.error);
    BOOST_TEST(Has(ReadTextFile(scratch.Path() / "results/judged/crash/said/forged-reply/error-500/"
                                                 "seed-1/gateway-inside.stderr"),
                   "words\n"));

    Write("hang.sh", "sleep 60\n");
    BOOST_TEST(Judge("sh hang.sh", {"--timeout", "1"}).status == 3);
    BOOST_TEST(Report("hang")["ended"]["timed out"] == 2);
    // Also those that it has left behind count.
    Write("many.sh", "for i in $(seq 30); do (sleep 60 &); done; sleep 60\n");
    for (const char* how : {"--quiet", "--bare"})
    {
        const ChildEnd many = Judge("sh many.sh", {how, "--processes", "20"});
        BOOST_TEST(many.status == 3);
        BOOST_TEST(Report("many")["ended"]["too many processes"] == 2);
        BOOST_TEST(Has(many.output, "too many processes, more than 20 at once"), many.output);
    }
    Write("garbage.sh", "echo '{\"class\": \"forged.reply\", \"pcap_cnt\": 3}' > \"$2\"\n");
    const ChildEnd garbage = Judge("sh garbage.sh");
    BOOST_TEST(garbage.status == 3);
    BOOST_TEST(Report("garbage")["ended"]["refused"] == 2);
    BOOST_TEST(Has(garbage.output, "alerts.jsonl:1: an alert without verdict"), garbage.output);
    BOOST_TEST(Judge("./nothing-there").status == 3);
    BOOST_TEST(Report("nothing-there")["ended"]["not started"] == 2);
}

BOOST_FIXTURE_TEST_CASE(AProgramSaysWhatItIsFor, Fixture)
{
    Write("mute.sh", ": > \"$2\"\n");
    const ChildEnd unknown = Call("judge", {"sh mute.sh", "forged-reply/error-500"});
    BOOST_TEST(unknown.status == 2);
    BOOST_TEST(Has(unknown.error, "nothing says what \"sh mute.sh\" looks for: expected --finds"),
               unknown.error);
    Write("slow.sh", "sleep 30\n");
    const ChildEnd slow = Call("judge", {"sh slow.sh", "forged-reply/error-500", "--timeout", "1"});
    BOOST_TEST(slow.status == 2);
    BOOST_TEST(Has(slow.error, "\"sh slow.sh\" did not answer --list --json within 1 s: expected "),
               slow.error);
    Write("resets.sh",
          "if [ \"$1\" = --list ]; then\n"
          "    echo '[{\"name\": \"r\", \"reads\": [\"packets\"], \"finds\": "
          "[\"forged.reset\"]}]'\nfi\n");
    BOOST_TEST(Call("judge", {"sh resets.sh", "forged-reply/error-500"}).status == 0);
    BOOST_TEST(Report("resets")["detector"] == "r");
    BOOST_TEST(Report("resets")["missed"] == 0);
    BOOST_TEST(Judge("sh mute.sh", {"--finds", "weather"}).status == 2);
    BOOST_TEST(Judge("sh mute.sh", {"--vantage", "nowhere"}).status == 2);
}

BOOST_FIXTURE_TEST_CASE(BuiltInDetectorsAreJudgedLikewise, Fixture)
{
    const ChildEnd end = Call("judge",
                              {"built-in",
                               "forged-reply/error-500",
                               "--detector",
                               "overlap-conflict",
                               "--detector",
                               "early-end",
                               "--json"});
    BOOST_TEST(end.status == 0, end.error);
    const auto json = nlohmann::json::parse(end.output);
    BOOST_REQUIRE(json.size() == 2);
    BOOST_TEST(json[1]["detector"] == "overlap-conflict");
    BOOST_TEST(json[1]["found"] == 2);
    BOOST_TEST(json[0]["inconclusive"].get<int>() > 0);
}

BOOST_FIXTURE_TEST_CASE(ItSeesNoRunAndNoJudgement, Fixture)
{
    if (const std::string why = bouncelab::run::WhyNotContained({}); !why.empty())
    {
        BOOST_TEST_MESSAGE("not tried: " << why);
        return;
    }
    Write("look.sh",
          "find " + scratch.Path().string() + " -name '*.jsonl' >&2; echo \"$@\" >&2; env >&2\n");
    BOOST_TEST(Judge("sh look.sh").status == 0);
    const std::string said = ReadTextFile(
        scratch.Path() /
        "results/judged/look/said/forged-reply/error-500/seed-1/gateway-inside.stderr");
    for (const char* word : {"labels.jsonl", "cells.jsonl", "forged", "error-500", "gateway"})
    {
        BOOST_TEST(!Has(said, word), word << " in " << said);
    }
}

/// Results elsewhere do not uncover those in the usual place, nor what others said of them.
BOOST_FIXTURE_TEST_CASE(ItSeesNoRunInTheUsualPlaceEither, Fixture)
{
    if (const std::string why = bouncelab::run::WhyNotContained({}); !why.empty())
    {
        BOOST_TEST_MESSAGE("not tried: " << why);
        return;
    }
    WriteGood("good.sh");
    BOOST_TEST(Judge("sh good.sh").status == 0);
    Write("look.sh", "find " + scratch.Path().string() + " -type f >&2\n");
    BOOST_TEST(Judge("sh look.sh", {"--out", "elsewhere"}).status == 0);
    const std::string said = ReadTextFile(
        scratch.Path() /
        "elsewhere/judged/look/said/forged-reply/error-500/seed-1/gateway-inside.stderr");
    BOOST_TEST(Has(said, "/look.sh"), said);
    for (const char* word : {"labels.jsonl", "cells.jsonl", "error-500"})
    {
        BOOST_TEST(!Has(said, word), word << " in " << said);
    }
}

/// Two commands may have the same name; one that is called again replaces what it said.
BOOST_FIXTURE_TEST_CASE(NobodysReportIsLost, Fixture)
{
    fs::create_directories(scratch.Path() / "a");
    fs::create_directories(scratch.Path() / "b");
    WriteGood("a/mine.sh");
    Write("b/mine.sh", ": > \"$2\"\n");
    BOOST_TEST(Judge("sh a/mine.sh").status == 0);
    const ChildEnd other = Judge("sh b/mine.sh");
    BOOST_TEST(Has(other.output, "results/judged/mine-2\n"), other.output);
    BOOST_TEST(Report("mine")["found"] == 2);
    BOOST_TEST(Report("mine-2")["found"] == 0);
    BOOST_TEST(Report("mine-2")["detector"] == "mine");
    BOOST_TEST(Judge("sh a/mine.sh").status == 0);
    BOOST_TEST(!fs::exists(scratch.Path() / "results/judged/mine-3"));
}

BOOST_FIXTURE_TEST_CASE(ARegressionIsRedAndAnImprovementIsNot, Fixture)
{
    const auto regress = [&](std::vector<std::string> more)
    {
        more.insert(more.begin(),
                    {"--exec",
                     "sh mine.sh",
                     "--finds",
                     "forged",
                     "--baseline",
                     "accepted",
                     "--runs",
                     "2",
                     "--vantage",
                     "gateway-inside"});
        return Call("regress", more);
    };
    const std::string scenario = "forged-reply/error-500";
    WriteGood("mine.sh");
    const ChildEnd none = regress({scenario});
    BOOST_TEST(none.status == 2);
    BOOST_TEST(Has(none.error, "accepted: expected a folder of accepted verdicts"), none.error);
    BOOST_TEST(regress({scenario, "--update-baseline"}).status == 0);
    const ChildEnd same = regress({scenario});
    BOOST_TEST(same.status == 0, same.error);
    BOOST_TEST(Has(same.output, "1 cell compared, 0 changes"), same.output);

    Write("mine.sh", ": > \"$2\"\n");
    const ChildEnd worse = regress({scenario, "--junit", "v.xml", "--summary", "words"});
    BOOST_TEST(worse.status == 1);
    BOOST_TEST(Has(worse.output,
                   "worse: forged-reply/error-500 at gateway-inside, mine: found 2 of 2, now 0 of "
                   "2 (in 2 seeds from 1 to 2); may be chance"),
               worse.output);
    BOOST_TEST(Has(worse.output, "first: seed 1, frame 11"), worse.output);
    BOOST_TEST(Has(ReadTextFile(scratch.Path() / "v.xml"), "failures=\"1\""));
    BOOST_TEST(Has(ReadTextFile(scratch.Path() / "words"), "## Verdicts became worse"));
    // Only what was worse is tried again.
    const ChildEnd again = regress({"forged-reply", "--failed"});
    BOOST_TEST(again.status == 1);
    BOOST_TEST(Has(again.output, "1 cell compared"), again.output);

    BOOST_TEST(regress({scenario, "--update-baseline"}).status == 0);
    WriteGood("mine.sh");
    const ChildEnd better = regress({scenario});
    BOOST_TEST(better.status == 0, better.error);
    BOOST_TEST(Has(better.output, "better: forged-reply/error-500"), better.output);
    BOOST_TEST(regress({"--failed"}).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
