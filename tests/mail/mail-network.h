#ifndef BOUNCELAB_TESTS_MAIL_MAIL_NETWORK_H
#define BOUNCELAB_TESTS_MAIL_MAIL_NETWORK_H

#include "models/mail/mail-queue.h"
#include "models/mail/remote-report.h"
#include "tests/draw-sequence.h"
#include "tests/mail/persona-file.h"
#include "tests/mail/queue-driver.h"

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::test
{

/// What became of one message with one recipient, all its copies and reports counted.
struct ExpectedOutcome
{
    std::string sender;
    bool ofBounce = false;   //!< It is a report itself.
    bool unreported = false; //!< Its sender wants to hear of no failure.
    std::uint32_t delivered = 0;
    std::uint32_t bounced = 0;   //!< Reports of failure to its sender.
    std::uint32_t doubled = 0;   //!< Such to a postmaster.
    std::uint32_t discarded = 0; //!< Failures that nobody hears of.
    std::uint32_t copied = 0; //!< Times that a server took it and its client did not hear of that.
};

/**
 * Hosts with queue, routing and mailboxes, and random faults between them: refusals, delays,
 * replies that are lost, directories that are down, mail exchangers that point in circles.
 */
class MailNetwork
{
  public:
    /// \param lostReplies whether a server may have taken what its client tries again
    MailNetwork(std::uint64_t seed, bool lostReplies)
        : m_random(seed, "network")
        , m_lostReplies(lostReplies)
    {
        static const std::vector<mail::MtaPersona> personas{ReadMta("postfix"),
                                                            ReadMta("sendmail"),
                                                            ReadMta("exchange-2000"),
                                                            ReadMta("exchange-2010"),
                                                            ReadMta("qmail")};
        const std::size_t hosts = 2 + m_random.Below(3);
        for (std::size_t i = 0; i < hosts; ++i)
        {
            AddHost(i, personas[m_random.Below(personas.size())], seed);
        }
        for (std::size_t i = 0; i < hosts; ++i)
        {
            m_exchanger[DomainOf(i)] = i;
        }
        // Domains that are nobody's own: their mail goes round until the hop limit ends it.
        for (std::size_t i = 0; i < hosts; ++i)
        {
            m_hosts[i]->astray = m_random.Below(hosts);
        }
    }

    /// Runs until every queue is empty.
    void Run()
    {
        for (auto messages = m_random.Between(1, 12); messages > 0; --messages)
        {
            SubmitOne();
            for (auto steps = m_random.Below(4); steps > 0; --steps)
            {
                Step();
            }
        }
        for (int guard = 0; Busy(); ++guard)
        {
            RC_ASSERT(guard < 300000);
            Step();
        }
        RC_ASSERT(m_running.empty());
    }

    const std::vector<ExpectedOutcome>& Destinies() const { return m_destinies; }

    std::uint32_t MostHops() const { return m_mostHops; }

    std::uint32_t HighestLimit() const { return m_highestLimit; }

  private:
    struct HostNode
    {
        mail::MtaPersona persona;
        std::unique_ptr<mail::MailQueue> queue;
        std::map<std::uint64_t, std::size_t> destinies; //!< By serial.
        std::size_t astray = 0;                         //!< Where it sends what is for nobody.
    };

    using Running = std::pair<std::size_t, mail::DeliveryOrder>; //!< Host, order.

    static std::string DomainOf(std::size_t host)
    {
        return "h" + std::to_string(host) + ".example";
    }

    void AddHost(std::size_t index, const mail::MtaPersona& persona, std::uint64_t seed)
    {
        auto host = std::make_unique<HostNode>();
        host->persona = persona;
        host->persona.queue.hopLimit = static_cast<std::uint32_t>(m_random.Between(2, 12));
        host->persona.queue.lifetime = Nanoseconds(m_random.Between(0, 20000) * SECOND);
        host->persona.queue.remoteConcurrency = static_cast<std::uint32_t>(m_random.Between(1, 4));
        if (persona.queue.delayNotice.count() > 0)
        {
            host->persona.queue.delayNotice = Nanoseconds(m_random.Between(1, 5000) * SECOND);
        }
        m_highestLimit = std::max(m_highestLimit, host->persona.queue.hopLimit);
        mail::QueueStart start;
        start.hostname = "mail." + DomainOf(index);
        start.localDomains = {DomainOf(index), start.hostname};
        host->queue = std::make_unique<mail::MailQueue>(host->persona.queue,
                                                        start,
                                                        MailHostClock(),
                                                        seed,
                                                        DomainOf(index),
                                                        host->persona.report);
        mail::RoutingSite site;
        site.localDomains = start.localDomains;
        host->queue->SetRouter(mail::RouterOf(mail::AddressRouting(host->persona.routing, site)));
        m_hosts.push_back(std::move(host));
    }

    std::string RandomAddress()
    {
        const std::string domain = DomainOf(m_random.Below(m_hosts.size()));
        const std::string other = DomainOf(m_random.Below(m_hosts.size()));
        switch (m_random.Below(7))
        {
        case 0:
            return "nobody@" + domain;
        case 1:
            return "user%" + other + "@" + domain;
        case 2:
            return other + "!user@" + domain;
        case 3:
            return "user@astray.example";
        default:
            return "user@" + domain;
        }
    }

    void SubmitOne()
    {
        const std::size_t host = m_random.Below(m_hosts.size());
        ExpectedOutcome expected;
        expected.sender = m_random.Chance(150000) ? std::string() : RandomAddress();
        expected.unreported = m_random.Chance(50000);
        mail::Submission submission = Mail(expected.sender, {RandomAddress()});
        if (expected.unreported)
        {
            submission.envelope.dsn.recipients = {{"NEVER", ""}};
        }
        m_destinies.push_back(expected);
        Accept(host, submission, m_destinies.size() - 1);
    }

    void Accept(std::size_t host, const mail::Submission& submission, std::size_t expected)
    {
        const std::uint64_t serial = m_hosts[host]->queue->Submit(m_now, submission);
        m_hosts[host]->destinies[serial] = expected;
        Drain(host);
    }

    void Drain(std::size_t index)
    {
        HostNode& host = *m_hosts[index];
        while (const auto event = host.queue->TakeEvent())
        {
            using Kind = mail::QueueEvent::Kind;
            if (event->kind == Kind::Bounced)
            {
                const std::size_t about = host.destinies.at(event->serial);
                ExpectedOutcome report;
                report.ofBounce = true;
                if (event->action == mail::ReportAction::Failed)
                {
                    const bool single = !m_destinies[about].sender.empty();
                    ++(single ? m_destinies[about].bounced : m_destinies[about].doubled);
                    RC_ASSERT((single ? event->recipient == m_destinies[about].sender
                                      : event->recipient.rfind("postmaster@", 0) == 0));
                    report.sender = single ? "" : host.persona.queue.doubleBounceSender;
                }
                RC_ASSERT(!event->recipient.empty());
                m_destinies.push_back(report);
                host.destinies[event->bounceSerial] = m_destinies.size() - 1;
            }
            else if (event->kind == Kind::BounceDiscarded)
            {
                ++m_destinies[host.destinies.at(event->serial)].discarded;
            }
        }
        while (const auto order = host.queue->TakeOrder())
        {
            m_mostHops = std::max(m_mostHops, mail::CountReceived(*order->content));
            m_running.emplace_back(index, *order);
        }
    }

    void Step()
    {
        if (m_random.Chance(50000))
        {
            const std::size_t host = m_random.Below(m_hosts.size());
            const bool isAll = m_random.Chance(500000);
            m_hosts[host]->queue->RetryNow(m_now, isAll ? std::string() : DomainOf(0));
            Drain(host);
            return;
        }
        if (!m_running.empty() && m_random.Chance(700000))
        {
            const std::size_t picked = m_random.Below(m_running.size());
            const Running running = m_running[picked];
            m_running.erase(m_running.begin() + static_cast<std::ptrdiff_t>(picked));
            m_now += Nanoseconds(m_random.Between(0, 3 * SECOND));
            Carry(running.first, running.second);
            return;
        }
        std::size_t host = m_hosts.size();
        SimTime earliest{};
        for (std::size_t i = 0; i < m_hosts.size(); ++i)
        {
            const auto wake = m_hosts[i]->queue->NextWake();
            if (wake && (host == m_hosts.size() || *wake < earliest))
            {
                host = i;
                earliest = *wake;
            }
        }
        if (host < m_hosts.size())
        {
            m_now = std::max(m_now, earliest);
            m_hosts[host]->queue->Advance(m_now);
            Drain(host);
        }
    }

    /// Carries a delivery out, with the luck that it has.
    void Carry(std::size_t index, const mail::DeliveryOrder& order)
    {
        HostNode& host = *m_hosts[index];
        const std::size_t expected = host.destinies.at(order.serial);
        mail::DeliveryReport report = order.channel == mail::Channel::Local
                                          ? DeliverLocally(host, order, expected)
                                          : DeliverRemotely(host, order, expected);
        host.queue->Finish(m_now, order.delivery, report);
        Drain(index);
    }

    mail::DeliveryReport DeliverLocally(HostNode& host,
                                        const mail::DeliveryOrder& order,
                                        std::size_t expected)
    {
        if (m_random.Chance(200000))
        {
            return host.queue->ReportOf(mail::DeliveryOutcome::Deferral,
                                        host.persona.queue.directoryDown,
                                        order.recipient);
        }
        if (order.recipient.rfind("user@", 0) != 0 && order.recipient.rfind("postmaster@", 0) != 0)
        {
            return host.queue->ReportOf(mail::DeliveryOutcome::Failure,
                                        host.persona.queue.unknownMailbox,
                                        order.recipient);
        }
        ++m_destinies[expected].delivered;
        return mail::LocalDeliveryReport(host.persona.reports);
    }

    mail::DeliveryReport DeliverRemotely(HostNode& host,
                                         const mail::DeliveryOrder& order,
                                         std::size_t expected)
    {
        mail::RemoteOutcome outcome;
        outcome.stage = smtp::Stage::Message;
        outcome.host = order.domain;
        const auto exchanger = m_exchanger.find(order.domain);
        const std::size_t to = exchanger == m_exchanger.end() ? host.astray : exchanger->second;
        const std::uint64_t luck = m_random.Below(100);
        if (luck < 10)
        {
            outcome.replyCode = 550;
            outcome.replyText = "550 5.7.1 no";
        }
        else if (luck < 40)
        {
            outcome.replyCode = luck < 25 ? 0 : 451;
            outcome.replyText = luck < 25 ? "" : "451 4.3.0 later";
        }
        else
        {
            outcome.replyCode = 250;
            outcome.replyText = "250 ok";
            mail::Submission submission;
            submission.envelope = {order.sender, {order.recipient}};
            submission.envelope.dsn = order.dsn;
            submission.content = order.content;
            submission.uid = m_hosts[to]->persona.queue.networkUid;
            submission.arrival = mail::Arrival{};
            Accept(to, submission, expected);
            if (m_lostReplies && luck < 55)
            {
                outcome.replyCode = 0;
                outcome.replyText = "";
                outcome.possibleDuplicate = true;
                ++m_destinies[expected].copied;
            }
        }
        return mail::RemoteReport(outcome, host.persona.reports);
    }

    bool Busy() const
    {
        return std::any_of(m_hosts.begin(),
                           m_hosts.end(),
                           [](const auto& host) { return host->queue->GetMessageCount() > 0; });
    }

    tests::DrawSequence m_random;
    bool m_lostReplies;
    SimTime m_now{};
    std::vector<std::unique_ptr<HostNode>> m_hosts;
    std::map<std::string, std::size_t> m_exchanger;
    std::vector<Running> m_running;
    std::vector<ExpectedOutcome> m_destinies;
    std::uint32_t m_mostHops = 0;
    std::uint32_t m_highestLimit = 0;
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_MAIL_MAIL_NETWORK_H
