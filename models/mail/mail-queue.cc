#include "models/mail/mail-queue.h"

#include "formats/queue-id.h"
#include "formats/text.h"
#include "models/mail/dsn-request.h"
#include "models/mail/retry-schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace bouncelab::mail
{

namespace
{

constexpr std::uint32_t LAST_PROCESS_ID = 99999;
constexpr std::uint32_t PROCESS_ID_STEP = 7;
constexpr std::string_view DOUBLE_BOUNCE_SENDER = "#@[]"; // qmail's, wherever it comes from.

constexpr std::size_t
Index(Channel channel)
{
    return static_cast<std::size_t>(channel);
}

constexpr Channel
Other(Channel channel)
{
    return channel == Channel::Local ? Channel::Remote : Channel::Local;
}

} // namespace

MailQueue::MailQueue(const QueuePersona& persona,
                     const QueueStart& start,
                     const HostClock& clock,
                     std::uint64_t seed,
                     std::string_view name,
                     const ReportPersona& report)
    : m_persona(persona)
    , m_start(start)
    , m_clock(clock)
    , m_report(report)
    , m_draws(seed, name)
    , m_nextNumber(start.firstMessage.value_or(m_draws("first-message").Between(20000, 900000)))
    , m_nextDelivery(start.firstDelivery.value_or(m_draws("first-delivery").Between(1, 200000)))
    , m_nextProcessId(start.firstProcessId.value_or(
          static_cast<std::uint32_t>(m_draws("first-process").Between(1000, 32000))))
{
}

std::uint64_t
MailQueue::Submit(SimTime now, const Submission& submission)
{
    StoredMessage message = Enqueue(now, submission);
    const std::uint64_t serial = message.serial;
    Announce(now, std::move(message));
    Run(now);
    return serial;
}

void
MailQueue::Finish(SimTime now, std::uint64_t delivery, const DeliveryReport& report)
{
    const auto found = m_running.find(delivery);
    if (found == m_running.end())
    {
        throw std::logic_error(fmt::format("delivery {} is not under way", delivery));
    }
    const RunningDelivery running = found->second;
    m_running.erase(found);
    StoredMessage& message = m_messages.at(running.message);
    ChannelState& state = message.channels[Index(running.channel)];
    QueuedRecipient& recipient = state.recipients[running.recipient];

    const bool tooOld = report.outcome == DeliveryOutcome::Deferral && state.dying;
    const DeliveryReport end =
        tooOld ? ReportOf(DeliveryOutcome::Failure, m_persona.expired, recipient.address, report)
               : report;
    QueueEvent& event = Emit(now, QueueEvent::Kind::DeliveryResult, &message);
    event.delivery = delivery;
    event.channel = running.channel;
    event.recipient = recipient.address;
    event.outcome = end.outcome;
    event.text = end.text;
    event.unconfirmed = report.unconfirmed;
    event.client = report.client;
    event.server = report.server;
    event.note = end.note;
    event.asked = recipient.asked;
    Settle(now, message, running.channel, recipient, end);
    --state.inFlight;
    if (state.inFlight == 0 && !state.passing)
    {
        EndPass(now, running.channel, message);
    }
    --m_used[Index(running.channel)];
    EmitStatus(now);
    Run(now);
}

void
MailQueue::Advance(SimTime now)
{
    Run(now);
}

void
MailQueue::RetryNow(SimTime now, std::string_view domain)
{
    MakeDue(now, domain);
    Run(now);
}

void
MailQueue::MakeDue(SimTime now, std::string_view domain)
{
    const auto isMeant = [domain](const QueuedRecipient& recipient)
    { return !recipient.done && EqualIgnoringCase(recipient.domain, domain); };
    const std::int64_t second = m_clock.ReadSeconds(now);
    for (const Channel channel : {Channel::Local, Channel::Remote})
    {
        Due due;
        for (const auto& [at, number] : m_due[Index(channel)])
        {
            const auto& recipients = m_messages.at(number).channels[Index(channel)].recipients;
            const bool isNow =
                domain.empty() || (channel == Channel::Remote &&
                                   std::any_of(recipients.begin(), recipients.end(), isMeant));
            due.emplace(isNow ? std::min(at, second) : at, number);
        }
        m_due[Index(channel)] = std::move(due);
    }
}

std::optional<SimTime>
MailQueue::NextWake() const
{
    std::optional<std::int64_t> earliest;
    if (!m_unreported.empty())
    {
        earliest = m_unreported.begin()->first;
    }
    for (const std::size_t channel : {0, 1})
    {
        if (!m_passing[channel] && !m_due[channel].empty())
        {
            const std::int64_t second = m_due[channel].begin()->first;
            earliest = earliest ? std::min(*earliest, second) : second;
        }
    }
    if (!earliest)
    {
        return std::nullopt;
    }
    // qmail-send sleeps whole seconds from where it stands, and one more against busy loops.
    const std::int64_t wait = std::max<std::int64_t>(*earliest - m_clock.ReadSeconds(m_lastRun), 0);
    return m_lastRun + std::chrono::seconds(wait + 1);
}

std::optional<DeliveryOrder>
MailQueue::TakeOrder()
{
    if (m_orders.empty())
    {
        return std::nullopt;
    }
    DeliveryOrder order = std::move(m_orders.front());
    m_orders.pop_front();
    return order;
}

std::optional<QueueEvent>
MailQueue::TakeEvent()
{
    if (m_events.empty())
    {
        return std::nullopt;
    }
    QueueEvent event = std::move(m_events.front());
    m_events.pop_front();
    return event;
}

bool
MailQueue::IsLocal(std::string_view recipient) const
{
    const std::size_t at = recipient.rfind('@');
    if (at == std::string_view::npos)
    {
        return true;
    }
    return std::any_of(m_start.localDomains.begin(),
                       m_start.localDomains.end(),
                       [domain = recipient.substr(at + 1)](const std::string& local)
                       { return EqualIgnoringCase(local, domain); });
}

void
MailQueue::Run(SimTime now)
{
    m_lastRun = now;
    bool again = true;
    while (again)
    {
        again = false;
        if (!m_injected.empty())
        {
            StoredMessage bounce = std::move(m_injected.front());
            m_injected.pop_front();
            Announce(now, std::move(bounce));
            again = true;
        }
        again |= RunPass(now, Channel::Local);
        again |= RunPass(now, Channel::Remote);
        const std::int64_t second = m_clock.ReadSeconds(now);
        if (!m_unreported.empty() && m_unreported.begin()->first <= second)
        {
            m_ended.push_back(m_unreported.begin()->second);
            m_unreported.erase(m_unreported.begin());
        }
        if (!m_ended.empty())
        {
            const auto found = m_messages.find(m_ended.front());
            m_ended.erase(m_ended.begin());
            if (EndMessage(now, found->second))
            {
                Remove(found);
            }
            else
            {
                m_unreported.emplace(second +
                                         m_persona.reportRetry.count() / NANOSECONDS_PER_SECOND,
                                     found->first);
            }
            again = true;
        }
    }
}

bool
MailQueue::RunPass(SimTime now, Channel channel)
{
    auto& passing = m_passing[Index(channel)];
    if (!passing)
    {
        Due& due = m_due[Index(channel)];
        const std::int64_t second = m_clock.ReadSeconds(now);
        if (due.empty() || due.begin()->first > second)
        {
            return false;
        }
        passing = due.begin()->second;
        due.erase(due.begin());
        StoredMessage& message = m_messages.at(*passing);
        ChannelState& state = message.channels[Index(channel)];
        state.passing = true;
        state.position = 0;
        state.dying =
            second > message.birthSecond + m_persona.lifetime.count() / NANOSECONDS_PER_SECOND;
        ++state.passes;
        state.retrySecond =
            NextAttemptSecond(m_persona,
                              RetryPoint{channel, message.birthSecond, second, state.passes});
    }
    const std::uint32_t limit =
        channel == Channel::Local ? m_persona.localConcurrency : m_persona.remoteConcurrency;
    if (m_used[Index(channel)] >= limit)
    {
        return false;
    }
    StoredMessage& message = m_messages.at(*passing);
    ChannelState& state = message.channels[Index(channel)];
    while (state.position < state.recipients.size() && state.recipients[state.position].done)
    {
        ++state.position;
    }
    if (state.position < state.recipients.size())
    {
        StartDelivery(now, channel, message);
        ++state.position;
    }
    else
    {
        state.passing = false;
        passing.reset();
        if (state.inFlight == 0)
        {
            EndPass(now, channel, message);
        }
    }
    return true;
}

void
MailQueue::StartDelivery(SimTime now, Channel channel, StoredMessage& message)
{
    ChannelState& state = message.channels[Index(channel)];
    const std::uint64_t delivery = m_nextDelivery++;
    m_running.emplace(delivery, RunningDelivery{message.number, channel, state.position});
    ++state.inFlight;
    ++m_used[Index(channel)];
    TakeProcessId();

    DeliveryOrder order;
    order.delivery = delivery;
    order.message = message.number;
    order.serial = message.serial;
    order.channel = channel;
    order.sender = message.sender;
    const QueuedRecipient& recipient = state.recipients[state.position];
    order.recipient = recipient.address;
    order.domain = recipient.domain;
    order.content = message.content;
    order.dsn.envelopeId = message.dsn.envelopeId;
    order.dsn.returned = message.dsn.returned;
    order.dsn.recipients = {recipient.dsn};
    QueueEvent& event = Emit(now, QueueEvent::Kind::DeliveryStart, &message);
    event.delivery = delivery;
    event.channel = channel;
    event.recipient = order.recipient;
    m_orders.push_back(std::move(order));
    EmitStatus(now);
}

void
MailQueue::EndPass(SimTime now, Channel channel, StoredMessage& message)
{
    ChannelState& state = message.channels[Index(channel)];
    const ChannelState& other = message.channels[Index(Other(channel))];
    if (m_persona.bounceTime == BounceTime::AfterPass && !other.passing && other.inFlight == 0)
    {
        TellFailures(now, message);
    }
    if (state.left > 0)
    {
        TellDelay(now, channel, message);
        m_due[Index(channel)].emplace(state.retrySecond, message.number);
        return;
    }
    state.closed = true;
    if (other.closed)
    {
        m_ended.push_back(message.number);
    }
}

void
MailQueue::Settle(SimTime now,
                  StoredMessage& message,
                  Channel channel,
                  QueuedRecipient& recipient,
                  const DeliveryReport& report)
{
    recipient.last = report;
    recipient.lastTime = now;
    if (report.outcome == DeliveryOutcome::Deferral)
    {
        return;
    }
    recipient.done = true;
    --message.channels[Index(channel)].left;
    ReportedRecipient told{recipient.address,
                           recipient.dsn.original,
                           ReportAction::Failed,
                           report,
                           now};
    if (report.outcome == DeliveryOutcome::Failure)
    {
        if (WantsReport(recipient.dsn.notify, ReportAction::Failed))
        {
            message.failures.push_back(std::move(told));
        }
        else
        {
            message.silent = true;
        }
    }
    else if (!report.note.passedOn && WantsReport(recipient.dsn.notify, ReportAction::Delivered))
    {
        told.action = channel == Channel::Local ? ReportAction::Delivered : ReportAction::Relayed;
        message.successes.push_back(std::move(told));
    }
}

/// \return whether it is over; else the disk has no room for a report.
bool
MailQueue::EndMessage(SimTime now, StoredMessage& message)
{
    TellFailures(now, message);
    if (!message.failures.empty())
    {
        return false;
    }
    TellSuccesses(now, message);
    Emit(now, QueueEvent::Kind::EndMessage, &message);
    return true;
}

Route
MailQueue::RouteOf(std::string_view recipient) const
{
    if (m_router)
    {
        return m_router(recipient);
    }
    Route route;
    route.channel = IsLocal(recipient) ? Channel::Local : Channel::Remote;
    route.address = recipient;
    const std::size_t at = recipient.rfind('@');
    route.domain = at == std::string_view::npos ? std::string_view() : recipient.substr(at + 1);
    return route;
}

MailQueue::StoredMessage
MailQueue::Open(SimTime now, std::uint32_t uid)
{
    StoredMessage message;
    message.number = TakeNumber();
    message.serial = ++m_serials;
    message.birthSecond = m_clock.ReadSeconds(now);
    message.arrived = now;
    message.processId = TakeProcessId();
    message.uid = uid;
    message.id = QueueIdOf(m_persona.queueId,
                           message.number,
                           message.processId,
                           m_clock.Read(now),
                           m_clock.zoneSeconds);
    return message;
}

void
MailQueue::Fill(SimTime now, StoredMessage& message, const Submission& submission)
{
    message.sender = submission.envelope.sender;
    message.last = message.sender == DOUBLE_BOUNCE_SENDER ||
                   (message.sender.empty() && m_persona.doubleBounceTo.empty());
    message.dsn = submission.envelope.dsn;
    const bool looping =
        m_persona.hopLimit > 0 && CountReceived(*submission.content) > m_persona.hopLimit;
    const std::string stamp = Stamp(now, message, submission);
    message.content = stamp.empty()
                          ? submission.content
                          : std::make_shared<const std::string>(stamp + *submission.content);
    for (std::size_t i = 0; i < submission.envelope.recipients.size(); ++i)
    {
        Route route = RouteOf(submission.envelope.recipients[i]);
        QueuedRecipient recipient;
        recipient.address = std::move(route.address);
        recipient.asked = submission.envelope.recipients[i];
        recipient.domain = std::move(route.domain);
        if (i < message.dsn.recipients.size())
        {
            recipient.dsn = message.dsn.recipients[i];
        }
        if (looping || route.loops)
        {
            recipient.last = ReportOf(DeliveryOutcome::Failure,
                                      looping ? m_persona.tooManyHops : m_persona.loop,
                                      recipient.address);
            message.refused = true;
        }
        message.channels[Index(route.channel)].recipients.push_back(std::move(recipient));
    }
    for (ChannelState& state : message.channels)
    {
        state.left = state.recipients.size();
        state.closed = state.left == 0;
    }
}

const std::string&
MailQueue::NameNext(SimTime now)
{
    if (!m_named)
    {
        m_named = Open(now, 0);
    }
    return m_named->id;
}

MailQueue::StoredMessage
MailQueue::Enqueue(SimTime now, const Submission& submission)
{
    StoredMessage message = m_named ? std::move(*m_named) : Open(now, submission.uid);
    m_named.reset();
    message.uid = submission.uid;
    Fill(now, message, submission);
    return message;
}

void
MailQueue::RefuseAtOnce(SimTime now, StoredMessage& message)
{
    for (const Channel channel : {Channel::Local, Channel::Remote})
    {
        ChannelState& state = message.channels[Index(channel)];
        for (QueuedRecipient& recipient : state.recipients)
        {
            if (recipient.last.outcome != DeliveryOutcome::Failure)
            {
                continue;
            }
            QueueEvent& event = Emit(now, QueueEvent::Kind::DeliveryResult, &message);
            event.channel = channel;
            event.recipient = recipient.address;
            event.outcome = DeliveryOutcome::Failure;
            event.text = recipient.last.text;
            event.note = recipient.last.note;
            event.asked = recipient.asked;
            const DeliveryReport refusal = recipient.last;
            Settle(now, message, channel, recipient, refusal);
        }
        state.closed = state.left == 0;
    }
}

void
MailQueue::Announce(SimTime now, StoredMessage&& message)
{
    const std::uint64_t number = message.number;
    StoredMessage& stored = m_messages.emplace(number, std::move(message)).first->second;
    m_octets += stored.content->size();
    Emit(now, QueueEvent::Kind::NewMessage, &stored).content = stored.content;
    QueueEvent& info = Emit(now, QueueEvent::Kind::MessageInfo, &stored);
    info.bytes = stored.content->size();
    info.sender = stored.sender;
    info.processId = stored.processId;
    info.uid = stored.uid;
    for (const ChannelState& state : stored.channels)
    {
        for (const QueuedRecipient& recipient : state.recipients)
        {
            info.recipients.push_back(recipient.address);
        }
    }
    if (stored.refused)
    {
        RefuseAtOnce(now, stored);
    }
    bool any = false;
    for (const Channel channel : {Channel::Local, Channel::Remote})
    {
        if (!stored.channels[Index(channel)].closed)
        {
            m_due[Index(channel)].emplace(m_clock.ReadSeconds(now), number);
            any = true;
        }
    }
    if (!any)
    {
        m_ended.push_back(number);
    }
}

std::uint64_t
MailQueue::TakeNumber()
{
    if (m_freeNumbers.empty())
    {
        return m_nextNumber++;
    }
    const std::uint64_t number = *m_freeNumbers.begin();
    m_freeNumbers.erase(m_freeNumbers.begin());
    return number;
}

std::uint32_t
MailQueue::TakeProcessId()
{
    const std::uint32_t id = m_nextProcessId;
    ++m_processes;
    m_nextProcessId +=
        1 + static_cast<std::uint32_t>(m_draws("process", m_processes).Below(PROCESS_ID_STEP));
    if (m_nextProcessId > LAST_PROCESS_ID)
    {
        m_nextProcessId -= LAST_PROCESS_ID - 100;
    }
    return id;
}

QueueEvent&
MailQueue::Emit(SimTime now, QueueEvent::Kind kind, const StoredMessage* message)
{
    QueueEvent& event = m_events.emplace_back();
    event.kind = kind;
    event.time = now;
    if (message)
    {
        event.message = message->number;
        event.serial = message->serial;
        event.id = message->id;
    }
    return event;
}

void
MailQueue::EmitStatus(SimTime now)
{
    QueueEvent& event = Emit(now, QueueEvent::Kind::Status, nullptr);
    event.localUsed = m_used[Index(Channel::Local)];
    event.localLimit = m_persona.localConcurrency;
    event.remoteUsed = m_used[Index(Channel::Remote)];
    event.remoteLimit = m_persona.remoteConcurrency;
}

} // namespace bouncelab::mail
