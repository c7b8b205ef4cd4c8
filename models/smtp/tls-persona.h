#ifndef BOUNCELAB_MODELS_SMTP_TLS_PERSONA_H
#define BOUNCELAB_MODELS_SMTP_TLS_PERSONA_H

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::smtp
{

enum class TlsVersion : std::uint16_t
{
    Tls10 = 0x0301,
    Tls11 = 0x0302,
    Tls12 = 0x0303,
};

constexpr auto
EnumNames(TlsVersion)
{
    return std::array<EnumName<TlsVersion>, 3>{
        {{"1.0", TlsVersion::Tls10}, {"1.1", TlsVersion::Tls11}, {"1.2", TlsVersion::Tls12}}};
}

/// What makes a TLS end the product that it is, as far as the wire shows it. The defaults are
/// Windows Server 2008 R2's.
struct TlsPersona
{
    TlsVersion oldest =
        Field(&oldest, "oldest", TlsVersion::Tls10) | "Oldest version of TLS that it speaks.";
    TlsVersion newest =
        Field(&newest, "newest", TlsVersion::Tls10) | "Newest version of TLS that it speaks.";
    std::vector<std::string> suites = Field(&suites,
                                            "suites",
                                            {"TLS_RSA_WITH_AES_128_CBC_SHA",
                                             "TLS_RSA_WITH_AES_256_CBC_SHA",
                                             "TLS_RSA_WITH_RC4_128_SHA",
                                             "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                                             "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                                             "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                             "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                                             "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                             "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
                                             "TLS_DHE_DSS_WITH_AES_256_CBC_SHA",
                                             "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA",
                                             "TLS_RSA_WITH_RC4_128_MD5"}) |
                                      "Cipher suites in its order, by their registered names; a "
                                      "server takes the first that the client has too.";
    bool serverName = Field(&serverName, "server-name", true) |
                      "As a client: names the server in its hello (SNI).";
    bool closeNotify =
        Field(&closeNotify, "close-notify", true) | "Says goodbye in TLS before it closes.";
    std::string commonName = Field(&commonName, "common-name", "{hostname}") |
                             "As a server: whom the certificate is for, with the words in braces.";
    std::string issuer = Field(&issuer, "issuer") | "Who signed the certificate; empty = itself.";
    std::string validFrom = Field(&validFrom, "valid-from", "110101000000Z") |
                            "From when the certificate counts, as YYMMDDhhmmssZ.";
    std::string validTo = Field(&validTo, "valid-to", "160101000000Z") |
                          "Until when the certificate counts, as YYMMDDhhmmssZ.";
    std::uint32_t keyBits =
        Field(&keyBits, "key-bits", 2048).Unit("bits").Range(512, 8192) | "Size of the RSA key.";
};

/// What is wrong with it beyond single values, one clear line each under the name `key`.
void CheckTlsPersona(std::string_view key,
                     const TlsPersona& persona,
                     std::vector<std::string>& faults);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TLS_PERSONA_H
