#ifndef BOUNCELAB_LAB_SCORE_VERDICT_BASELINE_H
#define BOUNCELAB_LAB_SCORE_VERDICT_BASELINE_H

#include "lab/score/judged-cell.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace bouncelab::score
{

/// What a detector was worth at one vantage of one run.
struct Verdicts
{
    std::uint64_t found = 0;
    std::uint64_t missed = 0;
    std::uint64_t falseAlarms = 0;
    bool failed = false; //!< It crashed, ran too long, or wrote something else than alerts.

    bool operator==(const Verdicts& other) const
    {
        return std::tie(found, missed, falseAlarms, failed) ==
               std::tie(other.found, other.missed, other.falseAlarms, other.failed);
    }
};

/// A detector at a vantage of a variant.
struct BaselineCell
{
    std::string scenario;
    std::string variant;
    std::string detector;
    std::string vantage;

    bool operator<(const BaselineCell& other) const
    {
        return std::tie(scenario, variant, detector, vantage) <
               std::tie(other.scenario, other.variant, other.detector, other.vantage);
    }
};

/// By seed.
using VerdictsBySeed = std::map<std::uint64_t, Verdicts>;

/// Verdicts that were accepted. Cells at which nothing showed and nothing was said are there, too.
using VerdictBaseline = std::map<BaselineCell, VerdictsBySeed>;

VerdictBaseline BaselineOf(const std::vector<JudgedCell>& cells);

/**
 * Reads FOLDER/SCENARIO/VARIANT.json of each variant that is asked for and there.
 *
 * \param variants scenario and variant
 * \throws std::runtime_error when a file is damaged
 */
VerdictBaseline ReadVerdictBaseline(
    const std::filesystem::path& folder,
    const std::vector<std::pair<std::string, std::string>>& variants);

/// Replaces in those files what is said of the detectors that the baseline has, a line a detector.
void WriteVerdictBaseline(const std::filesystem::path& folder, const VerdictBaseline& baseline);

/// How often one of two was better in pairs, and what chance makes of that.
struct SignTest
{
    std::uint64_t better = 0;
    std::uint64_t worse = 0;

    /// How likely a difference as large is if each pair that differs could have gone either way
    /// (two-sided sign test; McNemar's, exact, where pairs are yes and no).
    double Chance() const;
};

/// What became of one figure of one cell.
struct VerdictChange
{
    BaselineCell cell;
    bool isWorse = false;
    std::string what; //!< "found 20 of 20, now 0 of 20 (seeds 1 to 20)".
    SignTest seeds;   //!< Seeds in which the figure became better and worse.
    std::uint64_t firstSeed = 0;
    std::string place; //!< Of the first miss or false alarm that is new there; empty if unknown.
};

/// Two baselines held against each other.
struct VerdictComparison
{
    std::vector<VerdictChange> changes; //!< The worse ones first.
    SignTest runs;                      //!< Runs in which anything became better and worse.
    std::size_t cells = 0;              //!< That were compared.
    std::vector<BaselineCell> fresh;    //!< Cells of whose seeds nothing was accepted.

    bool IsWorse() const;
};

/**
 * Compares, seed by seed, what was accepted with what is.
 *
 * \param before of which only the seeds of the cells count
 */
VerdictComparison Compare(const VerdictBaseline& before, const std::vector<JudgedCell>& cells);

/// The change in words, with what chance has to do with it.
std::string ToSentence(const VerdictChange& change);

/// "more than chance (sign test over 12 runs, p = 0.0005)", or that it may be chance.
std::string ChanceText(const SignTest& test, const char* unit);

/// A test suite for continuous integration, a case a cell; new ones are skipped (JUnit's XML).
std::string JUnitOf(const VerdictComparison& comparison, const std::vector<JudgedCell>& cells);

/// A page for people (Markdown).
std::string SummaryOf(const VerdictComparison& comparison);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_VERDICT_BASELINE_H
