#ifndef BOUNCELAB_LAB_SCENARIO_SCALAR_TEXT_H
#define BOUNCELAB_LAB_SCENARIO_SCALAR_TEXT_H

#include "formats/duration.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::scenario
{

/// A whole number as sign and size, so that every integer type fits.
struct WholeNumber
{
    bool negative = false;
    std::uint64_t size = 0;

    long double Value() const
    {
        const auto value = static_cast<long double>(size);
        return negative ? -value : value;
    }
};

/**
 * Plain decimal without leading zeros, or hexadecimal after 0x; `-` allowed before decimal. Nothing
 * for anything else: YAML's octal `010`, `+5`, `1_000`, `1e3`, or beyond 64 bits.
 */
std::optional<WholeNumber> ParseWhole(std::string_view text);

/// Plain decimal with an optional fraction and exponent; finite. `.5`, `5.`, `05` and `0x5` are
/// not.
std::optional<double> ParseReal(std::string_view text);

/// What keeps a text from being a quantity.
enum class QuantityError
{
    None,
    NoNumber,
    NoUnit,
    UnknownUnit,
    TooFine, //!< Not a whole number of the smallest unit.
    TooBig,  //!< Beyond 63 bits.
};

struct Quantity
{
    std::int64_t value = 0; //!< In the smallest unit: ns, bit/s.
    QuantityError error = QuantityError::None;
    std::string_view unit; //!< As it was written.
};

/**
 * A decimal number, at most one space, and one of ns us ms s min h d. Exact: "35.074 ms" is
 * 35074000 ns, and "0.5 ns" is TooFine.
 */
Quantity ParseDuration(std::string_view text);

/// The same with bit/s, kbit/s, Mbit/s, Gbit/s (decimal multiples).
Quantity ParseBitRate(std::string_view text);

/// A text that ParseDuration() reads back exactly, in the unit that a person would choose.
std::string FormatDuration(Nanoseconds duration);
std::string FormatBitRate(std::uint64_t bitsPerSecond); //!< Read back by ParseBitRate().
std::string FormatReal(double value);                   //!< Shortest that reads back the same.

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_SCALAR_TEXT_H
