#ifndef BOUNCELAB_MODELS_PATH_TUNNEL_CONFIG_H
#define BOUNCELAB_MODELS_PATH_TUNNEL_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <cstdint>

namespace bouncelab::path
{

/// An IPsec tunnel (IKEv2, ESP in UDP) between a remote host and the gateway.
struct TunnelConfig
{
    Ipv4 insideAddress = Field(&insideAddress, "inside-address").Required() |
                         "Address under which the remote host appears inside.";
    bool handshake =
        Field(&handshake, "handshake", true) |
        "The tunnel is negotiated when the first packet wants through; else it is up already.";
    Nanoseconds gatewayDelay =
        Field(&gatewayDelay, "gateway-delay", Nanoseconds(4000000)).Range(0, 60e9) |
        "Time that the gateway takes to answer a message of the handshake.";
    Nanoseconds retransmit =
        Field(&retransmit, "retransmit", Nanoseconds(1000000000)).Range(1e6, 60e9) |
        "The remote host repeats a message after this time, then after twice as long.";
    std::uint8_t attempts =
        Field(&attempts, "attempts", 5).Range(1, 20) |
        "Times that a message of the handshake is sent before the remote host gives up.";
    Nanoseconds keepalive =
        Field(&keepalive, "keepalive", Nanoseconds(20000000000)).Range(0, 3600e9) |
        "A remote host that has sent nothing for this time sends a NAT keepalive; 0 = never.";
    std::uint16_t segmentLimit =
        Field(&segmentLimit, "segment-limit", 1350).Unit("bytes").Range(0, 1460) |
        "Upper limit of the MSS in SYNs inside, so that nothing needs fragments; 0 = none.";
    std::uint32_t queue = Field(&queue, "queue", 64).Unit("packets").Range(0, 100000) |
                          "Packets that wait for the handshake; the rest is dropped.";
    std::uint8_t remoteTtl = Field(&remoteTtl, "remote-ttl", 128).Range(1, 255) |
                             "Initial TTL of the remote host's packets.";
    std::uint8_t gatewayTtl = Field(&gatewayTtl, "gateway-ttl", 64).Range(1, 255) |
                              "Initial TTL of the gateway's packets.";
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TUNNEL_CONFIG_H
