#ifndef BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"
#include "models/middlebox/middlebox.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::middlebox
{

/**
 * A SYN proxy in front of servers, as OpenBSD's pf has it (pf.conf(5), `synproxy state`): it shakes
 * hands with clients in the servers' name, so that a flood of SYNs reaches no server.
 */
struct SynProxyConfig
{
    std::string station;
    std::vector<Ipv4> servers;
    std::vector<std::uint16_t> ports = {25};
    std::uint8_t ttl = 64;
    std::uint16_t window = 0;
    std::uint16_t mss = 1460;
    Nanoseconds processingDelay{50000};
    Nanoseconds retryInterval = std::chrono::seconds(1);
    std::uint32_t tries = 4;
};

template <class Visitor>
void
Describe(Visitor& v, SynProxyConfig& c)
{
    v.Field("station", c.station, {"Name of the station.", "", 0, 0, true});
    v.Field("servers",
            c.servers,
            {"Addresses of the servers, on either side of the station.", "", 0, 0, true});
    v.Field("ports", c.ports, {"Their ports; connections to others pass."});
    v.Field("ttl", c.ttl, {"Initial TTL of its packets.", "", 1, 255});
    v.Field("window",
            c.window,
            {"Window of its SYN-ACK; at 0 a client has to wait for the server's.", "octets"});
    v.Field("mss",
            c.mss,
            {"Largest segment that its SYN-ACK and its SYN offer, their only option.",
             "octets",
             88,
             65495});
    v.Field("processing-delay",
            c.processingDelay,
            {"From a packet to its answer, or to its own SYN.", "", 0, 1e9});
    v.Field("retry-interval",
            c.retryInterval,
            {"From its first SYN to the next; then twice as long each time.", "", 1e6, 60e9});
    v.Field("tries", c.tries, {"SYNs to a server that does not answer.", "", 1, 10});
}

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

std::unique_ptr<Middlebox> Build(const std::string& name, const SynProxyConfig& config, Site& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_SYN_PROXY_CONFIG_H
