#include "lab/score/alert-matching.h"

#include "formats/endpoint.h"
#include "formats/text.h"
#include "formats/vocabulary.h"

#include <algorithm>

namespace bouncelab::score
{

namespace
{

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

FlowEnds
FlowOf(const Alert& alert)
{
    return {EndpointText(alert.source, alert.sourcePort),
            EndpointText(alert.destination, alert.destinationPort)};
}

FlowEnds
Reversed(const FlowEnds& flow)
{
    return {flow.second, flow.first};
}

bool
NamesFlow(const Alert& alert)
{
    return alert.sourcePort != 0 && alert.destinationPort != 0;
}

/// Logs without ports name the hosts of a session alone.
bool
NamesHostsAlone(const Alert& alert)
{
    return !NamesFlow(alert) && alert.source.IsKnown() && alert.destination.IsKnown();
}

/// The ends of a flow, or of either end's host, without their ports.
FlowEnds
HostsOf(const FlowEnds& flow)
{
    return {flow.first.substr(0, flow.first.rfind(':')),
            flow.second.substr(0, flow.second.rfind(':'))};
}

/// A mail system's own log may not tell its host's address: it stands for any.
constexpr const char* THIS_HOST = "127.0.0.1";

bool
IsHost(const std::string& named, const std::string& host)
{
    return named == host || named == THIS_HOST;
}

/// Whether two hosts are those of a flow, in either order.
bool
AreHostsOf(const FlowEnds& flow, const FlowEnds& hosts)
{
    const FlowEnds own = HostsOf(flow);
    return (IsHost(hosts.first, own.first) && IsHost(hosts.second, own.second)) ||
           (IsHost(hosts.first, own.second) && IsHost(hosts.second, own.first));
}

bool
PointsAtForgery(const Alert& alert,
                const FlowEnds& flow,
                const FaultEvent& event,
                const std::vector<std::string>& vantages)
{
    if (NamesFrames(alert))
    {
        return HasFrameOf(alert, event.forged, vantages) ||
               HasFrameOf(alert, event.affected, vantages);
    }
    const FlowEnds own{event.client, event.server};
    return !event.client.empty() && (NamesHostsAlone(alert) ? AreHostsOf(own, HostsOf(flow))
                                                            : flow == own || Reversed(flow) == own);
}

bool
PointsAtSession(const Alert& alert,
                const FlowEnds& flow,
                const FaultEvent& event,
                const std::vector<std::string>& vantages)
{
    if (NamesFlow(alert) && !event.flows.empty())
    {
        return event.flows.count(flow) != 0 || event.flows.count(Reversed(flow)) != 0;
    }
    if (NamesHostsAlone(alert) && !NamesFrames(alert))
    {
        const FlowEnds hosts = HostsOf(flow);
        return std::any_of(event.flows.begin(),
                           event.flows.end(),
                           [&](const FlowEnds& own) { return AreHostsOf(own, hosts); });
    }
    return NamesFrames(alert) && (HasFrameOf(alert, event.forged, vantages) ||
                                  HasFrameOf(alert, event.affected, vantages));
}

bool
PointsAt(const Alert& alert,
         const FlowEnds& flow,
         const FaultEvent& event,
         const std::vector<std::string>& vantages)
{
    return FamiliesFit(alert, event) &&
           (event.IsForgery() ? PointsAtForgery(alert, flow, event, vantages)
                              : PointsAtSession(alert, flow, event, vantages));
}

/// Where events are, so that an alert is held against few of them.
class EventIndex
{
  public:
    EventIndex(const std::vector<FaultEvent>& events, const std::vector<std::string>& vantages)
    {
        for (std::size_t i = 0; i < events.size(); ++i)
        {
            for (const std::string& vantage : vantages)
            {
                AddFrames(events[i].forged, vantage, i);
                AddFrames(events[i].affected, vantage, i);
            }
            for (const FlowEnds& flow : events[i].flows)
            {
                AddFlow(flow, i);
            }
            AddFlow({events[i].client, events[i].server}, i);
        }
    }

    /// Every event that the alert may point at, in order.
    std::vector<std::size_t> Near(const Alert& alert, const FlowEnds& flow) const
    {
        std::vector<std::size_t> found;
        const auto add = [&](const auto& index, const auto& key)
        {
            const auto at = index.find(key);
            if (at != index.end())
            {
                found.insert(found.end(), at->second.begin(), at->second.end());
            }
        };
        add(m_byFlow, flow);
        add(m_byFlow, Reversed(flow));
        if (NamesHostsAlone(alert))
        {
            add(m_byFlow, HostsOf(flow));
            add(m_byFlow, Reversed(HostsOf(flow)));
        }
        add(m_byFrame, alert.frame);
        for (const std::uint64_t frame : alert.evidence.frames)
        {
            add(m_byFrame, frame);
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }

  private:
    void AddFlow(const FlowEnds& flow, std::size_t event)
    {
        const FlowEnds hosts = HostsOf(flow);
        m_byFlow[flow].push_back(event);
        m_byFlow[hosts].push_back(event);
        m_byFlow[{hosts.first, THIS_HOST}].push_back(event);
        m_byFlow[{hosts.second, THIS_HOST}].push_back(event);
    }

    void AddFrames(const std::map<std::string, std::set<std::uint64_t>>& frames,
                   const std::string& vantage,
                   std::size_t event)
    {
        const auto at = frames.find(vantage);
        if (at != frames.end())
        {
            for (const std::uint64_t frame : at->second)
            {
                m_byFrame[frame].push_back(event);
            }
        }
    }

    std::map<FlowEnds, std::vector<std::size_t>> m_byFlow;
    std::map<std::uint64_t, std::vector<std::size_t>> m_byFrame;
};

/// Bipartite matching by augmenting paths (Kuhn). What a failed search has tried can never be
/// improved on, and is not tried again.
class Matcher
{
  public:
    Matcher(const std::vector<std::vector<std::size_t>>& candidates,
            std::size_t events,
            Matching& matching)
        : m_candidates(candidates)
        , m_isTried(events, false)
        , m_matching(matching)
    {
    }

    bool Place(std::size_t alert)
    {
        m_tried.clear();
        if (!FindEvent(alert))
        {
            return false;
        }
        for (const std::size_t event : m_tried)
        {
            m_isTried[event] = false;
        }
        return true;
    }

  private:
    bool FindEvent(std::size_t alert)
    {
        for (const std::size_t event : m_candidates[alert])
        {
            if (m_isTried[event])
            {
                continue;
            }
            m_isTried[event] = true;
            m_tried.push_back(event);
            const std::size_t holder = m_matching.alertOf[event];
            if (holder == Matching::NONE || FindEvent(holder))
            {
                m_matching.alertOf[event] = alert;
                m_matching.eventOf[alert] = event;
                return true;
            }
        }
        return false;
    }

    const std::vector<std::vector<std::size_t>>& m_candidates;
    std::vector<bool> m_isTried;
    std::vector<std::size_t> m_tried;
    Matching& m_matching;
};

} // namespace

bool
PointsAt(const Alert& alert, const FaultEvent& event, const std::vector<std::string>& vantages)
{
    return PointsAt(alert, FlowOf(alert), event, vantages);
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
    const EventIndex index(events, vantages);
    std::vector<std::vector<std::size_t>> candidates(alerts.size());
    Matcher matcher(candidates, events.size(), matching);
    for (std::size_t i = 0; i < alerts.size(); ++i)
    {
        if (alerts[i].verdict != Verdict::Fault)
        {
            continue;
        }
        const FlowEnds flow = FlowOf(alerts[i]);
        for (const std::size_t event : index.Near(alerts[i], flow))
        {
            if (PointsAt(alerts[i], flow, events[event], vantages))
            {
                candidates[i].push_back(event);
            }
        }
        matching.repeats[i] = !matcher.Place(i) && !candidates[i].empty();
    }
    return matching;
}

} // namespace bouncelab::score
