#include "detectors/analysis/reply-reason.h"

#include "detectors/analysis/hello-keywords.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_WORDS = 16;

/// A reason, and the enhanced codes (without their class) and words that tell it.
struct ReasonRow
{
    ReplyReason reason;
    std::array<std::string_view, 6> codes;          //!< "7.26": of class 4 or 5.
    std::array<std::string_view, MOST_WORDS> words; //!< In lower case; any is enough.
};

constexpr std::string_view SENDER_SIDE = "the sender's, whose own set-up or standing is refused";
constexpr std::string_view RECEIVER_SIDE = "the receiver's, by its own rules";

/// The first row that fits is the reason; words come before codes, for servers agree on words.
constexpr std::array<ReasonRow, 16> REASONS{{
    {{"refused.authentication",
      "the mail is not authenticated for its sender's domain (SPF, DKIM or DMARC)",
      "the sender's domain: its signing, its SPF record or their alignment",
      "the Authentication-Results of a mail sent to oneself; check the DKIM signature, SPF for the "
      "sending address, and alignment with the From domain",
      Verdict::Fault,
      0.9},
     {"7.26", "7.23", "7.20", "7.21", "7.22", "7.24"},
     {"dmarc",
      "unauthenticated email",
      "spf fail",
      "spf check",
      "spf record",
      "sender policy framework",
      "dkim signature",
      "not dkim",
      "dkim fail",
      "not allowed to send mail for",
      "spf-"}},
    {{"refused.policy",
      "the sending address has no reverse name (PTR) that leads back to it",
      "the sender's: whoever holds the sending address's reverse zone, mostly its provider",
      "set the PTR record of the sending address and a matching forward record, or send from an "
      "address that has them (over IPv4)",
      Verdict::Fault,
      0.9},
     {"7.25", "7.27"},
     {"ptr record",
      "reverse dns",
      "reverse lookup",
      "rdns",
      "no ptr",
      "reverse hostname",
      "cannot find your hostname",
      "cannot find your reverse",
      "helo command rejected: host not found",
      "reverse name",
      "fcrdns",
      "no reverse"}},
    {{"refused.reputation",
      "the sending address, or the network around it, is on a block list or in bad repute",
      "the sender's network: the hosting or access provider that holds the address range",
      "the whole reply with the address to the provider and to the list's removal form; content "
      "and "
      "recipients need no change",
      Verdict::Fault,
      0.9},
     {"7.606", "7.511", "7.512"},
     {"block list",
      "blocklist",
      "blacklist",
      "blocked using",
      "spamhaus",
      "spamcop",
      "barracudacentral",
      "dnsbl",
      "rbl",
      "reputation",
      "listed at",
      "is listed",
      "sorbs",
      "banned sending ip",
      "s3140",
      "s3150"}},
    {{"deferred.greylisting",
      "the receiver greylists: it puts off a sender that it has not seen before",
      "the receiver's, for now; the sender has to try again",
      "the log of the next attempts: they have to come from the same address",
      Verdict::Benign,
      0.6},
     {},
     {"greylist",
      "graylist",
      "grey listed",
      "gray listed",
      "greylisted",
      "try again in 5 minutes",
      "postgrey"}},
    {{"deferred.rate",
      "the receiver limits how much this sender may send",
      "the sender's volume, by the receiver's limits",
      "the number of messages and connections to this receiver in the hour before; send more "
      "slowly",
      Verdict::Fault,
      0.7},
     {"7.28", "7.0.28", "4.5", "7.650"},
     {"rate limit",
      "ratelimit",
      "rate that",
      "too many connections",
      "too many messages",
      "throttl",
      "unusual rate",
      "sending limit",
      "hourly limit",
      "too much mail",
      "too fast",
      "concurrent connections",
      "tss0",
      "exceeded the max",
      "limit on the rate"}},
    {{"auth.refused",
      "the log-on is refused",
      "the client's: its name, password or mechanism; or the server's directory",
      "the log-on name and mechanism, and the server's log of that attempt",
      Verdict::Fault,
      0.8},
     {"7.8", "7.9"},
     {"authentication failed",
      "authentication unsuccessful",
      "username and password not accepted",
      "authentication credentials invalid",
      "invalid credentials",
      "authentication failure",
      "incorrect authentication"}},
    {{"refused.tls",
      "the receiver wants TLS or a log-on first",
      "the sender's settings",
      "switch TLS or authentication on for this receiver",
      Verdict::Fault,
      0.8},
     {"7.10", "7.11"},
     {"must issue a starttls",
      "tls required",
      "requires tls",
      "authentication required",
      "authenticate first",
      "client was not authenticated",
      "not authenticated"}},
    {{"refused.relaying",
      "the receiver does not pass mail on for this client",
      "the sender's: it is not logged on, or the recipient's domain is not this server's",
      "log on to the server before sending, or look up the recipient's MX",
      Verdict::Fault,
      0.8},
     {"7.54"},
     {"relaying denied",
      "relay access denied",
      "unable to relay",
      "relay not permitted",
      "not permitted to relay",
      "rcpthosts",
      "we do not relay",
      "relaying not allowed",
      "relay denied",
      "relay is not"}},
    {{"refused.recipient",
      "the recipient does not exist there",
      "the sender's address list; the mail flow is sound",
      "the recipient's right address",
      Verdict::Benign,
      0.8},
     {"1.1", "1.10", "1.0", "1.6", "2.1", "1.3"},
     {"user unknown",
      "unknown user",
      "no such user",
      "does not exist",
      "doesn't exist",
      "recipient not found",
      "no mailbox",
      "invalid recipient",
      "unknown recipient",
      "recipient unknown",
      "unrouteable address",
      "mailbox not found",
      "no such recipient",
      "unknown local part",
      "not a valid mailbox"}},
    {{"refused.mailbox-full",
      "the recipient's mailbox is full",
      "the recipient's",
      "tell the recipient by other means",
      Verdict::Benign,
      0.8},
     {"2.2"},
     {"mailbox full",
      "mailbox is full",
      "over quota",
      "quota exceeded",
      "out of storage",
      "insufficient storage",
      "exceeded storage"}},
    {{"refused.size",
      "the message is larger than the receiver takes",
      "the sender's: the message",
      "send a smaller message, or a link",
      Verdict::Fault,
      0.8},
     {"3.4", "2.3"},
     {"size exceeds", "message too large", "too big", "maximum message size", "exceeds size"}},
    {{"refused.sender",
      "the receiver does not accept the envelope sender",
      "the sender's: the envelope address and its domain's DNS",
      "whether the sender's domain has an MX or address record, and the address exists",
      Verdict::Fault,
      0.8},
     {"1.8", "1.7"},
     {"sender address rejected",
      "sender verify failed",
      "sender domain",
      "domain not found",
      "sender rejected",
      "callback"}},
    {{"refused.content",
      "the receiver's filter takes the message for spam, or for dangerous",
      "the receiver's filter, by the message's content",
      "the refused message with the whole reply to the receiver's postmaster",
      Verdict::Fault,
      0.7},
     {"7.0.0", "6.0"},
     {"spam",
      "virus",
      "malware",
      "content reject",
      "content restriction",
      "message content",
      "unsolicited",
      "phish",
      "junk",
      "banned content"}},
    {{"deferred.busy",
      "the server is busy or has a trouble of its own",
      "the receiver's, for now",
      "the log of the next attempts",
      Verdict::Benign,
      0.4},
     {"3.2", "3.0", "3.1", "4.1"},
     {"try again later",
      "temporarily",
      "service not available",
      "service unavailable",
      "temporary",
      "too busy",
      "system resources"}},
    {{"refused.policy",
      "the receiver's policy",
      RECEIVER_SIDE,
      "the whole reply with address and time to the receiver's postmaster",
      Verdict::Fault,
      0.6},
     {"7.1", "7.0", "7.2", "7.60", "7.750", "7.700"},
     {"policy",
      "not allowed",
      "not permitted",
      "denied",
      "blocked",
      "prohibited",
      "access denied",
      "administratively"}},
    {{"refused",
      "for a reason that the reply does not tell",
      "unknown",
      "a capture of the session at the sender, or the receiver's log of it",
      Verdict::Inconclusive,
      0},
     {},
     {}},
}};

bool
HasWord(const std::string& text, std::string_view word)
{
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1))
    {
        // "rbl" is one in "an rbl", and none in "surbl".
        if (word.size() > 4 || at == 0 || !IsAlnum(text[at - 1]))
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

constexpr std::array<std::string_view, 8> SAMPLE_WORDS{
    "user not local; please try",
    "requested mail action okay, completed",
    "requested mail action not taken: mailbox",
    "requested action aborted: local error in processing",
    "service not available, closing transmission channel",
    "syntax error, command unrecognized",
    "requested action not taken: mailbox unavailable",
    "transaction failed"};

} // namespace

const ReplyReason&
ReasonOf(const ReportedReply& reply)
{
    const std::string lower = InLowerCase(reply.reply);
    for (const ReasonRow& row : REASONS)
    {
        if (std::any_of(row.words.begin(),
                        row.words.end(),
                        [&](std::string_view word)
                        { return !word.empty() && HasWord(lower, word); }))
        {
            return row.reason;
        }
    }
    for (const ReasonRow& row : REASONS)
    {
        if (HasCode(reply.enhanced, row))
        {
            return row.reason;
        }
    }
    return REASONS.back().reason;
}

std::string_view
MaskedWordIn(std::string_view reply)
{
    std::size_t at = 0;
    while ((at = reply.find("XXXX", at)) != reply.npos)
    {
        const std::size_t end = std::min(reply.find_first_not_of('X', at), reply.size());
        const std::string_view word = reply.substr(at, end - at);
        const bool bounded =
            (at == 0 || !IsAlnum(reply[at - 1])) && (end == reply.size() || !IsAlnum(reply[end]));
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
    const std::array<std::pair<std::string_view, std::string_view>, 7> MARKS{
        {{" - gsmtp", "Google's id at its end"},
         {".prod.protection.outlook.com ", "Microsoft's trailer of host, time and id"},
         {".prod.outlook.com ", "Microsoft's trailer of host, time and id"},
         {"support.google.com", "Google's own pages"},
         {"mail.live.com", "Microsoft's own pages"},
         {"postmaster.yahooinc", "Yahoo's own pages"},
         {"recipient address rejected:", "Postfix's words around the recipient"}}};
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
    if (sample != SAMPLE_WORDS.end())
    {
        return {
            false,
            true,
            "the words are RFC 821's own, which servers and machines on the path use alike: who "
            "wrote the reply is unknown"};
    }
    return {false, false, "who wrote the reply cannot be told from its text"};
}

} // namespace bouncelab::detectors
