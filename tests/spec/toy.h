#ifndef BOUNCELAB_TESTS_SPEC_TOY_H
#define BOUNCELAB_TESTS_SPEC_TOY_H

#include "formats/persona-ref.h"
#include "lab/spec/yaml-reader.h"
#include "models/host/stack-profile.h"
#include "tests/tree.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::spec
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
    std::int32_t offset = -1;
    std::string text;
};

template <class Visitor>
void
Describe(Visitor& v, ToyPart& p)
{
    v.Field("offset", p.offset, {"An offset.", "bytes"});
    v.Field("text", p.text, {"A text.", "", 0, 0, true});
}

struct Toy
{
    bool flag = false;
    std::uint8_t small = 7;
    std::uint64_t large = 0;
    double rate = 0.5;
    std::string text = "none";
    Nanoseconds delay{35074000};
    std::uint64_t bitsPerSecond = 100000000;
    Ipv4 address;
    MacAddress ethernet;
    Color color = Color::Green;
    std::optional<std::uint32_t> maybe;
    std::optional<ToyPart> maybePart;
    std::vector<std::string> words{"a", "b"};
    std::vector<ToyPart> parts;
    std::map<std::string, ToyPart> named;
    std::map<std::string, std::map<std::string, std::string>> tables;
    PersonaRef<host::StackProfile> stack;
};

template <class Visitor>
void
Describe(Visitor& v, Toy& t)
{
    v.Field("flag", t.flag, {"A flag."});
    v.Field("small", t.small, {"A small number.", "hops", 1});
    v.Field("large", t.large, {"A large number."});
    v.Field("rate", t.rate, {"A rate.", "packets/s", 0, 10});
    v.Field("text", t.text, {"A text with `code` | and a bar."});
    v.Field("delay", t.delay, {"A delay.", "", -1e9, 10e9});
    v.Field("bits-per-second", t.bitsPerSecond, {"A bit rate.", "bit/s", 1000, 1e12});
    v.Field("address", t.address, {"An address."});
    v.Field("ethernet", t.ethernet, {"An Ethernet address."});
    v.Field("color", t.color, {"A color."});
    v.Field("maybe", t.maybe, {"May be left out.", "", 0, 9});
    v.Field("maybe-part", t.maybePart, {"May be left out."});
    v.Field("words", t.words, {"Words."});
    v.Field("parts", t.parts, {"Parts in order."});
    v.Field("named", t.named, {"Parts by name."});
    v.Field("tables", t.tables, {"Tables of text."});
    v.Field("stack", t.stack, {"A persona."});
}

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
    catch (const SpecError& error)
    {
        return error.what();
    }
    return "";
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_TESTS_SPEC_TOY_H
