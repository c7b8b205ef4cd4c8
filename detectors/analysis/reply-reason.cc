#include "detectors/analysis/reply-reason.h"

#include "detectors/analysis/address-refusal.h"
#include "detectors/analysis/named-reasons.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_WORDS = 40;

/// Which replies a reason is for.
enum class Lasting
{
    Either,
    Temporary, //!< Of class 4 alone.
    Permanent, //!< Of class 5 alone.
};

/// A reason, and the enhanced codes (without their class) and words that tell it.
struct ReasonRow
{
    ReplyReason reason;
    std::array<std::string_view, 12> codes;         //!< "7.26"
    std::array<std::string_view, MOST_WORDS> words; //!< In lower case; any is enough.
    Lasting lasting = Lasting::Either;
    bool (*saysSo)(const std::string& lower) = nullptr; //!< What no single word tells.
};

constexpr std::string_view RECEIVER_SIDE = "the receiver's, by its own rules";

constexpr std::array<std::string_view, MOST_WORDS> RATE_WORDS{"rate limit",
                                                              "ratelimit",
                                                              "rate that",
                                                              "too many connections",
                                                              "too many messages",
                                                              "too many mails",
                                                              "too many concurrent",
                                                              "too many recipients",
                                                              "throttl",
                                                              "unusual rate",
                                                              "unexpected volume",
                                                              "sending limit",
                                                              "sending quota",
                                                              "hourly limit",
                                                              "daily limit",
                                                              "too much mail",
                                                              "too fast",
                                                              "concurrent connections",
                                                              "concurrent smtp",
                                                              "frequency limited",
                                                              "tss04",
                                                              "exceeded the max",
                                                              "limit on the rate",
                                                              "hl:icc",
                                                              "hl:ifc",
                                                              "rp:qrc",
                                                              "rp:trc",
                                                              "rp:cel",
                                                              "mi:dmc",
                                                              "mi:cel",
                                                              "trop de connexions",
                                                              "limits for how many",
                                                              "rate overlimit",
                                                              "daily message quota",
                                                              "daily quota",
                                                              "hourly quota",
                                                              "messages per hour",
                                                              "messages per day"};

/// The first row that fits is the reason; words come before codes, for servers agree on words.
constexpr std::array<ReasonRow, 30> REASONS{{
    {{"refused.authentication",
      "the mail is not authenticated for its sender's domain (SPF, DKIM or DMARC)",
      "the sender's domain: its signing, its SPF record or their alignment",
      "the Authentication-Results of a mail sent to oneself; check the DKIM signature, SPF for the "
      "sending address, and alignment with the From domain",
      Verdict::Fault,
      0.9},
     {"7.26", "7.23", "7.20", "7.21", "7.22", "7.24", "7.29", "7.509", "7.515"},
     {"dmarc",
      "unauthenticated email",
      "- unauthenticated",
      "tss05",
      "required authentication level",
      "anti-spoof",
      "antispoof",
      "spf",
      "openspf",
      "sender policy framework",
      "dkim",
      "domainkeys",
      "not allowed to send mail for",
      "not allowed to send from",
      "is not authorized to send",
      "not authorized to send on behalf"}},
    {{"refused.policy",
      "the sending address has no reverse name (PTR) that leads back to it",
      "the sender's: whoever holds the sending address's reverse zone, mostly its provider",
      "set the PTR record of the sending address and a matching forward record, or send from an "
      "address that has them (over IPv4)",
      Verdict::Fault,
      0.9},
     {"7.25"},
     {"ptr",
      "reverse dns",
      "reverse lookup",
      "rdns",
      "reverse hostname",
      "cannot find your hostname",
      "cannot find your reverse",
      "reverse name",
      "fcrdns",
      "no reverse",
      "ptr records"}},
    {{"refused.hello",
      "the name that the sender greets with (HELO, EHLO) is none that the receiver takes",
      "the sender's: the name that its mail server or program greets with",
      "the greeting name of the sending server (Postfix: myhostname or smtp_helo_name; Exchange: "
      "the connector's FQDN): a full host name with an address record",
      Verdict::Fault,
      0.85},
     {},
     {"helo command rejected",
      "ehlo command rejected",
      "invalid helo",
      "invalid ehlo",
      "bad helo",
      "helo name",
      "ehlo name",
      "forged helo",
      "forging helo",
      "helo/ehlo name"}},
    {{"refused.reputation",
      "the sending address, or the network around it, is on a block list or in bad repute",
      "the sender's network: the hosting or access provider that holds the address range",
      "the whole reply with the address to the provider and to the list's removal form; content "
      "and "
      "recipients need no change",
      Verdict::Fault,
      0.9},
     {"7.606", "7.511"},
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
      "s3150",
      "block-list",
      "black list",
      "is blocked by",
      "hl:ipb",
      "hl:rep",
      "mi:spb",
      "poor sender reputation",
      "bad reputation",
      "rp:rdl",
      "cxbl",
      "bl0000",
      "lpn007_4"}},
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
      "postgrey"},
     Lasting::Temporary},
    {{"deferred.rate",
      "the receiver limits how much this sender may send",
      "the sender's volume, by the receiver's limits",
      "the number of messages and connections to this receiver in the hour before; send more "
      "slowly",
      Verdict::Fault,
      0.7},
     {"7.28", "7.0.28", "4.5", "7.650", "5.3"},
     RATE_WORDS,
     Lasting::Temporary},
    {{"refused.rate",
      "the sender has used up what it may send, and the mail is refused for good",
      "the sender's volume, by the limits of its provider or of the receiver",
      "the number of messages in the day before; send them again later, and more slowly",
      Verdict::Fault,
      0.7},
     {"7.28", "7.650", "1.90"},
     RATE_WORDS,
     Lasting::Permanent},
    {{"auth.refused",
      "the log-on is refused",
      "the client's: its name, password or mechanism; or the server's directory",
      "the log-on name and mechanism, and the server's log of that attempt",
      Verdict::Fault,
      0.8},
     {"7.8", "7.9", "7.12", "7.13"},
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
     {"7.10", "7.11", "7.4", "7.5", "7.30"},
     {"must issue a starttls",
      "starttls command first",
      "tls required",
      "tls is required",
      "encryption required",
      "requires encryption",
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
      "relaying is prohibited",
      "relay denied",
      "relay is not",
      "cannot relay",
      "not relay",
      "open relay"}},
    {{"unreachable.name",
      "the recipient's domain, or the host that its MX names, is not found",
      "unknown: the recipient's domain or its DNS, a mistyped domain, or the sender's resolver",
      "dig MX and A of the domain at two resolvers",
      Verdict::Inconclusive,
      0},
     {"1.2", "4.310", "4.312", "4.4", "4.3", "8.5"},
     {"dns domain",
      "domain does not exist",
      "recipient address rejected: domain not found",
      "domain doesn't exist",
      "infodomainnonexistent",
      "host unknown",
      "host not found",
      "find any host named",
      "name service error",
      "nxdomain",
      "no such domain",
      "bad destination host",
      "unrouteable address",
      "unroutable address",
      "all relevant mx records",
      "dns query failed",
      "nonexistentdomain",
      "infonorecords"}},
    {{"refused.sender",
      "the receiver does not accept the envelope sender",
      "the sender's: the envelope address and its domain's DNS",
      "whether the sender's domain has an MX or address record, and the address exists",
      Verdict::Fault,
      0.8},
     {"1.8", "1.7", "7.27"},
     {"sender address rejected",
      "sender not allowed",
      "sender is not allowed",
      "dt:sum",
      "sender domain",
      "domain not found",
      "sender rejected",
      "callback"}},
    {{"refused.recipient",
      "the recipient does not exist there",
      "the sender's address list; the mail flow is sound",
      "the recipient's right address",
      Verdict::Benign,
      0.8},
     {"1.1", "1.10", "1.0", "1.6", "2.1", "1.3", "1.4", "1.9", "7.17", "7.18"},
     {"user unknown",      "mailbox disabled",    "mailbox is disabled",
      "account disabled",  "account is disabled", "account has been disabled",
      "account suspended", "mailbox is inactive", "mailbox inactive",
      "inactive mailbox",  "inactive user",       "no longer valid",
      "no longer in use",  "no such mailbox",     "no such person",
      "unknown user",      "no such user",        "does not exist",
      "doesn't exist",     "recipient not found", "user not found",
      "no mailbox",        "invalid recipient",   "unknown recipient",
      "recipient unknown", "unrouteable address", "mailbox not found",
      "no such recipient", "unknown local part",  "not a valid mailbox"}},
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
      "exceeded storage",
      "diskspace quota",
      "disk quota",
      "mailbox quota",
      "quota exceed",
      "storage quota",
      "overquota"}},
    {{"refused.size",
      "the message is larger than the receiver takes",
      "the sender's: the message",
      "send a smaller message, or a link",
      Verdict::Fault,
      0.8},
     {"3.4", "2.3"},
     {"size exceeds",
      "message too large",
      "message is too large",
      "too big",
      "maximum message size",
      "exceeds size",
      "exceeds fixed maximum",
      "exceeds maximum",
      "exceeded the maximum size",
      "message size limit",
      "larger than the"}},
    {{"refused.utf8",
      "an address has letters that are no ASCII, and the next server does not offer SMTPUTF8, "
      "without which it cannot be handed over",
      "the next server, which lacks SMTPUTF8, and the address, which needs it",
      "an ASCII address of the same mailbox, for sender and recipient (of a domain its xn-- form); "
      "EHLO at the next server: is SMTPUTF8 offered?",
      Verdict::Fault,
      0.85},
     {"6.7", "6.8", "6.9", "6.10"},
     {"smtputf8",
      "utf8 address",
      "utf-8 recipient",
      "utf-8 sender",
      "utf8recipient",
      "non-ascii address"}},
    {{"refused.format",
      "the message is not made as the standards say (RFC 5321, RFC 5322): its header, its line "
      "ends or a line's length",
      "the sender's: the program that made the message",
      "the message as it was sent: its header and line ends, and the program that made it; who "
      "sends it, and how it is signed, is no matter",
      Verdict::Fault,
      0.8},
     {"6.0", "6.1", "6.2", "6.3", "6.5", "6.6", "7.512"},
     {"bare lf",
      "bare <lf>",
      "bare cr",
      "bare <cr>",
      "bare newline",
      "bare linefeed",
      "headers too large",
      "header too large",
      "header is too large",
      "5322 compliant",
      "5322 section",
      "rfc 5322",
      "messageid header",
      "message-id header",
      "header is missing",
      "missing header",
      "header missing",
      "corrupt message"}},
    {{"refused.reputation",
      "the receiver takes no mail from the sending address, whatever the message: for its repute, "
      "for spam seen from it, or for the kind of address it is (dial-up, dynamic)",
      "the sender's network: the address that it sends from",
      "the whole reply with the address to the address's provider and to the page that the reply "
      "names; content and recipients need no change",
      Verdict::Fault,
      0.8},
     {},
     {},
     Lasting::Either,
     RefusesAddress},
    {{"refused.content",
      "the receiver's filter takes the message for spam, or for dangerous",
      "the receiver's filter, by the message's content",
      "the refused message with the whole reply to the receiver's postmaster",
      Verdict::Fault,
      0.7},
     {"7.0.0"},
     {"spam",
      "dt:spm",
      "content denied",
      "content presents",
      "blocked url",
      "banned:",
      "attachment",
      "virus",
      "malware",
      "content reject",
      "content restriction",
      "message content",
      "unsolicited",
      "phish",
      "junk",
      "banned content"}},
    {{"unreachable.loop",
      "the mail goes round in a circle, or back to the host that sends it",
      "whoever set the way of that domain's mail: its MX leads to a host that does not take it",
      "dig MX of the domain, and what the host that it leads to takes for its own domains",
      Verdict::Fault,
      0.8},
     {"4.6"},
     {"loops back to myself",
      "mail loop",
      "mail is looping",
      "too many hops",
      "hop count exceeded",
      "too many \"received\" headers",
      "mx record points to local host",
      "routing loop"}},
    {{"deferred",
      "the message still waits in the queue and is tried again; what keeps it, the report does not "
      "tell",
      "unknown",
      "the replies or failures of the attempts before: the sending server's queue or log",
      Verdict::Inconclusive,
      0},
     {},
     {"message delayed", "delivery is delayed", "delivery delayed"},
     Lasting::Temporary},
    {{"unreachable.expired",
      "it could not be handed over in the time that the queue allows",
      "unknown: what kept each attempt, the report does not tell",
      "the replies or failures of the attempts before (the sending server's queue or log), or the "
      "same connection from another network",
      Verdict::Inconclusive,
      0},
     {"4.7"},
     {"queue.expired",
      "message expired",
      "delivery time expired",
      "retry timeout exceeded",
      "have been failing for a long time",
      "in the queue too long",
      "could not send message for",
      "cannot send message for",
      "message timed out",
      "maximum queue lifetime",
      "delivery timeout"}},
    {{"unreachable.lost",
      "the connection stood, and what was waited for did not come in the time: nobody is seen to "
      "end it",
      "unknown: the server's, or on the way to it",
      "a capture at the sender while it tries (what comes last, are segments repeated?), and the "
      "server's log of that session",
      Verdict::Inconclusive,
      0},
     {},
     {"dropped due to timedout", "dropped due to timeout"}},
    {{"unreachable.lost",
      "the connection stood and broke: the server ended it, or something on the path",
      "unknown: the server's, or on the way to it",
      "a capture at the sender while it tries (who sends the reset or FIN?), and the server's log "
      "of that session",
      Verdict::Inconclusive,
      0},
     {"4.318"},
     {"connection dropped", "connection was closed abruptly"}},
    {{"refused.system",
      "the receiving system takes no mail, for a reason of its own",
      "the receiver's: its system is full, switched off or set up wrongly",
      "the whole reply to the receiver's postmaster, by other means",
      Verdict::Fault,
      0.6},
     {"3.2", "3.0", "3.1", "3.3", "3.5"},
     {"system resources",
      "system storage",
      "not accepting mail",
      "not accepting messages",
      "local configuration error",
      "configuration problem"},
     Lasting::Permanent},
    {{"unreachable.port",
      "the sending host gets no connection to the next one",
      "on the way to that server, or the server's own",
      "the same connection from another network, and a capture at the sender while it tries",
      Verdict::Inconclusive,
      0},
     {"4.1"},
     {"unable to connect",
      "failed to connect",
      "cannot connect to remote server",
      "connection timed out",
      "connection refused",
      "winsock error"}},
    {{"deferred.busy",
      "the server is busy or has a trouble of its own",
      "the receiver's, for now",
      "the log of the next attempts",
      Verdict::Benign,
      0.4},
     {"3.2", "3.0", "3.1", "3.5"},
     {"try again later",
      "temporarily",
      "service not available",
      "service unavailable",
      "temporary",
      "too busy",
      "server busy",
      "system storage",
      "system resources"},
     Lasting::Temporary},
    {{"refused.policy",
      "the receiver's policy",
      RECEIVER_SIDE,
      "the whole reply with address and time to the receiver's postmaster",
      Verdict::Fault,
      0.6},
     {"7.1", "7.0", "7.2", "7.3", "7.6", "7.7", "7.14"},
     {"policy",
      "not allowed",
      "not permitted",
      "denied",
      "blocked",
      "prohibited",
      "access denied",
      "administrative prohibition",
      "administratively"}},
    {{"deferred",
      "for a reason that the reply does not tell",
      "unknown",
      "the log of the next attempts, and the receiver's log of this one",
      Verdict::Inconclusive,
      0},
     {},
     {},
     Lasting::Temporary},
    {{"refused",
      "for a reason that the reply does not tell",
      "unknown",
      "a capture of the session at the sender, or the receiver's log of it",
      Verdict::Inconclusive,
      0},
     {},
     {}},
}};

/// Words that decide, though words of other reasons stand beside them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 1> DECISIVE{
    {{"load average", "deferred.busy"}}};

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
    return std::find_if(REASONS.begin(),
                        REASONS.end() - 1,
                        [&](const ReasonRow& row) { return row.reason.dottedClass == dottedClass; })
        ->reason;
}

static_assert(REASONS.back().reason.dottedClass == "refused");

} // namespace

const ReplyReason&
ReasonOf(const ReportedReply& reply)
{
    const std::string lower = WithoutMailAddresses(InLowerCase(reply.Words()));
    if (const ReplyReason* const named = NamedReason(reply, lower))
    {
        return *named;
    }
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
            REASONS.begin(),
            REASONS.end(),
            [&](const ReasonRow& known) { return isFor(known) && HasCode(reply.enhanced, known); });
        if (row != REASONS.end())
        {
            return row->reason;
        }
    }
    for (const auto& [words, dottedClass] : DECISIVE)
    {
        if (lower.find(words) != lower.npos)
        {
            return ReasonOfClass(dottedClass);
        }
    }
    const ReasonRow& last = REASONS[REASONS.size() - 2];
    const ReplyReason& open = isFor(last) ? last.reason : REASONS.back().reason;
    if (std::any_of(OPEN_WORDS.begin(),
                    OPEN_WORDS.end(),
                    [&](std::string_view words) { return lower.find(words) != lower.npos; }))
    {
        return open;
    }
    for (const ReasonRow& row : REASONS)
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
        for (const ReasonRow& row : REASONS)
        {
            if (isFor(row) && HasCode(enhanced, row))
            {
                return row.reason;
            }
        }
    }
    return open;
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
           reply.enhanced.substr(1, 3) == ".3.";
}

} // namespace bouncelab::detectors
