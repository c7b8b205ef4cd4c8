#include "lab/scenario/expectations.h"
#include "lab/scenario/load.h"
#include "lab/score/text-file.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <regex>
#include <set>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::scenario;

/// `NAME: VALUE` of what a document has.
using Documented = std::pair<std::string, std::string>;

std::vector<Documented>
FactsOf(const std::string& documented)
{
    constexpr std::string_view SEPARATOR = " | ";
    std::vector<Documented> facts;
    for (std::size_t from = 0; from < documented.size();)
    {
        const std::size_t to = std::min(documented.find(SEPARATOR, from), documented.size());
        const std::string part = documented.substr(from, to - from);
        const std::size_t colon = part.find(": ");
        facts.emplace_back(colon == std::string::npos ? "" : part.substr(0, colon),
                           colon == std::string::npos ? part : part.substr(colon + 2));
        from = to + SEPARATOR.size();
    }
    return facts;
}

/// Those facts of a claim that follow from the machinery, as its labels have it.
std::vector<Documented>
EmergentFacts(const Claim& claim)
{
    std::vector<Documented> facts;
    for (const Documented& fact : FactsOf(claim.documented))
    {
        const bool isInput = std::count(claim.inputs.begin(), claim.inputs.end(), fact.first) > 0;
        if (claim.kind == ClaimKind::Emergent && !isInput)
        {
            facts.push_back(fact);
        }
    }
    return facts;
}

/// Every value that the scenario or a persona of it has, as text; short ones say nothing.
void
CollectValues(const nlohmann::ordered_json& json, std::set<std::string>& values)
{
    constexpr std::size_t TELLING = 5;
    if (json.is_structured())
    {
        for (const auto& item : json)
        {
            CollectValues(item, values);
        }
        return;
    }
    const std::string text = json.is_string() ? json.get<std::string>() : json.dump();
    if (text.size() >= TELLING)
    {
        values.insert(text);
    }
}

/// The ids that a scenario cites in a comment behind a value.
std::set<std::string>
CitedBehindValues(const fs::path& file)
{
    static const std::regex behind("^ *[^# ][^#]*# (.*)$");
    static const std::regex id("S[0-9]{3}-[0-9]+");
    std::set<std::string> ids;
    const std::string text = score::ReadTextFile(file);
    for (const std::string_view line : score::LinesOf(text))
    {
        const std::string copy(line);
        std::smatch comment;
        if (std::regex_match(copy, comment, behind))
        {
            const std::string words = comment[1];
            for (std::sregex_iterator at(words.begin(), words.end(), id), end; at != end; ++at)
            {
                ids.insert(at->str());
            }
        }
    }
    return ids;
}

void
CheckLabels(const std::string& where,
            const std::string& id,
            const Claim& claim,
            const std::set<std::string>& values,
            const std::set<std::string>& cited)
{
    if (claim.kind != ClaimKind::Emergent)
    {
        return;
    }
    const std::vector<Documented> facts = EmergentFacts(claim);
    BOOST_TEST(!(facts.empty() && claim.expected.empty()),
               where << id << ": all of its values are inputs, so that it is one itself");
    BOOST_TEST(!(cited.count(id) != 0 && claim.inputs.empty()),
               where << id << ": the scenario sets a value for it, and none of its facts is an "
                     << "input");
    for (const auto& [name, value] : facts)
    {
        BOOST_TEST(values.count(value) == 0u,
                   where << id << ": " << name << " is called emergent, and a key of the scenario "
                         << "has the value " << value);
    }
}

BOOST_AUTO_TEST_SUITE(claim_labels)

/// What a scenario or its personas say is no result of it.
BOOST_AUTO_TEST_CASE(WhatAKeyOrACommentNamesIsNotEmergent)
{
    const PersonaLibrary personas(tests::SourceDir().string());
    for (const std::string& path : ListScenarios(tests::SourceDir().string()))
    {
        const ScenarioFile scenario = ScenarioFile::Load(path);
        const auto file =
            ExpectationFile::Load((fs::path(path).parent_path() / "expect.yaml").string());
        const std::set<std::string> cited = CitedBehindValues(path);
        for (const std::string& variant : file.Variants())
        {
            std::set<std::string> values;
            CollectValues(Parameters(scenario.Resolve(variant, personas)), values);
            const std::string where = scenario.Name() + "/" + variant + " ";
            const Expectations expectations = file.Resolve(variant);
            for (const auto& [id, claim] : expectations.claims)
            {
                CheckLabels(where, id, claim, values, cited);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
