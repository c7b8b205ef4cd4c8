#ifndef BOUNCELAB_TESTS_MAIL_PERSONA_FILE_H
#define BOUNCELAB_TESTS_MAIL_PERSONA_FILE_H

#include "lab/spec/text-tree.h"
#include "lab/spec/yaml-reader.h"
#include "models/mail/mta-persona.h"
#include "tests/tree.h"

#include <string>

namespace bouncelab::test
{

/// A shipped persona: kind "servers", name "postfix".
template <class Persona>
Persona
ReadPersona(const std::string& kind, const std::string& name)
{
    Persona persona;
    spec::Marks marks;
    const std::string path =
        tests::SourceDir().string() + "/models/personas/" + kind + "/" + name + ".yaml";
    spec::YamlReader(nullptr, marks).ReadStruct(spec::LoadTree(path), "", ValueOf(persona));
    return persona;
}

/// A shipped MTA persona: "postfix".
inline mail::MtaPersona
ReadMta(const std::string& name)
{
    return ReadPersona<mail::MtaPersona>("mtas", name);
}

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_MAIL_PERSONA_FILE_H
