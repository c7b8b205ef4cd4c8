#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H

#include "formats/field.h"
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
    std::string path = Field(&path, "path").Required() | "Name of the path.";
    std::uint32_t atHop =
        Field(&atHop, "at-hop", 7).Range(1, 255) |
        "The injector stands on the segment that leads to this hop, counted from the gateway.";
    std::string command =
        Field(&command, "command", "RCPT") | "SMTP verb that it acts on, in any case.";
    std::string pattern = Field(&pattern, "pattern") |
                          "Text that the command line must contain, in any case; empty = any.";
    std::string payload =
        Field(&payload, "payload", "500 error\r\n") | "Bytes of the forged reply.";
    Nanoseconds processingDelay =
        Field(&processingDelay, "processing-delay", Nanoseconds(4099000)).Range(0, 10e9) |
        "From the last byte of the trigger to the forged packet.";
    Nanoseconds processingJitter =
        Field(&processingJitter, "processing-jitter").Range(0, 1e9) | "Uniform addition to it.";
    std::uint8_t ttl = Field(&ttl, "ttl", 64).Range(1, 255) | "Initial TTL of the forged packet.";
    std::uint16_t ipId = Field(&ipId, "ip-id", 64) | "IP identification of the forged packet.";
    bool dontFragment = Field(&dontFragment, "dont-fragment") | "DF of the forged packet.";
    std::uint16_t window = Field(&window, "window") | "Window field of the forged packet.";
    bool push = Field(&push, "push", true) | "PSH of the forged packet.";
    std::int32_t sequenceOffset = Field(&sequenceOffset, "sequence-offset").Unit("bytes") |
                                  "Added to the sequence number that fits.";
    std::uint32_t missPerMillion =
        Field(&missPerMillion, "miss-per-million").Unit("ppm").Range(0, 1e6) |
        "How often it misses a trigger.";
};

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

std::unique_ptr<Middlebox> Build(const std::string& name,
                                 const InjectorConfig& config,
                                 BuildSite& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H
