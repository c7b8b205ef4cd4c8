#include "detectors/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

// The rows stand at the end of the detectors' files.
extern const Detector EARLY_REPLY, OVERLAP_CONFLICT, HEADER_OUTLIER, PHANTOM_ACK, FORGED_RESET,
    HOP_LOCATOR, EARLY_END, STRIPPED_KEYWORDS, JOINED_SESSION, PROXY_HELO, DHA_BAN, TARPIT,
    RELAY_REPLY, RELAY_EGRESS, BACKSCATTER, HARVEST, DIRECTORY_OVERLOAD, REPORT_DATES, REFUSALS,
    UNREACHABLE, LOST_SESSION, NOTICES, PATH_MTU, PASTED_DIALOGS, LATE_BOUNCE, RELAY_TRANSCRIPTS,
    LISTING_CAUSE, AUTH_CAUSE, CAPTURE_SCOPE, OWN_FIREWALL, NAMED_CAUSES, OWN_TESTS, TWO_SENDERS,
    PATH_PROBE, LOST_MAIL, FORGED_ICMP, RESET_TYPE_1, RESET_TYPE_2, INSERT_SCRIPT;

const std::vector<const Detector*>&
AllDetectors()
{
    static const std::vector<const Detector*> ALL{
        &EARLY_REPLY,        &OVERLAP_CONFLICT,  &HEADER_OUTLIER, &PHANTOM_ACK,
        &FORGED_RESET,       &HOP_LOCATOR,       &EARLY_END,      &STRIPPED_KEYWORDS,
        &JOINED_SESSION,     &PROXY_HELO,        &DHA_BAN,        &TARPIT,
        &RELAY_REPLY,        &RELAY_EGRESS,      &BACKSCATTER,    &HARVEST,
        &DIRECTORY_OVERLOAD, &REPORT_DATES,      &REFUSALS,       &UNREACHABLE,
        &LOST_SESSION,       &NOTICES,           &PATH_MTU,       &PASTED_DIALOGS,
        &LATE_BOUNCE,        &RELAY_TRANSCRIPTS, &LISTING_CAUSE,  &AUTH_CAUSE,
        &CAPTURE_SCOPE,      &OWN_FIREWALL,      &NAMED_CAUSES,   &OWN_TESTS,
        &TWO_SENDERS,        &PATH_PROBE,        &LOST_MAIL,      &FORGED_ICMP,
        &RESET_TYPE_1,       &RESET_TYPE_2,      &INSERT_SCRIPT};
    return ALL;
}

Detection::Detection(const std::vector<const Detector*>& detectors, const EvidenceContext& context)
    : m_detectors(detectors)
    , m_sinks(detectors.size())
    , m_analysis(context)
{
}

void
Detection::Judge(const Evidence& evidence)
{
    for (std::size_t i = 0; i < m_detectors.size(); ++i)
    {
        if (m_detectors[i]->judgeFlow)
        {
            m_sinks[i].SetWindow(&evidence.flow.window);
            m_detectors[i]->judgeFlow(evidence, m_analysis, m_sinks[i]);
            m_sinks[i].SetWindow(nullptr);
        }
    }
}

void
Detection::Conclude()
{
    std::vector<CutEvidence> cuts = m_analysis.GetContext().cuts;
    const std::vector<CutEvidence> later = m_analysis.Cuts();
    cuts.insert(cuts.end(), later.begin(), later.end());
    for (std::size_t i = 0; i < m_detectors.size(); ++i)
    {
        if (m_detectors[i]->conclude)
        {
            m_detectors[i]->conclude(m_analysis, m_sinks[i]);
        }
        const auto& reads = m_detectors[i]->scope.reads;
        for (const CutEvidence& cut : cuts)
        {
            if (cut.kind.empty() || std::find(reads.begin(), reads.end(), cut.kind) != reads.end())
            {
                m_sinks[i].Add(MakeCut(cut, m_detectors[i]->signature));
            }
        }
    }
}

std::vector<CutEvidence>
Detection::LaterCuts() const
{
    std::vector<CutEvidence> cuts = m_analysis.Cuts();
    for (std::size_t i = 0; i < m_sinks.size(); ++i)
    {
        if (m_sinks[i].leftOut > 0)
        {
            cuts.push_back(
                {"",
                 "",
                 fmt::format("{} alerts of {}", m_sinks[i].leftOut, m_detectors[i]->Name())});
        }
    }
    return cuts;
}

std::vector<Alert>
Detection::AllAlerts() const
{
    std::vector<Alert> all;
    std::set<std::pair<std::uint64_t, std::string>> open;
    for (const AlertSink& sink : m_sinks)
    {
        for (const Alert& alert : sink.alerts)
        {
            // What several detectors miss in the evidence is missing once.
            if (alert.dottedClass != classes::INSUFFICIENT ||
                open.insert({alert.frame, alert.evidence.explanation}).second)
            {
                all.push_back(alert);
            }
        }
    }
    return all;
}

} // namespace bouncelab::detectors
