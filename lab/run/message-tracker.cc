#include "lab/run/message-tracker.h"

#include "formats/text.h"
#include "models/connector/message-header.h"

#include <algorithm>
#include <utility>

namespace bouncelab::run
{

namespace
{

using evidence::TrackingEvent;
using evidence::TrackingSource;

constexpr std::string_view NULL_PATH = "<>";
constexpr std::string_view EXPIRED_STATUS = "4.4.7";

/// Which part of the transport gives a recipient up.
TrackingSource
FailureSource(const mail::QueueEvent& event)
{
    if (event.note.status == EXPIRED_STATUS)
    {
        return TrackingSource::Queue;
    }
    if (!event.note.remoteAddress.empty())
    {
        return TrackingSource::Smtp;
    }
    return event.channel == mail::Channel::Local ? TrackingSource::Routing : TrackingSource::Dns;
}

} // namespace

MessageTracker::MessageTracker(std::unique_ptr<evidence::MessageTrackingLog> log,
                               std::string serverName,
                               Ipv4 server)
    : m_log(std::move(log))
    , m_serverName(std::move(serverName))
    , m_server(server)
{
}

void
MessageTracker::OnQueued(const Receipt& receipt, const connector::QueuedEvent& event)
{
    m_bySmtp.insert(event.internalId);
    std::vector<std::string> mailboxes;
    for (const smtp::EnvelopeEntry& recipient : event.envelope->recipients)
    {
        mailboxes.push_back(recipient.path.Mailbox());
    }
    const std::string sender = event.envelope->sender.path.Mailbox();
    evidence::MessageTrackingRecord record;
    record.timeNs = event.time.count();
    record.internalMessageId = event.internalId;
    record.messageId = event.messageId;
    record.clientIp = receipt.connection.client;
    record.clientHostname = receipt.hello;
    record.serverIp = receipt.connection.server;
    record.serverHostname = m_serverName;
    record.sourceContext = receipt.context;
    record.connectorId = receipt.connectorId;
    record.recipients.assign(mailboxes.begin(), mailboxes.end());
    record.totalBytes = event.size;
    record.subject = event.subject;
    record.sender = sender;
    record.returnPath = sender.empty() ? NULL_PATH : std::string_view(sender);
    m_log->Write(record);
}

void
MessageTracker::OnQueueEvent(const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    if (event.kind == Kind::NewMessage)
    {
        const connector::HeaderFacts header = connector::ReadHeader(*event.content, m_serverName);
        Message& message = m_messages[event.serial];
        message.internalId = event.internalId;
        message.arrivedNs = event.timeNs;
        message.messageId = header.messageId;
        message.subject = header.subject;
        return;
    }
    const auto found = m_messages.find(event.serial);
    if (found == m_messages.end())
    {
        return;
    }
    Message& message = found->second;
    if (event.kind == Kind::MessageInfo)
    {
        Arrived(event, message);
    }
    else if (event.kind == Kind::DeliveryResult)
    {
        Ended(event, message);
    }
    else if (event.kind == Kind::Bounced)
    {
        m_reports[event.bounceSerial] = message.messageId;
    }
    else if (event.kind == Kind::EndMessage)
    {
        m_messages.erase(found);
    }
}

void
MessageTracker::Arrived(const mail::QueueEvent& info, Message& message)
{
    message.bytes = info.bytes;
    message.from = info.sender;
    message.returnPath = info.sender.empty() ? NULL_PATH : std::string_view(info.sender);
    const auto report = m_reports.find(info.serial);
    evidence::MessageTrackingRecord record = RecordOf(message, info.timeNs);
    record.recipients.assign(info.recipients.begin(), info.recipients.end());
    if (report != m_reports.end())
    {
        record.source = TrackingSource::Dsn;
        record.event = TrackingEvent::Dsn;
        record.reference = report->second;
        m_log->Write(record);
        m_reports.erase(report);
    }
    else if (m_bySmtp.erase(message.internalId) == 0)
    {
        record.source = TrackingSource::StoreDriver;
        record.clientIp = m_server;
        record.clientHostname = m_serverName;
        m_log->Write(record);
    }
}

void
MessageTracker::Ended(const mail::QueueEvent& event, const Message& message)
{
    const std::string status = OneLine(TrimEnd(event.text, "\r\n"));
    const bool isRemote = !event.note.remoteAddress.empty();
    std::string arrived;
    evidence::MessageTrackingRecord record = RecordOf(message, event.timeNs);
    record.recipients = {event.recipient};
    record.recipientStatus = {status};
    if (isRemote)
    {
        record.clientIp = m_server;
        record.clientHostname = m_serverName;
        record.serverIp = Ipv4::Parse(event.note.remoteAddress);
        record.serverHostname = event.note.remoteName;
    }
    switch (event.outcome)
    {
    case mail::Outcome::Success:
        record.source = isRemote ? TrackingSource::Smtp : TrackingSource::StoreDriver;
        record.event = isRemote ? TrackingEvent::Send : TrackingEvent::Deliver;
        if (!isRemote)
        {
            record.recipientStatus.clear();
        }
        arrived = m_log->StampOf(message.arrivedNs);
        record.messageInfo = arrived;
        break;
    case mail::Outcome::Deferral:
        record.source = event.channel == mail::Channel::Local ? TrackingSource::StoreDriver
                                                              : TrackingSource::Smtp;
        record.event = TrackingEvent::Defer;
        break;
    case mail::Outcome::Failure:
        record.source = FailureSource(event);
        record.event = TrackingEvent::Fail;
        break;
    }
    m_log->Write(record);
}

evidence::MessageTrackingRecord
MessageTracker::RecordOf(const Message& message, std::int64_t timeNs) const
{
    evidence::MessageTrackingRecord record;
    record.timeNs = timeNs;
    record.internalMessageId = message.internalId;
    record.messageId = message.messageId;
    record.serverIp = m_server;
    record.serverHostname = m_serverName;
    record.totalBytes = message.bytes;
    record.subject = message.subject;
    record.sender = message.from;
    record.returnPath = message.returnPath;
    return record;
}

} // namespace bouncelab::run
