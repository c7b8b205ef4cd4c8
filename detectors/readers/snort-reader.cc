#include "detectors/readers/snort-reader.h"

#include "detectors/readers/scan.h"
#include "formats/calendar.h"
#include "formats/clock.h"
#include "formats/log-fields.h"
#include "formats/text.h"

#include <algorithm>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t ROW = 16;
constexpr int EARLIEST_YEAR = 1970;
constexpr int LATEST_YEAR = 2261; //!< Nanoseconds since 1970 end in 2262.
/// Fewest bytes by which a row that hangs behind another one's text can be told from that text.
constexpr std::size_t GLUED_ROW = 6;

void
ReplaceAll(std::string& text, std::string_view what, std::string_view with)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at))
    {
        text.replace(at, what.size(), with);
        at += with.size();
    }
}

/// "a.b.c.d:port" off the front, whatever stands in the place of the address.
bool
TakeEnd(std::string_view& text, HostAddress& address, std::uint16_t& port)
{
    std::string_view rest = text;
    const std::string_view word = scan::Word(rest);
    const bool isBare = HostAddress::Parse(word).has_value();
    const std::size_t colon = isBare ? word.npos : word.rfind(':');
    const auto parsed = HostAddress::ParseAny(word.substr(0, colon));
    std::string_view digits = colon == word.npos ? std::string_view() : word.substr(colon + 1);
    const auto number = scan::Number(digits);
    // A mangled copy of the line may hang at the port's digits.
    if (!parsed || (number && *number > 0xFFFF) || (colon != word.npos && !number))
    {
        return false;
    }
    address = *parsed;
    port = static_cast<std::uint16_t>(number.value_or(0));
    text = digits.empty() ? rest : digits;
    return true;
}

/// One byte as two hexadecimal digits between spaces, off the front.
bool
TakeByte(std::string_view& text, std::uint8_t& byte)
{
    std::string_view rest = text;
    scan::SkipSpace(rest);
    if (rest.size() < 2 || HexDigit(rest[0]) < 0 || HexDigit(rest[1]) < 0 ||
        (rest.size() > 2 && !scan::IsSpace(rest[2])))
    {
        return false;
    }
    byte = static_cast<std::uint8_t>(HexDigit(rest[0]) * 16 + HexDigit(rest[1]));
    rest.remove_prefix(2);
    text = rest;
    return true;
}

std::size_t
TakeBytes(std::string_view& text, std::size_t most, std::uint8_t* out)
{
    std::size_t count = 0;
    while (count < most && TakeByte(text, out[count]))
    {
        ++count;
    }
    return count;
}

/// The eight flag characters in front of "Seq:", as control bits.
std::optional<std::uint8_t>
FlagsIn(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    const std::string_view letters = fields::snort::FLAGS;
    if (text.size() < letters.size())
    {
        return std::nullopt;
    }
    text = text.substr(text.size() - letters.size());
    std::uint8_t flags = 0;
    for (std::size_t i = 0; i < letters.size(); ++i)
    {
        if (text[i] == letters[i])
        {
            flags = static_cast<std::uint8_t>(flags | 0x80 >> i);
        }
        else if (text[i] != '*')
        {
            return std::nullopt;
        }
    }
    return flags;
}

std::optional<std::int64_t>
NumberAfter(std::string_view text, std::string_view label)
{
    auto rest = scan::After(text, label);
    if (!rest)
    {
        return std::nullopt;
    }
    scan::SkipSpace(*rest);
    return scan::Number(*rest);
}

std::optional<std::uint32_t>
HexAfter(std::string_view text, std::string_view label)
{
    auto rest = scan::After(text, label);
    return rest ? scan::HexNumber(*rest) : std::nullopt;
}

} // namespace

SnortReader::SnortReader(Handler handler)
    : m_handler(std::move(handler))
{
}

bool
SnortReader::Line(std::uint32_t number, std::string_view text)
{
    if (text.find('&') != std::string_view::npos)
    {
        m_plain.assign(text);
        ReplaceAll(m_plain, "&gt;", ">");
        ReplaceAll(m_plain, "&lt;", "<");
        ReplaceAll(m_plain, "&nbsp;", " ");
        ReplaceAll(m_plain, "&amp;", "&");
        text = m_plain;
    }
    text = Trim(text, LINE_BLANKS);
    const bool isStamp = ReadStamp(text);
    if (isStamp)
    {
        m_packet.line = number;
    }
    if (!m_open || text.empty())
    {
        return text.substr(0, 4) == "=+=+";
    }
    if (text.substr(0, 4) == "=+=+")
    {
        HandOn();
        return true;
    }
    bool header = false;
    if (!m_haveEnds && text.find(fields::snort::ARROW) != std::string_view::npos)
    {
        ReadEnds(text);
        header = true;
    }
    if (!m_haveTcp && text.find(fields::snort::TTL) != std::string_view::npos)
    {
        ReadIp(text);
        header = true;
    }
    if (m_isTcp && !m_haveTcp && text.find(fields::snort::SEQUENCE) != std::string_view::npos)
    {
        ReadTcp(text);
        header = true;
    }
    if (m_haveTcp && text.find(fields::snort::TCP_OPTIONS) != std::string_view::npos)
    {
        ReadOptions(text);
        header = true;
    }
    return isStamp || header || (m_haveTcp && ReadPayload(text));
}

void
SnortReader::End()
{
    HandOn();
}

bool
SnortReader::ReadStamp(std::string_view text)
{
    // "09/26-14:44:52.643691", with -y "09/26/06-14:44:52.643691".
    if (text.size() < 15 || !IsDigit(text[0]) || text[2] != '/')
    {
        return false;
    }
    const auto month = scan::Number(text);
    const bool slash = scan::Skip(text, "/");
    const auto day = scan::Number(text);
    int year = m_year;
    if (scan::Skip(text, "/"))
    {
        const auto short_ = scan::Number(text);
        if (!short_)
        {
            return false;
        }
        year = static_cast<int>(*short_ % 10000);
        year += year < 70 ? 2000 : year < 100 ? 1900 : 0;
    }
    const bool dash = scan::Skip(text, "-");
    const auto hour = scan::Number(text);
    const bool colon = scan::Skip(text, ":");
    const auto minute = scan::Number(text);
    const bool secondColon = scan::Skip(text, ":");
    const auto second = scan::Number(text);
    const bool point = scan::Skip(text, ".");
    if (!month || !day || !hour || !minute || !second || !slash || !dash || !colon ||
        !secondColon || !point || *month < 1 || *month > 12 || *day < 1 || *day > 31 ||
        *hour > 23 || *minute > 59 || *second > 60 || year < EARLIEST_YEAR || year > LATEST_YEAR)
    {
        return false;
    }
    HandOn();
    m_packet = Packet();
    m_packet.ip.headerLength = 20;
    m_payload.clear();
    m_open = true;
    m_isTcp = m_haveEnds = m_haveTcp = false;
    m_expected = 0;
    m_packet.frame = ++m_packets;
    const std::int64_t days = DaysFromCivil(year, static_cast<int>(*month), static_cast<int>(*day));
    const std::int64_t seconds = days * SECONDS_PER_DAY + *hour * 3600 + *minute * 60 + *second;
    m_packet.time = WallTime(std::chrono::seconds(seconds) + Nanoseconds(scan::Decimals(text, 9)));
    return true;
}

void
SnortReader::ReadEnds(std::string_view text)
{
    // The Ethernet addresses have an arrow of their own: the one between IP addresses counts.
    for (std::size_t at = text.find(fields::snort::ARROW); at != std::string_view::npos;
         at = text.find(fields::snort::ARROW, at + 1))
    {
        std::size_t first = at;
        while (first > 0 && !scan::IsSpace(text[first - 1]))
        {
            --first;
        }
        std::string_view left = text.substr(first, at - first);
        std::string_view right = text.substr(at + fields::snort::ARROW.size());
        if (TakeEnd(left, m_packet.source, m_packet.tcp.sourcePort) && Trim(left).empty() &&
            TakeEnd(right, m_packet.destination, m_packet.tcp.destinationPort))
        {
            m_haveEnds = true;
            return;
        }
    }
}

void
SnortReader::ReadIp(std::string_view text)
{
    const std::size_t at = text.find(fields::snort::TTL);
    m_isTcp = EndsWith(Trim(text.substr(0, at), LINE_BLANKS), fields::snort::PROTOCOLS[0]);
    text = text.substr(at);
    Ipv4Fields& ip = m_packet.ip;
    ip.ttl = static_cast<std::uint8_t>(NumberAfter(text, fields::snort::TTL).value_or(0));
    ip.tos = static_cast<std::uint8_t>(HexAfter(text, fields::snort::TOS).value_or(0));
    ip.id = static_cast<std::uint16_t>(NumberAfter(text, fields::snort::ID).value_or(0));
    ip.headerLength = static_cast<std::uint8_t>(
        std::clamp<std::int64_t>(NumberAfter(text, fields::snort::IP_LENGTH).value_or(20), 20, 60));
    const auto datagram = NumberAfter(text, fields::snort::DATAGRAM_LENGTH);
    ip.totalLength = static_cast<std::uint16_t>(datagram.value_or(0));
    ip.payloadLength = ip.totalLength > ip.headerLength
                           ? static_cast<std::size_t>(ip.totalLength - ip.headerLength)
                           : 0;
    if (auto rest = scan::After(text, fields::snort::DATAGRAM_LENGTH))
    {
        scan::Word(*rest);
        for (std::string_view word = scan::Word(*rest); !word.empty(); word = scan::Word(*rest))
        {
            ip.dontFragment = ip.dontFragment || word == fields::snort::DONT_FRAGMENT;
            ip.moreFragments = ip.moreFragments || word == fields::snort::MORE_FRAGMENTS;
        }
    }
}

void
SnortReader::ReadTcp(std::string_view text)
{
    const std::size_t at = text.find(fields::snort::SEQUENCE);
    const auto flags = FlagsIn(text.substr(0, at));
    if (!flags)
    {
        return;
    }
    TcpSegment& tcp = m_packet.tcp;
    tcp.flags = *flags;
    tcp.sequence = HexAfter(text, fields::snort::SEQUENCE).value_or(0);
    tcp.acknowledgment = HexAfter(text, fields::snort::ACKNOWLEDGMENT).value_or(0);
    tcp.window = static_cast<std::uint16_t>(HexAfter(text, fields::snort::WINDOW).value_or(0));
    tcp.headerLength = static_cast<std::uint8_t>(
        std::clamp<std::int64_t>(NumberAfter(text, fields::snort::TCP_LENGTH).value_or(20),
                                 20,
                                 60));
    m_expected = m_packet.ip.payloadLength > tcp.headerLength
                     ? m_packet.ip.payloadLength - tcp.headerLength
                     : 0;
    m_haveTcp = true;
}

void
SnortReader::ReadOptions(std::string_view text)
{
    TcpOptions& options = m_packet.tcp.options;
    auto rest = scan::After(text, fields::snort::OPTIONS_ARROW);
    if (!rest)
    {
        return;
    }
    if (const auto mss = NumberAfter(*rest, fields::snort::OPTION_MSS))
    {
        options.mss = static_cast<std::uint16_t>(*mss);
    }
    if (const auto scale = NumberAfter(*rest, fields::snort::OPTION_WINDOW_SCALE))
    {
        options.windowScale = static_cast<std::uint8_t>(*scale);
    }
    options.sackPermitted =
        options.sackPermitted ||
        rest->find(fields::snort::OPTION_SACK_PERMITTED) != std::string_view::npos;
    if (auto stamp = scan::After(*rest, fields::snort::OPTION_TIMESTAMP))
    {
        scan::SkipSpace(*stamp);
        const auto value = scan::Number(*stamp);
        scan::SkipSpace(*stamp);
        const auto echo = scan::Number(*stamp);
        if (value && echo)
        {
            options.timestamp = true;
            options.timestampValue = static_cast<std::uint32_t>(*value);
            options.timestampEcho = static_cast<std::uint32_t>(*echo);
        }
    }
}

bool
SnortReader::ReadPayload(std::string_view text)
{
    const std::size_t before = m_payload.size();
    std::uint8_t row[ROW];
    while (m_payload.size() < m_expected)
    {
        const std::size_t wanted = std::min(ROW, m_expected - m_payload.size());
        const std::size_t got = TakeBytes(text, wanted, row);
        if (got == 0)
        {
            return m_payload.size() > before;
        }
        m_payload.insert(m_payload.end(), row, row + got);
        if (got < wanted)
        {
            return m_payload.size() > before;
        }
        // A row that lost its line end hangs somewhere behind this row's text.
        const std::size_t next = std::min(ROW, m_expected - m_payload.size());
        if (next < GLUED_ROW)
        {
            return m_payload.size() > before;
        }
        bool found = false;
        for (std::size_t at = 0; at + 3 * next - 1 <= text.size() && !found; ++at)
        {
            // The eaten text may end right at the row's first digit.
            std::string_view rest = text.substr(at);
            found = HexDigit(rest[0]) >= 0 && TakeBytes(rest, next, row) == next;
            if (found)
            {
                text = text.substr(at);
            }
        }
        if (!found)
        {
            return m_payload.size() > before;
        }
    }
    return m_payload.size() > before;
}

void
SnortReader::HandOn()
{
    if (m_open && m_haveEnds && m_haveTcp)
    {
        m_packet.ip.protocol = protocol::TCP;
        m_packet.tcp.payload = {m_payload.data(), m_payload.size()};
        m_handler(m_packet);
    }
    m_open = false;
}

} // namespace bouncelab::detectors
