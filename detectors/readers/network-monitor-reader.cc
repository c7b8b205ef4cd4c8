#include "detectors/readers/network-monitor-reader.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <optional>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

/// "...A..S.": CWR to FIN, a letter where one is set
std::optional<std::uint8_t>
MonitorFlags(std::string_view text)
{
    constexpr std::string_view LETTERS = "CEUAPRSF";
    std::uint8_t flags = 0;
    for (std::size_t i = 0; i < LETTERS.size(); ++i)
    {
        if (i >= text.size() || (text[i] != '.' && text[i] != LETTERS[i]))
        {
            return std::nullopt;
        }
        flags = static_cast<std::uint8_t>(flags << 1 | (text[i] == '.' ? 0 : 1));
    }
    return flags;
}

/// "SMTP(25)", "40000"
std::optional<std::uint16_t>
MonitorPort(std::string_view info, std::string_view label)
{
    auto rest = scan::After(info, label);
    if (!rest)
    {
        return std::nullopt;
    }
    std::string_view word = rest->substr(0, rest->find(','));
    const std::size_t open = word.find('(');
    word = open == word.npos ? word : word.substr(open + 1);
    const auto number = scan::Number(word);
    return number && *number <= 0xFFFF
               ? std::optional<std::uint16_t>(static_cast<std::uint16_t>(*number))
               : std::nullopt;
}

/// "0.0500000": seconds since the first frame
bool
IsOffset(std::string_view word)
{
    const bool isNumber = scan::Number(word) && scan::Skip(word, ".") && !word.empty();
    scan::Decimals(word, 9);
    return isNumber && word.empty();
}

} // namespace

bool
NetworkMonitorReader::Line(std::uint32_t number, std::string_view line)
{
    constexpr std::string_view DESCRIPTION = "TCP:";
    const std::size_t at = line.find(DESCRIPTION);
    const auto flagsText = at == line.npos ? std::nullopt : scan::After(line.substr(at), "Flags=");
    const auto flags = flagsText ? MonitorFlags(*flagsText) : std::nullopt;
    if (!flags)
    {
        return false;
    }
    std::vector<std::string_view> columns;
    for (std::string_view left = line.substr(0, at); !Trim(left).empty();)
    {
        columns.push_back(scan::Word(left));
    }
    // Behind the time: perhaps a process, then source, destination and protocol.
    constexpr std::size_t LAST = 3;
    std::optional<WallTime> time;
    for (std::size_t i = 0; i + LAST < columns.size() && !time; ++i)
    {
        std::string_view word = columns[i];
        time = IsOffset(word) ? m_stamps.TakeOrSeconds(word) : std::nullopt;
    }
    const std::string_view info = line.substr(at);
    const auto source = time ? HostAddress::ParseAny(columns[columns.size() - 3]) : std::nullopt;
    const auto destination =
        time ? HostAddress::ParseAny(columns[columns.size() - 2]) : std::nullopt;
    const auto sourcePort = MonitorPort(info, "SrcPort=");
    const auto destinationPort = MonitorPort(info, "DstPort=");
    const auto length = scan::NumberBehind(info, "PayloadLen=");
    const auto sequence = scan::NumberBehind(info, "Seq=");
    if (!source || !destination || !sourcePort || !destinationPort || !length || !sequence)
    {
        return false;
    }
    Packet packet;
    packet.frame = ++m_packets;
    packet.line = number;
    packet.time = *time;
    packet.source = *source;
    packet.destination = *destination;
    packet.tcp.sourcePort = *sourcePort;
    packet.tcp.destinationPort = *destinationPort;
    packet.tcp.flags = *flags;
    packet.tcp.sequence = static_cast<std::uint32_t>(*sequence);
    packet.tcp.acknowledgment =
        static_cast<std::uint32_t>(scan::NumberBehind(info, "Ack=").value_or(0));
    packet.tcp.window = static_cast<std::uint16_t>(scan::NumberBehind(info, "Win=").value_or(0));
    packet.ip.headerLength = IPV4_BYTES;
    packet.ip.protocol = protocol::TCP;
    packet.ip.payloadLength = packet.tcp.headerLength + static_cast<std::size_t>(*length);
    m_handler(packet);
    return true;
}

} // namespace bouncelab::detectors
