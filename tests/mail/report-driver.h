#ifndef BOUNCELAB_TESTS_MAIL_REPORT_DRIVER_H
#define BOUNCELAB_TESTS_MAIL_REPORT_DRIVER_H

#include "models/mail/remote-report.h"
#include "tests/mail/persona-file.h"
#include "tests/mail/queue-driver.h"
#include "tests/times.h"

#include <optional>
#include <string>
#include <utility>

namespace bouncelab::test
{

/// A queue of a shipped persona at northwindtraders.com, and what became of one message in it.
class ReportDriver
{
  public:
    explicit ReportDriver(const std::string& persona)
        : m_persona(ReadMta(persona))
        , m_queue(m_persona.queue, Northwind(), Clock(), 1, "queue", m_persona.report)
    {
    }

    /// 2002-03-22 17:00:00 in local time, 5 h behind UTC, at simulated time 0.
    static HostClock Clock()
    {
        return HostClock{Reading(1016834400LL * SECOND), {}, Nanoseconds(1), -18000};
    }

    static mail::QueueStart Northwind()
    {
        mail::QueueStart start;
        start.hostname = "exch.northwindtraders.com";
        start.firstMessage = 100000;
        start.firstDelivery = 1;
        start.firstProcessId = 1000;
        start.localDomains = {"northwindtraders.com"};
        return start;
    }

    /// A message with a Date field of 17:47 local time.
    static mail::Submission Message(const std::vector<std::string>& to,
                                    const std::string& from = "tester@example.net")
    {
        mail::Submission submission = Mail(from, to);
        submission.content = std::make_shared<const std::string>(
            "Received: from desk7 (desk7 [192.0.2.7])\n\tby mail.example.net; "
            "Fri, 22 Mar 2002 16:59:00 -0500\n"
            "Message-ID: <relay6@example.net>\n"
            "Date: Fri, 22 Mar 2002 17:47:00 -0500\n"
            "From: tester@example.net\n"
            "Subject: =?UTF-8?B?5Lit57un5rWL6K+VIDY=?=\n"
            "\nbody\n");
        return submission;
    }

    mail::MailQueue& Queue() { return m_queue; }

    const mail::MtaPersona& Persona() const { return m_persona; }

    /// Hands a message in and answers its deliveries of now. \return what it makes of that.
    template <class Answer>
    std::optional<mail::DeliveryOrder> Try(const mail::Submission& submission, Answer&& answer)
    {
        m_queue.Submit(m_now, submission);
        return Answered(answer);
    }

    /// Goes on in time and answers what is due, until the queue makes a report or is at rest.
    template <class Answer>
    std::optional<mail::DeliveryOrder> TryOn(Answer&& answer)
    {
        while (const auto wake = m_queue.NextWake())
        {
            m_now = std::max(m_now, *wake);
            m_queue.Advance(m_now);
            if (auto report = Answered(answer))
            {
                return report;
            }
        }
        return std::nullopt;
    }

    SimTime Now() const { return m_now; }

    mail::DeliveryReport Unknown(const mail::DeliveryOrder& order) const
    {
        return m_queue.ReportOf(mail::DeliveryOutcome::Failure,
                                m_persona.queue.unknownMailbox,
                                order.recipient);
    }

    /// A remote server's word. \param reply empty: the connection did not come about.
    mail::DeliveryReport Said(const mail::DeliveryOrder& order,
                              const std::string& reply,
                              smtp::Stage stage = smtp::Stage::Recipient) const
    {
        mail::RemoteOutcome outcome;
        outcome.stage = reply.empty() ? smtp::Stage::Connect : stage;
        outcome.host = order.domain;
        outcome.name = "mx." + order.domain;
        outcome.recipient = order.recipient;
        outcome.peer = *Ipv4::Parse("203.0.113.25");
        outcome.replyCode = reply.empty() ? 0 : static_cast<std::uint32_t>(std::stoi(reply));
        outcome.replyText = reply;
        return mail::RemoteReport(outcome, m_persona.reports);
    }

  private:
    /// Answers all orders but that for a report, which it hands back.
    template <class Answer>
    std::optional<mail::DeliveryOrder> Answered(Answer&& answer)
    {
        std::optional<mail::DeliveryOrder> report;
        while (const auto order = m_queue.TakeOrder())
        {
            if (order->sender.empty() || order->sender == "#@[]")
            {
                report = order;
                m_queue.Finish(m_now, order->delivery, mail::LocalDeliveryReport());
                continue;
            }
            m_now += Nanoseconds(SECOND);
            m_queue.Finish(m_now, order->delivery, answer(*order));
        }
        return report;
    }

    mail::MtaPersona m_persona;
    mail::MailQueue m_queue;
    SimTime m_now{};
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_MAIL_REPORT_DRIVER_H
