#include "detectors/flow/flow-table.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// A mirror repeats a frame at once; a host never sends the same IP ID again this soon.
constexpr std::chrono::milliseconds COPY(10);
constexpr std::size_t COPY_DEPTH = 8;
/// Of a window: what work on it and memory for it are bounded by.
constexpr std::size_t SEGMENTS_PER_WINDOW = 1 << 16;
constexpr std::size_t PAYLOAD_PER_SIDE = 4 << 20;
/// Each packet is judged with so many before it and behind it, or an eighth of a window.
constexpr std::size_t MARGIN = 1 << 12;

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
    payload[segment.side] += segment.payloadCaptured;
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

bool
GrowingFlow::HasRoomFor(const Segment& segment) const
{
    return flow.segments.size() < SEGMENTS_PER_WINDOW &&
           payload[segment.side] + segment.payloadCaptured <= PAYLOAD_PER_SIDE;
}

Flow
GrowingFlow::TakeWindow()
{
    Flow full = std::move(flow);
    const std::size_t count = full.segments.size();
    const std::size_t margin = std::clamp<std::size_t>(count / 8, 1, MARGIN);
    full.window.isLast = false;
    full.window.endFrame = full.segments[count - margin].frame;
    CopyEnd(full, std::min(count, 2 * margin));
    full.Complete();
    flow.window.isSwapped = full.window.isSwapped;
    flow.window.isSmtp = full.IsSmtp();
    return full;
}

void
GrowingFlow::CopyEnd(const Flow& from, std::size_t segments)
{
    flow = Flow();
    flow.source = from.source;
    std::copy_n(from.address, 2, flow.address);
    std::copy_n(from.port, 2, flow.port);
    flow.isGuessed = from.isGuessed;
    flow.window.connection = from.window.connection;
    flow.window.number = from.window.number + 1;
    flow.window.firstFrame = from.window.endFrame;
    std::fill_n(payload, 2, 0);
    for (std::size_t i = from.segments.size() - segments; i < from.segments.size(); ++i)
    {
        Segment segment = from.segments[i];
        const ByteView bytes = from.Payload(segment);
        segment.payloadOffset = static_cast<std::uint32_t>(flow.bytes.size());
        flow.bytes.insert(flow.bytes.end(), bytes.data, bytes.data + bytes.size);
        payload[segment.side] += bytes.size;
        flow.segments.push_back(segment);
    }
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
