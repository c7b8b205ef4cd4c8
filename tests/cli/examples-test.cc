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

fs::path
Example(const std::string& name)
{
    return tests::SourceDir() / "examples/detectors" / name;
}

/// The report of an example over some variants.
nlohmann::json
Judge(const Scratch& scratch, std::vector<std::string> words)
{
    words.insert(words.begin(), "judge");
    words.push_back("--json");
    const ChildEnd end = Bouncelab(scratch.Path(), words);
    BOOST_REQUIRE_MESSAGE(end.status == 0, end.error);
    return nlohmann::json::parse(end.output)[0];
}

BOOST_AUTO_TEST_SUITE(examples)

BOOST_AUTO_TEST_CASE(EachHasLessThanFiftyLines)
{
    for (const auto& entry : fs::directory_iterator(Example("")))
    {
        const std::string text = ReadTextFile(entry.path());
        BOOST_TEST(std::count(text.begin(), text.end(), '\n') < 50, entry.path());
    }
}

BOOST_AUTO_TEST_CASE(EachFindsWhatItIsFor)
{
    const Scratch scratch;
    const auto python =
        Judge(scratch,
              {Example("ttl.py").string(), "forged-reply/error-500", "forged-reply/control"});
    BOOST_TEST(python["detector"] == "ttl");
    BOOST_TEST(python["found"] == 2);
    BOOST_TEST(python["missed"] == 0);
    BOOST_TEST(python["false_alarms"] == 0);

    const std::string program = (scratch.Path() / "overlap").string();
    const ChildEnd built =
        RunChild({"c++", "-std=c++17", "-o", program, Example("overlap.cc").string(), "-lpcap"},
                 std::chrono::minutes(5));
    BOOST_REQUIRE_MESSAGE(built.status == 0, built.error);
    const auto compiled = Judge(scratch,
                                {program,
                                 "forged-reply/error-500",
                                 "forged-reply/control",
                                 "--finds",
                                 "forged",
                                 "--reads",
                                 "packets"});
    BOOST_TEST(compiled["found"] == 2);
    BOOST_TEST(compiled["false_alarms"] == 0);

    // A filter finds the forged reply, and cannot tell it from a genuine refusal.
    const auto filter = Judge(
        scratch,
        {Example("refused.yaml").string(), "forged-reply/error-500", "forged-reply/genuine-500"});
    BOOST_TEST(filter["detector"] == "refused");
    BOOST_TEST(filter["found"] == 2);
    BOOST_TEST(filter["false_alarms"] == 2);

    // Logs alone: captures are nothing that it is held to.
    const auto shell =
        Judge(scratch, {Example("ban.sh").string(), "intercepted-submission/ip-ban"});
    BOOST_TEST(shell["missed"] == 0);
    BOOST_TEST(shell["found"].get<int>() > 0);
    BOOST_TEST(shell["false_alarms"] == 0);
    BOOST_TEST(shell["ended"]["unsupported"].get<int>() > 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
