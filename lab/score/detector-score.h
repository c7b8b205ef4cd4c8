#ifndef BOUNCELAB_LAB_SCORE_DETECTOR_SCORE_H
#define BOUNCELAB_LAB_SCORE_DETECTOR_SCORE_H

#include "formats/alert.h"
#include "lab/scenario/expectations.h"
#include "lab/score/alert-matching.h"
#include "lab/score/detector-scope.h"
#include "lab/score/fault-event.h"
#include "lab/score/run-folder.h"
#include "lab/score/visibility.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// How near an alarm came to the place of what it found.
struct Localization
{
    std::uint32_t cause = 0;
    HopInterval interval;
    std::uint32_t trueHop = 0;

    int Width() const { return interval.to - interval.after; }

    /// Hops between the true one and the nearest of the interval; 0 = inside.
    int Error() const;
};

/// What one detector said of one vantage's evidence, held against the truth.
struct DetectorScore
{
    std::string detector;
    std::string vantage;
    std::uint64_t trueAlarms = 0;
    std::uint64_t falseAlarms = 0;
    std::uint64_t repeatedAlarms = 0; //!< At an event that another alarm has found.
    std::uint64_t misplaced = 0; //!< True alarms that accuse a genuine frame beside the forged.
    std::uint64_t misses = 0;    //!< Events that show at the vantage and were not found.
    std::uint64_t unfinishedMisses = 0; //!< Of these, events with an unfinished connection.
    std::uint64_t hiddenEvents = 0;     //!< Events that do not show there: neither hit nor miss.
    std::uint64_t otherEvents = 0;      //!< Events that show but that it does not look for: ditto.
    std::uint64_t benign = 0;           //!< Lines that explain; never alarms.
    std::uint64_t inconclusive = 0;
    bool unsupported = false; //!< Silent, and the vantage holds nothing that it reads.
    bool isBaseline = false;  //!< Allowed to be wrong: it is there to be compared with.
    std::vector<Localization> places;

    std::uint64_t Alarms() const { return trueAlarms + falseAlarms + repeatedAlarms; }

    /// The word that expectations use for what it said.
    scenario::ExpectedWord Word() const;

    /// How many lines said so.
    std::uint64_t LinesOf(scenario::ExpectedWord word) const;
};

/// An expected verdict that did not come, or a detector that did not run.
struct ExpectationMiss
{
    std::string detector;
    std::string vantage;
    std::string expected; //!< "fault 1".
    std::string found;    //!< "none", "did not run".
};

/**
 * The score of one detector's alerts.
 *
 * \param visibility of the run's faults; \param scope what the detector says that it can judge
 */
DetectorScore ScoreAlerts(const std::string& detector,
                          const std::string& vantage,
                          const std::vector<Alert>& alerts,
                          const std::vector<FaultEvent>& events,
                          const RunFolder& run,
                          Visibility& visibility,
                          const DetectorScope& scope = {});

/// Ditto of alerts that were matched already.
DetectorScore ScoreAlerts(const std::string& detector,
                          const std::string& vantage,
                          const std::vector<Alert>& alerts,
                          const Matching& matching,
                          const std::vector<FaultEvent>& events,
                          const RunFolder& run,
                          Visibility& visibility,
                          const DetectorScope& scope);

/**
 * The scores of everything below verdicts/, by detector and vantage.
 *
 * \throws std::runtime_error naming the line that is no alert
 */
std::vector<DetectorScore> ScoreVerdicts(const RunFolder& run,
                                         const std::vector<FaultEvent>& events,
                                         Visibility& visibility);

/**
 * What was expected and did not come: another word, another count (too few, where the expectation
 * is a least one), or alarms at something else than the run's faults; a detector that is there to
 * be compared with may have these, if they are as many as expected. Vantages that the run was told
 * to leave out are passed over.
 */
std::vector<ExpectationMiss> CheckVerdicts(const RunFolder& run,
                                           const scenario::Expectations& expectations,
                                           const std::vector<DetectorScore>& scores);

nlohmann::ordered_json ToJson(const DetectorScore& score);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_DETECTOR_SCORE_H
