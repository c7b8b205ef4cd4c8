#ifndef BOUNCELAB_DETECTORS_READERS_FIREWALL_ROWS_H
#define BOUNCELAB_DETECTORS_READERS_FIREWALL_ROWS_H

#include "detectors/readers/firewall-log-reader.h"

#include <cstdint>
#include <string>
#include <string_view>

/// Rows of firewalls that have a form of their own, and what they share with those of others.
namespace bouncelab::detectors
{

std::uint16_t PortOf(std::string_view text);

/// What a firewall's word for it means: "Drop", "policy-deny", "accept".
FirewallEvent::Action ActionOf(std::string_view words);

/// "tcp" of "6" and of "TCP".
std::string ProtocolOf(std::string_view value);

/// The way by the names of two interfaces or zones, where one of them is the world's.
FirewallEvent::Way WayBetween(std::string_view from, std::string_view to);

/// Check Point's: [action:"Drop"; ... dst:"203.0.113.7"; proto:"6"; service:"25"; src:"10.0.0.5"],
/// and as its older program prints: "drop fw1 >eth1 rule: 12; src: 10.0.0.5; dst: ...; proto: tcp;"
bool ReadCheckPoint(std::string_view text, FirewallEvent& event);

/// Palo Alto's log of traffic, in its vendor's order of fields: 1,time,serial,TRAFFIC,drop,...
bool ReadPaloAlto(std::string_view text, FirewallEvent& event);

/// MikroTik's: "NAME forward: in:bridge1 out:ether1, ... proto TCP (SYN), a:41022->b:25, len 60";
/// what was done with it, the rule's own words in front tell or nothing does.
bool ReadMikroTik(std::string_view text, FirewallEvent& event);

/// Juniper's: "RT_FLOW_SESSION_DENY: session denied a/41022->b/25 ... 6(0) POLICY trust untrust
/// ..."
bool ReadJuniper(std::string_view text, FirewallEvent& event);

/// An access list of Cisco's routers: "%SEC-6-IPACCESSLOGP: list NAME denied tcp a(41022) -> b(25)"
bool ReadIos(std::string_view text, FirewallEvent& event);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_FIREWALL_ROWS_H
