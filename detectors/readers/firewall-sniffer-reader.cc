#include "detectors/readers/firewall-sniffer-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/capture-reader.h"
#include "detectors/readers/printed-packet.h"
#include "detectors/readers/scan.h"
#include "formats/encapsulation.h"
#include "formats/sequence.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_OCTETS = 64 << 10;
constexpr std::size_t LOOK_AHEAD = 64; //!< Packets of a connection that may tell a length.
constexpr std::int64_t LONGEST = 0xFFFF - IPV4_BYTES - TCP_BYTES;

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 5> SNIFFED_FLAGS{
    {{"syn", tcp::SYN},
     {"fin", tcp::FIN},
     {"rst", tcp::RST},
     {"psh", tcp::PSH},
     {"urg", tcp::URG}}};

/// "syn 1000 ack 2", "psh 7 ack 8", "ack 9" \return whether the text is no more and no less
bool
TakeFlags(std::string_view text, TcpSegment& tcp, bool& hasSequence)
{
    bool any = false;
    for (text = Trim(text); !text.empty(); text = Trim(text))
    {
        const std::string_view name = scan::Word(text);
        scan::SkipSpace(text);
        const auto* const known =
            std::find_if(SNIFFED_FLAGS.begin(),
                         SNIFFED_FLAGS.end(),
                         [&](const auto& flag) { return flag.first == name; });
        const auto number = scan::Number(text);
        if (!number || (known == SNIFFED_FLAGS.end() && name != "ack"))
        {
            return false;
        }
        any = true;
        if (name == "ack")
        {
            tcp.flags |= tcp::ACK;
            tcp.acknowledgment = static_cast<std::uint32_t>(*number);
        }
        else
        {
            tcp.flags |= known->second;
            tcp.sequence = static_cast<std::uint32_t>(*number);
            hasSequence = true;
        }
    }
    return any;
}

/// What stands before the ends: nothing, or an interface and the direction.
bool
IsInterface(std::string_view text)
{
    const std::string_view name = scan::Word(text);
    const std::string_view direction = scan::Word(text);
    return Trim(text).empty() &&
           (name.empty() || direction == "in" || direction == "out" || direction == "--");
}

} // namespace

bool
FirewallSnifferReader::Line(std::uint32_t number, std::string_view line)
{
    const std::string_view text = Trim(line, LINE_BLANKS);
    if (m_open && ReadOctets(text))
    {
        return true;
    }
    return ReadPacket(number, text);
}

bool
FirewallSnifferReader::ReadPacket(std::uint32_t number, std::string_view text)
{
    constexpr std::string_view ARROW = " -> ";
    PrintedStamps stamps = m_stamps;
    std::string_view rest = text;
    const auto time = stamps.TakeOrSeconds(rest);
    const std::size_t arrow = rest.find(ARROW);
    if (!time || arrow == rest.npos)
    {
        return false;
    }
    const std::string_view left = rest.substr(0, arrow);
    const std::string_view right = rest.substr(arrow + ARROW.size());
    const std::size_t source = left.rfind(' ') == left.npos ? 0 : left.rfind(' ') + 1;
    const std::size_t end = right.find(": ");
    SeenPacket seen;
    Packet& packet = seen.packet;
    if (end == right.npos || !IsInterface(left.substr(0, source)) ||
        !TakePrintedEnd(left.substr(source), packet.source, packet.tcp.sourcePort) ||
        !TakePrintedEnd(right.substr(0, end), packet.destination, packet.tcp.destinationPort) ||
        !TakeFlags(right.substr(end + 2), packet.tcp, seen.hasSequence))
    {
        return false;
    }
    if (m_seen.size() >= GetCaps().snifferPackets)
    {
        LeaveOut();
        return false;
    }
    m_stamps = stamps;
    packet.time = *time;
    packet.line = number;
    packet.tcp.window = 0xFFFF;
    packet.ip.headerLength = IPV4_BYTES;
    packet.ip.protocol = protocol::TCP;
    m_seen.push_back(std::move(seen));
    m_open = true;
    return true;
}

bool
FirewallSnifferReader::ReadOctets(std::string_view text)
{
    // "0x0010	 0034 d2d4 4000 7b06 a89c c0a8 0101 c0a8	.4..@.{........."
    constexpr std::size_t ROW = 16;
    std::vector<std::uint8_t>& octets = m_seen.back().octets;
    std::string_view rest = text;
    const bool isRow = scan::Skip(rest, "0x");
    const auto offset = isRow ? scan::HexNumber(rest) : std::nullopt;
    if (!offset || rest.empty() || !scan::IsSpace(rest.front()))
    {
        m_open = isRow;
        return false;
    }
    const bool fits = *offset == octets.size() && *offset < MOST_OCTETS;
    scan::SkipSpace(rest);
    for (std::size_t i = 0;
         fits && i < ROW && rest.size() > 1 && HexDigit(rest[0]) >= 0 && HexDigit(rest[1]) >= 0;
         ++i)
    {
        octets.push_back(static_cast<std::uint8_t>(HexDigit(rest[0]) * 16 + HexDigit(rest[1])));
        rest.remove_prefix(2);
        scan::Skip(rest, " ");
        if (!rest.empty() && scan::IsSpace(rest.front()))
        {
            break;
        }
    }
    return true;
}

void
FirewallSnifferReader::End()
{
    std::map<Ends, std::vector<std::size_t>> connections;
    for (std::size_t i = 0; i < m_seen.size(); ++i)
    {
        const Packet& packet = m_seen[i].packet;
        const std::pair from(packet.source, packet.tcp.sourcePort);
        const std::pair to(packet.destination, packet.tcp.destinationPort);
        connections[std::minmax(from, to)].push_back(i);
    }
    for (const auto& [ends, connection] : connections)
    {
        Measure(connection);
    }
    for (SeenPacket& seen : m_seen)
    {
        HandOn(seen);
    }
    m_seen.clear();
    m_open = false;
}

void
FirewallSnifferReader::Measure(const std::vector<std::size_t>& connection)
{
    const std::pair first(m_seen[connection.front()].packet.source,
                          m_seen[connection.front()].packet.tcp.sourcePort);
    bool isKnown[2]{};
    std::uint32_t next[2]{};
    for (std::size_t at = 0; at < connection.size(); ++at)
    {
        SeenPacket& seen = m_seen[connection[at]];
        TcpSegment& tcp = seen.packet.tcp;
        const int side = std::pair(seen.packet.source, tcp.sourcePort) == first ? 0 : 1;
        std::uint32_t length = 0;
        if (seen.hasSequence)
        {
            const std::uint32_t mark = tcp.Has(tcp::SYN) || tcp.Has(tcp::FIN) ? 1 : 0;
            const bool mayCarry = tcp.Has(tcp::PSH) || tcp.Has(tcp::FIN);
            length = mayCarry ? std::max(RoomFor(connection, at), mark) - mark : 0;
            const std::uint32_t end = tcp.sequence + length + mark;
            const bool isNew = !isKnown[side] || SequenceDistance(next[side], end) > 0;
            next[side] = tcp.Has(tcp::RST) || !isNew ? next[side] : end;
            isKnown[side] = isKnown[side] || !tcp.Has(tcp::RST);
        }
        else
        {
            tcp.sequence = next[side];
            seen.packet.isPlaced = isKnown[side];
        }
        if (tcp.Has(tcp::ACK) && !isKnown[1 - side])
        {
            next[1 - side] = tcp.acknowledgment;
            isKnown[1 - side] = true;
        }
        seen.packet.ip.payloadLength = tcp.headerLength + length;
    }
}

std::uint32_t
FirewallSnifferReader::RoomFor(const std::vector<std::size_t>& connection, std::size_t at) const
{
    const Packet& packet = m_seen[connection[at]].packet;
    std::int64_t room = 0;
    for (std::size_t i = at + 1; i < std::min(connection.size(), at + LOOK_AHEAD); ++i)
    {
        const SeenPacket& later = m_seen[connection[i]];
        const bool isSame = later.packet.source == packet.source &&
                            later.packet.tcp.sourcePort == packet.tcp.sourcePort;
        const bool tells = isSame ? later.hasSequence : later.packet.tcp.Has(tcp::ACK);
        const std::int64_t distance =
            SequenceDistance(packet.tcp.sequence,
                             isSame ? later.packet.tcp.sequence : later.packet.tcp.acknowledgment);
        if (tells && distance > 0 && distance <= LONGEST)
        {
            room = room == 0 ? distance : std::min(room, distance);
        }
    }
    return static_cast<std::uint32_t>(room);
}

void
FirewallSnifferReader::HandOn(SeenPacket& seen)
{
    const ByteView bytes{seen.octets.data(), seen.octets.size()};
    CapturedFrame frame;
    frame.number = ++m_packets;
    frame.time = seen.packet.time;
    frame.bytes = bytes;
    frame.inner = ParseIpv4(bytes) || ParseIpv6(bytes)
                      ? Decapsulate(AsIp(bytes))
                      : Decapsulate({CarriedOctets::ETHERNET, bytes});
    std::string reason;
    auto whole = TcpPacketOf(frame, reason);
    const bool isSame = whole && whole->tcp.sourcePort == seen.packet.tcp.sourcePort &&
                        whole->source == seen.packet.source;
    Packet& packet = isSame ? *whole : seen.packet;
    packet.frame = m_packets;
    packet.line = seen.packet.line;
    m_handler(packet);
}

} // namespace bouncelab::detectors
