#include "detectors/analysis/reply-text.h"

#include "detectors/analysis/reply-author.h"
#include "detectors/analysis/session-replies.h"
#include "formats/text.h"

#include <fmt/format.h>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t LONGEST_QUOTE = 160;

/// Words without what a server's log has of the envelope behind them, and without the fence that a
/// text was pasted in.
std::string_view
WithoutSurroundings(std::string_view words)
{
    const std::size_t envelope = words.find("; from=<");
    if (envelope != words.npos && words.find(" proto=", envelope) != words.npos)
    {
        words = words.substr(0, envelope);
    }
    const std::string_view bare = TrimEnd(words, "` ");
    return bare.size() < words.size() && bare.size() > 0 ? bare : words;
}

} // namespace

std::string
NameOf(const ReportedReply& reply)
{
    return !reply.host.empty()                               ? reply.host
           : reply.address.IsNumeric()                       ? reply.address.ToString()
           : reply.witness == ReportedReply::Witness::Server ? "a client"
                                                             : "the server";
}

std::string
Quote(const ReportedReply& reply)
{
    const bool isStatus = !reply.HasReply() && StartsWith(reply.failure, "status ");
    if (isStatus)
    {
        return reply.failure;
    }
    const std::string all(WithoutSurroundings(reply.Words()));
    const std::string words =
        all.size() > LONGEST_QUOTE ? all.substr(0, LONGEST_QUOTE) + "..." : all;
    std::string quote = reply.code == 0 || !reply.isCodeTold ? "" : std::to_string(reply.code);
    for (const std::string& part : {reply.enhanced, words.empty() ? words : "\"" + words + "\""})
    {
        quote += (quote.empty() || part.empty() ? "" : " ") + part;
    }
    return quote;
}

std::string
Saying(const ReportedReply& reply)
{
    const bool isForGood = reply.Class() == 5 || (reply.isFinal && !reply.HasReply());
    if (reply.program == "message trace")
    {
        return fmt::format("A message{} has {}",
                           reply.recipient.empty() ? "" : " for " + reply.recipient,
                           Quote(reply));
    }
    if (!reply.HasReply())
    {
        const bool isAsked = !reply.host.empty() || reply.address.IsNumeric();
        return fmt::format("The sending host {}{}{} with {}",
                           isForGood ? "gives up" : "waits",
                           reply.recipient.empty() ? "" : " for " + reply.recipient,
                           isAsked ? ", having called " + NameOf(reply) + "," : "",
                           Quote(reply));
    }
    const bool isOwn = reply.witness == ReportedReply::Witness::Server;
    if (IsOfSendingExchange(reply))
    {
        return fmt::format("The sending server {}{} with {}",
                           isForGood ? "gives up" : "waits",
                           reply.host.empty() ? "" : ", having called " + NameOf(reply) + ",",
                           Quote(reply));
    }
    const std::string quote = Quote(reply);
    return fmt::format("{} {}{}{}{}{}",
                       isOwn ? "This server" : NameOf(reply),
                       isForGood ? "refuses" : "puts off",
                       isOwn ? " " + NameOf(reply) : "",
                       reply.stage.empty()      ? ""
                       : reply.stage == SILENCE ? " after a long silence of the client's"
                                                : " at " + reply.stage,
                       quote.empty() ? "" : " with ",
                       quote);
}

bool
IsCaptured(const ReportedReply& reply)
{
    return reply.program == CAPTURE || reply.program == PRINTED_PACKETS;
}

std::string
PlaceOf(const ReportedReply& reply)
{
    return fmt::format("{} {}",
                       reply.program == CAPTURE           ? "frame"
                       : reply.program == PRINTED_PACKETS ? "packet"
                                                          : "line",
                       reply.line);
}

} // namespace bouncelab::detectors
