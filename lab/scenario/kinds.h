#ifndef BOUNCELAB_LAB_SCENARIO_KINDS_H
#define BOUNCELAB_LAB_SCENARIO_KINDS_H

#include "formats/field.h"

#include <tuple>
#include <type_traits>

namespace bouncelab::scenario
{

/// Calls visit(key, entries) for each kind in a struct of maps whose Kinds() ties its members. One
/// that Kinds() forgets does not compile.
template <class T, class Visit>
void
VisitKinds(const T& kinds, Visit&& visit)
{
    using Tied = decltype(kinds.Kinds());
    static_assert(std::tuple_size_v<Tied> == field::MemberCount<T>());
    std::apply([&](const auto&... entries) { (visit(KeyOf(kinds, entries), entries), ...); },
               kinds.Kinds());
}

/// An entry of such a map, whether its keys stand alone or above a persona.
template <class T>
const T&
ConfigOf(const T& entry)
{
    return entry;
}

template <class T>
const T&
ConfigOf(const PersonaRef<T>& entry)
{
    return entry.value;
}

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_KINDS_H
