#ifndef BOUNCELAB_DETECTORS_EARLY_END_H
#define BOUNCELAB_DETECTORS_EARLY_END_H

#include "detectors/analysis/opening.h"
#include "detectors/analysis/talk-table.h"
#include "detectors/detector.h"

#include <memory>
#include <vector>

namespace bouncelab::detectors
{

/**
 * A connection to port 25 that ends before the server whose address it bears (fact I32,
 * "Interception of SMTP"), seen from the client's side or on the way.
 *
 * Convicts by a control in the evidence: other ports of the same address, or a traceroute to it,
 * answer from further away, and TTL or stack disagree too. Convicts by both legs in one capture:
 * the same mail, spoken again by another address to the same server. Inside one session it convicts
 * only where the server names another address as its client's and what is said comes from further
 * away than TCP; other signs in one session are also a front end's and leave it undecided. A
 * control that agrees ends the matter.
 */
class EarlyEnd : public Detector
{
  public:
    static constexpr std::string_view NAME = "early-end";

    explicit EarlyEnd(std::shared_ptr<TalkTable> table)
        : m_table(std::move(table))
    {
    }

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "a connection to port 25 that ends before its server";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"intercepted"}}; }

    void Judge(const Evidence& evidence, AlertSink& sink) override;
    void Conclude(const Surroundings& surroundings, AlertSink& sink) override;

  private:
    std::shared_ptr<TalkTable> m_table;
    std::vector<Opening> m_controls; //!< Of other ports than 25.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_EARLY_END_H
