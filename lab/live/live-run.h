#ifndef BOUNCELAB_LAB_LIVE_LIVE_RUN_H
#define BOUNCELAB_LAB_LIVE_LIVE_RUN_H

#include "formats/duration.h"
#include "lab/live/live-endpoint.h"
#include "lab/live/live-messages.h"
#include "lab/live/replacement.h"
#include "lab/run/run-spec.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::live
{

/// What a live run is to do.
struct LivePlan
{
    run::RunSpec spec; //!< `out` and `live` are filled in by RunLive().
    std::vector<Replacement> replacements;
    std::optional<Nanoseconds> duration; //!< In place of the scenario's.
    bool untilExit = false;              //!< Ends as soon as every command has.
};

/// How far a live run is.
struct LiveProgress
{
    std::int64_t nowNs = 0;
    std::int64_t durationNs = 0;
    std::uint64_t packets = 0; //!< In and out of real programs.
};

/// What a real program did, as far as it shows outside.
struct LiveMachine
{
    std::string node;
    std::string program;
    std::string version; //!< As it says itself; may be empty.
    BridgeCounts packets;
    ConnectionCounts connections;
    std::uint64_t overruns = 0;
    std::optional<int> ended; //!< Status with which it ended before the run did.
    bool isCollected = true;  //!< Its peer's `collect` ended well, or there is none.
};

struct LiveReport
{
    std::vector<LiveMachine> machines;
    std::vector<LiveMessage> messages;
    std::int64_t endNs = 0;        //!< Simulated time of the end.
    std::int64_t largestLagNs = 0; //!< Furthest that the simulation was behind the clock.
    std::filesystem::path folder;  //!< In PRIVATE_PLACE: what the run has written.
};

/// What keeps this machine from live runs, in one sentence; empty if nothing does. Tries it out in
/// a process of its own.
std::string WhyNoLiveRuns();

/**
 * Makes one live run in this process, which ends up in PRIVATE_PLACE and can make no other. The
 * run's folder holds what a run's does (evidence, truth, manifest.json), and for each real program
 * what it left, in live/NODE. There are no verdicts.
 *
 * \param onProgress called every second
 * \throws LiveError, scenario::ScenarioError
 */
LiveReport RunLive(LivePlan plan, const std::function<void(const LiveProgress&)>& onProgress);

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_LIVE_RUN_H
