#include "lab/scenario/persona-kinds.h"

#include "lab/scenario/scenario.h"

namespace bouncelab::scenario
{

const std::vector<PersonaFolder>&
PersonaFolders()
{
    static const std::vector<PersonaFolder> kinds{
        {&TypeOf<host::StackProfile>(), "a TCP/IP stack"},
        {&TypeOf<mail::MtaPersona>(), "a mail program that sends"},
        {&TypeOf<smtp::ServerPersona>(), "an SMTP server"},
        {&TypeOf<connector::ReceiveConnectorConfig>(), "a receive connector"},
        {&TypeOf<connector::FilterConfig>(), "a filter agent"},
        {&TypeOf<dns::BlacklistPolicy>(), "a list of addresses"},
        {&TypeOf<kerberos::KerberosPersona>(), "a Kerberos implementation"},
        {&TypeOf<middlebox::InjectorConfig>(), "an on-path injector"},
        {&TypeOf<middlebox::CensorConfig>(), "an in-path censor"},
    };
    return kinds;
}

} // namespace bouncelab::scenario
