#include "lab/score/consequences.h"
#include "lab/score/separation.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

#include <functional>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

constexpr std::size_t SEEDS = 20;
constexpr std::uint32_t TRAIT = 7;

/// Runs of which each has one trait, by seed.
std::vector<Traits>
Group(const std::function<std::int64_t(std::size_t seed)>& value)
{
    std::vector<Traits> runs;
    for (std::size_t seed = 0; seed < SEEDS; ++seed)
    {
        runs.push_back({{TRAIT, value(seed)}});
    }
    return runs;
}

/// Something that goes by the seed and says nothing.
std::int64_t
Noise(std::size_t seed)
{
    return static_cast<std::int64_t>(seed * 7 % 20);
}

const auto HIGH = [](std::size_t seed) { return 100 + Noise(seed); };

BOOST_AUTO_TEST_SUITE(separation)

BOOST_AUTO_TEST_CASE(WhatIsApartSeparates)
{
    const Separation found = Separate({Group(HIGH), {Group(Noise)}});
    BOOST_TEST(found.seeds == 12u);
    BOOST_TEST(found.tried == 1u);
    BOOST_REQUIRE(found.telltales.size() == 1u);
    BOOST_TEST(found.telltales[0].accuracy == 1.0);
    BOOST_TEST(found.telltales[0].p == 1.0 / 4096);
    BOOST_TEST(found.telltales[0].rule.Accuses(100));
    BOOST_TEST(!found.telltales[0].rule.Accuses(19));
}

BOOST_AUTO_TEST_CASE(WhatIsLackingSeparates)
{
    const std::vector<Traits> without(SEEDS);
    BOOST_TEST(Separate({Group(Noise), {without}}).telltales.size() == 1u);
    BOOST_TEST(Separate({without, {Group(Noise)}}).telltales.size() == 1u);
}

BOOST_AUTO_TEST_CASE(WhatOneCleanVariantSharesDoesNot)
{
    const auto other = [](std::size_t seed) { return 100 + (Noise(seed) + 1) % 20; };
    BOOST_TEST(Separate({Group(HIGH), {Group(Noise), Group(HIGH)}}).tried == 0u);
    BOOST_TEST(Separate({Group(HIGH), {Group(Noise), Group(other)}}).telltales.empty());
}

/// A rule that was right by chance on the seeds that it was chosen on.
BOOST_AUTO_TEST_CASE(WhatHoldsOnlyWhereItWasChosenDoesNot)
{
    const auto chosen = [](std::size_t seed) { return seed % 5 < 2 ? 100 : Noise(seed); };
    const auto noise = [](std::size_t seed) { return Noise(seed + 3); };
    const Separation found = Separate({Group(chosen), {Group(noise)}});
    BOOST_TEST(found.tried == 1u);
    BOOST_TEST(found.telltales.empty());
}

/// Twelve rules that are each wrong in one seed of twelve: one of so many gets as far by chance in
/// 79 of 4096 ways; a single one would in 13.
BOOST_AUTO_TEST_CASE(TheNumberOfRulesCounts)
{
    const auto misses = [](std::size_t seed, std::size_t trait)
    { return seed % 5 >= 2 && seed / 5 * 3 + seed % 5 - 2 == trait; };
    RunGroups one;
    RunGroups many;
    one.clean.resize(1);
    many.clean.resize(1);
    for (std::size_t seed = 0; seed < SEEDS; ++seed)
    {
        Traits faulty;
        Traits clean;
        for (std::uint32_t trait = 0; trait < 12; ++trait)
        {
            faulty.emplace_back(trait, misses(seed, trait) ? 0 : 1);
            clean.emplace_back(trait, misses(seed, trait) ? 1 : 0);
        }
        one.faulty.push_back({faulty[0]});
        one.clean[0].push_back({clean[0]});
        many.faulty.push_back(faulty);
        many.clean[0].push_back(clean);
    }
    const Separation alone = Separate(one);
    const Separation together = Separate(many);
    BOOST_TEST(alone.tried == 1u);
    BOOST_TEST(together.tried == 12u);
    BOOST_REQUIRE(alone.telltales.size() == 1u);
    BOOST_TEST(alone.telltales[0].p == 13.0 / 4096);
    BOOST_TEST(together.telltales.empty());
}

/// A bound lies in the middle between what has been seen on either side.
BOOST_AUTO_TEST_CASE(ABoundLeavesRoom)
{
    const auto faulty = [](std::size_t seed) { return seed % 5 < 2 ? 100 : 80; };
    const Separation found = Separate({Group(faulty), {Group(Noise)}});
    BOOST_REQUIRE(found.telltales.size() == 1u);
    BOOST_TEST(found.telltales[0].accuracy == 1.0);
}

BOOST_AUTO_TEST_CASE(TraitsAreOfWhatWasSeenInTime)
{
    NameBook book;
    Sightings sightings(book);
    const auto at = [](int second) { return SimTime(std::chrono::seconds(second)); };
    for (const int second : {5, 1, 3, 2})
    {
        sightings.Number(at(second), "port", 10 * second + 1);
        sightings.Word(at(second), "flag", second < 3 ? "S" : "A");
    }
    const std::vector<Sighting> sorted = std::move(sightings).Sorted();
    std::map<std::string, std::int64_t> traits;
    for (const auto& [trait, value] : TraitsBetween(sorted, at(1), at(5), book))
    {
        traits[book.NameOf(trait)] = value;
    }
    const std::map<std::string, std::int64_t> expected{{"flag=A", 333333},
                                                       {"flag=S", 666666},
                                                       {"port count", 3},
                                                       {"port first", 11},
                                                       {"port greatest", 31},
                                                       {"port least", 11},
                                                       {"port median", 21},
                                                       {"port odd", 1000000}};
    BOOST_TEST((traits == expected));
}

BOOST_AUTO_TEST_CASE(AnEntryThatExplainsNothingIsStale)
{
    const TemporaryFolder folder;
    const std::filesystem::path file = folder.Path() / "consequences.yaml";
    WriteTextFile(file,
                  "consequences:\n"
                  "  - traits: [\"rows/a/*\", \"mails/*\"]\n"
                  "    variants: [lost]\n"
                  "    when: after\n"
                  "    cause: It is gone.\n");
    Consequences list(file);
    BOOST_TEST(list.CauseOf("lost", Phase::After, "rows/a/log/2 count") == "It is gone.");
    BOOST_TEST(list.CauseOf("lost", Phase::Before, "rows/a/log/2 count").empty());
    BOOST_TEST(list.CauseOf("found", Phase::After, "rows/a/log/2 count").empty());
    BOOST_TEST(list.CauseOf("lost", Phase::After, "rows/b/log/2 count").empty());
    BOOST_TEST(list.Stale({"found"}).empty());
    const std::vector<std::string> stale = list.Stale({"lost", "found"});
    BOOST_REQUIRE(stale.size() == 1u);
    BOOST_TEST(stale[0] == file.string() +
                               ":2:26: consequences.1.traits.2: found \"mails/*\", which explains "
                               "nothing, expected a trait that separates");
}

BOOST_AUTO_TEST_CASE(AListIsReadStrictly)
{
    const TemporaryFolder folder;
    const std::filesystem::path file = folder.Path() / "consequences.yaml";
    WriteTextFile(file, "consequences:\n  - traits: [a]\n    when: sometimes\n    cause: b\n");
    BOOST_CHECK_THROW(Consequences{file}, scenario::ScenarioError);
    BOOST_CHECK_NO_THROW(Consequences(folder.Path() / "none.yaml"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
