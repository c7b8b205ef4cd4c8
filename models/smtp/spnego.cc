#include "models/smtp/spnego.h"

#include "models/smtp/der.h"

namespace bouncelab::smtp::spnego
{

namespace
{

using namespace der;

constexpr std::string_view SPNEGO("\x2B\x06\x01\x05\x05\x02", 6);
constexpr std::string_view KERBEROS("\x2A\x86\x48\x86\xF7\x12\x01\x02\x02", 9);
constexpr std::string_view MS_KERBEROS("\x2A\x86\x48\x82\xF7\x12\x01\x02\x02", 9);
constexpr std::string_view AP_REQ_TOKEN("\x01\x00", 2);
constexpr unsigned char RC4_HMAC = 23;
constexpr unsigned char AP_REQ = 14;
constexpr std::size_t TICKET_SIZE = 1024;

std::string
Opaque(RandomStream& random, std::size_t size)
{
    std::string octets;
    while (octets.size() < size)
    {
        octets += static_cast<char>(random.Next() & 255);
    }
    return octets;
}

/// The same twice gives back what was there.
std::string
Mask(std::string_view text, std::string_view nonce)
{
    RandomStream stream(0, nonce);
    std::string masked;
    for (const char c : text)
    {
        masked += static_cast<char>(c ^ static_cast<char>(stream.Next() & 255));
    }
    return masked;
}

std::string
Encrypted(std::string_view cipher)
{
    return Element(SEQUENCE,
                   Element(Context(0), SmallInteger(RC4_HMAC)) +
                       Element(Context(2), Element(OCTET_STRING, cipher)));
}

std::string
Ticket(std::string_view realm, std::string_view service, RandomStream& random)
{
    const std::string name =
        Element(Context(0), SmallInteger(2)) +
        Element(Context(1),
                Element(SEQUENCE,
                        Element(GENERAL_STRING, "SMTPSVC") + Element(GENERAL_STRING, service)));
    return Element(Application(1),
                   Element(SEQUENCE,
                           Element(Context(0), SmallInteger(5)) +
                               Element(Context(1), Element(GENERAL_STRING, realm)) +
                               Element(Context(2), Element(SEQUENCE, name)) +
                               Element(Context(3), Encrypted(Opaque(random, TICKET_SIZE)))));
}

} // namespace

std::string
InitialToken(const Claim& claim,
             std::string_view realm,
             std::string_view service,
             RandomStream random)
{
    const std::string authenticator =
        claim.nonce + Mask(claim.identity + '\0' + claim.proof, claim.nonce);
    const std::string options = Element(BIT_STRING, std::string_view("\0\0\0\0\0", 5));
    const std::string request = Element(
        Application(AP_REQ),
        Element(SEQUENCE,
                Element(Context(0), SmallInteger(5)) + Element(Context(1), SmallInteger(AP_REQ)) +
                    Element(Context(2), options) +
                    Element(Context(3), Ticket(realm, service, random)) +
                    Element(Context(4), Encrypted(authenticator))));
    const std::string kerberos =
        Element(Application(0),
                Element(OBJECT_IDENTIFIER, KERBEROS) + std::string(AP_REQ_TOKEN) + request);
    const std::string mechanisms =
        Element(SEQUENCE,
                Element(OBJECT_IDENTIFIER, MS_KERBEROS) + Element(OBJECT_IDENTIFIER, KERBEROS));
    return Element(Application(0),
                   Element(OBJECT_IDENTIFIER, SPNEGO) +
                       Element(Context(0),
                               Element(SEQUENCE,
                                       Element(Context(0), mechanisms) +
                                           Element(Context(2), Element(OCTET_STRING, kerberos)))));
}

std::optional<Claim>
ParseInitialToken(std::string_view token)
{
    // TOK_ID 01 00 reads as an empty element and is passed over.
    constexpr unsigned char WAY[] = {Application(0),
                                     Context(0),
                                     SEQUENCE,
                                     Context(2),
                                     OCTET_STRING,
                                     Application(0),
                                     Application(AP_REQ),
                                     SEQUENCE,
                                     Context(4),
                                     SEQUENCE,
                                     Context(2),
                                     OCTET_STRING};
    for (const unsigned char tag : WAY)
    {
        const auto inner = Find(token, tag);
        if (!inner)
        {
            return std::nullopt;
        }
        token = *inner;
    }
    if (token.size() < NONCE_SIZE + 1 + PROOF_SIZE)
    {
        return std::nullopt;
    }
    Claim claim;
    claim.nonce = token.substr(0, NONCE_SIZE);
    const std::string open = Mask(token.substr(NONCE_SIZE), claim.nonce);
    const std::size_t end = open.size() - PROOF_SIZE - 1;
    if (open[end] != '\0')
    {
        return std::nullopt;
    }
    claim.identity = open.substr(0, end);
    claim.proof = open.substr(end + 1);
    return claim;
}

} // namespace bouncelab::smtp::spnego
