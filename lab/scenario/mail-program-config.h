#ifndef BOUNCELAB_LAB_SCENARIO_MAIL_PROGRAM_CONFIG_H
#define BOUNCELAB_LAB_SCENARIO_MAIL_PROGRAM_CONFIG_H

#include "formats/address.h"
#include "formats/duration.h"
#include "formats/field.h"
#include "formats/persona-ref.h"
#include "models/connector/filter-config.h"
#include "models/connector/receive-connector-config.h"
#include "models/connector/sender-checks-config.h"

#include <optional>
#include <string>

namespace bouncelab::scenario
{

/// Where a mail program that does not look up exchangers hands everything to: a submission client's
/// server, or a smarthost.
struct RelayConfig
{
    IpAddress address =
        Field(&address, "address") |
        "Address of the server, as its user typed it; without one its name is looked up "
        "by the host's `resolver`.";
    std::uint16_t port = Field(&port, "port", 25).Range(1, 65535) | "Port of the server.";
    std::string name = Field(&name, "name") |
                       "Name under which the program knows the server; empty = "
                       "it is set up by address.";
};

/// An administrator has a mail program try at once what waits in its queue (`Retry-Queue`,
/// `postqueue -f`).
struct QueueRetryConfig
{
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When.";
    std::string domain =
        Field(&domain, "domain") | "Mail for this domain alone; empty = all that waits.";
};

/// A host is without power for a while, or its mail program is stopped and started again.
struct DowntimeConfig
{
    Nanoseconds at = Field(&at, "at").Required().Range(0, 1e18) | "When it begins.";
    Nanoseconds downtime = Field(&downtime, "downtime", std::chrono::minutes(1)).Range(1e6, 1e17) |
                           "Until it runs again.";
};

/// A receive connector: a port that a server listens to, and its policy.
struct ConnectorConfig
{
    std::uint16_t port = Field(&port, "port", 25).Range(1, 65535) | "TCP port.";
    PersonaRef<connector::ReceiveConnectorConfig> policy =
        Field(&policy, "policy").Required() | "Connector persona: who may do what, and how fast.";
    std::optional<PersonaRef<connector::FilterConfig>> filter =
        Field(&filter, "filter") | "Filter persona, for a server with a filter agent.";
    connector::SenderChecksConfig checks =
        Field(&checks, "checks") |
        "What the server finds out about clients: block lists, reverse names, HELO, SPF.";
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_MAIL_PROGRAM_CONFIG_H
