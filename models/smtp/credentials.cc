#include "models/smtp/credentials.h"

#include "formats/text.h"

#include "formats/random.h"

namespace bouncelab::smtp
{

std::optional<AuthMechanism>
FindMechanism(std::string_view name)
{
    for (const auto& [known, mechanism] : EnumNames(AuthMechanism{}))
    {
        if (EqualIgnoringCase(known, name))
        {
            return mechanism;
        }
    }
    return std::nullopt;
}

bool
Credentials::Proves(std::string_view password) const
{
    const bool plain = mechanism == AuthMechanism::Login || mechanism == AuthMechanism::Plain;
    return plain ? secret == password : secret == ProofOf(password, challenge, secret.size());
}

std::string
ProofOf(std::string_view password, std::string_view challenge, std::size_t length)
{
    std::string input(challenge);
    input += '\0';
    input += password;
    return Octets(DrawKey(0, input)("proof"), length);
}

} // namespace bouncelab::smtp
