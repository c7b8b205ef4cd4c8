#ifndef BOUNCELAB_LAB_SCORE_FAULT_EVENT_H
#define BOUNCELAB_LAB_SCORE_FAULT_EVENT_H

#include "formats/label.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::score
{

/// The ends of a connection, "address:port" each: who opened it, and whom it reaches.
using FlowEnds = std::pair<std::string, std::string>;

/// One fault of the truth: everything that the labels say about one cause.
struct FaultEvent
{
    std::uint32_t cause = 0;
    std::string dottedClass;
    std::string actor;
    std::optional<std::uint32_t> hop;
    SimTime time{};     //!< Of its first action.
    std::string client; //!< "address:port" of the flow that it hit, where it names one.
    std::string server; //!< Ditto.
    /// The connections that it concerns, by every name that they have on their way (NAT).
    std::set<FlowEnds> flows;
    std::map<std::string, std::set<std::uint64_t>> forged;   //!< Vantage to captured frames.
    std::map<std::string, std::set<std::uint64_t>> affected; //!< Ditto.

    /// Whether it is a packet that its sender did not send: found by frames. All others are faults
    /// of sessions, found by connections too.
    bool IsForgery() const;
};

/// The faults of a run in order of time: causes whose class has a fault's family, which the first
/// of their labels of kind `event` or `flow` names.
std::vector<FaultEvent> FaultEventsOf(const std::vector<Label>& labels);

/// The connections that protocol logs tell of (labels `did=logged`), by vantage.
std::map<std::string, std::set<FlowEnds>> LoggedFlowsOf(const std::vector<Label>& labels);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FAULT_EVENT_H
