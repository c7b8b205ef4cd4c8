#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SENDER_LOCATION_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SENDER_LOCATION_H

#include "detectors/readers/traceroute-reader.h"
#include "formats/alert.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// What one accused packet says about the place of its sender.
struct Sighting
{
    int genuineTtl = 0; //!< Of the host whose address it bears, at the same place of capture.
    int forgedTtl = 0;
    std::optional<std::int64_t> elapsedNs; //!< From its trigger, if that was captured.
    std::int64_t noiseNs = 0; //!< By how much times of this capture are off: clock and jitter.
    bool ttlIsDrawn = false;  //!< TTLs of such forgeries scatter: they tell no distance.
    bool isLone = false;      //!< No other forged packet against this host shows that TTL.
    bool isNearer = false;    //!< It came faster than anything comes from whom it names.
    std::optional<int> answeredTtl{}; //!< Of what it answers, at the same place of capture.
    bool copies = false; //!< Its IP ID is that of what it answers, so its TTL may be so, too.
};

/// Where that leaves the sender.
struct SenderLocation
{
    Place place;           //!< Without hops when nothing is known.
    std::string reason;    //!< How, or why not; a clause without a full stop.
    double confidence = 0; //!< 0..1
};

/**
 * Narrows the sender's place down to an interval of hops.
 *
 * By TTL: a common initial value minus what is left are the hops that the packet has passed. Where
 * a traceroute reaches the genuine host, that host's TTL shows how captured TTLs compare with the
 * traceroute's counting (S003-40: behind a gateway they are one lower), so that no vantage
 * has to be told. Without one, a TTL alone is a list of hypotheses, to which belongs that the
 * sender mirrors the TTL of what it answers; it becomes an interval where the time shows that the
 * sender is nearer than whom it names. By time: a hop whose round trip is longer than the answer
 * took is too far away (S003-41); this bounds one side only, and with a margin: a traceroute's
 * times are too long by whatever its few probes waited for. A lone TTL
 * may as well be drawn: it becomes a place where the way to it is most of the time that the answer
 * took, and is a hypothesis within the time's bound elsewhere. Where several packets' TTL disagrees
 * with their time, or a TTL is the genuine host's own, it was set to deceive or the path is not
 * understood, and the place stays open.
 *
 * \param route to the genuine host, or null.
 */
SenderLocation Locate(const Sighting& sighting, const TracedRoute* route);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SENDER_LOCATION_H
