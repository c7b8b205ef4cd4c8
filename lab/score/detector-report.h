#ifndef BOUNCELAB_LAB_SCORE_DETECTOR_REPORT_H
#define BOUNCELAB_LAB_SCORE_DETECTOR_REPORT_H

#include "lab/score/judged-cell.h"
#include "lab/score/rate.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::score
{

/// A figure over runs with its 95 % bounds (see Rate); without a value where there is nothing to
/// have it from, without bounds where a single run has a part in it.
struct Figure
{
    std::optional<double> value;
    std::optional<Interval> bounds;
};

/// Faults of one family, and alarms that say it.
struct FamilyReport
{
    std::uint64_t found = 0;
    std::uint64_t missed = 0;
    std::uint64_t falseAlarms = 0;
    Rate recall;
    Rate precision;
    Figure f1;
};

/// A point of the curve: alarms of at least this score.
struct RocPoint
{
    double score = 0;
    double truePositives = 0;  //!< Of the faults that it is held to.
    double falsePositives = 0; //!< Of the clean sessions.
};

/// One detector over all runs and vantages. A fault counts once at each vantage that shows it.
struct DetectorReport
{
    std::string detector;
    std::uint64_t runs = 0;
    std::uint64_t cells = 0;                //!< Runs times vantages.
    std::map<CellEnd, std::uint64_t> ended; //!< Cells.
    std::uint64_t mute = 0;                 //!< Cells judged without a single line.
    std::uint64_t inconclusive = 0;         //!< Cells in which it could not tell.
    std::uint64_t found = 0;
    std::uint64_t missed = 0;
    std::uint64_t falseAlarms = 0;
    std::uint64_t repeatedAlarms = 0;
    std::uint64_t misplaced = 0;
    std::uint64_t cleanSessions = 0;
    Rate recall;                   //!< Of the faults that it is held to.
    Rate precision;                //!< Of its alarms but those that repeat one.
    Figure f1;                     //!< Of all alarms and faults together.
    Figure macroPrecision;         //!< The mean of the families.
    Figure macroRecall;            //!< Ditto.
    Figure macroF1;                //!< Ditto.
    Figure falsePerThousand;       //!< False alarms per 1,000 clean sessions.
    Figure rocArea;                //!< Chance that a fault outscores a clean session.
    std::optional<double> delayMs; //!< Median time to detect; nothing where most were never found.
    std::optional<double> slowDelayMs; //!< Ditto 90th percentile.
    std::uint64_t undated = 0;         //!< Found faults whose alarm cites no time.
    std::uint64_t located = 0;         //!< Found faults with an interval of hops.
    double hopError = 0;               //!< Their mean distance from it.
    int largestHopError = 0;
    std::map<std::string, FamilyReport> families;
    std::vector<RocPoint> roc; //!< From the highest score down.
    /// Truth's family (or "nothing wrong") and the class said (or "nothing") to how often.
    std::map<std::pair<std::string, std::string>, std::uint64_t> confusion;
};

/// The reports of all detectors that the cells are of, by name.
std::vector<DetectorReport> ReportsOf(const std::vector<JudgedCell>& cells);

nlohmann::ordered_json ToJson(const DetectorReport& report);

/// A row a cell for other programs, with a line of names: comma-separated, as RFC 4180 has it.
std::string CsvOf(const std::vector<JudgedCell>& cells);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_DETECTOR_REPORT_H
