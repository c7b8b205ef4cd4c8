#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SIGHTINGS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SIGHTINGS_H

#include "detectors/analysis/sender-location.h"
#include "formats/address.h"
#include "formats/alert.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// Accused packets of all flows, as far as they tell where their sender stands.
struct Sightings
{
    /// Client, server and its port: forgeries against one of these come from one place.
    using Ends = std::tuple<HostAddress, HostAddress, std::uint16_t>;

    struct AccusedPacket
    {
        Ends ends;
        HostAddress claimed; //!< Whose address the packet bears.
        Sighting sighting;
        Alert alert; //!< About the packet; its explanation is the packet's name.
    };

    struct Probes
    {
        std::set<int> silent; //!< TTLs of probes that drew no forgery.
        std::set<int> hit;
    };

    std::vector<AccusedPacket> cases;
    std::uint64_t leftOut = 0; //!< Of cases and probes, as too many.
    std::map<Ends, Probes> probes;
    std::map<Ends, std::pair<int, int>> ttls; //!< Smallest and largest TTL of forgeries.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SIGHTINGS_H
