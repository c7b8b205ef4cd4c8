#ifndef BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"
#include "models/middlebox/middlebox.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::middlebox
{

/**
 * A SYN proxy in front of servers, as OpenBSD's pf has it (pf.conf(5), `synproxy state`): it shakes
 * hands with clients in the servers' name, so that a flood of SYNs reaches no server. One that also
 * `ends` connections is a balancer at layer 4 that splices them.
 */
struct SynProxyConfig
{
    std::string station = Field(&station, "station").Required() | "Name of the station.";
    std::vector<IpAddress> servers = Field(&servers, "servers").Required() |
                                     "Addresses of the servers, on either side of the station.";
    std::vector<std::uint16_t> ports =
        Field(&ports, "ports", {25}) | "Their ports; connections to others pass.";
    std::uint8_t ttl = Field(&ttl, "ttl", 64).Range(1, 255) | "Initial TTL of its packets.";
    std::uint16_t window = Field(&window, "window").Unit("octets") |
                           "Window of its SYN-ACK; at 0 a client has to wait for the server's.";
    std::uint16_t mss = Field(&mss, "mss", 1460).Unit("octets").Range(88, 65495) |
                        "Largest segment that its SYN-ACK and its SYN offer, their only option.";
    bool ends = Field(&ends, "ends") |
                "What ends a connection is its own as well: it takes the server's FINs and resets, "
                "and the acknowledgment of the client's FIN, and sends its own packets in their "
                "place. Data stay the server's.";
    Nanoseconds processingDelay =
        Field(&processingDelay, "processing-delay", Nanoseconds(50000)).Range(0, 1e9) |
        "From a packet to its answer, or to what it sends in its place.";
    Nanoseconds retryInterval =
        Field(&retryInterval, "retry-interval", std::chrono::seconds(1)).Range(1e6, 60e9) |
        "From its first SYN to the next; then twice as long each time.";
    std::uint32_t tries =
        Field(&tries, "tries", 4).Range(1, 10) | "SYNs to a server that does not answer.";
};

/// What is wrong with a SYN proxy beyond single values, one clear line each; empty if nothing is.
inline std::vector<std::string>
Faults(const SynProxyConfig& config)
{
    std::vector<std::string> faults;
    if (config.servers.empty())
    {
        faults.emplace_back("servers: found none, expected the address of a server");
    }
    if (config.ports.empty())
    {
        faults.emplace_back("ports: found none, expected at least one, such as 25");
    }
    return faults;
}

std::unique_ptr<Middlebox> Build(const std::string& name,
                                 const SynProxyConfig& config,
                                 BuildSite& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_CONFIG_H
