#include "formats/random.h"

#include <boost/test/unit_test.hpp>

#include <set>
#include <type_traits>

namespace
{

using namespace bouncelab;

// What a draw gives follows from what it is asked for: all of it works on constants, at compile
// time, and nothing can be used up.
constexpr DrawKey KEY(7, "mail-host");
static_assert(KEY("think", 3).Value() == KEY("think", 3).Value());
static_assert(KEY("think", 3).Value() != KEY("think", 4).Value());
static_assert(KEY("think", 3).Value() != KEY("wait", 3).Value());
static_assert(KEY("think").Value() != DrawKey(8, "mail-host")("think").Value());
static_assert(KEY("think").Value() != DrawKey(7, "mail-hos")("tthink").Value());
static_assert(KEY.For("tls")("think").Value() != KEY("think").Value());
static_assert(std::is_trivially_copyable_v<DrawKey> && std::is_trivially_copyable_v<Draw>);

BOOST_AUTO_TEST_SUITE(random)

BOOST_AUTO_TEST_CASE(ARowOfDrawsIsUniform)
{
    constexpr int DRAWS = 60000;
    int counts[6] = {};
    int hits = 0;
    std::set<std::uint64_t> values;
    for (int i = 0; i < DRAWS; ++i)
    {
        const Draw byIndex = KEY("die", static_cast<std::uint64_t>(i));
        const Draw byRow = KEY("row").At(static_cast<std::uint64_t>(i));
        ++counts[byIndex.Between(1, 6) - 1];
        hits += byRow.Chance(250000);
        values.insert(byIndex.Value());
        values.insert(byRow.Value());
    }
    for (const int count : counts)
    {
        BOOST_TEST(count > 9600); // Five standard deviations below 10000 are 9543.
        BOOST_TEST(count < 10400);
    }
    BOOST_TEST(hits > 14500);
    BOOST_TEST(hits < 15500);
    BOOST_TEST(values.size() == 2 * DRAWS);
}

BOOST_AUTO_TEST_CASE(BoundsAreKept)
{
    BOOST_TEST(Draw(~std::uint64_t{0}).Below(10) == 9);
    BOOST_TEST(Draw(0).Below(10) == 0);
    BOOST_TEST(Draw(5).Below(0) == 0);
    BOOST_TEST(Draw(~std::uint64_t{0}).Between(-3, 3) == 3);
    BOOST_TEST(Draw(0).Between(-3, 3) == -3);
    BOOST_TEST(!Draw(0).Chance(0));
    BOOST_TEST(Draw(~std::uint64_t{0}).Chance(1000000));
}

BOOST_AUTO_TEST_CASE(LongerOctetsBeginAsShorterOnes)
{
    const std::string octets = Octets(KEY("octets"), 21);
    BOOST_TEST(octets.size() == 21);
    BOOST_TEST(octets.substr(0, 9) == Octets(KEY("octets"), 9));
    BOOST_TEST(Octets(KEY("octets"), 0).empty());
    BOOST_TEST(octets.substr(0, 8) != octets.substr(8, 8));
}

BOOST_AUTO_TEST_CASE(LettersAreOfTheAlphabet)
{
    const std::string letters = Letters(KEY("letters"), "abc", 100);
    BOOST_TEST(letters.size() == 100);
    BOOST_TEST(letters.find_first_not_of("abc") == std::string::npos);
    BOOST_TEST(std::set<char>(letters.begin(), letters.end()).size() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
