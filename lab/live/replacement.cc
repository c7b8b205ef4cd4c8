#include "lab/live/replacement.h"

#include "lab/scenario/topology.h"

#include "formats/text.h"
#include "lab/scenario/scenario-error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace bouncelab::live
{

namespace
{

namespace fs = std::filesystem;

/// Locally administered, and telling: 02:00 and the IPv4 address.
MacAddress
MachineMac(Ipv4 address)
{
    return MacAddress{{0x02,
                       0x00,
                       static_cast<std::uint8_t>(address.value >> 24),
                       static_cast<std::uint8_t>(address.value >> 16),
                       static_cast<std::uint8_t>(address.value >> 8),
                       static_cast<std::uint8_t>(address.value)}};
}

constexpr MacAddress GATEWAY_MAC{{0x02, 0x00, 0x5E, 0x00, 0x00, 0x01}};
/// For a machine whose next router has no address of its own.
constexpr Ipv4 NAMELESS_GATEWAY{0xA9FE0001};

/// A name for folders.
std::string
ProgramName(const std::string& word)
{
    std::string name = fs::path(word).filename().string();
    for (char& c : name)
    {
        const bool isPlain = IsAlnum(c) || c == '-' || c == '_' || c == '.';
        c = isPlain ? c : '_';
    }
    return name.empty() || name[0] == '.' ? "command" : name;
}

/// What else a host is that keeps it from being replaced; empty if nothing.
std::string
HindranceOf(const scenario::Scenario& scenario, const std::string& node)
{
    for (const auto& [name, proxy] : scenario.middleboxes.proxies)
    {
        if (proxy.host == node)
        {
            return fmt::format("it is the proxy {}", name);
        }
    }
    for (const auto& [name, tunnel] : scenario.tunnels)
    {
        if (scenario.paths.at(tunnel.path).to == node)
        {
            return fmt::format("it is at the end of the tunnel {}", name);
        }
    }
    if (scenario.hosts.at(node).address.IsIpv6())
    {
        return "its address is IPv6, and the bridge carries IPv4";
    }
    const scenario::Topology topology = scenario::TopologyOf(scenario);
    const auto found = topology.nodes.find(node);
    if (found->second.kind != scenario::Topology::NodeKind::Host)
    {
        return "it is a gateway";
    }
    if (found->second.IsMultihomed())
    {
        return "it has several interfaces";
    }
    return topology.IsJoined(node) ? "" : "no path leads to it";
}

} // namespace

std::string
Quoted(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text)
    {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

Replacement
ParseReplacement(std::string_view text, const fs::path& data)
{
    const std::size_t sign = text.find('=');
    const std::size_t first = text.find_first_not_of(" \t", sign == text.npos ? sign : sign + 1);
    if (sign == text.npos || sign == 0 || first == text.npos)
    {
        throw LiveError(fmt::format("--replace {}: expected NODE=COMMAND", text));
    }
    Replacement replacement;
    replacement.node = text.substr(0, sign);
    const std::string command(text.substr(first));
    const std::size_t end = std::min(command.find_first_of(" \t"), command.size());
    const std::string word = command.substr(0, end);
    const fs::path peer = data / "peers" / word;
    replacement.program = ProgramName(word);
    if (word.find('/') == word.npos && fs::exists(peer / "run"))
    {
        replacement.peer = fs::absolute(peer);
        replacement.readiness = Readiness::Said;
        replacement.command.text =
            "exec " + Quoted((replacement.peer / "run").string()) + command.substr(end);
        replacement.command.folder = replacement.peer;
    }
    else
    {
        replacement.command.text = command;
        replacement.command.folder = fs::current_path();
    }
    return replacement;
}

void
CheckReplacements(const scenario::Scenario& scenario, const std::vector<Replacement>& replacements)
{
    std::set<std::string> seen;
    for (const Replacement& replacement : replacements)
    {
        const std::string& node = replacement.node;
        if (scenario.hosts.count(node) == 0)
        {
            std::vector<std::string_view> known;
            for (const auto& [name, host] : scenario.hosts)
            {
                known.push_back(name);
            }
            throw LiveError(fmt::format("{}/{} has no host \"{}\"{}",
                                        scenario.name,
                                        scenario.variant,
                                        node,
                                        scenario::Suggest(node, known)));
        }
        if (!seen.insert(node).second)
        {
            throw LiveError(fmt::format("{} is replaced twice", node));
        }
        if (const std::string hindrance = HindranceOf(scenario, node); !hindrance.empty())
        {
            throw LiveError(fmt::format("{} cannot be replaced: {}", node, hindrance));
        }
    }
}

NetworkSetup
NetworkOf(const scenario::Scenario& scenario, const std::string& node)
{
    NetworkSetup network;
    network.address = scenario.hosts.at(node).address.AsIpv4();
    const scenario::Topology topology = scenario::TopologyOf(scenario);
    for (const auto& [name, line] : topology.lines)
    {
        if (line.near.node == node)
        {
            network.gateway = line.hops.front().address.AsIpv4();
        }
        else if (line.far.node == node)
        {
            const IpAddress& before = line.hops.size() > 1 ? line.hops[line.hops.size() - 2].address
                                                           : topology.At(line.near).address;
            network.gateway = before.AsIpv4();
        }
    }
    if (network.gateway.value == 0 || network.gateway == network.address)
    {
        network.gateway = NAMELESS_GATEWAY;
    }
    network.machineMac = MachineMac(network.address);
    network.gatewayMac = GATEWAY_MAC;
    return network;
}

} // namespace bouncelab::live
