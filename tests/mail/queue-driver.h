#ifndef BOUNCELAB_TESTS_MAIL_QUEUE_DRIVER_H
#define BOUNCELAB_TESTS_MAIL_QUEUE_DRIVER_H

#include "models/mail/mail-queue.h"
#include "models/mail/message-text.h"
#include "tests/times.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::test
{

constexpr std::int64_t SECOND = NANOSECONDS_PER_SECOND;

/// 2006-09-26 06:44:52 UTC at simulated time 0.
inline HostClock
MailHostClock()
{
    return HostClock{Reading(1159253092LL * SECOND), {}, Nanoseconds(1), 28800};
}

inline mail::QueueStart
Livedoor()
{
    mail::QueueStart start;
    start.hostname = "livedoor.cn";
    start.localDomains = {"livedoor.cn"};
    start.firstMessage = 93869;
    start.firstDelivery = 118300;
    start.firstProcessId = 24578;
    return start;
}

inline mail::Submission
Mail(const std::string& from, const std::vector<std::string>& to)
{
    mail::Submission submission;
    submission.envelope = {from, to};
    submission.content = std::make_shared<const std::string>("Subject: test\n\nbody\n");
    submission.uid = 82;
    return submission;
}

inline std::vector<mail::QueueEvent>
TakeEvents(mail::MailQueue& queue)
{
    std::vector<mail::QueueEvent> events;
    while (auto event = queue.TakeEvent())
    {
        events.push_back(*event);
    }
    return events;
}

inline std::vector<mail::DeliveryOrder>
TakeOrders(mail::MailQueue& queue)
{
    std::vector<mail::DeliveryOrder> orders;
    while (auto order = queue.TakeOrder())
    {
        orders.push_back(*order);
    }
    return orders;
}

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_MAIL_QUEUE_DRIVER_H
