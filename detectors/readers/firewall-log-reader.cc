#include "detectors/readers/firewall-log-reader.h"

#include "detectors/readers/cloud-flow-rows.h"
#include "detectors/readers/firewall-rows.h"
#include "detectors/readers/scan.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/syslog-stamp.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

using Action = FirewallEvent::Action;

constexpr std::array<std::string_view, 3> CISCO_MARKS{"%ASA-", "%PIX-", "%FWSM-"};

/// An end as Cisco writes it.
struct CiscoEnd
{
    std::string_view interface; //!< Empty where none stands.
    HostAddress address;
    std::uint16_t port = 0;
    HostAddress translated; //!< In parentheses behind it.
    std::uint16_t translatedPort = 0;
};

/// "198.51.100.7/25", "198.51.100.7(25)", "198.51.100.7"
bool
TakeAddressAndPort(std::string_view word, HostAddress& address, std::uint16_t& port)
{
    word = TrimEnd(word, ",;:)");
    const std::size_t mark = word.find_first_of("/(");
    const auto parsed = HostAddress::ParseAny(word.substr(0, mark));
    port = mark == word.npos ? std::uint16_t{0} : PortOf(word.substr(mark + 1));
    address = parsed.value_or(HostAddress());
    return parsed.has_value();
}

/// "inside:192.168.1.77/1042 (203.0.113.5/1042)", with the interface or without; a user in
/// parentheses is passed over.
bool
TakeCiscoEnd(std::string_view& text, CiscoEnd& end)
{
    std::string_view word = scan::Word(text);
    const std::size_t colon = word.find(':');
    const bool isV6 = colon != word.npos && word.find(':', colon + 1) != word.npos;
    const bool hasInterface = colon != word.npos && (!isV6 || !HostAddress::Parse(word));
    end.interface = word.substr(0, hasInterface ? colon : 0);
    word.remove_prefix(hasInterface ? colon + 1 : 0);
    if (!TakeAddressAndPort(word, end.address, end.port))
    {
        return false;
    }
    scan::SkipSpace(text);
    while (scan::Skip(text, "("))
    {
        const std::size_t close = text.find(')');
        const std::string_view inside = text.substr(0, close);
        CiscoEnd other;
        if (inside.find('/') != inside.npos &&
            TakeAddressAndPort(inside, other.address, other.port) && other.address.IsNumeric())
        {
            end.translated = other.address;
            end.translatedPort = other.port;
        }
        text.remove_prefix(close == text.npos ? text.size() : close + 1);
        scan::SkipSpace(text);
    }
    return true;
}

void
Fill(FirewallEvent& event, const CiscoEnd& from, const CiscoEnd& to)
{
    event.way = WayBetween(from.interface, to.interface);
    event.source = from.address;
    event.sourcePort = from.port;
    event.destination = to.address;
    event.destinationPort = to.port;
    event.translated = from.translated.IsKnown() && from.translated != from.address
                           ? from.translated
                           : HostAddress();
    event.translatedPort = event.translated.IsKnown() ? from.translatedPort : std::uint16_t{0};
}

/// "tcp src inside:a/p dst outside:b/q by access-group ..."
bool
ReadAccessGroup(std::string_view text, FirewallEvent& event)
{
    CiscoEnd from;
    CiscoEnd to;
    event.protocol = InLowerCase(scan::Word(text));
    scan::SkipSpace(text);
    const bool src = scan::Skip(text, "src ") && TakeCiscoEnd(text, from);
    const bool dst = src && scan::Skip(text, "dst ") && TakeCiscoEnd(text, to);
    Fill(event, from, to);
    return dst;
}

/// "tcp inside/a(p) -> outside/b(q) hit-cnt 1", behind "access-list NAME permitted"
bool
ReadAccessList(std::string_view text, FirewallEvent& event)
{
    scan::Word(text);
    const std::string_view verdict = scan::Word(text);
    event.action =
        verdict == "permitted" || verdict == "est-allowed" ? Action::Permitted : Action::Denied;
    event.protocol = InLowerCase(scan::Word(text));
    const auto take = [&text](HostAddress& address, std::uint16_t& port)
    {
        std::string_view word = scan::Word(text);
        word.remove_prefix(word.find('/') == word.npos ? 0 : word.find('/') + 1);
        return TakeAddressAndPort(word, address, port);
    };
    const bool known = take(event.source, event.sourcePort);
    scan::SkipSpace(text);
    if (scan::Skip(text, "("))
    {
        text.remove_prefix(std::min(text.find("->"), text.size()));
    }
    return known && scan::Skip(text, "->") && take(event.destination, event.destinationPort);
}

/// "outbound TCP connection 12 for outside:b/q (b/q) to inside:a/p (x/p)", behind "Built" or
/// "Teardown", where no direction stands
bool
ReadConnection(std::string_view text, bool isBuilt, FirewallEvent& event)
{
    const std::string_view direction = isBuilt ? scan::Word(text) : std::string_view();
    event.protocol = InLowerCase(scan::Word(text));
    const auto behind = scan::After(text, " for ");
    if (!behind || text.find("connection ") == text.npos)
    {
        return false;
    }
    std::string_view rest = *behind;
    CiscoEnd first;
    CiscoEnd second;
    if (!TakeCiscoEnd(rest, first) || !scan::Skip(rest, "to ") || !TakeCiscoEnd(rest, second))
    {
        return false;
    }
    // The lower security interface stands first, whoever began.
    const bool isOutbound =
        direction == "outbound" || (direction.empty() && second.address.IsPrivate() &&
                                    (first.port < second.port || second.port == 0));
    event.action = isBuilt ? Action::Permitted : Action::Ended;
    isOutbound ? Fill(event, second, first) : Fill(event, first, second);
    if (const auto bytes = scan::After(rest, "bytes "))
    {
        std::string_view reason = *bytes;
        scan::Word(reason);
        event.reason = Trim(reason, LINE_BLANKS);
        event.isInspected = InLowerCase(event.reason).find("inspection") != std::string::npos;
    }
    return true;
}

/// "ESMTP Classification: Reset connection for ESMTP Request from inside:a/p to outside:b/q;
/// matched Class 30: ...", "tcp flow from inside:a/p to outside:b/q terminated by inspection
/// engine"
bool
ReadInspected(std::string_view text, FirewallEvent& event)
{
    const auto from = scan::After(text, "from ");
    std::string_view rest = from.value_or(std::string_view());
    CiscoEnd source;
    CiscoEnd destination;
    const bool known =
        TakeCiscoEnd(rest, source) && scan::Skip(rest, "to ") && TakeCiscoEnd(rest, destination);
    Fill(event, source, destination);
    const std::string lower = InLowerCase(text);
    event.protocol = "tcp";
    event.reason = text;
    event.isInspected = lower.find("reset") != lower.npos || lower.find("drop") != lower.npos ||
                        lower.find("terminated") != lower.npos;
    event.action = event.isInspected ? Action::Ended : Action::Seen;
    return known;
}

/// "dynamic TCP translation from inside:a/p to outside:x/q"
bool
ReadTranslation(std::string_view text, FirewallEvent& event)
{
    scan::Word(text);
    event.protocol = InLowerCase(scan::Word(text));
    const auto from = scan::After(text, "from ");
    std::string_view rest = from.value_or(std::string_view());
    CiscoEnd inside;
    CiscoEnd outside;
    const bool known =
        TakeCiscoEnd(rest, inside) && scan::Skip(rest, "to ") && TakeCiscoEnd(rest, outside);
    event.action = Action::Translated;
    event.source = inside.address;
    event.sourcePort = inside.port;
    event.translated = outside.address;
    event.translatedPort = outside.port;
    return known;
}

/// "TCP connection denied from a/p to b/q flags SYN on interface outside", in any of the ways in
/// which Cisco says so
bool
ReadDenied(std::string_view text, FirewallEvent& event)
{
    for (const std::string_view name : {"TCP", "UDP", "icmp", "tcp", "udp"})
    {
        if (event.protocol.empty() && text.find(name) != text.npos)
        {
            event.protocol = InLowerCase(name);
        }
    }
    auto from = scan::After(text, "from ");
    from = from ? from : scan::After(text, "src ");
    if (!from)
    {
        return false;
    }
    CiscoEnd source;
    CiscoEnd destination;
    const bool known = TakeCiscoEnd(*from, source) &&
                       (scan::Skip(*from, "to ") || scan::Skip(*from, "dst ")) &&
                       TakeCiscoEnd(*from, destination);
    Fill(event, source, destination);
    event.action = Action::Denied;
    // "Deny TCP (no connection) from a/p to b/q flags FIN ACK": what is left of a connection.
    const auto flags = scan::After(text, "flags ");
    event.opens = !flags || (StartsWith(*flags, "SYN ") && !StartsWith(*flags, "SYN ACK"));
    return known;
}

bool
ReadCisco(std::string_view text, FirewallEvent& event)
{
    std::string_view severity = text;
    const bool numbered = scan::Number(severity) && scan::Skip(severity, "-");
    const auto id = numbered ? scan::Number(severity) : std::nullopt;
    if (!id || !scan::Skip(severity, ":"))
    {
        return false;
    }
    text = Trim(severity);
    event.action = Action::Denied;
    switch (*id)
    {
    case 106023:
        return (scan::Skip(text, "Deny ") || scan::Skip(text, "Denied ")) &&
               ReadAccessGroup(text, event);
    case 106100:
        return scan::Skip(text, "access-list ") && ReadAccessList(text, event);
    case 106001:
    case 106006:
    case 106007:
    case 106014:
    case 106015:
        return ReadDenied(text, event);
    case 108004:
    case 507003:
        return ReadInspected(text, event);
    case 302013:
    case 302015:
        return scan::Skip(text, "Built ") && ReadConnection(text, true, event);
    case 302014:
    case 302016:
        return scan::Skip(text, "Teardown ") && ReadConnection(text, false, event);
    case 305011:
        return scan::Skip(text, "Built ") && ReadTranslation(text, event);
    default:
        return false;
    }
}

/// The value of NAME=VALUE, in quotes or not; empty where there is none.
std::string_view
ValueOf(std::string_view text, std::string_view name)
{
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1))
    {
        const bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == ',';
        const std::size_t equals = at + name.size();
        if (begins && equals < text.size() && text[equals] == '=')
        {
            std::string_view value = text.substr(equals + 1);
            if (scan::Skip(value, "\""))
            {
                return value.substr(0, value.find('"'));
            }
            return value.substr(0, value.find_first_of(" ,"));
        }
    }
    return {};
}

/// "IN=eth1 OUT=eth0 SRC=... DST=... PROTO=TCP SPT=1042 DPT=25"
bool
ReadPairs(std::string_view text, FirewallEvent& event)
{
    struct PairNames
    {
        std::string_view source, sourcePort, destination, destinationPort, protocol;
    };

    static constexpr std::array<PairNames, 3> KINDS{
        {{"SRC", "SPT", "DST", "DPT", "PROTO"},
         {"srcip", "srcport", "dstip", "dstport", "proto"},
         {"src_ip", "src_port", "dst_ip", "dst_port", "protocol"}}};
    for (const PairNames& names : KINDS)
    {
        const auto source = HostAddress::ParseAny(ValueOf(text, names.source));
        const auto destination = HostAddress::ParseAny(ValueOf(text, names.destination));
        const std::string_view protocol = ValueOf(text, names.protocol);
        if (!source || !destination || protocol.empty())
        {
            continue;
        }
        event.source = *source;
        event.destination = *destination;
        event.sourcePort = PortOf(ValueOf(text, names.sourcePort));
        event.destinationPort = PortOf(ValueOf(text, names.destinationPort));
        event.protocol = ProtocolOf(protocol);
        // netfilter's own word is what the administrator put before the pairs.
        std::string_view action = ValueOf(text, "action");
        action = action.empty() ? ValueOf(text, "log_subtype") : action;
        event.action = ActionOf(action.empty() ? text.substr(0, text.find("IN=")) : action);
        // "client-rst", "timeout" of FortiGate: how a connection ended that carried octets.
        const auto carried = [&](std::string_view name)
        { return ValueOf(text, name).find_first_of("123456789") != text.npos; };
        if (event.action == FirewallEvent::Action::Seen && carried("sentbyte") &&
            carried("rcvdbyte"))
        {
            event.action = FirewallEvent::Action::Ended;
        }
        const auto translated = HostAddress::ParseAny(ValueOf(text, "transip"));
        event.translated = translated.value_or(HostAddress());
        event.translatedPort = PortOf(ValueOf(text, "transport"));
        // Of a packet that the host itself sends or takes, one of the two interfaces is empty.
        const bool hasIn = !ValueOf(text, "IN").empty();
        const bool hasOut = !ValueOf(text, "OUT").empty();
        event.way = hasIn == hasOut
                        ? WayBetween(ValueOf(text, "srcintfrole"), ValueOf(text, "dstintfrole"))
                    : hasOut ? FirewallEvent::Way::Outbound
                             : FirewallEvent::Way::Inbound;
        const bool hasFlags = text.find(" RES=0x") != text.npos;
        // FortiGate's words for what is left of a connection.
        event.opens =
            text.find("no session matched") == text.npos &&
            (!hasFlags || (text.find(" SYN ") != text.npos && text.find(" ACK ") == text.npos));
        return true;
    }
    return false;
}

/// "192.168.1.2:1042:X0:", with the name of the host behind it or without.
bool
TakeSonicWallEnd(std::string_view text,
                 HostAddress& address,
                 std::uint16_t& port,
                 std::string& interface)
{
    const auto next = [&text]
    {
        const std::string_view part = text.substr(0, text.find(':'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        return part;
    };
    const auto parsed = HostAddress::Parse(next());
    address = parsed.value_or(HostAddress());
    port = PortOf(next());
    interface = next();
    return parsed.has_value();
}

/// "sn=0006B1A1B2C3 time="..." m=98 msg="Connection Opened" src=... dst=... proto=tcp/smtp rule=2"
bool
ReadSonicWall(std::string_view text, FirewallEvent& event)
{
    const std::string_view protocol = ValueOf(text, "proto");
    const bool known = !ValueOf(text, "sn").empty() && !ValueOf(text, "m").empty() &&
                       TakeSonicWallEnd(ValueOf(text, "src"),
                                        event.source,
                                        event.sourcePort,
                                        event.sourceInterface) &&
                       TakeSonicWallEnd(ValueOf(text, "dst"),
                                        event.destination,
                                        event.destinationPort,
                                        event.destinationInterface);
    const std::string_view message = ValueOf(text, "msg");
    event.action = ActionOf(message);
    event.rule = ValueOf(text, "rule");
    // Older rows tell the protocol in the message alone.
    event.protocol = InLowerCase(protocol.empty() ? message.substr(0, message.find(' '))
                                                  : protocol.substr(0, protocol.find('/')));
    return known;
}

/// "DROP TCP 192.168.1.5 198.51.100.7 1042 25 48 S ...", behind the stamp
bool
ReadWindows(std::string_view text, FirewallEvent& event)
{
    const std::string_view action = scan::Word(text);
    const std::string_view protocol = scan::Word(text);
    const bool isAction = action == "DROP" || action == "OPEN" || action == "ALLOW" ||
                          action == "CLOSE" || action == "OPEN-INBOUND";
    if (!isAction || (protocol != "TCP" && protocol != "UDP"))
    {
        return false;
    }
    const auto source = HostAddress::Parse(scan::Word(text));
    const auto destination = HostAddress::Parse(scan::Word(text));
    if (!source || !destination)
    {
        return false;
    }
    event.action = ActionOf(action);
    event.protocol = InLowerCase(protocol);
    event.source = *source;
    event.destination = *destination;
    event.sourcePort = PortOf(scan::Word(text));
    event.destinationPort = PortOf(scan::Word(text));
    scan::Word(text);
    const std::string_view flags = scan::Word(text);
    event.opens = protocol != "TCP" || flags.empty() || flags == "-" || flags == "S";
    text = Trim(text, LINE_BLANKS);
    event.way = EndsWith(text, " SEND")      ? FirewallEvent::Way::Outbound
                : EndsWith(text, " RECEIVE") ? FirewallEvent::Way::Inbound
                                             : FirewallEvent::Way::Unknown;
    return true;
}

/// "203.0.113.1.25" of tcpdump
bool
TakeDottedEnd(std::string_view word, HostAddress& address, std::uint16_t& port)
{
    word = TrimEnd(word, ":");
    const std::size_t dot = word.rfind('.');
    const auto parsed = HostAddress::Parse(word.substr(0, std::min(dot, word.size())));
    address = parsed.value_or(HostAddress());
    port = dot == word.npos ? std::uint16_t{0} : PortOf(word.substr(dot + 1));
    return parsed.has_value();
}

/// "rule 12/(match) block out on em0: 198.51.100.20.41022 > 203.0.113.120.25: S 1:1(0) win 16384",
/// as `tcpdump -e -i pflog0` prints it
bool
ReadPf(std::string_view text, FirewallEvent& event)
{
    auto rest = scan::After(text, "rule ");
    if (!rest || text.find(" on ") == text.npos)
    {
        return false;
    }
    scan::Word(*rest);
    const std::string_view action = scan::Word(*rest);
    const std::string_view way = scan::Word(*rest);
    scan::SkipSpace(*rest);
    if ((action != "block" && action != "pass") || (way != "in" && way != "out") ||
        !scan::Skip(*rest, "on "))
    {
        return false;
    }
    scan::Word(*rest);
    std::string_view source = scan::Word(*rest);
    source = source == "IP" || source == "IP6" ? scan::Word(*rest) : source;
    scan::SkipSpace(*rest);
    if (!TakeDottedEnd(source, event.source, event.sourcePort) || !scan::Skip(*rest, "> ") ||
        !TakeDottedEnd(scan::Word(*rest), event.destination, event.destinationPort))
    {
        return false;
    }
    scan::SkipSpace(*rest);
    scan::Skip(*rest, "Flags ");
    const std::string_view flags = Trim(scan::Word(*rest), "[],");
    event.protocol = StartsWith(flags, "UDP") || StartsWith(flags, "udp") ? "udp" : "tcp";
    event.opens = flags == "S";
    event.action = ActionOf(action);
    // What comes in from inside leaves on the other side.
    event.way = way == "out" ? FirewallEvent::Way::Outbound : FirewallEvent::Way::Unknown;
    return true;
}

/// "filterlog[123]: 5,,,1000000103,em0,match,block,out,4,0x0,,64,0,0,DF,6,tcp,60,a,b,41022,25,0,S"
bool
ReadFilterLog(std::string_view text, FirewallEvent& event)
{
    const std::size_t at = text.find("filterlog");
    const auto rest = at == text.npos ? std::nullopt : scan::After(text.substr(at), ": ");
    if (!rest)
    {
        return false;
    }
    const std::vector<std::string_view> fields = scan::Fields(*rest, ',');
    constexpr std::size_t V4_ENDS = 18;
    constexpr std::size_t V6_ENDS = 15;
    const bool isV6 = fields.size() > 8 && fields[8] == "6";
    const std::size_t ends = isV6 ? V6_ENDS : V4_ENDS;
    if (fields.size() < ends + 4 || (!isV6 && fields[8] != "4"))
    {
        return false;
    }
    const auto source = HostAddress::Parse(fields[ends]);
    const auto destination = HostAddress::Parse(fields[ends + 1]);
    event.action = ActionOf(fields[6]);
    event.way = fields[7] == "out" ? FirewallEvent::Way::Outbound : FirewallEvent::Way::Unknown;
    event.protocol = InLowerCase(fields[isV6 ? 12 : 16]);
    event.source = source.value_or(HostAddress());
    event.destination = destination.value_or(HostAddress());
    event.sourcePort = PortOf(fields[ends + 2]);
    event.destinationPort = PortOf(fields[ends + 3]);
    event.opens = fields.size() < ends + 6 || event.protocol != "tcp" || fields[ends + 5] == "S";
    return source && destination;
}

/// Where the row does not tell the way, addresses of one's own network do.
void
GuessWay(FirewallEvent& event)
{
    if (event.way == FirewallEvent::Way::Unknown &&
        event.source.IsPrivate() != event.destination.IsPrivate())
    {
        event.way =
            event.source.IsPrivate() ? FirewallEvent::Way::Outbound : FirewallEvent::Way::Inbound;
    }
}

/// The row's own stamp, or "date=2010-07-02 time=17:36:15".
std::optional<WallTime>
StampOf(std::string_view text, std::string_view& behind)
{
    scan::SkipSpace(text);
    if (scan::Skip(text, "<") && scan::Number(text))
    {
        scan::Skip(text, ">");
    }
    behind = text;
    auto stamp = SkipSyslogStamp(behind);
    if (!stamp || stamp->year == 0)
    {
        const std::string told =
            std::string(ValueOf(text, "date")) + " " + std::string(ValueOf(text, "time"));
        const auto own = TakeSyslogStamp(Trim(told));
        stamp = own ? own : stamp;
    }
    if (!stamp)
    {
        return std::nullopt;
    }
    const int year = stamp->year > 0 ? stamp->year : 1972;
    return WallTime(
        std::chrono::seconds(DaysFromCivil(year, stamp->month, stamp->day) * SECONDS_PER_DAY +
                             stamp->secondOfDay) +
        Nanoseconds(stamp->nanoseconds));
}

} // namespace

std::optional<FirewallEvent>
ParseFirewallRow(std::string_view text)
{
    FirewallEvent event;
    std::string_view behind;
    event.time = StampOf(text, behind);
    for (const std::string_view mark : CISCO_MARKS)
    {
        if (const auto rest = scan::After(text, mark))
        {
            const bool isRead = ReadCisco(*rest, event);
            GuessWay(event);
            return isRead ? std::optional<FirewallEvent>(event) : std::nullopt;
        }
    }
    const bool known = (event.time && ReadWindows(behind, event)) || ReadPairs(text, event) ||
                       ReadSonicWall(text, event) || ReadPf(text, event) ||
                       ReadFilterLog(text, event) || ReadCheckPoint(text, event) ||
                       ReadPaloAlto(text, event) || ReadMikroTik(text, event) ||
                       ReadJuniper(text, event) || ReadIos(text, event);
    GuessWay(event);
    return known ? std::optional<FirewallEvent>(event) : std::nullopt;
}

bool
FirewallLogReader::Line(std::uint32_t number, std::string_view text)
{
    text = Trim(text, LINE_BLANKS);
    std::vector<FirewallEvent> events;
    if (auto event = ParseFirewallRow(text))
    {
        events.push_back(std::move(*event));
    }
    else
    {
        events = ReadCloudFlows(text);
    }
    for (FirewallEvent& event : events)
    {
        GuessWay(event);
        event.line = number;
        event.text = text.substr(0, scan::LONGEST_FIELD);
        m_handler(event);
    }
    return !events.empty();
}

} // namespace bouncelab::detectors

void
bouncelab::dialects::FirewallLog::Readers(detectors::ServerLogs& logs,
                                          const std::string& file,
                                          ReaderList& readers)
{
    readers.push_back(
        std::make_unique<detectors::FirewallLogReader>(detectors::KeepIn(logs.firewall, file)));
}
