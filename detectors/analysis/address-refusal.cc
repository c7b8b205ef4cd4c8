#include "detectors/analysis/address-refusal.h"

#include "formats/address.h"
#include "formats/text.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace bouncelab::detectors
{

namespace
{

bool
HasOne(std::string_view clause, std::initializer_list<std::string_view> words)
{
    return std::any_of(words.begin(),
                       words.end(),
                       [&](std::string_view word) { return clause.find(word) != clause.npos; });
}

/// Whether it has a word by itself, and not within another one.
bool
HasWholeWord(std::string_view clause, std::string_view word)
{
    for (std::size_t at = clause.find(word); at != clause.npos; at = clause.find(word, at + 1))
    {
        const std::size_t end = at + word.size();
        if ((at == 0 || !IsAlnum(clause[at - 1])) &&
            (end == clause.size() || !IsAlnum(clause[end])))
        {
            return true;
        }
    }
    return false;
}

/// Whether the address of a host stands in it.
bool
HasHostAddress(std::string_view clause)
{
    constexpr std::string_view LETTERS = "0123456789abcdef.:";
    for (std::size_t at = clause.find_first_of(LETTERS); at != clause.npos;)
    {
        const std::size_t end = std::min(clause.find_first_not_of(LETTERS, at), clause.size());
        const std::string_view word = TrimEnd(clause.substr(at, end - at), ".:");
        const auto address =
            word.size() > 6 ? HostAddress::Parse(word) : std::optional<HostAddress>();
        if (address && address->IsNumeric())
        {
            return true;
        }
        at = clause.find_first_of(LETTERS, end);
    }
    return false;
}

/// The words without the addresses of pages, the names of which say nothing of a reason.
std::string
WithoutPages(std::string_view clause)
{
    std::string kept(clause);
    for (std::size_t at = kept.find("://"); at != kept.npos; at = kept.find("://"))
    {
        const std::size_t start = at == 0 ? kept.npos : kept.find_last_of(" (<", at);
        const std::size_t from = start == kept.npos ? 0 : start;
        kept.erase(from, std::min(kept.find(' ', at), kept.size()) - from);
    }
    return kept;
}

bool
RefusesAddressIn(std::string_view clause)
{
    const bool isAbout = HasWholeWord(clause, "ip") ||
                         HasOne(clause, {"client host", "dial-up", "dialup"}) ||
                         HasHostAddress(clause);
    // "messages from 192.0.2.1" are all of them.
    const bool isAboutAll = HasOne(clause, {"messages from ", "mails from ", "all mail from "});
    const bool isOfMessage =
        (!isAboutAll && HasOne(clause, {"message", "content"})) || HasOne(clause,
                                                                          {"spam detected",
                                                                           "detected as spam",
                                                                           "classified as spam",
                                                                           "identified as spam",
                                                                           "looks like spam",
                                                                           "attachment",
                                                                           "recipient",
                                                                           "relay",
                                                                           "mailbox",
                                                                           "user",
                                                                           "header",
                                                                           "policy"});
    return isAbout && !isOfMessage &&
           HasOne(WithoutPages(clause),
                  {"block",
                   "bloqu",
                   "banned",
                   "spam",
                   "dialup",
                   "dial-up",
                   "dynamic",
                   "not allowed",
                   "not accepted",
                   "suspicious",
                   "permanently deferred",
                   "weren't sent"});
}

} // namespace

bool
RefusesAddress(const std::string& lower)
{
    std::string_view rest = lower;
    while (!rest.empty())
    {
        // A dot within an address, and the comma behind it, are followed by no blank.
        std::size_t end = rest.size();
        for (const std::string_view mark : {". ", "; ", ", "})
        {
            end = std::min(end, rest.find(mark));
        }
        if (RefusesAddressIn(rest.substr(0, end)))
        {
            return true;
        }
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return false;
}

std::string
WithoutMailAddresses(const std::string& words)
{
    constexpr std::string_view ENDS = " \t<>()[]{}\"',;:";
    std::string kept;
    std::size_t at = 0;
    while (at < words.size())
    {
        const std::size_t end = std::min(words.find_first_of(ENDS, at), words.size());
        const std::string_view word = std::string_view(words).substr(at, end - at);
        const std::size_t sign = word.find('@');
        const bool isMail = sign != word.npos && sign > 0 && sign + 1 < word.size();
        kept += isMail ? std::string_view() : word;
        kept += end < words.size() ? words.substr(end, 1) : "";
        at = end + 1;
    }
    return kept;
}

} // namespace bouncelab::detectors
