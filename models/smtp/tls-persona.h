#ifndef BOUNCELAB_MODELS_SMTP_TLS_PERSONA_H
#define BOUNCELAB_MODELS_SMTP_TLS_PERSONA_H

#include "formats/describe.h"

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
    TlsVersion oldest = TlsVersion::Tls10;
    TlsVersion newest = TlsVersion::Tls10;
    std::vector<std::string> suites = {"TLS_RSA_WITH_AES_128_CBC_SHA",
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
                                       "TLS_RSA_WITH_RC4_128_MD5"};
    bool serverName = true;
    bool closeNotify = true;
    std::string commonName = "{hostname}";
    std::string issuer;
    std::string validFrom = "110101000000Z";
    std::string validTo = "160101000000Z";
    std::uint32_t keyBits = 2048;
};

template <class Visitor>
void
Describe(Visitor& v, TlsPersona& p)
{
    v.Field("oldest", p.oldest, {"Oldest version of TLS that it speaks."});
    v.Field("newest", p.newest, {"Newest version of TLS that it speaks."});
    v.Field("suites",
            p.suites,
            {"Cipher suites in its order, by their registered names; a server takes the first that "
             "the client has too."});
    v.Field("server-name", p.serverName, {"As a client: names the server in its hello (SNI)."});
    v.Field("close-notify", p.closeNotify, {"Says goodbye in TLS before it closes."});
    v.Field("common-name",
            p.commonName,
            {"As a server: whom the certificate is for, with the words in braces."});
    v.Field("issuer", p.issuer, {"Who signed the certificate; empty = itself."});
    v.Field("valid-from", p.validFrom, {"From when the certificate counts, as YYMMDDhhmmssZ."});
    v.Field("valid-to", p.validTo, {"Until when the certificate counts, as YYMMDDhhmmssZ."});
    v.Field("key-bits", p.keyBits, {"Size of the RSA key.", "bits", 512, 8192});
}

/// What is wrong with it beyond single values, one clear line each under the name `key`.
void CheckTlsPersona(std::string_view key,
                     const TlsPersona& persona,
                     std::vector<std::string>& faults);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TLS_PERSONA_H
