#include "detectors/readers/packet-line-reader.h"

#include "detectors/readers/packet-line-healer.h"
#include "detectors/readers/scan.h"
#include "formats/calendar.h"
#include "formats/clock.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::string_view PKTMON = " [Microsoft-Windows-PktMon] ";
constexpr std::size_t MOST_HEX = 64 << 10;
constexpr std::uint32_t NEAR =
    1 << 24; //!< Octets that a connection carries at most between packets.

/// Flags as tcpdump writes them, "S." or "P": nothing where a character is none.
std::optional<std::uint8_t>
PrintedFlags(std::string_view text)
{
    std::uint8_t flags = 0;
    for (const char c : text)
    {
        switch (c)
        {
        case 'S':
            flags |= tcp::SYN;
            break;
        case 'F':
            flags |= tcp::FIN;
            break;
        case 'R':
            flags |= tcp::RST;
            break;
        case 'P':
            flags |= tcp::PSH;
            break;
        case '.':
            flags |= tcp::ACK;
            break;
        case 'U':
            flags |= tcp::URG;
            break;
        case 'E':
            flags |= tcp::ECE;
            break;
        case 'W':
            flags |= tcp::CWR;
            break;
        default:
            return std::nullopt;
        }
    }
    return flags;
}

std::uint32_t
Number32(std::optional<std::int64_t> number)
{
    return static_cast<std::uint32_t>(number.value_or(0));
}

} // namespace

bool
PacketLineReader::Line(std::uint32_t number, std::string_view line)
{
    const std::string_view text = Trim(line, LINE_BLANKS);
    m_isSaid = ReadSaid(line);
    if (m_isSaid || (m_open && m_haveTcp && ReadHex(text)))
    {
        return true;
    }
    if (const auto healed = HealPacketLine(text))
    {
        m_healings.Add(number, healed->line.heals);
        const std::string mended =
            healed->isHourless ? WithHour(healed->line.text) : healed->line.text;
        return healed->isCut || ReadLine(number, mended);
    }
    return ReadLine(number, text);
}

std::string
PacketLineReader::WithHour(std::string_view text)
{
    constexpr std::int64_t STEP_BACK = 60; //!< Packets may be printed out of order.
    std::string_view rest = text;
    const std::int64_t minute = scan::Number(rest).value_or(0);
    scan::Skip(rest, ":");
    const std::int64_t second = minute * 60 + scan::Number(rest).value_or(0);
    m_hour += m_hourSecond - second > STEP_BACK ? 1 : 0;
    m_hourSecond = second;
    const std::int64_t hour = m_hour % 24;
    return (hour < 10 ? "0" : "") + std::to_string(hour) + ":" + std::string(text);
}

bool
PacketLineReader::ReadDatagram(std::uint32_t number, std::string_view text)
{
    auto seen = text.find("Flags [") == text.npos ? ParsePrintedDatagram(text) : std::nullopt;
    if (!seen)
    {
        return false;
    }
    seen->line = number;
    seen->time = m_packet.time;
    if (m_datagrams)
    {
        m_datagrams(*seen);
    }
    return true;
}

bool
PacketLineReader::ReadLine(std::uint32_t number, std::string_view text)
{
    std::string_view rest = text;
    const bool isEvent = text.find(PKTMON) != text.npos;
    if (isEvent && rest.find("::") < rest.find(PKTMON))
    {
        rest.remove_prefix(rest.find("::") + 2);
    }
    if (const auto time = m_stamps.Take(rest))
    {
        rest = Trim(rest);
        HandOn();
        Begin(number, *time);
        m_isEvent = isEvent;
        if (isEvent)
        {
            m_open = true;
            m_isDatagram = false;
            return true;
        }
        m_isDatagram = rest.find("proto UDP") != rest.npos || rest.find("proto ICMP") != rest.npos;
        if (m_isDatagram || ReadDatagram(number, rest))
        {
            return true;
        }
        m_open = ReadPacket(rest) || rest.find("proto TCP") != rest.npos;
        return m_open;
    }
    if (m_isEvent)
    {
        return ReadEvent(number, text);
    }
    if (m_isDatagram)
    {
        m_isDatagram = false;
        return ReadDatagram(number, text);
    }
    return m_open && !m_haveTcp && ReadPacket(text);
}

bool
PacketLineReader::ReadEvent(std::uint32_t number, std::string_view text)
{
    if (!m_open || m_haveTcp)
    {
        return false;
    }
    if (ReadDatagram(number, text))
    {
        m_open = false;
        return true;
    }
    // Verbose, the packet's ends have a line of their own.
    return ReadPacket(text) || text.find(", proto ") != text.npos;
}

void
PacketLineReader::End()
{
    HandOn();
}

void
PacketLineReader::Begin(std::uint32_t number, WallTime time)
{
    m_packet = Packet();
    m_packet.time = time;
    m_packet.line = number;
    m_packet.ip.headerLength = IPV4_BYTES;
    m_payload.clear();
    m_unsaid = 0;
    m_hex.clear();
    m_haveTcp = false;
}

bool
PacketLineReader::ReadPacket(std::string_view text)
{
    if (text.find("(tos ") != text.npos || text.find("(class ") != text.npos ||
        text.find("(flowlabel ") != text.npos || text.find("(hlim ") != text.npos)
    {
        ReadIp(text);
    }
    // The arrow between the ends; Ethernet addresses have one of their own.
    for (std::size_t at = text.find(" > "); at != text.npos; at = text.find(" > ", at + 1))
    {
        const std::size_t first = text.rfind(' ', at == 0 ? 0 : at - 1);
        const std::string_view left = text.substr(first == text.npos ? 0 : first + 1,
                                                  at - (first == text.npos ? 0 : first + 1));
        std::string_view right = text.substr(at + 3);
        const std::size_t end = right.find(": ");
        if (end != right.npos && ReadEnds(left, right.substr(0, end)))
        {
            return ReadTcp(right.substr(end + 2));
        }
    }
    return false;
}

bool
PacketLineReader::ReadEnds(std::string_view left, std::string_view right)
{
    return TakePrintedEnd(left, m_packet.source, m_packet.tcp.sourcePort) &&
           TakePrintedEnd(right, m_packet.destination, m_packet.tcp.destinationPort);
}

void
PacketLineReader::ReadIp(std::string_view text)
{
    Ipv4Fields& ip = m_packet.ip;
    const auto hop = scan::NumberBehind(text, "hlim ");
    ip.ttl = static_cast<std::uint8_t>(hop ? *hop : scan::NumberBehind(text, "ttl ").value_or(0));
    ip.id = static_cast<std::uint16_t>(scan::NumberBehind(text, ", id ").value_or(0));
    if (auto tos = scan::After(text, "tos 0x"))
    {
        ip.tos = static_cast<std::uint8_t>(scan::HexNumber(*tos).value_or(0));
    }
    if (auto label = scan::After(text, "flowlabel 0x"))
    {
        m_packet.flowLabel = static_cast<std::uint32_t>(scan::HexNumber(*label).value_or(0));
    }
    ip.dontFragment = hop || text.find("flags [DF]") != text.npos || text.find("(DF)") != text.npos;
}

bool
PacketLineReader::ReadTcp(std::string_view text)
{
    TcpSegment& tcp = m_packet.tcp;
    std::optional<std::uint8_t> flags;
    std::string_view rest = text;
    const bool today = scan::Skip(rest, "Flags [");
    if (today)
    {
        const std::size_t close = rest.find(']');
        flags = rest.substr(0, close) == "none" ? std::optional<std::uint8_t>(0)
                                                : PrintedFlags(rest.substr(0, close));
        rest.remove_prefix(close == rest.npos ? rest.size() : close + 1);
    }
    else
    {
        flags = PrintedFlags(scan::Word(rest));
        const bool isTcp = rest.find(" win ") != rest.npos || rest.find(" ack ") != rest.npos;
        flags = isTcp ? flags : std::nullopt;
    }
    if (!flags)
    {
        return false;
    }
    tcp.flags = *flags;
    std::uint32_t sequence = 0;
    bool hasSequence = false;
    std::size_t length = 0;
    std::string_view numbers = rest;
    if (today)
    {
        const auto told = scan::NumberBehind(rest, "seq ");
        hasSequence = told.has_value();
        sequence = Number32(told);
        length = static_cast<std::size_t>(scan::NumberBehind(rest, "length ").value_or(0));
    }
    else
    {
        scan::SkipSpace(numbers);
        const auto from = scan::Number(numbers);
        if (from && scan::Skip(numbers, ":") && scan::Number(numbers) && scan::Skip(numbers, "("))
        {
            sequence = Number32(from);
            hasSequence = true;
            length = static_cast<std::size_t>(scan::Number(numbers).value_or(0));
        }
        if (text.find("(ttl ") != text.npos)
        {
            ReadIp(text);
        }
        m_packet.ip.dontFragment = text.find("(DF)") != text.npos;
        if (auto tos = scan::After(text, "[tos 0x"))
        {
            m_packet.ip.tos = static_cast<std::uint8_t>(scan::HexNumber(*tos).value_or(0));
        }
    }
    const auto acknowledged = scan::NumberBehind(rest, "ack ");
    tcp.flags = static_cast<std::uint8_t>(tcp.flags | (acknowledged ? tcp::ACK : 0));
    tcp.window = static_cast<std::uint16_t>(scan::NumberBehind(rest, "win ").value_or(0));
    ReadOptions(rest);
    m_packet.ip.payloadLength = tcp.headerLength + length;
    const auto said = scan::After(rest, "SMTP: ");
    m_payload = said ? std::string(said->substr(0, length)) : std::string();
    if (said && m_payload.size() + 2 <= length)
    {
        m_payload += "\r\n";
    }
    m_unsaid = scan::NumberBehind(rest, "SMTP, length: ") ? length : 0;
    Place(sequence, hasSequence, Number32(acknowledged));
    m_haveTcp = true;
    return true;
}

void
PacketLineReader::ReadOptions(std::string_view text)
{
    TcpOptions& options = m_packet.tcp.options;
    auto list = scan::After(text, "options [");
    list = list ? list : scan::After(text, " <");
    std::size_t octets = 0;
    if (list)
    {
        std::string_view rest = list->substr(0, list->find_first_of("]>"));
        while (!rest.empty())
        {
            const std::string_view one = Trim(rest.substr(0, rest.find(',')));
            rest.remove_prefix(std::min(rest.find(','), rest.size() - 1) + 1);
            if (const auto mss = scan::NumberBehind(one, "mss "))
            {
                options.mss = static_cast<std::uint16_t>(*mss);
                octets += 4;
            }
            else if (const auto scale = scan::NumberBehind(one, "wscale "))
            {
                options.windowScale = static_cast<std::uint8_t>(*scale);
                octets += 3;
            }
            else if (one == "sackOK")
            {
                options.sackPermitted = true;
                octets += 2;
            }
            else if (StartsWith(one, "TS val ") || StartsWith(one, "timestamp "))
            {
                options.timestamp = true;
                std::string_view values = one.substr(one.find_first_of("0123456789"));
                options.timestampValue = Number32(scan::Number(values));
                scan::Skip(values, " ecr");
                scan::SkipSpace(values);
                options.timestampEcho = Number32(scan::Number(values));
                octets += 10;
            }
            else
            {
                octets += one == "nop" || one == "eol" ? 1 : one.substr(0, 5) == "sack " ? 10 : 0;
            }
        }
    }
    m_packet.tcp.headerLength =
        static_cast<std::uint8_t>(std::min<std::size_t>(60, TCP_BYTES + (octets + 3) / 4 * 4));
}

void
PacketLineReader::Place(std::uint32_t sequence, bool hasSequence, std::uint32_t acknowledgment)
{
    TcpSegment& tcp = m_packet.tcp;
    const std::pair<HostAddress, std::uint16_t> from{m_packet.source, tcp.sourcePort};
    const std::pair<HostAddress, std::uint16_t> to{m_packet.destination, tcp.destinationPort};
    Numbering& numbers = m_numbering[from < to ? Ends{from, to} : Ends{to, from}];
    const int side = from < to ? 0 : 1;
    const bool isAck = tcp.Has(tcp::ACK);
    if (!numbers.isKnown && !hasSequence)
    {
        // What the other end acknowledges is as much as can be known.
        tcp.sequence = numbers.next[side];
        tcp.acknowledgment = acknowledgment;
        m_packet.isPlaced = false;
        numbers.next[1 - side] = std::max(numbers.next[1 - side], acknowledgment);
    }
    else if (!numbers.isKnown || (tcp.Has(tcp::SYN) && hasSequence))
    {
        tcp.sequence = sequence;
        tcp.acknowledgment = acknowledgment;
        numbers.isKnown = true;
        numbers.base[side] = sequence;
        if (isAck)
        {
            numbers.base[1 - side] = acknowledgment - 1;
            numbers.next[1 - side] = acknowledgment;
        }
    }
    else
    {
        if (!numbers.isDecided && isAck)
        {
            const std::uint32_t base = numbers.base[1 - side];
            const bool absolute = acknowledgment - base < NEAR && acknowledgment != 1;
            numbers.isDecided = true;
            numbers.isRelative = !absolute;
        }
        tcp.sequence = !hasSequence         ? numbers.next[side]
                       : numbers.isRelative ? numbers.base[side] + sequence
                                            : sequence;
        tcp.acknowledgment = !isAck               ? 0
                             : numbers.isRelative ? numbers.base[1 - side] + acknowledgment
                                                  : acknowledgment;
    }
    const auto length = static_cast<std::uint32_t>(m_packet.ip.payloadLength - tcp.headerLength);
    numbers.next[side] =
        tcp.sequence + length + (tcp.Has(tcp::SYN) ? 1 : 0) + (tcp.Has(tcp::FIN) ? 1 : 0);
}

bool
PacketLineReader::ReadSaid(std::string_view line)
{
    // "<tab>250 2.1.5 Ok", without its line end
    constexpr std::size_t LINE_END = 2;
    const bool isIndented = line.substr(0, 1) == "\t";
    const std::string_view said =
        isIndented ? TrimEnd(line.substr(1), "\r") : Trim(line, LINE_BLANKS);
    std::string_view rest = said;
    if (m_unsaid < said.size() || m_stamps.Take(rest) || scan::Skip(rest, "0x") ||
        (said.empty() && !isIndented) || m_unsaid == 0)
    {
        return false;
    }
    m_payload += said;
    m_unsaid -= said.size();
    const std::size_t end = std::min(m_unsaid, LINE_END);
    m_payload += std::string_view("\r\n").substr(0, end);
    m_unsaid -= end;
    return true;
}

bool
PacketLineReader::ReadHex(std::string_view text)
{
    // "0x0010:  4006 b1e6 ac10 0a63 ac10 0a0c bb92 0019  @......c........"
    std::string_view rest = text;
    const bool hasOffset = scan::Skip(rest, "0x") && scan::HexNumber(rest) && scan::Skip(rest, ":");
    rest = hasOffset ? rest : text;
    std::vector<std::uint8_t> row;
    while (row.size() < 16)
    {
        scan::SkipSpace(rest);
        const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
        const std::string_view group = rest.substr(0, end);
        if ((group.size() != 4 && group.size() != 2) ||
            !std::all_of(group.begin(), group.end(), [](char c) { return HexDigit(c) >= 0; }))
        {
            break;
        }
        for (std::size_t i = 0; i < group.size(); i += 2)
        {
            row.push_back(
                static_cast<std::uint8_t>(HexDigit(group[i]) * 16 + HexDigit(group[i + 1])));
        }
        rest.remove_prefix(end);
    }
    if (row.empty() || (!hasOffset && row.size() < 2) || m_hex.size() > MOST_HEX ||
        (!hasOffset && !Trim(rest).empty()))
    {
        return false;
    }
    m_hex.insert(m_hex.end(), row.begin(), row.end());
    return true;
}

void
PacketLineReader::HandOn()
{
    if (m_open && m_haveTcp)
    {
        m_packet.frame = ++m_packets;
        m_packet.ip.protocol = protocol::TCP;
        m_packet.tcp.payload = ViewOf(m_payload);
        const ByteView whole{m_hex.data(), m_hex.size()};
        if (const auto ip = ParseIpv4(whole))
        {
            const auto segment = ParseTcp(ip->payload);
            if (segment && segment->sourcePort == m_packet.tcp.sourcePort)
            {
                m_packet.ip = *ip;
                m_packet.tcp = *segment;
            }
        }
        m_handler(m_packet);
    }
    m_open = m_haveTcp = false;
}

} // namespace bouncelab::detectors
