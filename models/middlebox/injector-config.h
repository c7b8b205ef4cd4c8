#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H

#include "formats/field.h"
#include "models/middlebox/block-table.h"
#include "models/middlebox/flow-watch-config.h"
#include "models/middlebox/forged-packet-config.h"
#include "models/middlebox/middlebox.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::middlebox
{

/**
 * What an on-path injector waits for and what it forges (facts I19 to I26). An on-path device sees
 * copies and adds packets; nothing here can drop or delay a genuine one.
 */
struct InjectorConfig
{
    static constexpr std::string_view FOLDER = "injectors";
    static constexpr bool PERSONA_OPTIONAL = true; //!< One of no known make is all in its keys.

    std::string description = Field(&description, "description") | "What device it is.";
    std::string path = Field(&path, "path") | "Name of the path, or of the station whose line it "
                                              "is; `inside` is the site's own.";
    std::uint32_t atHop = Field(&atHop, "at-hop", 7).Range(1, 255) |
                          "The injector stands on the segment that leads to this hop, counted from "
                          "where the line begins.";
    FlowWatchConfig watch = Inline(&watch);
    Nanoseconds processingDelay =
        Field(&processingDelay, "processing-delay", Nanoseconds(4099000)).Range(0, 10e9) |
        "From the last byte of the trigger to the forged packet.";
    Nanoseconds processingJitter =
        Field(&processingJitter, "processing-jitter").Range(0, 1e9) | "Uniform addition to it.";
    ForgedPacketConfig packet = Inline(&packet);
    std::vector<ForgedPacketConfig> volley =
        Field(&volley, "volley") |
        "What it forges for a trigger, in place of the one packet that the keys beside describe.";
    Nanoseconds residualTime =
        Field(&residualTime, "residual-time").Range(0, 86400e9) |
        "How long after a trigger it answers whatever the client sends; 0 s: not at all.";
    BlockScope residualScope =
        Field(&residualScope, "residual-scope", BlockScope::Service) | "Which packets that means.";
    std::vector<ForgedPacketConfig> residualVolley =
        Field(&residualVolley, "residual-volley") |
        "What it forges meanwhile; empty: what it forges for a trigger.";
};

/// What is wrong with an injector beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> Faults(const InjectorConfig& config);

std::unique_ptr<Middlebox> Build(const std::string& name,
                                 const InjectorConfig& config,
                                 BuildSite& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H
