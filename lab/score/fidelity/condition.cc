#include "lab/score/fidelity/condition.h"

#include "detectors/readers/scan.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace bouncelab::score
{

Pattern
ParsePattern(const std::string& text)
{
    re2::RE2::Options options(re2::RE2::Latin1);
    options.set_log_errors(false);
    auto pattern = std::make_shared<const re2::RE2>(text, options);
    if (!pattern->ok())
    {
        throw std::invalid_argument(
            fmt::format("found \"{}\", expected a regular expression: {}", text, pattern->error()));
    }
    return pattern;
}

std::optional<std::string>
FindPattern(const std::string& text, const re2::RE2& pattern)
{
    re2::StringPiece found[2];
    const int groups = pattern.NumberOfCapturingGroups() > 0 ? 1 : 0;
    return pattern.Match(text, 0, text.size(), re2::RE2::UNANCHORED, found, groups + 1)
               ? std::optional(std::string(found[groups].data(), found[groups].size()))
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
