// Frames of a machine's Ethernet, each with its length ahead of it; what goes out comes in again.

#include "lab/live/ethernet-bridge.h"

#include <cstdint>
#include <cstdlib>

using namespace bouncelab;

extern "C" int
LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::uint32_t MACHINE = 0xC0000219; // 192.0.2.25
    live::EthernetBridge bridge(Ipv4{MACHINE}, {2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2});
    std::uint64_t frames = 0;
    while (size >= 2)
    {
        const std::size_t length =
            std::min<std::size_t>(std::size_t{data[0]} << 8U | data[1], size - 2);
        const auto result = bridge.Take(data + 2, length);
        ++frames;
        if (result.packet)
        {
            bridge.Wrap(*result.packet);
        }
        data += 2 + length;
        size -= 2 + length;
    }
    const live::BridgeCounts& counts = bridge.Counts();
    if (counts.out + counts.arp + counts.otherTypes + counts.malformed + counts.fragments +
            counts.stray !=
        frames)
    {
        std::abort();
    }
    return 0;
}
