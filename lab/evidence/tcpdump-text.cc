#include "lab/evidence/tcpdump-text.h"

#include "formats/icmp-type.h"
#include "formats/text.h"
#include "lab/evidence/print.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace bouncelab::evidence
{

namespace
{

constexpr std::uint16_t SMTP = 25;
constexpr std::uint16_t DNS = 53;
constexpr std::uint16_t NTP = 123;
constexpr std::size_t DNS_HEADER = 12;
constexpr std::size_t ARP_BYTES = 28;

constexpr std::array<std::pair<std::uint16_t, std::string_view>, 11> DNS_TYPES{{{1, "A"},
                                                                                {2, "NS"},
                                                                                {5, "CNAME"},
                                                                                {6, "SOA"},
                                                                                {12, "PTR"},
                                                                                {15, "MX"},
                                                                                {16, "TXT"},
                                                                                {28, "AAAA"},
                                                                                {33, "SRV"},
                                                                                {41, "OPT"},
                                                                                {255, "ANY"}}};

std::string
DnsTypeName(std::uint16_t type)
{
    const auto* const known = std::find_if(DNS_TYPES.begin(),
                                           DNS_TYPES.end(),
                                           [&](const auto& one) { return one.first == type; });
    return known == DNS_TYPES.end() ? fmt::format("Type{}", type) : std::string(known->second);
}

/// Steps over the records of a message.
class DnsMessage
{
  public:
    explicit DnsMessage(ByteView message)
        : m_message(message)
    {
    }

    bool IsWhole() const { return m_isWhole; }

    std::uint16_t Take16()
    {
        if (m_at + 2 > m_message.size)
        {
            m_isWhole = false;
            return 0;
        }
        m_at += 2;
        return Read16(m_message.data + m_at - 2);
    }

    /// A name with its last dot, by RFC 1035 4.1.4.
    std::string TakeName()
    {
        std::string name;
        std::size_t at = m_at;
        bool jumped = false;
        for (int labels = 0; labels < 128 && at < m_message.size; ++labels)
        {
            const std::uint8_t length = m_message.data[at];
            if (length >= 0xC0 && at + 1 < m_message.size)
            {
                m_at = jumped ? m_at : at + 2;
                jumped = true;
                at = Read16(m_message.data + at) & 0x3FFF;
                continue;
            }
            if (length == 0)
            {
                m_at = jumped ? m_at : at + 1;
                return name.empty() ? "." : name;
            }
            name += m_message.From(at + 1).First(length).Text();
            name += '.';
            at += 1U + length;
        }
        m_isWhole = false;
        return name;
    }

    /// "MX mail.example. 10", without what stands before a record's type.
    std::string TakeRecord()
    {
        TakeName();
        const std::uint16_t type = Take16();
        m_at += 6;
        const std::uint16_t length = Take16();
        const std::size_t end = m_at + length;
        if (end > m_message.size)
        {
            m_isWhole = false;
            return {};
        }
        std::string text = DnsTypeName(type);
        const std::uint8_t* const data = m_message.data + m_at;
        if (type == 1 && length == 4)
        {
            text += " " + Ipv4{Read32(data)}.ToString();
        }
        else if (type == 28 && length == 16)
        {
            text += " " + HostAddress::OfIpv6(data).ToString();
        }
        else if (type == 15)
        {
            const std::uint16_t preference = Take16();
            text += fmt::format(" {} {}", TakeName(), preference);
        }
        else if (type == 2 || type == 5 || type == 12)
        {
            text += " " + TakeName();
        }
        else if (type == 16 && length > 0)
        {
            text += fmt::format(" \"{}\"", m_message.From(m_at + 1).First(data[0]).Text());
        }
        m_at = end;
        return text;
    }

    void Skip(std::size_t octets) { m_at += octets; }

  private:
    ByteView m_message;
    std::size_t m_at = 0;
    bool m_isWhole = true;
};

/// "12044+ A? mail.example. (40)", "34757* 1/0/0 PTR disk.example. (68)"
void
AppendDns(std::string& out, ByteView message, std::size_t length)
{
    static constexpr std::array<std::string_view, 6> RESPONSES{"",
                                                               " FormErr",
                                                               " ServFail",
                                                               " NXDomain",
                                                               " NotImp",
                                                               " Refused"};
    DnsMessage dns(message);
    const std::uint16_t id = dns.Take16();
    const std::uint16_t flags = dns.Take16();
    std::array<std::uint16_t, 4> counts{};
    for (std::uint16_t& count : counts)
    {
        count = dns.Take16();
    }
    const bool isAnswer = (flags & 0x8000) != 0;
    const std::size_t code = flags & 0xF;
    Print(out, "{}", id);
    if (isAnswer)
    {
        out +=
            code < RESPONSES.size() ? std::string(RESPONSES[code]) : fmt::format(" Resp{}", code);
        out += (flags & 0x0400) != 0 ? "*" : "";
        out += (flags & 0x0080) == 0 ? "-" : "";
        out += (flags & 0x0200) != 0 ? "|" : "";
        out += (flags & 0x0020) != 0 ? "$" : "";
    }
    else
    {
        out += (flags & 0x0100) != 0 ? "+" : "";
        out += (flags & 0x0010) != 0 ? "%" : "";
        if (counts[3] > 0)
        {
            Print(out, " [{}au]", counts[3]);
        }
    }
    for (std::uint16_t i = 0; i < counts[0] && dns.IsWhole(); ++i)
    {
        const std::string name = dns.TakeName();
        const std::uint16_t type = dns.Take16();
        dns.Skip(2);
        out += isAnswer ? "" : fmt::format(" {}? {}", DnsTypeName(type), name);
    }
    if (isAnswer)
    {
        Print(out, " {}/{}/{}", counts[1], counts[2], counts[3]);
        for (std::uint16_t i = 0; i < counts[1] && dns.IsWhole(); ++i)
        {
            const std::string record = dns.TakeRecord();
            out += record.empty() ? "" : (i > 0 ? ", " : " ") + record;
        }
    }
    out += dns.IsWhole() ? fmt::format(" ({})", length) : "[|domain]";
}

void
AppendNtp(std::string& out, ByteView message, std::size_t length)
{
    static constexpr std::array<std::string_view, 8> MODES{"unspecified",
                                                           "symmetric active",
                                                           "symmetric passive",
                                                           "Client",
                                                           "Server",
                                                           "Broadcast",
                                                           "Control Message",
                                                           "Reserved"};
    const std::uint8_t head = message.data[0];
    Print(out, "NTPv{}, {}, length {}", head >> 3 & 7, MODES[head & 7], length);
}

void
AppendTcpdumpOptions(std::string& out, ByteView options, std::uint32_t base)
{
    std::string list;
    ForEachTcpOption(
        options,
        [&](ByteView option)
        {
            const std::uint8_t* const at = option.data;
            list += list.empty() ? "" : ",";
            switch (static_cast<TcpOptionKind>(at[0]))
            {
            case TcpOptionKind::End:
                list += "eol";
                return;
            case TcpOptionKind::Nop:
                list += "nop";
                return;
            case TcpOptionKind::Mss:
                list += option.size == 4 ? fmt::format("mss {}", Read16(at + 2)) : "mss";
                return;
            case TcpOptionKind::WindowScale:
                list += option.size == 3 ? fmt::format("wscale {}", at[2]) : "wscale";
                return;
            case TcpOptionKind::SackPermitted:
                list += "sackOK";
                return;
            case TcpOptionKind::Sack:
                Print(list, "sack {} ", (option.size - 2) / 8);
                for (std::size_t i = 2; i + 8 <= option.size; i += 8)
                {
                    Print(list, "{{{}:{}}}", Read32(at + i) - base, Read32(at + i + 4) - base);
                }
                return;
            case TcpOptionKind::Timestamp:
                list += option.size == 10
                            ? fmt::format("TS val {} ecr {}", Read32(at + 2), Read32(at + 6))
                            : "TS";
                return;
            default:
                Print(list, "unknown-{}", at[0]);
            }
        });
    if (!list.empty())
    {
        Print(out, ", options [{}]", list);
    }
}

/// The first line of what is said on port 25.
void
AppendSmtpLine(std::string& out, ByteView payload)
{
    const std::string_view text = payload.Text();
    const std::string_view line = FirstLine(text);
    out += ": SMTP: " + WithoutControls(TrimEnd(line, "\r"));
    out += line.size() == text.size() ? " [|smtp]" : "";
}

} // namespace

std::optional<TcpdumpText::Ip>
TcpdumpText::ReadIp(const EthernetFields& frame)
{
    if (frame.type == ethertype::IPV4)
    {
        const auto ip = ParseIpv4(frame.payload);
        return ip ? std::optional(Ip{ip->source,
                                     ip->destination,
                                     ip->protocol,
                                     ip->IsFragment(),
                                     ip->payload,
                                     ip->payloadLength})
                  : std::nullopt;
    }
    const auto ip = frame.type == ethertype::IPV6 ? ParseIpv6(frame.payload) : std::nullopt;
    return ip ? std::optional(Ip{ip->source,
                                 ip->destination,
                                 ip->protocol,
                                 ip->isFragment,
                                 ip->payload,
                                 ip->payloadLength})
              : std::nullopt;
}

TcpdumpText::TcpdumpText(ReverseName names)
    : m_names(std::move(names))
{
}

bool
TcpdumpText::Append(std::string& out, ByteView frame, WallTime reading, std::int64_t zoneSeconds)
{
    const std::size_t before = out.size();
    m_namesAreKnown = true;
    const auto ethernet = ParseEthernet(frame);
    const bool isArp = ethernet && ethernet->type == ethertype::ARP;
    const auto ip = ethernet ? ReadIp(*ethernet) : std::nullopt;
    if (!ip && !isArp)
    {
        return true;
    }
    const CivilTime local = CivilFromSeconds(UnixSeconds(reading) + zoneSeconds);
    const auto part = reading.time_since_epoch() - std::chrono::seconds(UnixSeconds(reading));
    Print(out,
          "{:02}:{:02}:{:02}.{:06} ",
          local.hour,
          local.minute,
          local.second,
          std::chrono::duration_cast<std::chrono::microseconds>(part).count());
    isArp ? AppendArp(out, ethernet->payload) : AppendIp(out, *ip);
    out += '\n';
    out.resize(m_namesAreKnown ? out.size() : before);
    return m_namesAreKnown;
}

void
TcpdumpText::AppendArp(std::string& out, ByteView arp) const
{
    constexpr std::uint16_t REQUEST = 1;
    constexpr std::uint16_t REPLY = 2;
    if (arp.size < ARP_BYTES)
    {
        out += "ARP, [|arp]";
        return;
    }
    const std::uint16_t operation = Read16(arp.data + 6);
    const Ipv4 sender{Read32(arp.data + 14)};
    const Ipv4 target{Read32(arp.data + 24)};
    MacAddress mac;
    std::copy(arp.data + 8, arp.data + 14, mac.bytes.begin());
    if (operation == REQUEST)
    {
        Print(out, "ARP, Request who-has {} tell {}", NameOf(target), NameOf(sender));
    }
    else if (operation == REPLY)
    {
        Print(out,
              "ARP, Reply {} is-at {}{}",
              NameOf(sender),
              mac.ToString(),
              m_names ? " (oui Unknown)" : "");
    }
    Print(out, ", length {}", arp.size);
}

void
TcpdumpText::AppendIp(std::string& out, const Ip& ip)
{
    out += ip.destination.IsIpv6() ? "IP6 " : "IP ";
    const std::uint8_t protocol = ip.isFragment ? 0 : ip.protocol;
    const auto tcp = protocol == protocol::TCP ? ParseTcp(ip.payload) : std::nullopt;
    const auto udp = protocol == protocol::UDP ? ParseUdp(ip.payload) : std::nullopt;
    const bool isIcmp = protocol == protocol::ICMP || protocol == protocol::ICMPV6;
    const auto icmp = isIcmp ? ParseIcmp(ip.payload) : std::nullopt;
    const std::uint16_t sourcePort = tcp ? tcp->sourcePort : udp ? udp->sourcePort : 0;
    const std::uint16_t destinationPort = tcp   ? tcp->destinationPort
                                          : udp ? udp->destinationPort
                                                : 0;
    const bool hasPorts = tcp || udp;
    Print(out,
          "{} > {}: ",
          hasPorts ? EndOf(ip.source, sourcePort) : NameOf(ip.source),
          hasPorts ? EndOf(ip.destination, destinationPort) : NameOf(ip.destination));
    if (!m_namesAreKnown)
    {
        return; // Before numbers are counted.
    }
    if (tcp)
    {
        AppendTcp(out, ip, *tcp);
    }
    else if (udp)
    {
        AppendUdp(out, ip, *udp);
    }
    else if (icmp)
    {
        protocol == protocol::ICMP ? AppendIcmp(out, ip, *icmp) : AppendIcmpv6(out, ip, *icmp);
    }
    else
    {
        Print(out, "ip-proto-{} {}", ip.protocol, ip.payloadLength);
    }
}

void
TcpdumpText::AppendTcp(std::string& out, const Ip& ip, const TcpSegment& tcp)
{
    const std::size_t length =
        ip.payloadLength - std::min<std::size_t>(ip.payloadLength, tcp.headerLength);
    std::uint32_t sequence = tcp.sequence;
    std::uint32_t acknowledgment = tcp.acknowledgment;
    std::uint32_t theirs = 0; //!< What the other side's numbers are counted from.
    const std::pair from{ip.source, tcp.sourcePort};
    const std::pair to{ip.destination, tcp.destinationPort};
    const bool isSmaller = from < to;
    const auto& [low, lowPort] = isSmaller ? from : to;
    const auto& [high, highPort] = isSmaller ? to : from;
    if (tcp.Has(tcp::ACK))
    {
        const Connection connection{low, lowPort, high, highPort};
        const auto known = m_bases.find(connection);
        if (known == m_bases.end() || tcp.Has(tcp::SYN))
        {
            const std::uint32_t other = acknowledgment - 1;
            m_bases[connection] = isSmaller ? Bases{sequence, other} : Bases{other, sequence};
        }
        else
        {
            const Bases& bases = known->second;
            theirs = isSmaller ? bases.larger : bases.smaller;
            sequence -= isSmaller ? bases.smaller : bases.larger;
            acknowledgment -= theirs;
        }
    }
    static constexpr std::array<std::pair<std::uint8_t, char>, 8> FLAGS{{{tcp::FIN, 'F'},
                                                                         {tcp::SYN, 'S'},
                                                                         {tcp::RST, 'R'},
                                                                         {tcp::PSH, 'P'},
                                                                         {tcp::ACK, '.'},
                                                                         {tcp::URG, 'U'},
                                                                         {tcp::ECE, 'E'},
                                                                         {tcp::CWR, 'W'}}};
    std::string flags;
    for (const auto& [flag, letter] : FLAGS)
    {
        flags += tcp.Has(flag) ? std::string(1, letter) : "";
    }
    Print(out, "Flags [{}]", flags.empty() ? "none" : flags);
    if (length > 0 || (tcp.flags & (tcp::SYN | tcp::FIN | tcp::RST)) != 0)
    {
        Print(out, ", seq {}", sequence);
        out += length > 0 ? fmt::format(":{}", sequence + static_cast<std::uint32_t>(length)) : "";
    }
    out += tcp.Has(tcp::ACK) ? fmt::format(", ack {}", acknowledgment) : "";
    Print(out, ", win {}", tcp.window);
    out += tcp.Has(tcp::URG) ? fmt::format(", urg {}", Read16(ip.payload.data + 18)) : "";
    const ByteView options = ip.payload.First(tcp.headerLength).From(TCP_BYTES);
    AppendTcpdumpOptions(out, options, theirs);
    Print(out, ", length {}", length);
    if (length > 0 && (tcp.sourcePort == SMTP || tcp.destinationPort == SMTP))
    {
        AppendSmtpLine(out, tcp.payload);
    }
}

void
TcpdumpText::AppendUdp(std::string& out, const Ip& ip, const UdpFields& udp) const
{
    const std::size_t length = ip.payloadLength - std::min(ip.payloadLength, UDP_BYTES);
    const auto isOf = [&](std::uint16_t port)
    { return udp.sourcePort == port || udp.destinationPort == port; };
    if (isOf(DNS) && udp.payload.size >= DNS_HEADER)
    {
        AppendDns(out, udp.payload, length);
    }
    else if (isOf(NTP) && udp.payload.size > 0)
    {
        AppendNtp(out, udp.payload, length);
    }
    else
    {
        Print(out, "UDP, length {}", length);
    }
}

void
TcpdumpText::AppendIcmp(std::string& out, const Ip& ip, const IcmpFields& icmp) const
{
    const auto quoted = ParseIpv4(icmp.payload);
    const std::string host = quoted ? NameOf(quoted->destination) : std::string();
    out += "ICMP ";
    if (icmp.type == icmp_type::ECHO || icmp.type == icmp_type::ECHO_REPLY)
    {
        Print(out,
              "echo {}, id {}, seq {}",
              icmp.type == icmp_type::ECHO ? "request" : "reply",
              icmp.rest >> 16,
              icmp.rest & 0xFFFF);
    }
    else if (icmp.type == icmp_type::TIME_EXCEEDED)
    {
        out += icmp.code == 0 ? "time exceeded in-transit" : "ip reassembly time exceeded";
    }
    else if (icmp.type == icmp_type::UNREACHABLE && quoted)
    {
        const std::uint16_t port = quoted->payload.size >= 4 ? Read16(quoted->payload.data + 2) : 0;
        switch (icmp.code)
        {
        case 0:
            Print(out, "net {} unreachable", host);
            break;
        case 1:
            Print(out, "host {} unreachable", host);
            break;
        case 3:
            Print(out,
                  "{} {} port {} unreachable",
                  host,
                  quoted->protocol == protocol::TCP ? "tcp" : "udp",
                  port);
            break;
        case 4:
            Print(out, "{} unreachable - need to frag (mtu {})", host, icmp.rest & 0xFFFF);
            break;
        case 13:
            Print(out, "host {} unreachable - admin prohibited filter", host);
            break;
        default:
            Print(out, "{} unreachable - #{}", host, icmp.code);
        }
    }
    else
    {
        Print(out, "type-#{}", icmp.type);
    }
    Print(out, ", length {}", ip.payloadLength);
}

void
TcpdumpText::AppendIcmpv6(std::string& out, const Ip& ip, const IcmpFields& icmp) const
{
    constexpr std::size_t ADDRESS_BYTES = 16;
    const auto quoted = ParseIpv6(icmp.payload);
    const std::string host = quoted ? NameOf(quoted->destination) : std::string();
    const bool hasTarget = icmp.payload.size >= ADDRESS_BYTES;
    const std::string target =
        hasTarget ? NameOf(IpAddress::OfIpv6(icmp.payload.data)) : std::string();
    out += "ICMP6, ";
    if (icmp.type == icmpv6::ECHO_REQUEST || icmp.type == icmpv6::ECHO_REPLY)
    {
        Print(out,
              "echo {}, id {}, seq {}",
              icmp.type == icmpv6::ECHO_REQUEST ? "request" : "reply",
              icmp.rest >> 16,
              icmp.rest & 0xFFFF);
    }
    else if (icmp.type == icmpv6::TIME_EXCEEDED && quoted)
    {
        Print(out, "time exceeded in-transit for {}", host);
    }
    else if (icmp.type == icmpv6::UNREACHABLE && icmp.code == icmpv6::PORT_UNREACHABLE && quoted)
    {
        Print(out,
              "destination unreachable, unreachable port, {} {} port {}",
              host,
              quoted->protocol == protocol::TCP ? "tcp" : "udp",
              quoted->payload.size >= 4 ? Read16(quoted->payload.data + 2) : 0);
    }
    else if (icmp.type == icmpv6::NEIGHBOR_SOLICITATION && hasTarget)
    {
        Print(out, "neighbor solicitation, who has {}", target);
    }
    else if (icmp.type == icmpv6::NEIGHBOR_ADVERTISEMENT && hasTarget)
    {
        Print(out, "neighbor advertisement, tgt is {}", target);
    }
    else
    {
        Print(out, "type-#{}", icmp.type);
    }
    Print(out, ", length {}", ip.payloadLength);
}

std::string
TcpdumpText::NameOf(const IpAddress& address) const
{
    const std::optional<std::string> name = m_names ? m_names(address) : std::string();
    m_namesAreKnown = m_namesAreKnown && name;
    return name.value_or("").empty() ? address.ToString() : *name;
}

std::string
TcpdumpText::EndOf(const IpAddress& address, std::uint16_t port) const
{
    return fmt::format("{}.{}", NameOf(address), port);
}

} // namespace bouncelab::evidence
