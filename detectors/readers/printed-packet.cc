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

constexpr std::uint16_t DNS_PORT = 53;
constexpr std::uint16_t NTP_PORT = 123;

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 31> SERVICES{
    {{"smtp", 25},         {"submission", 587},   {"smtps", 465},       {"submissions", 465},
     {"urd", 465},         {"ssmtp", 465},        {"ssh", 22},          {"telnet", 23},
     {"http", 80},         {"https", 443},        {"pop3", 110},        {"pop3s", 995},
     {"imap", 143},        {"imap2", 143},        {"imaps", 993},       {"ftp", 21},
     {"domain", DNS_PORT}, {"ntp", NTP_PORT},     {"kerberos", 88},     {"loc-srv", 135},
     {"epmap", 135},       {"netbios-ns", 137},   {"netbios-dgm", 138}, {"netbios-ssn", 139},
     {"ldap", 389},        {"microsoft-ds", 445}, {"syslog", 514},      {"socks", 1080},
     {"blackjack", 1025},  {"snmp", 161},         {"bootps", 67}}};

struct PrintedEnds
{
    HostAddress source;
    HostAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::string_view tail; //!< Behind the colon.
};

/// What may stand between the stamp and the ends: nothing, "IP", or a frame's head of -e.
bool
IsHead(std::string_view text)
{
    text = TrimEnd(text);
    return text.empty() || text == "IP" || text == "IP6" || EndsWith(text, " IP") ||
           EndsWith(text, " IP6") || EndsWith(text, ":");
}

std::optional<PrintedEnds>
EndsOf(std::string_view text, bool withPorts)
{
    for (std::size_t at = text.find(" > "); at != text.npos; at = text.find(" > ", at + 1))
    {
        const std::size_t space = text.rfind(' ', at == 0 ? 0 : at - 1);
        const std::size_t first = space == text.npos || space == at ? 0 : space + 1;
        const std::string_view left = text.substr(first, at - first);
        const std::string_view right = text.substr(at + 3);
        const std::size_t end = right.find(": ");
        const std::string_view other = right.substr(0, end);
        PrintedEnds ends;
        const auto source = HostAddress::ParseAny(left);
        const auto destination = HostAddress::ParseAny(other);
        const bool isPair = withPorts
                                ? TakePrintedEnd(left, ends.source, ends.sourcePort) &&
                                      TakePrintedEnd(other, ends.destination, ends.destinationPort)
                                : source.has_value() && destination.has_value();
        if (end != right.npos && isPair && IsHead(text.substr(0, first)))
        {
            ends.source = withPorts ? ends.source : *source;
            ends.destination = withPorts ? ends.destination : *destination;
            ends.tail = Trim(right.substr(end + 2), LINE_BLANKS);
            if (scan::Skip(ends.tail, "[udp sum ok]") || scan::Skip(ends.tail, "[no cksum]"))
            {
                scan::SkipSpace(ends.tail);
            }
            return ends;
        }
    }
    return std::nullopt;
}

/// ", length 28" at the end, or nothing.
bool
IsLengthOrEnd(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (text.empty())
    {
        return true;
    }
    const bool isLength = scan::Skip(text, ", length ") && scan::Number(text);
    return isLength && Trim(text, LINE_BLANKS).empty();
}

/// "A? mail.example. (40)", behind the query's number and flags
bool
TakeQuestion(std::string_view text, SeenDatagram& seen)
{
    scan::SkipSpace(text);
    while (scan::Skip(text, "["))
    {
        const std::size_t close = text.find(']');
        text.remove_prefix(close == text.npos ? text.size() : close + 1);
        scan::SkipSpace(text);
    }
    scan::Skip(text, "q: ");
    const std::string_view type = scan::Word(text);
    if (type.size() < 2 || type.back() != '?' ||
        !std::all_of(type.begin(), type.end() - 1, [](char c) { return IsAlnum(c); }))
    {
        return false;
    }
    seen.queryType = type.substr(0, type.size() - 1);
    seen.queryName = InLowerCase(TrimEnd(scan::Word(text), "."));
    return !seen.queryName.empty();
}

/// "1/0/0 PTR[|domain]"
bool
TakeCounts(std::string_view text, SeenDatagram& seen)
{
    scan::SkipSpace(text);
    for (int i = 0; i < 3; ++i)
    {
        if (!scan::Number(text) || (i < 2 && !scan::Skip(text, "/")))
        {
            return false;
        }
    }
    if (!text.empty() && text.front() != ' ' && text.front() != '[')
    {
        return false;
    }
    const std::string_view data = Trim(text);
    const std::string_view type = data.substr(0, data.find_first_of(" ["));
    seen.queryType = type.substr(0, 1) == "(" ? std::string_view() : type;
    return true;
}

bool
TakeDns(std::string_view text, SeenDatagram& seen)
{
    static constexpr std::array<std::string_view, 8> RESPONSES{" NXDomain",
                                                               " ServFail",
                                                               " FormErr",
                                                               " NotImp",
                                                               " Refused",
                                                               " YXDomain",
                                                               " NotAuth",
                                                               " NotZone"};
    const auto id = scan::Number(text);
    if (!id || *id > 0xFFFF)
    {
        return false;
    }
    seen.kind = SeenDatagram::Kind::Dns;
    seen.queryId = static_cast<std::uint16_t>(*id);
    for (const std::string_view response : RESPONSES)
    {
        scan::Skip(text, response);
    }
    text.remove_prefix(std::min(text.find_first_not_of("+-*|$%"), text.size()));
    if (text.empty() || text.front() != ' ')
    {
        return false;
    }
    seen.isQuery = TakeQuestion(text, seen);
    if (seen.isQuery)
    {
        // With -v an answer repeats the question.
        const std::size_t counts = text.find("q: ");
        seen.isQuery = counts == text.npos;
        return true;
    }
    return TakeCounts(text, seen);
}

bool
TakeNtp(std::string_view text, SeenDatagram& seen)
{
    static constexpr std::array<std::string_view, 8> MODES{"unspecified",
                                                           "symmetric active",
                                                           "symmetric passive",
                                                           "client",
                                                           "server",
                                                           "broadcast",
                                                           "reserved",
                                                           "control message"};
    const bool isNtp = scan::Skip(text, "NTPv") && scan::Number(text);
    scan::Skip(text, ",");
    scan::SkipSpace(text);
    seen.kind = SeenDatagram::Kind::Ntp;
    for (const std::string_view mode : MODES)
    {
        if (isNtp && StartsWithIgnoringCase(text, mode))
        {
            const std::string_view rest = text.substr(mode.size());
            return IsLengthOrEnd(rest) || StartsWith(rest, ", strat ");
        }
    }
    return false;
}

bool
TakeOther(std::string_view text, SeenDatagram& seen)
{
    seen.kind = SeenDatagram::Kind::Udp;
    if (scan::Skip(text, "UDP"))
    {
        return !Trim(text).empty() && IsLengthOrEnd(text);
    }
    static constexpr std::array<std::string_view, 4> NAMES{"BOOTP/DHCP, Re",
                                                           "NBT UDP PACKET(",
                                                           "NBT Packet",
                                                           "isakmp: "};
    const bool isOld = scan::Skip(text, "udp ") && scan::Number(text);
    return isOld ||
           std::any_of(NAMES.begin(),
                       NAMES.end(),
                       [&](std::string_view name) { return text.substr(0, name.size()) == name; });
}

/// "ARP, Request who-has A tell B, length 28"
std::optional<SeenDatagram>
ParseArp(std::string_view text)
{
    const bool isToday = scan::Skip(text, "ARP, ");
    if (!isToday && !scan::Skip(text, "arp "))
    {
        return std::nullopt;
    }
    scan::Skip(text, "Ethernet (len 6), IPv4 (len 4), ");
    SeenDatagram seen;
    seen.kind = SeenDatagram::Kind::Arp;
    const auto take = [&text](HostAddress& host)
    {
        const auto address = HostAddress::ParseAny(TrimEnd(scan::Word(text), ","));
        host = address.value_or(HostAddress());
        return address.has_value();
    };
    if (scan::Skip(text, isToday ? "Request who-has " : "who-has "))
    {
        seen.isQuery = true;
        bool known = take(seen.destination);
        scan::SkipSpace(text);
        if (!text.empty() && text.front() == '(')
        {
            text.remove_prefix(std::min(text.find(')'), text.size() - 1) + 1);
            scan::SkipSpace(text);
        }
        known = scan::Skip(text, "tell ") && known && take(seen.source);
        const bool ends = Trim(text).empty() || StartsWith(text, " length ");
        return known && ends ? std::optional<SeenDatagram>(seen) : std::nullopt;
    }
    const bool isReply = scan::Skip(text, isToday ? "Reply " : "reply ");
    if (!isReply || !take(seen.source))
    {
        return std::nullopt;
    }
    scan::SkipSpace(text);
    const bool says = scan::Skip(text, "is-at ");
    const auto mac = MacAddress::Parse(TrimEnd(scan::Word(text), ","));
    return says && mac ? std::optional<SeenDatagram>(seen) : std::nullopt;
}

/// One of what commas separate behind the flags of a segment.
bool
IsSegmentItem(std::string_view item)
{
    const auto numberIs = [&item](std::string_view label)
    {
        std::string_view rest = item;
        if (!scan::Skip(rest, label) || !scan::Number(rest))
        {
            return false;
        }
        const bool range = scan::Skip(rest, ":") && scan::Number(rest);
        return range ? rest.empty() : rest.empty() && item.back() != ':';
    };
    return numberIs("seq ") || numberIs("ack ") || numberIs("win ") || numberIs("urg ") ||
           StartsWith(item, "cksum 0x");
}

/// "[P.], ack 34, win 5840, length 20", behind "Flags "
bool
IsSegmentTail(std::string_view text)
{
    const std::size_t close = text.find(']');
    if (text.substr(0, 1) != "[" || close == text.npos)
    {
        return false;
    }
    const std::string_view flags = text.substr(1, close - 1);
    if (flags != "none" && flags.find_first_not_of("SFRP.UEWe") != flags.npos)
    {
        return false;
    }
    text.remove_prefix(close + 1);
    while (scan::Skip(text, ", "))
    {
        if (scan::Skip(text, "options ["))
        {
            const std::size_t end = text.find(']');
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
            continue;
        }
        if (scan::Skip(text, "length "))
        {
            const bool isNumber = scan::Number(text).has_value();
            const std::string_view rest = Trim(text, LINE_BLANKS);
            return isNumber && (rest.empty() || text.front() == ':');
        }
        const std::size_t end = std::min(text.find(", "), text.size());
        if (!IsSegmentItem(text.substr(0, end)))
        {
            return false;
        }
        text.remove_prefix(end);
    }
    return false;
}

/// "P 1:29(28) ack 1 win 5840", as tcpdump printed until version 4.
bool
IsOldSegmentTail(std::string_view text)
{
    const std::string_view flags = scan::Word(text);
    return !flags.empty() && flags.find_first_not_of("SFRP.UEW") == flags.npos &&
           (text.find(" ack ") != text.npos || text.find(" win ") != text.npos);
}

} // namespace

std::string_view
NameOf(SeenDatagram::Kind kind)
{
    static constexpr std::array<std::string_view, 5> NAMES{"DNS", "NTP", "ARP", "ICMP", "UDP"};
    return NAMES[static_cast<std::size_t>(kind)];
}

std::optional<std::uint16_t>
PrintedPort(std::string_view text)
{
    const auto* const known = std::find_if(SERVICES.begin(),
                                           SERVICES.end(),
                                           [&](const auto& one) { return one.first == text; });
    const auto number = scan::Number(text);
    if (known != SERVICES.end())
    {
        return known->second;
    }
    return number && text.empty() && *number <= 0xFFFF
               ? std::optional<std::uint16_t>(static_cast<std::uint16_t>(*number))
               : std::nullopt;
}

bool
TakePrintedEnd(std::string_view text, HostAddress& address, std::uint16_t& port)
{
    text = Trim(text, " \t,:");
    const std::size_t dot = text.rfind('.');
    const auto host = dot == text.npos ? std::nullopt : HostAddress::ParseAny(text.substr(0, dot));
    const auto number = host ? PrintedPort(text.substr(dot + 1)) : std::nullopt;
    if (!number)
    {
        return false;
    }
    address = *host;
    port = *number;
    return true;
}

std::optional<SeenDatagram>
ParsePrintedDatagram(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (auto arp = ParseArp(text))
    {
        arp->text = text;
        return arp;
    }
    const auto fill = [&text](const PrintedEnds& ends, SeenDatagram& seen)
    {
        seen.source = ends.source;
        seen.destination = ends.destination;
        seen.sourcePort = ends.sourcePort;
        seen.destinationPort = ends.destinationPort;
        seen.text = text;
    };
    SeenDatagram seen;
    if (const auto ends = EndsOf(text, true))
    {
        const auto isOf = [&](std::uint16_t port)
        { return ends->sourcePort == port || ends->destinationPort == port; };
        if ((isOf(DNS_PORT) && TakeDns(ends->tail, seen)) ||
            (isOf(NTP_PORT) && TakeNtp(ends->tail, seen)) || TakeOther(ends->tail, seen))
        {
            fill(*ends, seen);
            return seen;
        }
    }
    const auto hosts = EndsOf(text, false);
    if (hosts && (StartsWith(hosts->tail, "ICMP") || StartsWith(hosts->tail, "icmp")))
    {
        seen.kind = SeenDatagram::Kind::Icmp;
        fill(*hosts, seen);
        return seen;
    }
    return std::nullopt;
}

PrintedForm
FormOf(std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    if (ParsePrintedDatagram(text))
    {
        return PrintedForm::Whole;
    }
    const auto ends = EndsOf(text, true);
    if (!ends)
    {
        return PrintedForm::None;
    }
    std::string_view tail = ends->tail;
    if (IsOldSegmentTail(tail) || (scan::Skip(tail, "Flags ") && IsSegmentTail(tail)))
    {
        return PrintedForm::Whole;
    }
    const bool isCut = !ends->tail.empty() && StartsWith("Flags [", ends->tail);
    return isCut ? PrintedForm::Cut : PrintedForm::None;
}

} // namespace bouncelab::detectors
