#ifndef BOUNCELAB_LAB_SCENARIO_NAME_CONFIG_H
#define BOUNCELAB_LAB_SCENARIO_NAME_CONFIG_H

#include "formats/field.h"
#include "formats/persona-ref.h"
#include "models/dns/blacklist-config.h"

#include <map>
#include <string>
#include <vector>

namespace bouncelab::scenario
{

/// Somebody asks a list to take an address off.
struct RemovalConfig
{
    IpAddress address = Field(&address, "address").Required() | "The address.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When.";
};

/// A list of addresses that a host runs: a zone of its name server, and where it learns from.
struct BlacklistConfig
{
    std::string zone = Field(&zone, "zone").Required() | "The zone: `cbl.abuseat.org`.";
    PersonaRef<dns::BlacklistPolicy> policy =
        Field(&policy, "policy").Required() | "List persona: who gets on it, and off again.";
    std::vector<std::string> spamTraps =
        Field(&spamTraps, "spam-traps") |
        "Hosts whose recipients are nobody's: every message that they take is a hit.";
    std::vector<std::string> filters =
        Field(&filters, "filters") |
        "Hosts, such as filters of others' mail, that tell the list of clients that send behind an "
        "implausible HELO.";
    Nanoseconds reportDelay =
        Field(&reportDelay, "report-delay", std::chrono::seconds(10)).Range(0, 1e17) |
        "From there to the list.";
    std::map<std::string, RemovalConfig> removals =
        Field(&removals, "removals") | "Requests for removal, by name.";
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_NAME_CONFIG_H
