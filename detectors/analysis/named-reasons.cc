#include "detectors/analysis/named-reasons.h"

#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

/// A reason, and the words (in lower case) and enhanced codes (without their class) that name it.
struct NamedRow
{
    ReplyReason reason;
    std::array<std::string_view, 12> words;
    std::array<std::string_view, 12> codes;
};

constexpr std::array<NamedRow, 5> ROWS{{
    {{"refused.lookup",
      "the block list answers the receiver's own question with an error (its resolver is open, "
      "public or asks too much), and the receiver takes the error for a listing: it refuses every "
      "client, and none of them is listed by this",
      "the receiver's: the resolver through which it asks the list",
      "at the receiver: the list asked through a resolver of its own (or with a key for it), and "
      "127.255.255.0/24 never taken for a listing; nobody has to be delisted",
      Verdict::Fault,
      0.9},
     {"open resolver",
      "public resolver",
      "open/public resolver",
      "/returnc/",
      "127.255.255.252",
      "127.255.255.254",
      "127.255.255.255",
      "uribl.com/refused",
      "queries via public",
      "excessive number of queries",
      "exceeded query limit"},
     {}},
    {{"deferred.filter",
      "the scanner behind the mail filter does not run, and no mail is let through unscanned",
      "the receiver's: its virus scanner or filter is down",
      "on that host: the scanner's service and socket (clamd and its database, say) and the "
      "filter's log; the mail waits and needs no change",
      Verdict::Fault,
      0.8},
     {"virus scanners failed",
      "virus_scan failed",
      "av-scanner failed",
      "scanner not available",
      "scanner unavailable",
      "scanner is not available",
      "scanning error",
      "unable to scan",
      "cannot scan",
      "could not be scanned",
      "clamd.ctl",
      "clamd.sock"},
     {}},
    {{"refused.tenant",
      "Microsoft limits the sender's own tenant (new, without a registered domain, over its "
      "threshold, or suspected of spam): nobody at the recipient's has refused",
      "the sender's: its own tenant at Microsoft 365",
      "the restricted entities in the tenant's security portal, what it sent in the days before, "
      "and Microsoft's support for the tenant; the recipient's postmaster cannot help",
      Verdict::Fault,
      0.85},
     {"traffic not accepted from this ip",
      "tenant has exceeded threshold",
      "bad outbound sender",
      "outbound spam last chance"},
     {"7.501",
      "7.502",
      "7.503",
      "7.700",
      "7.701",
      "7.702",
      "7.703",
      "7.704",
      "7.705",
      "7.708",
      "7.750"}},
    {{"auth.refused",
      "the provider takes a code of its own for mail programs (an authorization code, an app "
      "password), and not the account's password",
      "the client's: its password",
      "the account's settings on the provider's pages: switch SMTP on there, have a code made, and "
      "enter it as the password",
      Verdict::Fault,
      0.9},
     {"authorization code",
      "application-specific password",
      "app password",
      "\xE6\x8E\x88\xE6\x9D\x83\xE7\xA0\x81"},
     {}},
    {{"unreachable.refused",
      "the next server refuses the connection: nothing listens at its port, or a firewall says so "
      "in its name",
      "unknown: the receiver's server, or a firewall on the way to it",
      "a connection to that server's port 25 from another network; whether its domain's MX leads "
      "to the right host",
      Verdict::Inconclusive,
      0},
     {"code 10061", "code: 10061", "message expired, connection refused"},
     {}},
}};

constexpr ReplyReason SCREENED{
    "deferred.greylisting",
    "Postfix's postscreen has tested a client that it sees for the first time, and puts it off "
    "once "
    "even where it passes: by design",
    "the receiver's, for now; the sender has to try again",
    "the log of the next attempt: from the same address it gets through (PASS OLD)",
    Verdict::Benign,
    0.7};

constexpr ReplyReason UNCHECKED{
    "auth.backend",
    "the server could not check name and password, and has not refused them",
    "the mail server's own: what it checks them with (Dovecot or saslauthd, a directory, a "
    "database) does not answer",
    "the mail server's log of that attempt, and whether its authentication service runs; the "
    "user's settings need no change",
    Verdict::Fault,
    0.8};

bool
NamesIt(const NamedRow& row, const std::string& lower, std::string_view enhanced)
{
    const auto isIn = [&](std::string_view word)
    { return !word.empty() && lower.find(word) != lower.npos; };
    const std::string_view code = enhanced.substr(std::min<std::size_t>(enhanced.size(), 2));
    return std::any_of(row.words.begin(), row.words.end(), isIn) ||
           (!code.empty() &&
            std::find(row.codes.begin(), row.codes.end(), code) != row.codes.end());
}

/// Whether a server says that it could not check a log-on. Exchange says the first of it to another
/// Exchange server, too; Postfix goes on behind a colon.
bool
IsUnchecked(const ReportedReply& reply, const std::string& lower)
{
    constexpr std::string_view FAILURE = "temporary authentication failure";
    return lower.find("connection lost to authentication server") != lower.npos ||
           lower.find("authentication service unavailable") != lower.npos ||
           lower.find(std::string(FAILURE) + ":") != lower.npos ||
           (lower.find(FAILURE) != lower.npos && IsOfUsersLogOn(reply));
}

} // namespace

bool
IsOfUsersLogOn(const ReportedReply& reply)
{
    static constexpr std::array<std::string_view, 6> SENDING{"Postfix log",
                                                             "Exim log",
                                                             "Sendmail log",
                                                             "Postfix bounce",
                                                             "Exim bounce",
                                                             "Sendmail bounce"};
    return EndsWith(reply.program, " error") ||
           std::find(SENDING.begin(), SENDING.end(), reply.program) != SENDING.end() ||
           (reply.program == "SMTP dialog" && reply.stage == "AUTH");
}

const ReplyReason*
NamedReason(const ReportedReply& reply, const std::string& lower)
{
    if (reply.code == 450 && reply.enhanced == "4.3.2" &&
        StartsWith(lower, "service currently unavailable"))
    {
        return &SCREENED;
    }
    if (IsUnchecked(reply, lower))
    {
        return &UNCHECKED;
    }
    const auto* const row =
        std::find_if(ROWS.begin(),
                     ROWS.end(),
                     [&](const NamedRow& known) { return NamesIt(known, lower, reply.enhanced); });
    return row == ROWS.end() ? nullptr : &row->reason;
}

} // namespace bouncelab::detectors
