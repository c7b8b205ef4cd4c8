#include "detectors/analysis/named-reasons.h"

#include "detectors/analysis/named-reason-table.h"
#include "detectors/analysis/session-replies.h"
#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

constexpr ReplyReason SCREENED{
    "deferred.greylisting",
    "Postfix's postscreen has tested a client that it sees for the first time, and puts it off "
    "once "
    "even where it passes: by design",
    "the receiver's, for now; the sender has to try again",
    "the log of the next attempt: from the same address it gets through (PASS OLD)",
    Verdict::Benign,
    0.7};

constexpr ReplyReason IDLE{
    "deferred.idle",
    "the client said nothing for as long as this server waits, and the server ended the session",
    "the client's, or on the way from it; of a scanner, nobody's",
    "nothing, if it is once; else the same client's other sessions, and a capture of one",
    Verdict::Benign,
    0.5};

constexpr ReplyReason UNCHECKED{
    "auth.backend",
    "the server could not check name and password, and has not refused them",
    "the mail server's own: what it checks them with (Dovecot or saslauthd, a directory, a "
    "database) does not answer",
    "the mail server's log of that attempt, and whether its authentication service runs; the "
    "user's settings need no change",
    Verdict::Fault,
    0.8};

constexpr ReplyReason NOT_OFFERED{
    "unreachable.tls",
    "that Exchange was to encrypt, and the server that it called has not offered STARTTLS: it "
    "lacks it, or a machine on the way takes it out of the answer to EHLO",
    "unknown: the server's, whose port 25 may lack STARTTLS or a certificate for it, or a "
    "firewall's on the way; the sending side only demands it (its connector or policy)",
    "EHLO at that server's port 25 from outside (openssl s_client -starttls smtp): is STARTTLS in "
    "the answer? If it is there and not for the sender, something on the way removes it",
    Verdict::Inconclusive,
    0};

/// Whether a sending Exchange says that the other end does not offer what it has to demand. Said by
/// a server, the same words are its own demand.
bool
MissesStartTls(const std::string& lower)
{
    return lower.find("[message=451 5.7.3 starttls is required to send mail") != lower.npos;
}

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

/// Whether a server's own record says that it has waited long enough for a client that had sent
/// nothing of a message, or a capture shows how long the client was silent.
bool
IsOfIdleClient(const ReportedReply& reply, const std::string& lower)
{
    static constexpr std::array<std::string_view, 5> WORDS{"timed out",
                                                           "timeout",
                                                           "idle",
                                                           "inactiv",
                                                           "closing"};
    const bool isShown = reply.stage == SILENCE;
    const std::size_t words = isShown ? WORDS.size() : 2;
    return (isShown || reply.witness == ReportedReply::Witness::Server) && reply.code == 421 &&
           reply.stage != "DATA" && reply.stage != "content" &&
           ((isShown && reply.enhanced == "4.4.2") ||
            std::any_of(WORDS.begin(),
                        WORDS.begin() + words,
                        [&](std::string_view word) { return lower.find(word) != lower.npos; }));
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
    if (IsOfIdleClient(reply, lower))
    {
        return &IDLE;
    }
    if (MissesStartTls(lower))
    {
        return &NOT_OFFERED;
    }
    if (IsUnchecked(reply, lower))
    {
        return &UNCHECKED;
    }
    const auto* const row =
        std::find_if(NAMED_REASONS.begin(),
                     NAMED_REASONS.end(),
                     [&](const NamedRow& known) { return NamesIt(known, lower, reply.enhanced); });
    return row == NAMED_REASONS.end() ? nullptr : &row->reason;
}

} // namespace bouncelab::detectors
