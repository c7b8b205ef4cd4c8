#include "lab/score/alert-matching.h"

#include "formats/vocabulary.h"

#include <algorithm>

namespace bouncelab::score
{

namespace
{

bool
EndsWith(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool
FamiliesFit(const Alert& alert, const FaultEvent& event)
{
    const std::string_view family = FamilyOf(alert.dottedClass);
    return family.empty() || family == classes::INCONSISTENT ||
           family == FamilyOf(event.dottedClass);
}

/// Numbers of frames count in captures; a text file numbers its packets its own way.
bool
NamesFrames(const Alert& alert)
{
    const std::string& file = alert.evidence.file;
    const bool isCapture = file.empty() || EndsWith(file, ".pcap") || EndsWith(file, ".pcapng");
    return isCapture && (alert.frame != 0 || !alert.evidence.frames.empty());
}

bool
HasFrameOf(const Alert& alert,
           const std::map<std::string, std::set<std::uint64_t>>& frames,
           const std::vector<std::string>& vantages)
{
    for (const std::string& vantage : vantages)
    {
        const auto at = frames.find(vantage);
        if (at == frames.end())
        {
            continue;
        }
        const std::set<std::uint64_t>& here = at->second;
        if (here.count(alert.frame) != 0 ||
            std::any_of(alert.evidence.frames.begin(),
                        alert.evidence.frames.end(),
                        [&](std::uint64_t frame) { return here.count(frame) != 0; }))
        {
            return true;
        }
    }
    return false;
}

bool
IsSameFlow(const Alert& alert, const FaultEvent& event)
{
    const std::string a = alert.source.ToString() + ":" + std::to_string(alert.sourcePort);
    const std::string b =
        alert.destination.ToString() + ":" + std::to_string(alert.destinationPort);
    return !event.client.empty() &&
           ((a == event.client && b == event.server) || (a == event.server && b == event.client));
}

/// One round of the augmenting-path algorithm for bipartite matching (Kuhn).
bool
FindEvent(std::size_t alert,
          const std::vector<std::vector<std::size_t>>& candidates,
          std::vector<bool>& tried,
          Matching& matching)
{
    for (const std::size_t event : candidates[alert])
    {
        if (tried[event])
        {
            continue;
        }
        tried[event] = true;
        const std::size_t holder = matching.alertOf[event];
        if (holder == Matching::NONE || FindEvent(holder, candidates, tried, matching))
        {
            matching.alertOf[event] = alert;
            matching.eventOf[alert] = event;
            return true;
        }
    }
    return false;
}

} // namespace

bool
PointsAt(const Alert& alert, const FaultEvent& event, const std::vector<std::string>& vantages)
{
    if (!FamiliesFit(alert, event))
    {
        return false;
    }
    if (NamesFrames(alert))
    {
        return HasFrameOf(alert, event.forged, vantages) ||
               HasFrameOf(alert, event.affected, vantages);
    }
    return IsSameFlow(alert, event);
}

Matching
MatchAlarms(const std::vector<Alert>& alerts,
            const std::vector<FaultEvent>& events,
            const std::vector<std::string>& vantages)
{
    Matching matching;
    matching.eventOf.assign(alerts.size(), Matching::NONE);
    matching.alertOf.assign(events.size(), Matching::NONE);
    matching.repeats.assign(alerts.size(), false);
    std::vector<std::vector<std::size_t>> candidates(alerts.size());
    for (std::size_t i = 0; i < alerts.size(); ++i)
    {
        for (std::size_t j = 0; alerts[i].verdict == Verdict::Fault && j < events.size(); ++j)
        {
            if (PointsAt(alerts[i], events[j], vantages))
            {
                candidates[i].push_back(j);
            }
        }
    }
    for (std::size_t i = 0; i < alerts.size(); ++i)
    {
        std::vector<bool> tried(events.size(), false);
        if (!FindEvent(i, candidates, tried, matching))
        {
            matching.repeats[i] = !candidates[i].empty();
        }
    }
    return matching;
}

} // namespace bouncelab::score
