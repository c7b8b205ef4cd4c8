#include "detectors/analysis/sender-location.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

/// Initial TTLs of common stacks, the likeliest of a forging device first.
constexpr std::array<int, 4> INITIAL_TTLS{64, 255, 128, 32};

/// How many hops the return path may differ from the traceroute's.
constexpr int ASYMMETRY = 2;

/// An interval that an assumption yields.
struct TtlReading
{
    int initialTtl = 0;
    HopInterval hops;
};

/// How far TTLs at the capture run ahead of the traceroute's hop numbers; nothing if they disagree.
std::optional<int>
VantageShift(int genuineTtl, int length)
{
    std::optional<int> best;
    for (const int initial : INITIAL_TTLS)
    {
        const int shift = initial - genuineTtl - length;
        if (initial >= genuineTtl && std::abs(shift) <= ASYMMETRY &&
            (!best || std::abs(shift) < std::abs(*best)))
        {
            best = shift;
        }
    }
    return best;
}

/// Fewest decrements that explain the genuine TTL.
int
FewestHops(int genuineTtl)
{
    int fewest = 255;
    for (const int initial : INITIAL_TTLS)
    {
        if (initial >= genuineTtl)
        {
            fewest = std::min(fewest, initial - genuineTtl);
        }
    }
    return fewest;
}

std::vector<TtlReading>
ReadTtl(const Sighting& sighting, std::optional<int> length, std::optional<int> shift)
{
    std::vector<TtlReading> readings;
    for (const int initial : INITIAL_TTLS)
    {
        const int passed = initial - sighting.forgedTtl;
        if (shift)
        {
            const int hop = passed - *shift;
            if (hop >= 1 && hop <= *length)
            {
                readings.push_back({initial, {hop - 1, hop}});
            }
        }
        else if (passed >= 1 && passed <= FewestHops(sighting.genuineTtl))
        {
            // Unknown whether the capture lies before or behind the gateway's own decrement.
            readings.push_back({initial, {passed - 1, passed + 1}});
        }
    }
    return readings;
}

/**
 * By how much a traceroute's times may be too long: as much as some hop shows against the hops
 * behind it, which cannot be nearer.
 */
std::int64_t
NoiseOf(const TracedRoute& route)
{
    std::int64_t noise = 2000000;
    for (const TracedHop& hop : route.hops)
    {
        const auto path = route.PathNs(hop.number);
        if (path && hop.minimumNs)
        {
            noise = std::max(noise, *hop.minimumNs - *path);
        }
    }
    return noise;
}

/// The last hop that is near enough for an answer in this time; nothing without a traceroute.
std::optional<int>
LastHopWithin(const TracedRoute* route, const Sighting& sighting)
{
    std::optional<int> last;
    if (route && sighting.elapsedNs)
    {
        const std::int64_t noise = NoiseOf(*route) + sighting.noiseNs;
        for (const TracedHop& hop : route->hops)
        {
            const auto path = route->PathNs(hop.number);
            if (!path || *path - std::max(noise, *path / 10) <= *sighting.elapsedNs)
            {
                last = hop.number;
            }
        }
    }
    return last;
}

/// Whether the way to a hop and back is most of the time that the answer took.
bool
TakesThatLong(const TracedRoute& route, int hop, const Sighting& sighting)
{
    const auto path = route.PathNs(hop);
    return !path || *sighting.elapsedNs <= *path * 3 / 2 + NoiseOf(route) + sighting.noiseNs;
}

/// What else a TTL may come from: devices that send with the TTL that is left of what they answer.
std::string
MirroredText(const Sighting& sighting)
{
    const int lost = sighting.answeredTtl.value_or(0) - sighting.forgedTtl;
    return lost < 1 ? std::string()
                    : fmt::format("mirrored from TTL {} of what it answers, hop {}",
                                  *sighting.answeredTtl,
                                  lost / 2 + lost % 2);
}

/// "initial TTL 32, hop 11, or mirrored from TTL 64 of what it answers, hop 22"
std::string
HypothesesText(const std::vector<TtlReading>& readings, const Sighting& sighting)
{
    std::vector<std::string> places;
    for (const TtlReading& reading : readings)
    {
        places.push_back(fmt::format("initial TTL {}, hop {}",
                                     reading.initialTtl,
                                     reading.initialTtl - sighting.forgedTtl));
    }
    if (std::string mirrored = MirroredText(sighting); !mirrored.empty())
    {
        places.push_back(std::move(mirrored));
    }
    return fmt::format("{}", fmt::join(places, ", or "));
}

} // namespace

SenderLocation
Locate(const Sighting& sighting, const TracedRoute* route)
{
    const std::optional<int> length = route ? route->Length() : std::nullopt;
    const std::optional<int> shift =
        length ? VantageShift(sighting.genuineTtl, *length) : std::nullopt;
    const std::optional<int> lastHop = LastHopWithin(route, sighting);
    const bool timeSeparates = lastHop && length && *lastHop < *length;
    const bool copied =
        !sighting.ttlIsDrawn && std::abs(sighting.forgedTtl - sighting.genuineTtl) <= 1;

    std::vector<TtlReading> readings;
    bool contradicted = false;
    if (!copied && !sighting.ttlIsDrawn)
    {
        readings = ReadTtl(sighting, length, shift);
        if (timeSeparates)
        {
            const bool any = !readings.empty();
            readings.erase(std::remove_if(readings.begin(),
                                          readings.end(),
                                          [&](const TtlReading& reading)
                                          { return reading.hops.after >= *lastHop; }),
                           readings.end());
            contradicted = any && readings.empty();
        }
    }

    SenderLocation location;
    const bool mayBeDrawn =
        sighting.isLone && timeSeparates &&
        (contradicted ||
         (readings.size() == 1 && !TakesThatLong(*route, readings.front().hops.to, sighting)));
    const bool isMirror = sighting.copies && !MirroredText(sighting).empty();
    if (readings.size() == 1 && !isMirror && !mayBeDrawn &&
        (shift || timeSeparates || sighting.isNearer))
    {
        const TtlReading& reading = readings.front();
        location.place.hops = reading.hops;
        location.place.assuming = {fmt::format("initial TTL {}", reading.initialTtl),
                                   "symmetric path"};
        if (!shift)
        {
            location.place.assuming.emplace_back(
                "the capture's gateway has lowered the TTL or not");
            if (const std::string mirrored = MirroredText(sighting); !mirrored.empty())
            {
                location.place.assuming.push_back("not " + mirrored);
            }
        }
        location.confidence = timeSeparates && shift ? 0.9 : shift ? 0.75 : 0.6;
        location.reason = fmt::format("TTL {} is {} - {}",
                                      sighting.forgedTtl,
                                      reading.initialTtl,
                                      reading.initialTtl - sighting.forgedTtl);
        if (shift)
        {
            location.reason +=
                fmt::format(", the genuine host at hop {} shows {}", *length, sighting.genuineTtl);
        }
        if (timeSeparates)
        {
            location.reason += fmt::format(", and the time of {:.3f} ms excludes hops beyond {}",
                                           static_cast<double>(*sighting.elapsedNs) / 1e6,
                                           *lastHop);
        }
        return location;
    }

    const std::string hypotheses = HypothesesText(readings, sighting);
    const std::string ttl =
        sighting.ttlIsDrawn       ? "TTLs of such forgeries are drawn"
        : sighting.forgedTtl == 0 ? std::string("nothing tells the TTL of its packet")
        : copied ? fmt::format("TTL {} is that of the genuine host", sighting.forgedTtl)
        : contradicted
            ? fmt::format("TTL {} puts it further away than its time allows", sighting.forgedTtl)
        : hypotheses.empty()
            ? fmt::format("no common initial TTL puts TTL {} on the path", sighting.forgedTtl)
            : fmt::format("TTL {} fits {}{}",
                          sighting.forgedTtl,
                          hypotheses,
                          mayBeDrawn ? ", or is drawn" : "");
    if (copied || (contradicted && !mayBeDrawn))
    {
        location.reason = ttl;
        return location;
    }
    if (timeSeparates)
    {
        location.place.hops = HopInterval{0, *lastHop};
        location.place.assuming = {"symmetric path"};
        location.confidence = 0.5;
        location.reason = fmt::format("{}, the time of {:.3f} ms excludes hops beyond {}",
                                      ttl,
                                      static_cast<double>(*sighting.elapsedNs) / 1e6,
                                      *lastHop);
        return location;
    }
    location.reason = ttl + (!route ? " and there is no traceroute to compare times with"
                             : !sighting.elapsedNs ? " and what it answers was not captured"
                                                   : " and the time separates no hops");
    return location;
}

} // namespace bouncelab::detectors
