#include "lab/score/measured-value.h"

#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
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
ParseMeasuredValues(std::string_view name)
{
    const std::size_t slash = name.find('/');
    const std::string check(name.substr(0, slash));
    const auto found = AllMeasures().find(check);
    if (found == AllMeasures().end())
    {
        std::vector<std::string> known;
        for (const auto& [key, measure] : AllMeasures())
        {
            known.push_back(key);
        }
        throw std::invalid_argument(fmt::format("found no measurement \"{}\", expected one of {}",
                                                check,
                                                fmt::join(known, ", ")));
    }
    const std::vector<std::string>& facts = found->second.names;
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
        throw std::invalid_argument(fmt::format("found no value \"{}\" of {}, expected one of {}",
                                                fact,
                                                check,
                                                fmt::join(facts, ", ")));
    }
    return {{check, fact}};
}

std::vector<std::optional<std::string>>
ValuesIn(const RunFolder& run, const std::vector<MeasuredValue>& values)
{
    const Subject subject(run);
    std::map<std::string, std::optional<Facts>> taken;
    std::vector<std::optional<std::string>> texts;
    for (const MeasuredValue& value : values)
    {
        const auto [at, isNew] = taken.try_emplace(value.check);
        if (isNew)
        {
            try
            {
                at->second = AllMeasures().at(value.check).take(subject);
            }
            catch (const NotMeasurable&)
            {
                at->second = std::nullopt;
            }
        }
        std::optional<std::string> text;
        for (const Fact& fact : at->second.value_or(Facts()))
        {
            text = fact.name == value.fact ? fact.value : text;
        }
        texts.push_back(std::move(text));
    }
    return texts;
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
