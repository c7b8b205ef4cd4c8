#ifndef BOUNCELAB_DETECTORS_ANALYSIS_TCP_OPENING_H
#define BOUNCELAB_DETECTORS_ANALYSIS_TCP_OPENING_H

#include "detectors/flow/flow.h"
#include "formats/clock.h"
#include "formats/initial-ttl.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

constexpr int HOPS_APART = 3; //!< TTLs that differ by so much are of hosts at different places.

/// How a connection was opened, as captured: who answered the SYN, how fast and with what stack.
struct TcpOpening
{
    std::string file; //!< The capture's.
    HostAddress client;
    HostAddress server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;
    WallTime asked{};    //!< The SYN.
    WallTime answered{}; //!< The SYN-ACK.
    std::uint32_t askedFrame = 0;
    std::uint32_t answeredFrame = 0;
    std::uint32_t initialSequence[2]{}; //!< By side.
    /// From the SYN to its answer; nothing if either was retransmitted, because then it is
    /// not known which one was answered.
    std::optional<std::int64_t> handshakeNs;
    /// Shortest time from a client's data, sent once, to a segment that acknowledges them.
    std::optional<std::int64_t> fastestAckNs;
    int ttl = 0; //!< Most frequent of the server's segments.
    std::uint16_t window = 0;
    std::uint16_t maximumSegmentSize = 0;
    int windowScale = -1;
    bool sackPermitted = false;
    bool timestamps = false;
    bool dontFragment = false;

    /// The shortest round trip that the connection shows between the capture and the server.
    std::optional<std::int64_t> RoundTripNs() const;

    /// "TTL 64, window 5792, MSS 1460, SACK, scale 0"
    std::string StackText() const;
};

/// Nothing where no SYN or no SYN-ACK was captured.
std::optional<TcpOpening> OpeningOf(const Flow& flow);

/**
 * What tells two answers to a SYN apart as those of two stacks: "timestamps", "window scale 8
 * against 0" ...; empty if one stack may have given both. The maximum segment size counts for
 * nothing: routers clamp it.
 */
std::string StackDifference(const TcpOpening& a, const TcpOpening& b);

/// How the TTLs show another machine or place; empty if they do not. A route that moved changes
/// them by one or two.
std::string TtlDifference(const TcpOpening& a, const TcpOpening& b);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_TCP_OPENING_H
