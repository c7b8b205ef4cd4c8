#include "lab/evidence/snort-text.h"

#include "formats/clock.h"
#include "formats/text.h"
#include "lab/evidence/print.h"
#include "lab/evidence/snort-icmp.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace bouncelab::evidence
{

namespace
{

constexpr std::size_t HEX_COLUMN_WIDTH = 49;
constexpr std::size_t BYTES_PER_LINE = 16;
constexpr std::size_t OPTION_LINE_LIMIT = 60;
constexpr std::string_view SEPARATOR =
    "=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+\n\n";

/// The transport header of a datagram that is no fragment, if all of it is there.
struct Transport
{
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::optional<TcpSegment> tcp;
    std::optional<UdpFields> udp;

    explicit Transport(const Ipv4Fields& ip)
    {
        if (ip.IsFragment())
        {
            return;
        }
        if (ip.protocol == protocol::TCP)
        {
            tcp = ParseTcp(ip.payload);
            if (tcp && tcp->headerLength > ip.payload.size)
            {
                tcp.reset();
            }
        }
        udp = ip.protocol == protocol::UDP ? ParseUdp(ip.payload) : std::nullopt;
        sourcePort = tcp ? tcp->sourcePort : udp ? udp->sourcePort : 0;
        destinationPort = tcp ? tcp->destinationPort : udp ? udp->destinationPort : 0;
    }
};

void
AppendOption(std::string& out, ByteView option)
{
    const std::uint8_t* const at = option.data;
    const std::size_t length = option.size;
    switch (static_cast<TcpOptionKind>(at[0]))
    {
    case TcpOptionKind::End:
        out += "EOL ";
        return;
    case TcpOptionKind::Nop:
        out += "NOP ";
        return;
    case TcpOptionKind::Mss:
        if (length == 4)
        {
            Print(out, "MSS: {} ", Read16(at + 2));
            return;
        }
        break;
    case TcpOptionKind::WindowScale:
        if (length == 3)
        {
            Print(out, "WS: {} ", at[2]);
            return;
        }
        break;
    case TcpOptionKind::SackPermitted:
        out += "SackOK ";
        return;
    case TcpOptionKind::Sack:
        // Two 16-bit numbers of the first block: so snort prints it.
        Print(out,
              "Sack: {}@{} ",
              length >= 4 ? Read16(at + 2) : 0,
              length >= 6 ? Read16(at + 4) : 0);
        return;
    case TcpOptionKind::Timestamp:
        if (length == 10)
        {
            Print(out, "TS: {} {} ", Read32(at + 2), Read32(at + 6));
            return;
        }
        break;
    default:
        break;
    }
    Print(out, "Opt {} ", at[0]);
    if (length > 2)
    {
        out.pop_back();
        Print(out, " ({}): ", length - 2);
        for (std::size_t i = 2; i < length; ++i)
        {
            Print(out, (i - 2) % 2 == 0 ? "{:02X} " : "{:02X}", at[i]);
        }
    }
}

void
AppendOptions(std::string& out, ByteView options)
{
    std::size_t count = 0; // snort counts and prints the end of the list, too.
    ForEachTcpOption(options, [&count](ByteView) { ++count; });
    if (count == 0)
    {
        return;
    }
    std::size_t lineStart = out.size();
    Print(out, "TCP Options ({}) => ", count);
    ForEachTcpOption(options,
                     [&](ByteView option)
                     {
                         if (out.size() - lineStart > OPTION_LINE_LIMIT)
                         {
                             out += "\nTCP Options => ";
                             lineStart = out.size();
                         }
                         AppendOption(out, option);
                     });
    out += '\n';
}

void
AppendTcp(std::string& out, const TcpSegment& tcp, ByteView header)
{
    static constexpr std::string_view letters = "12UAPRSF";
    for (std::size_t bit = 0; bit < letters.size(); ++bit)
    {
        out += tcp.Has(static_cast<std::uint8_t>(0x80 >> bit)) ? letters[bit] : '*';
    }
    Print(out,
          " Seq: 0x{:X}  Ack: 0x{:X}  Win: 0x{:X}  TcpLen: {}",
          tcp.sequence,
          tcp.acknowledgment,
          tcp.window,
          tcp.headerLength);
    if (tcp.Has(tcp::URG))
    {
        Print(out, "  UrgPtr: 0x{:X}", Read16(header.data + 18));
    }
    out += '\n';
    AppendOptions(out, header.From(20));
}

void
AppendPayload(std::string& out, ByteView payload)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    for (std::size_t line = 0; line < payload.size; line += BYTES_PER_LINE)
    {
        const std::size_t count = std::min(BYTES_PER_LINE, payload.size - line);
        const std::size_t start = out.size();
        out.append(HEX_COLUMN_WIDTH + count, ' ');
        char* hex = out.data() + start;
        char* text = hex + HEX_COLUMN_WIDTH;
        for (std::size_t i = 0; i < count; ++i)
        {
            const std::uint8_t byte = payload.data[line + i];
            *hex++ = digits[byte >> 4];
            *hex++ = digits[byte & 15];
            ++hex;
            *text++ = IsPrintable(static_cast<char>(byte)) ? static_cast<char>(byte) : '.';
        }
        out += '\n';
    }
    out += '\n';
}

} // namespace

void
AppendSnortBlock(std::string& out, const Frame& frame, WallTime reading, std::int64_t zoneSeconds)
{
    const CivilTime local = CivilFromSeconds(UnixSeconds(reading) + zoneSeconds);
    Print(out,
          "{:02}/{:02}-{:02}:{:02}:{:02}.{:06} ",
          local.month,
          local.day,
          local.hour,
          local.minute,
          local.second,
          SecondFraction(reading) / 1000);
    const auto& source = frame.link.source.bytes;
    const auto& target = frame.link.destination.bytes;
    Print(out,
          "{:X}:{:X}:{:X}:{:X}:{:X}:{:X} -> {:X}:{:X}:{:X}:{:X}:{:X}:{:X} type:0x800 len:0x{:X}\n",
          source[0],
          source[1],
          source[2],
          source[3],
          source[4],
          source[5],
          target[0],
          target[1],
          target[2],
          target[3],
          target[4],
          target[5],
          frame.GetSize());
    const auto ip = ReadDatagram({frame.ip, frame.ipSize});
    if (!ip)
    {
        out += "IP header truncated\n";
        out += SEPARATOR;
        return;
    }
    AppendSnortIpLine(out, *ip);
    const Transport transport(*ip);
    std::size_t header = 0;
    if (transport.tcp)
    {
        header = transport.tcp->headerLength;
        AppendTcp(out, *transport.tcp, ip->payload.First(header));
    }
    else if (transport.udp)
    {
        header = 8;
        Print(out, "Len: {}\n", transport.udp->length - 8);
    }
    else if (ip->protocol == protocol::ICMP && !ip->IsFragment() && ip->payload.size >= 8)
    {
        header = AppendSnortIcmp(out, ip->payload);
    }
    AppendPayload(out, ip->payload.From(header));
    out += SEPARATOR;
}

void
SnortLogName(std::string& out, const Frame& frame, const HomeNet& home)
{
    const auto ip = ReadDatagram({frame.ip, frame.ipSize});
    if (!ip)
    {
        out += "PACKET_NONIP";
        return;
    }
    const Transport transport(*ip);
    const bool sourceHome = home.Contains(ip->source);
    const bool destinationHome = home.Contains(ip->destination);
    const bool sourceHigher = transport.sourcePort >= transport.destinationPort;
    const bool nameSource = sourceHome != destinationHome ? destinationHome : sourceHigher;
    out += (nameSource ? ip->source : ip->destination).ToString();
    out += '/';
    if (ip->IsFragment())
    {
        out += "IP_FRAG";
    }
    else if (transport.tcp || transport.udp)
    {
        Print(out,
              "{}:{}-{}",
              transport.tcp ? "TCP" : "UDP",
              std::max(transport.sourcePort, transport.destinationPort),
              std::min(transport.sourcePort, transport.destinationPort));
    }
    else if (ip->protocol == protocol::ICMP && ip->payload.size >= 8)
    {
        out += "ICMP_";
        out += SnortIcmpName(ip->payload.data[0], ip->payload.data[1]);
    }
    else
    {
        Print(out, "PROTO{}", ip->protocol);
    }
}

} // namespace bouncelab::evidence
