#ifndef BOUNCELAB_LAB_SCENARIO_PROBE_CONFIG_H
#define BOUNCELAB_LAB_SCENARIO_PROBE_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"
#include "models/probe/harvester-config.h"
#include "models/probe/path-prober-config.h"
#include "models/probe/relay-tester-config.h"

#include <string>

namespace bouncelab::scenario
{

/// Where a program that tries a server runs, and which server it tries.
struct ProbePlace
{
    std::string host = Field(&host, "host").Required() | "Name of the host that it runs on.";
    IpAddress target = Field(&target, "target").Required() | "Address of the server.";
    std::uint16_t port = Field(&port, "port", 25).Range(1, 65535) | "Port of the server.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When it begins.";
};

struct RelayTesterAtHost
{
    ProbePlace place = Inline(&place);
    probe::RelayTesterConfig tester = Inline(&tester);
};

struct HarvesterAtHost
{
    ProbePlace place = Inline(&place);
    probe::HarvesterConfig harvester = Inline(&harvester);
};

struct PathProberAtHost
{
    ProbePlace place = Inline(&place);
    probe::PathProberConfig prober = Inline(&prober);
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_PROBE_CONFIG_H
