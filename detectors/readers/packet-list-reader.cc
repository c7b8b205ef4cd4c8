#include "detectors/readers/packet-list-reader.h"

#include "detectors/readers/caps.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 8> FLAG_NAMES{{{"SYN", tcp::SYN},
                                                                               {"ACK", tcp::ACK},
                                                                               {"FIN", tcp::FIN},
                                                                               {"RST", tcp::RST},
                                                                               {"PSH", tcp::PSH},
                                                                               {"URG", tcp::URG},
                                                                               {"ECN", tcp::ECE},
                                                                               {"CWR", tcp::CWR}}};

/// Protocols that TCP does not carry, and what a report calls them.
constexpr std::array<std::pair<std::string_view, SeenDatagram::Kind>, 16> DATAGRAMS{
    {{"DNS", SeenDatagram::Kind::Dns},
     {"MDNS", SeenDatagram::Kind::Udp},
     {"LLMNR", SeenDatagram::Kind::Udp},
     {"NBNS", SeenDatagram::Kind::Udp},
     {"NTP", SeenDatagram::Kind::Ntp},
     {"ARP", SeenDatagram::Kind::Arp},
     {"ICMP", SeenDatagram::Kind::Icmp},
     {"ICMPv6", SeenDatagram::Kind::Icmp},
     {"UDP", SeenDatagram::Kind::Udp},
     {"DHCP", SeenDatagram::Kind::Udp},
     {"BOOTP", SeenDatagram::Kind::Udp},
     {"SSDP", SeenDatagram::Kind::Udp},
     {"QUIC", SeenDatagram::Kind::Udp},
     {"SNMP", SeenDatagram::Kind::Udp},
     {"Syslog", SeenDatagram::Kind::Udp},
     {"TFTP", SeenDatagram::Kind::Udp}}};

constexpr std::size_t IPV6_BYTES = 40;
/// Raw IP, loopback, Ethernet with no tag or up to two, cooked captures of both versions.
constexpr std::array<std::size_t, 7> LINK_HEADERS{0, 4, 14, 16, 18, 20, 22};
constexpr std::size_t TIMESTAMP_HEADER = 32;

/// "Seq=1" of a row's text
std::optional<std::uint32_t>
Told(std::string_view info, std::string_view label)
{
    const auto number = scan::NumberBehind(info, label);
    return number ? std::optional<std::uint32_t>(static_cast<std::uint32_t>(*number))
                  : std::nullopt;
}

/// The marks of Wireshark's analysis, "[TCP Retransmission] ", off the front.
std::string_view
TakeMarks(std::string_view& info)
{
    const std::string_view whole = info;
    while (!info.empty() && info.front() == '[' && info.find("] ") != info.npos)
    {
        info.remove_prefix(info.find("] ") + 2);
    }
    return whole.substr(0, whole.size() - info.size());
}

/// What "S: 250-mx.example | SIZE | HELP" and "C: MAIL FROM:<a> | RCPT TO:<b>" show of the octets.
std::string
PayloadOf(std::string_view info)
{
    const bool isReply = scan::Skip(info, "S: ");
    if ((!isReply && !scan::Skip(info, "C: ")) || StartsWith(info, "DATA fragment") ||
        StartsWith(info, "Message Body"))
    {
        return {};
    }
    constexpr std::string_view BETWEEN = " | ";
    const std::string code(info.substr(0, 3));
    std::string payload;
    for (bool isFirst = true; !info.empty(); isFirst = false)
    {
        const std::size_t end = info.find(BETWEEN);
        const bool isLast = end == info.npos;
        const std::string_view part = info.substr(0, end);
        if (isReply && !isFirst && !StartsWith(part, code))
        {
            payload += code + (isLast ? " " : "-");
        }
        payload += part;
        payload += "\r\n";
        info.remove_prefix(isLast ? info.size() : end + BETWEEN.size());
    }
    return payload;
}

/// Options as a row tells them, and the header's length with them.
void
ReadOptions(std::string_view info, TcpSegment& tcp)
{
    std::size_t octets = 0;
    auto value = Told(info, "TSval=");
    value = value ? value : Told(info, "TSV=");
    if (value)
    {
        const auto echo = Told(info, "TSecr=");
        tcp.options.timestamp = true;
        tcp.options.timestampValue = *value;
        tcp.options.timestampEcho = echo ? *echo : Told(info, "TSER=").value_or(0);
        octets += 10;
    }
    if (const auto mss = Told(info, "MSS="))
    {
        tcp.options.mss = static_cast<std::uint16_t>(*mss);
        octets += 4;
    }
    octets += info.find("SACK_PERM") != info.npos ? 2 : 0;
    octets += info.find(" WS=") != info.npos ? 3 : 0;
    tcp.headerLength = static_cast<std::uint8_t>(TCP_BYTES + (octets + 3) / 4 * 4);
}

/// Octets of a packet before TCP's payload.
std::size_t
HeadersOf(const Packet& packet)
{
    return (packet.source.IsIpv6() ? IPV6_BYTES : IPV4_BYTES) + packet.tcp.headerLength;
}

} // namespace

bool
PacketListReader::Take(Row row)
{
    if (row.frame == 0)
    {
        return ReadRow(row);
    }
    if (row.frame == m_lastFrame && row.time == m_lastTime)
    {
        return m_lastUsed; // Pages repeat rows.
    }
    m_lastUsed = TakeNumbered(std::move(row));
    return m_lastUsed;
}

bool
PacketListReader::TakeNumbered(Row row)
{
    const bool rises = row.frame > m_lastFrame;
    if (m_order == Order::Unknown && !m_held.empty())
    {
        m_order = rises ? Order::Rising : Order::Falling;
        if (rises)
        {
            Release();
            m_order = Order::Rising;
        }
    }
    else if (m_order != Order::Unknown && (m_order == Order::Rising) != rises)
    {
        Release();
        m_rows.Stamps().Restart();
    }
    m_lastFrame = row.frame;
    m_lastTime = row.time;
    if (m_order == Order::Rising)
    {
        return ReadRow(row);
    }
    const bool mayBe = MayBeRead(row);
    if (m_held.size() < GetCaps().heldRows)
    {
        m_held.push_back(std::move(row));
        return mayBe;
    }
    LeaveOut();
    return false;
}

void
PacketListReader::Release()
{
    std::vector<Row> held;
    held.swap(m_held);
    if (m_order == Order::Falling)
    {
        std::reverse(held.begin(), held.end());
    }
    for (const Row& row : held)
    {
        const bool wasCounted = MayBeRead(row);
        m_unplaced += !ReadRow(row) && wasCounted ? 1 : 0;
    }
    m_order = Order::Unknown;
}

bool
PacketListReader::MayBeRead(const Row& row) const
{
    const bool isDatagram = std::any_of(DATAGRAMS.begin(),
                                        DATAGRAMS.end(),
                                        [&](const auto& one) { return one.first == row.protocol; });
    return isDatagram ||
           (row.protocol == "TCP" ? ParseTcp(row).has_value() : m_order == Order::Falling);
}

bool
PacketListReader::ReadRow(const Row& row)
{
    const auto* const known =
        std::find_if(DATAGRAMS.begin(),
                     DATAGRAMS.end(),
                     [&](const auto& one) { return one.first == row.protocol; });
    if (known == DATAGRAMS.end())
    {
        return row.protocol == "TCP" ? ReadTcp(row) : ReadData(row);
    }
    if (m_datagrams)
    {
        SeenDatagram seen;
        seen.line = row.line;
        seen.time = row.time;
        seen.kind = known->second;
        seen.source = row.source;
        seen.destination = row.destination;
        seen.text = row.info;
        m_datagrams(seen);
    }
    return true;
}

std::optional<Packet>
PacketListReader::ParseTcp(const Row& row) const
{
    // "50122 -> 25 [SYN] Seq=0", in old lists "50122 > smtp [SYN] Seq=0"
    std::string_view info = row.info;
    TakeMarks(info);
    const auto client = PrintedPort(scan::Word(info));
    const std::string_view arrow = scan::Word(info);
    const auto server = PrintedPort(scan::Word(info));
    scan::SkipSpace(info);
    if (!client || (arrow != "->" && arrow != ">") || !server || !scan::Skip(info, "["))
    {
        return std::nullopt;
    }
    const std::string_view flags = info.substr(0, info.find(']'));
    Packet packet;
    packet.time = row.time;
    packet.line = row.line;
    packet.source = row.source;
    packet.destination = row.destination;
    TcpSegment& tcp = packet.tcp;
    tcp.sourcePort = *client;
    tcp.destinationPort = *server;
    for (const auto& [name, flag] : FLAG_NAMES)
    {
        tcp.flags =
            static_cast<std::uint8_t>(tcp.flags | (flags.find(name) != flags.npos ? flag : 0));
    }
    tcp.window = static_cast<std::uint16_t>(Told(info, "Win=").value_or(0));
    tcp.sequence = Told(info, "Seq=").value_or(0);
    tcp.acknowledgment = Told(info, "Ack=").value_or(0);
    ReadOptions(info, tcp);
    packet.ip.payloadLength = tcp.headerLength + Told(info, "Len=").value_or(0);
    return packet;
}

bool
PacketListReader::ReadTcp(const Row& row)
{
    auto packet = ParseTcp(row);
    if (!packet)
    {
        return false;
    }
    Connection& connection = ConnectionOf(*packet);
    const std::size_t side = connection.end[0].first == packet->source &&
                                     connection.end[0].second == packet->tcp.sourcePort
                                 ? 0
                                 : 1;
    const std::size_t headers = HeadersOf(*packet);
    const std::size_t length = packet->ip.payloadLength - packet->tcp.headerLength;
    const std::size_t link = row.length - std::min(row.length, headers + length);
    // One of just that length may have been filled up.
    if (row.length != SMALLEST_FRAME && row.info.find("SLE=") == row.info.npos &&
        std::find(LINK_HEADERS.begin(), LINK_HEADERS.end(), link) != LINK_HEADERS.end())
    {
        m_link = link;
    }
    HandOn(*packet, connection, side);
    return true;
}

bool
PacketListReader::ReadData(const Row& row)
{
    const std::vector<Connection*> open = OpenBetween(row);
    if (open.size() != 1)
    {
        // Each of them may have had it.
        for (Connection* const one : open)
        {
            one->side[one->end[0].first == row.source ? 0 : 1].isCertain = false;
        }
        return false;
    }
    Connection* const connection = open.front();
    const std::size_t side = connection->end[0].first == row.source ? 0 : 1;
    const Side& sender = connection->side[side];
    std::string_view info = row.info;
    const std::string_view marks = TakeMarks(info);
    const std::string shown = PayloadOf(info);
    Packet packet;
    packet.time = row.time;
    packet.line = row.line;
    packet.source = row.source;
    packet.destination = row.destination;
    TcpSegment& tcp = packet.tcp;
    tcp.sourcePort = connection->end[side].second;
    tcp.destinationPort = connection->end[1 - side].second;
    tcp.flags = tcp::PSH | tcp::ACK;
    tcp.window = marks.find("ZeroWindow") != marks.npos ? 0 : sender.window;
    tcp.acknowledgment = connection->side[1 - side].next;
    tcp.options.timestamp = sender.options.timestamp;
    tcp.options.timestampValue = sender.options.timestampValue;
    tcp.options.timestampEcho = sender.options.timestampEcho;
    tcp.headerLength =
        static_cast<std::uint8_t>(tcp.options.timestamp ? TIMESTAMP_HEADER : TCP_BYTES);
    const std::size_t overhead = m_link + HeadersOf(packet);
    const std::size_t bare = overhead - tcp.headerLength + TCP_BYTES + shown.size();
    std::size_t length = row.length == 0         ? shown.size()
                         : row.length > overhead ? row.length - overhead
                                                 : 0;
    // One line that is shown whole tells whether the header had options.
    if (!shown.empty() && info.find(" | ") == info.npos &&
        (row.length == bare || (row.length == SMALLEST_FRAME && bare < SMALLEST_FRAME)))
    {
        tcp.options.timestamp = false;
        tcp.headerLength = TCP_BYTES;
        length = shown.size();
    }
    const bool isAgain = marks.find("Retransmission") != marks.npos;
    tcp.sequence = sender.next - static_cast<std::uint32_t>(isAgain ? length : 0);
    packet.isPlaced = !isAgain;
    packet.ip.payloadLength = tcp.headerLength + length;
    packet.tcp.payload = ViewOf(shown).First(std::min(shown.size(), length));
    HandOn(packet, *connection, side);
    return true;
}

std::vector<PacketListReader::Connection*>
PacketListReader::OpenBetween(const Row& row)
{
    const auto known = m_connections.find(std::minmax(row.source, row.destination));
    if (known == m_connections.end() || row.source == row.destination)
    {
        return {};
    }
    const bool isMail = StartsWith(row.protocol, "SMTP");
    std::vector<Connection*> open;
    for (Connection& one : known->second)
    {
        const std::size_t side = one.end[0].first == row.source ? 0 : 1;
        const bool isOfMail = IsMailPort(one.end[0].second) || IsMailPort(one.end[1].second);
        if (!one.side[side].isClosed && (!isMail || isOfMail))
        {
            open.push_back(&one);
        }
    }
    return open;
}

PacketListReader::Connection&
PacketListReader::ConnectionOf(const Packet& packet)
{
    const std::pair from(packet.source, packet.tcp.sourcePort);
    const std::pair to(packet.destination, packet.tcp.destinationPort);
    auto& all = m_connections[std::minmax(packet.source, packet.destination)];
    const auto known = std::find_if(all.begin(),
                                    all.end(),
                                    [&](const Connection& one) {
                                        return (one.end[0] == from && one.end[1] == to) ||
                                               (one.end[0] == to && one.end[1] == from);
                                    });
    const bool isNew = packet.tcp.Has(tcp::SYN) && !packet.tcp.Has(tcp::ACK);
    if (known != all.end() && !isNew)
    {
        return *known;
    }
    // Ports that are used again, and lists without end, keep no more than is alive.
    all.erase(std::remove_if(all.begin(),
                             all.end(),
                             [&](const Connection& one)
                             {
                                 return (one.side[0].isClosed && one.side[1].isClosed) ||
                                        (isNew && one.end[0] == from && one.end[1] == to);
                             }),
              all.end());
    return all.emplace_back(Connection{{from, to}, {}});
}

void
PacketListReader::HandOn(Packet& packet, Connection& connection, std::size_t side)
{
    TcpSegment& tcp = packet.tcp;
    Side& sender = connection.side[side];
    const auto length = static_cast<std::uint32_t>(packet.ip.payloadLength - tcp.headerLength);
    const std::uint32_t end =
        tcp.sequence + length + (tcp.Has(tcp::SYN) || tcp.Has(tcp::FIN) ? 1 : 0);
    sender.next = tcp.Has(tcp::SYN) ? end : std::max(sender.next, end);
    sender.window = tcp.window;
    if (tcp.options.timestamp)
    {
        sender.options = tcp.options;
    }
    sender.isClosed = sender.isClosed || tcp.Has(tcp::FIN);
    if (tcp.Has(tcp::RST))
    {
        connection.side[0].isClosed = connection.side[1].isClosed = true;
    }
    packet.isPlaced = packet.isPlaced && sender.isCertain;
    packet.frame = ++m_packets;
    packet.ip.headerLength = IPV4_BYTES;
    packet.ip.protocol = protocol::TCP;
    m_handler(packet);
}

} // namespace bouncelab::detectors
