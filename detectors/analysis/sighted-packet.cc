#include "detectors/analysis/sighted-packet.h"

#include "detectors/analysis/path-timing.h"
#include "detectors/detector.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

/// The other side's last segment before this one: what it answers, as far as a bare reset tells.
std::optional<std::uint32_t>
LastHeardBefore(const Flow& flow, std::uint32_t index)
{
    for (std::uint32_t i = index; i-- > 0;)
    {
        if (flow.At(i).side != flow.At(index).side)
        {
            return i;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<int>
ProbeTtl(const Flow& flow)
{
    constexpr int BY_HAND = 3;
    std::optional<int> opening;
    for (const Segment& segment : flow.segments)
    {
        if (segment.side != CLIENT)
        {
            continue;
        }
        if (segment.Has(tcp::SYN))
        {
            opening = segment.ttl;
        }
        else if (segment.payloadLength > 0)
        {
            return opening && *opening - segment.ttl >= BY_HAND ? std::optional<int>(segment.ttl)
                                                                : std::nullopt;
        }
    }
    return std::nullopt;
}

Sightings::AccusedPacket
SightedPacket(const Evidence& evidence, const Finding& finding, int genuineTtl)
{
    const Side side = evidence.flow.At(finding.accused).side;
    return SightedPacket(evidence,
                         PathTiming(evidence.flow, side, evidence.RouteNs(side)),
                         finding,
                         genuineTtl);
}

Sightings::AccusedPacket
SightedPacket(const Evidence& evidence,
              const PathTiming& timing,
              const Finding& finding,
              int genuineTtl)
{
    const Flow& flow = evidence.flow;
    const Segment& accused = flow.At(finding.accused);
    const std::optional<Trigger> trigger = timing.TriggerOf(accused);
    const auto heard = LastHeardBefore(flow, finding.accused);
    Sightings::AccusedPacket packet{{flow.address[CLIENT], flow.address[SERVER], flow.port[SERVER]},
                                    flow.address[accused.side],
                                    {},
                                    MakeAlert(evidence, finding, {})};
    Sighting& sighting = packet.sighting;
    sighting.genuineTtl = genuineTtl;
    sighting.forgedTtl = accused.ttl;
    if (trigger && trigger->reliable)
    {
        sighting.elapsedNs = trigger->elapsedNs;
    }
    else if (!trigger && heard && accused.Has(tcp::RST))
    {
        sighting.elapsedNs = (accused.time - flow.At(*heard).time).count();
    }
    if (heard)
    {
        sighting.answeredTtl = flow.At(*heard).ttl;
        sighting.copies = accused.ipId != 0 && accused.ipId == flow.At(*heard).ipId;
    }
    if (sighting.elapsedNs)
    {
        const auto bound = timing.BoundWithout(accused);
        sighting.noiseNs = 2 * timing.GranularityNs();
        sighting.isNearer = bound && bound->Excludes(*sighting.elapsedNs);
    }
    packet.alert.evidence.explanation = NameOfFrame(flow, finding.accused);
    return packet;
}

} // namespace bouncelab::detectors
