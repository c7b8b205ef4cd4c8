#ifndef BOUNCELAB_FORMATS_ENUM_NAMES_H
#define BOUNCELAB_FORMATS_ENUM_NAMES_H

#include <string_view>
#include <utility>

namespace bouncelab
{

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

#endif // BOUNCELAB_FORMATS_ENUM_NAMES_H
