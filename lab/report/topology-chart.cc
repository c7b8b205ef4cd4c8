#include "lab/report/topology-chart.h"

#include "formats/xml-text.h"
#include "lab/scenario/scalar-text.h"
#include "lab/scenario/topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace bouncelab::report
{

namespace
{

using scenario::Topology;

constexpr std::size_t COLUMNS = 100;

/// A node, or a network, below the one that it was met from.
struct Row
{
    std::size_t depth = 0;
    bool isLast = false; //!< Of its siblings.
    std::string edge;    //!< What leads to it; empty at a root and on a network.
    std::string name;
    std::string detail;
};

/// How many of the members from one on are machines that are numbered: 1 = it stands alone.
std::size_t
RunLength(const std::vector<std::string>& names, std::size_t first)
{
    const std::string& name = names[first];
    const std::size_t dash = name.rfind('-');
    if (dash == std::string::npos)
    {
        return 1;
    }
    const std::string stem = name.substr(0, dash + 1);
    std::size_t length = 0;
    for (; first + length < names.size(); ++length)
    {
        if (names[first + length] != stem + std::to_string(length + 1))
        {
            break;
        }
    }
    return std::max<std::size_t>(length, 1);
}

class TreeMaker
{
  public:
    explicit TreeMaker(const scenario::Scenario& scenario)
        : m_scenario(scenario)
        , m_topology(scenario::TopologyOf(scenario))
    {
    }

    std::vector<Row> Make()
    {
        AddNode(Root(), "", 0, true);
        for (const auto& [name, node] : m_topology.nodes)
        {
            if (m_seen.count(name) == 0)
            {
                AddNode(name, "", 0, true);
            }
        }
        return std::move(m_rows);
    }

  private:
    /// A way down from a node.
    struct Branch
    {
        std::string edge;
        std::string name;
        bool isNetwork = false;
    };

    /// The site's gateway, or the one on whose networks most stands, and then with most lines; of
    /// equals the first by name.
    std::string Root() const
    {
        if (m_topology.lines.count(std::string(scenario::SITE_LINE)) > 0)
        {
            return std::string(scenario::SITE_GATEWAY);
        }
        std::map<std::string, std::size_t> members; // of networks
        for (const auto& [name, node] : m_topology.nodes)
        {
            for (const Topology::Interface& interface : node.interfaces)
            {
                ++members[interface.network];
            }
        }
        members[""] = 0;
        std::map<std::string, std::tuple<bool, std::size_t, std::size_t>> ranks;
        for (const auto& [name, node] : m_topology.nodes)
        {
            auto& [isGateway, stand, lines] = ranks[name];
            isGateway = node.kind == Topology::NodeKind::Gateway;
            for (const Topology::Interface& interface : node.interfaces)
            {
                stand += members[interface.network];
            }
        }
        for (const auto& [name, line] : m_topology.lines)
        {
            ++std::get<2>(ranks[line.near.node]);
            ++std::get<2>(ranks[line.far.node]);
        }
        return std::max_element(ranks.begin(),
                                ranks.end(),
                                [](const auto& a, const auto& b) { return a.second < b.second; })
            ->first;
    }

    std::vector<Branch> BranchesOf(const std::string& node) const
    {
        std::vector<Branch> branches;
        for (const Topology::Interface& interface : m_topology.nodes.at(node).interfaces)
        {
            if (!interface.network.empty() && m_seen.count("network " + interface.network) == 0)
            {
                branches.push_back({"", interface.network, true});
            }
        }
        for (const auto& [name, line] : m_topology.lines)
        {
            const bool isNear = line.near.node == node;
            if ((isNear || line.far.node == node) && m_drawn.count(name) == 0)
            {
                branches.push_back({EdgeText(name, line), isNear ? line.far.node : line.near.node});
            }
        }
        return branches;
    }

    std::string EdgeText(const std::string& name, const Topology::Line& line) const
    {
        Nanoseconds delay(0);
        for (const path::HopConfig& hop : line.hops)
        {
            delay += hop.delay;
        }
        std::string text = fmt::format("{} ({} {}, {}",
                                       name,
                                       line.hops.size(),
                                       line.hops.size() == 1 ? "hop" : "hops",
                                       scenario::FormatDuration(delay));
        const auto add = [&](std::string_view kind, const auto& boxes)
        {
            for (const auto& [box, device] : boxes)
            {
                if (m_topology.LineNamed(device.value.path) == name)
                {
                    text += fmt::format(", {} {} at hop {}", kind, box, device.value.atHop);
                }
            }
        };
        add("injector", m_scenario.middleboxes.injectors);
        add("censor", m_scenario.middleboxes.censors);
        return text + ")";
    }

    void AddNode(const std::string& name, const std::string& edge, std::size_t depth, bool isLast)
    {
        const bool isNew = m_seen.insert(name).second;
        m_rows.push_back({depth, isLast, edge, name, isNew ? DetailOf(name) : "see above"});
        if (!isNew)
        {
            return;
        }
        const std::vector<Branch> branches = BranchesOf(name);
        for (const auto& [line, ends] : m_topology.lines)
        {
            if (ends.near.node == name || ends.far.node == name)
            {
                m_drawn.insert(line);
            }
        }
        for (std::size_t i = 0; i < branches.size(); ++i)
        {
            const bool last = i + 1 == branches.size();
            if (branches[i].isNetwork)
            {
                AddNetwork(branches[i].name, name, depth + 1, last);
            }
            else
            {
                AddNode(branches[i].name, branches[i].edge, depth + 1, last);
            }
        }
    }

    void AddNetwork(const std::string& name,
                    const std::string& from,
                    std::size_t depth,
                    bool isLast)
    {
        m_seen.insert("network " + name);
        const Topology::Network& network = m_topology.networks.at(name);
        m_rows.push_back({depth,
                          isLast,
                          "",
                          name,
                          fmt::format("network {}, {}{}",
                                      network.subnet.ToString(),
                                      scenario::FormatDuration(network.delay),
                                      VantagesAt(name))});
        std::vector<std::string> members;
        for (const Topology::End& member : network.members)
        {
            if (member.node != from)
            {
                members.push_back(member.node);
            }
        }
        std::sort(members.begin(), members.end(), ByNumber);
        for (std::size_t i = 0; i < members.size();)
        {
            const std::size_t run = RunLength(members, i);
            const bool last = i + run == members.size();
            if (run < 4)
            {
                AddNode(members[i], "", depth + 1, last);
                ++i;
                continue;
            }
            m_rows.push_back({depth + 1,
                              last,
                              "",
                              members[i] + " to " + members[i + run - 1],
                              AddressOf(members[i]) + " to " + AddressOf(members[i + run - 1])});
            m_seen.insert(members.begin() + static_cast<std::ptrdiff_t>(i),
                          members.begin() + static_cast<std::ptrdiff_t>(i + run));
            i += run;
        }
    }

    /// Names in order, numbers at their end by their value.
    static bool ByNumber(const std::string& a, const std::string& b)
    {
        const auto split = [](const std::string& name)
        {
            const std::size_t end = name.find_last_not_of("0123456789") + 1;
            return std::tuple(name.substr(0, end), name.size() - end, name.substr(end));
        };
        return split(a) < split(b);
    }

    std::string AddressOf(const std::string& node) const
    {
        return m_topology.nodes.at(node).interfaces.front().address.ToString();
    }

    std::string DetailOf(const std::string& name) const
    {
        const Topology::Node& node = m_topology.nodes.at(name);
        std::string text = node.kind == Topology::NodeKind::Gateway   ? "gateway"
                           : node.kind == Topology::NodeKind::Station ? "station"
                                                                      : "";
        for (std::size_t i = 0; i < node.interfaces.size(); ++i)
        {
            const Topology::Interface& interface = node.interfaces[i];
            if (node.kind != Topology::NodeKind::Station || i == 0)
            {
                text += (text.empty() ? "" : ", ") + interface.address.ToString();
            }
            if (node.kind != Topology::NodeKind::Station && !interface.name.empty())
            {
                text += " " + interface.name + VantagesAt(name + "-" + interface.name);
            }
        }
        text += node.nat ? ", NAT" : "";
        text += node.filter.empty() ? "" : fmt::format(", {} rules", node.filter.size());
        for (const auto& [prefix, neighbor] : node.routes)
        {
            text += fmt::format(", {} by {}", prefix, neighbor);
        }
        for (const auto& [tunnelName, tunnel] : m_scenario.tunnels)
        {
            if (m_topology.lines.at(tunnel.path).far.node == name)
            {
                text += fmt::format(", tunnel {} to {}",
                                    tunnelName,
                                    tunnel.tunnel.insideAddress.ToString());
            }
        }
        for (const auto& [box, proxy] : m_scenario.middleboxes.proxies)
        {
            text += proxy.host == name      ? fmt::format(", proxy {} at {}", box, proxy.station)
                    : proxy.station == name ? fmt::format(", proxy {}", box)
                                            : "";
        }
        return text + VantagesAt(name);
    }

    /// Marks what is seen at a place.
    std::string VantagesAt(const std::string& place) const
    {
        std::string text;
        for (const auto& [name, vantage] : m_scenario.vantages)
        {
            if (vantage.place == place)
            {
                text += fmt::format(" [{}]", name);
            }
        }
        return text;
    }

    const scenario::Scenario& m_scenario;
    Topology m_topology;
    std::vector<Row> m_rows;
    std::set<std::string> m_seen;  //!< Nodes and "network NAME".
    std::set<std::string> m_drawn; //!< Lines.
};

/// Lines of at most COLUMNS, broken at blanks where there are any.
/// \param below what lines begin with from the second on
std::string
Wrapped(const std::string& head, std::string text, const std::string& below)
{
    std::string lines;
    std::string start = head;
    while (start.size() + text.size() > COLUMNS && start.size() < COLUMNS)
    {
        const std::size_t blank = text.rfind(' ', COLUMNS - start.size());
        if (blank == std::string::npos)
        {
            break;
        }
        lines += start + text.substr(0, text.find_last_not_of(' ', blank) + 1) + "\n";
        text.erase(0, blank + 1);
        start = below;
    }
    return lines + start + text + "\n";
}

} // namespace

std::string
TopologyText(const scenario::Scenario& scenario)
{
    std::string text;
    std::vector<bool> open; // by depth: siblings follow
    for (const Row& row : TreeMaker(scenario).Make())
    {
        open.resize(row.depth);
        std::string head;
        for (std::size_t i = 1; i < row.depth; ++i)
        {
            head += open[i] ? "|  " : "   ";
        }
        std::string below = head;
        head += row.depth == 0 ? "" : "+- ";
        below += row.depth == 0 ? "      " : row.isLast ? "         " : "|        ";
        open.resize(row.depth + 1);
        open[row.depth] = !row.isLast;
        const std::string edge = row.edge.empty() ? "" : row.edge + " - ";
        text += Wrapped(head, edge + row.name + "  " + row.detail, below);
    }
    return text;
}

std::string
TopologyChart(const scenario::Scenario& scenario)
{
    constexpr int STEP = 44;
    constexpr int INDENT = 36;
    constexpr int MARGIN = 16;
    constexpr int HEAD = 46;
    const std::vector<Row> rows = TreeMaker(scenario).Make();
    const int height = HEAD + static_cast<int>(rows.size()) * STEP;
    const std::string title = scenario.name + "/" + scenario.variant;
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "height=\"{1}\" role=\"img\" aria-label=\"{2}\" font-family=\"sans-serif\" "
        "font-size=\"13\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n"
        "<text x=\"{3}\" y=\"28\" font-size=\"17\" fill=\"#222222\">{2}</text>\n",
        1000,
        height,
        EscapedForXml(title),
        MARGIN);
    std::vector<int> parents; // by depth: where the node stands
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        const Row& row = rows[i];
        const int x = MARGIN + static_cast<int>(row.depth) * INDENT;
        const int y = HEAD + static_cast<int>(i) * STEP + 14;
        parents.resize(row.depth);
        if (row.depth > 0)
        {
            svg += fmt::format("<path d=\"M{} {}V{}H{}\" stroke=\"#4477aa\" fill=\"none\"/>\n",
                               x - INDENT + 5,
                               parents.back() + 5,
                               y,
                               x);
        }
        parents.push_back(y);
        svg += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"5\" fill=\"#4477aa\"/>\n"
                           "<text x=\"{}\" y=\"{}\" fill=\"#222222\"><tspan font-weight=\"bold\">{}"
                           "</tspan> {}</text>\n",
                           x + 5,
                           y,
                           x + 16,
                           y + 4,
                           EscapedForXml(row.name),
                           EscapedForXml(row.detail));
        if (!row.edge.empty())
        {
            svg += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"11\" fill=\"#555555\">{}</text>"
                               "\n",
                               x + 16,
                               y + 18,
                               EscapedForXml(row.edge));
        }
    }
    return svg + "</svg>\n";
}

} // namespace bouncelab::report
