#ifndef BOUNCELAB_MODELS_PATH_CARD_CONFIG_H
#define BOUNCELAB_MODELS_PATH_CARD_CONFIG_H

#include "formats/field.h"

#include <cstdint>

namespace bouncelab::path
{

/// How a machine behaves on an Ethernet segment.
struct CardConfig
{
    Nanoseconds arpTimeout = Field(&arpTimeout, "arp-timeout").Range(0, 1e18) |
                             "It asks by ARP again after this time; 0 = as its network says.";
    std::uint32_t shortestFrame =
        Field(&shortestFrame, "shortest-frame", 60).Unit("bytes").Range(60, 1514) |
        "It pads what it sends to this length, where Ethernet asks for 60 without the check "
        "sequence. Captures of those who receive it show that, its own do not.";
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_CARD_CONFIG_H
