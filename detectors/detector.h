#ifndef BOUNCELAB_DETECTORS_DETECTOR_H
#define BOUNCELAB_DETECTORS_DETECTOR_H

#include "detectors/analysis/analysis.h"
#include "detectors/evidence.h"
#include "formats/alert.h"
#include "formats/evidence-kind.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// Takes the alerts of one detector.
class AlertSink
{
  public:
    /// The window that is judged: alerts about others' frames are not taken, but for those that say
    /// what is missing. Null = all are.
    void SetWindow(const FlowWindow* window) { m_window = window; }

    /// \throws std::logic_error without a place to look at (formats/alert.h, HasPlace)
    void Add(Alert alert);

    /// One incident, one alert: an alarm is added; of anything else that is equal but for its
    /// figures and ports, between the same hosts, the first is kept and the others are counted in
    /// it.
    void AddOrCount(Alert alert);

    /// The same with what makes alerts equal at hand.
    void AddOrCount(Alert alert, const std::string& key);

    std::vector<Alert> alerts;
    std::uint64_t leftOut = 0; //!< Alerts, as too many.

  private:
    bool Takes(const Alert& alert) const;

    const FlowWindow* m_window = nullptr;
    std::map<std::string, std::size_t> m_counted; //!< Places in `alerts`.
};

/// What a detector can judge, for those who count its silence.
struct Scope
{
    std::vector<std::string_view> reads; //!< Any of these kinds of evidence is enough to judge.
    /// Classes that it accuses, or families of them; about others its silence says nothing.
    std::vector<std::string_view> finds;
};

/// The rule that a detector's alerts name, in Suricata's numbering for local rules.
struct AlertRule
{
    std::string_view detector;
    std::uint32_t id;
    std::string_view text;
};

/// What a detector's word counts for.
enum class Role
{
    Judge,
    Baseline, //!< Shipped to be compared with: scored like any other, never believed.
};

/// One way of telling from evidence what went wrong: it knows nothing but what it is handed.
struct Detector
{
    AlertRule signature;
    std::string_view description; //!< One sentence: what it concludes from what.
    Scope scope;
    /// Judges a flow when it ends, or adds what is needed of it to the analysis; may be null.
    void (*judgeFlow)(const Evidence& evidence, Analysis& analysis, AlertSink& sink);
    /// Judges what the analysis derives, once there is no more evidence; may be null.
    void (*conclude)(const Analysis& analysis, AlertSink& sink);
    Role role = Role::Judge;

    std::string_view Name() const { return signature.detector; }
};

/// Of detectors that judge sessions.
void AddSession(const Evidence& evidence, Analysis& analysis, AlertSink& sink);

/// The alert of a finding. Log lines that report the accused reply are attached.
Alert MakeAlert(const Evidence& evidence, const Finding& finding, const AlertRule& signature);

/// A score from 0 to 1 in thousandths: further digits would be noise.
double Rounded(double score);

/// Puts a detector's name and rule on an alert.
void Sign(Alert& alert, const AlertRule& rule);

/// With the category and severity that the verdict has.
void SetVerdict(Alert& alert, Verdict verdict);

/// The alerts of all findings of a search.
void AddAlerts(const Evidence& evidence,
               Evidence::Search search,
               const AlertRule& signature,
               AlertSink& sink);

/// An alert about a whole flow that cannot be judged, at its first segment.
Alert MakeInsufficient(const Evidence& evidence,
                       const AlertRule& signature,
                       std::string explanation);

/**
 * Says so when one direction of the flow was not captured.
 * \return whether the flow is one-sided and an alert was added.
 */
bool ReportOneSided(const Evidence& evidence, const AlertRule& signature, AlertSink& sink);

/// An alert that says that evidence of a detector's was left out, as there was too much of it.
Alert MakeCut(const CutEvidence& cut, const AlertRule& signature);

/// "frame 7", or "packet 7 (line 164)" of a printed packet.
std::string NameOfFrame(const Flow& flow, std::uint32_t segment);

/// A line of what a segment carries, for quoting: printable, at most 60 characters.
/// \param from where in the segment's bytes it begins
std::string QuoteOf(const Flow& flow, const Segment& segment, std::int64_t from = 0);

/// What the accused one forged, by direction and protocol.
std::string_view ForgedClassOf(const Flow& flow, const Segment& segment);

/// "54.053 ms"
std::string Milliseconds(std::int64_t nanoseconds);

/// "a, b and c"
std::string Enumerate(const std::vector<std::string>& items);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_DETECTOR_H
