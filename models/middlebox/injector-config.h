#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_CONFIG_H

#include "formats/field.h"
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

/// What an injector acts on.
enum class TriggerKind
{
    Command, //!< A line of the client's stream whose verb is `command`.
    Line,    //!< Any line of the client's stream, whatever protocol it is.
    Segment, //!< The payload of a single packet, of either side: nothing is put together.
    Syn,     //!< The client's SYN.
    SynAck,  //!< The server's answer to it.
};

constexpr auto
EnumNames(TriggerKind)
{
    return std::array<EnumName<TriggerKind>, 5>{{{"command", TriggerKind::Command},
                                                 {"line", TriggerKind::Line},
                                                 {"segment", TriggerKind::Segment},
                                                 {"syn", TriggerKind::Syn},
                                                 {"syn-ack", TriggerKind::SynAck}}};
}

/// Which later packets a block that goes on after a trigger means.
enum class ResidualScope
{
    Connection, //!< Of the same four addresses and ports.
    Service,    //!< Of the same client to the same server and port.
    Hosts,      //!< Of the same client to the same server.
};

constexpr auto
EnumNames(ResidualScope)
{
    return std::array<EnumName<ResidualScope>, 3>{{{"connection", ResidualScope::Connection},
                                                   {"service", ResidualScope::Service},
                                                   {"hosts", ResidualScope::Hosts}}};
}

/**
 * What an on-path injector waits for and what it forges (facts I19 to I26). An on-path device sees
 * copies and adds packets; nothing here can drop or delay a genuine one.
 */
struct InjectorConfig
{
    static constexpr std::string_view FOLDER = "injectors";
    static constexpr bool PERSONA_OPTIONAL = true; //!< One of no known make is all in its keys.

    std::string description = Field(&description, "description") | "What device it is.";
    std::string path = Field(&path, "path") | "Name of the path.";
    std::uint32_t atHop =
        Field(&atHop, "at-hop", 7).Range(1, 255) |
        "The injector stands on the segment that leads to this hop, counted from the gateway.";
    TriggerKind trigger = Field(&trigger, "trigger") | "What it acts on.";
    std::string command =
        Field(&command, "command", "RCPT") | "SMTP verb that it acts on, in any case.";
    std::string pattern =
        Field(&pattern, "pattern") |
        "Text that the command, line or payload must contain, in any case; empty = any.";
    bool needsSyn =
        Field(&needsSyn, "needs-syn", true) | "Acts on flows only whose SYN it has seen.";
    bool plainHeadersOnly = Field(&plainHeadersOnly, "plain-headers-only") |
                            "Overlooks segments whose TCP header has options.";
    Nanoseconds processingDelay =
        Field(&processingDelay, "processing-delay", Nanoseconds(4099000)).Range(0, 10e9) |
        "From the last byte of the trigger to the forged packet.";
    Nanoseconds processingJitter =
        Field(&processingJitter, "processing-jitter").Range(0, 1e9) | "Uniform addition to it.";
    std::uint32_t missPerMillion =
        Field(&missPerMillion, "miss-per-million").Unit("ppm").Range(0, 1e6) |
        "How often it misses a trigger.";
    ForgedPacketConfig packet = Inline(&packet);
    std::vector<ForgedPacketConfig> volley =
        Field(&volley, "volley") |
        "What it forges for a trigger, in place of the one packet that the keys beside describe.";
    Nanoseconds residualTime =
        Field(&residualTime, "residual-time").Range(0, 86400e9) |
        "How long after a trigger it answers whatever the client sends; 0 s: not at all.";
    ResidualScope residualScope = Field(&residualScope, "residual-scope", ResidualScope::Service) |
                                  "Which packets that means.";
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
