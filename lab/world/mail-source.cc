#include "lab/world/mail-source.h"

#include "lab/scenario/checks.h"
#include "models/mail/message-text.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::world
{

namespace
{

/// Where the machines of a host's users are: on its network, or on one that is not simulated.
IpAddress
UsersOf(const scenario::Scenario& scenario, const std::string& host)
{
    constexpr IpAddress NOWHERE = Ipv4{0x0A040100};
    const scenario::HostConfig& config = scenario.hosts.at(host);
    return config.card.network.empty() ? NOWHERE : config.address.FirstOfBlock();
}

mail::LocalZone
ZoneOf(const HostClock& clock, const std::vector<scenario::ClockChange>& changes)
{
    std::vector<mail::ZoneChange> moments;
    for (const scenario::ClockChange& change : changes)
    {
        moments.push_back({clock.start + change.at,
                           std::chrono::duration_cast<std::chrono::seconds>(change.utcOffset)});
    }
    return mail::LocalZone(std::chrono::seconds(clock.zoneSeconds), std::move(moments));
}

} // namespace

MailSource::MailSource(Network& network, const std::string& host, MailHandler submit)
    : m_config(network.Scenario().mail)
    , m_submit(std::move(submit))
    , m_host(host)
    , m_takesTheRest(host == scenario::SenderOf(network.Scenario(), ""))
    , m_hostname(network.Scenario().hosts.at(host).hostname)
    , m_clock(network.ClockOf(host))
    , m_seed(network.Seed())
    , m_contents(m_seed,
                 host == m_config.via ? "mail-source/contents" : m_host + "/mail-source/contents")
    , m_users(UsersOf(network.Scenario(), host))
    , m_zone(ZoneOf(m_clock, network.Scenario().site.clockChanges))
{
    if (network.InPlaceOf(host))
    {
        m_queue.received.clear(); // The program outside adds the Received field.
    }
    else
    {
        m_queue = network.Scenario().hosts.at(host).sends->value.queue;
    }
}

bool
MailSource::IsOurs(const std::string& via) const
{
    return via.empty() ? m_takesTheRest : via == m_host;
}

void
MailSource::Start()
{
    for (const auto& [name, message] : m_config.messages)
    {
        if (IsOurs(message.via))
        {
            ns3::Simulator::Schedule(ns3::NanoSeconds(message.at.count()),
                                     [this, &message = message] { Submit(message, false); });
        }
    }
    AddStream(m_config.ordinary, "mail-source/arrivals");
    for (const auto& [name, source] : m_config.sources)
    {
        AddStream(source, m_host + "/" + name + "/arrivals");
    }
    for (const auto& [name, daily] : m_config.daily)
    {
        if (IsOurs(daily.via))
        {
            const DrawKey draws(m_seed, m_host + "/" + name + "/lateness");
            m_daily.push_back({&daily, draws, 0, m_clock.start - Nanoseconds(1)});
            ScheduleNext(m_daily.back());
        }
    }
}

void
MailSource::ScheduleNext(DailyFlow& flow)
{
    flow.last = m_zone.NextDaily(flow.last, flow.config->at);
    const Nanoseconds late(flow.draws("late", flow.count).Between(0, flow.config->spread.count()));
    // By its own clock, which may be ahead of true time.
    const Nanoseconds due =
        std::max(flow.last + late - m_clock.start - m_clock.offset, SimNow().time_since_epoch());
    ns3::Simulator::Schedule(ns3::NanoSeconds((due - SimNow().time_since_epoch()).count()),
                             [this, &flow] { SubmitDaily(flow); });
}

void
MailSource::SubmitDaily(DailyFlow& flow)
{
    for (const std::string& recipient : flow.config->to)
    {
        scenario::MessageConfig message;
        message.from = flow.config->from;
        message.to = recipient;
        message.bytes = flow.config->bytes;
        message.body = flow.config->body;
        Submit(message, false, flow.config->subject);
    }
    ++flow.count;
    ScheduleNext(flow);
}

void
MailSource::AddStream(const scenario::OrdinaryMail& config, const std::string& name)
{
    if (config.perMinute > 0 && IsOurs(config.via))
    {
        m_streams.push_back(MailFlow{&config, DrawKey(m_seed, name)});
        ns3::Simulator::Schedule(ns3::NanoSeconds(config.start.count()),
                                 [this, &stream = m_streams.back()] { ScheduleNext(stream); });
    }
}

void
MailSource::ScheduleNext(MailFlow& stream)
{
    const auto twiceMean = static_cast<std::int64_t>(120e9 / stream.config->perMinute);
    const std::int64_t wait = stream.draws("wait", stream.count).Between(1, twiceMean);
    ns3::Simulator::Schedule(ns3::NanoSeconds(wait), [this, &stream] { SubmitNext(stream); });
}

void
MailSource::SubmitNext(MailFlow& stream)
{
    const scenario::OrdinaryMail& mail = *stream.config;
    scenario::MessageConfig message;
    message.from = mail.senders[stream.draws("sender", stream.count).Below(mail.senders.size())];
    message.to =
        mail.recipients[stream.draws("recipient", stream.count).Below(mail.recipients.size())];
    message.bytes = static_cast<std::uint32_t>(
        stream.draws("bytes", stream.count).Between(mail.minimumBytes, mail.maximumBytes));
    Submit(message, mail.forgesSenders);
    ++stream.count;
    if (mail.limit == 0 || stream.count < mail.limit)
    {
        ScheduleNext(stream);
    }
}

void
MailSource::Submit(const scenario::MessageConfig& message, bool forgery, const std::string& subject)
{
    ++m_submitted;
    mail::MessageDraft draft;
    draft.from = message.from;
    draft.to = message.to;
    draft.fromHost = "desk" + std::to_string(m_contents("desk", m_submitted).Between(1, 60));
    draft.fromAddress = m_users.Plus(
        static_cast<std::uint32_t>(m_contents("address", m_submitted).Between(20, 250)));
    const bool isOwn = m_queue.received.empty() && m_queue.receivedFrom.empty();
    if (isOwn)
    {
        draft.fromHost = m_hostname;
    }
    else if (m_queue.receivedFrom.empty())
    {
        draft.byHost = m_hostname;
    }
    draft.bytes = message.bytes;
    draft.subject = subject;
    draft.body = message.body;
    draft.seed = m_contents("text", m_submitted).Value();
    mail::Submission submission;
    submission.envelope.sender = message.from;
    submission.envelope.recipients = {message.to};
    submission.envelope.recipients.insert(submission.envelope.recipients.end(),
                                          message.alsoTo.begin(),
                                          message.alsoTo.end());
    submission.content = mail::ComposeMessage(draft, m_clock, SimNow());
    submission.uid = 82;
    if (!m_queue.receivedFrom.empty())
    {
        submission.arrival.emplace();
        submission.arrival->helo = draft.fromHost;
        submission.arrival->client = draft.fromAddress;
    }
    m_submit(submission, forgery);
}

} // namespace bouncelab::world
