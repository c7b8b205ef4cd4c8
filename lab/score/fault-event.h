#ifndef BOUNCELAB_LAB_SCORE_FAULT_EVENT_H
#define BOUNCELAB_LAB_SCORE_FAULT_EVENT_H

#include "formats/label.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// One fault of the truth: everything that the labels say about one cause.
struct FaultEvent
{
    std::uint32_t cause = 0;
    std::string dottedClass;
    std::string actor;
    std::optional<std::uint32_t> hop;
    std::int64_t timeNs = 0; //!< Simulated time of its first action.
    std::string client;      //!< "address:port" of the flow that it hit, where it names one.
    std::string server;      //!< Ditto.
    std::map<std::string, std::set<std::uint64_t>> forged;   //!< Vantage to captured frames.
    std::map<std::string, std::set<std::uint64_t>> affected; //!< Ditto.
};

/// The faults of a run in order of time: causes whose class has a fault's family.
std::vector<FaultEvent> FaultEventsOf(const std::vector<Label>& labels);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FAULT_EVENT_H
