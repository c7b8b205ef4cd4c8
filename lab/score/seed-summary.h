#ifndef BOUNCELAB_LAB_SCORE_SEED_SUMMARY_H
#define BOUNCELAB_LAB_SCORE_SEED_SUMMARY_H

#include "lab/score/rate.h"
#include "lab/score/run-score.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// What one detector said of one vantage in all runs of a variant.
struct DetectorSummary
{
    DetectorScore sum;             //!< Counts of all runs; `unsupported` if it was in every run.
    std::uint64_t runs = 0;        //!< In which it judged the vantage.
    Rate asExpected;               //!< Runs in which nothing expected of it was missed.
    std::uint64_t unsupported = 0; //!< Runs.
    Rate recall;    //!< Of the faults that show there and that it looks for, those that it found.
    Rate precision; //!< Of its alarms, those that point at a fault.
    bool foreseen = true; //!< Expectations speak of it, and held in every run.
    std::map<scenario::ExpectedWord, std::uint64_t> said; //!< Runs by word.
};

/// All runs of one variant with the same settings.
struct VariantSummary
{
    std::string scenario;
    std::string variant;
    std::vector<std::string> settings;      //!< See RunFolder::Settings().
    std::vector<std::uint64_t> seeds;       //!< In order of the runs.
    Rate asExpected;                        //!< Of the runs of which anything is expected.
    std::vector<DetectorSummary> detectors; //!< By name, then by vantage.
};

/// One summary for each variant and its settings, in the order in which they come first.
std::vector<VariantSummary> Summarize(const std::vector<RunScore>& scores);

/// score.json of a variant's folder.
nlohmann::ordered_json ToJson(const VariantSummary& summary);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_SEED_SUMMARY_H
