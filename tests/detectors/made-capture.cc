#include "made-capture.h"

#include "detectors/readers/capture-reader.h"
#include "detectors/registry.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace bouncelab::test
{

namespace
{

using namespace detectors;

constexpr std::uint32_t CLIENT_ADDRESS = 0x0A040104; // 10.4.1.4
constexpr std::uint32_t SERVER_ADDRESS = 0xC6336419; // 198.51.100.25

void
Put16(std::vector<std::uint8_t>& out, unsigned value)
{
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

void
Put32(std::vector<std::uint8_t>& out, std::uint32_t value)
{
    Put16(out, value >> 16);
    Put16(out, value & 0xFFFF);
}

void
PutLittle32(std::string& out, std::uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
    {
        out += static_cast<char>(value >> shift);
    }
}

void
Patch16(std::vector<std::uint8_t>& bytes, std::size_t at, unsigned value)
{
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
}

} // namespace

MadeCapture&
MadeCapture::Add(const MadePacket& packet)
{
    packets.push_back(packet);
    return *this;
}

std::vector<std::uint8_t>
MadeCapture::Frame(const MadePacket& packet, int linkType) const
{
    const bool fromClient = packet.side == CLIENT;
    std::vector<std::uint8_t> tcp;
    Put16(tcp, fromClient ? clientPort : serverPort);
    Put16(tcp, fromClient ? serverPort : clientPort);
    Put32(tcp, initial[packet.side] + packet.sequence);
    const bool ack = packet.flags & tcpflag::ACK;
    Put32(tcp, ack ? initial[Other(packet.side)] + packet.ack : 0);
    const unsigned length = packet.timestamp ? 32 : 20;
    Put16(tcp, (length / 4) << 12 | static_cast<unsigned>(packet.reserved) << 8 | packet.flags);
    Put16(tcp, static_cast<unsigned>(packet.window));
    Put32(tcp, 0);
    if (packet.timestamp)
    {
        Put32(tcp, 0x0101080A);
        Put32(tcp, packet.timestampValue);
        Put32(tcp, packet.timestampEcho);
    }
    tcp.insert(tcp.end(), packet.payload.begin(), packet.payload.end());

    std::vector<std::uint8_t> ip;
    Put16(ip, 0x4500);
    Put16(ip, static_cast<unsigned>(20 + tcp.size()));
    Put16(ip, static_cast<unsigned>(packet.ipId));
    Put16(ip, packet.dontFragment ? 0x4000 : 0);
    Put16(ip, static_cast<unsigned>(packet.ttl) << 8 | protocol::TCP);
    Put16(ip, 0);
    const std::uint32_t source = fromClient ? CLIENT_ADDRESS : SERVER_ADDRESS;
    const std::uint32_t destination = fromClient ? SERVER_ADDRESS : CLIENT_ADDRESS;
    Put32(ip, source);
    Put32(ip, destination);
    Patch16(ip, 10, Ipv4Checksum({ip.data(), ip.size()}));
    Patch16(tcp,
            16,
            TransportChecksum({source}, {destination}, protocol::TCP, {tcp.data(), tcp.size()}));

    std::vector<std::uint8_t> frame;
    if (linkType == 1)
    {
        frame = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
    }
    else if (linkType == 113)
    {
        frame.assign(14, 0);
        Put16(frame, ethertype::IPV4);
    }
    else if (linkType == 276)
    {
        Put16(frame, ethertype::IPV4);
        frame.resize(20);
    }
    else if (linkType == 9)
    {
        Put32(frame, 0xFF030021);
    }
    else if (linkType == 0)
    {
        frame = {2, 0, 0, 0};
    }
    frame.insert(frame.end(), ip.begin(), ip.end());
    frame.insert(frame.end(), tcp.begin(), tcp.end());
    return frame;
}

std::string
MadeCapture::Pcap(bool nanoseconds, int linkType, std::size_t snapLength) const
{
    std::string out;
    PutLittle32(out, nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4);
    PutLittle32(out, 0x00040002);
    PutLittle32(out, 0);
    PutLittle32(out, 0);
    PutLittle32(out, 65535);
    PutLittle32(out, static_cast<std::uint32_t>(linkType));
    for (const MadePacket& packet : packets)
    {
        const std::vector<std::uint8_t> frame = Frame(packet, linkType);
        const std::size_t kept = std::min(snapLength, frame.size());
        PutLittle32(out, static_cast<std::uint32_t>(packet.timeNs / 1000000000));
        const std::int64_t rest = packet.timeNs % 1000000000;
        PutLittle32(out, static_cast<std::uint32_t>(nanoseconds ? rest : rest / 1000));
        PutLittle32(out, static_cast<std::uint32_t>(kept));
        PutLittle32(out, static_cast<std::uint32_t>(frame.size()));
        out.append(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(kept));
    }
    return out;
}

std::string
MadeCapture::PcapNg() const
{
    std::string out;
    for (const std::uint32_t word : {0x0A0D0D0Au, 28u, 0x1A2B3C4Du, 1u, ~0u, ~0u, 28u})
    {
        PutLittle32(out, word);
    }
    // Ethernet, no snap length, if_tsresol 9.
    for (const std::uint32_t word : {1u, 32u, 1u, 0u, 0x00010009u, 9u, 0u, 32u})
    {
        PutLittle32(out, word);
    }
    for (const MadePacket& packet : packets)
    {
        const std::vector<std::uint8_t> frame = Frame(packet);
        const std::size_t padded = (frame.size() + 3) / 4 * 4;
        const auto total = static_cast<std::uint32_t>(32 + padded);
        PutLittle32(out, 6);
        PutLittle32(out, total);
        PutLittle32(out, 0);
        PutLittle32(out, static_cast<std::uint32_t>(packet.timeNs >> 32));
        PutLittle32(out, static_cast<std::uint32_t>(packet.timeNs));
        PutLittle32(out, static_cast<std::uint32_t>(frame.size()));
        PutLittle32(out, static_cast<std::uint32_t>(frame.size()));
        out.append(frame.begin(), frame.end());
        out.append(padded - frame.size(), '\0');
        PutLittle32(out, total);
    }
    return out;
}

namespace
{

std::FILE*
OpenBytes(const std::string& bytes)
{
    // fmemopen refuses an empty buffer; an empty file does the same work.
    return bytes.empty() ? std::fopen("/dev/null", "rb")
                         : fmemopen(const_cast<char*>(bytes.data()), bytes.size(), "rb");
}

class Collector : public AlertSink
{
  public:
    void Add(Alert alert) override { alerts.push_back(std::move(alert)); }

    std::vector<Alert> alerts;
};

} // namespace

std::vector<Packet>
ReadPackets(const std::string& bytes, std::string* problem)
{
    std::vector<Packet> packets;
    const CaptureSummary summary = ReadCapture(OpenBytes(bytes),
                                               [&](const Packet& packet)
                                               {
                                                   packets.push_back(packet);
                                                   packets.back().tcp.payload = {};
                                               });
    if (problem)
    {
        *problem = summary.problem;
    }
    return packets;
}

Flow
MadeCapture::ToFlow() const
{
    static const Source source{"made.pcap", false};
    std::vector<Flow> flows;
    FlowTable table(source, [&](Flow& flow) { flows.push_back(flow); });
    ReadCapture(OpenBytes(Pcap()), [&](const Packet& packet) { table.Add(packet); });
    table.Finish();
    BOOST_REQUIRE_EQUAL(flows.size(), 1);
    return flows.front();
}

std::vector<Alert>
JudgeCapture(const std::string& bytes, const std::string& name, const Surroundings& surroundings)
{
    std::unique_ptr<Detector> chosen;
    for (auto& detector : AllDetectors())
    {
        if (detector->Name() == name)
        {
            chosen = std::move(detector);
        }
    }
    BOOST_REQUIRE_MESSAGE(chosen, name);
    Collector collector;
    const Source source{"made.pcap", false};
    FlowTable table(source, [&](Flow& flow) { chosen->Judge({flow, surroundings}, collector); });
    ReadCapture(OpenBytes(bytes), [&](const Packet& packet) { table.Add(packet); });
    table.Finish();
    chosen->Conclude(surroundings, collector);
    return collector.alerts;
}

std::vector<Alert>
MadeCapture::Judge(const std::string& detector, const Surroundings& surroundings) const
{
    return JudgeCapture(Pcap(), detector, surroundings);
}

std::size_t
CountFaults(const std::vector<Alert>& alerts)
{
    return static_cast<std::size_t>(std::count_if(alerts.begin(),
                                                  alerts.end(),
                                                  [](const Alert& alert)
                                                  { return alert.verdict == Verdict::Fault; }));
}

Route
DocumentedRoute()
{
    Route route;
    route.destination = {SERVER_ADDRESS};
    const std::int64_t micros[15] = {612,
                                     486,
                                     16975,
                                     45836,
                                     49957,
                                     49955,
                                     50207,
                                     50081,
                                     103050,
                                     99677,
                                     103430,
                                     99804,
                                     100056,
                                     99676,
                                     99926};
    for (int i = 0; i < 15; ++i)
    {
        route.hops.push_back(
            {i + 1,
             i == 14 ? Ipv4{SERVER_ADDRESS} : Ipv4{0xCB007100u + static_cast<std::uint32_t>(i)},
             micros[i] * 1000});
    }
    return route;
}

MadeCapture
DocumentedSession(const SessionKnobs& knobs)
{
    constexpr std::int64_t START = 1159253092643691000;
    constexpr std::int64_t INNER = 200000;
    MadeCapture capture;
    std::int64_t now = START;
    std::uint32_t sent[2]{1, 1};
    std::uint32_t lastTicks[2]{};
    int clientId = 32988;
    int serverId = 37316;
    const auto ticks = [&](Side side, std::int64_t timeNs)
    {
        const std::int64_t since = timeNs - START;
        return static_cast<std::uint32_t>(side == CLIENT ? 121485349 + since / MS
                                                         : 9713757 + since / (10 * MS));
    };
    const auto say = [&](Side side, std::uint8_t flags, const std::string& text)
    {
        MadePacket packet;
        packet.timeNs = now;
        packet.side = side;
        packet.flags = flags;
        packet.sequence = flags & tcpflag::SYN ? 0 : sent[side];
        packet.ack = sent[Other(side)];
        packet.payload = text;
        packet.ttl = side == CLIENT ? 127 : knobs.serverTtl;
        packet.ipId = side == CLIENT ? clientId += 23 : (flags & tcpflag::SYN) ? 0 : ++serverId;
        packet.timestamp = true;
        packet.timestampValue = ticks(side, now);
        packet.timestampEcho = lastTicks[Other(side)];
        lastTicks[side] = packet.timestampValue;
        packet.window = side == CLIENT ? 33304 : 5792;
        sent[side] += static_cast<std::uint32_t>(text.size());
        capture.Add(packet);
    };
    const std::uint8_t push = tcpflag::ACK | tcpflag::PSH;
    say(CLIENT, tcpflag::SYN, "");
    now += knobs.roundTripNs;
    say(SERVER, tcpflag::SYN | tcpflag::ACK, "");
    now += INNER;
    say(CLIENT, tcpflag::ACK, "");
    now += knobs.roundTripNs + 126000;
    say(SERVER, push, "220 mx.example.net ESMTP\r\n");
    for (const auto& [command, reply] :
         {std::pair<std::string, std::string>{"HELO mail.example.com\r\n",
                                              "250 mx.example.net\r\n"},
          {"MAIL FROM:<alice@mail.example.com>\r\n", "250 Ok\r\n"}})
    {
        now += INNER;
        say(CLIENT, push, command);
        now += knobs.roundTripNs + 900000;
        say(SERVER, push, reply);
    }
    now += INNER;
    say(CLIENT, tcpflag::ACK, "");
    now += INNER;
    say(CLIENT, push, "RCPT TO:<bob@mx.example.net>\r\n");
    const std::int64_t asked = now;
    const std::uint32_t replyAt = sent[SERVER];
    now = asked + knobs.genuineDelayNs;
    say(SERVER, push, knobs.genuineText);
    std::uint32_t taken = sent[SERVER];
    if (knobs.forged)
    {
        MadePacket forged = capture.packets.back();
        forged.timeNs = asked + knobs.forgedDelayNs;
        forged.payload = knobs.forgedText;
        forged.ttl = knobs.forgedTtl;
        forged.ipId = knobs.forgedIpId;
        forged.dontFragment = knobs.forgedDontFragment;
        forged.timestamp = knobs.forgedTimestamp;
        forged.window = knobs.forgedWindow;
        capture.Add(forged);
        taken = replyAt + static_cast<std::uint32_t>(
                              std::max(forged.payload.size(), knobs.genuineText.size()));
    }
    now = std::max(now, asked + (knobs.forged ? knobs.forgedDelayNs : 0)) + INNER;
    const std::uint32_t genuineEnd = sent[SERVER];
    sent[SERVER] = taken;
    say(CLIENT, push | tcpflag::FIN, "QUIT\r\n");
    sent[SERVER] = genuineEnd;
    std::stable_sort(capture.packets.begin(),
                     capture.packets.end(),
                     [](const MadePacket& a, const MadePacket& b) { return a.timeNs < b.timeNs; });
    return capture;
}

MadeCapture
ControlSession()
{
    SessionKnobs knobs;
    knobs.forged = false;
    return DocumentedSession(knobs);
}

MadeCapture
TwiceForged()
{
    MadeCapture capture = DocumentedSession();
    const auto forged = std::find_if(capture.packets.begin(),
                                     capture.packets.end(),
                                     [](const MadePacket& packet) { return packet.ttl == 57; });
    // The reply to MAIL FROM, and what prompted it.
    auto genuine = forged;
    while ((genuine - 1)->payload != "250 Ok\r\n")
    {
        --genuine;
    }
    --genuine;
    MadePacket second = *forged;
    second.timeNs = (genuine - 1)->timeNs + 54053000;
    second.sequence = genuine->sequence;
    second.ack = genuine->ack;
    second.ipId = 65;
    capture.packets.insert(genuine, second);
    return capture;
}

std::vector<MadeCapture>
LossySessions(bool timestamps)
{
    const MadeCapture control = ControlSession();
    std::vector<MadeCapture> sessions;
    for (std::size_t lost = 0; lost + 1 < control.packets.size(); ++lost)
    {
        const bool answered = control.packets[lost].side == CLIENT &&
                              !control.packets[lost].payload.empty() &&
                              control.packets[lost + 1].side == SERVER;
        if (!answered && lost > 0)
        {
            continue;
        }
        MadeCapture session;
        for (std::size_t i = 0; i < control.packets.size(); ++i)
        {
            MadePacket packet = control.packets[i];
            packet.timestamp = timestamps;
            if (answered && i == lost)
            {
                session.Add(packet);
                packet.ipId += 1;
            }
            if (answered && i >= lost)
            {
                const bool repeated = i == lost + 1;
                packet.timeNs += (repeated ? 920 : 1000) * MS;
                packet.timestampValue += packet.side == CLIENT ? 1000 : 100;
                packet.timestampEcho += repeated || i == lost   ? 0
                                        : packet.side == CLIENT ? 100
                                                                : 1000;
            }
            session.Add(packet);
        }
        sessions.push_back(session);
    }
    return sessions;
}

} // namespace bouncelab::test
