#ifndef BOUNCELAB_LAB_SPEC_PERSONA_KINDS_H
#define BOUNCELAB_LAB_SPEC_PERSONA_KINDS_H

#include "lab/spec/persona-ref.h"
#include "models/connector/filter-config.h"
#include "models/connector/receive-connector-config.h"
#include "models/host/stack-profile.h"
#include "models/mail/mta-persona.h"
#include "models/smtp/server-persona.h"

#include <string_view>

namespace bouncelab::spec
{

template <>
struct PersonaKind<host::StackProfile>
{
    static constexpr std::string_view FOLDER = "stacks";
};

template <>
struct PersonaKind<mail::MtaPersona>
{
    static constexpr std::string_view FOLDER = "mtas";
};

template <>
struct PersonaKind<smtp::ServerPersona>
{
    static constexpr std::string_view FOLDER = "servers";
};

template <>
struct PersonaKind<connector::ReceiveConnectorConfig>
{
    static constexpr std::string_view FOLDER = "connectors";
};

template <>
struct PersonaKind<connector::FilterConfig>
{
    static constexpr std::string_view FOLDER = "filters";
};

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_PERSONA_KINDS_H
