// Sweeps from outside: killed and resumed, in shards, refused.

#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;
using Words = std::vector<std::string>;

constexpr const char* CAMPAIGN = "scenarios: [forged-reply/control, forged-reply/error-500]\n"
                                 "over:\n"
                                 "  product:\n"
                                 "    paths.japan.delay-scale: [1, 1.5]\n"
                                 "runs: 2\n"
                                 "vantages: [gateway-inside]\n"
                                 "measure: [round-trips/SYN, rcpt-to-forged/gap]\n"
                                 "keep: none\n";

struct Fixture
{
    Scratch scratch;

    Fixture() { WriteTextFile(scratch.Path() / "campaign.yaml", CAMPAIGN); }

    ChildEnd Sweep(const Words& words) const
    {
        Words all{"sweep", "-q"};
        all.insert(all.end(), words.begin(), words.end());
        return Bouncelab(scratch.Path(), all);
    }

    std::string Text(const std::string& file) const { return ReadTextFile(scratch.Path() / file); }

    /// Whether two sweeps gave the same table, in both forms.
    void CheckSame(const std::string& table, const std::string& other) const
    {
        BOOST_TEST((Text(table + ".csv") == Text(other + ".csv")));
        BOOST_TEST((Text(table + ".sqlite") == Text(other + ".sqlite")));
    }
};

BOOST_FIXTURE_TEST_SUITE(sweep, Fixture)

BOOST_AUTO_TEST_CASE(KilledAnywhereItResumesToTheSameBytes)
{
    const ChildEnd whole = Sweep({"campaign.yaml", "--out", "whole"});
    BOOST_REQUIRE_MESSAGE(whole.status == 0, whole.error);
    const std::string csv = Text("whole/table.csv");
    BOOST_TEST(csv.find("scenario,variant,paths.japan.delay-scale,seed,") == 0);
    BOOST_TEST(csv.find(",round_trips_SYN_s,rcpt_to_forged_gap_s\n") != std::string::npos);
    int kills = 0;
    for (auto limit = std::chrono::milliseconds(150);; limit += std::chrono::milliseconds(250))
    {
        Words words{"env",
                    "-C",
                    scratch.Path().string(),
                    "BOUNCELAB_DATA=" + tests::SourceDir().string(),
                    (tests::BinaryDir() / "bin/bouncelab").string()};
        for (const char* word : {"sweep", "-q", "campaign.yaml", "--out", "killed", "--resume"})
        {
            words.emplace_back(word);
        }
        const ChildEnd end = RunChild(words, limit);
        if (!end.timedOut)
        {
            BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
            break;
        }
        ++kills;
    }
    BOOST_TEST(kills > 0);
    CheckSame("killed/table", "whole/table");
    BOOST_TEST(!fs::exists(scratch.Path() / "killed/table.csv.part"));
}

BOOST_AUTO_TEST_CASE(ShardsMakeTheTableOfTheWhole)
{
    BOOST_REQUIRE(Sweep({"campaign.yaml", "--out", "whole", "--jobs", "2"}).status == 0);
    Words merge{"--merge"};
    std::string joined;
    for (const char* shard : {"1", "2", "3"})
    {
        const ChildEnd end = Sweep({"campaign.yaml",
                                    "--out",
                                    "parts",
                                    "--jobs",
                                    "1",
                                    "--shard",
                                    std::string(shard) + "/3"});
        BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
        const std::string table = "parts/table-" + std::string(shard) + "-of-3.csv";
        merge.push_back(table);
        const std::string text = Text(table);
        joined += joined.empty() ? text : text.substr(text.find('\n') + 1);
    }
    BOOST_TEST((joined == Text("whole/table.csv")));
    merge.insert(merge.end(), {"--table", "merged.csv"});
    const ChildEnd end = Sweep(merge);
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
    CheckSame("merged", "whole/table");
}

BOOST_AUTO_TEST_CASE(ADryRunSaysWhatWouldComeAndLeavesNothing)
{
    const ChildEnd end = Sweep({"campaign.yaml", "--dry-run", "--json", "--keep", "all"});
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
    const auto json = nlohmann::json::parse(end.output);
    BOOST_TEST(json["runs"] == 8);
    BOOST_TEST(json["points"] == 2);
    BOOST_TEST(json["estimated_time_s"].get<double>() > 0);
    BOOST_TEST(json["estimated_disk_B"].get<double>() > 100000);
    BOOST_TEST(std::distance(fs::directory_iterator(scratch.Path()), fs::directory_iterator()) ==
               1);
}

BOOST_AUTO_TEST_CASE(SettingsArePartOfWhatARunIs)
{
    const ChildEnd end = Sweep({"forged-reply/error-500",
                                "--over",
                                "injectors.border.at-hop=7,9",
                                "--runs",
                                "2",
                                "--out",
                                "out"});
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
    Words measure{"measure", "--check", "rcpt-to-forged/gap", "--json"};
    for (const char* hop : {"7", "9"})
    {
        for (const char* seed : {"1", "2"})
        {
            measure.push_back("out/forged-reply/error-500/injectors.border.at-hop=" +
                              std::string(hop) + "/seed-" + seed);
        }
    }
    const auto json = nlohmann::json::parse(Bouncelab(scratch.Path(), measure).output);
    BOOST_REQUIRE(json.size() == 2);
    BOOST_TEST(json[0]["settings"][0] == "injectors.border.at-hop=7");
    BOOST_TEST(json[1]["settings"][0] == "injectors.border.at-hop=9");
    for (const auto& group : json)
    {
        BOOST_TEST(group["runs"] == 2);
        BOOST_TEST(group["seeds"] == nlohmann::json({1, 2}));
        BOOST_TEST(group["values"]["rcpt-to-forged/gap"].size() == 2);
    }
    Words score{"score", "--json"};
    score.insert(score.end(), measure.begin() + 4, measure.end());
    const auto scores = nlohmann::json::parse(Bouncelab(scratch.Path(), score).output);
    BOOST_REQUIRE(scores.size() == 6); // four runs, and a summary for each of two settings
    BOOST_TEST(scores[5]["summary"]["settings"][0] == "injectors.border.at-hop=9");
}

BOOST_AUTO_TEST_CASE(BadCampaignsAreRefusedWithTheirPlace)
{
    const auto refusal = [&](const Words& words)
    {
        const ChildEnd end = Sweep(words);
        BOOST_TEST(end.status == 2);
        BOOST_TEST(end.output.empty());
        return end.error;
    };
    WriteTextFile(scratch.Path() / "bad.yaml", "scenarios: [forged-reply/contrl]\nruns: 2\n");
    BOOST_TEST(refusal({"bad.yaml"}) == "bouncelab: bad.yaml:1:13: scenarios.1: scenario "
                                        "forged-reply has no variant \"contrl\", did you mean "
                                        "\"control\"?\n");
    const std::string two = refusal(
        {"forged-reply/control", "--over", "paths.japan.delay-scale=x,0", "--over", "nosuch=1"});
    // Two values that are wrong for the same reason are told in one line.
    BOOST_TEST(std::count(two.begin(), two.end(), '\n') == 2);
    BOOST_TEST(two.find("found \"x\"") != std::string::npos, two);
    BOOST_TEST(two.find("; likewise 1 further value\n") != std::string::npos, two);
    BOOST_TEST(two.find("--over \"nosuch=1\"") != std::string::npos);
    BOOST_TEST(refusal({"campaign.yaml", "--shard", "3/2"}).find("expected I/N") !=
               std::string::npos);
    BOOST_TEST(refusal({"campaign.yaml", "--measure", "nosuch"}).find("--measure \"nosuch\"") !=
               std::string::npos);
    BOOST_TEST(refusal({"campaign.yaml", "--out", "."}).find("holds no sweep") !=
               std::string::npos);
    BOOST_TEST(!fs::exists(scratch.Path() / "sweep"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
