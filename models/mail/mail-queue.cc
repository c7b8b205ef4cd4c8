#include "models/mail/mail-queue.h"

#include "models/mail/message-text.h"
#include "models/mail/qsbmf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace bouncelab::mail
{

namespace
{

constexpr std::uint32_t LAST_PROCESS_ID = 99999;
constexpr std::uint32_t PROCESS_ID_STEP = 7;
constexpr std::string_view DOUBLE_BOUNCE_SENDER = "#@[]";
constexpr std::string_view TOO_OLD =
    "I'm not going to try again; this message has been in the queue too long.\n";

constexpr std::size_t Index(Channel channel)
{
    return static_cast<std::size_t>(channel);
}

constexpr Channel Other(Channel channel)
{
    return channel == Channel::Local ? Channel::Remote : Channel::Local;
}

/// The largest y with y * y <= x.
std::int64_t IntegerSquareRoot(std::int64_t x)
{
    std::int64_t root = 0;
    for (std::int64_t bit = std::int64_t{1} << 30; bit > 0; bit >>= 1)
    {
        if ((root + bit) * (root + bit) <= x)
        {
            root += bit;
        }
    }
    return root;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(),
                      a.end(),
                      b.begin(),
                      b.end(),
                      [](char x, char y)
                      {
                          return std::tolower(static_cast<unsigned char>(x)) ==
                                 std::tolower(static_cast<unsigned char>(y));
                      });
}

} // namespace

MailQueue::MailQueue(const QueuePersona& persona,
                     const QueueStart& start,
                     const HostClock& clock,
                     std::uint64_t seed,
                     std::string_view name)
    : m_persona(persona)
    , m_start(start)
    , m_clock(clock)
    , m_random(seed, name)
    , m_nextNumber(start.firstMessage)
    , m_nextDelivery(start.firstDelivery)
    , m_nextProcessId(start.firstProcessId)
{
}

std::uint64_t MailQueue::Submit(std::int64_t now, const Submission& submission)
{
    StoredMessage message = Enqueue(now, submission);
    const std::uint64_t serial = message.serial;
    Announce(now, std::move(message));
    Run(now);
    return serial;
}

void MailQueue::Finish(std::int64_t now, std::uint64_t delivery, const DeliveryReport& report)
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
    Recipient& recipient = state.recipients[running.recipient];

    QueueEvent& event = Emit(now, QueueEvent::Kind::DeliveryResult, &message);
    event.delivery = delivery;
    event.channel = running.channel;
    event.recipient = recipient.address;
    event.outcome = report.outcome;
    event.text = report.text;
    if (report.outcome == Outcome::Deferral && state.dying)
    {
        event.outcome = Outcome::Failure;
        event.text += TOO_OLD;
    }
    if (event.outcome == Outcome::Failure)
    {
        message.bounceText += QsbmfParagraph(recipient.address, event.text);
    }
    if (event.outcome != Outcome::Deferral)
    {
        recipient.done = true;
        --state.left;
    }
    --state.inFlight;
    if (state.inFlight == 0 && !state.passing)
    {
        EndPass(running.channel, message);
    }
    --m_used[Index(running.channel)];
    EmitStatus(now);
    Run(now);
}

void MailQueue::Advance(std::int64_t now)
{
    Run(now);
}

std::optional<std::int64_t> MailQueue::NextWake() const
{
    std::optional<std::int64_t> earliest;
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
    return m_lastRun + (wait + 1) * NANOSECONDS_PER_SECOND;
}

std::optional<DeliveryOrder> MailQueue::TakeOrder()
{
    if (m_orders.empty())
    {
        return std::nullopt;
    }
    DeliveryOrder order = std::move(m_orders.front());
    m_orders.pop_front();
    return order;
}

std::optional<QueueEvent> MailQueue::TakeEvent()
{
    if (m_events.empty())
    {
        return std::nullopt;
    }
    QueueEvent event = std::move(m_events.front());
    m_events.pop_front();
    return event;
}

bool MailQueue::IsLocal(std::string_view recipient) const
{
    const std::size_t at = recipient.rfind('@');
    if (at == std::string_view::npos)
    {
        return true;
    }
    return std::any_of(m_start.localDomains.begin(),
                       m_start.localDomains.end(),
                       [domain = recipient.substr(at + 1)](const std::string& local)
                       { return EqualsIgnoringCase(local, domain); });
}

void MailQueue::Run(std::int64_t now)
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
        if (!m_ended.empty())
        {
            const auto found = m_messages.find(m_ended.front());
            m_ended.erase(m_ended.begin());
            EndMessage(now, found->second);
            m_freeNumbers.insert(found->first);
            m_messages.erase(found);
            again = true;
        }
    }
}

bool MailQueue::RunPass(std::int64_t now, Channel channel)
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
        state.retrySecond = RetrySecond(message.birthSecond, second, channel);
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
            EndPass(channel, message);
        }
    }
    return true;
}

void MailQueue::StartDelivery(std::int64_t now, Channel channel, StoredMessage& message)
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
    order.recipient = state.recipients[state.position].address;
    order.content = message.content;
    QueueEvent& event = Emit(now, QueueEvent::Kind::DeliveryStart, &message);
    event.delivery = delivery;
    event.channel = channel;
    event.recipient = order.recipient;
    m_orders.push_back(std::move(order));
    EmitStatus(now);
}

void MailQueue::EndPass(Channel channel, StoredMessage& message)
{
    ChannelState& state = message.channels[Index(channel)];
    if (state.left > 0)
    {
        m_due[Index(channel)].emplace(state.retrySecond, message.number);
        return;
    }
    state.closed = true;
    if (message.channels[Index(Other(channel))].closed)
    {
        m_ended.push_back(message.number);
    }
}

void MailQueue::EndMessage(std::int64_t now, StoredMessage& message)
{
    if (!message.bounceText.empty())
    {
        if (message.sender == DOUBLE_BOUNCE_SENDER)
        {
            Emit(now, QueueEvent::Kind::BounceDiscarded, &message);
        }
        else
        {
            InjectBounce(now, message);
        }
    }
    Emit(now, QueueEvent::Kind::EndMessage, &message);
}

void MailQueue::InjectBounce(std::int64_t now, StoredMessage& message)
{
    const bool single = !message.sender.empty();
    Submission bounce;
    bounce.envelope.sender = single ? "" : DOUBLE_BOUNCE_SENDER;
    bounce.envelope.recipients.push_back(
        single ? message.sender : fmt::format("{}@{}", m_persona.doubleBounceTo, m_start.hostname));
    bounce.uid = m_persona.bounceUid;
    const std::string date = QmailDate(m_clock, now);
    QsbmfBounce parts;
    parts.date = date;
    parts.bounceFrom = m_persona.bounceFrom;
    parts.host = m_start.hostname;
    parts.sender = message.sender;
    parts.addressee = bounce.envelope.recipients.front();
    parts.paragraphs = message.bounceText;
    parts.original = *message.content;
    bounce.content = std::make_shared<const std::string>(ComposeQsbmf(parts));

    m_injected.push_back(Enqueue(now, bounce));
    QueueEvent& event = Emit(now, QueueEvent::Kind::Bounced, &message);
    event.processId = m_injected.back().processId;
    event.bounceSerial = m_injected.back().serial;
    event.recipient = bounce.envelope.recipients.front();
}

std::int64_t MailQueue::RetrySecond(std::int64_t birth, std::int64_t second, Channel channel) const
{
    if (m_persona.schedule == RetrySchedule::Fixed)
    {
        return second + m_persona.retryInterval.count() / NANOSECONDS_PER_SECOND;
    }
    const std::int64_t skip =
        channel == Channel::Local ? m_persona.localSkip : m_persona.remoteSkip;
    const std::int64_t n = (birth > second ? 0 : IntegerSquareRoot(second - birth)) + skip;
    return birth + n * n;
}

MailQueue::StoredMessage MailQueue::Enqueue(std::int64_t now, const Submission& submission)
{
    StoredMessage message;
    message.number = TakeNumber();
    message.serial = ++m_serials;
    message.birthSecond = m_clock.ReadSeconds(now);
    message.sender = submission.envelope.sender;
    message.processId = TakeProcessId();
    message.uid = submission.uid;
    const std::string how = submission.uid == m_persona.networkUid ? "from network"
                            : submission.uid == m_persona.bounceUid
                                ? "for bounce"
                                : fmt::format("by uid {}", submission.uid);
    message.content =
        std::make_shared<const std::string>(fmt::format("Received: (qmail {} invoked {}); {}\n{}",
                                                        message.processId,
                                                        how,
                                                        QmailDate(m_clock, now),
                                                        *submission.content));
    for (const std::string& recipient : submission.envelope.recipients)
    {
        const Channel channel = IsLocal(recipient) ? Channel::Local : Channel::Remote;
        message.channels[Index(channel)].recipients.push_back(Recipient{recipient, false});
    }
    for (ChannelState& state : message.channels)
    {
        state.left = state.recipients.size();
        state.closed = state.left == 0;
    }
    return message;
}

void MailQueue::Announce(std::int64_t now, StoredMessage&& message)
{
    const std::uint64_t number = message.number;
    const StoredMessage& stored = m_messages.emplace(number, std::move(message)).first->second;
    Emit(now, QueueEvent::Kind::NewMessage, &stored).content = stored.content;
    QueueEvent& info = Emit(now, QueueEvent::Kind::MessageInfo, &stored);
    info.bytes = stored.content->size();
    info.sender = stored.sender;
    info.processId = stored.processId;
    info.uid = stored.uid;
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

std::uint64_t MailQueue::TakeNumber()
{
    if (m_freeNumbers.empty())
    {
        return m_nextNumber++;
    }
    const std::uint64_t number = *m_freeNumbers.begin();
    m_freeNumbers.erase(m_freeNumbers.begin());
    return number;
}

std::uint32_t MailQueue::TakeProcessId()
{
    const std::uint32_t id = m_nextProcessId;
    m_nextProcessId += 1 + static_cast<std::uint32_t>(m_random.Below(PROCESS_ID_STEP));
    if (m_nextProcessId > LAST_PROCESS_ID)
    {
        m_nextProcessId -= LAST_PROCESS_ID - 100;
    }
    return id;
}

QueueEvent& MailQueue::Emit(std::int64_t now, QueueEvent::Kind kind, const StoredMessage* message)
{
    QueueEvent& event = m_events.emplace_back();
    event.kind = kind;
    event.timeNs = now;
    if (message)
    {
        event.message = message->number;
        event.serial = message->serial;
    }
    return event;
}

void MailQueue::EmitStatus(std::int64_t now)
{
    QueueEvent& event = Emit(now, QueueEvent::Kind::Status, nullptr);
    event.localUsed = m_used[Index(Channel::Local)];
    event.localLimit = m_persona.localConcurrency;
    event.remoteUsed = m_used[Index(Channel::Remote)];
    event.remoteLimit = m_persona.remoteConcurrency;
}

} // namespace bouncelab::mail
