#ifndef BOUNCELAB_MODELS_MIDDLEBOX_CENSOR_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_CENSOR_CONFIG_H

#include "formats/field.h"
#include "models/middlebox/block-table.h"
#include "models/middlebox/flow-watch-config.h"
#include "models/middlebox/forged-packet-config.h"
#include "models/middlebox/middlebox.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::middlebox
{

/// What an in-path censor does with packets.
enum class CensorAction
{
    Drop,
    Hold,     //!< Each for a time.
    Throttle, //!< To a rate; see `bits-per-second`.
};

constexpr auto
EnumNames(CensorAction)
{
    return std::array<EnumName<CensorAction>, 3>{{{"drop", CensorAction::Drop},
                                                  {"hold", CensorAction::Hold},
                                                  {"throttle", CensorAction::Throttle}}};
}

/// Whose packets it means.
enum class CensoredSide
{
    Both,
    Client,
    Server,
};

constexpr auto
EnumNames(CensoredSide)
{
    return std::array<EnumName<CensoredSide>, 3>{{{"both", CensoredSide::Both},
                                                  {"client", CensoredSide::Client},
                                                  {"server", CensoredSide::Server}}};
}

/**
 * What an in-path censor waits for and does (facts I18, I19): every packet passes through it, so
 * that it may keep, delay or replace any, and forge as an on-path injector does.
 */
struct CensorConfig
{
    static constexpr std::string_view FOLDER = "censors";
    static constexpr bool PERSONA_OPTIONAL = true; //!< One of no known make is all in its keys.

    std::string description = Field(&description, "description") | "What device it is.";
    std::string path = Field(&path, "path") | "Name of the path, or of the station whose line it "
                                              "is; `inside` is the site's own.";
    std::uint32_t atHop = Field(&atHop, "at-hop", 7).Range(1, 255) |
                          "The censor stands in the segment that leads to "
                          "this hop, counted from where the line begins.";
    FlowWatchConfig watch = Inline(&watch);
    CensorAction action =
        Field(&action, "action") | "What it does with packets that its trigger concerns.";
    CensoredSide of = Field(&of, "of") | "Whose packets that means after the trigger.";
    bool triggerPasses =
        Field(&triggerPasses, "trigger-passes") | "The packet that is the trigger passes as it is.";
    std::uint32_t passing = Field(&passing, "passing") |
                            "So many packets still pass after the trigger, of either side.";
    Nanoseconds blockTime =
        Field(&blockTime, "block-time", std::chrono::hours(1)).Range(0, 86400e9) |
        "How long it goes on after a trigger; 0 s: the trigger alone.";
    BlockScope blockScope = Field(&blockScope, "block-scope") | "Which packets it means meanwhile.";
    Nanoseconds holdTime = Field(&holdTime, "hold-time", std::chrono::seconds(1)).Range(0, 60e9) |
                           "How long it holds each, for the action `hold`.";
    std::uint64_t bitsPerSecond =
        Field(&bitsPerSecond, "bits-per-second", 140000).Unit("bit/s").Range(1000, 1e12) |
        "Rate of each direction of a connection, for the action `throttle`.";
    std::uint32_t burst =
        Field(&burst, "burst", 10000).Unit("bytes") | "So much passes at once before that.";
    std::uint32_t queue = Field(&queue, "queue").Unit("bytes") |
                          "So much waits for its turn; it drops what finds no room.";
    Nanoseconds processingDelay =
        Field(&processingDelay, "processing-delay", Nanoseconds(50000)).Range(0, 10e9) |
        "From a packet to what is forged for it.";
    Nanoseconds processingJitter =
        Field(&processingJitter, "processing-jitter").Range(0, 1e9) | "Uniform addition to it.";
    std::vector<ForgedPacketConfig> volley =
        Field(&volley, "volley") | "What it forges for a trigger; empty: nothing.";
    std::vector<ForgedPacketConfig> instead =
        Field(&instead, "instead") |
        "What it forges for each packet that it drops after the trigger, at its place in the "
        "stream; empty: nothing.";
};

/// What is wrong with a censor beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> Faults(const CensorConfig& config);

std::unique_ptr<Middlebox> Build(const std::string& name,
                                 const CensorConfig& config,
                                 BuildSite& site);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_CENSOR_CONFIG_H
