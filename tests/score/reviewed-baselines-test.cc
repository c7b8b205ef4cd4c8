#include "lab/score/baseline.h"
#include "lab/score/fingerprint.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::cli;
using namespace bouncelab::score;

BOOST_AUTO_TEST_SUITE(reviewed_baselines)

/// A change of the traffic, the logs or the truth that nobody reviewed shows here, by ingredient.
/// After a review: bouncelab run --update-baseline.
BOOST_AUTO_TEST_CASE(NothingChangedUnseen)
{
    const fs::path reviewed = tests::SourceDir() / "results" / "baselines";
    if (!fs::exists(reviewed))
    {
        BOOST_FAIL("there are no reviewed baselines in results/baselines");
    }
    const Scratch scratch;
    const ChildEnd end = Bouncelab(scratch.Path(), {"run", "--quiet", "--keep-going"});
    BOOST_REQUIRE(end.status <= 1);
    std::size_t count = 0;
    for (const auto& scenario : fs::directory_iterator(scratch.Path() / "results"))
    {
        for (const auto& variant : fs::directory_iterator(scenario.path()))
        {
            const RunFolder run(variant.path() / "seed-1");
            const auto baseline = ReadBaseline(reviewed, run.Scenario(), run.Variant());
            BOOST_TEST(baseline.has_value(), run.Variant() << " has no baseline");
            if (baseline)
            {
                ++count;
                BOOST_TEST(baseline->seed == 1u);
                for (const std::string& ingredient :
                     ChangedIngredients(baseline->fingerprints, FingerprintsOf(run)))
                {
                    BOOST_TEST(false, run.Variant() << ": " << ingredient << " changed");
                }
            }
        }
    }
    BOOST_TEST(count > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
