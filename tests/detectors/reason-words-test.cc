#include "detectors/analysis/reply-reason.h"
#include "detectors/analysis/unreached.h"
#include "detectors/readers/reported-reply.h"

#include <boost/test/unit_test.hpp>

#include <string_view>

using namespace bouncelab;
using namespace bouncelab::detectors;

// What a reply's own words name is its reason, and words that only resemble it keep theirs.

namespace
{

struct Worded
{
    std::string_view reply;
    std::string_view dottedClass;
    std::string_view told; //!< Of the reason, its side or the next step.
};

const ReplyReason&
ReasonOfText(std::string_view text)
{
    const FoundReply found = ReadReplyAt(text, 0);
    ReportedReply reply;
    reply.code = found.code;
    reply.enhanced = found.enhanced;
    reply.reply = found.words;
    return ReasonOf(reply);
}

const ReplyReason&
ReasonOfOwnWords(std::string_view words, bool isFinal)
{
    ReportedReply reply;
    ReadOwnWords(words, reply);
    reply.isFinal = isFinal;
    return ReasonOf(reply);
}

void
Check(const ReplyReason& reason, const Worded& wanted)
{
    BOOST_TEST(reason.dottedClass == wanted.dottedClass,
               wanted.reply << " is " << reason.dottedClass);
    const bool isTold = reason.what.find(wanted.told) != std::string_view::npos ||
                        reason.side.find(wanted.told) != std::string_view::npos ||
                        reason.next.find(wanted.told) != std::string_view::npos;
    BOOST_TEST(isTold, wanted.reply << ": " << reason.what << "; " << reason.side);
}

template <std::size_t N>
void
CheckReplies(const Worded (&replies)[N])
{
    for (const Worded& each : replies)
    {
        Check(ReasonOfText(each.reply), each);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(reason_words)

BOOST_AUTO_TEST_CASE(TheSendingAddressIsRefused)
{
    const Worded replies[] = {
        {"554 IP=198.51.100.20 - Dialup/transfer IP not allowed, use a gateway.",
         "refused.reputation",
         "whatever the message"},
        {"550 Unfortunately, messages from 198.51.100.20 weren't sent. Please contact your "
         "provider.",
         "refused.reputation",
         "the address that it sends from"},
        {"550 5.7.511 Access denied, banned sender[198.51.100.20]. To request removal from this "
         "list "
         "forward this message",
         "refused.reputation",
         "sender's network"},
        {"421 4.7.1 All messages from 198.51.100.20 will be permanently deferred; retrying will "
         "NOT "
         "succeed",
         "refused.reputation",
         "sender's network"},
        {"554 5.7.1 mx.example 198.51.100.20 block for spam. Please see https://post.example/codes",
         "refused.reputation",
         "sender's network"},
        {"550 5.7.1 AUP#1310 permanently blocked IP 198.51.100.20",
         "refused.reputation",
         "network"},
        {"421 Too many spams from your IP (198.51.100.20)", "refused.reputation", "network"},
        {"550 Suspected spam ip [MwHX11 IP: 198.51.100.20].", "refused.reputation", "network"},
        {"550 5.7.1 Service unavailable; Client host [198.51.100.20] blocked",
         "refused.reputation",
         "network"},
        {"554 5.7.1 Blocked - see https://check.example/?ip=198.51.100.20",
         "refused.reputation",
         "network"},
        {"550 5.7.1 spam was seen from your IP 198.51.100.20", "refused.reputation", "network"},
        {"550 5.7.1 [2001:db8::17] blocked", "refused.reputation", "network"},
        {"550 5.2.0 Adresse IP source bloquee pour incident de spam. Client host blocked",
         "refused.reputation",
         "network"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(AnAddressBesideAnotherReason)
{
    const Worded replies[] = {
        {"550-5.7.1 [198.51.100.20 11] Our system has detected that this message is likely "
         "unsolicited mail. This message has been blocked.",
         "refused.content",
         "spam"},
        {"554 5.7.1 [198.51.100.20] Message blocked as spam", "refused.content", "spam"},
        {"550 5.7.1 This email from IP 198.51.100.20 has been rejected. The email message was "
         "detected as spam.",
         "refused.content",
         "spam"},
        {"554 5.7.1 Spam detected (client IP 198.51.100.20)", "refused.content", "spam"},
        {"550 identified as spam from IP 198.51.100.20", "refused.content", "spam"},
        {"554 DT:SPM 163 mx http://mail.example/help_spam_16.htm?ip=198.51.100.20&time=17",
         "refused.content",
         "content"},
        {"550 5.7.1 Your IP 198.51.100.20 is not allowed: relaying denied",
         "refused.relaying",
         "does not pass mail on"},
        {"550 5.7.1 relaying from 198.51.100.20 is not allowed here", "refused.policy", "policy"},
        {"550 5.1.1 <bob@spam.example>: user unknown, asked by client host 198.51.100.20",
         "refused.recipient",
         "does not exist"},
        {"421 4.7.0 Too many connections from your IP 198.51.100.20", "deferred.rate", "limits"},
        {"421 4.7.0 [TSS04] Messages from 198.51.100.20 temporarily deferred due to unexpected "
         "volume",
         "deferred.rate",
         "limits"},
        {"554 5.7.1 <unknown[198.51.100.20]>: Client host rejected: Access denied",
         "refused.policy",
         "policy"},
        {"550 5.7.1 Client host rejected: blocked by policy", "refused.policy", "policy"},
        {"450 4.7.25 Client host rejected: cannot find your hostname, [198.51.100.20]",
         "refused.policy",
         "PTR"},
        {"421 4.7.1 message from 198.51.100.20 deferred, try again later",
         "deferred.busy",
         "for now"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(NamesOfTheSender)
{
    const Worded replies[] = {
        {"554 Bad DNS PTR resource record.", "refused.policy", "reverse name"},
        {"450 4.7.1 <mail.home.local>: Helo command rejected: Host not found",
         "refused.hello",
         "greets with"},
        {"504 5.5.2 <printer>: Helo command rejected: need fully-qualified hostname",
         "refused.hello",
         "smtp_helo_name"},
        {"550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
         "refused.hello",
         "greets with"},
        // Beside it: the order of commands, a recipient's domain, and SPF of that name.
        {"503 5.5.1 Error: send HELO/EHLO first", "refused", "does not tell"},
        {"502 5.5.2 EHLO: command not recognized", "refused", "does not tell"},
        {"450 4.1.2 <bob@goal.example>: Recipient address rejected: Domain not found",
         "unreachable.name",
         "recipient's domain"},
        {"550 5.7.23 SPF fail for HELO name mail.home.example", "refused.authentication", "SPF"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(AuthenticationOfTheMail)
{
    const Worded replies[] = {
        {"550 5.7.515 Access denied, sending domain HOME.EXAMPLE doesn't meet the required "
         "authentication level.",
         "refused.authentication",
         "SPF"},
        {"550 5.7.515 Access denied.", "refused.authentication", "SPF"},
        {"550 Rejected by header based Anti-Spoofing policy: anna@home.example",
         "refused.authentication",
         "the sender's domain"},
        {"421 4.7.0 Messages from 198.51.100.20 temporarily deferred - unauthenticated",
         "refused.authentication",
         "SPF"},
        {"550 5.7.1 Unauthenticated relaying denied", "refused.relaying", "pass mail on"},
        {"550-5.7.1 Invalid credentials for relay [198.51.100.20]. The IP address you've "
         "registered",
         "refused.relaying",
         "its entry at the relay service"},
        {"535 5.7.8 Invalid credentials", "auth.refused", "log-on"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(TheFormOfAMessage)
{
    const Worded replies[] = {
        {"554 5.6.0 Message contains bare LF", "refused.format", "program that made"},
        {"521 5.5.2 mx.example Error: bare <LF> received", "refused.format", "line ends"},
        {"552 5.6.0 Headers too large (32768 max)", "refused.format", "header"},
        {"550 5.7.1 [198.51.100.20] Messages missing a valid messageId header are not accepted.",
         "refused.format",
         "header"},
        {"550 5.7.1 this message is not RFC 5322 compliant: 'From' header is missing.",
         "refused.format",
         "header"},
        {"550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant",
         "refused.format",
         "header"},
        {"554 5.6.0 Corrupt message content", "refused.format", "program that made"},
        {"553 5.6.7 Non-ASCII addresses not permitted for sender/recipient",
         "refused.utf8",
         "SMTPUTF8"},
        {"550 5.6.7 SMTPSEND.Utf8RecipientAddress; UTF-8 recipient address not supported.",
         "refused.utf8",
         "ASCII"},
        // Beside it: size, spam, and a line of a command.
        {"552 5.3.4 Message too large", "refused.size", "larger"},
        {"554 5.6.0 Message rejected as spam", "refused.content", "spam"},
        {"500 5.5.2 Error: line too long", "refused", "does not tell"},
    };
    CheckReplies(replies);
    Check(
        ReasonOfOwnWords("SMTPUTF8 is required, but was not offered by host mx.example[192.0.2.1]",
                         true),
        {"SMTPUTF8 not offered", "refused.utf8", "SMTPUTF8"});
}

BOOST_AUTO_TEST_CASE(WhoseVolume)
{
    const Worded replies[] = {
        {"550 5.7.1 Daily message quota exceeded for user", "refused.rate", "sender's volume"},
        {"421 4.7.1 Trop de connexions pour cette IP", "deferred.rate", "limits"},
        {"421 Some messages weren't sent. We have limits for how many messages can be sent per "
         "hour",
         "deferred.rate",
         "limits"},
        {"451 Sender rate overlimit - 112.1 / 1h", "deferred.rate", "limits"},
        {"450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents "
         "additional messages",
         "deferred.recipient",
         "the recipient's"},
        {"550 5.2.122 The recipient has exceeded their limit for the number of messages they can "
         "receive per hour",
         "deferred.recipient",
         "from everybody"},
        {"421 4.3.2 Connection refused: load average: 24", "deferred.busy", "busy"},
        // Beside it.
        {"552 5.2.2 Mailbox quota exceeded for user", "refused.mailbox-full", "full"},
        {"450 4.2.1 You are sending mail at a rate that is too high", "deferred.rate", "sender"},
        {"451 4.4.1 Connection refused", "unreachable.port", "no connection"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(WhatIsWrongWithASender)
{
    const Worded replies[] = {
        {"550 The account may not exist, they may be blacklisted, or missing the proper dns "
         "entries. "
         "Sender verify failed",
         "refused.sender",
         "has checked the sender's address"},
        {"553 5.1.8 <x@nxdomain.example>... Domain of sender address x@nxdomain.example does not "
         "exist",
         "refused.sender",
         "sender's domain"},
        {"554 5.2.252 SendAsDenied; a@home.example not allowed to send as b@home.example",
         "refused.sender",
         "belongs to another log-on"},
        {"553 5.7.1 <b@home.example>: Sender address rejected: not owned by user a@home.example",
         "refused.sender",
         "smtpd_sender_login_maps"},
        {"553 5.7.1 <b@home.example>: Sender address rejected: not logged in",
         "refused.sender",
         "not at all"},
        {"550 5.7.60 SMTP; Client does not have permissions to send as this sender",
         "refused.sender",
         "SendAs"},
        {"550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
         "refused.policy",
         "owner"},
        // Beside it.
        {"550 5.1.8 <b@home.example>: Sender address rejected: Domain not found",
         "refused.sender",
         "MX or address record"},
        {"550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
         "refused.size",
         "larger"},
        {"530 5.7.0 Authentication required", "auth.required", "log-on"},
        {"550 5.1.1 <domain-of-sender@goal.example>: user unknown",
         "refused.recipient",
         "does not exist"},
        {"554 5.7.1 Sender's address is on a blacklist", "refused.reputation", "block list"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(LogOns)
{
    const Worded replies[] = {
        // The code is one to a log-on, whatever its enhanced code and words are of.
        {"535 5.7.0 Invalid login or password", "auth.refused", "password"},
        {"535 Access denied for this account", "auth.refused", "password"},
        {"534 5.7.1 Account disabled", "auth.refused", "password"},
        {"530 5.7.0 See https://help.goal.example/WantAuth", "auth.required", "log-on first"},
        {"530 5.7.57 SMTP; Client was not authenticated to send anonymous mail",
         "auth.required",
         "does not log on"},
        {"503 5.5.1 You must authenticate first.", "auth.required", "log-on first"},
        {"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
         "Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
         "auth.refused",
         "administrator"},
        {"535 5.7.139 Authentication unsuccessful, user is locked by your organization's security "
         "defaults policy.",
         "auth.refused",
         "administrator"},
        {"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
         "auth.refused",
         "OAuth"},
        {"535 5.7.8 Error: authentication failed: Invalid authentication mechanism",
         "auth.mechanism",
         "does not take"},
        {"504 5.7.4 Unrecognized authentication type", "auth.mechanism", "does not take"},
        {"504 5.5.4 Authentication mechanism not supported", "auth.mechanism", "does not take"},
        {"553 5.7.1 Sender address rejected: not owned by auth user.",
         "refused.sender",
         "belongs to another log-on"},
        {"501 mail from address must be same as authorization user",
         "refused.sender",
         "belongs to another log-on"},
        {R"(535 Error: \xc7\xeb\xca\xb9\xd3\xc3\xca\xda\xc8\xa8\xc2\xeb)",
         "auth.refused",
         "app password"},
        // Beside it.
        {"535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
         "auth.refused",
         "its name, password or mechanism"},
        {"535 5.7.8 Too many failed log-ons: rate limit", "refused.rate", "volume"},
        {"534 5.7.14 Encryption required for requested authentication mechanism",
         "refused.tls",
         "TLS"},
        {"530 5.7.0 Must issue a STARTTLS command first", "refused.tls", "TLS"},
        {"530 5.7.1 Relaying not allowed", "refused.relaying", "pass mail on"},
        {"550 5.7.1 Access denied", "refused.policy", "policy"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(ComplaintsAndVolume)
{
    const Worded replies[] = {
        {"421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to user complaints",
         "refused.reputation",
         "what leaves its server"},
        {"421 4.7.0 [TS01] Messages from 192.0.2.7 temporarily deferred due to user complaints",
         "refused.reputation",
         "more slowly mends nothing"},
        {"421 4.7.28 Our system has detected an unusual rate of unsolicited mail originating from "
         "your IP address",
         "refused.reputation",
         "what leaves its server"},
        {"421 4.7.28 unusual rate of unsolicited mail originating from your DKIM domain",
         "refused.reputation",
         "what leaves its server"},
        {"421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume "
         "or "
         "user complaints",
         "deferred.rate",
         "which, the reply does not tell"},
        {"421 4.7.28 unusual rate of mail originating from your SPF domain [home.example]",
         "deferred.rate",
         "limits"},
        {"550 5.7.28 unusual rate of mail originating from your DKIM domain [home.example]",
         "refused.rate",
         "volume"},
        // Beside it.
        {"421 4.7.26 rate limited because it is unauthenticated: SPF did not pass",
         "refused.authentication",
         "SPF"},
        {"550 5.7.1 Complaints go to postmaster@goal.example: message rejected as spam",
         "refused.content",
         "spam"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(WhatWasNotJudged)
{
    const Worded replies[] = {
        {"451 4.7.23 Message deferred - unable to verify SPF policy for home.example",
         "deferred.lookup",
         "judged nothing"},
        {"451 4.4.3 SPF: temporary DNS error for home.example", "deferred.lookup", "DNS"},
        {"450 4.7.24 <a@home.example>: Sender address rejected: SPF TempError",
         "deferred.lookup",
         "DNS"},
        {"403 4.7.0 TLS handshake failed.", "unreachable.tls", "handshake"},
        {"450 4.4.317 Cannot connect to remote server [Message=451 4.4.0 TLS negotiation failed "
         "with "
         "error ConnectionAborted]",
         "unreachable.tls",
         "handshake"},
        {"450 4.7.0 Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP "
         "address "
         "responded with: \"451 4.4.0 Security status InvalidToken.\"'",
         "unreachable.tls",
         "handshake"},
        {"454 4.7.0 TLS not available due to local problem", "unreachable.tls", "the server's own"},
        {"451 4.7.3 The admin has temporarily disallowed this secure domain.",
         "unreachable.tls",
         "TLSSendDomainSecureList"},
        {"451 4.3.2 Internal server error", "deferred.backend", "the server's own"},
        {"451 4.3.5 <b@goal.example>: Recipient address rejected: Server configuration problem",
         "deferred.backend",
         "a policy service"},
        {"451 4.3.0 <b@goal.example>: Temporary lookup failure", "deferred.backend", "database"},
        {"421 4.7.0 mx.goal.example Error: too many errors", "deferred.errors", "the effect"},
        // Beside it.
        {"550 5.7.23 SPF validation failed", "refused.authentication", "SPF"},
        {"450 4.4.317 Cannot connect to remote server [Message=451 5.7.3 STARTTLS is required]",
         "refused.tls",
         "TLS"},
        {"450 4.4.316 Connection refused [Message=Socket error code 10061]",
         "unreachable.refused",
         "firewall"},
        {"450 4.4.315 Connection timed out [Message=Socket error code 10060]",
         "unreachable.port",
         "own firewall"},
        {"451 4.3.2 Please try again later", "deferred.busy", "busy"},
        {"421 4.7.0 Too many connections", "deferred.rate", "limits"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(SendersAndRecipients)
{
    const Worded replies[] = {
        {"550 5.1.0 Emetteur invalide. Invalid Sender.", "refused.sender", "envelope sender"},
        {"550 5.1.0 Sender address is invalid", "refused.sender", "envelope sender"},
        {"550 5.1.0 Address rejected.", "refused", "does not tell"},
        {"550 Requested action not taken: mailbox unavailable invalid DNS MX or A/AAAA resource "
         "record.",
         "refused.sender",
         "dig MX"},
        {"550 Subject contains invalid characters.", "refused.format", "header"},
        {"550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
         "refused.relaying",
         "Ms-Exch-SMTP-Accept-Any-Recipient"},
        // Beside it.
        {"550 5.1.0 User unknown", "refused.recipient", "does not exist"},
        {"550 5.1.1 Invalid recipient", "refused.recipient", "does not exist"},
        {"550 5.7.1 Unable to relay for b@goal.example", "refused.relaying", "log on"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(ExchangesOwnWords)
{
    const Worded replies[] = {
        {"451 4.4.0 Primary target IP address responded with: \"454 4.7.5 Certificate validation "
         "failure, Reason:UntrustedRoot.\"",
         "unreachable.tls",
         "issuer"},
        {"450 4.7.320 Certificate validation failed [Message=CertificateExpired]",
         "unreachable.tls",
         "has expired"},
        {"450 4.4.318 Connection was closed abruptly", "unreachable.lost", "broke"},
        {"451 4.4.397 Error communicating with target host. -> 421 4.4.2 Connection dropped due to "
         "TimedOut",
         "unreachable.lost",
         "nobody is seen to end it"},
        {"451 4.4.0 responded with: \"421 4.4.2 Connection dropped due to SocketError.\"",
         "unreachable.lost",
         "broke"},
        {"451 4.4.0 DNS query failed. The error was: DNS query failed with error InfoNoRecords",
         "unreachable.name",
         "not found"},
        {"550 5.4.4 ROUTING.NoConnectorForAddressType; unable to route for address type",
         "unreachable.routing",
         "send connectors"},
        {"400 4.4.7 Message delayed", "deferred", "still waits"},
        {"432 4.2.0 STOREDRV.Deliver; mailbox database thread limit exceeded",
         "deferred.store",
         "mailbox server"},
        {"432 4.3.2 STOREDRV.Storage; mailbox database is offline",
         "deferred.store",
         "mailbox store"},
        // Beside it.
        {"454 4.7.5 no TLS", "refused.tls", "TLS"},
        {"550 5.4.4 Host not found", "unreachable.name", "not found"},
        {"550 4.4.7 QUEUE.Expired; message expired", "unreachable.expired", "the time"},
        {"554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
         "refused.mailbox-full",
         "full"},
        {"550 5.2.0 no", "refused", "does not tell"},
        {"550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
         "refused.recipient",
         "right address"},
    };
    CheckReplies(replies);
}

BOOST_AUTO_TEST_CASE(WhatASendingHostSaysItself)
{
    const Worded final[] = {
        {"an MX or SRV record indicated no SMTP service", "refused.recipient", "null MX"},
        {"Mailing to remote domains not supported", "unreachable.routing", "local mail alone"},
        {"forced failure: alias loop", "unreachable.loop", "alias"},
        {"mail for goal.example loops back to myself", "unreachable.loop", "MX"},
        {"utf8 address not supported: SMTPUTF8 not supported by remote",
         "refused.utf8",
         "SMTPUTF8"}};
    for (const Worded& each : final)
    {
        Check(ReasonOfOwnWords(each.reply, true), each);
    }
    Check(ReasonOfOwnWords("SASL authentication failed; cannot authenticate to server "
                           "smtp.goal.example[192.0.2.1]: no mechanism available",
                           false),
          {"no mechanism", "auth.mechanism", "SASL"});
}

BOOST_AUTO_TEST_CASE(SilenceIsNoEnd)
{
    const auto kind = [](std::string_view words)
    {
        ReportedReply reply;
        ReadOwnWords(words, reply);
        return UnreachedBy(reply);
    };
    BOOST_TEST(
        (kind("conversation with mx.example[192.0.2.1] timed out while receiving the initial "
              "server greeting") == Unreached::Stalled));
    BOOST_TEST((kind("SMTP timeout after initial connection") == Unreached::Stalled));
    BOOST_TEST((kind("lost connection with mx.example[192.0.2.1] while sending RCPT TO") ==
                Unreached::Lost));
    BOOST_TEST((kind("Remote host closed connection in response to initial connection") ==
                Unreached::Lost));
    BOOST_TEST(
        (kind("connect to mx.example[192.0.2.1]:25: Connection timed out") == Unreached::Silent));
}

BOOST_AUTO_TEST_CASE(ACodeAtTheEndOfAPagesAddress)
{
    BOOST_TEST(
        !FindReply("Invalid Recipient - https://help.example/docs/DOC-1369#550 [a1B2c3.uk71]"));
    BOOST_TEST(FindReply("mx.example #550 5.1.1 not found ##")->code == 550u);
}

BOOST_AUTO_TEST_SUITE_END()
