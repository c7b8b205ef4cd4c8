#ifndef BOUNCELAB_DETECTORS_ANALYSIS_CONTROL_COMPARISON_H
#define BOUNCELAB_DETECTORS_ANALYSIS_CONTROL_COMPARISON_H

#include "detectors/analysis/tcp-opening.h"
#include "detectors/readers/traceroute-reader.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// What a connection shows against what else is known of its server's address.
struct ControlComparison
{
    bool hasControl = false;
    bool isNearer = false;            //!< It was answered from nearer by than jitter explains.
    bool isFarNearer = false;         //!< By more than a front end at the server's site would.
    bool isRouteFarther = false;      //!< A traceroute to the address says so, too.
    std::size_t ports = 0;            //!< How many other ports do.
    std::vector<std::string> reasons; //!< What disagrees, the round trip first.
    std::vector<std::uint32_t> controlFrames; //!< Of the control that was compared.
    const TcpOpening* control = nullptr;      //!< Ditto; null where it was a traceroute only.

    /// How many independent ways disagree.
    std::size_t Ways() const { return reasons.size(); }
};

/**
 * Compares a connection with the openings of other ports of the same address in the same capture,
 * and with a traceroute to it.
 *
 * Round trips: the connection's own against the shortest of the controls, less what they differ
 * among themselves. Ports that others than mail proxies take as well (80, 443) are no controls, and
 * a port that answers from nearer than the connection says nothing.
 */
ControlComparison Compare(const TcpOpening& opening,
                          const std::vector<const TcpOpening*>& controls,
                          const TracedRoute* route);

/// Whether connections to this port may serve as controls.
bool IsControlPort(std::uint16_t port);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_CONTROL_COMPARISON_H
