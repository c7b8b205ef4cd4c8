#include "lab/matrix/sweep-plan.h"

#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::matrix;
using scenario::ScenarioError;

const std::string SCENARIO = (tests::SourceDir() / "scenarios/forged-reply/scenario.yaml").string();

/// A campaign file with a head that is always the same.
struct Fixture
{
    cli::Scratch scratch;
    Campaign campaign;

    std::string File() const { return (scratch.Path() / "campaign.yaml").string(); }

    void Write(const std::string& rest)
    {
        score::WriteTextFile(File(), "scenarios: [forged-reply/control]\n" + rest);
    }

    SweepPlan Plan(const std::string& rest, const std::vector<std::string>& variants = {"control"})
    {
        Write(rest);
        campaign = LoadCampaign(File());
        if (!campaign.faults.empty())
        {
            throw campaign.faults.front();
        }
        std::vector<SweptVariant> swept;
        for (const std::string& variant : variants)
        {
            swept.push_back({SCENARIO, "forged-reply", variant});
        }
        return SweepPlan(campaign, swept, {tests::SourceDir()});
    }

    /// The points of a campaign, one a line.
    std::string Points(const std::string& rest)
    {
        const SweepPlan plan = Plan(rest);
        std::string text;
        for (std::size_t i = 0; i < plan.Points().Size(); ++i)
        {
            for (const Setting& setting : plan.Points().At(i))
            {
                text += setting.Text() + " ";
            }
            text += "\n";
        }
        return text;
    }

    /// The line that refuses a campaign, from the file's name on.
    std::string Refusal(const std::string& rest)
    {
        try
        {
            Plan(rest);
        }
        catch (const ScenarioError& error)
        {
            return std::string(error.what()).substr(scratch.Path().string().size() + 1);
        }
        return "";
    }
};

BOOST_FIXTURE_TEST_SUITE(sweep_plan, Fixture)

BOOST_AUTO_TEST_CASE(AProductHasEachValueWithEach)
{
    BOOST_TEST(Points("over: {product: {a: [1, 2], b: 3..4}}") ==
               "a=1 b=3 \na=1 b=4 \na=2 b=3 \na=2 b=4 \n");
}

BOOST_AUTO_TEST_CASE(AZipGoesAlongItsKeys)
{
    BOOST_TEST(Points("over: {zip: {a: [1, 2, 2], b: [x, y, y]}}") ==
               "a=1 b=x \na=2 b=y \na=2 b=y \n");
}

BOOST_AUTO_TEST_CASE(AListHasItsPoints)
{
    BOOST_TEST(Points("over: {list: [{a: 1}, {a: 2, b: 5 ms}]}") == "a=1 \na=2 b=5 ms \n");
}

BOOST_AUTO_TEST_CASE(PartsMultiplyAndWhatIsSetIsEverywhere)
{
    BOOST_TEST(Points("set: {z: 0}\nover: {product: {a: [1, 2]}, zip: {b: [3, 4]}}") ==
               "z=0 a=1 b=3 \nz=0 a=1 b=4 \nz=0 a=2 b=3 \nz=0 a=2 b=4 \n");
    BOOST_TEST(Points("runs: 3") == "\n");
}

BOOST_AUTO_TEST_CASE(AHypercubeHasOneSampleInEachStratumOfEachKey)
{
    const SweepPlan plan =
        Plan("over: {latin-hypercube: {samples: 20, seed: 3, over: {a: 1..20, b: 0.05..1:0.05}}}");
    std::set<std::string> a;
    std::set<std::string> b;
    for (std::size_t i = 0; i < plan.Points().Size(); ++i)
    {
        const Point point = plan.Points().At(i);
        BOOST_REQUIRE(point.size() == 2);
        a.insert(point[0].value);
        b.insert(point[1].value);
    }
    BOOST_TEST(plan.Points().Size() == 20);
    BOOST_TEST(a.size() == 20);
    BOOST_TEST(b.size() == 20);
}

BOOST_AUTO_TEST_CASE(CellsGoByVariantThenPointThenSeed)
{
    const SweepPlan plan =
        Plan("seed: 5\nruns: 2\nover: {product: {a: [1, 2]}}", {"control", "error-500"});
    std::string text;
    for (std::size_t i = 0; i < plan.Size(); ++i)
    {
        const Cell cell = plan.At(i);
        text += fmt::format("{} {} {}\n",
                            cell.spec.variant,
                            fmt::join(cell.spec.overrides, " "),
                            cell.spec.seed);
    }
    BOOST_TEST(text == "control a=1 5\ncontrol a=1 6\ncontrol a=2 5\ncontrol a=2 6\n"
                       "error-500 a=1 5\nerror-500 a=1 6\nerror-500 a=2 5\nerror-500 a=2 6\n");
}

BOOST_AUTO_TEST_CASE(ShardsAreAPartition)
{
    for (const std::size_t cells : {0, 1, 7, 100, 1000003})
    {
        for (const std::size_t of : {1, 2, 3, 8, 150})
        {
            std::size_t next = 0;
            std::size_t largest = 0;
            for (std::size_t number = 1; number <= of; ++number)
            {
                const Shard shard{number, of};
                BOOST_REQUIRE(shard.Begin(cells) == next);
                BOOST_REQUIRE(shard.End(cells) >= next);
                largest = std::max(largest, shard.End(cells) - next);
                next = shard.End(cells);
            }
            BOOST_TEST(next == cells);
            BOOST_TEST(largest <= cells / of + 1);
        }
    }
    for (const char* text : {"0/2", "3/2", "1", "1/0", "a/b", "-1/2", "1/2/3", ""})
    {
        BOOST_CHECK_THROW(Shard::Parse(text), std::invalid_argument);
    }
    BOOST_TEST(Shard::Parse("2/8").of == 8);
}

BOOST_AUTO_TEST_CASE(FaultsOfACampaignHaveTheirPlace)
{
    BOOST_TEST(Refusal("over: {product: {a: [1, 9..7]}}") ==
               "campaign.yaml:2:25: over.product.a.2: found \"9..7\", expected FROM not above TO");
    BOOST_TEST(Refusal("over: {product: {a: [1, 1]}}") ==
               "campaign.yaml:2:21: over.product.a: found \"1\" twice, expected each value once");
    BOOST_TEST(Refusal("over: {zip: {a: [1, 2], b: [1, 2, 3]}}") ==
               "campaign.yaml:2:28: over.zip.b: found 3 values, expected 2, as of a");
    BOOST_TEST(Refusal("over: {product: {a: 1}, zip: {a: 2}}") ==
               "campaign.yaml:2:34: over.zip.a: found a twice, expected it once");
    BOOST_TEST(Refusal("over: {prodct: {a: 1}}") ==
               "campaign.yaml:2:8: over.prodct: unknown key, did you mean \"product\"?");
    BOOST_TEST(Refusal("runs: 0") ==
               "campaign.yaml:2:7: runs: found \"0\", expected a whole number from 1 to 1000000");
    BOOST_TEST(Refusal("seed: 18446744073709551615\nruns: 2").find("campaign.yaml:2:7: seed: ") ==
               0);
    BOOST_TEST(Refusal("over: {latin-hypercube: {samples: 3}}").find("campaign.yaml:2:25: ") == 0);
}

BOOST_AUTO_TEST_CASE(EveryFaultOfTheFileIsTold)
{
    Write("runs: 0\nmesure: [a]\nkeep: some\n");
    BOOST_TEST(LoadCampaign(File()).faults.size() == 3);
}

BOOST_AUTO_TEST_CASE(AllFaultsOfKeysAreToldBeforeAnythingRuns)
{
    const SweepPlan plan = Plan("over:\n"
                                "  product:\n"
                                "    paths.japan.delay-scale: [1, x, 2, -3]\n"
                                "    mail.ordinry.per-minute: [1, 2]\n"
                                "    mail.ordinary.per-minute: [1, 2]\n"
                                "vantages: [nosuch]\n");
    std::vector<std::string> lines;
    for (const ScenarioError& error : plan.Check(scenario::PersonaLibrary(tests::SourceDir())))
    {
        lines.push_back(error.what());
    }
    const auto tell = [&](const std::string& part)
    {
        return std::count_if(lines.begin(),
                             lines.end(),
                             [&](const std::string& line)
                             { return line.find(part) != std::string::npos; });
    };
    BOOST_TEST(lines.size() == 3);
    BOOST_TEST(tell("campaign.yaml:4:30: paths.japan.delay-scale: found \"x\"") == 1);
    BOOST_TEST(tell("; likewise 1 further value") == 1); // -3
    BOOST_TEST(tell("campaign.yaml:5:30: mail.ordinry: no such key, did you mean \"ordinary\"") ==
               1);
    BOOST_TEST(tell("campaign.yaml:7:12: vantages.1: forged-reply/control has no vantage") == 1);
}

BOOST_AUTO_TEST_CASE(EveryValueIsCheckedWhereNotAllPointsAre)
{
    const SweepPlan plan = Plan("over: {product: {mail.ordinary.per-minute: 1..100, "
                                "paths.japan.delay-scale: [1..100, 2000]}}");
    BOOST_TEST(plan.Check(scenario::PersonaLibrary(tests::SourceDir())).size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
