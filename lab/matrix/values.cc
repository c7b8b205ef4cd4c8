#include "lab/matrix/values.h"

#include "formats/random.h"
#include "formats/text.h"
#include "lab/scenario/scalar-text.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <stdexcept>

namespace bouncelab::matrix
{

namespace
{

constexpr std::string_view RANGE_SIGN = "..";

/// A decimal number and what follows it.
struct Decimal
{
    std::int64_t digits = 0; //!< Without the point.
    int decimals = 0;
    std::string_view unit; //!< With the space before it.

    /// Its digits with so many decimals.
    std::int64_t At(int wanted) const
    {
        std::int64_t scaled = digits;
        for (int i = decimals; i < wanted; ++i)
        {
            scaled *= 10;
        }
        return scaled;
    }
};

std::optional<Decimal>
ParseDecimal(std::string_view text)
{
    const std::size_t end = std::min(text.find_first_not_of("-0123456789."), text.size());
    const std::string_view number = text.substr(0, end);
    constexpr std::size_t LONGEST = 9; // so that At() cannot overflow
    if (!scenario::ParseReal(number) || number.size() > LONGEST)
    {
        return std::nullopt;
    }
    Decimal decimal;
    decimal.unit = text.substr(end);
    bool isFraction = false;
    for (const char c : number)
    {
        isFraction = isFraction || c == '.';
        if (IsDigit(c))
        {
            decimal.digits = decimal.digits * 10 + (c - '0');
            decimal.decimals += isFraction ? 1 : 0;
        }
    }
    decimal.digits = number[0] == '-' ? -decimal.digits : decimal.digits;
    return decimal;
}

std::string
Format(std::int64_t digits, int decimals, std::string_view unit)
{
    std::string text = fmt::format("{:0{}}", digits < 0 ? -digits : digits, decimals + 1);
    if (decimals > 0)
    {
        text.insert(text.size() - static_cast<std::size_t>(decimals), ".");
        text = std::string(TrimEnd(TrimEnd(text, "0"), "."));
    }
    return fmt::format("{}{}{}", digits < 0 ? "-" : "", text, unit);
}

[[noreturn]] void
RefuseValue(std::string_view written, std::string_view expected)
{
    throw std::invalid_argument(fmt::format("found \"{}\", expected {}", written, expected));
}

/// A part of a range that may leave out the unit.
Decimal
PartOf(std::string_view written, std::string_view part, std::string_view unit)
{
    const auto decimal = ParseDecimal(part);
    if (!decimal || (!decimal->unit.empty() && decimal->unit != unit))
    {
        RefuseValue(
            written,
            "numbers with one unit or none as FROM..TO or FROM..TO:STEP, such as 4..9 or 5..20 "
            "ms:0.5");
    }
    return *decimal;
}

} // namespace

std::vector<std::string>
SplitValues(std::string_view list)
{
    std::vector<std::string> values(1);
    int depth = 0;
    char quote = 0;
    for (const char c : list)
    {
        if (c == ',' && depth == 0 && quote == 0)
        {
            values.emplace_back();
            continue;
        }
        values.back() += c;
        if (quote != 0)
        {
            quote = c == quote ? '\0' : quote;
        }
        else if (c == '"' || c == '\'')
        {
            quote = values.back().size() == 1 || depth > 0 ? c : '\0';
        }
        else
        {
            depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
        }
    }
    return values;
}

std::vector<std::string>
ExpandValue(std::string_view written)
{
    const std::size_t sign = written.find(RANGE_SIGN);
    if (sign == std::string_view::npos || !ParseDecimal(written.substr(0, sign)))
    {
        return {std::string(written)};
    }
    const std::string_view rest = written.substr(sign + RANGE_SIGN.size());
    const std::size_t colon = rest.find(':');
    const auto end = ParseDecimal(rest.substr(0, colon));
    const std::string_view unit = end ? end->unit : std::string_view();
    const Decimal to = PartOf(written, rest.substr(0, colon), unit);
    const Decimal from = PartOf(written, written.substr(0, sign), unit);
    const bool hasStep = colon != std::string_view::npos;
    const Decimal step = PartOf(written, hasStep ? rest.substr(colon + 1) : "1", unit);
    if (!hasStep && from.decimals + to.decimals > 0)
    {
        RefuseValue(written, "a step, as FROM..TO:STEP, where the ends are no whole numbers");
    }
    const int decimals = std::max({from.decimals, to.decimals, step.decimals});
    const std::int64_t first = from.At(decimals);
    const std::int64_t last = to.At(decimals);
    const std::int64_t width = step.At(decimals);
    if (first > last || width <= 0)
    {
        RefuseValue(written, first > last ? "FROM not above TO" : "a step above 0");
    }
    if (static_cast<std::uint64_t>((last - first) / width) >= MOST_VALUES)
    {
        RefuseValue(written, fmt::format("at most {} values", MOST_VALUES));
    }
    std::vector<std::string> values;
    for (std::int64_t at = first; at <= last; at += width)
    {
        values.push_back(Format(at, decimals, unit));
    }
    return values;
}

std::vector<std::size_t>
LatinHypercubeAxis(std::size_t values,
                   std::size_t samples,
                   std::uint64_t seed,
                   std::string_view axis)
{
    const DrawKey draw = DrawKey(seed, "latin-hypercube").For(axis);
    std::vector<std::size_t> strata(samples);
    std::iota(strata.begin(), strata.end(), 0);
    for (std::size_t i = samples; i > 1; --i)
    {
        std::swap(strata[i - 1], strata[draw("order", i).Below(i)]);
    }
    // A place inside the stratum, in units of 1/PARTS of it.
    constexpr std::uint64_t PARTS = 1 << 20;
    std::vector<std::size_t> taken;
    for (std::size_t i = 0; i < samples; ++i)
    {
        const std::uint64_t place = strata[i] * PARTS + draw("place", i).Below(PARTS);
        taken.push_back(place * values / (samples * PARTS));
    }
    return taken;
}

} // namespace bouncelab::matrix
