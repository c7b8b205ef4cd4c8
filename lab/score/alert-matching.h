#ifndef BOUNCELAB_LAB_SCORE_ALERT_MATCHING_H
#define BOUNCELAB_LAB_SCORE_ALERT_MATCHING_H

#include "formats/alert.h"
#include "lab/score/fault-event.h"

#include <string>
#include <vector>

namespace bouncelab::score
{

/// Which alarm found which event. Indices into what MatchAlarms was given; NONE = no partner.
struct Matching
{
    static constexpr std::size_t NONE = static_cast<std::size_t>(-1);

    std::vector<std::size_t> eventOf; //!< By alert.
    std::vector<std::size_t> alertOf; //!< By event.
    /// By alert without an event of its own: it points at an event that another alarm has.
    std::vector<bool> repeats;
};

/**
 * Whether an alarm points at an event: of its class family (an alert of no class, or one that says
 * only that bytes disagree, fits any), and at its place. A forgery's place is a frame that the
 * truth labels as forged or affected, or, where the alert names no frame of the capture, the
 * event's flow, or that flow's hosts where it names no ports. Of a fault of sessions it is one of
 * their connections, in either direction; frames decide only where the alert names no connection.
 *
 * \param vantages that the evidence of the alert consists of
 */
bool PointsAt(const Alert& alert,
              const FaultEvent& event,
              const std::vector<std::string>& vantages);

/**
 * Gives each alarm at most one event and each event at most one alarm, as many pairs as there can
 * be; where there is a choice, earlier alerts and earlier events are preferred. Only alerts of
 * verdict `fault` take part.
 */
Matching MatchAlarms(const std::vector<Alert>& alerts,
                     const std::vector<FaultEvent>& events,
                     const std::vector<std::string>& vantages);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_ALERT_MATCHING_H
