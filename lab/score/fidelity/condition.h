#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_CONDITION_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_CONDITION_H

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::score
{

/// A regular expression of RE2: time and memory are bounded by the text, however long it is.
using Pattern = std::shared_ptr<const re2::RE2>;

/**
 * What a selection asks of a field: `VALUE`, `!= VALUE`, `< N` (`<=`, `>`, `>=`), `~ PATTERN`,
 * `!~ PATTERN`, `in SELECTION.FIELD`, `not in SELECTION.FIELD`. A bound may be a field, too.
 */
struct Condition
{
    enum class Test
    {
        Holds,   //!< As a documented value does.
        Matches, //!< The pattern is found in it.
        IsAmong, //!< One of the field's values.
    };

    Test test = Test::Holds;
    bool isNegated = false;
    std::string bound; //!< Sign of a bound, `<=`; else empty.
    std::string text;  //!< Value, number, pattern or field.
    Pattern pattern;

    /// Whether `text` may be the field of a selection.
    bool MayRefer() const { return test == Test::IsAmong || !bound.empty(); }
};

/// \throws std::invalid_argument saying what was found and expected, for a pattern that is none
Condition ParseCondition(std::string_view text);

/// \throws std::invalid_argument ditto
Pattern ParsePattern(const std::string& text);

/// The first group that a pattern finds in a text, or all that it finds where it has no group;
/// nothing if it finds nothing. A text is taken as octets.
std::optional<std::string> FindPattern(const std::string& text, const re2::RE2& pattern);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_CONDITION_H
