#ifndef BOUNCELAB_MODELS_DNS_BLACKLIST_CONFIG_H
#define BOUNCELAB_MODELS_DNS_BLACKLIST_CONFIG_H

#include "formats/field.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::dns
{

/// How a list of addresses comes about, and what its zone says of them (RFC 5782).
struct BlacklistPolicy
{
    static constexpr std::string_view FOLDER = "blacklists"; //!< Of personas.

    std::string title = Field(&title, "title", "the list") | "How its pages call it: `the CBL`.";
    Ipv4 code = Field(&code, "code", Ipv4{0x7F000002}) | "The A record of an address on it.";
    std::string reason = Field(&reason, "reason", "Listed: {address}") |
                         "The TXT record of an address on it; `{address}` stands for it.";
    Nanoseconds ttl =
        Field(&ttl, "ttl", std::chrono::minutes(35)).Range(0, 2147483647e9) | "Of both records.";
    Nanoseconds negativeTtl =
        Field(&negativeTtl, "negative-ttl", std::chrono::minutes(35)).Range(0, 2147483647e9) |
        "How long others may keep that an address is not on it.";
    Nanoseconds updateInterval =
        Field(&updateInterval, "update-interval", std::chrono::minutes(30)).Range(1e9, 1e17) |
        "How often the zone is made anew; until then it says what it said.";
    std::uint32_t trapHits = Field(&trapHits, "trap-hits", 1).Range(1, 1e6) |
                             "Messages to spam traps within `window` that put an address on it.";
    std::uint32_t helloHits =
        Field(&helloHits, "hello-hits", 10).Range(1, 1e6) |
        "Mail with an implausible HELO within `window` that puts an address on it.";
    Nanoseconds window = Field(&window, "window", std::chrono::hours(504)).Range(1e9, 1e18) |
                         "How long a hit counts.";
    Nanoseconds expiry = Field(&expiry, "expiry", std::chrono::hours(168)).Range(1e9, 1e18) |
                         "An address leaves it so long after its last hit.";
    bool selfService = Field(&selfService, "self-service", true) |
                       "Whoever asks for it has an address taken off, whatever the cause.";
    std::vector<IpAddress> refusedClients =
        Field(&refusedClients, "refused-clients") |
        "Resolvers that may not ask here: they get `refusal-code` for every address (a custom of "
        "later years).";
    Ipv4 refusalCode = Field(&refusalCode, "refusal-code", Ipv4{0x7FFFFFFE}) |
                       "In 127.255.255.0/24, so that it is taken for no listing.";
};

/// What is wrong with a policy beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckBlacklistPolicy(const BlacklistPolicy& policy);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_BLACKLIST_CONFIG_H
