#include "lab/score/measured-value.h"

#include "formats/text.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/fidelity/evaluation.h"
#include "lab/score/fidelity/functions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

/// A number's digits and what follows them.
std::pair<std::string, std::string>
Parts(const std::string& text)
{
    const std::size_t end = text.find(' ');
    const std::string digits = text.substr(0, end);
    const bool isNumber = !digits.empty() &&
                          digits.find_first_not_of("-0123456789.") == std::string::npos &&
                          digits.find_first_of("0123456789") != std::string::npos;
    return isNumber ? std::pair(digits, end == std::string::npos ? "" : text.substr(end + 1))
                    : std::pair(std::string(), text);
}

/// The few names that may have been meant: a scenario has dozens.
std::string
NearestOf(std::string_view name, std::vector<std::string_view> known)
{
    constexpr std::size_t MOST_NAMED = 3;
    std::vector<std::string> near;
    for (std::string_view next = scenario::Nearest(name, known);
         !next.empty() && near.size() < MOST_NAMED;
         next = scenario::Nearest(name, known))
    {
        near.push_back(scenario::Quote(next));
        known.erase(std::find(known.begin(), known.end(), next));
    }
    return near.empty() ? "; `bouncelab list measurements` names all"
                        : fmt::format(", did you mean {}?", fmt::join(near, " or "));
}

constexpr const char* SECONDS = "s";

/// Of a field of a selection's rows.
std::string
UnitOfField(const std::string& operand, const scenario::Expectations& expectations)
{
    const auto [name, field] = SplitOperand(operand, '.');
    auto selection = expectations.select.find(name);
    while (selection != expectations.select.end() && selection->second.kind.empty())
    {
        selection = expectations.select.find(selection->second.from.front());
    }
    const bool isDuration = selection != expectations.select.end() &&
                            AllKinds().at(selection->second.kind).durations.count(field) != 0;
    return isDuration ? SECONDS : "";
}

/// Of one value: a field of a selection, a value of a measurement, or a number.
std::string
UnitOfOperand(const std::string& operand, const scenario::Expectations& expectations)
{
    const auto [check, fact] = SplitOperand(operand, '/');
    return fact.empty() ? UnitOfField(operand, expectations) : UnitOf({check, fact}, expectations);
}

/// Of what a function makes, before its recipe says anything else.
std::string
UnitOfResult(const FunctionCall& call, const scenario::Expectations& expectations)
{
    static const std::set<std::string> OF_FIELD{"first",
                                                "last",
                                                "sum",
                                                "least",
                                                "most",
                                                "percentile"};
    if (call.name == "gap")
    {
        return SECONDS;
    }
    if (OF_FIELD.count(call.name) != 0)
    {
        return UnitOfField(call.operands[0], expectations);
    }
    if (call.name == "smallest" || call.name == "difference")
    {
        const std::string unit = UnitOfOperand(call.operands[0], expectations);
        return call.name == "smallest" || unit == SECONDS ? unit : "";
    }
    return "";
}

std::vector<std::string>
Sorted(std::vector<std::string> texts)
{
    if (texts.empty())
    {
        throw std::logic_error("an empty sample has no order");
    }
    std::stable_sort(texts.begin(),
                     texts.end(),
                     [](const auto& a, const auto& b) { return NumberIn(a) < NumberIn(b); });
    return texts;
}

} // namespace

std::vector<MeasuredValue>
ParseMeasuredValues(std::string_view name, const scenario::Expectations& expectations)
{
    const std::size_t slash = name.find('/');
    const std::string check(name.substr(0, slash));
    const std::vector<std::string> facts = NamesOf(expectations, check);
    if (facts.empty())
    {
        std::vector<std::string_view> known;
        for (const auto& entry : expectations.measure)
        {
            known.push_back(entry.first);
        }
        for (const auto& entry : expectations.select)
        {
            known.push_back(entry.first);
        }
        throw std::invalid_argument(
            fmt::format("found no measurement \"{}\"{}", check, NearestOf(check, known)));
    }
    std::vector<MeasuredValue> values;
    if (slash == std::string_view::npos)
    {
        for (const std::string& fact : facts)
        {
            values.push_back({check, fact});
        }
        return values;
    }
    const std::string fact(name.substr(slash + 1));
    if (std::find(facts.begin(), facts.end(), fact) == facts.end())
    {
        throw std::invalid_argument(
            fmt::format("found no value \"{}\" of {}{}",
                        fact,
                        check,
                        scenario::Suggest(fact, {facts.begin(), facts.end()})));
    }
    return {{check, fact}};
}

std::vector<std::optional<std::string>>
ValuesIn(const RunFolder& run,
         const scenario::Expectations& expectations,
         const std::vector<MeasuredValue>& values)
{
    const Evaluation evaluation(run, expectations);
    std::map<std::string, Facts> taken;
    std::vector<std::optional<std::string>> texts;
    for (const MeasuredValue& value : values)
    {
        const auto [at, isNew] = taken.try_emplace(value.check);
        if (isNew && !NamesOf(expectations, value.check).empty())
        {
            at->second = evaluation.Take(value.check);
        }
        std::optional<std::string> text;
        for (const Fact& fact : at->second)
        {
            text = fact.name == value.fact && fact.problem.empty() ? fact.value : text;
        }
        texts.push_back(std::move(text));
    }
    return texts;
}

std::string
UnitOf(const MeasuredValue& value, const scenario::Expectations& expectations)
{
    const auto measurement = expectations.measure.find(value.check);
    if (measurement == expectations.measure.end())
    {
        return UnitOfField(value.check + "." + value.fact, expectations);
    }
    const auto recipe = measurement->second.find(value.fact);
    if (recipe == measurement->second.end() || !recipe->second.is.empty() ||
        !recipe->second.matches.empty() || !recipe->second.pattern.empty())
    {
        return "";
    }
    const std::string unit = UnitOfResult(CallsIn(recipe->second).front(), expectations);
    return unit.empty() ? recipe->second.unit : unit;
}

std::string
InUnit(const std::string& text, const std::string& unit)
{
    const auto [digits, own] = Parts(text);
    if (digits.empty() || own == unit)
    {
        return digits.empty() ? text : digits;
    }
    if (own != "ms" || unit != SECONDS)
    {
        return text;
    }
    // Moves the point three places, exactly.
    const bool isNegative = digits[0] == '-';
    std::string number = digits.substr(isNegative ? 1 : 0);
    const std::size_t point = std::min(number.find('.'), number.size());
    std::string whole = number.substr(0, point);
    const std::string decimals = point < number.size() ? number.substr(point + 1) : "";
    whole.insert(0, whole.size() < 4 ? 4 - whole.size() : 0, '0');
    std::string fraction = whole.substr(whole.size() - 3) + decimals;
    whole.resize(whole.size() - 3);
    fraction = TrimEnd(fraction, "0");
    return (isNegative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

bool
MeasuredSample::IsNumeric() const
{
    return std::all_of(texts.begin(),
                       texts.end(),
                       [this](const std::string& text)
                       {
                           const auto [digits, unit] = Parts(text);
                           return !digits.empty() && unit == Parts(texts.front()).second;
                       });
}

std::string
MeasuredSample::Least() const
{
    return Sorted(texts).front();
}

std::string
MeasuredSample::Median() const
{
    return Sorted(texts)[(texts.size() - 1) / 2];
}

std::string
MeasuredSample::Most() const
{
    return Sorted(texts).back();
}

double
NumberIn(const std::string& text)
{
    return std::strtod(Parts(text).first.c_str(), nullptr);
}

} // namespace bouncelab::score
