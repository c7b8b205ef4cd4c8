#include "lab/evidence/snort-icmp.h"

#include "formats/icmp-type.h"
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

void
AppendOriginal(std::string& out, ByteView quoted)
{
    // It is cut behind 8 bytes of its payload: too few for a TCP header, enough for the ports.
    const auto original = ReadDatagram(quoted);
    if (!original || original->payload.size < 8)
    {
        out += "\nORIGINAL DATAGRAM TRUNCATED";
        return;
    }
    out += "\n** ORIGINAL DATAGRAM DUMP:\n";
    AppendSnortIpLine(out, *original);
    if (original->protocol == protocol::TCP)
    {
        Print(out, "Seq: 0x{:X}\n", Read32(original->payload.data + 4));
    }
    else if (original->protocol == protocol::UDP)
    {
        Print(out, "Len: {}\n", Read16(original->payload.data + 4) - 8);
    }
    out += "** END OF DUMP";
}

} // namespace

std::optional<Ipv4Fields>
ReadDatagram(ByteView bytes)
{
    const auto ip = ParseIpv4(bytes);
    return ip && ip->totalLength != 0 && ip->headerLength <= bytes.size ? ip : std::nullopt;
}

void
AppendSnortIpLine(std::string& out, const Ipv4Fields& ip)
{
    const bool ports = (ip.protocol == protocol::TCP || ip.protocol == protocol::UDP) &&
                       !ip.IsFragment() && ip.payload.size >= 4;
    if (ports)
    {
        Print(out,
              "{}:{} -> {}:{} ",
              ip.source.ToString(),
              Read16(ip.payload.data),
              ip.destination.ToString(),
              Read16(ip.payload.data + 2));
    }
    else
    {
        Print(out, "{} -> {} ", ip.source.ToString(), ip.destination.ToString());
    }
    switch (ip.protocol)
    {
    case protocol::TCP:
        out += "TCP";
        break;
    case protocol::UDP:
        out += "UDP";
        break;
    case protocol::ICMP:
        out += "ICMP";
        break;
    default:
        Print(out, "PROTO:{:03}", ip.protocol);
        break;
    }
    Print(out,
          " TTL:{} TOS:0x{:X} ID:{} IpLen:{} DgmLen:{}",
          ip.ttl,
          ip.tos,
          ip.id,
          ip.headerLength,
          ip.totalLength);
    out += ip.reserved ? " RB" : "";
    out += ip.dontFragment ? " DF" : "";
    out += ip.moreFragments ? " MF" : "";
    out += '\n';
    if (ip.IsFragment())
    {
        Print(out,
              "Frag Offset: 0x{:04X}   Frag Size: 0x{:04X}\n",
              ip.fragmentOffset,
              ip.payloadLength);
    }
}

std::size_t
AppendSnortIcmp(std::string& out, ByteView icmp)
{
    const std::uint8_t type = icmp.data[0];
    const std::uint8_t code = icmp.data[1];
    std::size_t header = 4;
    Print(out, "Type:{}  Code:{}  ", type, code);
    switch (type)
    {
    case icmp_type::ECHO_REPLY:
        Print(out, "ID:{}  Seq:{}  ECHO REPLY", Read16(icmp.data + 4), Read16(icmp.data + 6));
        header = 8;
        break;
    case icmp_type::ECHO:
        Print(out, "ID:{}   Seq:{}  ECHO", Read16(icmp.data + 4), Read16(icmp.data + 6));
        header = 8;
        break;
    case icmp_type::UNREACHABLE:
        Print(out,
              "DESTINATION UNREACHABLE: {}",
              code < UNREACHABLE.size() ? UNREACHABLE[code].text : "UNKNOWN");
        if (code == 4)
        {
            Print(out, "\nNEXT LINK MTU: {}", Read16(icmp.data + 6));
        }
        AppendOriginal(out, icmp.From(8));
        break;
    case icmp_type::TIME_EXCEEDED:
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
    case icmp_type::ECHO_REPLY:
        return "ECHO_REPLY";
    case icmp_type::UNREACHABLE:
        return code < UNREACHABLE.size() ? UNREACHABLE[code].fileName : "UNKNOWN";
    case 4:
        return "SRC_QUENCH";
    case 5:
        return "REDIRECT";
    case icmp_type::ECHO:
        return "ECHO";
    case icmp_type::TIME_EXCEEDED:
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
