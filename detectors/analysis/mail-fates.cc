#include "detectors/analysis/mail-fates.h"

#include "detectors/analysis/refusal.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

/// Whether the later passage asks for what routing makes of a recipient.
bool
AsksFor(const Passage& later, const Turn& recipient, const std::string& target)
{
    return std::any_of(later.asked.begin(),
                       later.asked.end(),
                       [&](const Turn* turn) {
                           return turn->mailbox == recipient.mailbox ||
                                  RouteOf(turn->mailbox).target == target;
                       });
}

/// Whether the later passage's recipient still has the route in its local part: no server has
/// followed the route, so the mail still belongs to the same domain.
bool
GoesUnrouted(const Passage& later, const Turn& recipient, const std::string& target)
{
    return recipient.mailbox != target &&
           std::none_of(later.asked.begin(),
                        later.asked.end(),
                        [&](const Turn* turn) { return turn->mailbox == target; });
}

/// Whether a report that both ends show in full is about another message.
bool
ReportsOther(const Passage& report, const Passage& came)
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

MailFates::MailFates(const std::vector<Passage>& passages, const ServerLogs& logs)
{
    for (const Passage& passage : passages)
    {
        m_sent[passage.talk->client].push_back(&passage);
    }
    for (const Filed<TrackedEvent>& event : logs.tracked)
    {
        m_tracked.emplace(event.record.messageId, &event);
        if (!event.record.reference.empty())
        {
            m_reports.emplace(event.record.reference, &event);
        }
    }
    for (const Filed<StoredMail>& mail : logs.stored)
    {
        m_stored.emplace(mail.record.messageId, &mail);
    }
}

const std::vector<const Passage*>&
MailFates::SentBy(Ipv4 server) const
{
    static const std::vector<const Passage*> NONE;
    const auto found = m_sent.find(server);
    return found == m_sent.end() ? NONE : found->second;
}

std::vector<const Passage*>
MailFates::ReportsOn(const Passage& came) const
{
    std::vector<const Passage*> reports;
    if (came.Sender().empty())
    {
        return reports;
    }
    for (const Passage* sent : SentBy(came.talk->server))
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

MailFate
MailFates::FateOf(const Passage& came, const Turn& recipient) const
{
    using Kind = MailFate::Kind;
    if (!came.IsAccepted())
    {
        return {came.end ? Kind::Refused : Kind::NotSent, nullptr, nullptr, nullptr};
    }
    const std::string target = RouteOf(recipient.mailbox).target;
    MailFate inside;
    for (const Passage* sent : SentBy(came.talk->server))
    {
        if (!AsksFor(*sent, recipient, target) || !came.GoesOnIn(*sent))
        {
            continue;
        }
        if (!SiteView::IsNear(sent->talk->client, sent->talk->server) &&
            !GoesUnrouted(*sent, recipient, target))
        {
            return {Kind::Left, sent, nullptr, nullptr};
        }
        inside = {Kind::Inside, sent, nullptr, nullptr};
    }
    const MailFate tracked = TrackedFate(came, target);
    if (tracked.kind != Kind::Unknown)
    {
        return tracked;
    }
    if (inside.next)
    {
        return inside;
    }
    const MailFate stored = StoredFate(came, target);
    if (stored.kind != Kind::Unknown)
    {
        return stored;
    }
    const std::vector<const Passage*> reports = ReportsOn(came);
    return reports.empty() ? MailFate{}
                           : MailFate{Kind::Returned, reports.front(), nullptr, nullptr};
}

MailFate
MailFates::StoredFate(const Passage& came, const std::string& target) const
{
    using Kind = MailFate::Kind;
    MailFate fate;
    const auto range = m_stored.equal_range(came.messageId);
    for (auto it = range.first; it != range.second && !came.messageId.empty(); ++it)
    {
        const bool arrived = it->second->record.deliveredTo == target;
        if (arrived || fate.kind == Kind::Unknown)
        {
            fate = {arrived ? Kind::Left : Kind::Kept, nullptr, nullptr, it->second};
        }
    }
    return fate;
}

MailFate
MailFates::TrackedFate(const Passage& came, const std::string& target) const
{
    using Kind = MailFate::Kind;
    MailFate fate;
    if (came.messageId.empty())
    {
        return fate;
    }
    const auto events = m_tracked.equal_range(came.messageId);
    for (auto it = events.first; it != events.second; ++it)
    {
        const TrackedEvent& event = it->second->record;
        const bool sends = event.event == "SEND" && event.source == "SMTP";
        if (sends && Names(event.recipients, target) &&
            !(event.server && SiteView::IsNear(came.talk->server, *event.server)))
        {
            return {Kind::Left, nullptr, it->second, nullptr};
        }
        if (event.event == "FAIL")
        {
            fate = {Kind::Returned, nullptr, it->second, nullptr};
        }
        else if (event.event == "DELIVER" && fate.kind == Kind::Unknown)
        {
            fate = {Kind::Kept, nullptr, it->second, nullptr};
        }
    }
    const auto reports = m_reports.equal_range(came.messageId);
    if (reports.first != reports.second)
    {
        fate = {Kind::Returned, nullptr, reports.first->second, nullptr};
    }
    return fate;
}

} // namespace bouncelab::detectors
