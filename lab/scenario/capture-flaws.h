#ifndef BOUNCELAB_LAB_SCENARIO_CAPTURE_FLAWS_H
#define BOUNCELAB_LAB_SCENARIO_CAPTURE_FLAWS_H

#include "formats/field.h"
#include "formats/payload-rest.h"

#include <array>
#include <cstdint>

namespace bouncelab::scenario
{

enum class CaptureSide
{
    Both,
    Outward,
    Inward,
};

constexpr auto
EnumNames(CaptureSide)
{
    return std::array<EnumName<CaptureSide>, 3>{{{"both", CaptureSide::Both},
                                                 {"outward", CaptureSide::Outward},
                                                 {"inward", CaptureSide::Inward}}};
}

/// What a capture has less, or more, than what passed.
struct CaptureFlaws
{
    CaptureSide takes =
        Field(&takes, "takes", CaptureSide::Both) |
        "Direction of the frames that `capture` has; on a network, what its place receives is "
        "inward.";
    std::uint8_t copies = Field(&copies, "copies", 1).Range(1, 16) |
                          "How often each frame stands in `capture`, as behind a mirror of several "
                          "ports.";
    std::uint32_t missedPerMillion =
        Field(&missedPerMillion, "missed-per-million").Unit("ppm").Range(0, 1e6) |
        "Frames that `capture` misses.";
    Nanoseconds missesFrom = Field(&missesFrom, "misses-from").Range(0, 1e18) |
                             "When `capture` begins to miss every frame.";
    Nanoseconds missesUntil = Field(&missesUntil, "misses-until").Range(0, 1e18) |
                              "When it has frames again; 0 = it always has.";
    std::uint32_t snapLength = Field(&snapLength, "snap-length").Unit("bytes").Range(0, 65535) |
                               "Octets that capture.pcap keeps of a frame; 0 = all.";
    bool anonymizes =
        Field(&anonymizes, "anonymizes") |
        "Addresses in capture.pcap are others, of which two have as many first bits in common as "
        "the real ones. Checksums stay as they were.";
    PayloadRest payloads =
        Field(&payloads, "payloads") |
        "What capture.pcap has of what stands behind transport headers: all, nothing, or zeros.";

    bool Any() const
    {
        return takes != CaptureSide::Both || copies > 1 || missedPerMillion > 0 ||
               missesUntil.count() > 0 || snapLength > 0 || anonymizes ||
               payloads != PayloadRest::Kept;
    }
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_CAPTURE_FLAWS_H
