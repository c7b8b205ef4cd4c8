#include "models/mail/mail-queue.h"
#include "tests/mail/queue-driver.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;
using mail::DeliveryOutcome;
using Kind = mail::QueueEvent::Kind;

namespace
{

mail::MailQueue
NewQueue(const mail::QueuePersona& persona = {})
{
    return mail::MailQueue(persona, Livedoor(), MailHostClock(), 1, "queue");
}

std::vector<Kind>
KindsOf(const std::vector<mail::QueueEvent>& events)
{
    std::vector<Kind> kinds;
    for (const auto& event : events)
    {
        kinds.push_back(event.kind);
    }
    return kinds;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mail_queue)

BOOST_AUTO_TEST_CASE(a_delivery_that_succeeds_leaves_nothing)
{
    mail::MailQueue queue = NewQueue();
    queue.Submit(At(0), Mail("sales@livedoor.cn", {"user@example.jp"}));
    auto events = TakeEvents(queue);
    BOOST_TEST(
        (KindsOf(events) ==
         std::vector{Kind::NewMessage, Kind::MessageInfo, Kind::DeliveryStart, Kind::Status}));
    BOOST_TEST(events[0].message == 93869);
    BOOST_TEST(events[1].processId == 24578);
    BOOST_TEST(events[1].uid == 82);
    BOOST_TEST(events[1].sender == "sales@livedoor.cn");
    BOOST_TEST(events[2].delivery == 118300);
    BOOST_TEST(events[3].remoteUsed == 1);
    BOOST_TEST(events[3].remoteLimit == 20);
    const auto orders = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(orders.size(), 1);
    BOOST_TEST((orders[0].channel == mail::Channel::Remote));
    BOOST_TEST(*orders[0].content ==
               "Received: (qmail 24578 invoked from network); 26 Sep 2006 06:44:52 -0000\n"
               "Subject: test\n\nbody\n");
    BOOST_TEST(events[1].bytes == orders[0].content->size());
    BOOST_TEST(!queue.NextWake());
    queue.Finish(At(SECOND), 118300, {DeliveryOutcome::Success, "ok\n"});
    events = TakeEvents(queue);
    BOOST_TEST(
        (KindsOf(events) == std::vector{Kind::DeliveryResult, Kind::Status, Kind::EndMessage}));
    BOOST_TEST(queue.GetMessageCount() == 0);
    BOOST_TEST(!queue.NextWake());
    BOOST_CHECK_THROW(queue.Finish(At(SECOND), 118300, {}), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_message_gets_the_name_that_was_told_before)
{
    mail::MailQueue queue = NewQueue();
    const std::string name = queue.NameNext(At(0));
    BOOST_TEST(queue.NameNext(At(0)) == name);
    queue.Submit(At(0), Mail("sales@livedoor.cn", {"user@example.jp"}));
    const auto events = TakeEvents(queue);
    BOOST_REQUIRE_EQUAL(events.size(), 4);
    BOOST_TEST(events[0].id == name);
    BOOST_TEST(events[1].uid == 82);
    BOOST_TEST(queue.NameNext(At(0)) != name);
}

BOOST_AUTO_TEST_CASE(attempts_follow_qmails_square_law)
{
    mail::MailQueue queue = NewQueue();
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    std::vector<std::int64_t> attempts;
    SimTime now{};
    for (int i = 0; i < 60; ++i)
    {
        const auto orders = TakeOrders(queue);
        if (orders.empty() || orders[0].serial != 1)
        {
            break;
        }
        attempts.push_back(now.time_since_epoch() / std::chrono::seconds(1));
        queue.Finish(now, orders[0].delivery, {DeliveryOutcome::Deferral, "later\n"});
        if (const auto wake = queue.NextWake())
        {
            now = *wake;
            queue.Advance(now);
        }
    }
    // 0, 400, 1600, 3600, ...: and a second each for qmail-send's rounded sleeps.
    const std::vector<std::int64_t> first{0, 401, 1601, 3601, 6401, 10001};
    BOOST_TEST(std::vector(attempts.begin(), attempts.begin() + 6) == first,
               boost::test_tools::per_element());
    BOOST_TEST(attempts.size() == 40);
    BOOST_TEST(attempts.back() == 608401);
    const auto events = TakeEvents(queue);
    std::size_t failures = 0;
    std::string last;
    for (const auto& event : events)
    {
        if (event.kind == Kind::DeliveryResult && event.outcome == DeliveryOutcome::Failure)
        {
            ++failures;
            last = event.text;
        }
    }
    BOOST_TEST(failures == 1);
    BOOST_TEST(last ==
               "later\nI'm not going to try again; this message has been in the queue too long.\n");
}

BOOST_AUTO_TEST_CASE(another_message_does_not_wait_for_the_sleep_to_end)
{
    mail::MailQueue queue = NewQueue();
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    queue.Finish(At(0), 118300, {DeliveryOutcome::Deferral, ""});
    TakeOrders(queue);
    BOOST_TEST(*queue.NextWake() == At(401 * SECOND));
    queue.Submit(At(400 * SECOND), Mail("a@livedoor.cn", {"c@example.jp"}));
    BOOST_TEST(TakeOrders(queue).size() == 2);
}

BOOST_AUTO_TEST_CASE(a_fixed_schedule_repeats_its_interval)
{
    mail::QueuePersona persona;
    persona.schedule = mail::RetrySchedule::Fixed;
    mail::MailQueue queue = NewQueue(persona);
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    queue.Finish(At(7 * SECOND), 118300, {DeliveryOutcome::Deferral, ""});
    BOOST_TEST(*queue.NextWake() == At(1801 * SECOND));
}

BOOST_AUTO_TEST_CASE(an_administrator_has_what_waits_tried_at_once)
{
    mail::QueuePersona persona;
    persona.schedule = mail::RetrySchedule::Fixed;
    mail::MailQueue queue = NewQueue(persona);
    queue.Submit(At(0), Mail("sales@livedoor.cn", {"user@example.jp"}));
    queue.Submit(At(0), Mail("sales@livedoor.cn", {"user@example.org"}));
    queue.Submit(At(0), Mail("sales@livedoor.cn", {"user@livedoor.cn"}));
    for (const auto& order : TakeOrders(queue))
    {
        queue.Finish(At(1 * SECOND), order.delivery, {DeliveryOutcome::Deferral, "later\n"});
    }
    queue.RetryNow(At(60 * SECOND), "Example.JP");
    const auto one = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(one.size(), 1U);
    BOOST_TEST(one[0].domain == "example.jp");
    // What is under way is not begun again.
    queue.RetryNow(At(61 * SECOND));
    const auto others = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(others.size(), 2U);
    queue.Finish(At(62 * SECOND), one[0].delivery, {DeliveryOutcome::Deferral, "later\n"});
    for (const auto& order : others)
    {
        queue.Finish(At(62 * SECOND), order.delivery, {DeliveryOutcome::Success, "ok\n"});
    }
    // The schedule goes on from there.
    queue.Advance(At(1859 * SECOND));
    BOOST_TEST(TakeOrders(queue).empty());
    queue.Advance(At(1860 * SECOND));
    BOOST_TEST(TakeOrders(queue).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_message_dies_in_the_second_behind_its_lifetime)
{
    const auto dies = [](std::int64_t lifetime)
    {
        mail::QueuePersona persona;
        persona.schedule = mail::RetrySchedule::Fixed;
        persona.lifetime = Nanoseconds(lifetime * SECOND);
        mail::MailQueue queue = NewQueue(persona);
        queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
        TakeOrders(queue);
        queue.Finish(At(7 * SECOND), 118300, {DeliveryOutcome::Deferral, ""});
        const SimTime again = *queue.NextWake();
        queue.Advance(again);
        const auto orders = TakeOrders(queue);
        BOOST_REQUIRE_EQUAL(orders.size(), 1);
        queue.Finish(again, orders[0].delivery, {DeliveryOutcome::Deferral, "later\n"});
        const auto events = TakeEvents(queue);
        return std::any_of(events.begin(),
                           events.end(),
                           [](const mail::QueueEvent& event) {
                               return event.kind == Kind::DeliveryResult &&
                                      event.outcome == DeliveryOutcome::Failure;
                           });
    };
    BOOST_TEST(dies(1800)); // tried again at 1801
    BOOST_TEST(!dies(1801));
}

BOOST_AUTO_TEST_CASE(no_more_than_twenty_remote_deliveries_run_at_once)
{
    mail::MailQueue queue = NewQueue();
    std::vector<mail::DeliveryOrder> orders;
    for (int i = 0; i < 50; ++i)
    {
        queue.Submit(At(i), Mail("a@livedoor.cn", {"b@example.jp"}));
    }
    orders = TakeOrders(queue);
    BOOST_TEST(orders.size() == 20);
    queue.Submit(At(60), Mail("a@livedoor.cn", {"local@LiveDoor.cn"}));
    const auto local = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(local.size(), 1);
    BOOST_TEST((local[0].channel == mail::Channel::Local));
    queue.Finish(At(70), orders[3].delivery, {DeliveryOutcome::Success, ""});
    const auto next = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(next.size(), 1);
    BOOST_TEST(next[0].serial == 21);
}

BOOST_AUTO_TEST_CASE(a_failure_is_bounced_once_to_the_sender)
{
    mail::MailQueue queue = NewQueue();
    queue.Submit(At(0),
                 Mail("sales@livedoor.cn", {"a@example.jp", "b@example.jp", "c@example.jp"}));
    const auto orders = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(orders.size(), 3);
    TakeEvents(queue);
    queue.Finish(At(SECOND), orders[0].delivery, {DeliveryOutcome::Failure, "one.\n"});
    queue.Finish(At(SECOND), orders[1].delivery, {DeliveryOutcome::Success, ""});
    BOOST_TEST(TakeOrders(queue).empty());
    queue.Finish(At(2 * SECOND), orders[2].delivery, {DeliveryOutcome::Failure, "two.\n"});
    const auto events = TakeEvents(queue);
    const auto kinds = KindsOf(events);
    const std::vector end(kinds.end() - 6, kinds.end());
    BOOST_TEST((end == std::vector{Kind::Bounced,
                                   Kind::EndMessage,
                                   Kind::NewMessage,
                                   Kind::MessageInfo,
                                   Kind::DeliveryStart,
                                   Kind::Status}));
    const auto bounces = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(bounces.size(), 1);
    BOOST_TEST((bounces[0].channel == mail::Channel::Local));
    BOOST_TEST(bounces[0].sender == "");
    BOOST_TEST(bounces[0].recipient == "sales@livedoor.cn");
    BOOST_TEST(bounces[0].message == 93870);
    BOOST_TEST(bounces[0].content->find("<a@example.jp>:\none.\n\n<c@example.jp>:\ntwo.\n\n---") !=
               std::string::npos);
    const auto& bounced = events[events.size() - 6];
    BOOST_TEST(bounced.bounceSerial == bounces[0].serial);
    BOOST_TEST(events[events.size() - 3].processId == bounced.processId);
    queue.Finish(At(3 * SECOND), bounces[0].delivery, {DeliveryOutcome::Success, "did 1+0+0\n"});
    BOOST_TEST(queue.GetMessageCount() == 0);
}

BOOST_AUTO_TEST_CASE(a_bounce_that_bounces_goes_to_the_postmaster_and_then_nowhere)
{
    mail::MailQueue queue = NewQueue();
    queue.Submit(At(0), Mail("gone@livedoor.cn", {"a@example.jp"}));
    queue.Finish(At(1), TakeOrders(queue).at(0).delivery, {DeliveryOutcome::Failure, "no.\n"});
    const auto single = TakeOrders(queue).at(0);
    queue.Finish(At(2),
                 single.delivery,
                 {DeliveryOutcome::Failure, "Sorry, no mailbox here by that name. (#5.1.1)\n"});
    const auto twice = TakeOrders(queue).at(0);
    BOOST_TEST(twice.sender == "#@[]");
    BOOST_TEST(twice.recipient == "postmaster@livedoor.cn");
    BOOST_TEST(twice.content->find("but the bounce bounced!") != std::string::npos);
    BOOST_TEST(
        twice.content->find("--- Below this line is the original bounce.\n\nReturn-Path: <>\n") !=
        std::string::npos);
    TakeEvents(queue);
    queue.Finish(At(3), twice.delivery, {DeliveryOutcome::Failure, "no.\n"});
    const auto kinds = KindsOf(TakeEvents(queue));
    BOOST_TEST(
        (kinds ==
         std::vector{Kind::DeliveryResult, Kind::Status, Kind::BounceDiscarded, Kind::EndMessage}));
    BOOST_TEST(TakeOrders(queue).empty());
    BOOST_TEST(queue.GetMessageCount() == 0);
}

BOOST_AUTO_TEST_CASE(numbers_of_messages_are_used_again)
{
    mail::MailQueue queue = NewQueue();
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    const auto orders = TakeOrders(queue);
    queue.Finish(At(1), orders[0].delivery, {DeliveryOutcome::Success, ""});
    queue.Submit(At(2), Mail("a@livedoor.cn", {"b@example.jp"}));
    queue.Submit(At(2), Mail("a@livedoor.cn", {"b@example.jp"}));
    const auto more = TakeOrders(queue);
    BOOST_TEST(more[0].message == 93869);
    BOOST_TEST(more[1].message == 93871);
    BOOST_TEST(more[1].serial == 4);
}

BOOST_AUTO_TEST_CASE(mail_for_both_channels_ends_when_both_are_done)
{
    mail::MailQueue queue = NewQueue();
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp", "c@livedoor.cn"}));
    const auto orders = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(orders.size(), 2);
    queue.Finish(At(1), orders[0].delivery, {DeliveryOutcome::Success, ""});
    BOOST_TEST(queue.GetMessageCount() == 1);
    queue.Finish(At(2), orders[1].delivery, {DeliveryOutcome::Success, ""});
    BOOST_TEST(queue.GetMessageCount() == 0);
    queue.Submit(At(3), Mail("a@livedoor.cn", {}));
    BOOST_TEST(queue.GetMessageCount() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
