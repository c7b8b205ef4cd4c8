#include "detectors/flow/flow-table.h"

#include "formats/clock.h"
#include "formats/random.h"

#include <algorithm>
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
        Flow& flow = entry.all.flow;
        flow.source = &m_source;
        flow.address[CLIENT] = packet.source;
        flow.address[SERVER] = packet.destination;
        flow.port[CLIENT] = packet.tcp.sourcePort;
        flow.port[SERVER] = packet.tcp.destinationPort;
        found = m_index.emplace(key, std::prev(m_entries[OPEN].end())).first;
    }

    FlowEntry& entry = *found->second;
    Entries& listed = ListOf(entry);
    entry.last = std::max(entry.last, packet.time);
    Segment segment = ToSegment(packet);
    segment.side = sender == entry.firstEnd ? CLIENT : SERVER;
    entry.finished[segment.side] = entry.finished[segment.side] || segment.Has(tcp::FIN);
    entry.reset = entry.reset || segment.Has(tcp::RST);
    Entries& active = ListOf(entry);
    active.splice(active.end(), listed, found->second);
    if (!entry.all.HasRoomFor(segment))
    {
        HandOnWindow(entry);
    }
    entry.all.flow.isGuessed = entry.all.flow.isGuessed || !packet.isPlaced;
    const std::size_t more = AddToView(entry, packet.interface, segment, packet.tcp.payload) +
                             entry.all.Add(segment, packet.tcp.payload);
    entry.memory += more;
    m_memory += more;
    Limit();
}

std::size_t
FlowTable::AddToView(FlowEntry& entry,
                     std::size_t interface,
                     const Segment& segment,
                     ByteView captured)
{
    constexpr std::size_t MOST = 4;
    const Flow& all = entry.all.flow;
    if (all.segments.empty())
    {
        entry.firstInterface = interface;
    }
    const bool isMerged = entry.areVantages && !*entry.areVantages;
    if (isMerged || (entry.views.empty() && interface == entry.firstInterface))
    {
        return 0;
    }
    std::size_t more = 0;
    if (entry.views.empty())
    {
        entry.views.push_back({entry.firstInterface, entry.all});
        more = all.segments.size() * sizeof(Segment) + all.bytes.size();
    }
    auto view = std::find_if(entry.views.begin(),
                             entry.views.end(),
                             [interface](const InterfaceView& known)
                             { return known.interface == interface; });
    if (view == entry.views.end() && entry.views.size() < MOST)
    {
        InterfaceView& added = entry.views.emplace_back();
        added.interface = interface;
        added.seen.flow.source = all.source;
        std::copy_n(all.address, 2, added.seen.flow.address);
        std::copy_n(all.port, 2, added.seen.flow.port);
        view = std::prev(entry.views.end());
    }
    // Of more interfaces than that, the last ones are taken together.
    view = view == entry.views.end() ? std::prev(view) : view;
    return more + view->seen.Add(segment, captured);
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
        ++m_displaced;
    }
}

bool
FlowTable::AreVantagesOf(FlowEntry& entry)
{
    if (!entry.areVantages)
    {
        entry.areVantages = AreVantages(entry.views, entry.all.flow);
    }
    return *entry.areVantages;
}

void
FlowTable::HandOnWindow(FlowEntry& entry)
{
    constexpr std::uint64_t MOST_VIEWS = 8;
    std::size_t memory = sizeof(FlowEntry);
    const bool areVantages = AreVantagesOf(entry);
    for (std::size_t i = 0; areVantages && i < entry.views.size(); ++i)
    {
        GrowingFlow& seen = entry.views[i].seen;
        seen.flow.window.connection = entry.serial * MOST_VIEWS + i;
        Flow window = seen.TakeWindow();
        m_handler(window);
        memory += seen.Memory();
    }
    entry.all.flow.window.connection = entry.serial * MOST_VIEWS;
    Flow window = entry.all.TakeWindow();
    if (!areVantages)
    {
        m_handler(window);
        entry.views.clear();
    }
    memory += entry.all.Memory();
    m_memory = m_memory - entry.memory + memory;
    entry.memory = memory;
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
    if (AreVantagesOf(*entry))
    {
        for (InterfaceView& view : entry->views)
        {
            view.seen.flow.Complete();
            m_handler(view.seen.flow);
        }
    }
    else
    {
        entry->all.flow.Complete();
        m_handler(entry->all.flow);
    }
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
    return std::none_of(entry.all.flow.segments.begin(),
                        entry.all.flow.segments.end(),
                        [&](const Segment& segment)
                        {
                            return segment.side == side && segment.Has(tcp::SYN) &&
                                   segment.sequence == packet.tcp.sequence;
                        });
}

} // namespace bouncelab::detectors
