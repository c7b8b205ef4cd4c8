#ifndef BOUNCELAB_LAB_SCENARIO_TOPOLOGY_H
#define BOUNCELAB_LAB_SCENARIO_TOPOLOGY_H

#include "formats/prefix.h"
#include "lab/scenario/scenario.h"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::scenario
{

/**
 * The network of a scenario as a graph: nodes with interfaces, joined by lines and by Ethernet
 * segments. All that knows how the keys describe it is TopologyOf(), where `site` becomes a gateway
 * and a line like any other; checks, worlds and pictures are made from the graph.
 */
struct Topology
{
    enum class NodeKind
    {
        Host,
        Gateway, //!< Forwards between its interfaces.
        Station, //!< Forwards; what it does not know lies towards the site.
    };

    /// Where a node is joined to the rest.
    struct Interface
    {
        std::string name; //!< Empty is a host's first one.
        IpAddress address;
        bool leadsOut = false; //!< Away from the site: what arrives here is inbound.
        std::string network;   //!< The segment; empty = lines end here.
        MacAddress mac;        //!< On that segment.
        path::CardConfig card; //!< Ditto.
    };

    struct Node
    {
        /// A host with several interfaces, between which it does not forward.
        bool IsMultihomed() const { return kind == NodeKind::Host && interfaces.size() > 1; }

        NodeKind kind = NodeKind::Host;
        std::vector<Interface> interfaces;
        std::vector<IpAddress> further; //!< Other addresses that lead to it.
        path::HopConfig icmp;           //!< Its own address, and its ICMP figures, if it forwards.
        std::optional<path::NatConfig> nat;
        std::vector<path::FilterRule> filter;
        path::FilterState filterState;
        std::map<std::string, std::string> routes; //!< By hand: prefix to neighbor.
    };

    struct End
    {
        std::string node;
        std::size_t interface = 0;

        friend bool operator==(const End& a, const End& b)
        {
            return a.node == b.node && a.interface == b.interface;
        }
    };

    /// A chain of hops; the last one is the node at its far end.
    struct Line
    {
        End near;
        End far;
        std::vector<path::HopConfig> hops; //!< Delays scaled.
    };

    /// An Ethernet segment.
    struct Network
    {
        IpPrefix subnet;
        Nanoseconds delay{0};
        Nanoseconds arpTimeout{0};
        std::vector<End> members;
    };

    /// The first step of a route: over a line, or to a neighbor on a network.
    struct Step
    {
        std::size_t interface = 0; //!< By which it leaves.
        std::string line;          //!< Or else,
        IpAddress neighbor;        //!< on the interface's network.
        std::string to;            //!< The next node.
        Nanoseconds delay{0};      //!< Of the whole route.
    };

    using Routes = std::map<IpAddress, Step>; //!< By destination.

    std::map<std::string, Node> nodes;
    std::map<std::string, Line> lines;
    std::map<std::string, Network> networks;

    /// The routes from a node to every address that it can reach: the shortest delay, of equal ones
    /// the first by name. A line or a network is of one family, and so is a route. They lead
    /// through gateways and stations, but not through an address translation from outside. Routes
    /// by hand at that node win.
    Routes RoutesFrom(const std::string& node) const;

    /// The interface of a gateway, or a host's further one, that a place names: `gateway-inside`.
    std::optional<End> InterfaceAt(const std::string& place) const;

    /// The same, or the first interface of the node that it names.
    std::optional<End> PlaceOf(const std::string& place) const;

    /// The host that a place names, itself or by an interface; what is no host's is as it was.
    std::string MachineAt(const std::string& place) const;

    /// The gateway that a vantage's place names, by an interface or as the host that runs on it;
    /// empty if it is none.
    std::string GatewayAt(const std::string& place) const;

    /// The gateway from which a line leads away, over stations or at once, and where it leaves it.
    End GatewayBefore(const std::string& line) const;

    /// Whether a host's interface is at the near end of a line: what arrives there is inbound.
    bool BeginsLine(const End& end) const;

    /// The name of the line that a key means: a path's, a station's, or the site's.
    std::string LineNamed(const std::string& key) const;

    /// Whether a line begins or ends at an interface.
    bool EndsLine(const End& end) const;

    /// All addresses that lead to a node.
    static std::vector<IpAddress> AddressesOf(const Node& node);

    /// Whether a node is joined to anything.
    bool IsJoined(const std::string& node) const;

    /// Whether they are joined by something that is of a family.
    bool AreNeighbors(const std::string& node, const std::string& other, bool inIpv6) const;

    /// The addresses of all that is behind those of a node's interfaces that lead out, or behind
    /// the others, without its own: also what translations hide, and routers within lines.
    std::set<IpAddress> AddressesBehind(const std::string& node, bool outside) const;

    /// The gateway whose translation appears as an address; null if there is none.
    const Node* TranslatorAt(const IpAddress& address) const;

    /// Whether packets from a node come to an address, router by router.
    bool Arrives(const std::string& node, const IpAddress& address) const;

    /// The address under which one host finds a server of another: its own if a route leads there,
    /// else that of a translation that forwards the port to it.
    IpAddress AddressFor(const std::string& from, const std::string& to, std::uint16_t port) const;

    /// The interface at which a path joins a node: `NODE:INTERFACE`, or `NODE` where it is a host
    /// whose first one is on no network, a station, or has but one that is on no network, or
    /// `outside` is one. Nothing if there is none.
    std::optional<End> FindEnd(const std::string& text) const;

    const Interface& At(const End& end) const
    {
        return nodes.at(end.node).interfaces[end.interface];
    }

  private:
    void AddShortest(const std::string& node, bool isIpv6, Routes& routes) const;
    void SetByHand(const std::string& node, Routes& routes) const;
};

/// Names of a node and a line that no key has: the site's gateway, and the line inside.
constexpr std::string_view SITE_GATEWAY = "gateway";
constexpr std::string_view SITE_LINE = "gateway/inside";
constexpr std::string_view SITE_LINE_KEY = "inside"; //!< What keys call that line.

/// The nodes of a scenario, which nothing joins yet.
Topology NodesOf(const Scenario& scenario);

/// \pre the scenario's references between nodes are checked
Topology TopologyOf(const Scenario& scenario);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_TOPOLOGY_H
