#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_FACTS_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_FACTS_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// One measured or documented value: `TTL: 57`.
struct Fact
{
    std::string name;
    std::string value; //!< A number with or without a unit behind a space, or text.
};

/**
 * Values under one claim, in order. As text, `TTL: 57 | IP ID: 64`. A claim documents any choice of
 * what is measured, and may leave out the name where there is one value only.
 */
using Facts = std::vector<Fact>;

/// How a claim compares with what was measured.
struct Comparison
{
    bool held = false;
    std::string simulated; //!< The facts that the claim documents, as measured.
    std::string missed; //!< Names of those that do not hold; for one value without name, its own.
};

std::string ToText(const Facts& facts);

/// A whole number, a hexadecimal one as capture tools print it, a time in ms, an answer.
Fact Count(std::string name, std::int64_t value, std::string_view unit = "");
Fact Hex(std::string name, std::uint32_t value);
Fact Milliseconds(std::string name, std::int64_t nanoseconds);
Fact YesNo(std::string name, bool value);

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
Comparison Compare(std::string_view documented, std::string_view tolerance, const Facts& measured);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_FACTS_H
