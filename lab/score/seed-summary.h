#ifndef BOUNCELAB_LAB_SCORE_SEED_SUMMARY_H
#define BOUNCELAB_LAB_SCORE_SEED_SUMMARY_H

#include "lab/score/run-score.h"
#include "lab/score/wilson.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// So many of so many.
struct Rate
{
    std::uint64_t hits = 0;
    std::uint64_t trials = 0;

    Interval Bounds() const { return WilsonInterval(hits, trials); }
};

/// What one detector said of one vantage in all runs of a variant.
struct DetectorSummary
{
    DetectorScore sum;             //!< Counts of all runs; `unsupported` if it was in every run.
    std::uint64_t runs = 0;        //!< In which it judged the vantage.
    Rate asExpected;               //!< Runs in which nothing expected of it was missed.
    std::uint64_t unsupported = 0; //!< Runs.
    bool foreseen = true;          //!< Expectations speak of it, and held in every run.
    std::map<scenario::ExpectedWord, std::uint64_t> said; //!< Runs by word.

    /// Of the faults that show at the vantage and that it looks for, those that it found.
    Rate Recall() const { return {sum.trueAlarms, sum.trueAlarms + sum.misses}; }

    /// Of its alarms, those that point at a fault.
    Rate Precision() const { return {sum.Alarms() - sum.falseAlarms, sum.Alarms()}; }
};

/// All runs of one variant.
struct VariantSummary
{
    std::string scenario;
    std::string variant;
    std::vector<std::uint64_t> seeds;       //!< In order of the runs.
    Rate asExpected;                        //!< Runs in which everything came as expected.
    std::vector<DetectorSummary> detectors; //!< By name, then by vantage.
};

/// One summary for each variant, in the order in which they come first.
std::vector<VariantSummary> Summarize(const std::vector<RunScore>& scores);

/// score.json of a variant's folder.
nlohmann::ordered_json ToJson(const VariantSummary& summary);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_SEED_SUMMARY_H
