#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H

#include "formats/describe.h"
#include "models/middlebox/middlebox.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::middlebox
{

/**
 * What an on-path injector waits for and what it forges (facts I19 to I26). An on-path device sees
 * copies and adds packets; nothing here can drop or delay a genuine one.
 */
struct InjectorConfig
{
    std::string path;
    std::uint32_t atHop = 7;
    std::string command = "RCPT";
    std::string pattern;
    std::string payload = "500 error\r\n";
    Nanoseconds processingDelay{4099000};
    Nanoseconds processingJitter{0};
    std::uint8_t ttl = 64;
    std::uint16_t ipId = 64;
    bool dontFragment = false;
    std::uint16_t window = 0;
    bool push = true;
    std::int32_t sequenceOffset = 0;
    std::uint32_t missPerMillion = 0;
};

template <class Visitor>
void
Describe(Visitor& v, InjectorConfig& c)
{
    v.Field("path", c.path, {"Name of the path.", "", 0, 0, true});
    v.Field("at-hop",
            c.atHop,
            {"The injector stands on the segment that leads to this hop, counted from the gateway.",
             "",
             1,
             255});
    v.Field("command", c.command, {"SMTP verb that it acts on, in any case."});
    v.Field("pattern",
            c.pattern,
            {"Text that the command line must contain, in any case; empty = any."});
    v.Field("payload", c.payload, {"Bytes of the forged reply."});
    v.Field("processing-delay",
            c.processingDelay,
            {"From the last byte of the trigger to the forged packet.", "", 0, 10e9});
    v.Field("processing-jitter", c.processingJitter, {"Uniform addition to it.", "", 0, 1e9});
    v.Field("ttl", c.ttl, {"Initial TTL of the forged packet.", "", 1, 255});
    v.Field("ip-id", c.ipId, {"IP identification of the forged packet."});
    v.Field("dont-fragment", c.dontFragment, {"DF of the forged packet."});
    v.Field("window", c.window, {"Window field of the forged packet."});
    v.Field("push", c.push, {"PSH of the forged packet."});
    v.Field("sequence-offset",
            c.sequenceOffset,
            {"Added to the sequence number that fits.", "bytes"});
    v.Field("miss-per-million",
            c.missPerMillion,
            {"How often it misses a trigger.", "ppm", 0, 1e6});
}

/// What is wrong with an injector beyond single values, one clear line each; empty if nothing is.
inline std::vector<std::string>
Faults(const InjectorConfig& config)
{
    constexpr std::size_t SEGMENT = 1460;
    if (config.payload.empty() || config.payload.size() > SEGMENT)
    {
        return {"payload: found " + std::to_string(config.payload.size()) +
                " bytes, expected 1 to " + std::to_string(SEGMENT) + ", one segment"};
    }
    return {};
}

std::unique_ptr<Middlebox> Build(const std::string& name, const InjectorConfig& config, Site& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H
