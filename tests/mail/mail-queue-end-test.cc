// What becomes of a queue when its program ends, its host loses power, or its disk is full.

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

constexpr Nanoseconds WRITE_BACK = std::chrono::seconds(30);

mail::MailQueue
NewQueue(bool sync, const mail::QueuePersona& base = {})
{
    mail::QueuePersona persona = base;
    persona.sync = sync;
    return mail::MailQueue(persona, Livedoor(), MailHostClock(), 1, "queue");
}

std::size_t
Count(const std::vector<mail::QueueEvent>& events, Kind kind)
{
    return static_cast<std::size_t>(std::count_if(events.begin(),
                                                  events.end(),
                                                  [kind](const mail::QueueEvent& event)
                                                  { return event.kind == kind; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(mail_queue_end)

BOOST_AUTO_TEST_CASE(without_sync_what_is_not_written_back_is_lost)
{
    mail::MailQueue queue = NewQueue(false);
    queue.Submit(At(0), Mail("a@livedoor.cn", {"old@example.jp"}));
    queue.Submit(At(20 * SECOND), Mail("a@livedoor.cn", {"new@example.jp", "b@example.org"}));
    const auto orders = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(orders.size(), 3);
    TakeEvents(queue);
    queue.Finish(At(25 * SECOND), orders[2].delivery, {DeliveryOutcome::Success, "ok\n"});
    TakeEvents(queue);
    queue.LosePower(At(31 * SECOND), WRITE_BACK);
    const auto events = TakeEvents(queue);
    BOOST_REQUIRE_EQUAL(events.size(), 1);
    BOOST_TEST((events[0].kind == Kind::Lost));
    BOOST_TEST(events[0].serial == 2);
    BOOST_TEST((events[0].recipients == std::vector<std::string>{"new@example.jp"}));
    BOOST_TEST(queue.GetMessageCount() == 1);
    BOOST_TEST(queue.IsUnderWay(orders[0].delivery));
    BOOST_TEST(!queue.IsUnderWay(orders[1].delivery));
    BOOST_TEST(queue.Octets() == orders[0].content->size());

    queue.Start(At(60 * SECOND));
    queue.Interrupt(At(60 * SECOND), orders[0].delivery, 1);
    const auto again = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(again.size(), 1);
    BOOST_TEST(again[0].recipient == "old@example.jp");
    BOOST_TEST(again[0].delivery > orders[2].delivery);
}

BOOST_AUTO_TEST_CASE(with_sync_nothing_is)
{
    mail::MailQueue queue = NewQueue(true);
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    TakeEvents(queue);
    queue.LosePower(At(1), WRITE_BACK);
    BOOST_TEST(TakeEvents(queue).empty());
    BOOST_TEST(queue.GetMessageCount() == 1);
}

BOOST_AUTO_TEST_CASE(a_lost_message_gives_its_number_and_its_place_to_others)
{
    mail::QueuePersona persona;
    persona.remoteConcurrency = 1;
    mail::MailQueue queue = NewQueue(false, persona);
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp", "c@example.jp"}));
    queue.Submit(At(1), Mail("a@livedoor.cn", {"d@example.jp"}));
    BOOST_REQUIRE_EQUAL(TakeOrders(queue).size(), 1);
    TakeEvents(queue);
    queue.LosePower(At(SECOND), WRITE_BACK);
    BOOST_TEST(TakeEvents(queue).size() == 2);
    BOOST_TEST(queue.GetMessageCount() == 0);
    BOOST_TEST(!queue.NextWake());
    queue.Start(At(60 * SECOND));
    queue.Submit(At(60 * SECOND), Mail("a@livedoor.cn", {"e@example.jp"}));
    const auto orders = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(orders.size(), 1);
    BOOST_TEST(orders[0].message == 93869);
    BOOST_TEST(orders[0].serial == 3);
}

BOOST_AUTO_TEST_CASE(an_interrupted_delivery_is_no_result_and_is_due_at_once)
{
    mail::MailQueue queue = NewQueue(true);
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    const auto first = TakeOrders(queue);
    BOOST_REQUIRE_EQUAL(first.size(), 1);
    TakeEvents(queue);
    queue.Stop(At(SECOND));
    BOOST_TEST((TakeEvents(queue).at(0).kind == Kind::Stopped));
    queue.Start(At(100 * SECOND));
    queue.Interrupt(At(100 * SECOND), first[0].delivery, 1);
    const auto events = TakeEvents(queue);
    BOOST_TEST((events[0].kind == Kind::Started));
    BOOST_TEST(Count(events, Kind::DeliveryInterrupted) == 1);
    BOOST_TEST(Count(events, Kind::DeliveryResult) == 0);
    BOOST_TEST(Count(events, Kind::DeliveryStart) == 1);
    BOOST_REQUIRE_EQUAL(TakeOrders(queue).size(), 1);
}

BOOST_AUTO_TEST_CASE(what_waits_is_tried_at_a_start_where_the_persona_does_so)
{
    for (const bool retries : {true, false})
    {
        mail::QueuePersona persona;
        persona.retryAtStart = retries;
        mail::MailQueue queue = NewQueue(true, persona);
        queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
        queue.Finish(At(SECOND),
                     TakeOrders(queue).at(0).delivery,
                     {DeliveryOutcome::Deferral, "no\n"});
        queue.Start(At(10 * SECOND));
        queue.Advance(At(10 * SECOND));
        BOOST_TEST(TakeOrders(queue).size() == (retries ? 1U : 0U));
    }
}

BOOST_AUTO_TEST_CASE(a_report_waits_until_the_disk_has_room_for_it)
{
    for (const auto bounceTime : {mail::BounceTime::AtEnd, mail::BounceTime::AfterPass})
    {
        mail::QueuePersona persona;
        persona.bounceTime = bounceTime;
        persona.reportRetry = std::chrono::seconds(123);
        mail::MailQueue queue = NewQueue(true, persona);
        std::uint64_t room = 0;
        queue.SetRoom([&room] { return room; });
        queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
        queue.Finish(At(SECOND),
                     TakeOrders(queue).at(0).delivery,
                     {DeliveryOutcome::Failure, "no\n"});
        auto events = TakeEvents(queue);
        BOOST_TEST(Count(events, Kind::Bounced) == 0);
        BOOST_TEST(Count(events, Kind::EndMessage) == 0);
        BOOST_TEST(queue.GetMessageCount() == 1);
        BOOST_REQUIRE(queue.NextWake());
        queue.Advance(*queue.NextWake());
        BOOST_TEST(Count(TakeEvents(queue), Kind::Bounced) == 0);
        room = 100000;
        BOOST_REQUIRE(queue.NextWake());
        BOOST_TEST((*queue.NextWake() >= At(2 * 123 * SECOND)));
        queue.Advance(*queue.NextWake());
        events = TakeEvents(queue);
        BOOST_TEST(Count(events, Kind::Bounced) == 1);
        BOOST_TEST(Count(events, Kind::EndMessage) == 1);
        BOOST_REQUIRE_EQUAL(TakeOrders(queue).size(), 1);
    }
}

BOOST_AUTO_TEST_CASE(a_report_that_waits_is_lost_with_its_message)
{
    mail::MailQueue queue = NewQueue(false);
    queue.SetRoom([] { return std::uint64_t{0}; });
    queue.Submit(At(0), Mail("a@livedoor.cn", {"b@example.jp"}));
    queue.Finish(At(SECOND), TakeOrders(queue).at(0).delivery, {DeliveryOutcome::Failure, "no\n"});
    TakeEvents(queue);
    queue.LosePower(At(2 * SECOND), WRITE_BACK);
    const auto events = TakeEvents(queue);
    BOOST_REQUIRE_EQUAL(events.size(), 1);
    BOOST_TEST((events[0].recipients == std::vector<std::string>{"b@example.jp"}));
    BOOST_TEST(!queue.NextWake());
}

BOOST_AUTO_TEST_SUITE_END()
