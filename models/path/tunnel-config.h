#ifndef BOUNCELAB_MODELS_PATH_TUNNEL_CONFIG_H
#define BOUNCELAB_MODELS_PATH_TUNNEL_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"

#include <cstdint>

namespace bouncelab::path
{

/// An IPsec tunnel (IKEv2, ESP in UDP) between a remote host and the gateway.
struct TunnelConfig
{
    Ipv4 insideAddress;
    bool handshake = true;
    Nanoseconds gatewayDelay{4000000};
    Nanoseconds retransmit{1000000000};
    std::uint8_t attempts = 5;
    Nanoseconds keepalive{20000000000};
    std::uint16_t segmentLimit = 1350;
    std::uint32_t queue = 64;
    std::uint8_t remoteTtl = 128;
    std::uint8_t gatewayTtl = 64;
};

template <class Visitor>
void
Describe(Visitor& v, TunnelConfig& t)
{
    v.Field("inside-address",
            t.insideAddress,
            {"Address under which the remote host appears inside.", "", 0, 0, true});
    v.Field(
        "handshake",
        t.handshake,
        {"The tunnel is negotiated when the first packet wants through; else it is up already."});
    v.Field("gateway-delay",
            t.gatewayDelay,
            {"Time that the gateway takes to answer a message of the handshake.", "", 0, 60e9});
    v.Field("retransmit",
            t.retransmit,
            {"The remote host repeats a message after this time, then after twice as long.",
             "",
             1e6,
             60e9});
    v.Field("attempts",
            t.attempts,
            {"Times that a message of the handshake is sent before the remote host gives up.",
             "",
             1,
             20});
    v.Field("keepalive",
            t.keepalive,
            {"A remote host that has sent nothing for this time sends a NAT keepalive; 0 = never.",
             "",
             0,
             3600e9});
    v.Field("segment-limit",
            t.segmentLimit,
            {"Upper limit of the MSS in SYNs inside, so that nothing needs fragments; 0 = none.",
             "bytes",
             0,
             1460});
    v.Field("queue",
            t.queue,
            {"Packets that wait for the handshake; the rest is dropped.", "packets", 0, 100000});
    v.Field("remote-ttl", t.remoteTtl, {"Initial TTL of the remote host's packets.", "", 1, 255});
    v.Field("gateway-ttl", t.gatewayTtl, {"Initial TTL of the gateway's packets.", "", 1, 255});
}

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TUNNEL_CONFIG_H
