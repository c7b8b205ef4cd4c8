#include "models/mail/mail-queue.h"

#include "formats/endpoint.h"
#include "models/mail/dsn-request.h"
#include "models/mail/message-text.h"
#include "models/mail/qsbmf.h"
#include "models/mail/remote-report.h"
#include "models/mail/report-words.h"

#include <fmt/format.h>

#include <utility>

namespace bouncelab::mail
{

namespace
{

std::string_view
LocalPartOf(std::string_view address)
{
    return address.substr(0, address.rfind('@'));
}

} // namespace

DeliveryReport
MailQueue::ReportOf(DeliveryOutcome outcome,
                    const StatusTexts& verdict,
                    std::string_view recipient,
                    const DeliveryReport& last) const
{
    const auto expand = [&](const std::string& text)
    {
        return ExpandLines(text,
                           [&](std::string& out, std::string_view word)
                           {
                               if (word != "last" && word != "recipient" && word != "local" &&
                                   word != "host")
                               {
                                   return WordKind::Unknown;
                               }
                               out += word == "last"        ? std::string_view(last.text)
                                      : word == "recipient" ? recipient
                                      : word == "local"     ? LocalPartOf(recipient)
                                                            : std::string_view(m_start.hostname);
                               return WordKind::Block;
                           });
    };
    DeliveryReport report;
    report.outcome = outcome;
    report.text = expand(verdict.text);
    report.note = last.note;
    if (!verdict.status.empty())
    {
        report.note.status = verdict.status;
    }
    if (!verdict.diagnostic.empty())
    {
        report.note.ownDiagnostic = expand(verdict.diagnostic);
    }
    return report;
}

/// For a report that returns it.
bool
MailQueue::HasRoomFor(const StoredMessage& message) const
{
    return !m_room || message.content->size() <= m_room();
}

void
MailQueue::TellFailures(SimTime now, StoredMessage& message)
{
    if (!message.last && !message.failures.empty() && !HasRoomFor(message))
    {
        return;
    }
    const std::vector<ReportedRecipient> failures = std::exchange(message.failures, {});
    const bool silent = std::exchange(message.silent, false);
    if (silent || (message.last && !failures.empty()))
    {
        Emit(now, QueueEvent::Kind::BounceDiscarded, &message);
    }
    if (!message.last && !failures.empty())
    {
        InjectReport(now, message, failures);
    }
}

void
MailQueue::TellDelay(SimTime now, Channel channel, StoredMessage& message)
{
    const std::int64_t age = m_clock.ReadSeconds(now) - message.birthSecond;
    if (m_persona.delayNotice.count() <= 0 || message.delayTold || message.last ||
        message.sender.empty() || m_report.format != ReportFormat::Dsn ||
        m_report.delay.text.empty() ||
        age < m_persona.delayNotice.count() / NANOSECONDS_PER_SECOND || !HasRoomFor(message))
    {
        return;
    }
    std::vector<ReportedRecipient> late;
    for (const QueuedRecipient& recipient :
         message.channels[static_cast<std::size_t>(channel)].recipients)
    {
        const bool wasTried = recipient.last.outcome == DeliveryOutcome::Deferral;
        if (!recipient.done && wasTried && WantsReport(recipient.dsn.notify, ReportAction::Delayed))
        {
            late.push_back({recipient.address,
                            recipient.dsn.original,
                            ReportAction::Delayed,
                            recipient.last,
                            recipient.lastTime});
        }
    }
    if (!late.empty())
    {
        message.delayTold = true;
        InjectReport(now, message, late);
    }
}

void
MailQueue::TellSuccesses(SimTime now, StoredMessage& message)
{
    if (!message.successes.empty() && HasRoomFor(message) && !message.sender.empty() &&
        !message.last && m_report.format == ReportFormat::Dsn && !m_report.success.text.empty())
    {
        InjectReport(now, message, message.successes);
    }
}

void
MailQueue::InjectReport(SimTime now,
                        StoredMessage& message,
                        const std::vector<ReportedRecipient>& recipients)
{
    const bool single = !message.sender.empty();
    Submission report;
    report.envelope.sender = single ? std::string() : m_persona.doubleBounceSender;
    report.envelope.recipients.push_back(
        single ? message.sender : fmt::format("{}@{}", m_persona.doubleBounceTo, m_start.hostname));
    if (single && recipients.front().action == ReportAction::Failed &&
        !m_start.reportCopyTo.empty())
    {
        report.envelope.recipients.push_back(m_start.reportCopyTo);
    }
    report.uid = m_persona.bounceUid;
    StoredMessage stored = Open(now, report.uid);
    report.content = std::make_shared<const std::string>(
        ComposeBounce(now, message, stored, report.envelope.recipients.front(), recipients));
    Fill(now, stored, report);
    stored.last = stored.last || !single;
    m_injected.push_back(std::move(stored));

    QueueEvent& event = Emit(now, QueueEvent::Kind::Bounced, &message);
    event.processId = m_injected.back().processId;
    event.bounceSerial = m_injected.back().serial;
    event.recipient = report.envelope.recipients.front();
    event.action = recipients.front().action;
}

std::string
MailQueue::ComposeBounce(SimTime now,
                         const StoredMessage& message,
                         const StoredMessage& bounce,
                         const std::string& addressee,
                         const std::vector<ReportedRecipient>& recipients)
{
    if (m_report.format == ReportFormat::Qsbmf)
    {
        std::string paragraphs;
        for (const ReportedRecipient& recipient : recipients)
        {
            paragraphs += QsbmfParagraph(recipient.address, recipient.last.text);
        }
        const std::string date = QmailDate(m_clock, now);
        QsbmfBounce parts;
        parts.date = date;
        parts.bounceFrom = m_persona.bounceFrom;
        parts.host = m_start.hostname;
        parts.sender = message.sender;
        parts.addressee = addressee;
        parts.paragraphs = paragraphs;
        parts.original = *message.content;
        return ComposeQsbmf(parts);
    }
    Reporter reporter;
    reporter.host = m_start.hostname;
    reporter.domain =
        m_start.localDomains.empty() ? m_start.hostname : m_start.localDomains.front();
    reporter.bounceFrom = m_persona.bounceFrom;
    reporter.addressee = addressee;
    reporter.clock = m_clock;
    reporter.now = now;
    reporter.id = bounce.id;
    reporter.number = bounce.number;
    reporter.processId = bounce.processId;
    ReportedMessage about;
    about.sender = message.sender;
    about.id = message.id;
    about.envelopeId = message.dsn.envelopeId;
    about.returned = message.dsn.returned;
    about.arrived = message.arrived;
    about.expires = message.arrived + m_persona.lifetime;
    about.content = message.content;
    return ComposeReport(m_report,
                         reporter,
                         about,
                         recipients,
                         m_draws.For("report", bounce.serial));
}

std::string
MailQueue::Stamp(SimTime now, const StoredMessage& message, const Submission& submission) const
{
    const auto word = [&](std::string& out, std::string_view name)
    {
        const Arrival arrival = submission.arrival.value_or(Arrival{});
        if (name == "pid")
        {
            out += std::to_string(message.processId);
        }
        else if (name == "how")
        {
            out += submission.uid == m_persona.networkUid ? "from network"
                   : submission.uid == m_persona.bounceUid
                       ? "for bounce"
                       : fmt::format("by uid {}", submission.uid);
        }
        else if (name == "date-qmail")
        {
            out += QmailDate(m_clock, now);
        }
        else if (name == "date")
        {
            out += Rfc5322Date(m_clock, now);
        }
        else if (name == "host")
        {
            out += m_start.hostname;
        }
        else if (name == "id")
        {
            out += message.id;
        }
        else if (name == "number")
        {
            out += std::to_string(message.number);
        }
        else if (name == "helo")
        {
            out += arrival.helo.empty() ? arrival.clientName : arrival.helo;
        }
        else if (name == "client")
        {
            AppendAddress(out, arrival.client);
        }
        else if (name == "client-name")
        {
            out += arrival.clientName;
        }
        else if (name == "protocol")
        {
            out += arrival.protocol;
        }
        else if (name == "recipient")
        {
            out += submission.envelope.recipients.size() == 1
                       ? submission.envelope.recipients.front()
                       : std::string();
        }
        else
        {
            return WordKind::Unknown;
        }
        return WordKind::Value;
    };
    std::string stamp;
    for (const std::string* text : {&m_persona.received, &m_persona.receivedFrom})
    {
        if (!text->empty() && (text == &m_persona.received || submission.arrival))
        {
            stamp += ExpandLines(*text, word);
            stamp += stamp.back() == '\n' ? "" : "\n";
        }
    }
    return stamp;
}

} // namespace bouncelab::mail
