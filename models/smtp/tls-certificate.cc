#include "models/smtp/tls-certificate.h"

#include "models/smtp/der.h"

#include "formats/random.h"

#include <optional>

namespace bouncelab::smtp
{

namespace
{

constexpr std::string_view COMMON_NAME("\x55\x04\x03", 3);
constexpr std::string_view SUBJECT_ALT_NAME("\x55\x1D\x11", 3);
constexpr std::string_view RSA_ENCRYPTION("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01", 9);
constexpr std::string_view SHA1_WITH_RSA("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05", 9);
constexpr std::string_view EXPONENT("\x01\x00\x01", 3);
constexpr unsigned char NULL_VALUE = 0x05;
constexpr unsigned char DNS_NAME = 0x82;

std::string
Algorithm(std::string_view identifier)
{
    return der::Element(der::SEQUENCE,
                        der::Element(der::OBJECT_IDENTIFIER, identifier) +
                            der::Element(NULL_VALUE, {}));
}

std::string
Name(std::string_view commonName)
{
    return der::Element(
        der::SEQUENCE,
        der::Element(der::SET,
                     der::Element(der::SEQUENCE,
                                  der::Element(der::OBJECT_IDENTIFIER, COMMON_NAME) +
                                      der::Element(der::UTF8_STRING, commonName))));
}

/// A number of exactly that many octets, so its highest bit is set.
std::string
Number(Draw draw, std::size_t octets)
{
    std::string number = Octets(draw, octets);
    number.front() = static_cast<char>(number.front() | 0x80);
    number.back() = static_cast<char>(number.back() | 1);
    return number;
}

std::string
BitString(std::string_view octets)
{
    return der::Element(der::BIT_STRING, std::string(1, '\0') + std::string(octets));
}

} // namespace

std::string
MakeCertificate(const TlsPersona& persona, std::string_view commonName)
{
    const std::string_view issuer =
        persona.issuer.empty() ? commonName : std::string_view(persona.issuer);
    const DrawKey draws(persona.keyBits,
                        std::string(commonName) + '\n' + std::string(issuer) + '\n' +
                            persona.validFrom);
    const std::size_t keySize = persona.keyBits / 8;
    const std::string serial = der::Element(der::INTEGER, '\0' + Number(draws("serial"), 16));
    const std::string key =
        der::Element(der::SEQUENCE,
                     der::Element(der::INTEGER, '\0' + Number(draws("key"), keySize)) +
                         der::Element(der::INTEGER, EXPONENT));
    const std::string names = der::Element(der::SEQUENCE, der::Element(DNS_NAME, commonName));
    const std::string extensions =
        der::Element(der::SEQUENCE,
                     der::Element(der::SEQUENCE,
                                  der::Element(der::OBJECT_IDENTIFIER, SUBJECT_ALT_NAME) +
                                      der::Element(der::OCTET_STRING, names)));
    const std::string body =
        der::Element(der::Context(0), der::SmallInteger(2)) + serial + Algorithm(SHA1_WITH_RSA) +
        Name(issuer) +
        der::Element(der::SEQUENCE,
                     der::Element(der::UTC_TIME, persona.validFrom) +
                         der::Element(der::UTC_TIME, persona.validTo)) +
        Name(commonName) + der::Element(der::SEQUENCE, Algorithm(RSA_ENCRYPTION) + BitString(key)) +
        der::Element(der::Context(3), extensions);
    return der::Element(der::SEQUENCE,
                        der::Element(der::SEQUENCE, body) + Algorithm(SHA1_WITH_RSA) +
                            BitString(Number(draws("signature"), keySize)));
}

std::string
CommonNameOf(std::string_view certificate)
{
    const auto whole = der::Find(certificate, der::SEQUENCE);
    const auto body = whole ? der::Find(*whole, der::SEQUENCE) : std::nullopt;
    if (!body)
    {
        return {};
    }
    // Algorithm, issuer, validity and subject are the first four sequences.
    std::string_view rest = *body;
    std::optional<std::string_view> subject;
    for (int sequences = 0; sequences < 4;)
    {
        const auto taken = der::Take(rest);
        if (!taken)
        {
            return {};
        }
        if (taken->tag == der::SEQUENCE)
        {
            subject = taken->content;
            ++sequences;
        }
    }
    while (const auto set = der::Take(*subject))
    {
        std::string_view pair = der::Find(set->content, der::SEQUENCE).value_or(std::string_view());
        const auto identifier = der::Take(pair);
        const auto value = der::Take(pair);
        if (identifier && value && identifier->content == COMMON_NAME)
        {
            return std::string(value->content);
        }
    }
    return {};
}

std::size_t
SignatureSizeOf(std::string_view certificate)
{
    const auto whole = der::Find(certificate, der::SEQUENCE);
    const auto bits = whole ? der::Find(*whole, der::BIT_STRING) : std::nullopt;
    return bits && !bits->empty() ? bits->size() - 1 : 0;
}

} // namespace bouncelab::smtp
