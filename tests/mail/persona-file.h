#ifndef BOUNCELAB_TESTS_MAIL_PERSONA_FILE_H
#define BOUNCELAB_TESTS_MAIL_PERSONA_FILE_H

#include "lab/scenario/text-tree.h"
#include "lab/scenario/yaml-reader.h"
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
    scenario::Marks marks;
    const std::string path =
        tests::SourceDir().string() + "/models/personas/" + kind + "/" + name + ".yaml";
    scenario::YamlReader(nullptr, marks).ReadStruct(scenario::LoadTree(path), "", ValueOf(persona));
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
