#include "lab/world/mail-source.h"

#include "models/mail/message-text.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::world
{

MailSource::MailSource(const spec::MailConfig& config,
                       host::SendingMta& mta,
                       std::string mailHost,
                       const HostClock& clock,
                       std::uint64_t seed)
    : m_config(config),
      m_mta(mta),
      m_mailHost(std::move(mailHost)),
      m_clock(clock),
      m_arrivals(seed, "mail-source/arrivals"),
      m_contents(seed, "mail-source/contents")
{
}

void
MailSource::Start()
{
    for (const auto& [name, message] : m_config.messages)
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(message.at.count()), [this, &message = message] {
            Submit(message.from, message.to, message.bytes);
        });
    }
    if (m_config.ordinary.perMinute > 0)
    {
        ScheduleOrdinary();
    }
}

void
MailSource::ScheduleOrdinary()
{
    const auto twiceMean = static_cast<std::uint64_t>(120e9 / m_config.ordinary.perMinute);
    ns3::Simulator::Schedule(
        ns3::NanoSeconds(static_cast<std::int64_t>(m_arrivals.Below(twiceMean) + 1)),
        &MailSource::SubmitOrdinary,
        this);
}

void
MailSource::SubmitOrdinary()
{
    const spec::OrdinaryMail& ordinary = m_config.ordinary;
    const std::string& from = ordinary.senders[m_arrivals.Below(ordinary.senders.size())];
    const std::string& to = ordinary.recipients[m_arrivals.Below(ordinary.recipients.size())];
    Submit(from,
           to,
           static_cast<std::size_t>(
               m_arrivals.Between(ordinary.minimumBytes, ordinary.maximumBytes)));
    ++m_ordinary;
    if (ordinary.limit == 0 || m_ordinary < ordinary.limit)
    {
        ScheduleOrdinary();
    }
}

void
MailSource::Submit(const std::string& from, const std::string& to, std::size_t bytes)
{
    mail::MessageDraft draft;
    draft.from = from;
    draft.to = to;
    draft.fromHost = "desk" + std::to_string(m_contents.Between(1, 60));
    draft.fromAddress = Ipv4{0x0A040100U + static_cast<std::uint32_t>(m_contents.Between(20, 250))};
    draft.byHost = m_mailHost;
    draft.bytes = bytes;
    draft.seed = m_contents.Next();
    mail::Submission submission;
    submission.envelope.sender = from;
    submission.envelope.recipients = {to};
    submission.content = mail::ComposeMessage(draft,
                                              m_clock,
                                              ns3::Simulator::Now().GetNanoSeconds());
    submission.uid = 82;
    m_mta.Submit(submission);
}

} // namespace bouncelab::world
