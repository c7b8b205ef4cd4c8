#include "lab/score/visibility.h"

#include "formats/endpoint.h"
#include "formats/evidence-kind.h"
#include "lab/score/fidelity/capture.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace bouncelab::score
{

namespace
{

namespace fs = std::filesystem;

constexpr const char* CAPTURE = "capture.pcap";

/// The connections of a capture by both of their directions, and whether each was closed in order:
/// by both ends, and reset by none.
std::map<FlowEnds, bool>
FlowsIn(const fs::path& capture)
{
    struct Closing
    {
        bool isClosed = false;
        bool isReset = false;
    };

    using Ends = std::tuple<IpAddress, std::uint16_t, IpAddress, std::uint16_t>;
    std::map<Ends, Closing> directions;
    const Capture packets(capture);
    for (const CaptureFrame& frame : packets.Frames())
    {
        if (frame.tcp)
        {
            Closing& closing = directions[{frame.ip->source,
                                           frame.tcp->sourcePort,
                                           frame.ip->destination,
                                           frame.tcp->destinationPort}];
            closing.isClosed = closing.isClosed || frame.tcp->Has(tcp::FIN);
            closing.isReset = closing.isReset || frame.tcp->Has(tcp::RST);
        }
    }
    std::map<FlowEnds, bool> flows;
    for (const auto& [ends, closing] : directions)
    {
        const auto& [source, sourcePort, destination, destinationPort] = ends;
        const auto back = directions.find({destination, destinationPort, source, sourcePort});
        const bool isFinished = closing.isClosed && !closing.isReset && back != directions.end() &&
                                back->second.isClosed && !back->second.isReset;
        const std::string from = EndpointText(source, sourcePort);
        const std::string to = EndpointText(destination, destinationPort);
        flows[{from, to}] = isFinished;
        flows[{to, from}] = isFinished;
    }
    return flows;
}

} // namespace

Visibility::Visibility(const RunFolder& run)
    : m_run(run)
    , m_logged(LoggedFlowsOf(run.Labels()))
{
}

bool
Visibility::Shows(const FaultEvent& event, const std::string& vantage)
{
    return Shows(event, vantage, DetectorScope{});
}

bool
Visibility::Shows(const FaultEvent& event, const std::string& vantage, const DetectorScope& scope)
{
    const bool readsPackets = scope.CanRead({std::string(kinds::PACKETS)});
    const bool readsLog =
        scope.CanRead({std::string(kinds::SERVER_LOG), std::string(kinds::TRACKING_LOG)});
    const std::vector<std::string> members = m_run.MembersOf(vantage);
    return std::any_of(members.begin(),
                       members.end(),
                       [&](const std::string& member)
                       {
                           return (readsPackets && IsCapturedAt(event, member)) ||
                                  (readsLog && IsLoggedAt(event, member));
                       });
}

const std::set<std::string>&
Visibility::KindsAt(const std::string& vantage)
{
    const auto [kinds, isNew] = m_kinds.try_emplace(vantage);
    if (isNew)
    {
        for (const std::string& member : m_run.MembersOf(vantage))
        {
            kinds->second.merge(KindsIn(m_run.EvidenceOf(member)));
        }
    }
    return kinds->second;
}

bool
Visibility::IsUnfinished(const FaultEvent& event)
{
    for (const std::string& vantage : m_run.Vantages())
    {
        for (const std::string& member : m_run.MembersOf(vantage))
        {
            const CapturedFlows& captured = CapturedAt(member);
            for (const FlowEnds& flow : event.flows)
            {
                const auto at = captured.find(flow);
                if (at != captured.end() && !at->second)
                {
                    return true;
                }
            }
        }
    }
    return false;
}

std::uint64_t
Visibility::CleanSessions(const std::vector<FaultEvent>& events, const std::string& vantage)
{
    std::set<FlowEnds> sessions;
    const auto ordered = [](const FlowEnds& flow)
    { return flow.first < flow.second ? flow : FlowEnds(flow.second, flow.first); };
    for (const std::string& member : m_run.MembersOf(vantage))
    {
        for (const auto& entry : CapturedAt(member))
        {
            sessions.insert(ordered(entry.first));
        }
        const auto logged = m_logged.find(member);
        if (logged != m_logged.end())
        {
            std::transform(logged->second.begin(),
                           logged->second.end(),
                           std::inserter(sessions, sessions.end()),
                           ordered);
        }
    }
    for (const FaultEvent& event : events)
    {
        for (const FlowEnds& flow : event.flows)
        {
            sessions.erase(ordered(flow));
        }
    }
    return sessions.size();
}

const Visibility::CapturedFlows&
Visibility::CapturedAt(const std::string& member)
{
    const auto known = m_captured.find(member);
    if (known != m_captured.end())
    {
        return known->second;
    }
    CapturedFlows& flows = m_captured[member];
    // Where only a union was asked for, its members have no folders of their own.
    std::vector<fs::path> folders{m_run.EvidenceOf(member)};
    for (const std::string& vantage : m_run.Vantages())
    {
        folders.push_back(m_run.EvidenceOf(vantage) / member);
    }
    const auto holder = std::find_if(folders.begin(),
                                     folders.end(),
                                     [](const fs::path& p) { return fs::exists(p / CAPTURE); });
    if (holder != folders.end())
    {
        flows = FlowsIn(*holder / CAPTURE);
    }
    return flows;
}

bool
Visibility::IsLoggedAt(const FaultEvent& event, const std::string& member) const
{
    const auto logged = m_logged.find(member);
    return !event.IsForgery() && logged != m_logged.end() &&
           std::any_of(event.flows.begin(),
                       event.flows.end(),
                       [&](const FlowEnds& flow) { return logged->second.count(flow) != 0; });
}

bool
Visibility::IsCapturedAt(const FaultEvent& event, const std::string& member)
{
    if (event.forged.count(member) != 0 || event.affected.count(member) != 0)
    {
        return true;
    }
    if (event.IsForgery() || event.flows.empty())
    {
        return false;
    }
    const CapturedFlows& captured = CapturedAt(member);
    return std::any_of(event.flows.begin(),
                       event.flows.end(),
                       [&](const FlowEnds& flow) { return captured.count(flow) != 0; });
}

} // namespace bouncelab::score
