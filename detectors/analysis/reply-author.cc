#include "detectors/analysis/reply-author.h"

#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/reply-reason.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::array<std::string_view, 8> SAMPLE_WORDS{
    "user not local; please try",
    "requested mail action okay, completed",
    "requested mail action not taken: mailbox",
    "requested action aborted: local error in processing",
    "service not available, closing transmission channel",
    "syntax error, command unrecognized",
    "requested action not taken: mailbox unavailable",
    "transaction failed"};

/// Whether it says that it does not know a command: elsewhere a row of X is what people put in the
/// place of names.
bool
QuotesUnknownCommand(const ReportedReply& reply)
{
    static constexpr std::array<std::string_view, 5> WORDS{"unrecognized command",
                                                           "command unrecognized",
                                                           "unknown command",
                                                           "command not",
                                                           "not implemented"};
    const std::string lower = InLowerCase(reply.reply);
    return reply.code == 500 || reply.code == 502 ||
           std::any_of(WORDS.begin(),
                       WORDS.end(),
                       [&](std::string_view words) { return lower.find(words) != lower.npos; });
}

/// Whether words of a server's own stand beside the sample that name a reason; the standards'
/// examples ("mailbox not found, no access") are part of the sample.
bool
NamesReasonBeside(std::string_view sample, const std::string& lower, const ReportedReply& reply)
{
    if (lower.find("e.g.") != lower.npos || lower.find("access denied") != lower.npos)
    {
        return false;
    }
    ReportedReply rest = reply;
    rest.enhanced.clear();
    rest.status.clear();
    rest.reply = lower;
    rest.reply.erase(lower.find(sample), sample.size());
    return !IsUnexplained(ReasonOf(rest));
}

} // namespace

std::string_view
MaskedWordIn(const ReportedReply& reported)
{
    const std::string_view reply = reported.reply;
    if (!QuotesUnknownCommand(reported))
    {
        return {};
    }
    std::size_t at = 0;
    while ((at = reply.find("XXXX", at)) != reply.npos)
    {
        const std::size_t end = std::min(reply.find_first_not_of('X', at), reply.size());
        const std::string_view word = reply.substr(at, end - at);
        constexpr std::string_view OF_NAMES = "<[@.=/-";
        const auto isOfName = [&](char neighbor)
        { return IsAlnum(neighbor) || OF_NAMES.find(neighbor) != OF_NAMES.npos; };
        const bool bounded =
            (at == 0 || !isOfName(reply[at - 1])) && (end == reply.size() || !isOfName(reply[end]));
        if (bounded && IsMaskedWord(word))
        {
            return word;
        }
        at = end;
    }
    return {};
}

ReplyAuthor
AuthorOf(const ReportedReply& reply)
{
    const std::string lower = InLowerCase(reply.reply);
    if (IsOfSendingExchange(reply))
    {
        return {true, false, "the sending organization's Exchange wrote it, and not the other end"};
    }
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 18> MARKS{
        {{" - gsmtp", "Google's id at its end"},
         {".prod.protection.outlook.com ", "Microsoft's trailer of host, time and id"},
         {".prod.outlook.com ", "Microsoft's trailer of host, time and id"},
         {"support.google.com", "Google's own pages"},
         {"mail.live.com", "Microsoft's own pages"},
         {"postmaster.yahooinc", "Yahoo's own pages"},
         {"recipient address rejected:", "Postfix's words around the recipient"},
         {"sender address rejected:", "words of Postfix's kind around the sender"},
         {"client host rejected:", "Postfix's words around the client"},
         {"helo command rejected:", "Postfix's words around the client's name"},
         {">: relay access denied", "Postfix's words around the recipient"},
         {"; client host [", "Postfix's words around the client"},
         {"; client [", "Postfix's words around the client"},
         {">... user unknown", "Sendmail's words around the recipient"},
         {">... relaying denied", "Sendmail's words around the recipient"},
         {">... ", "Sendmail's words around an address"},
         {"resolver.adr.", "Exchange's names of its own parts"},
         {"queue.expired", "Exchange's names of its own parts"}}};
    for (const auto& [mark, name] : MARKS)
    {
        if (lower.find(mark) != lower.npos)
        {
            return {true, false, fmt::format("the reply is the server's own by {}", name)};
        }
    }
    const auto* const sample =
        std::find_if(SAMPLE_WORDS.begin(),
                     SAMPLE_WORDS.end(),
                     [&](std::string_view words) { return lower.find(words) != lower.npos; });
    if (sample != SAMPLE_WORDS.end() && !NamesReasonBeside(*sample, lower, reply))
    {
        return {
            false,
            true,
            "the words are RFC 821's own, which servers and machines on the path use alike: who "
            "wrote the reply is unknown"};
    }
    return {false, false, "who wrote the reply cannot be told from its text"};
}

bool
IsOfSendingExchange(const ReportedReply& reply)
{
    static constexpr std::array<std::string_view, 5> WORDS{
        "error encountered while communicating with primary target",
        "error communicating with target host",
        "primary target ip address responded with",
        "cannot connect to remote server",
        "proxy session setup failed on frontend"};
    const std::string lower = InLowerCase(reply.reply);
    return (reply.code == 400 && reply.enhanced == "4.4.7") || (reply.code == 441) ||
           std::any_of(WORDS.begin(),
                       WORDS.end(),
                       [&](std::string_view words) { return StartsWith(lower, words); });
}

bool
IsBareInQmailLog(const ReportedReply& reply)
{
    return reply.program == "qmail log" && reply.HasReply() && reply.enhanced.empty();
}

} // namespace bouncelab::detectors
