#ifndef BOUNCELAB_DETECTORS_REGISTRY_H
#define BOUNCELAB_DETECTORS_REGISTRY_H

#include "detectors/detector.h"

#include <vector>

namespace bouncelab::detectors
{

/// The detectors, in the order of their alerts.
const std::vector<const Detector*>& AllDetectors();

/// Lets detectors judge one evidence.
class Detection
{
  public:
    /// \param context have to be complete before Conclude.
    Detection(const std::vector<const Detector*>& detectors, const EvidenceContext& context);

    void Judge(const Evidence& evidence); //!< A flow that has ended.
    void Conclude();                      //!< There is no more evidence.

    /// What one detector says; by its place among those that were given.
    const std::vector<Alert>& AlertsOf(std::size_t place) const { return m_sinks[place].alerts; }

    /// In the order of the detectors; what several of them miss in the evidence is said once.
    std::vector<Alert> AllAlerts() const;

    /// What was left out as too much behind the readers, of flows and of alerts, as of now.
    std::vector<CutEvidence> LaterCuts() const;

    const Analysis& GetAnalysis() const { return m_analysis; }

  private:
    std::vector<const Detector*> m_detectors;
    std::vector<AlertSink> m_sinks; //!< One of each.
    Analysis m_analysis;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_REGISTRY_H
