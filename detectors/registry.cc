#include "detectors/registry.h"

namespace bouncelab::detectors
{

// The rows stand at the end of the detectors' files.
extern const Detector EARLY_REPLY, OVERLAP_CONFLICT, HEADER_OUTLIER, PHANTOM_ACK, FORGED_RESET,
    HOP_LOCATOR, EARLY_END, STRIPPED_KEYWORDS, JOINED_SESSION, PROXY_HELO, DHA_BAN, TARPIT,
    RELAY_REPLY, RELAY_EGRESS, BACKSCATTER, HARVEST, DIRECTORY_OVERLOAD, REPORT_DATES;

const std::vector<const Detector*>&
AllDetectors()
{
    static const std::vector<const Detector*> ALL{&EARLY_REPLY,
                                                  &OVERLAP_CONFLICT,
                                                  &HEADER_OUTLIER,
                                                  &PHANTOM_ACK,
                                                  &FORGED_RESET,
                                                  &HOP_LOCATOR,
                                                  &EARLY_END,
                                                  &STRIPPED_KEYWORDS,
                                                  &JOINED_SESSION,
                                                  &PROXY_HELO,
                                                  &DHA_BAN,
                                                  &TARPIT,
                                                  &RELAY_REPLY,
                                                  &RELAY_EGRESS,
                                                  &BACKSCATTER,
                                                  &HARVEST,
                                                  &DIRECTORY_OVERLOAD,
                                                  &REPORT_DATES};
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
            m_detectors[i]->judgeFlow(evidence, m_analysis, m_sinks[i]);
        }
    }
}

void
Detection::Conclude()
{
    for (std::size_t i = 0; i < m_detectors.size(); ++i)
    {
        if (m_detectors[i]->conclude)
        {
            m_detectors[i]->conclude(m_analysis, m_sinks[i]);
        }
    }
}

std::vector<Alert>
Detection::AllAlerts() const
{
    std::vector<Alert> all;
    for (const AlertSink& sink : m_sinks)
    {
        all.insert(all.end(), sink.alerts.begin(), sink.alerts.end());
    }
    return all;
}

} // namespace bouncelab::detectors
