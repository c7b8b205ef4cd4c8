#include "tests/scenario/toy.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::scenario;

BOOST_AUTO_TEST_SUITE(yaml_reader)

BOOST_AUTO_TEST_CASE(ReadsEveryType)
{
    const Toy toy = ReadToy("flag: true\n"
                            "small: 0x1f\n"
                            "large: 18446744073709551615\n"
                            "rate: 1.25\n"
                            "text: \"500 error\\r\\n\"\n"
                            "delay: -4.099 ms\n"
                            "bits-per-second: 2.5 Mbit/s\n"
                            "address: 10.4.1.4\n"
                            "ethernet: 0:E0:FC:34:C0:86\n"
                            "color: red\n"
                            "maybe: 3\n"
                            "maybe-part: {text: inside}\n"
                            "words: []\n"
                            "parts:\n"
                            "  - {offset: -3, text: 2006}\n"
                            "  - text: second\n"
                            "named: {one: {text: x}}\n"
                            "tables: {t: {a.b: c}}\n");
    BOOST_TEST(toy.flag);
    BOOST_TEST(toy.small == 31);
    BOOST_TEST(toy.large == 18446744073709551615U);
    BOOST_TEST(toy.rate == 1.25);
    BOOST_TEST(toy.text == "500 error\r\n");
    BOOST_TEST(toy.delay.count() == -4099000);
    BOOST_TEST(toy.bitsPerSecond == 2500000U);
    BOOST_TEST(toy.address.ToString() == "10.4.1.4");
    BOOST_TEST(toy.ethernet.ToString() == "00:e0:fc:34:c0:86");
    BOOST_TEST((toy.color == Color::Red));
    BOOST_TEST(toy.maybe.value() == 3U);
    BOOST_TEST(toy.maybePart.value().text == "inside");
    BOOST_TEST(toy.maybePart.value().offset == -1);
    BOOST_TEST(toy.words.empty());
    BOOST_TEST(toy.parts.size() == 2U);
    BOOST_TEST(toy.parts.at(0).offset == -3);
    BOOST_TEST(toy.parts.at(0).text == "2006");
    BOOST_TEST(toy.named.at("one").text == "x");
    BOOST_TEST(toy.tables.at("t").at("a.b") == "c");
}

BOOST_AUTO_TEST_CASE(KeepsDefaultsOfWhatIsLeftOut)
{
    const Toy toy = ReadToy("maybe: ~\nmaybe-part: null\n");
    BOOST_TEST(!toy.maybe.has_value());
    BOOST_TEST(!toy.maybePart.has_value());
    BOOST_TEST(toy.small == 7);
    BOOST_TEST(toy.words.size() == 2U);
}

BOOST_AUTO_TEST_CASE(NamesThePlaceOfAFault)
{
    BOOST_TEST(ToyError("flag: true\nsmal: 3\n") ==
               "toy.yaml:2:1: smal: unknown key, did you mean \"small\"?");
    BOOST_TEST(ToyError("parts:\n  - text: a\n  - offset: 1\n") ==
               "toy.yaml:3:5: parts.2.text: found no such key, expected text");
    BOOST_TEST(ToyError("delay: 35\n") == "toy.yaml:1:8: delay: found \"35\" without a unit, "
                                          "expected a duration with unit (ns, us, ms, s, min, h, "
                                          "d) from -1 s to 10 s");
    BOOST_TEST(ToyError("text: \"ü\" \ncolor: rde\n") ==
               "toy.yaml:2:8: color: found \"rde\", expected one of red, green, did you mean "
               "\"red\"?");
    // Columns count characters, not bytes.
    BOOST_TEST(ToyError("{text: \"üü\", small: 300}\n") ==
               "toy.yaml:1:21: small: found \"300\", expected a whole number from 1 to 255");
    BOOST_TEST(ToyError("small:\nflag: true\n") ==
               "toy.yaml:1:1: small: found nothing, expected a whole number from 1 to 255");
}

BOOST_AUTO_TEST_CASE(RefusesWhatYamlWouldBend)
{
    for (const char* text : {"flag: yes",
                             "flag: no",
                             "flag: on",
                             "flag: True",
                             "flag: 1",
                             "flag: \"true\"",
                             "small: 010",
                             "small: +5",
                             "small: 5.0",
                             "small: 1e1",
                             "small: \"5\"",
                             "small: 0",
                             "small: 256",
                             "small: -1",
                             "small: 0x",
                             "small: ~",
                             "large: 18446744073709551616",
                             "large: -0x1",
                             "rate: .5",
                             "rate: nan",
                             "rate: .inf",
                             "rate: 1e999",
                             "rate: 10.5",
                             "rate: [1]",
                             "delay: 5 m",
                             "delay: 5  ms",
                             "delay: 0.5 ns",
                             "delay: 11 s",
                             "delay: 1e3 ms",
                             "delay: 99999999999999999999 s",
                             "bits-per-second: 100000",
                             "bits-per-second: 1 mbit/s",
                             "bits-per-second: 0.5 bit/s",
                             "address: 10.0.0.256",
                             "address: 010.0.0.1",
                             "ethernet: 1:2:3:4:5",
                             "color: ~",
                             "color: [red]",
                             "maybe: 10",
                             "words: a",
                             "words: {a: b}",
                             "named: []",
                             "named: {one: ~}",
                             "tables: {a: b}",
                             "text: ~",
                             "text:",
                             "text: {}",
                             "? [a]\n: b",
                             "~: b",
                             "\"\": b",
                             "<<: {flag: true}",
                             "text: &a b",
                             "text: *a",
                             "text: !!str b",
                             "flag: true\nflag: true",
                             "--- {}\n--- {}\n",
                             "",
                             "# nothing\n",
                             "---\n",
                             "text",
                             "- text",
                             "[",
                             "text: 'a",
                             "text: a: b",
                             "flag:\ttrue",
                             "text: \"\x01\"",
                             "text: \xff",
                             "text: \xed\xa0\x80",
                             "stack: freebsd-66",
                             "stack: {ttl: 5}",
                             "stack: {persona: ../x}",
                             "stack: []"})
    {
        const std::string error = ToyError(text);
        BOOST_TEST(error.rfind("toy.yaml", 0) == 0U, text);
        BOOST_TEST(error.find('\n') == std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(BoundsDepthAndSize)
{
    BOOST_TEST(
        ToyError(std::string(5000, '[') + std::string(5000, ']')).find("levels of nesting") !=
        std::string::npos);
    std::string maps;
    for (int i = 0; i < 5000; ++i)
    {
        maps += "{a: ";
    }
    maps += "1" + std::string(5000, '}');
    BOOST_TEST(ToyError(maps).find("levels of nesting") != std::string::npos);
    BOOST_TEST(ToyError(std::string(LARGEST_FILE + 1, '#')).find("bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(RefusesKeysThatAreNoNames)
{
    for (const char* text : {"? {a: 1, a: 2}\n: x\n",
                             "{a: 1, a: 2}: x\n",
                             "name: a\n? {b: 1, b: 2}\n: x\n",
                             "parts: {{a: 1, a: 2}: x}\n",
                             "{{{{"})
    {
        BOOST_TEST(ToyError(text).find("found a map as a key, expected a name") !=
                       std::string::npos,
                   text << ToyError(text));
    }
    for (const char* text : {"? [{a: 1, a: 2}]\n: x\n", "[[a]]: x\n"})
    {
        BOOST_TEST(ToyError(text).find("found a list as a key, expected a name") !=
                       std::string::npos,
                   text << ToyError(text));
    }
}

BOOST_AUTO_TEST_CASE(FindsDuplicateKeysAtAnyDepth)
{
    BOOST_TEST(
        ToyError("parts:\n  - text: a\n    offset: 1\n    text: b\n") ==
        "toy.yaml:4:5: parts.1.text: found the key twice (first in line 2), expected it once");
}

BOOST_AUTO_TEST_SUITE_END()
