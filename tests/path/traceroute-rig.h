#ifndef BOUNCELAB_TESTS_PATH_TRACEROUTE_RIG_H
#define BOUNCELAB_TESTS_PATH_TRACEROUTE_RIG_H

#include "models/path/traceroute.h"
#include "models/path/unreachable-responder.h"
#include "tests/path/path-rig.h"
#include "tests/path/star.h"

namespace bouncelab::path
{

/// A site, one server and a traceroute to it.
struct TracerouteRig
{
    TracerouteRig(PathForm form, std::uint64_t seed, std::vector<HopConfig> hops);

    /// Runs the simulation to its end, traceroute included.
    TracerouteResult Run(const TracerouteConfig& config);

    provenance::Ledger ledger;
    std::uint64_t seed;
    SiteGateway gateway;
    NetworkPath& chain;
    UnreachableResponder server;
};

/// The chain of S003 with the lab's fit of its delays (docs/documents/s003.md), and its hops'
/// addresses.
std::vector<HopConfig> FittedHops();

/// The smallest of the documented round-trip times of S003-51 to S003-65, in nanoseconds.
std::vector<std::int64_t> DocumentedMinima();

} // namespace bouncelab::path

#endif // BOUNCELAB_TESTS_PATH_TRACEROUTE_RIG_H
