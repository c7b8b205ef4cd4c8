#include "lab/evidence/snort-icmp.h"

#include "lab/evidence/print.h"

#include <array>

namespace bouncelab::evidence
{

namespace
{

struct UnreachableCode
{
    std::string_view text;
    std::string_view fileName;
};

constexpr std::array<UnreachableCode, 16> UNREACHABLE = {{
    {"NET UNREACHABLE", "NET_UNRCH"},
    {"HOST UNREACHABLE", "HST_UNRCH"},
    {"PROTOCOL UNREACHABLE", "PROTO_UNRCH"},
    {"PORT UNREACHABLE", "PORT_UNRCH"},
    {"FRAGMENTATION NEEDED, DF SET", "UNRCH_FRAG_NEEDED"},
    {"SOURCE ROUTE FAILED", "UNRCH_SOURCE_ROUTE_FAILED"},
    {"NET UNKNOWN", "UNRCH_NETWORK_UNKNOWN"},
    {"HOST UNKNOWN", "UNRCH_HOST_UNKNOWN"},
    {"HOST ISOLATED", "UNRCH_HOST_ISOLATED"},
    {"ADMINISTRATIVELY PROHIBITED NETWORK FILTERED", "UNRCH_PKT_FILTERED_NET"},
    {"ADMINISTRATIVELY PROHIBITED HOST FILTERED", "UNRCH_PKT_FILTERED_HOST"},
    {"NET UNREACHABLE FOR TOS", "UNRCH_NET_UNR_TOS"},
    {"HOST UNREACHABLE FOR TOS", "UNRCH_HOST_UNR_TOS"},
    {"ADMINISTRATIVELY PROHIBITED,\nPACKET FILTERED", "UNRCH_PACKET_FILT"},
    {"PREC VIOLATION", "UNRCH_PREC_VIOL"},
    {"PREC CUTOFF", "UNRCH_PREC_CUTOFF"},
}};

constexpr std::uint8_t ECHO_REPLY = 0;
constexpr std::uint8_t UNREACHABLE_TYPE = 3;
constexpr std::uint8_t ECHO = 8;
constexpr std::uint8_t TIME_EXCEEDED = 11;

void
AppendOriginal(std::string& out, const std::uint8_t* at, std::size_t size)
{
    // The quoted datagram is cut behind 8 bytes: a view that demands whole TCP headers has no
    // ports.
    if (size < 28 || at[0] >> 4 != 4)
    {
        out += "\nORIGINAL DATAGRAM TRUNCATED";
        return;
    }
    const IpView original(at, size);
    if (!original.IsValid() || original.GetPayloadSize() < 8)
    {
        out += "\nORIGINAL DATAGRAM TRUNCATED";
        return;
    }
    out += "\n** ORIGINAL DATAGRAM DUMP:\n";
    AppendSnortIpLine(out, original);
    if (original.GetProtocol() == IpView::TCP)
    {
        Print(out, "Seq: 0x{:X}\n", Read32(original.GetPayload() + 4));
    }
    else if (original.GetProtocol() == IpView::UDP)
    {
        Print(out, "Len: {}\n", Read16(original.GetPayload() + 4) - 8);
    }
    out += "** END OF DUMP";
}

} // namespace

void
AppendSnortIpLine(std::string& out, const IpView& ip)
{
    const std::uint8_t protocol = ip.GetProtocol();
    const bool ports = (protocol == IpView::TCP || protocol == IpView::UDP) && !ip.IsFragment() &&
                       ip.GetPayloadSize() >= 4;
    if (ports)
    {
        Print(out,
              "{}:{} -> {}:{} ",
              ip.GetSource().ToString(),
              Read16(ip.GetPayload()),
              ip.GetDestination().ToString(),
              Read16(ip.GetPayload() + 2));
    }
    else
    {
        Print(out, "{} -> {} ", ip.GetSource().ToString(), ip.GetDestination().ToString());
    }
    switch (protocol)
    {
    case IpView::TCP:
        out += "TCP";
        break;
    case IpView::UDP:
        out += "UDP";
        break;
    case IpView::ICMP:
        out += "ICMP";
        break;
    default:
        Print(out, "PROTO:{:03}", protocol);
        break;
    }
    Print(out,
          " TTL:{} TOS:0x{:X} ID:{} IpLen:{} DgmLen:{}",
          ip.GetTtl(),
          ip.GetTos(),
          ip.GetId(),
          ip.GetHeaderSize(),
          ip.GetTotalLength());
    const std::uint16_t flags = ip.GetFlagsAndOffset();
    out += (flags & 0x8000) != 0 ? " RB" : "";
    out += (flags & 0x4000) != 0 ? " DF" : "";
    out += (flags & 0x2000) != 0 ? " MF" : "";
    out += '\n';
    if (ip.IsFragment())
    {
        Print(out,
              "Frag Offset: 0x{:04X}   Frag Size: 0x{:04X}\n",
              flags & 0x1FFF,
              ip.GetTotalLength() - ip.GetHeaderSize());
    }
}

std::size_t
AppendSnortIcmp(std::string& out, const std::uint8_t* icmp, std::size_t size)
{
    const std::uint8_t type = icmp[0];
    const std::uint8_t code = icmp[1];
    std::size_t header = 4;
    Print(out, "Type:{}  Code:{}  ", type, code);
    switch (type)
    {
    case ECHO_REPLY:
        Print(out, "ID:{}  Seq:{}  ECHO REPLY", Read16(icmp + 4), Read16(icmp + 6));
        header = 8;
        break;
    case ECHO:
        Print(out, "ID:{}   Seq:{}  ECHO", Read16(icmp + 4), Read16(icmp + 6));
        header = 8;
        break;
    case UNREACHABLE_TYPE:
        Print(out,
              "DESTINATION UNREACHABLE: {}",
              code < UNREACHABLE.size() ? UNREACHABLE[code].text : "UNKNOWN");
        if (code == 4)
        {
            Print(out, "\nNEXT LINK MTU: {}", Read16(icmp + 6));
        }
        AppendOriginal(out, icmp + 8, size - 8);
        break;
    case TIME_EXCEEDED:
        out += "TTL EXCEEDED";
        out += code == 0 ? " IN TRANSIT" : "";
        out += code == 1 ? " TIME EXCEEDED IN FRAG REASSEMBLY" : "";
        break;
    default:
        out += "UNKNOWN";
        break;
    }
    out += '\n';
    return header;
}

std::string_view
SnortIcmpName(std::uint8_t type, std::uint8_t code)
{
    switch (type)
    {
    case ECHO_REPLY:
        return "ECHO_REPLY";
    case UNREACHABLE_TYPE:
        return code < UNREACHABLE.size() ? UNREACHABLE[code].fileName : "UNKNOWN";
    case 4:
        return "SRC_QUENCH";
    case 5:
        return "REDIRECT";
    case ECHO:
        return "ECHO";
    case TIME_EXCEEDED:
        return "TTL_EXCEED";
    case 12:
        return "PARAM_PROB";
    case 13:
        return "TIMESTAMP";
    case 14:
        return "TIMESTAMP_RPL";
    default:
        return "UNKNOWN";
    }
}

} // namespace bouncelab::evidence
