#include "detectors/analysis/mail-tracer.h"

#include "detectors/analysis/refusal.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

/// Whether the later transaction asks for what routing makes of a recipient.
bool
AsksFor(const MailTransaction& later, const Turn& recipient, const std::string& target)
{
    return std::any_of(later.asked.begin(),
                       later.asked.end(),
                       [&](const Turn* turn) {
                           return turn->mailbox == recipient.mailbox ||
                                  RouteOf(turn->mailbox).target == target;
                       });
}

/// Whether the later transaction's recipient still has the route in its local part: no server has
/// followed the route, so the mail still belongs to the same domain.
bool
GoesUnrouted(const MailTransaction& later, const Turn& recipient, const std::string& target)
{
    return recipient.mailbox != target &&
           std::none_of(later.asked.begin(),
                        later.asked.end(),
                        [&](const Turn* turn) { return turn->mailbox == target; });
}

/// Whether a report that both ends show in full is about another message.
bool
ReportsOther(const MailTransaction& report, const MailTransaction& came)
{
    const MailContent* content = report.Content();
    return content && !content->reportedId.empty() && !came.messageId.empty() &&
           content->reportedId != came.messageId;
}

/// A log names a recipient as it was asked for, or as it was routed.
bool
Names(const std::vector<std::string>& list, const std::string& mailbox)
{
    return std::any_of(list.begin(),
                       list.end(),
                       [&](const std::string& item)
                       {
                           const std::string lower = InLowerCase(item);
                           return lower == mailbox || RouteOf(lower).target == mailbox;
                       });
}

} // namespace

MailTracer::MailTracer(const std::vector<MailTransaction>& transactions, const ServerLogs& logs)
{
    for (const MailTransaction& transaction : transactions)
    {
        m_sent[transaction.session->client].push_back(&transaction);
    }
    for (const InFile<TrackedEvent>& event : logs.tracked)
    {
        m_tracked.emplace(event.record.messageId, &event);
        const std::string asked = InLowerCase(event.record.asked);
        if (!asked.empty() && RouteOf(asked).form == RecipientForm::Plain &&
            !Names(event.record.recipients, asked))
        {
            m_aliases.insert(asked);
        }
        if (!event.record.reference.empty())
        {
            m_reports.emplace(event.record.reference, &event);
        }
    }
    for (const InFile<StoredMail>& mail : logs.stored)
    {
        m_stored.emplace(mail.record.messageId, &mail);
    }
}

const std::vector<const MailTransaction*>&
MailTracer::SentBy(HostAddress server) const
{
    static const std::vector<const MailTransaction*> NONE;
    const auto found = m_sent.find(server);
    return found == m_sent.end() ? NONE : found->second;
}

std::vector<const MailTransaction*>
MailTracer::ReportsOn(const MailTransaction& came) const
{
    std::vector<const MailTransaction*> reports;
    if (came.Sender().empty())
    {
        return reports;
    }
    for (const MailTransaction* sent : SentBy(came.session->server))
    {
        const bool asks =
            std::any_of(sent->asked.begin(),
                        sent->asked.end(),
                        [&](const Turn* turn) { return turn->mailbox == came.Sender(); });
        if (sent->Sender().empty() && asks && !ReportsOther(*sent, came) &&
            sent->mail->said.time + SITE_CLOCKS >= came.End())
        {
            reports.push_back(sent);
        }
    }
    return reports;
}

MailOutcome
MailTracer::OutcomeOf(const MailTransaction& came, const Turn& recipient) const
{
    using Kind = MailOutcome::Kind;
    if (!came.IsAccepted())
    {
        return {came.end ? Kind::Refused : Kind::NotSent, nullptr, nullptr, nullptr};
    }
    if (m_aliases.count(recipient.mailbox) > 0)
    {
        return {Kind::Forwarded, nullptr, nullptr, nullptr};
    }
    const std::string target = RouteOf(recipient.mailbox).target;
    MailOutcome inside;
    for (const MailTransaction* sent : SentBy(came.session->server))
    {
        // What nobody has taken yet has not left: the evidence may end, or the next server refuse.
        if (!sent->IsAccepted() || !AsksFor(*sent, recipient, target) || !came.GoesOnIn(*sent))
        {
            continue;
        }
        if (!SiteView::IsNear(sent->session->client, sent->session->server) &&
            !GoesUnrouted(*sent, recipient, target))
        {
            return {Kind::Left, sent, nullptr, nullptr};
        }
        inside = {Kind::Inside, sent, nullptr, nullptr};
    }
    const MailOutcome tracked = TrackedOutcome(came, target);
    if (tracked.kind != Kind::Unknown)
    {
        return tracked;
    }
    if (inside.next)
    {
        return inside;
    }
    const MailOutcome stored = StoredOutcome(came, target);
    if (stored.kind != Kind::Unknown)
    {
        return stored;
    }
    const std::vector<const MailTransaction*> reports = ReportsOn(came);
    return reports.empty() ? MailOutcome{}
                           : MailOutcome{Kind::Returned, reports.front(), nullptr, nullptr};
}

MailOutcome
MailTracer::StoredOutcome(const MailTransaction& came, const std::string& target) const
{
    using Kind = MailOutcome::Kind;
    MailOutcome outcome;
    const auto range = m_stored.equal_range(came.messageId);
    for (auto it = range.first; it != range.second && !came.messageId.empty(); ++it)
    {
        const bool arrived = it->second->record.deliveredTo == target;
        if (arrived || outcome.kind == Kind::Unknown)
        {
            outcome = {arrived ? Kind::Left : Kind::Kept, nullptr, nullptr, it->second};
        }
    }
    return outcome;
}

MailOutcome
MailTracer::TrackedOutcome(const MailTransaction& came, const std::string& target) const
{
    using Kind = MailOutcome::Kind;
    MailOutcome outcome;
    if (came.messageId.empty())
    {
        return outcome;
    }
    const auto events = m_tracked.equal_range(came.messageId);
    for (auto it = events.first; it != events.second; ++it)
    {
        const TrackedEvent& event = it->second->record;
        const bool sends = event.event == "SEND" && event.source == "SMTP";
        if (sends && Names(event.recipients, target) &&
            !(event.server && SiteView::IsNear(came.session->server, *event.server)))
        {
            return {Kind::Left, nullptr, it->second, nullptr};
        }
        if (event.event == "FAIL")
        {
            outcome = {Kind::Returned, nullptr, it->second, nullptr};
        }
        else if (event.event == "DELIVER" && outcome.kind == Kind::Unknown)
        {
            outcome = {Kind::Kept, nullptr, it->second, nullptr};
        }
    }
    const auto reports = m_reports.equal_range(came.messageId);
    if (reports.first != reports.second)
    {
        outcome = {Kind::Returned, nullptr, reports.first->second, nullptr};
    }
    return outcome;
}

} // namespace bouncelab::detectors
