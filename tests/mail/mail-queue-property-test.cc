#include "models/mail/mail-queue.h"
#include "models/mail/outcome-tracker.h"
#include "tests/draw-sequence.h"
#include "tests/mail/queue-driver.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <map>
#include <set>

using namespace bouncelab;
using namespace bouncelab::test;
using mail::DeliveryOutcome;

namespace
{

/// What the test itself counts about one recipient of one message.
struct DeliveryTally
{
    int successes = 0;
    int failures = 0;
    bool running = false;
};

using Key = std::pair<std::uint64_t, std::string>; // serial, recipient

/// A world of random results and times around a queue.
class RandomWorld
{
  public:
    explicit RandomWorld(std::uint64_t seed)
        : m_random(seed, "world")
        , m_queue(Persona(m_random), Livedoor(), MailHostClock(), seed, "queue")
        , m_book([this](const mail::MessageOutcome& outcome) { m_outcomes.push_back(outcome); },
                 std::chrono::seconds(10))
    {
    }

    void Run()
    {
        const auto messages = m_random.Between(1, 40);
        for (std::int64_t i = 0; i < messages; ++i)
        {
            SubmitOne();
            for (auto steps = m_random.Below(6); steps > 0; --steps)
            {
                Step();
            }
        }
        for (int guard = 0; m_queue.GetMessageCount() > 0; ++guard)
        {
            RC_ASSERT(guard < 200000);
            Step();
        }
        RC_ASSERT(m_running.empty());
        RC_ASSERT(!m_queue.NextWake());
        m_book.Finish();
        Judge();
    }

  private:
    static mail::QueuePersona Persona(tests::DrawSequence& random)
    {
        mail::QueuePersona persona;
        persona.schedule =
            random.Chance(500000) ? mail::RetrySchedule::Quadratic : mail::RetrySchedule::Fixed;
        persona.remoteConcurrency = static_cast<std::uint32_t>(random.Between(1, 5));
        persona.localConcurrency = static_cast<std::uint32_t>(random.Between(1, 3));
        persona.lifetime = Nanoseconds(random.Between(0, 20000) * SECOND);
        return persona;
    }

    void SubmitOne()
    {
        static const std::vector<std::string> hosts{"example.jp", "livedoor.cn", "example.org"};
        std::set<std::string> recipients;
        for (auto count = m_random.Below(5); count > 0; --count)
        {
            recipients.insert("user" + std::to_string(m_random.Below(9)) + "@" +
                              hosts[m_random.Below(3)]);
        }
        const std::string sender =
            m_random.Chance(100000) ? "" : "sender@" + hosts[m_random.Below(3)];
        mail::Submission submission = Mail(sender, {recipients.begin(), recipients.end()});
        const std::uint64_t serial = m_queue.Submit(m_now, submission);
        m_senders[serial] = sender;
        for (const auto& recipient : recipients)
        {
            m_expected.insert({serial, recipient});
        }
        Drain();
    }

    void Step()
    {
        const auto wake = m_queue.NextWake();
        if (m_random.Chance(50000))
        {
            const bool isAll = m_random.Chance(500000);
            m_queue.RetryNow(m_now, isAll ? "" : "example.jp");
        }
        else if (!m_running.empty() && (!wake || m_random.Chance(700000)))
        {
            auto picked = m_running.begin();
            std::advance(picked, static_cast<long>(m_random.Below(m_running.size())));
            const mail::DeliveryOrder order = picked->second;
            m_running.erase(picked);
            m_now += Nanoseconds(m_random.Between(0, 3 * SECOND));
            const auto draw = m_random.Below(10);
            const DeliveryOutcome outcome = draw < 4   ? DeliveryOutcome::Success
                                            : draw < 8 ? DeliveryOutcome::Deferral
                                                       : DeliveryOutcome::Failure;
            DeliveryTally& account = m_accounts[{order.serial, order.recipient}];
            RC_ASSERT(account.running);
            account.running = false;
            if (outcome == DeliveryOutcome::Success)
            {
                m_book.OnLocalCopy(order);
            }
            m_queue.Finish(m_now, order.delivery, {outcome, "report\n"});
        }
        else if (wake)
        {
            m_now = std::max(m_now, *wake);
            m_queue.Advance(m_now);
        }
        Drain();
    }

    void Drain()
    {
        while (const auto event = m_queue.TakeEvent())
        {
            m_book.OnQueueEvent(*event);
            if (event->kind == mail::QueueEvent::Kind::DeliveryResult)
            {
                DeliveryTally& account = m_accounts[{event->serial, event->recipient}];
                account.successes += event->outcome == DeliveryOutcome::Success ? 1 : 0;
                account.failures += event->outcome == DeliveryOutcome::Failure ? 1 : 0;
            }
            if (event->kind == mail::QueueEvent::Kind::Bounced)
            {
                ++m_bounces[event->serial];
                m_expected.insert({event->bounceSerial, event->recipient});
                m_senders[event->bounceSerial] = m_senders.at(event->serial).empty() ? "#@[]" : "";
            }
            if (event->kind == mail::QueueEvent::Kind::BounceDiscarded)
            {
                ++m_discarded[event->serial];
            }
        }
        while (const auto order = m_queue.TakeOrder())
        {
            DeliveryTally& account = m_accounts[{order->serial, order->recipient}];
            RC_ASSERT(!account.running);
            RC_ASSERT(account.successes + account.failures == 0);
            account.running = true;
            m_running.emplace(order->delivery, *order);
        }
    }

    void Judge()
    {
        std::map<std::uint64_t, int> failed;
        for (const Key& key : m_expected)
        {
            const auto account = m_accounts.find(key);
            RC_ASSERT(account != m_accounts.end());
            RC_ASSERT(account->second.successes + account->second.failures == 1);
            failed[key.first] += account->second.failures;
        }
        RC_ASSERT(m_accounts.size() == m_expected.size());
        for (const auto& [serial, failures] : failed)
        {
            const bool last = m_senders.at(serial) == "#@[]";
            RC_ASSERT(m_bounces[serial] == (failures > 0 && !last ? 1 : 0));
            RC_ASSERT(m_discarded[serial] == (failures > 0 && last ? 1 : 0));
        }
        RC_ASSERT(m_outcomes.size() == m_senders.size());
        for (const mail::MessageOutcome& outcome : m_outcomes)
        {
            RC_ASSERT(outcome.ended >= outcome.queued);
            for (const mail::RecipientOutcome& recipient : outcome.recipients)
            {
                RC_ASSERT(recipient.Agrees());
                RC_ASSERT(recipient.sender != mail::SenderView::Pending);
            }
        }
    }

    tests::DrawSequence m_random;
    SimTime m_now{};
    mail::MailQueue m_queue;
    mail::OutcomeTracker m_book;
    std::vector<mail::MessageOutcome> m_outcomes;
    std::map<std::uint64_t, mail::DeliveryOrder> m_running;
    std::map<Key, DeliveryTally> m_accounts;
    std::set<Key> m_expected;
    std::map<std::uint64_t, std::string> m_senders;
    std::map<std::uint64_t, int> m_bounces;
    std::map<std::uint64_t, int> m_discarded;
};

} // namespace

BOOST_AUTO_TEST_SUITE(mail_queue_property)

BOOST_AUTO_TEST_CASE(nothing_is_lost_or_doubled_and_every_failure_is_bounced_once)
{
    BOOST_TEST(rc::check([](std::uint64_t seed) { RandomWorld(seed).Run(); }));
}

BOOST_AUTO_TEST_SUITE_END()
