#ifndef BOUNCELAB_LAB_SPEC_IN_PATH_CONFIG_H
#define BOUNCELAB_LAB_SPEC_IN_PATH_CONFIG_H

#include "formats/describe.h"
#include "models/path/path-config.h"
#include "models/path/tunnel-config.h"

#include <string>
#include <vector>

namespace bouncelab::spec
{

/// A device through which paths pass, as opposed to one beside them.
struct StationConfig
{
    std::vector<path::HopConfig> hops;
};

template <class Visitor>
void
Describe(Visitor& v, StationConfig& s)
{
    v.Field("hops",
            s.hops,
            {"Hops in order from the gateway; the last one is the station.", "", 0, 0, true});
}

/// A tunnel from a remote host into the site.
struct TunnelToHost
{
    std::string path;
    path::TunnelConfig tunnel;
};

template <class Visitor>
void
Describe(Visitor& v, TunnelToHost& t)
{
    v.Field("path",
            t.path,
            {"Name of the path that the tunnel runs over; the host at its end appears inside.",
             "",
             0,
             0,
             true});
    Describe(v, t.tunnel);
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_IN_PATH_CONFIG_H
