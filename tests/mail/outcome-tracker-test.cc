#include "models/mail/outcome-tracker.h"
#include "tests/mail/queue-driver.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;
using mail::DeliveryOutcome;

namespace
{

struct World
{
    std::vector<mail::MessageOutcome> outcomes;
    mail::MailQueue queue{{}, Livedoor(), MailHostClock(), 1, "queue"};
    mail::OutcomeTracker book{[this](const mail::MessageOutcome& outcome)
                              { outcomes.push_back(outcome); },
                              std::chrono::minutes(1)};

    std::vector<mail::DeliveryOrder> Drain()
    {
        for (const auto& event : TakeEvents(queue))
        {
            book.OnQueueEvent(event);
        }
        return TakeOrders(queue);
    }

    mail::DeliveryOrder Submit(SimTime now, std::uint64_t seed)
    {
        mail::Submission submission = Mail("sales@livedoor.cn", {"user@example.jp"});
        mail::MessageDraft draft;
        draft.seed = seed;
        submission.content = mail::ComposeMessage(draft, MailHostClock(), now);
        queue.Submit(now, submission);
        return Drain().at(0);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(outcome_tracker)

BOOST_AUTO_TEST_CASE(mail_refused_by_a_forged_reply_is_lost_on_both_sides)
{
    World world;
    const auto order = world.Submit(At(0), 1);
    world.book.Attribute(order.delivery, 9);
    world.book.Attribute(order.delivery, 10);
    world.queue.Finish(At(SECOND), order.delivery, {DeliveryOutcome::Failure, "no\n"});
    const auto bounce = world.Drain().at(0);
    world.book.OnLocalCopy(bounce);
    world.queue.Finish(At(2 * SECOND), bounce.delivery, {DeliveryOutcome::Success, ""});
    world.Drain();
    world.book.Finish();
    BOOST_REQUIRE_EQUAL(world.outcomes.size(), 2);
    const auto& lost = world.outcomes[0];
    BOOST_TEST(lost.cause == 9);
    BOOST_TEST(lost.bounceSerial == 2);
    BOOST_TEST(*lost.ended == At(SECOND));
    BOOST_REQUIRE_EQUAL(lost.recipients.size(), 1);
    BOOST_TEST((lost.recipients[0].sender == mail::SenderView::Failed));
    BOOST_TEST(lost.recipients[0].copies == 0);
    BOOST_TEST(lost.recipients[0].Agrees());
    BOOST_TEST(world.outcomes[1].messageId == "");
    BOOST_TEST(world.outcomes[1].recipients[0].copies == 1);
}

BOOST_AUTO_TEST_CASE(a_copy_that_the_sender_does_not_know_of_is_seen)
{
    World world;
    const auto order = world.Submit(At(0), 1);
    world.queue.Finish(At(SECOND), order.delivery, {DeliveryOutcome::Deferral, "died\n"});
    world.Drain();
    world.book.OnReceived(At(SECOND), "user@example.jp", mail::WithNetworkLineEnds(*order.content));
    const auto wake = *world.queue.NextWake();
    world.queue.Advance(wake);
    const auto again = world.Drain().at(0);
    world.queue.Finish(wake, again.delivery, {DeliveryOutcome::Success, ""});
    world.Drain();
    world.book.OnReceived(wake, "user@example.jp", *order.content);
    world.book.Finish();
    BOOST_REQUIRE_EQUAL(world.outcomes.size(), 1);
    BOOST_TEST(world.outcomes[0].recipients[0].copies == 2);
    BOOST_TEST(world.outcomes[0].recipients[0].attempts == 2);
    BOOST_TEST(!world.outcomes[0].recipients[0].Agrees());
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_what_is_alive)
{
    World world;
    std::size_t most = 0;
    for (int i = 0; i < 5000; ++i)
    {
        const SimTime now = At(i * SECOND);
        const auto order = world.Submit(now, static_cast<std::uint64_t>(i));
        world.book.OnReceived(now, "user@example.jp", *order.content);
        world.queue.Finish(now, order.delivery, {DeliveryOutcome::Success, ""});
        world.Drain();
        most = std::max(most, world.book.GetSize());
    }
    BOOST_TEST(most <= 62);
    world.book.Finish();
    BOOST_TEST(world.outcomes.size() == 5000);
    world.book.OnReceived(At(0), "user@example.jp", "Message-ID: <late@x>\n\n");
    BOOST_TEST(world.book.GetStrayCopies() == 1);
}

BOOST_AUTO_TEST_CASE(a_copy_with_another_body_than_was_sent_is_no_agreement)
{
    for (const bool isRewritten : {false, true})
    {
        World world;
        const auto order = world.Submit(At(0), 1);
        // A relay's field and line ends of the network are no change.
        std::string arrived = "Received: by relay\r\n" + mail::WithNetworkLineEnds(*order.content);
        if (isRewritten)
        {
            arrived.replace(arrived.size() - 8, 6, "aaazzz");
        }
        world.queue.Finish(At(SECOND), order.delivery, {DeliveryOutcome::Success, ""});
        world.Drain();
        world.book.OnReceived(At(SECOND), "user@example.jp", arrived);
        world.book.Finish();
        const auto& recipient = world.outcomes.at(0).recipients.at(0);
        BOOST_TEST(recipient.copies == 1U);
        BOOST_TEST(recipient.changed == (isRewritten ? 1U : 0U));
        BOOST_TEST(recipient.Agrees() == !isRewritten);
    }
}

BOOST_AUTO_TEST_SUITE_END()
