#include "detectors/readers/firewall-rows.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

using Action = FirewallEvent::Action;

/// Whether an interface is named as those of the world outside are.
bool
IsWorldSide(std::string_view interface)
{
    const std::string lower = InLowerCase(interface);
    return StartsWith(lower, "outside") || StartsWith(lower, "wan") ||
           StartsWith(lower, "internet") || StartsWith(lower, "untrust") ||
           StartsWith(lower, "external");
}

/// The value of name:"value"; empty where there is none.
std::string_view
QuotedValueOf(std::string_view text, std::string_view name)
{
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1))
    {
        std::string_view rest = text.substr(at + name.size());
        const bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == '[';
        if (begins && scan::Skip(rest, ":\""))
        {
            return rest.substr(0, rest.find('"'));
        }
    }
    return {};
}

/// The row of "fw log".
bool
ReadPrintedCheckPoint(std::string_view text, FirewallEvent& event)
{
    const auto value = [text](std::string_view name)
    {
        const auto rest = scan::After(text, name);
        return rest ? Trim(rest->substr(0, rest->find(';'))) : std::string_view();
    };
    const std::size_t rule = text.find(" rule: ");
    if (rule == text.npos || value(" src: ").empty())
    {
        return false;
    }
    const std::string_view service = value(" service: ");
    const auto source = HostAddress::Parse(value(" src: "));
    const auto destination = HostAddress::Parse(value(" dst: "));
    event.action = ActionOf(text.substr(0, rule));
    event.protocol = InLowerCase(value(" proto: "));
    event.rule = value(" rule: ");
    event.source = source.value_or(HostAddress());
    event.destination = destination.value_or(HostAddress());
    event.sourcePort = PortOf(value(" s_port: "));
    event.destinationPort = service == "smtp" ? std::uint16_t{25} : PortOf(service);
    return source && destination;
}

/// "10.0.0.5:41022" with what parts the port from the address.
bool
TakeEnd(std::string_view word, char before, HostAddress& address, std::uint16_t& port)
{
    const std::size_t at = word.rfind(before);
    const auto parsed = HostAddress::Parse(Trim(word.substr(0, at), "[]"));
    address = parsed.value_or(HostAddress());
    port = at == word.npos ? std::uint16_t{0} : PortOf(word.substr(at + 1));
    return parsed.has_value();
}

} // namespace

std::uint16_t
PortOf(std::string_view text)
{
    const auto port = scan::Number(text);
    return static_cast<std::uint16_t>(std::clamp<std::int64_t>(port.value_or(0), 0, 65535));
}

FirewallEvent::Action
ActionOf(std::string_view words)
{
    const std::string lower = InLowerCase(words);
    for (const char* word : {"drop", "deny", "denied", "reject", "block"})
    {
        if (lower.find(word) != lower.npos)
        {
            return Action::Denied;
        }
    }
    for (const char* word : {"accept", "allow", "permit", "pass", "open"})
    {
        if (lower.find(word) != lower.npos)
        {
            return Action::Permitted;
        }
    }
    return lower.find("close") != lower.npos ? Action::Ended : Action::Seen;
}

std::string
ProtocolOf(std::string_view value)
{
    return value == "6"    ? "tcp"
           : value == "17" ? "udp"
           : value == "1"  ? "icmp"
                           : InLowerCase(value);
}

FirewallEvent::Way
WayBetween(std::string_view from, std::string_view to)
{
    return from.empty() || to.empty() || IsWorldSide(from) == IsWorldSide(to)
               ? FirewallEvent::Way::Unknown
           : IsWorldSide(to) ? FirewallEvent::Way::Outbound
                             : FirewallEvent::Way::Inbound;
}

bool
ReadCheckPoint(std::string_view text, FirewallEvent& event)
{
    if (text.find("[action:\"") == text.npos)
    {
        return ReadPrintedCheckPoint(text, event);
    }
    const auto source = HostAddress::Parse(QuotedValueOf(text, "src"));
    const auto destination = HostAddress::Parse(QuotedValueOf(text, "dst"));
    event.action = ActionOf(QuotedValueOf(text, "action"));
    event.way = WayBetween(QuotedValueOf(text, "inzone"), QuotedValueOf(text, "outzone"));
    event.protocol = ProtocolOf(QuotedValueOf(text, "proto"));
    event.rule = QuotedValueOf(text, "rule");
    event.source = source.value_or(HostAddress());
    event.destination = destination.value_or(HostAddress());
    event.sourcePort = PortOf(QuotedValueOf(text, "s_port"));
    event.destinationPort = PortOf(QuotedValueOf(text, "service"));
    return source && destination;
}

bool
ReadPaloAlto(std::string_view text, FirewallEvent& event)
{
    constexpr std::size_t TYPE = 3;
    constexpr std::size_t FIELDS = 31;
    const std::vector<std::string_view> fields = scan::Fields(text, ',');
    if (fields.size() < FIELDS || fields[TYPE] != "TRAFFIC")
    {
        return false;
    }
    const auto source = HostAddress::Parse(fields[7]);
    const auto destination = HostAddress::Parse(fields[8]);
    event.rule = fields[11];
    event.way = WayBetween(fields[16], fields[17]);
    event.sourcePort = PortOf(fields[24]);
    event.destinationPort = PortOf(fields[25]);
    event.protocol = ProtocolOf(fields[29]);
    event.action = ActionOf(fields[30]);
    event.source = source.value_or(HostAddress());
    event.destination = destination.value_or(HostAddress());
    return source && destination;
}

bool
ReadMikroTik(std::string_view text, FirewallEvent& event)
{
    const std::size_t in = text.find(" in:");
    const std::size_t proto = text.find(" proto ");
    const std::size_t out = in == text.npos ? text.npos : text.find(" out:", in);
    if (out == text.npos || proto == text.npos || proto < out)
    {
        return false;
    }
    std::string_view rest = text.substr(proto + 7);
    event.protocol = InLowerCase(rest.substr(0, rest.find_first_of(" ,")));
    // "(SYN)", "(ACK,FIN)"
    event.opens = event.protocol != "tcp" || rest.find("(SYN)") != rest.npos;
    const auto arrow = rest.find("->");
    const std::size_t begin = arrow == rest.npos ? arrow : rest.rfind(' ', arrow);
    if (begin == rest.npos)
    {
        return false;
    }
    std::string_view to = rest.substr(arrow + 2);
    event.action = ActionOf(text.substr(0, in));
    const std::string_view way = text.substr(0, in);
    event.way = EndsWith(way, "output:")  ? FirewallEvent::Way::Outbound
                : EndsWith(way, "input:") ? FirewallEvent::Way::Inbound
                                          : FirewallEvent::Way::Unknown;
    return TakeEnd(rest.substr(begin + 1, arrow - begin - 1),
                   ':',
                   event.source,
                   event.sourcePort) &&
           TakeEnd(to.substr(0, to.find(',')), ':', event.destination, event.destinationPort);
}

bool
ReadJuniper(std::string_view text, FirewallEvent& event)
{
    const std::size_t mark = text.find("RT_FLOW_SESSION_");
    const std::size_t arrow = text.find("->", mark == text.npos ? 0 : mark);
    if (mark == text.npos || arrow == text.npos)
    {
        return false;
    }
    const std::size_t begin = text.rfind(' ', arrow) + 1;
    std::string_view rest = text.substr(arrow + 2);
    const std::string_view to = scan::Word(rest);
    scan::Word(rest);
    scan::Word(rest);
    const std::string_view number = scan::Word(rest); // "6(0)"
    event.protocol = ProtocolOf(number.substr(0, number.find('(')));
    event.rule = scan::Word(rest);
    const std::string_view zone = scan::Word(rest);
    event.way = WayBetween(zone, scan::Word(rest));
    event.action = StartsWith(text.substr(mark), "RT_FLOW_SESSION_CREATE")
                       ? Action::Permitted
                       : ActionOf(text.substr(mark, arrow - mark));
    return TakeEnd(text.substr(begin, arrow - begin), '/', event.source, event.sourcePort) &&
           TakeEnd(to, '/', event.destination, event.destinationPort);
}

bool
ReadIos(std::string_view text, FirewallEvent& event)
{
    auto rest = scan::After(text, "-IPACCESSLOGP: list ");
    if (!rest)
    {
        return false;
    }
    event.rule = scan::Word(*rest);
    event.action = ActionOf(scan::Word(*rest));
    event.protocol = InLowerCase(scan::Word(*rest));
    const std::string_view from = scan::Word(*rest);
    scan::Word(*rest);
    const std::string_view to = scan::Word(*rest);
    return TakeEnd(Trim(from, "),"), '(', event.source, event.sourcePort) &&
           TakeEnd(Trim(to, "),"), '(', event.destination, event.destinationPort);
}

} // namespace bouncelab::detectors
