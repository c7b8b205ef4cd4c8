#include "models/smtp/spnego.h"

#include "models/smtp/der.h"

#include <iterator>

namespace bouncelab::smtp::spnego
{

namespace
{

constexpr std::string_view SPNEGO("\x2B\x06\x01\x05\x05\x02", 6);
constexpr std::string_view KERBEROS("\x2A\x86\x48\x86\xF7\x12\x01\x02\x02", 9);
constexpr std::string_view MS_KERBEROS("\x2A\x86\x48\x82\xF7\x12\x01\x02\x02", 9);
constexpr std::string_view AP_REQ_TOKEN("\x01\x00", 2);
constexpr std::string_view ERROR_TOKEN("\x03\x00", 2);
constexpr std::string_view REJECT("\x02", 1);
constexpr unsigned char RC4_HMAC = 23;
constexpr unsigned char AP_REQ = 14;
constexpr std::size_t TICKET_SIZE = 1024;

/// The same twice gives back what was there.
std::string
Mask(std::string_view text, std::string_view nonce)
{
    std::string masked = Octets(DrawKey(0, nonce)("mask"), text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        masked[i] = static_cast<char>(masked[i] ^ text[i]);
    }
    return masked;
}

std::string
Encrypted(std::string_view cipher)
{
    return der::Element(der::SEQUENCE,
                        der::Element(der::Context(0), der::SmallInteger(RC4_HMAC)) +
                            der::Element(der::Context(2), der::Element(der::OCTET_STRING, cipher)));
}

std::string
Ticket(std::string_view realm, std::string_view service, Draw draw)
{
    const std::string name =
        der::Element(der::Context(0), der::SmallInteger(2)) +
        der::Element(der::Context(1),
                     der::Element(der::SEQUENCE,
                                  der::Element(der::GENERAL_STRING, "SMTPSVC") +
                                      der::Element(der::GENERAL_STRING, service)));
    return der::Element(
        der::Application(1),
        der::Element(der::SEQUENCE,
                     der::Element(der::Context(0), der::SmallInteger(5)) +
                         der::Element(der::Context(1), der::Element(der::GENERAL_STRING, realm)) +
                         der::Element(der::Context(2), der::Element(der::SEQUENCE, name)) +
                         der::Element(der::Context(3), Encrypted(Octets(draw, TICKET_SIZE)))));
}

/// What is inside of elements that stand in one another.
std::optional<std::string_view>
Descend(std::string_view text, const unsigned char* tags, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto inner = der::Find(text, tags[i]);
        if (!inner)
        {
            return std::nullopt;
        }
        text = *inner;
    }
    return text;
}

/// A message in GSSAPI's frame. \param kind of message
std::string
InFrame(std::string_view kind, std::string_view message)
{
    return der::Element(der::Application(0),
                        der::Element(der::OBJECT_IDENTIFIER, KERBEROS) + std::string(kind) +
                            std::string(message));
}

/// What is inside a frame whose content is `inner`.
std::optional<std::string_view>
OutOfFrame(std::string_view kind, std::optional<std::string_view> inner)
{
    const std::string head = der::Element(der::OBJECT_IDENTIFIER, KERBEROS) + std::string(kind);
    return inner && inner->substr(0, head.size()) == head
               ? std::optional<std::string_view>(inner->substr(head.size()))
               : std::nullopt;
}

} // namespace

std::string
InitialToken(const NegotiateToken& claim,
             std::string_view realm,
             std::string_view service,
             Draw ticket)
{
    const std::string authenticator =
        claim.nonce + Mask(claim.identity + '\0' + claim.proof, claim.nonce);
    const std::string options = der::Element(der::BIT_STRING, std::string_view("\0\0\0\0\0", 5));
    const std::string request = der::Element(
        der::Application(AP_REQ),
        der::Element(der::SEQUENCE,
                     der::Element(der::Context(0), der::SmallInteger(5)) +
                         der::Element(der::Context(1), der::SmallInteger(AP_REQ)) +
                         der::Element(der::Context(2), options) +
                         der::Element(der::Context(3), Ticket(realm, service, ticket)) +
                         der::Element(der::Context(4), Encrypted(authenticator))));
    return Wrap(request);
}

std::string
Wrap(std::string_view request)
{
    const std::string kerberos = InFrame(AP_REQ_TOKEN, request);
    const std::string mechanisms = der::Element(der::SEQUENCE,
                                                der::Element(der::OBJECT_IDENTIFIER, MS_KERBEROS) +
                                                    der::Element(der::OBJECT_IDENTIFIER, KERBEROS));
    return der::Element(
        der::Application(0),
        der::Element(der::OBJECT_IDENTIFIER, SPNEGO) +
            der::Element(
                der::Context(0),
                der::Element(
                    der::SEQUENCE,
                    der::Element(der::Context(0), mechanisms) +
                        der::Element(der::Context(2), der::Element(der::OCTET_STRING, kerberos)))));
}

std::optional<std::string_view>
Unwrap(std::string_view token)
{
    constexpr unsigned char WAY[] = {der::Application(0),
                                     der::Context(0),
                                     der::SEQUENCE,
                                     der::Context(2),
                                     der::OCTET_STRING,
                                     der::Application(0)};
    return OutOfFrame(AP_REQ_TOKEN, Descend(token, WAY, std::size(WAY)));
}

std::string
WrapError(std::string_view error)
{
    const std::string kerberos = InFrame(ERROR_TOKEN, error);
    return der::Element(
        der::Context(1),
        der::Element(der::SEQUENCE,
                     der::Element(der::Context(0), der::Element(der::ENUMERATED, REJECT)) +
                         der::Element(der::Context(2), der::Element(der::OCTET_STRING, kerberos))));
}

std::optional<std::string_view>
UnwrapError(std::string_view token)
{
    constexpr unsigned char WAY[] = {der::Context(1),
                                     der::SEQUENCE,
                                     der::Context(2),
                                     der::OCTET_STRING,
                                     der::Application(0)};
    return OutOfFrame(ERROR_TOKEN, Descend(token, WAY, std::size(WAY)));
}

std::optional<NegotiateToken>
ParseInitialToken(std::string_view token)
{
    constexpr unsigned char WAY[] = {der::Application(AP_REQ),
                                     der::SEQUENCE,
                                     der::Context(4),
                                     der::SEQUENCE,
                                     der::Context(2),
                                     der::OCTET_STRING};
    const auto request = Unwrap(token);
    const auto sealed = request ? Descend(*request, WAY, std::size(WAY)) : std::nullopt;
    if (!sealed)
    {
        return std::nullopt;
    }
    token = *sealed;
    if (token.size() < NONCE_SIZE + 1 + PROOF_SIZE)
    {
        return std::nullopt;
    }
    NegotiateToken claim;
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
