#include "detectors/flow/flow-table.h"

#include "formats/clock.h"
#include "formats/random.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// By state. Keep-alives come every two hours, and as many as nine probes 75 s apart behind the
/// first. A server that a reset did not reach waits for as long as ten minutes (RFC 5321 4.5.3.2).
constexpr std::chrono::minutes IDLE[]{std::chrono::minutes(135),
                                      std::chrono::minutes(11),
                                      std::chrono::minutes(1)};
constexpr std::chrono::seconds REUSE(10);
/// A mirror repeats a frame at once; a host never sends the same IP ID again this soon.
constexpr std::chrono::milliseconds COPY(10);
constexpr std::size_t COPY_DEPTH = 8;
constexpr std::size_t SEGMENTS_PER_FLOW = 1 << 16;
constexpr std::size_t PAYLOAD_PER_SIDE = 4 << 20;

std::uint64_t
End(const HostAddress& address, std::uint16_t port)
{
    return address.Digest() << 16 ^ port;
}

Segment
ToSegment(const Packet& packet)
{
    Segment segment;
    segment.time = packet.time;
    segment.frame = packet.frame;
    segment.line = packet.line;
    segment.sequence = packet.tcp.sequence;
    segment.ack = packet.tcp.acknowledgment;
    segment.timestamp = packet.tcp.options.timestamp;
    segment.timestampValue = packet.tcp.options.timestampValue;
    segment.timestampEcho = packet.tcp.options.timestampEcho;
    segment.payloadCaptured = static_cast<std::uint32_t>(packet.tcp.payload.size);
    const std::size_t sent = packet.ip.payloadLength;
    segment.payloadLength = sent > packet.tcp.headerLength
                                ? static_cast<std::uint32_t>(sent - packet.tcp.headerLength)
                                : 0;
    segment.payloadCaptured = std::min(segment.payloadCaptured, segment.payloadLength);
    segment.ipId = packet.ip.id;
    segment.flowLabel = packet.flowLabel;
    segment.window = packet.tcp.window;
    segment.maximumSegmentSize = packet.tcp.options.mss.value_or(0);
    segment.windowScale = static_cast<std::int8_t>(
        packet.tcp.options.windowScale ? *packet.tcp.options.windowScale & 0x7F : -1);
    segment.sackPermitted = packet.tcp.options.sackPermitted;
    segment.ttl = packet.ip.ttl;
    segment.tos = packet.ip.tos;
    segment.flags = packet.tcp.flags;
    segment.reserved = packet.tcp.reserved;
    segment.headerLength = packet.tcp.headerLength;
    segment.dontFragment = packet.ip.dontFragment;
    return segment;
}

} // namespace

std::size_t
FlowTable::KeyHash::operator()(const Key& key) const
{
    return static_cast<std::size_t>(Mix(key.low ^ Mix(key.high)));
}

FlowTable::FlowTable(const CaptureSource& source, Handler handler)
    : m_source(source)
    , m_handler(std::move(handler))
{
}

void
FlowTable::Add(const Packet& packet)
{
    const std::uint64_t sender = End(packet.source, packet.tcp.sourcePort);
    const std::uint64_t receiver = End(packet.destination, packet.tcp.destinationPort);
    const Key key{std::min(sender, receiver), std::max(sender, receiver)};
    Expire(packet.time);

    auto found = m_index.find(key);
    if (found != m_index.end() &&
        IsReuse(*found->second, packet, sender == found->second->firstEnd ? CLIENT : SERVER))
    {
        HandOn(ListOf(*found->second), found->second);
        found = m_index.end();
    }
    if (found == m_index.end())
    {
        FlowEntry& entry = m_entries[OPEN].emplace_back();
        entry.key = key;
        entry.serial = m_serial++;
        entry.firstEnd = sender;
        entry.memory = sizeof(FlowEntry);
        m_memory += entry.memory;
        entry.flow.source = &m_source;
        entry.flow.address[CLIENT] = packet.source;
        entry.flow.address[SERVER] = packet.destination;
        entry.flow.port[CLIENT] = packet.tcp.sourcePort;
        entry.flow.port[SERVER] = packet.tcp.destinationPort;
        found = m_index.emplace(key, std::prev(m_entries[OPEN].end())).first;
    }

    FlowEntry& entry = *found->second;
    Entries& listed = ListOf(entry);
    Flow& flow = entry.flow;
    entry.last = std::max(entry.last, packet.time);
    Segment segment = ToSegment(packet);
    segment.side = sender == entry.firstEnd ? CLIENT : SERVER;
    entry.finished[segment.side] = entry.finished[segment.side] || segment.Has(tcp::FIN);
    entry.reset = entry.reset || segment.Has(tcp::RST);
    Entries& active = ListOf(entry);
    active.splice(active.end(), listed, found->second);
    flow.isGuessed = flow.isGuessed || !packet.isPlaced;
    Segment* const original = FindCopied(flow, segment, packet.tcp.payload);
    if (original)
    {
        original->copies = static_cast<std::uint8_t>(std::min(255, original->copies + 1));
    }
    if (original && original->payloadCaptured >= segment.payloadCaptured)
    {
        return;
    }
    if (flow.segments.size() >= SEGMENTS_PER_FLOW)
    {
        flow.clipped = true;
        return;
    }
    std::size_t& kept = entry.payload[segment.side];
    if (kept + segment.payloadCaptured > PAYLOAD_PER_SIDE)
    {
        segment.payloadCaptured = 0;
        flow.clipped = true;
    }
    kept += segment.payloadCaptured;
    segment.payloadOffset = static_cast<std::uint32_t>(flow.bytes.size());
    flow.bytes.insert(flow.bytes.end(),
                      packet.tcp.payload.data,
                      packet.tcp.payload.data + segment.payloadCaptured);
    if (original && segment.payloadCaptured > original->payloadCaptured)
    {
        original->payloadOffset = segment.payloadOffset;
        original->payloadCaptured = segment.payloadCaptured;
    }
    if (!original)
    {
        flow.segments.push_back(segment);
    }

    const std::size_t more = sizeof(Segment) + segment.payloadCaptured;
    entry.memory += more;
    m_memory += more;
    Limit();
}

void
FlowTable::Limit()
{
    while (m_memory > m_memoryLimit && m_index.size() > 1)
    {
        const auto idle = std::min_element(
            m_entries.begin(),
            m_entries.end(),
            [](const Entries& a, const Entries& b)
            { return !a.empty() && (b.empty() || a.front().last < b.front().last); });
        HandOn(*idle, idle->begin());
    }
}

void
FlowTable::Finish()
{
    Entries& all = m_entries[OPEN];
    all.splice(all.end(), m_entries[RESET]);
    all.splice(all.end(), m_entries[CLOSED]);
    all.sort([](const FlowEntry& a, const FlowEntry& b) { return a.serial < b.serial; });
    while (!all.empty())
    {
        HandOn(all, all.begin());
    }
}

void
FlowTable::HandOn(Entries& listed, Entries::iterator entry)
{
    entry->flow.Complete();
    m_handler(entry->flow);
    m_memory -= entry->memory;
    m_index.erase(entry->key);
    listed.erase(entry);
}

void
FlowTable::Expire(WallTime now)
{
    for (const State state : {OPEN, RESET, CLOSED})
    {
        Entries& entries = m_entries[state];
        while (!entries.empty() && now - entries.front().last >= IDLE[state])
        {
            HandOn(entries, entries.begin());
        }
    }
}

bool
FlowTable::IsReuse(const FlowEntry& entry, const Packet& packet, Side side)
{
    constexpr std::uint8_t HANDSHAKE = tcp::SYN | tcp::ACK;
    if ((packet.tcp.flags & HANDSHAKE) != tcp::SYN)
    {
        return false;
    }
    const bool ended = entry.reset || entry.finished[CLIENT] || entry.finished[SERVER] ||
                       packet.time - entry.last > REUSE;
    if (!ended)
    {
        return false;
    }
    return std::none_of(entry.flow.segments.begin(),
                        entry.flow.segments.end(),
                        [&](const Segment& segment)
                        {
                            return segment.side == side && segment.Has(tcp::SYN) &&
                                   segment.sequence == packet.tcp.sequence;
                        });
}

Segment*
FlowTable::FindCopied(Flow& flow, const Segment& segment, ByteView payload)
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
             std::memcmp(flow.bytes.data() + other.payloadOffset, payload.data, common) == 0))
        {
            return &other;
        }
    }
    return nullptr;
}

} // namespace bouncelab::detectors
