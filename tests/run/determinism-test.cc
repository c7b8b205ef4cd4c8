// Same scenario, same seed, same bytes: run again, at any number of jobs, and in both forms of a
// path.

#include "tests/run/run-fixture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::run;

namespace
{

void
RequireSame(const std::filesystem::path& a, const std::filesystem::path& b, const char* part)
{
    const auto first = AllFiles(a / part);
    const auto second = AllFiles(b / part);
    BOOST_REQUIRE(!first.empty());
    BOOST_REQUIRE_EQUAL(first.size(), second.size());
    for (std::size_t i = 0; i < first.size(); ++i)
    {
        BOOST_TEST(first[i].first == second[i].first);
        BOOST_TEST((first[i].second == second[i].second), first[i].first << " differs");
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(determinism)

BOOST_AUTO_TEST_CASE(two_runs_and_any_number_of_jobs_give_the_same_bytes)
{
    Runs runs;
    std::vector<RunSpec> alone;
    std::vector<RunSpec> together;
    for (const char* variant : {"error-500", "retransmission", "other-delivery", "late"})
    {
        alone.push_back(runs.Spec(variant));
        together.push_back(runs.Spec(variant));
    }
    RunManyOptions options;
    options.detector = Runs::Detector();
    const auto first = RunMany(alone, options);
    options.jobs = 4;
    const auto second = RunMany(together, options);
    for (std::size_t i = 0; i < first.size(); ++i)
    {
        BOOST_REQUIRE_MESSAGE(first[i].status == 0, first[i].error);
        BOOST_REQUIRE_MESSAGE(second[i].status == 0, second[i].error);
        for (const char* part : {"evidence", "truth", "verdicts"})
        {
            RequireSame(first[i].spec.out, second[i].spec.out, part);
        }
    }
}

BOOST_AUTO_TEST_CASE(routers_and_channel_leave_the_same_evidence)
{
    Runs runs;
    for (const char* variant : {"error-500", "retransmission"})
    {
        const auto channel = runs.Run(variant);
        const auto routers = runs.Run(variant, {"path-form=routers"});
        RequireSame(channel, routers, "evidence");
        RequireSame(channel, routers, "truth");
    }
}

BOOST_AUTO_TEST_CASE(another_seed_gives_other_bytes)
{
    Runs runs;
    const auto one = AllFiles(runs.Run("control") / "evidence");
    const auto two = AllFiles(runs.Run("control", {}, 2) / "evidence");
    BOOST_TEST((one != two));
}

BOOST_AUTO_TEST_CASE(bad_input_leaves_nothing_behind)
{
    Runs runs;
    for (const auto& overrides : {std::vector<std::string>{"no.such.key=1"},
                                  std::vector<std::string>{"injectors.border.at-hop=40"}})
    {
        const RunSpec spec = runs.Spec("error-500", overrides);
        const auto results = RunMany({spec}, {});
        BOOST_TEST(results[0].status == 2);
        BOOST_TEST(results[0].error.find("expected") != std::string::npos);
        BOOST_TEST(!std::filesystem::exists(spec.out));
    }
}

BOOST_AUTO_TEST_SUITE_END()
