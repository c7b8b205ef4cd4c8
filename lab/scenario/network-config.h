#ifndef BOUNCELAB_LAB_SCENARIO_NETWORK_CONFIG_H
#define BOUNCELAB_LAB_SCENARIO_NETWORK_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"
#include "models/path/card-config.h"
#include "models/path/filter-config.h"
#include "models/path/nat-config.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::scenario
{

/// Makers of network cards, by one of the prefixes that the IEEE has given each.
enum class Vendor : std::uint32_t
{
    Cisco = 0x000BBE,
    Compaq = 0x000802,
    Dell = 0x001422,
    Hp = 0x00110A,
    Huawei = 0x00E0FC,
    Ibm = 0x001125,
    Intel = 0x0002B3,
    Realtek = 0x00E04C,
    SonicWall = 0x0006B1,
    ThreeCom = 0x005004,
    VMware = 0x000C29,
};

constexpr auto
EnumNames(Vendor)
{
    return std::array<EnumName<Vendor>, 11>{{{"3com", Vendor::ThreeCom},
                                             {"cisco", Vendor::Cisco},
                                             {"compaq", Vendor::Compaq},
                                             {"dell", Vendor::Dell},
                                             {"hp", Vendor::Hp},
                                             {"huawei", Vendor::Huawei},
                                             {"ibm", Vendor::Ibm},
                                             {"intel", Vendor::Intel},
                                             {"realtek", Vendor::Realtek},
                                             {"sonicwall", Vendor::SonicWall},
                                             {"vmware", Vendor::VMware}}};
}

/// The card of a machine on an Ethernet segment.
struct NetworkCard
{
    std::string network = Field(&network, "network") |
                          "Name of the network that it is on; empty = it is at the end of a path.";
    Vendor vendor = Field(&vendor, "vendor", Vendor::Intel) | "Maker of its network card.";
    MacAddress mac =
        Field(&mac, "mac") |
        "Ethernet address on that network; none = the vendor's prefix and three octets "
        "that follow from the machine's name.";
    path::CardConfig habits = Inline(&habits);
};

/// An Ethernet segment: a LAN.
struct NetworkConfig
{
    std::string subnet = Field(&subnet, "subnet").Required() |
                         "Its addresses, as `192.168.1.0/24` or `2001:db8:1::/64`.";
    Nanoseconds delay =
        Field(&delay, "delay", Nanoseconds(20000)).Range(2, 1e9) | "From any machine to any other.";
    Nanoseconds arpTimeout =
        Field(&arpTimeout, "arp-timeout", Nanoseconds(600000000000)).Range(1e6, 1e18) |
        "Machines ask by ARP or neighbor solicitation again after this time, unless they have one "
        "of their own.";
};

struct InterfaceConfig
{
    IpAddress address = Field(&address, "address").Required() | "IPv4 or IPv6 address.";
    NetworkCard card = Inline(&card);
};

/// A node that forwards between its interfaces. A host of the same name runs on it.
struct GatewayConfig
{
    std::map<std::string, InterfaceConfig> interfaces =
        Field(&interfaces, "interfaces").Required() |
        "Its interfaces, by name: one to each network, and others that paths begin and end at.";
    std::string outside =
        Field(&outside, "outside", "outside") |
        "Name of the interface that leads away from the site: addresses are translated there, and "
        "the filter's directions mean it.";
    std::optional<path::NatConfig> nat =
        Field(&nat, "nat") | "Address translation at that interface; none by default.";
    std::vector<path::FilterRule> filter =
        Field(&filter, "filter") |
        "Rules in order, of which the first that fits decides; what fits none is accepted. What "
        "the host on the gateway sends is not filtered.";
    std::optional<path::FilterState> filterState =
        Field(&filterState, "filter-state") |
        "What the filter remembers of conversations, and how its resets look.";
    std::map<std::string, std::string> routes =
        Field(&routes, "routes") | "Routes by hand: `10.1.0.0/16`, `2001:db8:1::/48` or an "
                                   "address, to the name of the neighboring gateway, "
                                   "station or host; all others follow from the delays.";
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_NETWORK_CONFIG_H
