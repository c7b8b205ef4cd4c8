#include "detectors/accusations.h"
#include "detectors/analysis/hop-counting.h"
#include "detectors/analysis/sender-location.h"
#include "detectors/analysis/sighted-packet.h"
#include "detectors/detector.h"
#include "detectors/readers/caps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace hop_locator
{

constexpr AlertRule SIGNATURE{"hop-locator", 1100006, "BOUNCELAB place of a forger"};

/// The TTL that most of each side's segments show, accused ones left out.
std::array<std::optional<int>, 2>
UsualTtls(const Flow& flow, const std::vector<Finding>& accusations)
{
    std::vector<bool> isAccused(flow.segments.size());
    for (const Finding& finding : accusations)
    {
        isAccused[finding.accused] = true;
    }
    std::array<std::array<int, 256>, 2> seen{};
    std::array<std::optional<int>, 2> usual;
    for (std::uint32_t index = 0; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        if (isAccused[index])
        {
            continue;
        }
        std::array<int, 256>& counts = seen[segment.side];
        std::optional<int>& most = usual[segment.side];
        ++counts[segment.ttl];
        if (!segment.Has(tcp::RST) &&
            (!most || counts[segment.ttl] > counts[static_cast<std::size_t>(*most)]))
        {
            most = segment.ttl;
        }
    }
    return usual;
}

using Ends = Sightings::Ends;

void
Note(Sightings& sightings, const Ends& ends, int ttl)
{
    const auto known = sightings.ttls.emplace(ends, std::make_pair(ttl, ttl)).first;
    known->second.first = std::min(known->second.first, ttl);
    known->second.second = std::max(known->second.second, ttl);
}

void
NoteProbe(Sightings& sightings, const Ends& ends, int ttl, bool isHit)
{
    if (sightings.probes.size() >= GetCaps().sightings && sightings.probes.count(ends) == 0)
    {
        ++sightings.leftOut;
    }
    else
    {
        Sightings::Probes& probes = sightings.probes[ends];
        (isHit ? probes.hit : probes.silent).insert(ttl);
    }
}

void
Gather(const Evidence& evidence, Analysis& analysis, AlertSink&)
{
    const Flow& flow = evidence.flow;
    Sightings& sightings = analysis.sightings;
    const Ends ends{flow.address[CLIENT], flow.address[SERVER], flow.port[SERVER]};
    const std::optional<int> probe = ProbeTtl(flow);
    analysis.probes.Add(flow);
    const std::vector<Finding>& accusations = evidence.Once(FindAccusations);
    const bool isReset = analysis.resets.Add(evidence) != nullptr;
    if (probe && (!accusations.empty() || !isReset))
    {
        NoteProbe(sightings, ends, *probe, !accusations.empty());
    }
    if (accusations.empty())
    {
        return;
    }
    const auto usualTtls = UsualTtls(flow, accusations);
    std::array<std::optional<PathTiming>, 2> timings;
    for (const Finding& accusation : accusations)
    {
        const Segment& accused = flow.At(accusation.accused);
        const std::optional<int> usual = usualTtls[accused.side];
        if (usual && sightings.cases.size() >= GetCaps().sightings)
        {
            ++sightings.leftOut;
        }
        else if (usual)
        {
            std::optional<PathTiming>& timing = timings[accused.side];
            if (!timing)
            {
                timing.emplace(flow, accused.side, evidence.RouteNs(accused.side));
            }
            sightings.cases.push_back(SightedPacket(evidence, *timing, accusation, *usual));
            Note(sightings, ends, accused.ttl);
        }
    }
}

/// With the resets, now that they are judged.
Sightings
Completed(const Analysis& analysis)
{
    Sightings all = analysis.sightings;
    for (const JudgedReset& judged : analysis.resets.Judge())
    {
        const Sightings::AccusedPacket& packet = judged.reset->packet;
        const bool isFault = judged.verdict == Verdict::Fault;
        if (judged.reset->probe)
        {
            NoteProbe(all, packet.ends, *judged.reset->probe, isFault);
        }
        if (isFault)
        {
            all.cases.push_back(packet);
            Note(all, packet.ends, packet.sighting.forgedTtl);
        }
    }
    return all;
}

/// Takes an interval of probes' TTLs for hops of the path.
void
CountAsHops(Place& place, const Analysis& analysis, const Ends& ends)
{
    const EvidenceContext& context = analysis.GetContext();
    const std::map<int, HostAddress> routers = analysis.probes.Routers(ends, context);
    const HopCounting counting =
        CountHops(context,
                  std::get<1>(ends),
                  place.hops->to,
                  [&routers](int ttl)
                  {
                      const auto router = routers.find(ttl);
                      return router == routers.end() ? HostAddress() : router->second;
                  });
    place.hops->after = std::max(0, place.hops->after - counting.shift);
    place.hops->to = std::max(0, place.hops->to - counting.shift);
    if (counting.shift != 0)
    {
        place.assuming.push_back(counting.assumption);
    }
}

std::optional<SenderLocation>
LocateByProbes(const Analysis& analysis, const Sightings& sightings, const Ends& ends)
{
    const auto found = sightings.probes.find(ends);
    if (found == sightings.probes.end() || found->second.hit.empty())
    {
        return std::nullopt;
    }
    const Sightings::Probes& probes = found->second;
    const int first = *probes.hit.begin();
    const auto behind = probes.silent.lower_bound(first);
    if (behind == probes.silent.begin())
    {
        return std::nullopt;
    }
    const int last = *std::prev(behind);
    const auto ttls = sightings.ttls.find(ends);
    const bool isCopy = ttls != sightings.ttls.end() && ttls->second.first <= LEAST_LEFT;
    SenderLocation location;
    location.place.hops =
        isCopy ? HopInterval{last / 2, (first + 1) / 2} : HopInterval{last, first};
    location.place.assuming = {"all probes took one path"};
    CountAsHops(location.place, analysis, ends);
    location.confidence = probes.hit.size() >= 3 && last + 1 == first ? 0.95 : 0.8;
    location.reason =
        fmt::format("probes with a limited TTL drew none up to TTL {} and the first at TTL {}{}",
                    last,
                    first,
                    isCopy ? ", with next to nothing left of its own TTL: that of a copy of the "
                             "probe's, which comes home from half as far"
                           : "");
    return location;
}

bool
Scatters(const std::pair<int, int>& range)
{
    return range.second - range.first >= 3;
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const Sightings sightings = Completed(analysis);
    std::map<Ends, std::size_t> packets;
    for (const Sightings::AccusedPacket& one : sightings.cases)
    {
        ++packets[one.ends];
    }
    std::map<Ends, std::optional<SenderLocation>> probed;
    for (const Sightings::AccusedPacket& one : sightings.cases)
    {
        Alert alert = one.alert;
        Sign(alert, SIGNATURE);
        SetVerdict(alert, Verdict::Fault);
        const std::pair<int, int>& range = sightings.ttls.at(one.ends);
        const auto [known, isNew] = probed.try_emplace(one.ends);
        if (isNew)
        {
            known->second = LocateByProbes(analysis, sightings, one.ends);
        }
        std::optional<SenderLocation> location = known->second;
        if (!location)
        {
            Sighting sighting = one.sighting;
            sighting.isLone = packets[one.ends] == 1;
            const bool scatters = Scatters(range);
            if (scatters)
            {
                // What scatters is drawn, not decremented: only time is left.
                sighting.ttlIsDrawn = true;
            }
            location = Locate(sighting, analysis.GetContext().RouteTo(one.claimed));
            if (scatters)
            {
                location->reason =
                    fmt::format("TTLs of forgeries against this host scatter from {} to {}",
                                range.first,
                                range.second) +
                    (location->place.hops ? ", but time excludes the hops beyond" : "");
            }
        }
        const std::string who = alert.evidence.explanation;
        if (location->place.hops)
        {
            alert.where.hops = location->place.hops;
            alert.where.assuming = location->place.assuming;
            alert.score = location->confidence;
            alert.evidence.explanation =
                fmt::format("The sender of {} is behind hop {} and not behind hop {}: {}.",
                            who,
                            location->place.hops->after,
                            location->place.hops->to,
                            location->reason);
        }
        else
        {
            SetVerdict(alert, Verdict::Inconclusive);
            alert.score = 0;
            alert.evidence.log.clear();
            alert.evidence.explanation = fmt::format("The location of the sender of {} stays open: "
                                                     "{}; probes with a limited TTL would tell.",
                                                     who,
                                                     location->reason);
        }
        sink.AddOrCount(std::move(alert));
    }
}

} // namespace hop_locator

/**
 * Says between which hops the sender of accused packets stands, and what that rests on.
 *
 * Three ways, the surest first: TTL-limited probes in the capture (the first probe that reaches the
 * device draws the forgery, or one twice as far if the forgery copies its TTL), the accused
 * packet's TTL, and the time of its answer. Where TTLs of several forgeries against one server
 * scatter, or equal the genuine one, TTL says nothing.
 */
extern const Detector HOP_LOCATOR{hop_locator::SIGNATURE,
                                  "an interval of hops for the sender of accused packets",
                                  {{kinds::PACKETS}, {"forged"}},
                                  hop_locator::Gather,
                                  hop_locator::Conclude};

} // namespace bouncelab::detectors
