#ifndef BOUNCELAB_MODELS_DNS_RESOLVER_CONFIG_H
#define BOUNCELAB_MODELS_DNS_RESOLVER_CONFIG_H

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::dns
{

/// From which ports a resolver asks.
enum class SourcePorts
{
    Random, //!< Any of its range, drawn for each question (S002-43; RFC 5452 9.2).
    Stack,  //!< By the habit of the host's stack, as before 2008.
};

constexpr auto
EnumNames(SourcePorts)
{
    return std::array<EnumName<SourcePorts>, 2>{
        {{"random", SourcePorts::Random}, {"stack", SourcePorts::Stack}}};
}

/// A caching resolver: either it hands its questions on to others that go the whole way, or it asks
/// authoritative servers itself, from the root down.
struct ResolverConfig
{
    std::vector<IpAddress> servers =
        Field(&servers, "servers") |
        "Addresses of the resolvers that it asks, the first one first; without any it starts from "
        "`roots`.";
    std::vector<IpAddress> roots =
        Field(&roots, "roots") | "Addresses of servers of the root zone.";
    Nanoseconds timeout =
        Field(&timeout, "timeout", std::chrono::seconds(2)).Range(1e6, 3600e9) |
        "How long it waits for the first answer; twice as long in each further round.";
    std::uint32_t tries = Field(&tries, "tries", 3).Range(1, 20) |
                          "How often it asks each server before it gives up.";
    Nanoseconds longestTtl =
        Field(&longestTtl, "longest-ttl", std::chrono::hours(24)).Range(0, 1e18) |
        "It keeps nothing longer than this; 0 = it has no cache.";
    Nanoseconds longestNegativeTtl =
        Field(&longestNegativeTtl, "longest-negative-ttl", std::chrono::hours(3)).Range(0, 1e18) |
        "Nor a \"no\" longer than this (RFC 2308 5).";
    SourcePorts sourcePorts =
        Field(&sourcePorts, "source-ports", SourcePorts::Random) | "From which ports it asks.";
    std::uint16_t firstPort =
        Field(&firstPort, "first-port", 1025).Range(1024, 65535) | "Lowest one that is drawn.";
    std::uint16_t lastPort =
        Field(&lastPort, "last-port", 65535).Range(1024, 65535) | "Highest one that is drawn.";
};

/// What is wrong with a resolver beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckResolver(const ResolverConfig& config);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_RESOLVER_CONFIG_H
