#ifndef BOUNCELAB_LAB_SPEC_PERSONA_REF_H
#define BOUNCELAB_LAB_SPEC_PERSONA_REF_H

#include <string>

namespace bouncelab::spec
{

/**
 * A persona as a scenario names it: `stack: freebsd-6`, or with keys of its own on top
 * `stack: {persona: freebsd-6, ttl: 128}`. The reader loads the file, lays the keys over it and
 * leaves the result in value.
 */
template <class T>
struct PersonaRef
{
    using Persona = T;

    std::string name;
    T value;
};

/**
 * The folder under models/personas that holds the personas of type T: a specialization for each T
 * has `static constexpr std::string_view FOLDER`.
 */
template <class T>
struct PersonaKind;

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_PERSONA_REF_H
