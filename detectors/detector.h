#ifndef BOUNCELAB_DETECTORS_DETECTOR_H
#define BOUNCELAB_DETECTORS_DETECTOR_H

#include "detectors/evidence.h"
#include "formats/alert.h"
#include "formats/evidence-kind.h"

#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// Takes the alerts of one detector.
class AlertSink
{
  public:
    virtual ~AlertSink() = default;
    virtual void Add(Alert alert) = 0;
};

/// What a detector can judge, for those who count its silence.
struct Scope
{
    std::vector<std::string_view> reads; //!< Any of these kinds of evidence is enough to judge.
    std::vector<std::string_view>
        finds; //!< Classes that it accuses, or families of them; empty = any.
};

/**
 * One way of telling from evidence what went wrong.
 *
 * A detector judges flow after flow in the order in which they end, and may keep what it needs to
 * compare them; Conclude ends the evidence. It knows nothing but what it is handed.
 */
class Detector
{
  public:
    virtual ~Detector() = default;

    virtual std::string_view Name() const = 0;

    /// One sentence: what it concludes from what.
    virtual std::string_view Description() const = 0;

    /// Where nothing that it reads is at hand, its silence says nothing; nor about what it does not
    /// look for.
    virtual Scope Covers() const { return {{kinds::PACKETS}, {}}; }

    virtual void Judge(const Evidence& evidence, AlertSink& sink) = 0;

    virtual void Conclude(const Surroundings&, AlertSink&) {}
};

/// What a detector found about one segment of a flow.
struct Finding
{
    std::uint32_t accused = 0;         //!< Index of the segment.
    std::vector<std::uint32_t> others; //!< Further segments that the explanation names.
    std::string_view dottedClass;      //!< formats/vocabulary.h
    double score = 0;
    Verdict verdict = Verdict::Fault;
    Place where;
    std::string explanation;
};

/// The rule that a detector's alerts name, in Suricata's numbering for local rules.
struct Signature
{
    std::string_view detector;
    std::uint32_t id;
    std::string_view text;
};

/// The alert of a finding. Log lines that report the accused reply are attached.
Alert MakeAlert(const Evidence& evidence, const Finding& finding, const Signature& signature);

/// An alert about a whole flow that cannot be judged, at its first segment.
Alert MakeInsufficient(const Evidence& evidence,
                       const Signature& signature,
                       std::string explanation);

/**
 * Says so when one direction of the flow was not captured.
 * \return whether the flow is one-sided and an alert was added.
 */
bool ReportOneSided(const Evidence& evidence, const Signature& signature, AlertSink& sink);

/// "frame 7", or "packet 7 (line 164)" of a printed packet.
std::string NameOfFrame(const Flow& flow, std::uint32_t segment);

/// The first line of what a segment carries, for quoting: printable, at most 60 characters.
std::string QuoteOf(const Flow& flow, const Segment& segment);

/// What the accused one forged, by direction and protocol.
std::string_view ForgedClassOf(const Flow& flow, const Segment& segment);

/// "54.053 ms"
std::string Milliseconds(std::int64_t nanoseconds);

/// "a, b and c"
std::string Enumerate(const std::vector<std::string>& items);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_DETECTOR_H
