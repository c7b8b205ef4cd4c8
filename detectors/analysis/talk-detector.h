#ifndef BOUNCELAB_DETECTORS_ANALYSIS_TALK_DETECTOR_H
#define BOUNCELAB_DETECTORS_ANALYSIS_TALK_DETECTOR_H

#include "detectors/analysis/talk-table.h"
#include "detectors/detector.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// A detector that judges sessions in the light of the others, once all are known.
class TalkDetector : public Detector
{
  public:
    explicit TalkDetector(std::shared_ptr<TalkTable> table)
        : m_table(std::move(table))
    {
    }

    Scope Covers() const override
    {
        return {{kinds::PACKETS, kinds::SERVER_LOG, kinds::SEND_LOG}, {}};
    }

    void Judge(const Evidence& evidence, AlertSink&) final { m_table->Add(evidence.flow); }

    /// Leaves out clients' sessions where the server's log is at hand, or the session of whoever
    /// spoke to the server for them: these say more, and one mail's session is judged once.
    void Conclude(const Surroundings& surroundings, AlertSink& sink) final;

  protected:
    virtual void JudgeTalks(const std::vector<Talk>& talks,
                            const Surroundings& surroundings,
                            AlertSink& sink) = 0;

    /// The least that a log has to tell of a session to be judged; others are left out.
    virtual LogDetail Needs() const { return LogDetail::Dialogue; }

    /// Whether the sessions that Conclude leaves out are wanted as well, as by those who follow
    /// mail from one session to the next.
    virtual bool JudgesAll() const { return false; }

  private:
    std::shared_ptr<TalkTable> m_table;
};

/// What a detector concludes of one session.
struct TalkFinding
{
    std::string_view dottedClass; //!< formats/vocabulary.h
    Verdict verdict = Verdict::Fault;
    double score = 0;
    std::vector<Spot> spots; //!< What it rests on; the first one gives the alert its time.
    bool byServer = false;   //!< The server did it; else the client.
    std::string explanation;
};

/// The alert of a finding; rows of logs are quoted, frames of captures are named.
Alert MakeTalkAlert(const Talk& talk, const TalkFinding& finding, const Signature& signature);

/// "line 7" or "frame 7"
std::string NameOfSpot(const Talk& talk, const Spot& spot);

/// "the server's log" of a talk from a receive log, "the sender's log", "a capture".
std::string_view NameOfVantage(const Talk& talk);

/// "5.000 s"
std::string Seconds(std::int64_t nanoseconds);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_TALK_DETECTOR_H
