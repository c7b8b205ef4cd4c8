#include "lab/scenario/expectations.h"
#include "lab/scenario/load.h"
#include "tests/cli/program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::cli;

const fs::path SCENARIOS = tests::SourceDir() / "scenarios";

/// The claims of a variant that are worth something: an input holds because it was put in.
std::set<std::string>
ClaimsThatCouldFail(const scenario::Expectations& expectations)
{
    std::set<std::string> ids;
    for (const auto& [id, claim] : expectations.claims)
    {
        if (claim.kind != scenario::ClaimKind::Input)
        {
            ids.insert(id);
        }
    }
    return ids;
}

/// The ids of the rows with a result, sorted as they come.
std::vector<std::string>
IdsOf(const nlohmann::json& rows, const char* result)
{
    std::vector<std::string> ids;
    for (const auto& row : rows)
    {
        if (row.at("result") == result)
        {
            ids.push_back(row.at("id").get<std::string>());
        }
    }
    return ids;
}

/// Runs a variant with another cause: just the listed claims are missed, and the rest holds.
void
CheckBreak(const std::string& variant,
           const scenario::Expectations& expectations,
           const scenario::Break& broken)
{
    const Scratch scratch;
    const ChildEnd end =
        Bouncelab(scratch.Path(), {"run", variant, "--set", broken.set, "--json", "--quiet"});
    BOOST_REQUIRE_MESSAGE(end.status == 0, variant << " with " << broken.set << ": " << end.error);
    const auto rows = nlohmann::json::parse(end.output).at(0).at("fidelity");
    for (const auto& [result, ids] :
         {std::pair("missed", broken.misses), std::pair("not measured", broken.unmeasured)})
    {
        const std::vector<std::string> found = IdsOf(rows, result);
        const std::vector<std::string> expected = expectations.Claimed(ids);
        BOOST_TEST(found == expected,
                   fmt::format("{} with {}: {} [{}], expected [{}]",
                               variant,
                               broken.set,
                               result,
                               fmt::join(found, ", "),
                               fmt::join(expected, ", ")));
    }
}

void
EveryClaimCanFail(const std::string& scenario)
{
    const auto file =
        scenario::ExpectationFile::Load((SCENARIOS / scenario / "expect.yaml").string());
    for (const std::string& variant : file.Variants())
    {
        const scenario::Expectations expectations = file.Resolve(variant);
        std::set<std::string> left = ClaimsThatCouldFail(expectations);
        for (const auto& [name, broken] : expectations.breaks)
        {
            const std::vector<std::string> misses = expectations.Claimed(broken.misses);
            if (!misses.empty())
            {
                BOOST_TEST_CONTEXT("break " << name)
                {
                    CheckBreak(scenario + "/" + variant, expectations, broken);
                }
            }
            for (const std::string& id : misses)
            {
                left.erase(id);
            }
        }
        BOOST_TEST(left.empty(),
                   fmt::format("{}/{}: nothing is said to break {}",
                               scenario,
                               variant,
                               fmt::join(left, ", ")));
    }
}

BOOST_AUTO_TEST_SUITE(breaks)

/// A case for each shipped scenario, by its name.
const bool ARE_REGISTERED = []
{
    for (const auto& entry : fs::directory_iterator(SCENARIOS))
    {
        const std::string name = entry.path().filename().string();
        boost::unit_test::framework::current_auto_test_suite().add(
            boost::unit_test::make_test_case([name] { EveryClaimCanFail(name); },
                                             name,
                                             __FILE__,
                                             __LINE__));
    }
    return true;
}();

BOOST_AUTO_TEST_SUITE_END()

} // namespace
