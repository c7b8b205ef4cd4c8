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

/// Of data that acknowledge nothing of the other side but its SYN: that SYN, if it was captured.
std::optional<std::uint32_t>
SynBehindFirstWords(const Flow& flow, const Segment& segment)
{
    const Side asker = Other(segment.side);
    if (segment.payloadLength == 0 || segment.acknowledged > 1 || !flow.stream[asker].sawSyn)
    {
        return std::nullopt;
    }
    const auto syn = std::find_if(flow.segments.begin(),
                                  flow.segments.end(),
                                  [&](const Segment& other)
                                  { return other.side == asker && other.Has(tcp::SYN); });
    return static_cast<std::uint32_t>(syn - flow.segments.begin());
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
    if (const auto syn = SynBehindFirstWords(flow, accused))
    {
        // Its sender need not have waited for the handshake's third segment.
        sighting.elapsedNs = (accused.time - flow.At(*syn).time).count();
    }
    else if (trigger && trigger->reliable)
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
