#include "detectors/analysis/control-comparison.h"

#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

namespace bouncelab::detectors
{

namespace
{

constexpr std::int64_t CONTROL_MARGIN_NS = 2000000;
/// A front end stands at its server's site or in the next town.
constexpr std::int64_t SITE_NS = 10000000;

constexpr std::array<std::uint16_t, 7> TAKEN_BY_OTHERS{25, 53, 80, 443, 2525, 3128, 8080};

/// The round trip of one that is nearer than the other by more than half the other's.
bool
IsMuchNearer(std::int64_t nearNs, std::int64_t farNs)
{
    return nearNs < farNs / 10 * 7 && farNs - nearNs > SITE_NS;
}

} // namespace

bool
IsControlPort(std::uint16_t port)
{
    return std::find(TAKEN_BY_OTHERS.begin(), TAKEN_BY_OTHERS.end(), port) == TAKEN_BY_OTHERS.end();
}

ControlComparison
Compare(const TcpOpening& opening,
        const std::vector<const TcpOpening*>& controls,
        const TracedRoute* route)
{
    ControlComparison result;
    const auto own = opening.RoundTripNs();
    const TcpOpening* nearest = nullptr;
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::set<std::uint16_t> ports;
    for (const TcpOpening* control : controls)
    {
        const auto roundTrip = control->RoundTripNs();
        if (!roundTrip)
        {
            continue;
        }
        if (!nearest || *roundTrip < low)
        {
            nearest = control;
            low = *roundTrip;
        }
        high = std::max(high, control->handshakeNs.value_or(*roundTrip));
        ports.insert(control->serverPort);
    }
    if (nearest && own)
    {
        result.hasControl = true;
        result.control = nearest;
        result.controlFrames = {nearest->askedFrame, nearest->answeredFrame};
        const std::int64_t margin = std::max(CONTROL_MARGIN_NS, high - low);
        if (*own + margin < low)
        {
            result.isNearer = true;
            result.isFarNearer = IsMuchNearer(*own, low);
            result.ports = ports.size();
            result.reasons.push_back(
                fmt::format("it answers within {}, port {} of the same address not before {}",
                            Milliseconds(*own),
                            nearest->serverPort,
                            Milliseconds(low)));
            const std::string ttl = TtlDifference(opening, *nearest);
            const std::string stack = StackDifference(opening, *nearest);
            if (!ttl.empty())
            {
                result.reasons.push_back(ttl);
            }
            if (!stack.empty())
            {
                result.reasons.push_back("another stack (" + stack + ")");
            }
        }
    }
    const auto routeNs = route ? route->RoundTripNs() : std::nullopt;
    const auto length = route ? route->Length() : std::nullopt;
    if (own && routeNs && (!result.hasControl || result.isNearer))
    {
        result.hasControl = true;
        // A traceroute's few probes may all have waited, so nothing less than far nearer counts.
        if (IsMuchNearer(*own, *routeNs))
        {
            const bool first = !result.isNearer;
            result.isNearer = true;
            result.isFarNearer = true;
            result.isRouteFarther = true;
            if (first)
            {
                result.reasons.push_back(fmt::format("it answers within {}, a traceroute to the "
                                                     "address needs {}",
                                                     Milliseconds(*own),
                                                     Milliseconds(*routeNs)));
            }
            // Hops passed, against hops that the address is away: one lower at the client.
            const int passed = InitialTtl(opening.ttl) - opening.ttl;
            if (length && *length - 1 - passed >= HOPS_APART)
            {
                result.reasons.push_back(fmt::format("TTL {} is that of a machine {} routers away, "
                                                     "the traceroute counts {}",
                                                     opening.ttl,
                                                     passed,
                                                     *length - 1));
            }
        }
    }
    return result;
}

} // namespace bouncelab::detectors
