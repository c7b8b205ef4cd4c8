#include "detectors/analysis/reply-reason.h"

#include "detectors/analysis/address-refusal.h"
#include "detectors/analysis/named-reasons.h"
#include "detectors/analysis/reply-reason-rows.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

/// Words that decide, though words of other reasons stand beside them: their reason, and that of a
/// permanent reply.
struct Decisive
{
    std::string_view words;
    std::string_view dottedClass;
    std::string_view permanent;
};

constexpr std::array<Decisive, 2> DECISIVE{
    {{"load average", "deferred.busy", "deferred.busy"},
     {"unusual rate of mail", "deferred.rate", "refused.rate"}}};

/// What RFC 5321 and others have for several reasons at once.
constexpr std::array<std::string_view, 3> OPEN_WORDS{"mailbox name not allowed",
                                                     "unavailable or access denied",
                                                     "user not local"};

bool
HasWord(const std::string& text, std::string_view word)
{
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1))
    {
        // "rbl" is one in "an rbl", and none in "surbl".
        const std::size_t end = at + word.size();
        const bool bounded = (at == 0 || !IsAlnum(text[at - 1])) &&
                             (end == text.size() || !IsAlnum(text[end]) || word == "spam");
        if (word.size() > 4 || bounded)
        {
            return true;
        }
    }
    return false;
}

/// Whether the enhanced code is one of a row's; "7.1" also of "5.7.1.1".
bool
HasCode(std::string_view enhanced, const ReasonRow& row)
{
    return enhanced.size() > 2 &&
           std::any_of(row.codes.begin(),
                       row.codes.end(),
                       [&](std::string_view code)
                       { return !code.empty() && enhanced.substr(2) == code; });
}

const ReplyReason&
ReasonOfClass(std::string_view dottedClass)
{
    return std::find_if(REASON_ROWS.begin(),
                        REASON_ROWS.end() - 1,
                        [&](const ReasonRow& row) { return row.reason.dottedClass == dottedClass; })
        ->reason;
}

const ReplyReason&
ReasonByWordsAndCodes(const ReportedReply& reply, const std::string& lower)
{
    const Lasting lasts = reply.Class() == 5 ? Lasting::Permanent : Lasting::Temporary;
    const auto isFor = [&](const ReasonRow& row)
    { return row.lasting == Lasting::Either || row.lasting == lasts; };
    // Microsoft's front ends know the recipients, and say so as if it were about access.
    if (StartsWith(reply.enhanced, "5.4.1") && lower.find("access denied") != lower.npos)
    {
        return ReasonOfClass("refused.recipient");
    }
    // A detail of three digits is one provider's own, and stands for one reason.
    if (reply.enhanced.size() > 6 && reply.enhanced.rfind('.') + 4 == reply.enhanced.size())
    {
        const auto* const row = std::find_if(
            REASON_ROWS.begin(),
            REASON_ROWS.end(),
            [&](const ReasonRow& known) { return isFor(known) && HasCode(reply.enhanced, known); });
        if (row != REASON_ROWS.end())
        {
            return row->reason;
        }
    }
    for (const Decisive& known : DECISIVE)
    {
        if (lower.find(known.words) != lower.npos)
        {
            return ReasonOfClass(reply.Class() == 5 ? known.permanent : known.dottedClass);
        }
    }
    const ReasonRow& last = REASON_ROWS[REASON_ROWS.size() - 2];
    const ReplyReason& open = isFor(last) ? last.reason : REASON_ROWS.back().reason;
    if (std::any_of(OPEN_WORDS.begin(),
                    OPEN_WORDS.end(),
                    [&](std::string_view words) { return lower.find(words) != lower.npos; }))
    {
        return open;
    }
    for (const ReasonRow& row : REASON_ROWS)
    {
        if (isFor(row) && ((row.saysSo && row.saysSo(lower)) ||
                           std::any_of(row.words.begin(),
                                       row.words.end(),
                                       [&](std::string_view word)
                                       { return !word.empty() && HasWord(lower, word); })))
        {
            return row.reason;
        }
    }
    for (const std::string& enhanced : {reply.enhanced, reply.status})
    {
        for (const ReasonRow& row : REASON_ROWS)
        {
            if (isFor(row) && HasCode(enhanced, row))
            {
                return row.reason;
            }
        }
    }
    return open;
}

/// The reason that a reply's code leaves open where it is one to a log-on (RFC 4954), whatever
/// access or mailbox its words name; null if there is none.
const ReplyReason*
ReasonOfLogOn(std::uint32_t code, const ReplyReason& found)
{
    const std::string_view family = FamilyOf(found.dottedClass);
    const bool isOfLogOn = family == "auth" || found.dottedClass == "refused.tls" ||
                           found.dottedClass == "refused.rate" ||
                           found.dottedClass == "refused.reputation" ||
                           found.dottedClass == "unreachable.tls";
    if ((code == 534 || code == 535) && !isOfLogOn)
    {
        return &ReasonOfClass("auth.refused");
    }
    const bool isOpen = IsUnexplained(found) || found.what == "the receiver's policy";
    return code == 530 && isOpen ? &ReasonOfClass("auth.required") : nullptr;
}

} // namespace

const ReplyReason&
ReasonOf(const ReportedReply& reply)
{
    const std::string lower = WithoutMailAddresses(InLowerCase(reply.Words()));
    if (const ReplyReason* const named = NamedReason(reply, lower))
    {
        return *named;
    }
    const ReplyReason& found = ReasonByWordsAndCodes(reply, lower);
    const ReplyReason* const ofLogOn = ReasonOfLogOn(reply.code, found);
    return ofLogOn ? *ofLogOn : found;
}

bool
IsUnexplained(const ReplyReason& reason)
{
    return reason.dottedClass == "refused" || reason.dottedClass == "deferred";
}

bool
IsOwnTrouble(const ReportedReply& reply)
{
    const std::string_view dottedClass = ReasonOf(reply).dottedClass;
    return (dottedClass == "deferred.busy" || dottedClass == "refused.system") &&
           std::string_view(reply.enhanced).substr(0, 4).find(".3.") == 1;
}

} // namespace bouncelab::detectors
