#include "detectors/analysis/greylisted-attempts.h"

#include "detectors/analysis/reply-reason.h"
#include "detectors/analysis/reply-text.h"
#include "detectors/analysis/smtp-session.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/readers/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

namespace bouncelab::detectors
{

void
GreylistedAttempts::Add(const InFile<ReportedReply>& refusal)
{
    const ReportedReply& reply = refusal.record;
    const std::string_view reason = ReasonOf(reply).dottedClass;
    if (reply.Class() != 4 || (reason != GREYLISTED && reason != "deferred.busy"))
    {
        return;
    }
    // Without its Message-ID, bounces and whom a server has trouble with are anybody's.
    const bool isOne = !reply.sender.empty() && !reply.recipient.empty() && reason == GREYLISTED;
    if (!reply.messageId.empty() || isOne)
    {
        m_attempts[reply.messageId.empty() ? reply.sender + "\n" + reply.recipient
                                           : reply.messageId]
            .push_back(&refusal);
    }
}

bool
GreylistedAttempts::IsOneMessage(const Attempts& attempts)
{
    constexpr std::chrono::hours LONGEST(4);
    const ReportedReply& first = attempts.front()->record;
    const auto helo = [](const ReportedReply& reply)
    {
        const auto name = scan::After(reply.text, "helo=<");
        return name ? name->substr(0, name->find('>')) : std::string_view();
    };
    const auto agree = [](std::string_view a, std::string_view b)
    { return a.find('.') != a.npos && b.find('.') != b.npos && SameOrganization(a, b); };
    std::optional<WallTime> before = first.time;
    for (const InFile<ReportedReply>* attempt : attempts)
    {
        const ReportedReply& reply = attempt->record;
        const bool isLate = before && reply.time && *reply.time - *before > LONGEST;
        if (isLate || (!agree(first.host, reply.host) && !agree(helo(first), helo(reply)) &&
                       !first.address.IsNeighborOf(reply.address)))
        {
            return false;
        }
        before = reply.time;
    }
    return true;
}

void
GreylistedAttempts::Judge(const AlertRule& rule, AlertSink& sink) const
{
    for (const auto& [message, attempts] : m_attempts)
    {
        std::set<HostAddress> addresses;
        for (const InFile<ReportedReply>* attempt : attempts)
        {
            addresses.insert(attempt->record.address);
        }
        const ReportedReply& first = attempts.front()->record;
        const ReportedReply& last = attempts.back()->record;
        if (attempts.size() < 2 || addresses.size() < 2 ||
            (first.messageId.empty() && !IsOneMessage(attempts)))
        {
            continue;
        }
        TextFinding finding;
        finding.dottedClass = GREYLISTED;
        finding.score = 0.85;
        finding.time = first.time.value_or(WallTime());
        finding.source = first.address;
        for (const InFile<ReportedReply>* attempt : attempts)
        {
            finding.lines.push_back({attempt->file, attempt->record.line, attempt->record.text});
        }
        std::vector<std::string> names;
        for (const HostAddress& address : addresses)
        {
            names.push_back(address.ToString());
        }
        names.resize(std::min<std::size_t>(names.size(), 4));
        const std::int64_t minutes =
            first.time && last.time ? (*last.time - *first.time).count() / 60000000000 : 0;
        finding.explanation = fmt::format(
            "One message ({}) was tried {} times in {} minutes from {} addresses ({}), and put off "
            "each time with {} (lines {} to {}): greylisting that goes by the address takes each "
            "attempt for a new sender, and never lets the message in.",
            first.messageId.empty() ? first.sender : first.messageId,
            attempts.size(),
            minutes,
            addresses.size(),
            Enumerate(names),
            Quote(first),
            first.line,
            last.line);
        finding.side = "the receiver's: its greylist; the sender does nothing wrong";
        finding.next = "let the greylist go by the network (/24, /64) or the name, or except this "
                       "provider; the log of the following attempts shows whether it passes";
        sink.Add(MakeTextAlert(finding, rule));
    }
}

} // namespace bouncelab::detectors
