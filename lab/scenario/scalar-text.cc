#include "lab/scenario/scalar-text.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace bouncelab::scenario
{

namespace
{

/// Holds 16 digits times the longest unit.
__extension__ using Wide = unsigned __int128;

/// A unit and how many of the smallest unit it holds.
using Unit = std::pair<std::string_view, std::int64_t>;

constexpr std::array<Unit, 7> TIME_UNITS{{{"ns", 1},
                                          {"us", 1000},
                                          {"ms", 1000000},
                                          {"s", 1000000000},
                                          {"min", 60000000000},
                                          {"h", 3600000000000},
                                          {"d", 86400000000000}}};
constexpr std::array<Unit, 4> BIT_RATE_UNITS{
    {{"bit/s", 1}, {"kbit/s", 1000}, {"Mbit/s", 1000000}, {"Gbit/s", 1000000000}}};

std::size_t
CountDigits(std::string_view text)
{
    std::size_t count = 0;
    while (count < text.size() && IsDigit(text[count]))
    {
        ++count;
    }
    return count;
}

template <std::size_t N>
Quantity
ParseQuantity(std::string_view text, const std::array<Unit, N>& units)
{
    Quantity result;
    const bool negative = !text.empty() && text[0] == '-';
    text.remove_prefix(negative ? 1 : 0);
    const std::string_view whole = text.substr(0, CountDigits(text));
    text.remove_prefix(whole.size());
    std::string_view fraction;
    if (!text.empty() && text[0] == '.')
    {
        text.remove_prefix(1);
        fraction = text.substr(0, CountDigits(text));
        text.remove_prefix(fraction.size());
        if (fraction.empty())
        {
            result.error = QuantityError::NoNumber;
            return result;
        }
    }
    if (whole.empty() || (whole.size() > 1 && whole[0] == '0'))
    {
        result.error = QuantityError::NoNumber;
        return result;
    }
    text.remove_prefix(!text.empty() && text[0] == ' ' ? 1 : 0);
    result.unit = text;
    const Unit* unit = nullptr;
    for (const Unit& candidate : units)
    {
        unit = candidate.first == text ? &candidate : unit;
    }
    if (unit == nullptr)
    {
        result.error = text.empty() ? QuantityError::NoUnit : QuantityError::UnknownUnit;
        return result;
    }
    while (!fraction.empty() && fraction.back() == '0')
    {
        fraction.remove_suffix(1);
    }
    // A unit holds at most 16 factors of two, so that no more digits can come out even.
    if (fraction.size() > 16)
    {
        result.error = QuantityError::TooFine;
        return result;
    }
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (error != std::errc() || end != whole.data() + whole.size() ||
        value > largest / unit->second)
    {
        result.error = QuantityError::TooBig;
        return result;
    }
    value *= unit->second;
    Wide digits = 0;
    Wide scale = 1;
    for (const char c : fraction)
    {
        digits = digits * 10 + static_cast<Wide>(c - '0');
        scale *= 10;
    }
    digits *= static_cast<Wide>(unit->second);
    if (digits % scale != 0)
    {
        result.error = QuantityError::TooFine;
        return result;
    }
    const auto part = static_cast<std::int64_t>(digits / scale);
    if (value > largest - part)
    {
        result.error = QuantityError::TooBig;
        return result;
    }
    result.value = negative ? -(value + part) : value + part;
    return result;
}

std::string
FormatQuantity(std::uint64_t size, const Unit& unit)
{
    const auto divisor = static_cast<std::uint64_t>(unit.second);
    std::string text = fmt::format("{}", size / divisor);
    std::uint64_t remainder = size % divisor;
    if (remainder != 0)
    {
        text += ".";
        for (std::uint64_t place = divisor / 10; remainder != 0; place /= 10)
        {
            text += static_cast<char>('0' + remainder / place);
            remainder %= place;
        }
    }
    return text + " " + std::string(unit.first);
}

} // namespace

std::optional<WholeNumber>
ParseWhole(std::string_view text)
{
    WholeNumber number;
    int base = 10;
    if (text.substr(0, 2) == "0x")
    {
        text.remove_prefix(2);
        base = 16;
    }
    else
    {
        number.negative = !text.empty() && text[0] == '-';
        text.remove_prefix(number.negative ? 1 : 0);
        if (text.size() > 1 && text[0] == '0')
        {
            return std::nullopt;
        }
    }
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number.size, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
    {
        return std::nullopt;
    }
    return number;
}

std::optional<double>
ParseReal(std::string_view text)
{
    std::string_view rest = text;
    rest.remove_prefix(!rest.empty() && rest[0] == '-' ? 1 : 0);
    const std::size_t whole = CountDigits(rest);
    if (whole == 0 || (whole > 1 && rest[0] == '0'))
    {
        return std::nullopt;
    }
    rest.remove_prefix(whole);
    if (!rest.empty() && rest[0] == '.')
    {
        rest.remove_prefix(1);
        const std::size_t fraction = CountDigits(rest);
        if (fraction == 0)
        {
            return std::nullopt;
        }
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    {
        return std::nullopt;
    }
    return value;
}

Quantity
ParseDuration(std::string_view text)
{
    return ParseQuantity(text, TIME_UNITS);
}

Quantity
ParseBitRate(std::string_view text)
{
    return ParseQuantity(text, BIT_RATE_UNITS);
}

std::string
FormatDuration(Nanoseconds duration)
{
    const std::int64_t value = duration.count();
    const std::string sign = value < 0 ? "-" : "";
    const std::uint64_t size =
        value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    if (size == 0)
    {
        return "0 s";
    }
    for (std::size_t i = TIME_UNITS.size(); i-- > 4;)
    {
        const auto unit = static_cast<std::uint64_t>(TIME_UNITS[i].second);
        if (size % unit == 0 && size > unit)
        {
            return sign + FormatQuantity(size, TIME_UNITS[i]);
        }
    }
    std::size_t unit = 3;
    while (unit > 0 && size < static_cast<std::uint64_t>(TIME_UNITS[unit].second))
    {
        --unit;
    }
    return sign + FormatQuantity(size, TIME_UNITS[unit]);
}

std::string
FormatBitRate(std::uint64_t bitsPerSecond)
{
    std::size_t unit = BIT_RATE_UNITS.size() - 1;
    while (unit > 0 && bitsPerSecond % static_cast<std::uint64_t>(BIT_RATE_UNITS[unit].second) != 0)
    {
        --unit;
    }
    if (bitsPerSecond == 0)
    {
        unit = 0;
    }
    return FormatQuantity(bitsPerSecond, BIT_RATE_UNITS[unit]);
}

std::string
FormatReal(double value)
{
    return fmt::format("{}", value);
}

} // namespace bouncelab::scenario
