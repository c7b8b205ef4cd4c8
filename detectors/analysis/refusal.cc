#include "detectors/analysis/refusal.h"

#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

bool
HasAny(const std::string& text, std::initializer_list<std::string_view> words)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view word) { return text.find(word) != text.npos; });
}

std::string_view
EnhancedCodeOf(std::string_view reply)
{
    if (reply.size() < 5)
    {
        return {};
    }
    reply.remove_prefix(4);
    const std::string_view word = scan::Word(reply);
    const bool known = word.size() >= 5 && (word[0] == '5' || word[0] == '4') && word[1] == '.';
    return known ? word : std::string_view();
}

/// Whether the log has the code of a reply and nothing else.
bool
IsBareCode(const Turn& turn)
{
    return turn.reply.size() == 3;
}

bool
IsUnknownRecipient(const Turn& turn)
{
    if (IsBareCode(turn))
    {
        return turn.Is("RCPT") && turn.code >= 550 && turn.code <= 553 && turn.isServedDomain;
    }
    const std::string lower = InLowerCase(turn.reply);
    return turn.Is("RCPT") && turn.code >= 550 && turn.code <= 553 &&
           (EnhancedCodeOf(turn.reply).substr(0, 4) == "5.1." ||
            HasAny(lower, {"user unknown", "unknown user", "no such user", "does not exist"}));
}

bool
IsRelayingRefused(const Turn& turn)
{
    if (IsBareCode(turn))
    {
        return turn.Is("RCPT") && turn.code >= 550 && turn.code <= 554 && !turn.isServedDomain;
    }
    return turn.Is("RCPT") && turn.code >= 550 && turn.code <= 554 &&
           HasAny(InLowerCase(turn.reply), {"relay", "rcpthosts"});
}

bool
IsLookupFailure(const Turn& turn)
{
    if (IsBareCode(turn))
    {
        // A deliberate 451, such as greylisting, comes at once; a failed attempt takes time.
        constexpr std::int64_t TRIED_NS = 1000000000;
        return turn.Is("RCPT") && turn.code == 451 && turn.DelayNs().value_or(0) >= TRIED_NS;
    }
    const std::string lower = InLowerCase(turn.reply);
    return turn.Is("RCPT") && turn.code >= 450 && turn.code <= 452 &&
           (EnhancedCodeOf(turn.reply).substr(0, 4) == "4.3." ||
            HasAny(lower, {"lookup", "directory", "local error in processing"})) &&
           !HasAny(lower, {"greylist", "graylist"});
}

} // namespace bouncelab::detectors
