#include "detectors/readers/packet-tree-reader.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/printed-packet.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// Labels of `-V` and the fields that JSON calls them by.
constexpr std::array<std::pair<std::string_view, std::string_view>, 24> LABELS{
    {{"Epoch Time: ", "frame.time_epoch"},
     {"Epoch Arrival Time: ", "frame.time_epoch"},
     {"Time to Live: ", "ip.ttl"},
     {"Time to live: ", "ip.ttl"},
     {"Hop Limit: ", "ip.ttl"},
     {"Hop limit: ", "ip.ttl"},
     {"Identification: ", "ip.id"},
     {"Flow Label: ", "ipv6.flow"},
     {"Flow label: ", "ipv6.flow"},
     {"Sequence Number (raw): ", "tcp.seq_raw"},
     {"Sequence number (raw): ", "tcp.seq_raw"},
     {"Sequence Number: ", "tcp.seq"},
     {"Sequence number: ", "tcp.seq"},
     {"Acknowledgment Number (raw): ", "tcp.ack_raw"},
     {"Acknowledgment number (raw): ", "tcp.ack_raw"},
     {"Acknowledgment Number: ", "tcp.ack"},
     {"Acknowledgment number: ", "tcp.ack"},
     {"TCP Segment Len: ", "tcp.len"},
     {"Window: ", "tcp.window_size_value"},
     {"Window size value: ", "tcp.window_size_value"},
     {"Timestamp value: ", "tcp.options.timestamp.tsval"},
     {"Timestamp echo reply: ", "tcp.options.timestamp.tsecr"},
     {"Source Port: ", "tcp.srcport"},
     {"Destination Port: ", "tcp.dstport"}}};

constexpr std::size_t MOST_PAYLOAD = 64 << 10;

/// "tcp.srcport", "frame.number", "_ws.col.Info"
bool
IsFieldName(const std::string& text)
{
    return text.find('.') != text.npos &&
           std::all_of(text.begin(),
                       text.end(),
                       [](char c) { return IsAlnum(c) || c == '.' || c == '_' || c == '-'; });
}

/// Decimal, or hexadecimal behind "0x".
std::uint32_t
ValueOf(std::string_view text)
{
    if (scan::Skip(text, "0x"))
    {
        return scan::HexNumber(text).value_or(0);
    }
    return static_cast<std::uint32_t>(scan::Number(text).value_or(0));
}

/// "1731423001.5", or as JSON for Elasticsearch has it: "2024-11-12T14:50:01.5Z".
WallTime
TimeOf(std::string_view value)
{
    constexpr std::int64_t LATEST = 9000000000;
    std::string_view rest = value;
    if (const auto stamp = TakeUtcStamp(rest))
    {
        return *stamp;
    }
    const auto seconds = scan::Number(rest);
    scan::Skip(rest, ".");
    return WallTime(std::chrono::seconds(std::min<std::int64_t>(seconds.value_or(0), LATEST)) +
                    Nanoseconds(scan::Decimals(rest, 9)));
}

/// Of a letter for each bit that is set, and a point of any kind for each that is not: the last six
/// are URG to FIN.
std::uint8_t
FlagsOf(std::string_view text)
{
    constexpr int BITS = 6;
    std::uint8_t flags = 0;
    int bit = 0;
    for (std::size_t i = text.size(); i-- > 0 && bit < BITS;)
    {
        const bool isInside = (text[i] & 0xC0) == 0x80; // of a character in UTF-8
        if (!isInside)
        {
            flags = static_cast<std::uint8_t>(flags | (IsAlpha(text[i]) ? 1 << bit : 0));
            ++bit;
        }
    }
    return flags;
}

} // namespace

bool
PacketTreeReader::Line(std::uint32_t number, std::string_view line)
{
    if (ReadTable(number, line))
    {
        return true;
    }
    if (ReadElastic(number, line))
    {
        return true;
    }
    const std::string_view text = Trim(line, " \t\r,[]{}");
    if (Begin(number, text))
    {
        return true;
    }
    if (!m_open)
    {
        return false;
    }
    if (text.empty())
    {
        return !Trim(line, LINE_BLANKS).empty();
    }
    if (ReadElement(text) || ReadObject(text))
    {
        return true;
    }
    // "\"tcp.srcport\": \"40000\""
    std::string_view rest = text;
    const std::size_t end = scan::Skip(rest, "\"") ? rest.find("\": \"") : rest.npos;
    if (end != rest.npos)
    {
        return ReadField(rest.substr(0, end), Trim(rest.substr(end + 4), "\""));
    }
    if (ReadOctets(line))
    {
        return true;
    }
    // What is indented below the packet's name is of the packet, whatever it is.
    return ReadTree(text) || scan::IsSpace(line.front());
}

bool
PacketTreeReader::ReadElastic(std::uint32_t number, std::string_view line)
{
    // A packet a line: {"timestamp":"1731423001000","layers":{"ip":{"ip_ip_src":"10.0.0.5",...
    const std::string_view text = Trim(line, LINE_BLANKS);
    if (StartsWith(text, "{\"index\":{\"_index\":\"packets"))
    {
        return true;
    }
    if (!StartsWith(text, "{\"timestamp\"") || text.find("\"layers\":{") == text.npos)
    {
        return false;
    }
    Open(number);
    std::string_view rest = text;
    std::string seconds;
    while (const auto key = scan::After(rest, "\""))
    {
        const std::string_view name = key->substr(0, key->find('"'));
        rest = key->substr(std::min(name.size() + 1, key->size()));
        std::string_view value = rest;
        if (!scan::Skip(value, ":"))
        {
            continue;
        }
        scan::Skip(value, "[");
        if (!scan::Skip(value, "\""))
        {
            continue;
        }
        value = value.substr(0, value.find('"'));
        rest = rest.substr(
            std::min(static_cast<std::size_t>(value.data() - rest.data()) + value.size() + 1,
                     rest.size()));
        // The layer's name stands twice, and dots are underscores.
        const std::size_t mark = name.find('_');
        const std::string_view layer = name.substr(0, mark);
        std::string field(mark == name.npos ? name : name.substr(mark + 1));
        if (name == "timestamp")
        {
            seconds = value.substr(0, value.size() - std::min<std::size_t>(value.size(), 3));
        }
        else if (StartsWith(field, std::string(layer) + "_"))
        {
            field[layer.size()] = '.';
            const std::size_t options = field.find("options_timestamp_");
            if (options != field.npos)
            {
                field[options + 7] = field[options + 17] = '.';
            }
            // A date, of which the part of the second counts.
            const std::size_t dot = value.find('.');
            const bool isDate = field == "frame.time_epoch" && value.find('T') != value.npos;
            ReadField(field,
                      isDate && dot != value.npos
                          ? std::string_view(seconds += value.substr(dot, value.find('Z') - dot))
                          : value);
        }
    }
    HandOn();
    return true;
}

void
PacketTreeReader::End()
{
    HandOn();
}

bool
PacketTreeReader::Begin(std::uint32_t number, std::string_view text)
{
    std::string_view rest = text;
    const bool isTree = scan::Skip(rest, "Frame ") && scan::Number(rest) &&
                        scan::Skip(rest, ": ") && rest.find("bytes on wire") != rest.npos;
    if (!isTree && text != "<packet>" && !StartsWith(text, "\"_index\": ") &&
        !StartsWith(text, "\"_source\""))
    {
        return false;
    }
    if (StartsWith(text, "\"_source\"") && m_open && !m_isTcp)
    {
        return true;
    }
    Open(number);
    return true;
}

void
PacketTreeReader::Open(std::uint32_t number)
{
    HandOn();
    m_open = true;
    m_isTcp = m_hasRaw = m_hasOctets = false;
    m_length = 0;
    m_payload.clear();
    m_octets.clear();
    m_isDumped = false;
    m_packet = Packet();
    m_packet.line = number;
    m_packet.ip.headerLength = IPV4_BYTES;
}

bool
PacketTreeReader::ReadElement(std::string_view text)
{
    // "<field name="ip.ttl" showname="Time to Live: 64" size="1" pos="22" show="64" value="40"/>"
    if (text == "</packet>" || text == "</pdml>")
    {
        HandOn();
        return true;
    }
    const bool isField = StartsWith(text, "<field ");
    if (!isField)
    {
        return StartsWith(text, "<proto ") || text == "</proto>" || text == "</field>";
    }
    const auto attribute = [text](std::string_view label)
    {
        const auto rest = scan::After(text, label);
        return rest ? rest->substr(0, rest->find('"')) : std::string_view();
    };
    ReadField(attribute(" name=\""), attribute(" show=\""));
    return true;
}

bool
PacketTreeReader::ReadTable(std::uint32_t number, std::string_view line)
{
    // "ip.src<tab>ip.dst<tab>tcp.srcport<tab>tcp.dstport" of -T fields -E header=y, and its rows
    const auto cellsOf = [](std::string_view row, char separator)
    {
        std::vector<std::string> cells;
        row = TrimEnd(row, "\r");
        for (bool ended = false; !ended;)
        {
            cells.push_back(csv::TakeField(row, ended, separator));
        }
        return cells;
    };
    if (line.find("tcp.srcport") != line.npos && line.find("tcp.dstport") != line.npos)
    {
        for (const char separator : {'\t', ',', ';', '|', ' '})
        {
            const auto names = cellsOf(line, separator);
            const bool isHead =
                names.size() > 3 && std::all_of(names.begin(), names.end(), IsFieldName);
            if (isHead)
            {
                HandOn();
                m_columns = names;
                m_separator = separator;
                return true;
            }
        }
    }
    if (m_columns.empty())
    {
        return false;
    }
    const auto cells = cellsOf(line, m_separator);
    if (cells.size() > m_columns.size()) // empty ones at the end may have been cut off
    {
        return false;
    }
    Open(number);
    for (std::size_t i = 0; i < cells.size(); ++i)
    {
        if (!cells[i].empty())
        {
            ReadField(m_columns[i], cells[i]);
        }
    }
    const bool isPacket = m_packet.source.IsKnown() && m_packet.destination.IsKnown();
    HandOn();
    return isPacket;
}

bool
PacketTreeReader::ReadObject(std::string_view text)
{
    // "\"Response: 250 mx.example\\r\\n\": {", "\"ip\": {\"ip.src\": \"10.0.0.5\", ...}"
    const bool opens = text.find("\": {") != text.npos || EndsWith(text, "\":");
    if (!StartsWith(text, "\"") || !opens)
    {
        return false;
    }
    bool isField = false;
    std::string_view rest = text;
    while (const auto key = scan::After(rest, "\""))
    {
        const std::string_view name = key->substr(0, key->find('"'));
        rest = key->substr(std::min(name.size() + 1, key->size()));
        isField = ReadWords(name) || isField;
        if (scan::Skip(rest, ": \""))
        {
            const std::string_view value = rest.substr(0, rest.find('"'));
            rest.remove_prefix(std::min(value.size() + 1, rest.size()));
            isField = ReadField(name, value) || isField;
        }
    }
    return isField;
}

bool
PacketTreeReader::ReadWords(std::string_view text)
{
    // Each line of a reply, and each command of a pipeline, has a line of its own.
    for (const std::string_view label : {"Response: ", "Command Line: "})
    {
        if (StartsWith(text, label))
        {
            AddWords(text.substr(label.size()));
            return true;
        }
    }
    return false;
}

void
PacketTreeReader::AddWords(std::string_view words)
{
    // As -V shows the end of a line, and as JSON escapes that.
    words = words.substr(0, std::min(words.find("\\r\\n"), words.find("\\\\r\\\\n")));
    const std::string line = std::string(words) + "\r\n";
    if (!m_hasOctets && m_payload.size() < MOST_PAYLOAD && !EndsWith(m_payload, line))
    {
        m_payload += line;
    }
}

bool
PacketTreeReader::ReadTree(std::string_view text)
{
    if (StartsWith(text, "Internet Protocol Version ") && !m_packet.source.IsKnown())
    {
        const auto source = scan::After(text, "Src: ");
        const auto destination = scan::After(text, "Dst: ");
        if (source && destination)
        {
            m_packet.source = HostAddress::ParseAny(source->substr(0, source->find_first_of(", ")))
                                  .value_or(HostAddress());
            m_packet.destination =
                HostAddress::ParseAny(destination->substr(0, destination->find_first_of(", ")))
                    .value_or(HostAddress());
        }
        return true;
    }
    if (StartsWith(text, "Transmission Control Protocol, "))
    {
        m_isTcp = true;
        const auto port = [&](std::string_view label)
        {
            auto rest = scan::After(text, label);
            // "smtp (25)" or "25"
            const std::size_t open = rest ? rest->substr(0, rest->find(',')).find('(') : text.npos;
            return !rest ? 0u : ValueOf(open == rest->npos ? *rest : rest->substr(open + 1));
        };
        m_packet.tcp.sourcePort = static_cast<std::uint16_t>(port("Src Port: "));
        m_packet.tcp.destinationPort = static_cast<std::uint16_t>(port("Dst Port: "));
        m_length = ValueOf(scan::After(text, "Len: ").value_or("0"));
        return true;
    }
    if (StartsWith(text, "Flags: 0x") && m_isTcp)
    {
        return ReadField("tcp.flags", text.substr(7));
    }
    if (text.find("Don't fragment: Set") != text.npos)
    {
        return ReadField("ip.flags.df", "1");
    }
    if (const auto header = scan::After(text, "Header Length: "); header && m_isTcp)
    {
        return ReadField("tcp.hdr_len", *header);
    }
    if (ReadWords(text))
    {
        return true;
    }
    const auto* const label =
        std::find_if(LABELS.begin(),
                     LABELS.end(),
                     [&](const auto& known) { return StartsWith(text, known.first); });
    return label != LABELS.end() && ReadField(label->second, text.substr(label->first.size()));
}

bool
PacketTreeReader::ReadField(std::string_view name, std::string_view value)
{
    TcpSegment& tcp = m_packet.tcp;
    const std::uint32_t number = ValueOf(value);
    if (name == "frame.time_epoch" || name == "frame.time_relative")
    {
        // From the first packet on is better than no time.
        const WallTime time = TimeOf(value);
        m_packet.time =
            name == "frame.time_epoch" || m_packet.time == WallTime() ? time : m_packet.time;
    }
    else if (name == "ip.src" || name == "ipv6.src")
    {
        m_packet.source = m_packet.source.IsKnown()
                              ? m_packet.source
                              : HostAddress::ParseAny(value).value_or(HostAddress());
    }
    else if (name == "ip.dst" || name == "ipv6.dst")
    {
        m_packet.destination = m_packet.destination.IsKnown()
                                   ? m_packet.destination
                                   : HostAddress::ParseAny(value).value_or(HostAddress());
    }
    else if (name == "ip.ttl" || name == "ipv6.hlim")
    {
        m_packet.ip.ttl = static_cast<std::uint8_t>(number);
    }
    else if (name == "ipv6.flow")
    {
        m_packet.flowLabel = number;
    }
    else if (name == "ip.id")
    {
        m_packet.ip.id = static_cast<std::uint16_t>(number);
    }
    else if (name == "ip.flags.df")
    {
        m_packet.ip.dontFragment = number == 1;
    }
    else if (name == "tcp.srcport" || name == "tcp.dstport")
    {
        m_isTcp = true;
        (name == "tcp.srcport" ? tcp.sourcePort : tcp.destinationPort) =
            static_cast<std::uint16_t>(number);
    }
    else if (name == "tcp.seq_raw" || name == "tcp.ack_raw")
    {
        m_hasRaw = true;
        (name == "tcp.seq_raw" ? tcp.sequence : tcp.acknowledgment) = number;
    }
    else if (name == "tcp.seq" || name == "tcp.ack")
    {
        std::uint32_t& member = name == "tcp.seq" ? tcp.sequence : tcp.acknowledgment;
        member = m_hasRaw ? member : number;
    }
    else if (name == "tcp.len")
    {
        m_length = number;
    }
    else if (name == "tcp.hdr_len")
    {
        tcp.headerLength = static_cast<std::uint8_t>(std::clamp<std::uint32_t>(number, 20, 60));
    }
    else if (name == "tcp.flags")
    {
        tcp.flags = static_cast<std::uint8_t>(number);
    }
    else if (name == "tcp.flags.str")
    {
        tcp.flags = FlagsOf(value);
    }
    else if (name == "tcp.window_size_value")
    {
        tcp.window = static_cast<std::uint16_t>(number);
    }
    else if (name == "tcp.options.timestamp.tsval" || name == "tcp.options.timestamp.tsecr")
    {
        tcp.options.timestamp = true;
        (EndsWith(name, "tsval") ? tcp.options.timestampValue : tcp.options.timestampEcho) = number;
    }
    else if (name == "smtp.response" || name == "smtp.command_line")
    {
        AddWords(value);
    }
    else if (name == "tcp.payload")
    {
        m_hasOctets = true;
        ReadPayload(value);
    }
    else
    {
        return name.find('.') != name.npos; // a field of the packet that nothing is concluded from
    }
    return true;
}

void
PacketTreeReader::ReadPayload(std::string_view octets)
{
    m_payload.clear();
    // "32:32:30" or "323230"
    const std::size_t step = octets.size() > 2 && octets[2] == ':' ? 3 : 2;
    for (std::size_t i = 0; i + 1 < octets.size() && m_payload.size() < MOST_PAYLOAD; i += step)
    {
        if (HexDigit(octets[i]) < 0 || HexDigit(octets[i + 1]) < 0)
        {
            break;
        }
        m_payload += static_cast<char>(HexDigit(octets[i]) * 16 + HexDigit(octets[i + 1]));
    }
}

bool
PacketTreeReader::ReadOctets(std::string_view line)
{
    // "0010  00 85 91 c5 ...   ....@.1."
    constexpr std::size_t OFFSET = 4;
    constexpr std::size_t COLUMNS = 16;
    std::string_view rest = line;
    const auto offset = scan::HexNumber(rest);
    if (line.size() - rest.size() < OFFSET || !offset || !scan::Skip(rest, "  "))
    {
        return false;
    }
    // Further dumps of a packet are of what was put together from several.
    m_isDumped = m_isDumped || (*offset == 0 && !m_octets.empty());
    const bool fits = !m_isDumped && *offset == m_octets.size() && *offset < MOST_PAYLOAD;
    for (std::size_t i = 0;
         fits && i < COLUMNS && rest.size() > 1 && HexDigit(rest[0]) >= 0 && HexDigit(rest[1]) >= 0;
         ++i)
    {
        m_octets += static_cast<char>(HexDigit(rest[0]) * 16 + HexDigit(rest[1]));
        rest.remove_prefix(2);
        const bool single = scan::Skip(rest, " ");
        if (!single || StartsWith(rest, "  "))
        {
            break;
        }
        scan::SkipSpace(rest);
    }
    return true;
}

void
PacketTreeReader::TakePayload()
{
    // Behind the headers; the smallest frame of Ethernet is filled up behind the payload.
    const std::size_t packet = IPV4_BYTES + m_packet.tcp.headerLength + m_length;
    const std::size_t end = m_octets.size() > SMALLEST_FRAME
                                ? m_octets.size()
                                : std::min(m_octets.size(), ETHERNET_BYTES + packet);
    if (end >= m_length && m_length > 0 && !m_octets.empty())
    {
        m_payload = m_octets.substr(end - m_length, m_length);
    }
}

void
PacketTreeReader::HandOn()
{
    TakePayload();
    m_length = m_hasOctets ? m_length : std::max(m_length, m_payload.size());
    if (m_open && m_isTcp && m_packet.source.IsKnown() && m_packet.destination.IsKnown())
    {
        m_packet.frame = ++m_packets;
        m_packet.ip.protocol = protocol::TCP;
        m_packet.ip.payloadLength = m_packet.tcp.headerLength + m_length;
        m_packet.tcp.payload = ViewOf(m_payload).First(m_length);
        m_handler(m_packet);
    }
    m_open = false;
}

} // namespace bouncelab::detectors
