#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_FACTS_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_FACTS_H

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// One measured or documented value: `TTL: 57`.
struct Fact
{
    std::string name;
    std::string value;     //!< A number with or without a unit behind a space, or text.
    std::string problem{}; //!< Why it could not be measured; empty = it was.
};

/// The run's evidence does not hold what a measurement needs. One sentence.
class NotMeasurable : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/**
 * Values under one claim, in order. As text, `TTL: 57 | IP ID: 64`. A claim documents any choice of
 * what is measured, and may leave out the name where there is one value only.
 */
using Facts = std::vector<Fact>;

/// How a claim compares with what was measured.
struct ClaimComparison
{
    bool held = false;
    std::string simulated; //!< The facts that the claim documents, as measured.
    std::string missed; //!< Names of those that do not hold; for one value without name, its own.
};

std::string ToText(const Facts& facts);

/// Whether a measured value is as documented, or within its bound: one value of Compare().
bool Holds(std::string_view documented, std::string_view tolerance, std::string_view simulated);

/**
 * Compares documented values with measured ones.
 *
 * A documented value is text, a number with its unit, or a bound such as `< 0.3 ms` (`<=`, `>`,
 * `>=`). The tolerance is one amount for all (`0.5 ms`) or named amounts (`t: 1 ms | TS: 1`);
 * without one, numbers and text are equal or not.
 *
 * \throws std::invalid_argument saying what was expected, when the claim cannot be read: a name
 *         that is not measured, a tolerance that is no number, a tolerance on text
 */
ClaimComparison Compare(std::string_view documented,
                        std::string_view tolerance,
                        const Facts& measured);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_FACTS_H
