#include "lab/scenario/json-printer.h"
#include "lab/scenario/yaml-printer.h"

#include "tests/scenario/toy.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <string>

using namespace bouncelab;
using namespace bouncelab::scenario;

namespace
{

std::string
ToYaml(Toy toy)
{
    return FormatYaml(PrintJson(ValueOf(toy)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(printer)

BOOST_AUTO_TEST_CASE(PrintsEveryKeyInOrder)
{
    const Toy toy = ReadToy("stack: freebsd-6\nnamed: {one: {text: x}}\nparts: [{text: y}]\n");
    const std::string yaml = ToYaml(toy);
    BOOST_TEST(yaml.rfind("flag: false\nsmall: 7\nlarge: 0\nrate: 0.5\ntext: none\n"
                          "delay: 35.074 ms\nbits-per-second: 100 Mbit/s\naddress: \"0.0.0.0\"\n",
                          0) == 0U,
               yaml);
    BOOST_TEST(yaml.find("maybe: ~\nmaybe-part: ~\nwords: [a, b]\n"
                         "parts:\n  - offset: -1\n    text: \"y\"\n"
                         "named:\n  one:\n    offset: -1\n    text: x\n"
                         "tables: {}\nstack:\n  persona: freebsd-6\n") != std::string::npos,
               yaml);
}

BOOST_AUTO_TEST_CASE(AnyTextReadsBack)
{
    const bool holds = rc::check(
        "print, then read",
        [](const std::string& raw)
        {
            std::string text;
            for (const char c : raw)
            {
                text += static_cast<char>(static_cast<unsigned char>(c) & 0x7F);
            }
            text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
            Toy toy = ReadToy("stack: linux-2.4\n");
            toy.text = text;
            toy.words =
                {text, "", "~", "null", "true", "010", "- a", "a: b", "a #b", "[x]", "1 ms", "---"};
            toy.tables["t"][text.empty() ? "k" : text] = text;
            const std::string yaml = ToYaml(toy);
            const Toy again = ReadToy(yaml);
            RC_ASSERT(again.text == toy.text);
            RC_ASSERT(again.words == toy.words);
            RC_ASSERT(again.tables == toy.tables);
            RC_ASSERT(ToYaml(again) == yaml);
        });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(AnyNumberReadsBack)
{
    const bool holds =
        rc::check("print, then read",
                  [](std::uint64_t large, std::int32_t offset, std::uint8_t small, bool flag)
                  {
                      Toy toy = ReadToy("stack: linux-2.4\n");
                      toy.large = large;
                      toy.flag = flag;
                      toy.small = small == 0 ? 1 : small;
                      toy.rate = static_cast<double>(large) / 18446744073709551616.0 * 10;
                      toy.maybePart = ToyPart{offset, "t"};
                      const Toy again = ReadToy(ToYaml(toy));
                      RC_ASSERT(again.large == toy.large);
                      RC_ASSERT(again.flag == toy.flag);
                      RC_ASSERT(again.small == toy.small);
                      RC_ASSERT(again.rate == toy.rate);
                      RC_ASSERT(again.maybePart.value().offset == offset);
                  });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()
