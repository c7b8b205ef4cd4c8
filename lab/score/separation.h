#ifndef BOUNCELAB_LAB_SCORE_SEPARATION_H
#define BOUNCELAB_LAB_SCORE_SEPARATION_H

#include "lab/score/traits.h"

#include <cstdint>
#include <string>
#include <vector>

/// Whether a single trait tells runs with a fault from runs without.
namespace bouncelab::score
{

/// Runs to be told apart. All groups have the same seeds, in the same order.
struct RunGroups
{
    std::vector<Traits> faulty;
    std::vector<std::vector<Traits>> clean; //!< A group for each variant without the fault.
};

/// "Runs with a fault have at least (else: less than) so much of it."
struct Rule
{
    std::uint32_t trait = 0; //!< In the book. A run that lacks it has less than any.
    std::int64_t bound = 0;
    bool isAtLeast = true;

    bool Accuses(std::int64_t value) const { return (value >= bound) == isAtLeast; }

    std::string ToString() const;
};

struct Telltale
{
    Rule rule;
    double accuracy = 0; //!< Balanced, on the seeds held out, in the worst clean group.
    double p = 0;        //!< Corrected for all traits that were tried.
};

struct Separation
{
    std::size_t seeds = 0;  //!< Held out.
    std::size_t traits = 0; //!< That any run has, and not all alike.
    std::size_t tried = 0;  //!< On the seeds held out.
    std::vector<Telltale> telltales;
};

/// Chance passes for a telltale in one of a hundred comparisons at most.
constexpr double SIGNIFICANT = 0.01;

/**
 * Tries every trait. Of each the best rule is chosen on two seeds of five, its bound
 * in the middle between what is on either side; if it is right there in
 * three of four, it is tried on the others. A clean group counts as a whole: a rule has to tell
 * the faulty runs from each of them, so what one harmless look-alike shares separates nothing.
 *
 * p is that of a permutation test over all rules tried at once, so that their number is accounted
 * for, however much they say the same: the runs of a seed change places, in every way there is (of
 * more than 13 seeds, in 9999 ways drawn), and counted is how often the best of all rules then gets
 * as far as this one does; against the clean group where that is most often.
 */
Separation Separate(const RunGroups& groups);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_SEPARATION_H
