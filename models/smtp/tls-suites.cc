#include "models/smtp/tls-suites.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bouncelab::smtp
{

namespace
{

using M = TlsSuite::Mode;
constexpr TlsVersion OLD = TlsVersion::Tls10;
constexpr TlsVersion NEW = TlsVersion::Tls12;

// clang-format off
constexpr std::array SUITES{
    TlsSuite{0x0004, "TLS_RSA_WITH_RC4_128_MD5", M::Stream, 0, 16, false, OLD},
    TlsSuite{0x0005, "TLS_RSA_WITH_RC4_128_SHA", M::Stream, 0, 20, false, OLD},
    TlsSuite{0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", M::Block, 8, 20, false, OLD},
    TlsSuite{0x0013, "TLS_DHE_DSS_WITH_3DES_EDE_CBC_SHA", M::Offering, 0, 0, false, OLD},
    TlsSuite{0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", M::Offering, 0, 0, false, OLD},
    TlsSuite{0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", M::Block, 16, 20, false, OLD},
    TlsSuite{0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", M::Offering, 0, 0, false, OLD},
    TlsSuite{0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", M::Offering, 0, 0, false, OLD},
    TlsSuite{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", M::Block, 16, 20, false, OLD},
    TlsSuite{0x0038, "TLS_DHE_DSS_WITH_AES_256_CBC_SHA", M::Offering, 0, 0, false, OLD},
    TlsSuite{0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", M::Offering, 0, 0, false, OLD},
    TlsSuite{0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256", M::Block, 16, 32, false, NEW},
    TlsSuite{0x003D, "TLS_RSA_WITH_AES_256_CBC_SHA256", M::Block, 16, 32, false, NEW},
    TlsSuite{0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256", M::Counter, 0, 16, false, NEW},
    TlsSuite{0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384", M::Counter, 0, 16, false, NEW},
    TlsSuite{0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", M::Offering, 0, 0, false, NEW},
    TlsSuite{0x009F, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", M::Offering, 0, 0, false, NEW},
    TlsSuite{0x00FF, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", M::Offering, 0, 0, false, OLD},
    TlsSuite{0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", M::Offering, 0, 0, true, OLD},
    TlsSuite{0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", M::Offering, 0, 0, true, OLD},
    TlsSuite{0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", M::Block, 16, 20, true, OLD},
    TlsSuite{0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", M::Block, 16, 20, true, OLD},
    TlsSuite{0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", M::Offering, 0, 0, true, NEW},
    TlsSuite{0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", M::Block, 16, 32, true, NEW},
    TlsSuite{0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", M::Offering, 0, 0, true, NEW},
    TlsSuite{0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", M::Offering, 0, 0, true, NEW},
    TlsSuite{0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", M::Counter, 0, 16, true, NEW},
    TlsSuite{0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", M::Counter, 0, 16, true, NEW},
};
// clang-format on

} // namespace

const TlsSuite*
FindTlsSuite(std::string_view name)
{
    const auto it = std::find_if(SUITES.begin(),
                                 SUITES.end(),
                                 [&](const TlsSuite& s) { return s.name == name; });
    return it == SUITES.end() ? nullptr : &*it;
}

const TlsSuite*
FindTlsSuite(std::uint16_t id)
{
    const auto it =
        std::find_if(SUITES.begin(), SUITES.end(), [&](const TlsSuite& s) { return s.id == id; });
    return it == SUITES.end() ? nullptr : &*it;
}

void
CheckTlsPersona(std::string_view key, const TlsPersona& persona, std::vector<std::string>& faults)
{
    bool usable = false;
    for (const std::string& name : persona.suites)
    {
        const TlsSuite* suite = FindTlsSuite(name);
        if (!suite)
        {
            faults.push_back(fmt::format("{}.suites: unknown cipher suite \"{}\"", key, name));
        }
        usable |=
            suite && suite->mode != TlsSuite::Mode::Offering && suite->oldest <= persona.newest;
    }
    if (!usable)
    {
        faults.push_back(fmt::format("{}.suites: expected one that this version can use", key));
    }
    if (persona.oldest > persona.newest)
    {
        faults.push_back(fmt::format("{}.oldest: found a version after `newest`", key));
    }
    const std::pair<std::string_view, const std::string&> times[] = {
        {"valid-from", persona.validFrom},
        {"valid-to", persona.validTo}};
    for (const auto& [name, text] : times)
    {
        if (text.size() != 13 || text.back() != 'Z' || text.find_first_not_of("0123456789") != 12)
        {
            faults.push_back(
                fmt::format("{}.{}: found \"{}\", expected YYMMDDhhmmssZ", key, name, text));
        }
    }
    if (persona.keyBits % 64 != 0)
    {
        faults.push_back(fmt::format("{}.key-bits: expected a multiple of 64", key));
    }
}

} // namespace bouncelab::smtp
