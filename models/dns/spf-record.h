#ifndef BOUNCELAB_MODELS_DNS_SPF_RECORD_H
#define BOUNCELAB_MODELS_DNS_SPF_RECORD_H

#include "formats/prefix.h"
#include "models/dns/spf.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::dns
{

enum class SpfMechanism
{
    All,
    Include,
    A,
    Mx,
    Ptr,
    Ip4,
    Ip6,
    Exists,
};

struct SpfDirective
{
    SpfResult result = SpfResult::Pass; //!< If it matches.
    SpfMechanism mechanism = SpfMechanism::All;
    std::string domain;             //!< With its macros; empty = the current one.
    IpPrefix network;               //!< Of ip4 and ip6.
    std::uint32_t prefix = 32;      //!< Of a and mx, for a client of IPv4,
    std::uint32_t prefixIpv6 = 128; //!< and of IPv6.
};

/// An SPF record (RFC 7208 12).
struct SpfRecord
{
    std::vector<SpfDirective> directives;
    std::optional<std::string> redirect; //!< With its macros.
};

/// Whether a TXT record is one of version 1, good or bad (RFC 7208 4.5).
bool IsSpfRecord(std::string_view text);

/// Nothing if there is an error of syntax anywhere in it (RFC 7208 4.6). \pre IsSpfRecord()
std::optional<SpfRecord> ReadSpfRecord(std::string_view text);

/// What macros stand for; p is asked for only where it is used.
struct SpfMacros
{
    IpAddress client;
    std::string_view sender;
    std::string_view domain;
    std::string_view helo;
    std::string_view clientName; //!< Validated; "unknown".
};

/// Whether a text uses %{p}.
bool UsesClientName(std::string_view text);

/// \pre the text comes from a record that was read
std::string ExpandSpfMacros(std::string_view text, const SpfMacros& macros);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_SPF_RECORD_H
