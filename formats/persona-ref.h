#ifndef BOUNCELAB_FORMATS_PERSONA_REF_H
#define BOUNCELAB_FORMATS_PERSONA_REF_H

#include <string>

namespace bouncelab
{

/**
 * A persona as a scenario names it: `stack: freebsd-6`, or with keys of its own on top
 * `stack: {persona: freebsd-6, ttl: 128}`. The reader loads the file, lays the keys over it and
 * leaves the result in value. T::FOLDER is the folder of such files in models/personas. Where
 * T::PERSONA_OPTIONAL is true the keys may also stand alone; the name is empty then.
 */
template <class T>
struct PersonaRef
{
    using Persona = T;

    std::string name;
    T value;
};

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_PERSONA_REF_H
