#include "lab/score/visibility.h"

#include "formats/evidence-kind.h"
#include "lab/score/fidelity/capture.h"

#include <algorithm>
#include <tuple>

namespace bouncelab::score
{

namespace
{

namespace fs = std::filesystem;

constexpr const char* CAPTURE = "capture.pcap";

/// The connections of a capture, by both of their directions.
std::set<FlowEnds>
FlowsIn(const fs::path& capture)
{
    using Ends = std::tuple<std::uint32_t, std::uint16_t, std::uint32_t, std::uint16_t>;
    std::set<Ends> seen;
    std::set<FlowEnds> flows;
    const Capture packets(capture);
    for (const CaptureFrame& frame : packets.Frames())
    {
        if (!frame.tcp || !seen.emplace(frame.ip->source.value,
                                        frame.tcp->sourcePort,
                                        frame.ip->destination.value,
                                        frame.tcp->destinationPort)
                               .second)
        {
            continue;
        }
        const std::string from =
            frame.ip->source.ToString() + ":" + std::to_string(frame.tcp->sourcePort);
        const std::string to =
            frame.ip->destination.ToString() + ":" + std::to_string(frame.tcp->destinationPort);
        flows.emplace(from, to);
        flows.emplace(to, from);
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

const std::set<FlowEnds>&
Visibility::CapturedAt(const std::string& member)
{
    const auto known = m_captured.find(member);
    if (known != m_captured.end())
    {
        return known->second;
    }
    std::set<FlowEnds>& flows = m_captured[member];
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
    const std::set<FlowEnds>& captured = CapturedAt(member);
    return std::any_of(event.flows.begin(),
                       event.flows.end(),
                       [&](const FlowEnds& flow) { return captured.count(flow) != 0; });
}

} // namespace bouncelab::score
