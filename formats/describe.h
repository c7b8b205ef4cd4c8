#ifndef BOUNCELAB_FORMATS_DESCRIBE_H
#define BOUNCELAB_FORMATS_DESCRIBE_H

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace bouncelab
{

/**
 * How a room tells the others what its knobs are.
 *
 * Knobs are plain structs. Beside each struct stands one function template
 *
 *     template <class Visitor>
 *     void Describe(Visitor& visitor, StackProfile& profile)
 *     {
 *         visitor.Field("ttl", profile.ttl, {"Initial TTL of every packet.", "", 1, 255});
 *     }
 *
 * found by argument-dependent lookup. The member initializers are the defaults. Every use of the
 * table is a visitor: the strict YAML reader, the printer behind `show`, the JSON schema, the
 * reference page and the manifest. So a key has one home, and none of them can disagree.
 *
 * A visitor accepts members of these types: bool, the integer types, double, std::string,
 * std::chrono::nanoseconds (written with a unit: "35.074 ms"), Ipv4, MacAddress, enumerations with
 * an EnumNames() overload, any struct that has a Describe(), and std::optional, std::vector and
 * std::map<std::string, T> of these.
 */
struct FieldNote
{
    std::string_view sentence;  //!< What the knob does, as one sentence; Markdown.
    std::string_view unit = ""; //!< Unit of a plain number, such as "packets/s"; else empty.
    double minimum = -std::numeric_limits<double>::infinity(); //!< Numbers, and durations in ns.
    double maximum = std::numeric_limits<double>::infinity();  //!< Numbers, and durations in ns.
    bool required = false; //!< Has no default: leaving it out is an error.
};

using Nanoseconds = std::chrono::nanoseconds;

/// One name of an enumerator, as it is written in scenarios and personas.
template <class E>
using EnumName = std::pair<std::string_view, E>;

/**
 * The written name of an enumerator, from the EnumNames() overload of its type (a constexpr
 * std::array of EnumName found by argument-dependent lookup).
 */
template <class E>
constexpr std::string_view
NameOf(E value)
{
    for (const auto& [name, enumerator] : EnumNames(E{}))
    {
        if (enumerator == value)
        {
            return name;
        }
    }
    return "?";
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_DESCRIBE_H
