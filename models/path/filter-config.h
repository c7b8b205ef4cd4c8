#ifndef BOUNCELAB_MODELS_PATH_FILTER_CONFIG_H
#define BOUNCELAB_MODELS_PATH_FILTER_CONFIG_H

#include "formats/field.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace bouncelab::path
{

enum class FilterAction
{
    Accept,
    Drop,   //!< Nobody is told.
    Reject, //!< The sender is told: TCP by a reset, the rest by ICMP port unreachable.
};

constexpr auto
EnumNames(FilterAction)
{
    return std::array<EnumName<FilterAction>, 3>{{{"accept", FilterAction::Accept},
                                                  {"drop", FilterAction::Drop},
                                                  {"reject", FilterAction::Reject}}};
}

/// Which way a conversation crosses a gateway, seen from inside.
enum class FilterDirection
{
    Any,
    Outbound, //!< It leaves by the outside.
    Inbound,  //!< It comes from there.
};

constexpr auto
EnumNames(FilterDirection)
{
    return std::array<EnumName<FilterDirection>, 3>{{{"any", FilterDirection::Any},
                                                     {"outbound", FilterDirection::Outbound},
                                                     {"inbound", FilterDirection::Inbound}}};
}

enum class FilterProtocol : std::uint8_t
{
    Any = 0,
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
};

constexpr auto
EnumNames(FilterProtocol)
{
    return std::array<EnumName<FilterProtocol>, 4>{{{"any", FilterProtocol::Any},
                                                    {"icmp", FilterProtocol::Icmp},
                                                    {"tcp", FilterProtocol::Tcp},
                                                    {"udp", FilterProtocol::Udp}}};
}

/// One line of a packet filter's list. It speaks of conversations, by who begins them: what belongs
/// to one that was accepted passes.
struct FilterRule
{
    std::string name = Field(&name, "name").Required() | "Name of the rule, for the log.";
    FilterAction action = Field(&action, "action", FilterAction::Accept) | "What becomes of it.";
    FilterDirection direction =
        Field(&direction, "direction", FilterDirection::Any) | "Which way it begins.";
    std::string source =
        Field(&source, "source") |
        "Who begins it, as an address, `192.168.1.0/24` or `2001:db8:1::/64`; empty = anybody, of "
        "either family. Inside addresses are those before translation.";
    std::string destination = Field(&destination, "destination") | "With whom; empty = anybody.";
    FilterProtocol protocol = Field(&protocol, "protocol", FilterProtocol::Any) | "By what.";
    std::uint16_t port =
        Field(&port, "port").Range(0, 65535) | "To which TCP or UDP port; 0 = any.";
    bool strays = Field(&strays, "strays") |
                  "It fits nothing but TCP segments that belong to no conversation and, without "
                  "SYN, begin none: of connections that the gateway has forgotten.";
    Nanoseconds from = Field(&from, "from").Range(0, 1e18) | "When somebody adds it to the list.";
    Nanoseconds until =
        Field(&until, "until").Range(0, 1e18) | "When somebody takes it off the list; 0 = never.";
};

/// What a packet filter remembers of conversations, and how it looks where it rejects.
struct FilterState
{
    Nanoseconds tcpTimeout =
        Field(&tcpTimeout, "tcp-timeout", Nanoseconds(7200000000000)).Range(1e6, 1e18) |
        "A TCP connection is forgotten after so long a silence.";
    std::optional<Nanoseconds> tcpClosingTimeout =
        Field(&tcpClosingTimeout, "tcp-closing-timeout").Range(0, 1e18) |
        "The same from its first FIN or reset on; 0 = at once, not given = as `tcp-timeout`.";
    Nanoseconds otherTimeout =
        Field(&otherTimeout, "other-timeout", Nanoseconds(300000000000)).Range(1e6, 1e18) |
        "The same of a UDP exchange or an ICMP echo.";
    std::optional<std::uint8_t> resetTtl =
        Field(&resetTtl, "reset-ttl").Range(1, 255) |
        "Initial TTL of the resets by which it rejects; not given = that of its ICMP messages.";
    bool numbersResets = Field(&numbersResets, "numbers-resets") |
                         "Their IP identification is a counter of its own; else it is 0.";
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_FILTER_CONFIG_H
