#include "detectors/readers/traceroute-reader.h"
#include "formats/endpoint.h"
#include "formats/text.h"
#include "lab/score/fidelity/capture.h"
#include "lab/score/fidelity/evidence-texts.h"
#include "lab/score/fidelity/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

/// What captures and traceroutes show.
namespace bouncelab::score
{

namespace
{

/// What is known of a connection when its packets are shown.
struct FlowNotes
{
    std::string name; //!< "192.0.2.1:1025 - 192.0.2.2:25", who opened it first.
    std::string opener;
    WallTime start{};
    std::map<std::string, TcpOptions> opening; //!< By endpoint, of its SYN.
    std::map<std::string, WallTime> spoke;     //!< By endpoint, when it last sent bytes.
};

struct TcpPacket
{
    std::string vantage;
    std::shared_ptr<const Capture> capture; //!< That the frame lies in.
    const CaptureFrame* frame = nullptr;
    std::shared_ptr<const FlowNotes> flow;
    std::string from;
    std::string to;
    bool isForged = false;
    std::optional<Nanoseconds> wait;

    const Ipv4Fields& Ip() const { return *frame->ip->v4; }

    const TcpSegment& Tcp() const { return *frame->tcp; }

    std::int64_t Octets() const { return static_cast<std::int64_t>(Tcp().payload.size); }
};

/// The same flow seen from either end.
using FlowKey = std::pair<std::string, std::string>;

/// Notes on the packet's flow as they stand when it passes; a SYN begins them anew.
void
Follow(TcpPacket& packet, std::map<FlowKey, std::shared_ptr<FlowNotes>>& flows)
{
    const TcpSegment& segment = packet.Tcp();
    const bool isSyn = segment.Has(tcp::SYN);
    const bool opens = isSyn && !segment.Has(tcp::ACK);
    std::shared_ptr<FlowNotes>& flow = flows[std::minmax(packet.from, packet.to)];
    if (!flow)
    {
        flow = std::make_shared<FlowNotes>();
        flow->opener = isSyn && !opens ? packet.to : packet.from;
        flow->name = flow->opener + " - " + (flow->opener == packet.from ? packet.to : packet.from);
        flow->start = packet.frame->time;
    }
    if (isSyn)
    {
        flow->opening.try_emplace(packet.from, segment.options);
    }
    const auto other = flow->spoke.find(packet.to);
    if (other != flow->spoke.end())
    {
        packet.wait = packet.frame->time - other->second;
    }
    if (segment.payload.size > 0)
    {
        flow->spoke[packet.from] = packet.frame->time;
    }
    packet.flow = flow;
}

std::vector<TcpPacket>
ReadPackets(const RunFolder& run)
{
    std::set<std::pair<std::string, std::uint64_t>> forged;
    for (const Label& label : run.Labels())
    {
        if (label.kind == "packet" && label.forged)
        {
            forged.emplace(label.vantage, label.frame);
        }
    }
    std::vector<TcpPacket> packets;
    for (const std::string& vantage : PlainVantages(run))
    {
        const std::filesystem::path file = run.EvidenceOf(vantage) / "capture.pcap";
        if (!std::filesystem::exists(file))
        {
            continue;
        }
        const auto capture = std::make_shared<const Capture>(file);
        std::map<FlowKey, std::shared_ptr<FlowNotes>> flows;
        for (const CaptureFrame& frame : capture->Frames())
        {
            if (!frame.tcp || !frame.ip->v4)
            {
                continue;
            }
            TcpPacket packet;
            packet.vantage = vantage;
            packet.capture = capture;
            packet.frame = &frame;
            packet.from = EndpointText(frame.ip->source, frame.tcp->sourcePort);
            packet.to = EndpointText(frame.ip->destination, frame.tcp->destinationPort);
            packet.isForged = forged.count({vantage, frame.number}) > 0;
            Follow(packet, flows);
            packets.push_back(std::move(packet));
        }
    }
    return packets;
}

/// The options of its sender's SYN, if that was captured.
TcpOptions
OpeningOf(const TcpPacket& packet)
{
    const auto found = packet.flow->opening.find(packet.from);
    return found == packet.flow->opening.end() ? TcpOptions{} : found->second;
}

Value
Stamp(const TcpPacket& packet, std::uint32_t number)
{
    return packet.Tcp().options.timestamp ? CounterValue(number, 32) : Value{};
}

/// "0:E0:FC:34:C0:86", as snort prints it.
std::string
Station(const MacAddress& address)
{
    std::string text;
    for (const std::uint8_t byte : address.bytes)
    {
        text += fmt::format("{}{:X}", text.empty() ? "" : ":", byte);
    }
    return text;
}

std::string
PortPair(const TcpPacket& packet)
{
    const auto [less, greater] = std::minmax(packet.Tcp().sourcePort, packet.Tcp().destinationPort);
    return fmt::format("TCP:{}-{}", greater, less);
}

using P = TcpPacket;

const std::vector<ColumnOf<P>> PLACE_COLUMNS{
    {"vantage", &P::vantage},
    {"frame", [](const P& p) { return p.frame->number; }},
    {"flow", [](const P& p) { return p.flow->name; }},
    {"from", &P::from},
    {"to", &P::to},
    {"from address", [](const P& p) { return p.Ip().source; }},
    {"to address", [](const P& p) { return p.Ip().destination; }},
    {"to port", [](const P& p) { return p.Tcp().destinationPort; }},
    {"ports", PortPair},
    {"t", [](const P& p) { return DurationField{(p.frame->time - p.flow->start).count()}; }},
    {"wait", [](const P& p) { return p.wait ? DurationField{p.wait->count()} : DurationField{}; }},
    {"heading", [](const P& p) { return p.from == p.flow->opener ? "out" : "in"; }},
    {"station", [](const P& p) { return Station(p.frame->ethernet.source); }},
    {"stations",
     [](const P& p) {
         return Station(p.frame->ethernet.source) + " -> " + Station(p.frame->ethernet.destination);
     }},
    {"forged", &P::isForged},
};

const std::vector<ColumnOf<P>> HEADER_COLUMNS{
    {"TTL", [](const P& p) { return p.Ip().ttl; }},
    {"TOS", [](const P& p) { return p.Ip().tos; }},
    {"IP ID", [](const P& p) { return CounterValue(p.Ip().id, 16); }},
    {"length", [](const P& p) { return p.Ip().totalLength; }},
    {"captured", [](const P& p) { return p.frame->bytes.size(); }},
    {"DF", [](const P& p) { return p.Ip().dontFragment; }},
    {"reserved bits", [](const P& p) { return p.Tcp().reserved; }},
    {"flags", [](const P& p) { return FlagLetters(p.Tcp().flags); }},
    {"seq", [](const P& p) { return HexValue(p.Tcp().sequence); }},
    {"ack", [](const P& p) { return HexValue(p.Tcp().acknowledgment); }},
    {"end", [](const P& p) { return HexValue(p.frame->EndSequence()); }},
    {"extent",
     [](const P& p)
     {
         return TextValue(fmt::format("{} B to 0x{:X}",
                                      p.Octets(),
                                      p.Tcp().sequence + static_cast<std::uint32_t>(p.Octets())));
     }},
    {"window", [](const P& p) { return p.Tcp().window; }},
    {"scaled window",
     [](const P& p)
     { return std::int64_t{p.Tcp().window} << OpeningOf(p).windowScale.value_or(0); }},
    {"segment",
     [](const P& p)
     { return OpeningOf(p).mss.value_or(536) - (p.Tcp().options.timestamp ? 12 : 0); }},
    {"header", [](const P& p) { return p.Tcp().headerLength; }},
    {"options", [](const P& p) { return OptionLayout(*p.frame); }},
    {"MSS", [](const P& p) { return p.Tcp().options.mss; }},
    {"WS", [](const P& p) { return p.Tcp().options.windowScale; }},
    {"TS", [](const P& p) { return Stamp(p, p.Tcp().options.timestampValue); }},
    {"TS echo", [](const P& p) { return Stamp(p, p.Tcp().options.timestampEcho); }},
    {"payload", [](const P& p) { return NumberValue(p.Octets(), "B"); }},
    {"octets", [](const P& p) { return p.Octets(); }},
    {"text", [](const P& p) { return Escape(p.frame->Payload()); }},
};

/// The packets of one direction between two ends.
struct FlowSummary
{
    std::string vantage;
    Ipv4 from;
    Ipv4 to;
    std::uint16_t fromPort = 0;
    std::uint16_t toPort = 0;
    WallTime first{};
    WallTime last{};
};

std::vector<FlowSummary>
ReadStreams(const RunFolder& run)
{
    std::vector<FlowSummary> streams;
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> known;
    for (const TcpPacket& packet : ReadPackets(run))
    {
        const auto [at, isNew] =
            known.try_emplace({packet.vantage, packet.from, packet.to}, streams.size());
        if (isNew)
        {
            streams.push_back({packet.vantage,
                               packet.Ip().source,
                               packet.Ip().destination,
                               packet.Tcp().sourcePort,
                               packet.Tcp().destinationPort,
                               packet.frame->time,
                               {}});
        }
        streams[at->second].last = packet.frame->time;
    }
    return streams;
}

/// A hop and the route that it is one of.
struct RouteHop
{
    std::shared_ptr<const detectors::TracedRoute> route;
    detectors::TracedHop hop;
};

std::vector<RouteHop>
ReadHops(const RunFolder& run)
{
    std::vector<RouteHop> hops;
    detectors::TracerouteReader reader(
        [&](const detectors::TracedRoute& route)
        {
            const auto shared = std::make_shared<const detectors::TracedRoute>(route);
            for (const detectors::TracedHop& hop : route.hops)
            {
                hops.push_back({shared, hop});
            }
        });
    ReadTexts(run, {&reader});
    return hops;
}

} // namespace

void
AddPacketKinds(KindTable& kinds)
{
    std::vector<ColumnOf<P>> columns = PLACE_COLUMNS;
    columns.insert(columns.end(), HEADER_COLUMNS.begin(), HEADER_COLUMNS.end());
    kinds["packets"] = MakeKind<P>(columns, ReadPackets, [](const P& p) { return p.frame->time; });
    kinds["streams"] = MakeKind<FlowSummary>(
        {{"vantage", &FlowSummary::vantage},
         {"from address", &FlowSummary::from},
         {"from port", &FlowSummary::fromPort},
         {"to address", &FlowSummary::to},
         {"to port", &FlowSummary::toPort},
         {"duration",
          [](const FlowSummary& s) { return DurationField{(s.last - s.first).count()}; }}},
        ReadStreams,
        [](const FlowSummary& s) { return s.first; });
    kinds["hops"] = MakeKind<RouteHop>(
        {{"destination", [](const RouteHop& h) { return h.route->destination.ToString(); }},
         {"number", [](const RouteHop& h) { return h.hop.number; }},
         {"address",
          [](const RouteHop& h)
          { return h.hop.address ? TextValue(h.hop.address->ToString()) : Value{}; }},
         {"min", [](const RouteHop& h) { return DurationField{h.hop.minimumNs}; }},
         {"path", [](const RouteHop& h) { return DurationField{h.route->PathNs(h.hop.number)}; }}},
        ReadHops);
}

} // namespace bouncelab::score
