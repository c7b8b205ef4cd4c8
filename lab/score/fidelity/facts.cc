#include "lab/score/fidelity/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

constexpr std::string_view SEPARATOR = " | ";

/// What float arithmetic may lose of a decimal with six digits.
constexpr long double ROUNDING = 1e-7L;

struct Number
{
    long double value = 0;
    std::string_view unit;
};

std::vector<std::string_view>
Split(std::string_view text)
{
    std::vector<std::string_view> parts;
    for (std::size_t at = 0; !text.empty();)
    {
        at = text.find(SEPARATOR);
        parts.push_back(text.substr(0, at));
        text.remove_prefix(at == std::string_view::npos ? text.size() : at + SEPARATOR.size());
    }
    return parts;
}

/// Words behind a number that make it a quantity; others make it text ("500 error").
constexpr std::string_view UNITS[] = {"", "ms", "s", "B", "Hz", "/s"};

/// "54.053 ms", "-3", "6941 B".
std::optional<Number>
ParseNumber(std::string_view text)
{
    std::size_t end = text.find(' ');
    const std::string digits(text.substr(0, end));
    if (digits.empty() || digits.find_first_not_of("-0123456789.") != std::string::npos ||
        digits.find_first_of("0123456789") == std::string::npos)
    {
        return std::nullopt;
    }
    char* stop = nullptr;
    const long double value = std::strtold(digits.c_str(), &stop);
    if (*stop != '\0')
    {
        return std::nullopt;
    }
    const std::string_view unit =
        end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return std::find(std::begin(UNITS), std::end(UNITS), unit) != std::end(UNITS)
               ? std::optional(Number{value, unit})
               : std::nullopt;
}

/// A sign with a space behind it: "<address>" is none.
bool
TakeSign(std::string_view& text, std::string_view sign)
{
    if (text.substr(0, sign.size()) != sign || text.substr(sign.size(), 1) != " ")
    {
        return false;
    }
    text.remove_prefix(sign.size() + 1);
    return true;
}

Number
NeedNumber(std::string_view text, std::string_view what)
{
    const auto number = ParseNumber(text);
    if (!number)
    {
        throw std::invalid_argument(
            fmt::format("found {} \"{}\", expected a number and its unit", what, text));
    }
    return *number;
}

const Fact*
Find(const Facts& facts, std::string_view name)
{
    const auto found =
        std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.name == name; });
    return found == facts.end() ? nullptr : &*found;
}

/// `name: value` where the name is one that is measured; else the whole is a value without a name.
Fact
ParseFact(std::string_view part, const Facts& measured)
{
    const std::size_t colon = part.find(": ");
    if (colon != std::string_view::npos && Find(measured, part.substr(0, colon)))
    {
        return {std::string(part.substr(0, colon)), std::string(part.substr(colon + 2))};
    }
    return {"", std::string(part)};
}

} // namespace

bool
Holds(std::string_view documented, std::string_view tolerance, std::string_view simulated)
{
    const auto measured = ParseNumber(simulated);
    for (const std::string_view sign : {"<=", ">=", "<", ">"})
    {
        std::string_view rest = documented;
        if (TakeSign(rest, sign))
        {
            const Number bound = NeedNumber(rest, "bound");
            if (!measured || measured->unit != bound.unit)
            {
                return false;
            }
            const long double distance = measured->value - bound.value;
            return sign == "<"    ? distance < 0
                   : sign == ">"  ? distance > 0
                   : sign == "<=" ? distance <= ROUNDING
                                  : distance >= -ROUNDING;
        }
    }
    const auto expected = ParseNumber(documented);
    if (tolerance.empty())
    {
        return documented == simulated ||
               (expected && measured && expected->unit == measured->unit &&
                std::fabs(expected->value - measured->value) <= ROUNDING);
    }
    const Number amount = NeedNumber(tolerance, "tolerance");
    if (!expected)
    {
        throw std::invalid_argument(
            fmt::format("found tolerance \"{}\" on \"{}\", which is no number",
                        tolerance,
                        documented));
    }
    if (!amount.unit.empty() && amount.unit != expected->unit)
    {
        throw std::invalid_argument(
            fmt::format("found tolerance \"{}\" on \"{}\", expected its unit",
                        tolerance,
                        documented));
    }
    return measured && measured->unit == expected->unit &&
           std::fabs(expected->value - measured->value) <= amount.value + ROUNDING;
}

std::string
ToText(const Facts& facts)
{
    std::string text;
    for (const Fact& fact : facts)
    {
        text += text.empty() ? "" : SEPARATOR;
        text += fact.name.empty() || facts.size() == 1 ? fact.value : fact.name + ": " + fact.value;
    }
    return text;
}

ClaimComparison
Compare(std::string_view documented, std::string_view tolerance, const Facts& measured)
{
    Facts tolerances;
    for (const std::string_view part : Split(tolerance))
    {
        tolerances.push_back(ParseFact(part, measured));
        if (tolerances.back().name.empty() && part.find(": ") != std::string_view::npos)
        {
            throw std::invalid_argument(fmt::format("found tolerance \"{}\", which names nothing "
                                                    "that is measured",
                                                    part));
        }
    }
    ClaimComparison result;
    Facts simulated;
    const std::vector<std::string_view> parts = Split(documented);
    for (const std::string_view part : parts)
    {
        const Fact wanted = ParseFact(part, measured);
        if (wanted.name.empty() && measured.size() != 1)
        {
            throw std::invalid_argument(fmt::format("found \"{}\", expected NAME: VALUE with names "
                                                    "of {}",
                                                    part,
                                                    ToText(measured)));
        }
        const Fact& got = wanted.name.empty() ? measured.front() : *Find(measured, wanted.name);
        if (!got.problem.empty())
        {
            throw NotMeasurable(got.problem);
        }
        const Fact* amount = Find(tolerances, got.name);
        amount = amount ? amount : Find(tolerances, "");
        const bool forAll = amount && amount->name.empty();
        const bool applies = amount && (!forAll || ParseNumber(wanted.value));
        if (!Holds(wanted.value, applies ? amount->value : std::string_view(), got.value))
        {
            result.missed += result.missed.empty() ? "" : ", ";
            result.missed += got.name;
        }
        simulated.push_back(got);
    }
    result.held = result.missed.empty() && !parts.empty();
    result.simulated = ToText(simulated);
    return result;
}

} // namespace bouncelab::score
