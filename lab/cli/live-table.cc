#include "lab/cli/live-table.h"

#include "lab/cli/table.h"

#include <fmt/format.h>

#include <map>

namespace bouncelab::cli
{

namespace
{

using live::LiveMachine;
using live::LiveMessage;

constexpr double SECOND_NS = 1e9;
constexpr double MILLISECOND_NS = 1e6;

std::uint64_t
Unused(const LiveMachine& machine)
{
    return machine.packets.malformed + machine.packets.fragments + machine.packets.stray +
           machine.packets.oversized + machine.overruns;
}

Cell
EndOf(const LiveMachine& machine)
{
    Cell cell;
    if (!machine.ended)
    {
        cell.Add("runs");
    }
    else
    {
        cell.Add(fmt::format("ended with {}", *machine.ended),
                 *machine.ended == 0 ? TextStyle::Plain : TextStyle::Bad);
    }
    if (!machine.isCollected)
    {
        cell.Add("collect failed", TextStyle::Bad);
    }
    return cell;
}

std::string
WhatSenderSaw(const LiveMessage& message)
{
    if (message.senderSaw.empty())
    {
        return "unknown";
    }
    return message.reply.empty() ? message.senderSaw
                                 : fmt::format("{}: {}", message.senderSaw, message.reply);
}

/// "accepted by exchange, twice", "2 in the mailbox"
std::string
WhatReceiverSaw(const LiveMessage& message)
{
    std::map<std::string, int> hosts;
    for (const std::string& host : message.accepted)
    {
        ++hosts[host];
    }
    std::string text;
    for (const auto& [host, times] : hosts)
    {
        text += (text.empty() ? "" : ", ") + fmt::format("{} took it", host) +
                (times == 1 ? "" : fmt::format(" {} times", times));
    }
    if (message.copies >= 0)
    {
        text += (text.empty() ? "" : ", ") + fmt::format("{} in the mailbox", message.copies);
    }
    return text.empty() ? "nothing" : text;
}

} // namespace

std::string
LiveText(const live::LiveReport& report, const Terminal& terminal)
{
    Table machines({"host", "program", "packets", "connections", "at the end"});
    for (const LiveMachine& machine : report.machines)
    {
        Cell packets(fmt::format("{} out, {} in", machine.packets.out, machine.packets.in));
        if (Unused(machine) > 0)
        {
            packets.Add(fmt::format("{} unused", Unused(machine)), TextStyle::Unsure);
        }
        machines.Add({Cell(machine.node),
                      Cell(machine.version.empty() ? machine.program : machine.version),
                      packets,
                      Cell(fmt::format("{} opened, {} taken",
                                       machine.connections.opened,
                                       machine.connections.taken)),
                      EndOf(machine)});
    }
    std::string text = machines.Print(terminal);
    Table messages({"at", "from", "to", "sender saw", "receiver saw"});
    for (const LiveMessage& message : report.messages)
    {
        messages.Add(
            {Cell(fmt::format("{:.1f} s", message.sent.time_since_epoch().count() / SECOND_NS)),
             Cell(message.from.empty() ? "-" : message.from),
             Cell(message.recipient),
             Cell(WhatSenderSaw(message)),
             Cell(WhatReceiverSaw(message))});
    }
    if (!messages.IsEmpty())
    {
        text += "\n" + messages.Print(terminal);
    }
    return text + fmt::format("\n{:.1f} s in real time; at most {:.1f} ms behind the clock\n",
                              report.endNs / SECOND_NS,
                              report.largestLagNs / MILLISECOND_NS);
}

nlohmann::ordered_json
ToJson(const live::LiveReport& report)
{
    nlohmann::ordered_json json{{"seconds", report.endNs / SECOND_NS},
                                {"largest_lag_ms", report.largestLagNs / MILLISECOND_NS},
                                {"machines", nlohmann::ordered_json::array()},
                                {"messages", nlohmann::ordered_json::array()}};
    for (const LiveMachine& machine : report.machines)
    {
        nlohmann::ordered_json line{{"node", machine.node},
                                    {"program", machine.program},
                                    {"version", machine.version},
                                    {"packets_out", machine.packets.out},
                                    {"packets_in", machine.packets.in},
                                    {"unused", Unused(machine)},
                                    {"opened", machine.connections.opened},
                                    {"taken", machine.connections.taken},
                                    {"ended", nullptr},
                                    {"collected", machine.isCollected}};
        if (machine.ended)
        {
            line["ended"] = *machine.ended;
        }
        json["machines"].push_back(std::move(line));
    }
    for (const LiveMessage& message : report.messages)
    {
        json["messages"].push_back({{"message_id", message.messageId},
                                    {"recipient", message.recipient},
                                    {"from", message.from},
                                    {"at", message.sent.time_since_epoch().count() / SECOND_NS},
                                    {"sender_saw", message.senderSaw},
                                    {"reply", message.reply},
                                    {"accepted", message.accepted},
                                    {"copies", message.copies}});
    }
    return json;
}

} // namespace bouncelab::cli
