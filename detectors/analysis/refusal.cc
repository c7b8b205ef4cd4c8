#include "detectors/analysis/refusal.h"

#include "detectors/analysis/reply-reason.h"
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

/// By the words and codes that servers agree on.
std::string_view
ReasonOfTurn(const Turn& turn)
{
    const FoundReply found = ReadReplyAt(turn.reply + " ", 0);
    ReportedReply reply;
    reply.code = turn.code;
    reply.enhanced = found.enhanced;
    reply.reply = found.words;
    return ReasonOf(reply).dottedClass;
}

bool
IsUnknownRecipient(const Turn& turn)
{
    if (!turn.Is("RCPT") || turn.code < 550 || turn.code > 553)
    {
        return false;
    }
    if (IsBareCode(turn))
    {
        return turn.isServedDomain;
    }
    const std::string_view enhanced = EnhancedCodeOf(turn.reply);
    if (enhanced == "5.1.7" || enhanced == "5.1.8") // about the sender, though at RCPT
    {
        return false;
    }
    // 5.2.x is about a mailbox that there is.
    return enhanced.substr(0, 4) == "5.1." ||
           HasAny(InLowerCase(turn.reply),
                  {"user unknown", "unknown user", "no such user", "does not exist"}) ||
           (enhanced.substr(0, 4) != "5.2." && ReasonOfTurn(turn) == "refused.recipient");
}

bool
IsOpenRefusal(const Turn& turn)
{
    return turn.Is("RCPT") && turn.code >= 550 && turn.code <= 554 && !IsBareCode(turn) &&
           !IsUnknownRecipient(turn) && ReasonOfTurn(turn) == "refused";
}

bool
IsMailboxFull(const Turn& turn)
{
    return turn.code >= 400 && !IsBareCode(turn) && ReasonOfTurn(turn) == "refused.mailbox-full";
}

bool
IsRelayingRefused(const Turn& turn)
{
    if (IsBareCode(turn))
    {
        return turn.Is("RCPT") && turn.code >= 550 && turn.code <= 554 && !turn.isServedDomain;
    }
    // "User unknown in relay recipient table" is of a server that does pass mail on.
    return turn.Is("RCPT") && turn.code >= 550 && turn.code <= 554 && !IsUnknownRecipient(turn) &&
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
