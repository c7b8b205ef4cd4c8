#include "lab/score/fidelity/condition.h"

#include "detectors/readers/scan.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace bouncelab::score
{

std::regex
ParsePattern(const std::string& text)
{
    try
    {
        return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
    }
    catch (const std::regex_error& error)
    {
        throw std::invalid_argument(
            fmt::format("found \"{}\", expected a regular expression: {}", text, error.what()));
    }
}

std::optional<std::string>
FindPattern(const std::string& text, const std::regex& pattern)
{
    constexpr std::size_t LONGEST = 10000; // the standard library's search recurses by the byte
    std::smatch match;
    const std::string searched = text.substr(0, LONGEST);
    return std::regex_search(searched, match, pattern)
               ? std::optional(match[match.size() > 1 ? 1 : 0].str())
               : std::nullopt;
}

Condition
ParseCondition(std::string_view text)
{
    using detectors::scan::Skip;
    Condition condition;
    constexpr std::pair<std::string_view, Condition::Test> SIGNS[] = {
        {"!= ", Condition::Test::Holds},
        {"!~ ", Condition::Test::Matches},
        {"not in ", Condition::Test::IsAmong},
        {"~ ", Condition::Test::Matches},
        {"in ", Condition::Test::IsAmong}};
    for (const auto& [sign, test] : SIGNS)
    {
        if (Skip(text, sign))
        {
            condition.test = test;
            condition.isNegated = sign.front() == '!' || sign.front() == 'n';
            break;
        }
    }
    for (const std::string_view sign : {"<=", ">=", "<", ">"})
    {
        if (condition.test == Condition::Test::Holds && condition.bound.empty() &&
            Skip(text, std::string(sign) + " "))
        {
            condition.bound = sign;
        }
    }
    condition.text = text;
    if (condition.test == Condition::Test::Matches)
    {
        condition.pattern = ParsePattern(condition.text);
    }
    return condition;
}

} // namespace bouncelab::score
