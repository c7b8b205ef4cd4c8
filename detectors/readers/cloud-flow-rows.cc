#include "detectors/readers/cloud-flow-rows.h"

#include "detectors/readers/firewall-rows.h"
#include "detectors/readers/json-member.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <string>

namespace bouncelab::detectors
{

namespace
{

using Json = nlohmann::json;
using Action = FirewallEvent::Action;
using Way = FirewallEvent::Way;

WallTime
FromEpoch(std::string_view seconds)
{
    return WallTime(std::chrono::seconds(scan::Number(seconds).value_or(0)));
}

/// Sets the ends of a flow. One that comes from a server's port is the way back of another.
bool
SetEnds(std::string_view source,
        std::string_view sourcePort,
        std::string_view destination,
        std::string_view destinationPort,
        FirewallEvent& event)
{
    constexpr std::uint16_t LOWEST_OF_CLIENTS = 1024;
    const auto from = HostAddress::Parse(source);
    const auto to = HostAddress::Parse(destination);
    event.source = from.value_or(HostAddress());
    event.destination = to.value_or(HostAddress());
    event.sourcePort = PortOf(sourcePort);
    event.destinationPort = PortOf(destinationPort);
    event.opens = event.sourcePort >= LOWEST_OF_CLIENTS || event.sourcePort == 0;
    return from && to;
}

/// "2 123456789010 eni-1235b8ca 10.0.1.20 198.51.100.25 48212 25 6 4 240 START END REJECT OK"
bool
ReadAwsRow(std::string_view text, FirewallEvent& event)
{
    constexpr std::size_t FIELDS = 14;
    std::vector<std::string_view> fields;
    for (std::string_view word = scan::Word(text); !word.empty() && fields.size() <= FIELDS;
         word = scan::Word(text))
    {
        fields.push_back(word);
    }
    if (fields.size() != FIELDS || fields[0] != "2" || !StartsWith(fields[2], "eni-") ||
        (fields[12] != "ACCEPT" && fields[12] != "REJECT"))
    {
        return false;
    }
    event.time = FromEpoch(fields[10]);
    event.protocol = ProtocolOf(fields[7]);
    event.action = ActionOf(fields[12]);
    return SetEnds(fields[3], fields[5], fields[4], fields[6], event);
}

/// "1715677203,10.0.1.4,198.51.100.25,48212,25,T,O,D,B,,,,"
bool
ReadAzureTuple(std::string_view tuple, FirewallEvent& event)
{
    constexpr std::size_t FIELDS = 8;
    const std::vector<std::string_view> fields = scan::Fields(tuple, ',');
    const bool begins = fields.size() <= FIELDS || fields[8] == "B" || fields[8].empty();
    if (fields.size() < FIELDS || !begins)
    {
        return false;
    }
    event.time = FromEpoch(fields[0]);
    event.protocol = fields[5] == "T" ? "tcp" : fields[5] == "U" ? "udp" : "";
    event.way = fields[6] == "O" ? Way::Outbound : Way::Inbound;
    event.action = fields[7] == "D" ? Action::Denied : Action::Permitted;
    return SetEnds(fields[1], fields[3], fields[2], fields[4], event);
}

void
ReadAzure(const Json& document, std::vector<FirewallEvent>& events)
{
    for (const Json& record : MemberOf(document, "records"))
    {
        for (const Json& rule : MemberOf(MemberOf(record, "properties"), "flows"))
        {
            for (const Json& card : MemberOf(rule, "flows"))
            {
                for (const Json& tuple : MemberOf(card, "flowTuples"))
                {
                    FirewallEvent event;
                    event.rule = JsonText(MemberOf(rule, "rule"));
                    if (ReadAzureTuple(JsonText(tuple), event))
                    {
                        events.push_back(std::move(event));
                    }
                }
            }
        }
    }
}

void
ReadGoogle(const Json& entry, std::vector<FirewallEvent>& events)
{
    const Json& payload = MemberOf(entry, "jsonPayload");
    const Json& connection = MemberOf(payload, "connection");
    const std::string disposition = JsonText(MemberOf(payload, "disposition"));
    FirewallEvent event;
    event.protocol = ProtocolOf(JsonText(MemberOf(connection, "protocol")));
    // Flow logs, which have no disposition, hold what passed.
    event.action = disposition.empty() ? Action::Permitted : ActionOf(disposition);
    const Json& rule = MemberOf(payload, "rule_details");
    event.rule = JsonText(MemberOf(rule, "reference"));
    const std::string direction = JsonText(MemberOf(rule, "direction"));
    event.way = direction == "EGRESS"    ? Way::Outbound
                : direction == "INGRESS" ? Way::Inbound
                                         : Way::Unknown;
    if (SetEnds(JsonText(MemberOf(connection, "src_ip")),
                JsonText(MemberOf(connection, "src_port")),
                JsonText(MemberOf(connection, "dest_ip")),
                JsonText(MemberOf(connection, "dest_port")),
                event))
    {
        events.push_back(std::move(event));
    }
}

} // namespace

std::vector<FirewallEvent>
ReadCloudFlows(std::string_view text)
{
    std::vector<FirewallEvent> events;
    FirewallEvent row;
    if (ReadAwsRow(text, row))
    {
        events.push_back(std::move(row));
        return events;
    }
    const bool isAzure = text.find("\"flowTuples\"") != text.npos;
    const bool isGoogle =
        text.find("\"jsonPayload\"") != text.npos && text.find("\"connection\"") != text.npos;
    if ((text.empty() || (text.front() != '{' && text.front() != '[')) || (!isAzure && !isGoogle))
    {
        return events;
    }
    const Json whole = Json::parse(text, nullptr, false);
    if (isAzure)
    {
        ReadAzure(whole, events);
    }
    else if (whole.is_array())
    {
        for (const Json& entry : whole)
        {
            ReadGoogle(entry, events);
        }
    }
    else
    {
        ReadGoogle(whole, events);
    }
    return events;
}

} // namespace bouncelab::detectors
