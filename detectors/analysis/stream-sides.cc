#include "detectors/analysis/stream-sides.h"

#include "formats/initial-ttl.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

/**
 * Whether the side has counted the accused bytes by itself: its reset stands right behind them, and
 * neither what the peer acknowledged nor the box that sent the bytes gave it that number (RFC 9293,
 * section 3.10.7: a bare reset for a packet of no connection takes the number that it
 * acknowledges).
 */
bool
IsOwnCount(const Flow& flow, const Segment& accused, const Segment& reset)
{
    if (reset.start != accused.End())
    {
        return false;
    }
    const Segment* opening = nullptr;
    for (const Segment& earlier : flow.segments)
    {
        if (&earlier == &reset)
        {
            break;
        }
        if (!reset.Has(tcp::ACK) && earlier.side != reset.side && earlier.Has(tcp::ACK) &&
            earlier.ack == reset.sequence)
        {
            return false;
        }
        opening = !opening && earlier.side == reset.side ? &earlier : opening;
    }
    return opening != nullptr && HopsApart(opening->ttl, reset.ttl) < 2;
}

} // namespace

bool
StreamGoesOnBehind(const Flow& flow, std::uint32_t index)
{
    const Segment& accused = flow.At(index);
    const std::vector<Conflict>& conflicts = flow.stream[accused.side].conflicts;
    const bool isContradicted =
        std::any_of(conflicts.begin(),
                    conflicts.end(),
                    [&](const Conflict& conflict)
                    { return conflict.first == index || conflict.second == index; });
    // Bytes in its place that the evidence does not show may be others.
    const bool isOverlaid =
        std::any_of(flow.segments.begin(),
                    flow.segments.end(),
                    [&](const Segment& other)
                    {
                        return &other != &accused && other.side == accused.side &&
                               other.payloadCaptured < other.payloadLength &&
                               other.start < accused.End() && accused.start < other.End();
                    });
    return !isContradicted && !isOverlaid &&
           std::any_of(flow.segments.begin() + index + 1,
                       flow.segments.end(),
                       [&](const Segment& later)
                       {
                           return later.side == accused.side && later.start >= accused.End() &&
                                  (!later.Has(tcp::RST) || IsOwnCount(flow, accused, later));
                       });
}

bool
IsBesideTap(const Flow& flow, Side side)
{
    int nearest[2]{255, 255};
    for (const Segment& segment : flow.segments)
    {
        nearest[segment.side] = std::min(nearest[segment.side], HopsPassed(segment.ttl));
    }
    return nearest[side] == 0 && nearest[Other(side)] > 0;
}

} // namespace bouncelab::detectors
