#ifndef BOUNCELAB_LAB_SPEC_PROBE_CONFIG_H
#define BOUNCELAB_LAB_SPEC_PROBE_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"
#include "models/probe/harvester-config.h"
#include "models/probe/relay-tester-config.h"

#include <string>

namespace bouncelab::spec
{

/// Where a program that tries a server runs, and which server it tries.
struct ProbePlace
{
    std::string host;
    Ipv4 target;
    std::uint16_t port = 25;
    Nanoseconds at{0};
};

template <class Visitor>
void
Describe(Visitor& v, ProbePlace& p)
{
    v.Field("host", p.host, {"Name of the host that it runs on.", "", 0, 0, true});
    v.Field("target", p.target, {"Address of the server.", "", 0, 0, true});
    v.Field("port", p.port, {"Port of the server.", "", 1, 65535});
    v.Field("at", p.at, {"When it begins.", "", 0, 1e18});
}

struct RelayTesterAtHost
{
    ProbePlace place;
    probe::RelayTesterConfig tester;
};

template <class Visitor>
void
Describe(Visitor& v, RelayTesterAtHost& t)
{
    Describe(v, t.place);
    Describe(v, t.tester);
}

struct HarvesterAtHost
{
    ProbePlace place;
    probe::HarvesterConfig harvester;
};

template <class Visitor>
void
Describe(Visitor& v, HarvesterAtHost& h)
{
    Describe(v, h.place);
    Describe(v, h.harvester);
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_PROBE_CONFIG_H
