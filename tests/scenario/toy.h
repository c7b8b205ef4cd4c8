#ifndef BOUNCELAB_TESTS_SCENARIO_TOY_H
#define BOUNCELAB_TESTS_SCENARIO_TOY_H

#include "formats/field.h"
#include "lab/scenario/yaml-reader.h"
#include "models/host/stack-profile.h"
#include "tests/tree.h"

#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::scenario
{

// One field of every type that a table may hold, apart from what scenarios happen to use.

enum class Color
{
    Red,
    Green,
};

constexpr auto
EnumNames(Color)
{
    return std::array<EnumName<Color>, 2>{{{"red", Color::Red}, {"green", Color::Green}}};
}

struct ToyPart
{
    std::int32_t offset = Field(&offset, "offset", -1).Unit("bytes") | "An offset.";
    std::string text = Field(&text, "text").Required() | "A text.";
};

struct Toy
{
    bool flag = Field(&flag, "flag") | "A flag.";
    std::uint8_t small =
        Field(&small, "small", 7).Unit("hops").Range(1, HUGE_VAL) | "A small number.";
    std::uint64_t large = Field(&large, "large") | "A large number.";
    double rate = Field(&rate, "rate", 0.5).Unit("packets/s").Range(0, 10) | "A rate.";
    std::string text = Field(&text, "text", "none") | "A text with `code` | and a bar.";
    Nanoseconds delay =
        Field(&delay, "delay", Nanoseconds(35074000)).Range(-1e9, 10e9) | "A delay.";
    std::uint64_t bitsPerSecond =
        Field(&bitsPerSecond, "bits-per-second", 100000000).Unit("bit/s").Range(1000, 1e12) |
        "A bit rate.";
    IpAddress address = Field(&address, "address") | "An address.";
    MacAddress ethernet = Field(&ethernet, "ethernet") | "An Ethernet address.";
    Color color = Field(&color, "color", Color::Green) | "A color.";
    std::optional<std::uint32_t> maybe = Field(&maybe, "maybe").Range(0, 9) | "May be left out.";
    std::optional<ToyPart> maybePart = Field(&maybePart, "maybe-part") | "May be left out.";
    std::vector<std::string> words = Field(&words, "words", {"a", "b"}) | "Words.";
    std::vector<ToyPart> parts = Field(&parts, "parts") | "Parts in order.";
    std::map<std::string, ToyPart> named = Field(&named, "named") | "Parts by name.";
    std::map<std::string, std::map<std::string, std::string>> tables =
        Field(&tables, "tables") | "Tables of text.";
    PersonaRef<host::StackProfile> stack = Field(&stack, "stack") | "A persona.";
};

/// The personas that the project ships.
inline PersonaLibrary
ShippedPersonas()
{
    return PersonaLibrary(tests::SourceDir());
}

inline Toy
ReadToy(const std::string& yaml)
{
    const PersonaLibrary personas = ShippedPersonas();
    Marks marks;
    Toy toy;
    YamlReader(&personas, marks).ReadStruct(ParseTree(yaml, "toy.yaml"), "", ValueOf(toy));
    return toy;
}

/// The message that reading gives, or nothing.
inline std::string
ToyError(const std::string& yaml)
{
    try
    {
        ReadToy(yaml);
    }
    catch (const ScenarioError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace bouncelab::scenario

#endif // BOUNCELAB_TESTS_SCENARIO_TOY_H
