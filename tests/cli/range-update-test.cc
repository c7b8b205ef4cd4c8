#include "lab/cli/range-update.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::cli;

BOOST_AUTO_TEST_SUITE(range_update)

BOOST_AUTO_TEST_CASE(AConstantHasNoRange)
{
    const scenario::LineCount range = ToleranceRange(std::vector<std::uint64_t>(200, 7));
    BOOST_TEST(range.least == 7);
    BOOST_TEST(range.most == 7);
}

BOOST_AUTO_TEST_CASE(TheRangeIsMeanAndDeviations)
{
    // 100 times 9 and 100 times 11: mean 10, deviation sqrt(200/199) = 1.0025, 2.816 of it 2.823.
    std::vector<std::uint64_t> counts(100, 9);
    counts.insert(counts.end(), 100, 11);
    BOOST_TEST(ToleranceRange(counts).least == 7);
    BOOST_TEST(ToleranceRange(counts).most == 13);
    // What was seen belongs to it, and nothing is below zero.
    counts.assign(199, 0);
    counts.push_back(50);
    BOOST_TEST(ToleranceRange(counts).least == 0);
    BOOST_TEST(ToleranceRange(counts).most == 50);
}

score::RunScore
RunWith(std::uint64_t server, std::uint64_t client)
{
    score::RunScore run;
    run.detectors.resize(2);
    run.detectors[0].detector = run.detectors[1].detector = "tarpit";
    run.detectors[0].vantage = "client";
    run.detectors[0].benign = client;
    run.detectors[1].vantage = "server";
    run.detectors[1].benign = server;
    return run;
}

/// Counts of two variants, half of the seeds each.
void
Measure(RangeUpdate& update,
        const scenario::ExpectationFile& file,
        const std::vector<const char*>& variants)
{
    for (const char* variant : variants)
    {
        const scenario::Expectations of = file.Resolve(variant);
        for (std::uint64_t run = 0; run < RANGE_SEEDS / 2; ++run)
        {
            update.Add(of, RunWith(20, variant == std::string("a") ? 109 : 111));
        }
    }
}

const std::string HEAD = "name: toy\n"
                         "base:\n"
                         "  verdicts:\n";

const std::string TAIL = "variants:\n"
                         "  a: {}\n"
                         "  b: {}\n";

BOOST_AUTO_TEST_CASE(NumbersAreReplacedWhereTheyStand)
{
    const Scratch scratch;
    const std::string file = (scratch.Path() / "expect.yaml").string();
    score::WriteTextFile(file,
                         HEAD +
                             "    tarpit: {client: {verdict: benign, count: 1 to 1000}, "
                             "'*': {verdict: benign, count: 2 to 9}} # kept\n" +
                             TAIL);
    RangeUpdate update;
    Measure(update, scenario::ExpectationFile::Load(file), {"a", "b"});
    const std::vector<std::string> report = update.Report();
    BOOST_REQUIRE(report.size() == 2u);
    BOOST_TEST(report[0] == file + ":4:47: verdicts.tarpit.client: 1 to 1000 -> 107 to 113 "
                                   "(200 counts from 109 to 111)");
    update.Write();
    BOOST_TEST(score::ReadTextFile(file) ==
               HEAD +
                   "    tarpit: {client: {verdict: benign, count: 107 to 113}, "
                   "'*': {verdict: benign, count: 20 to 20}} # kept\n" +
                   TAIL);
}

BOOST_AUTO_TEST_CASE(TooFewRunsAreNoRange)
{
    const Scratch scratch;
    const std::string file = (scratch.Path() / "expect.yaml").string();
    const std::string text =
        HEAD + "    tarpit: {server: {verdict: benign, count: 2 to 9}}\n" + TAIL;
    score::WriteTextFile(file, text);
    RangeUpdate update;
    Measure(update, scenario::ExpectationFile::Load(file), {"a"});
    BOOST_TEST(update.Report().size() == 1u);
    BOOST_CHECK_THROW(update.Write(), std::runtime_error);
    BOOST_TEST(score::ReadTextFile(file) == text);
}

/// What another variant inherits is not its measured sibling's to change.
BOOST_AUTO_TEST_CASE(ARangeOfAnUnmeasuredVariantIsKept)
{
    const Scratch scratch;
    const std::string file = (scratch.Path() / "expect.yaml").string();
    const std::string text =
        HEAD + "    tarpit: {server: {verdict: benign, count: 2 to 9}}\n" + TAIL;
    score::WriteTextFile(file, text);
    const auto expectations = scenario::ExpectationFile::Load(file);
    RangeUpdate update;
    update.Keep("b", expectations.Resolve("b"));
    Measure(update, expectations, {"a", "a"});
    BOOST_REQUIRE(update.Report().size() == 1u);
    BOOST_TEST(update.Report()[0].find("kept: variant b has it, too") != std::string::npos);
    update.Write();
    BOOST_TEST(score::ReadTextFile(file) == text);
}

BOOST_AUTO_TEST_CASE(OnlyRangesAreMeasured)
{
    scenario::Expectations expectations;
    BOOST_TEST(!HasRanges(expectations));
    expectations.verdicts["d"]["v"].lines.least = 3;
    BOOST_TEST(!HasRanges(expectations));
    expectations.verdicts["d"]["w"].lines.isMeasured = true;
    BOOST_TEST(HasRanges(expectations));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
