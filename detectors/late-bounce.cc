#include "detectors/analysis/smtp-session.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <map>

namespace bouncelab::detectors
{

namespace late_bounce
{

constexpr AlertRule SIGNATURE{"late-bounce", 1100125, "BOUNCELAB accepted, then reported on"};

using Tracked = InFile<TrackedEvent>;

/// What a log tells of one message.
struct MessageCourse
{
    const Tracked* received = nullptr;
    const Tracked* failed = nullptr; //!< Here, after it was accepted.
    const Tracked* sent = nullptr;
};

bool
IsUnknownUser(const TrackedEvent& event)
{
    return !event.statuses.empty() && (event.statuses.front().find("5.1.1") != std::string::npos ||
                                       event.statuses.front().find("nknown") != std::string::npos ||
                                       event.statuses.front().find("exist") != std::string::npos);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    std::map<std::string, MessageCourse> courses;
    for (const Tracked& event : analysis.GetContext().logs.tracked)
    {
        MessageCourse& course = courses[event.record.internalId];
        const TrackedEvent& record = event.record;
        course.received = record.event == "RECEIVE" ? &event : course.received;
        course.failed = record.event == "FAIL" ? &event : course.failed;
        course.sent = record.event == "SEND" ? &event : course.sent;
    }
    std::vector<std::pair<const MessageCourse*, const MessageCourse*>> reported;
    for (const auto& [id, report] : courses)
    {
        const auto about = !report.received || report.received->record.reference.empty()
                               ? courses.end()
                               : courses.find(report.received->record.reference);
        if (about == courses.end() || !report.sent || !about->second.received ||
            !about->second.failed || !about->second.received->record.client ||
            about->second.received->record.sender.empty())
        {
            continue;
        }
        const TrackedEvent& came = about->second.received->record;
        const bool isOwn = SameOrganization(DomainOf(came.sender), came.clientName);
        if (!isOwn && IsUnknownUser(about->second.failed->record))
        {
            reported.emplace_back(&about->second, &report);
        }
    }
    if (reported.empty())
    {
        return;
    }
    const auto& [about, report] = reported.front();
    TextFinding finding;
    finding.dottedClass = "backscatter.ndr";
    finding.score = 0.7;
    finding.time = report->sent->record.time;
    finding.source = about->received->record.client.value_or(HostAddress());
    for (const Tracked* event : {about->failed, about->received, report->received, report->sent})
    {
        finding.lines.push_back({event->file, event->record.line, event->record.text});
    }
    finding.explanation = fmt::format(
        "{} message{} from a client that is not the sender's ({}, in the name of {}) {} accepted "
        "and "
        "then refused inside, for the recipient does not exist (line {}); the report left to {} "
        "(line {}), who sent nothing. The refusal comes after the acceptance: that is the "
        "mechanism "
        "of backscatter.",
        reported.size(),
        reported.size() == 1 ? "" : "s",
        about->received->record.clientName,
        about->received->record.sender,
        reported.size() == 1 ? "was" : "were",
        about->failed->record.line,
        report->sent->record.recipients.front(),
        report->sent->record.line);
    finding.side = "the own server's: it accepts mail for recipients that do not exist";
    finding.next =
        "check recipients at RCPT (reject_unverified_recipient, relay_recipient_maps); a "
        "day's log for the scale, for a few messages are no flood";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

} // namespace late_bounce

/**
 * Mail that a server accepts from a stranger, refuses inside because the recipient does not exist,
 * and reports to the sender that it claims: the mechanism of backscatter, told by one log line by
 * line. How much of it there is, the backscatter detector judges.
 */
extern const Detector LATE_BOUNCE{
    late_bounce::SIGNATURE,
    "reports on mail that was accepted for recipients that do not exist",
    {{kinds::TRACKING_LOG}, {"backscatter"}},
    nullptr,
    late_bounce::Conclude};

} // namespace bouncelab::detectors
