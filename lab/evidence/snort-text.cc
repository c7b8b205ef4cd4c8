#include "lab/evidence/snort-text.h"

#include "formats/clock.h"
#include "lab/evidence/print.h"
#include "lab/evidence/snort-icmp.h"

#include <algorithm>
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

/// What snort counts as options: everything up to the end-of-list, which it counts and prints too.
std::size_t
CountOptions(const std::uint8_t* at, std::size_t size)
{
    std::size_t count = 0;
    for (std::size_t i = 0; i < size;)
    {
        const std::uint8_t kind = at[i];
        if (kind == 0)
        {
            return count + 1;
        }
        const std::size_t length = kind == 1 ? 1 : (i + 1 < size ? at[i + 1] : 0);
        if (length == 0 || i + length > size || (kind != 1 && length < 2))
        {
            return count;
        }
        ++count;
        i += length;
    }
    return count;
}

void
AppendOption(std::string& out, const std::uint8_t* at, std::size_t length)
{
    switch (at[0])
    {
    case 0:
        out += "EOL ";
        return;
    case 1:
        out += "NOP ";
        return;
    case 2:
        if (length == 4)
        {
            Print(out, "MSS: {} ", Read16(at + 2));
            return;
        }
        break;
    case 3:
        if (length == 3)
        {
            Print(out, "WS: {} ", at[2]);
            return;
        }
        break;
    case 4:
        out += "SackOK ";
        return;
    case 5:
        // Two 16-bit numbers of the first block: so snort prints it.
        Print(out,
              "Sack: {}@{} ",
              length >= 4 ? Read16(at + 2) : 0,
              length >= 6 ? Read16(at + 4) : 0);
        return;
    case 8:
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
AppendOptions(std::string& out, const std::uint8_t* at, std::size_t size)
{
    const std::size_t count = CountOptions(at, size);
    if (count == 0)
    {
        return;
    }
    std::size_t lineStart = out.size();
    Print(out, "TCP Options ({}) => ", count);
    for (std::size_t i = 0, offset = 0; i < count; ++i)
    {
        if (out.size() - lineStart > OPTION_LINE_LIMIT)
        {
            out += "\nTCP Options => ";
            lineStart = out.size();
        }
        const std::size_t length = at[offset] <= 1 ? 1 : at[offset + 1];
        AppendOption(out, at + offset, length);
        offset += length;
    }
    out += '\n';
}

void
AppendTcp(std::string& out, const std::uint8_t* tcp, std::size_t headerSize)
{
    static constexpr std::string_view letters = "12UAPRSF";
    for (std::size_t bit = 0; bit < letters.size(); ++bit)
    {
        out += (tcp[13] & (0x80 >> bit)) != 0 ? letters[bit] : '*';
    }
    Print(out,
          " Seq: 0x{:X}  Ack: 0x{:X}  Win: 0x{:X}  TcpLen: {}",
          Read32(tcp + 4),
          Read32(tcp + 8),
          Read16(tcp + 14),
          headerSize);
    if ((tcp[13] & 0x20) != 0)
    {
        Print(out, "  UrgPtr: 0x{:X}", Read16(tcp + 18));
    }
    out += '\n';
    AppendOptions(out, tcp + 20, headerSize - 20);
}

void
AppendPayload(std::string& out, const std::uint8_t* data, std::size_t size)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    for (std::size_t line = 0; line < size; line += BYTES_PER_LINE)
    {
        const std::size_t count = std::min(BYTES_PER_LINE, size - line);
        const std::size_t start = out.size();
        out.append(HEX_COLUMN_WIDTH + count, ' ');
        char* hex = out.data() + start;
        char* text = hex + HEX_COLUMN_WIDTH;
        for (std::size_t i = 0; i < count; ++i)
        {
            const std::uint8_t byte = data[line + i];
            *hex++ = digits[byte >> 4];
            *hex++ = digits[byte & 15];
            ++hex;
            *text++ = byte > 0x1F && byte < 0x7F ? static_cast<char>(byte) : '.';
        }
        out += '\n';
    }
    out += '\n';
}

} // namespace

void
AppendSnortBlock(std::string& out,
                 const Frame& frame,
                 std::int64_t readingNs,
                 std::int64_t zoneSeconds)
{
    const std::int64_t seconds = FloorDivide(readingNs, NANOSECONDS_PER_SECOND);
    const CivilTime local = CivilFromSeconds(seconds + zoneSeconds);
    Print(out,
          "{:02}/{:02}-{:02}:{:02}:{:02}.{:06} ",
          local.month,
          local.day,
          local.hour,
          local.minute,
          local.second,
          (readingNs - seconds * NANOSECONDS_PER_SECOND) / 1000);
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
    const IpView ip(frame.ip, frame.ipSize);
    if (!ip.IsValid())
    {
        out += "IP header truncated\n";
        out += SEPARATOR;
        return;
    }
    AppendSnortIpLine(out, ip);
    const std::uint8_t* data = ip.GetPayload();
    std::size_t size = ip.GetPayloadSize();
    std::size_t headerSize = 0;
    if (ip.HasPorts() && ip.GetProtocol() == IpView::TCP)
    {
        headerSize = std::size_t{data[12]} >> 4 << 2;
        AppendTcp(out, data, headerSize);
    }
    else if (ip.HasPorts())
    {
        headerSize = 8;
        Print(out, "Len: {}\n", Read16(data + 4) - 8);
    }
    else if (ip.GetProtocol() == IpView::ICMP && !ip.IsFragment() && size >= 8)
    {
        headerSize = AppendSnortIcmp(out, data, size);
    }
    AppendPayload(out, data + headerSize, size - headerSize);
    out += SEPARATOR;
}

void
SnortLogName(std::string& out, const Frame& frame, const HomeNet& home)
{
    const IpView ip(frame.ip, frame.ipSize);
    if (!ip.IsValid())
    {
        out += "PACKET_NONIP";
        return;
    }
    const Ipv4 source = ip.GetSource();
    const Ipv4 destination = ip.GetDestination();
    const bool sourceHome = home.Contains(source);
    const bool destinationHome = home.Contains(destination);
    const bool sourceHigher = ip.GetSourcePort() >= ip.GetDestinationPort();
    const bool nameSource = sourceHome != destinationHome ? destinationHome : sourceHigher;
    out += (nameSource ? source : destination).ToString();
    out += '/';
    if (ip.IsFragment())
    {
        out += "IP_FRAG";
    }
    else if (ip.HasPorts())
    {
        Print(out,
              "{}:{}-{}",
              ip.GetProtocol() == IpView::TCP ? "TCP" : "UDP",
              std::max(ip.GetSourcePort(), ip.GetDestinationPort()),
              std::min(ip.GetSourcePort(), ip.GetDestinationPort()));
    }
    else if (ip.GetProtocol() == IpView::ICMP && ip.GetPayloadSize() >= 8)
    {
        out += "ICMP_";
        out += SnortIcmpName(ip.GetPayload()[0], ip.GetPayload()[1]);
    }
    else
    {
        Print(out, "PROTO{}", ip.GetProtocol());
    }
}

} // namespace bouncelab::evidence
