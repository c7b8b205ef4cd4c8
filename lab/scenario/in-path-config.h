#ifndef BOUNCELAB_LAB_SCENARIO_IN_PATH_CONFIG_H
#define BOUNCELAB_LAB_SCENARIO_IN_PATH_CONFIG_H

#include "formats/field.h"
#include "models/path/path-config.h"
#include "models/path/tunnel-config.h"

#include <string>
#include <vector>

namespace bouncelab::scenario
{

/// A device through which paths pass, as opposed to one beside them.
struct StationConfig
{
    std::string from =
        Field(&from, "from") | "Name of the gateway that it hangs on; empty = the site's.";
    std::vector<path::HopConfig> hops =
        Field(&hops, "hops").Required() |
        "Hops in order from the gateway; the last one is the station.";
};

/// A tunnel from a remote host into the site.
struct TunnelToHost
{
    std::string path =
        Field(&path, "path").Required() |
        "Name of the path that the tunnel runs over; the host at its end appears inside.";
    path::TunnelConfig tunnel = Inline(&tunnel);
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_IN_PATH_CONFIG_H
