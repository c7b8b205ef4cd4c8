#include "detectors/own-tests.h"

#include "detectors/analysis/analysis.h"
#include "detectors/analysis/unreached.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace own_tests
{

/// Packets of several sizes to one address.
void
JudgePings(const ServerLogs& logs, AlertSink& sink)
{
    constexpr std::uint32_t SEVERAL = 2;
    std::map<HostAddress, std::vector<const InFile<SizedPing>*>> targets;
    for (const InFile<SizedPing>& ping : logs.pings)
    {
        targets[ping.record.address].push_back(&ping);
    }
    for (const auto& [address, pings] : targets)
    {
        const InFile<SizedPing>* lost = nullptr;
        const InFile<SizedPing>* passed = nullptr;
        const InFile<SizedPing>* told = nullptr;
        for (const InFile<SizedPing>* const ping : pings)
        {
            const SizedPing& record = ping->record;
            if (record.isTold)
            {
                told = ping;
            }
            else if (record.received > 0)
            {
                passed = passed && passed->record.octets > record.octets ? passed : ping;
            }
            else if (record.sent > 0)
            {
                lost = lost && lost->record.octets < record.octets ? lost : ping;
            }
        }
        const bool isBlackHole = lost && passed && lost->record.sent >= SEVERAL &&
                                 lost->record.octets > passed->record.octets;
        const InFile<SizedPing>& first = *(lost ? lost : told ? told : passed);
        TextFinding finding = FindingOf(first, "unreachable.path-mtu");
        finding.destination = address;
        if (isBlackHole)
        {
            finding.score = 0.85;
            finding.lines.push_back({passed->file, passed->record.line, passed->record.text});
            finding.explanation = fmt::format(
                "Packets of {} octets to {} are lost, all {} (line {}), those of {} are answered "
                "(line {}), and nobody on the way says that the former are too large: a path that "
                "swallows large packets. Sessions begin there, and messages never arrive.",
                lost->record.octets,
                address.ToString(),
                lost->record.sent,
                lost->record.line,
                passed->record.octets,
                passed->record.line);
            finding.side =
                "on the path: a tunnel or firewall that drops ICMP (\"fragmentation needed\")";
            finding.next =
                "a traceroute with packets of that size (tracepath), and the MSS clamped "
                "to what passes, at the own router, until it is mended";
        }
        else if (told)
        {
            finding.verdict = Verdict::Benign;
            finding.score = 0.7;
            finding.explanation = fmt::format("Packets of {} octets to {} are too large for the "
                                              "path, and it says so (line {}): senders adapt to "
                                              "that, and nothing is lost by it.",
                                              told->record.octets,
                                              address.ToString(),
                                              told->record.line);
            finding.side = "nobody's that it shows";
            finding.next = "a capture of a session that fails";
        }
        else if (lost)
        {
            finding.verdict = Verdict::Inconclusive;
            finding.explanation = fmt::format(
                "No packet of {} octets to {} is answered (line {}){}: the size may be the reason, "
                "or the host answers no ping.",
                lost->record.octets,
                address.ToString(),
                lost->record.line,
                passed ? "" : ", and no smaller one was tried or answered");
            finding.side = "unknown";
            finding.next = "ping -M do -c 5 with sizes from 500 to 1472";
        }
        else
        {
            finding.verdict = Verdict::Benign;
            finding.score = 0.7;
            finding.explanation = fmt::format("Packets of {} octets to {} pass unbroken (line {}): "
                                              "the path swallows none of that size.",
                                              passed->record.octets,
                                              address.ToString(),
                                              passed->record.line);
            finding.side = "nobody's that it shows";
            finding.next = "the same the other way, from the server's side";
        }
        sink.Add(MakeTextAlert(finding, SIGNATURE));
    }
}

void
JudgeTls(const InFile<TlsTest>& test, AlertSink& sink)
{
    constexpr int RESET = 104;
    constexpr int RESET_OF_WINDOWS = 10054;
    constexpr int EXPIRED = 10;
    const TlsTest& record = test.record;
    const std::string to = record.target.empty() ? "the server" : record.target;
    TextFinding finding = FindingOf(test, "unreachable.tls");
    finding.verdict = Verdict::Inconclusive;
    if (!record.isAgreed && (record.error == RESET || record.error == RESET_OF_WINDOWS))
    {
        finding.explanation = fmt::format(
            "The connection to {} stood and was reset in the middle of the handshake of TLS "
            "(line {}, errno {}): the server did, or something on the way that lets no TLS "
            "through.",
            to,
            record.line,
            record.error);
        finding.side = "unknown: the server's, or a machine on the way that ends TLS";
        finding.next = "a capture at both ends (whose TTL has the reset?), the same from another "
                       "network, and the same without -starttls";
    }
    else if (StartsWith(record.why, "sts-"))
    {
        finding.explanation = fmt::format(
            "A sender could not fetch or use the MTA-STS policy of {} (line {}: {}): with the mail "
            "server itself it may have agreed on TLS.",
            to,
            record.line,
            record.why);
        finding.side = "unknown: the domain's web server for its policy or that policy, or the "
                       "reporter's way there";
        finding.next =
            fmt::format("curl -v https://mta-sts.{0}/.well-known/mta-sts.txt from two "
                        "networks (certificate, text), dig TXT _mta-sts.{0}, and whether "
                        "the policy names the domain's MX",
                        to);
    }
    else if (record.why == "tlsa-invalid" || record.why == "dnssec-invalid" ||
             record.why == "dane-required")
    {
        finding.explanation =
            fmt::format("What {}'s DNS says of its certificate (DANE) did not hold "
                        "for a sender (line {}: {}).",
                        to,
                        record.line,
                        record.why);
        finding.side =
            "the domain's: its TLSA records or its DNSSEC, if others report it too; else "
            "the reporter's resolver";
        finding.next = "dig TLSA of _25._tcp.MX with DNSSEC, against the certificate that the MX "
                       "shows; was it renewed lately?";
    }
    else if (!record.isAgreed)
    {
        finding.explanation = fmt::format("No TLS comes about with {} (line {}).", to, record.line);
        finding.side = "unknown: the server's, or a machine on the way";
        finding.next = "the whole output with -msg, and the same from another network";
    }
    else if (record.verified > 0)
    {
        const bool isExpired = record.verified == EXPIRED;
        finding.verdict = isExpired ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = isExpired ? 0.85 : 0;
        finding.explanation =
            fmt::format("TLS comes about with {}, and its certificate does not hold: {} (line {}). "
                        "It keeps mail from those who demand a valid one, and from nobody else.",
                        to,
                        record.why,
                        record.line);
        finding.side = isExpired ? "the server's: its certificate"
                                 : "the server's certificate, or the issuers that this host knows";
        finding.next = "a new certificate with its whole chain; whether the failing sender demands "
                       "a valid one (DANE, MTA-STS, its own settings)";
    }
    else
    {
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        finding.explanation = fmt::format("TLS comes about with {}{} (line {}).",
                                          to,
                                          record.verified == 0 ? ", and its certificate holds" : "",
                                          record.line);
        finding.side = "nobody's that it shows";
        finding.next = "the dialog behind it: MAIL and RCPT by hand";
    }
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

/// Messages of one address that a receiver's report says failed.
void
JudgeReported(const InFile<SenderChecks>& checks, AlertSink& sink)
{
    const SenderChecks& record = checks.record;
    TextFinding finding = FindingOf(checks, "refused.authentication");
    finding.source = record.source;
    finding.verdict = record.isOwnSignature ? Verdict::Fault : Verdict::Inconclusive;
    finding.score = record.isOwnSignature ? 0.8 : 0;
    finding.explanation = fmt::format(
        "By {}'s report {} message{} from {} in the name of {} did not pass DMARC (line {}: spf={} "
        "dkim={}){}.",
        record.receiver.empty() ? "a receiver" : record.receiver,
        record.messages,
        record.messages == 1 ? "" : "s",
        record.source.ToString(),
        record.words,
        record.line,
        record.spf.empty() ? "-" : record.spf,
        record.dkim.empty() ? "-" : record.dkim,
        record.isOwnSignature ? ": they are signed for that domain, and the signature does not hold"
        : record.spf == "pass" ? ": SPF passes for another domain than the one in From"
                               : "");
    finding.side = record.isOwnSignature
                       ? "the sender's domain: its signing (key, selector, or what changes mail "
                         "behind the signer)"
                       : "the sender's domain, if that address is one of its own senders; else "
                         "whoever forges it, and DMARC does what it is for";
    finding.next = "whose that address is; of an own sender its signature, dig TXT of "
                   "selector._domainkey.domain, and its bounce domain's alignment";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

void
JudgeChecks(const InFile<SenderChecks>& checks, AlertSink& sink)
{
    const SenderChecks& record = checks.record;
    const std::string lower = InLowerCase(record.words);
    TextFinding finding = FindingOf(checks, "refused.authentication");
    const std::string results = fmt::format("spf={} dkim={} dmarc={}",
                                            record.spf.empty() ? "-" : record.spf,
                                            record.dkim.empty() ? "-" : record.dkim,
                                            record.dmarc.empty() ? "-" : record.dmarc);
    const std::string receiver = record.receiver.empty()
                                     ? std::string("The receiver")
                                     : fmt::format("The receiver ({})", record.receiver);
    const bool hasNoKey = lower.find("no key") != lower.npos;
    const bool isPassed = record.dmarc == "pass" || record.dmarc == "bestguesspass";
    const bool isUnaligned =
        record.dmarc == "fail" && (record.spf == "pass" || record.dkim == "pass");
    if (record.messages > 0 && !isPassed)
    {
        JudgeReported(checks, sink);
        return;
    }
    if (isPassed || (record.dmarc.empty() && (record.spf == "pass" || record.dkim == "pass")))
    {
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        finding.side = "nobody's that it shows";
        finding.next = "the same field of a mail that was refused or filed as spam";
        finding.explanation = fmt::format("{} takes the mail for its sender's domain's (line {}: "
                                          "{}).",
                                          receiver,
                                          record.line,
                                          results);
        sink.AddOrCount(MakeTextAlert(finding, SIGNATURE));
        return;
    }
    finding.verdict = hasNoKey ? Verdict::Fault : Verdict::Inconclusive;
    finding.score = hasNoKey ? 0.8 : 0;
    finding.explanation = fmt::format(
        "{} could not tell that the mail is its sender's domain's (line {}: {}){}.",
        receiver,
        record.line,
        results,
        hasNoKey ? ": it is signed, and the key that its signature names is not in the domain's DNS"
        : isUnaligned
            ? ": what passes belongs to another domain than the one in From (no alignment), as "
              "where "
              "a service sends in its name and is not set up for it, a list passes mail on, or "
              "somebody forges it"
            : ": the domain's own set-up is wrong, or somebody else sent it in its name");
    finding.side = hasNoKey ? "the sender's domain: the key in its DNS"
                            : "the sender's domain, if it sent the mail; else whoever forged it";
    finding.next = "whether the address that handed the mail over is one of the domain's own "
                   "servers; then its SPF record, and dig TXT of selector._domainkey.domain";
    sink.AddOrCount(MakeTextAlert(finding, SIGNATURE));
}

/// Whether a field stands above a server's reply in the same text and shows no check that failed:
/// the head of a bounce, which as a rule nobody signs, says nothing of the mail that it returns.
bool
IsOfBounce(const InFile<SenderChecks>& checks, const ServerLogs& logs)
{
    const SenderChecks& record = checks.record;
    const bool hasFailed = record.spf == "fail" || record.dkim == "fail" || record.dmarc == "fail";
    return !hasFailed && std::any_of(logs.replies.begin(),
                                     logs.replies.end(),
                                     [&](const InFile<ReportedReply>& reply)
                                     {
                                         return reply.file == checks.file &&
                                                reply.record.HasReply() &&
                                                reply.record.line > record.line;
                                     });
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const ServerLogs& logs = analysis.GetContext().logs;
    JudgePorts(logs, sink);
    JudgeNames(logs, sink);
    JudgePings(logs, sink);
    for (const InFile<TlsTest>& test : logs.tlsTests)
    {
        const bool isTold = std::any_of(logs.replies.begin(),
                                        logs.replies.end(),
                                        [&](const InFile<ReportedReply>& reply) {
                                            return reply.file == test.file &&
                                                   UnreachedBy(reply.record) != Unreached::No;
                                        });
        constexpr int EXPIRED = 10;
        if (!isTold || (test.record.isAgreed && test.record.verified == EXPIRED))
        {
            JudgeTls(test, sink);
        }
    }
    for (const InFile<SenderChecks>& checks : logs.senderChecks)
    {
        if (!IsOfBounce(checks, logs))
        {
            JudgeChecks(checks, sink);
        }
    }
}

} // namespace own_tests

/**
 * What tests show that somebody made of the way to a mail server: connections to ports, traceroutes
 * by TCP, names, block lists, packets of a size, TLS by hand, and what a receiver says of a test
 * mail. One test alone seldom decides; two that differ in one thing do.
 */
extern const Detector OWN_TESTS{own_tests::SIGNATURE,
                                "tests of the way to a server, against one another",
                                {{kinds::INSPECTION, kinds::ROUTES, kinds::MAILBOXES},
                                 {"unreachable", "refused", "blacklist", "intercepted.redirect"}},
                                nullptr,
                                own_tests::Conclude};

} // namespace bouncelab::detectors
