#ifndef BOUNCELAB_MODELS_DNS_NAME_SERVER_CONFIG_H
#define BOUNCELAB_MODELS_DNS_NAME_SERVER_CONFIG_H

#include "formats/field.h"
#include "models/dns/resolver-config.h"
#include "models/dns/zone-config.h"

#include <map>
#include <optional>
#include <string>

namespace bouncelab::dns
{

/// A program that answers questions for names, over UDP and TCP.
struct NameServerConfig
{
    std::map<std::string, ZoneConfig> zones =
        Field(&zones, "zones") | "The zones that it has authority for, by name.";
    std::optional<ResolverConfig> recursion =
        Field(&recursion, "recursion") |
        "How it finds other names for those who ask it; none by default: it refuses them.";
    Nanoseconds delay = Field(&delay, "delay").Range(0, 3600e9) |
                        "Shortest time from a question to an answer that it has.";
    Nanoseconds delayJitter = Field(&delayJitter, "delay-jitter").Range(0, 3600e9) |
                              "Uniform addition to it, drawn each time.";
};

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_NAME_SERVER_CONFIG_H
