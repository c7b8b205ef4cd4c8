#include "lab/scenario/text-tree.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using bouncelab::scenario::LoadTree;
using bouncelab::scenario::TextNode;
using bouncelab::score::ReadTextFile;
using bouncelab::score::WriteTextFile;
using Texts = std::map<std::string, std::string>;

/// A check of a test.yaml.
struct Check
{
    std::string kind;
    std::string count;
    Texts match; //!< Of a filter; of stats, what they have to be.
};

Texts
TextsIn(const TextNode& map)
{
    Texts texts;
    for (std::size_t i = 0; i < map.keys.size(); ++i)
    {
        texts[map.keys[i].text] = map.items[i].text;
    }
    return texts;
}

/// The checks of a test, which has the shape that suricata-verify's runner accepts.
std::vector<Check>
ChecksOf(const fs::path& test)
{
    static const std::set<std::string> members{"requires", "pcap", "args", "checks"};
    const TextNode root = LoadTree((test / "test.yaml").string());
    for (const auto& key : root.keys)
    {
        BOOST_TEST(members.count(key.text) == 1, key.text);
    }
    BOOST_REQUIRE(root.Find("pcap") && root.Find("checks"));
    BOOST_TEST(fs::exists(test / root.Find("pcap")->text));
    std::vector<Check> checks;
    for (const TextNode& item : root.Find("checks")->items)
    {
        BOOST_REQUIRE(item.keys.size() == 1);
        const TextNode& body = item.items.front();
        Check check{item.keys.front().text, "", {}};
        if (check.kind == "stats")
        {
            check.match = TextsIn(body);
        }
        else
        {
            BOOST_REQUIRE(check.kind == "filter");
            BOOST_REQUIRE((body.keys.size() == 2 && body.Find("count") && body.Find("match")));
            check.count = body.Find("count")->text;
            check.match = TextsIn(*body.Find("match"));
            BOOST_TEST(check.match["event_type"] == "alert");
        }
        checks.push_back(check);
    }
    return checks;
}

/// What Suricata writes when it raises the alerts that a test waits for.
std::string
AnswerTo(const std::vector<Check>& checks, const std::string& rules)
{
    std::string eve;
    for (const Check& check : checks)
    {
        if (check.match.count("src_ip") == 0)
        {
            continue;
        }
        const auto& match = check.match;
        const std::size_t rule = rules.find("sid:" + match.at("alert.signature_id") + ";");
        const std::size_t from = rules.rfind("msg:\"", rule) + 5;
        const nlohmann::json line{{"timestamp", "2006-09-26T06:44:53.103763+0000"},
                                  {"event_type", "alert"},
                                  {"src_ip", match.at("src_ip")},
                                  {"src_port", std::stoi(match.at("src_port"))},
                                  {"dest_ip", match.at("dest_ip")},
                                  {"dest_port", std::stoi(match.at("dest_port"))},
                                  {"proto", "TCP"},
                                  {"alert",
                                   {{"signature_id", std::stoi(match.at("alert.signature_id"))},
                                    {"signature", rules.substr(from, rules.find('"', from) - from)},
                                    {"category", "Generic Protocol Command Decode"},
                                    {"severity", 3}}}};
        eve += line.dump() + "\n";
    }
    return eve;
}

/// Runs a variant and exports it; the folders of its tests.
std::vector<fs::path>
TestsOf(const Scratch& scratch, const std::string& variant)
{
    const fs::path out = scratch.Path() / "tests" / fs::path(variant).filename();
    BOOST_REQUIRE(Bouncelab(scratch.Path(), {"run", variant, "--quiet"}).status <= 1);
    const ChildEnd end = Bouncelab(scratch.Path(),
                                   {"export",
                                    "results/" + variant + "/seed-1",
                                    "--as",
                                    "suricata-verify",
                                    "-o",
                                    out.string()});
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
    std::vector<fs::path> tests;
    for (const auto& entry : fs::directory_iterator(out))
    {
        tests.push_back(entry.path());
    }
    std::sort(tests.begin(), tests.end());
    return tests;
}

BOOST_AUTO_TEST_SUITE(suricata_export)

BOOST_AUTO_TEST_CASE(WhatTheTruthHasIsDueAndOurAdapterReadsIt)
{
    const Scratch scratch;
    for (const std::string variant : {"forged-reply/error-500",
                                      "reset-injection/clayton-2006",
                                      "reset-injection/quantum-insert"})
    {
        for (const fs::path& test : TestsOf(scratch, variant))
        {
            const std::string name = test.filename();
            const std::string vantage = name.substr(name.find("-seed-1-") + 8);
            const fs::path run = scratch.Path() / "results" / variant / "seed-1";
            BOOST_TEST(ReadTextFile(test / "input.pcap") ==
                       ReadTextFile(run / "evidence" / vantage / "capture.pcap"));
            const std::vector<Check> checks = ChecksOf(test);
            BOOST_REQUIRE(checks.size() > 2);
            BOOST_TEST(checks.front().kind == "stats");
            BOOST_TEST(checks.back().count == std::to_string(checks.size() - 2));
            const std::string eve = AnswerTo(checks, ReadTextFile(test / "test.rules"));
            WriteTextFile(scratch.Path() / "eve.json", eve);
            WriteTextFile(scratch.Path() / "suricata.sh",
                          "cp '" + (scratch.Path() / "eve.json").string() + "' \"$2\"\n");
            const ChildEnd judged = Bouncelab(scratch.Path(),
                                              {"judge",
                                               "sh suricata.sh",
                                               variant,
                                               "--adapter",
                                               "suricata",
                                               "--vantage",
                                               vantage,
                                               "--json"});
            BOOST_REQUIRE_MESSAGE(judged.status == 0, judged.error);
            const auto report = nlohmann::json::parse(judged.output)[0];
            BOOST_TEST(report["found"].get<std::size_t>() > 0);
            BOOST_TEST(report["false_alarms"] == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(NothingIsDueWhereNothingIsForged)
{
    const Scratch scratch;
    for (const std::string variant : {"forged-reply/control", "forged-reply/retransmission"})
    {
        for (const fs::path& test : TestsOf(scratch, variant))
        {
            const std::vector<Check> checks = ChecksOf(test);
            BOOST_REQUIRE(checks.size() == 2);
            BOOST_TEST(checks.back().count == "0");
        }
    }
}

BOOST_AUTO_TEST_CASE(WhatIsNoRunIsRefused)
{
    const Scratch scratch;
    const ChildEnd end =
        Bouncelab(scratch.Path(), {"export", "nowhere", "--as", "suricata-verify", "-o", "tests"});
    BOOST_TEST(end.status == 2);
    BOOST_TEST(!fs::exists(scratch.Path() / "tests"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
