#include "detectors/flow/flow-table.h"

#include <algorithm>
#include <cstring>

namespace bouncelab::detectors
{

namespace
{

/// A mirror repeats a frame at once; a host never sends the same IP ID again this soon.
constexpr std::chrono::milliseconds COPY(10);
constexpr std::size_t COPY_DEPTH = 8;
constexpr std::size_t SEGMENTS_PER_FLOW = 1 << 16;
constexpr std::size_t PAYLOAD_PER_SIDE = 4 << 20;

bool
SawHandshake(const Flow& flow)
{
    const auto saw = [&flow](bool isAnswer)
    {
        return std::any_of(flow.segments.begin(),
                           flow.segments.end(),
                           [isAnswer](const Segment& segment)
                           { return segment.Has(tcp::SYN) && segment.Has(tcp::ACK) == isAnswer; });
    };
    return saw(false) && saw(true);
}

} // namespace

std::size_t
GrowingFlow::Add(Segment segment, ByteView captured)
{
    Segment* const original = FindCopied(segment, captured);
    if (original)
    {
        original->copies = static_cast<std::uint8_t>(std::min(255, original->copies + 1));
    }
    if (original && original->payloadCaptured >= segment.payloadCaptured)
    {
        return 0;
    }
    if (flow.segments.size() >= SEGMENTS_PER_FLOW)
    {
        flow.clipped = true;
        return 0;
    }
    std::size_t& kept = payload[segment.side];
    if (kept + segment.payloadCaptured > PAYLOAD_PER_SIDE)
    {
        segment.payloadCaptured = 0;
        flow.clipped = true;
    }
    kept += segment.payloadCaptured;
    segment.payloadOffset = static_cast<std::uint32_t>(flow.bytes.size());
    flow.bytes.insert(flow.bytes.end(), captured.data, captured.data + segment.payloadCaptured);
    if (original && segment.payloadCaptured > original->payloadCaptured)
    {
        original->payloadOffset = segment.payloadOffset;
        original->payloadCaptured = segment.payloadCaptured;
    }
    if (!original)
    {
        flow.segments.push_back(segment);
    }
    return sizeof(Segment) + segment.payloadCaptured;
}

Segment*
GrowingFlow::FindCopied(const Segment& segment, ByteView captured)
{
    const std::size_t first =
        flow.segments.size() > COPY_DEPTH ? flow.segments.size() - COPY_DEPTH : 0;
    for (std::size_t i = flow.segments.size(); i-- > first;)
    {
        Segment& other = flow.segments[i];
        const std::uint32_t common = std::min(other.payloadCaptured, segment.payloadCaptured);
        const bool mayBeCut = segment.line == 0;
        if (other.side == segment.side && other.sequence == segment.sequence &&
            other.ack == segment.ack && other.flags == segment.flags &&
            other.ipId == segment.ipId && other.flowLabel == segment.flowLabel &&
            other.window == segment.window && other.payloadLength == segment.payloadLength &&
            (other.payloadCaptured == segment.payloadCaptured || mayBeCut) &&
            other.timestampValue == segment.timestampValue &&
            other.timestampEcho == segment.timestampEcho && segment.time - other.time <= COPY &&
            (common == 0 ||
             std::memcmp(flow.bytes.data() + other.payloadOffset, captured.data, common) == 0))
        {
            return &other;
        }
    }
    return nullptr;
}

bool
AreVantages(const std::vector<InterfaceView>& views, const Flow& merged)
{
    std::size_t most = 0;
    std::size_t all = 0;
    for (const InterfaceView& view : views)
    {
        if (!SawHandshake(view.seen.flow))
        {
            return false;
        }
        most = std::max(most, view.seen.flow.segments.size());
        all += view.seen.flow.segments.size();
    }
    return views.size() > 1 && 2 * merged.segments.size() > all + most;
}

} // namespace bouncelab::detectors
