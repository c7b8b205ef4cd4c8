#include "tests/draw-sequence.h"
#include "tests/smtp/qmail-persona.h"
#include "tests/smtp/recorder.h"

#include "models/smtp/client-session.h"
#include "models/smtp/server-session.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <string>

namespace bouncelab::smtp
{

namespace
{

/// A connection that delivers in random pieces at random times, and may die at any moment.
class Wire
{
  public:
    Wire(Session& client, Session& server, std::uint64_t seed, std::uint32_t deathPerMillion)
        : m_client{client, {}, false, false}
        , m_server{server, {}, false, false}
        , m_random(seed, "wire")
        , m_deathPerMillion(deathPerMillion)
    {
    }

    /// \return false if the sessions do not come to an end.
    bool Run()
    {
        m_server.session.Connected(m_now);
        m_client.session.Connected(m_now);
        for (int step = 0; step < 200000; ++step)
        {
            Collect(m_client);
            Collect(m_server);
            if (m_client.session.WantsClose() && m_server.session.WantsClose())
            {
                return true;
            }
            m_now += Nanoseconds(m_random.Below(2000));
            if (m_random.Chance(m_deathPerMillion))
            {
                const bool reset = m_random.Below(2) == 0;
                Close(m_client, reset);
                Close(m_server, reset);
            }
            Deliver(m_client, m_server);
            Deliver(m_server, m_client);
            if (m_client.toPeer.empty() && m_server.toPeer.empty())
            {
                Wait();
            }
        }
        return false;
    }

  private:
    struct End
    {
        Session& session;
        std::string toPeer;
        bool finSent;
        bool heardFin;
    };

    void Collect(End& end)
    {
        end.session.Tick(m_now);
        const std::string output = end.session.TakeOutput(1 + m_random.Below(400));
        if (!m_dead)
        {
            end.toPeer += output;
        }
    }

    void Close(End& end, bool reset)
    {
        m_dead = true;
        end.toPeer.clear();
        end.heardFin = true;
        end.session.PeerClosed(m_now, reset);
    }

    void Deliver(End& from, End& to)
    {
        const std::size_t room = to.session.ReceiveRoom();
        const std::size_t most = std::min({from.toPeer.size(), room, std::size_t(300)});
        const std::size_t count = m_random.Below(most + 1);
        to.session.Receive(std::string_view(from.toPeer).substr(0, count), m_now);
        from.toPeer.erase(0, count);
        if (from.session.WantsClose() && from.toPeer.empty() && !to.heardFin)
        {
            to.heardFin = true;
            to.session.PeerClosed(m_now, false);
        }
    }

    /// Nothing is under way: time passes up to the next timer.
    void Wait()
    {
        for (const auto& timer : {m_client.session.NextTimer(), m_server.session.NextTimer()})
        {
            if (timer && !m_client.session.HasOutput() && !m_server.session.HasOutput() &&
                *timer - m_now < std::chrono::seconds(10))
            {
                m_now = std::max(m_now, *timer);
                return;
            }
        }
    }

    End m_client;
    End m_server;
    tests::DrawSequence m_random;
    std::uint32_t m_deathPerMillion;
    Nanoseconds m_now{0};
    bool m_dead = false;
};

/// Refuses some recipients for now and some for good, by their first letter.
struct Picky : ServerPolicy
{
    Decision OnRecipient(const ServerFacts&, const EnvelopeEntry& entry) override
    {
        const char first = entry.path.localPart[0];
        return first == 'd'   ? Decision{"451 4.2.1 later", Nanoseconds(0), false}
               : first == 'f' ? Decision{"550 5.1.1 never", Nanoseconds(500), false}
                              : Decision{};
    }
};

rc::Gen<std::string>
Content()
{
    return rc::gen::container<std::string>(
        rc::gen::element('.', '\r', '\n', 'a', 'b', 'c', '\0', '\xff'));
}

struct Played
{
    Recorder client;
    Recorder server;
    bool ended = false;
};

struct Setting
{
    ClientPersona client;
    ServerPersona server;
    std::vector<std::string> recipients;
    std::string content;
    std::uint64_t seed = 0;
    std::uint32_t deathPerMillion = 0;
};

Setting
AnySetting()
{
    Setting s;
    s.client = *rc::gen::arbitrary<bool>() ? QmailRemote() : ClientPersona();
    s.client.lineEnds = ContentLineEnds::AsIs;
    s.client.think = {Nanoseconds(*rc::gen::inRange(0, 1000)), Nanoseconds(300)};
    s.client.quit = *rc::gen::element(QuitPolicy::Wait,
                                      QuitPolicy::NoWait,
                                      QuitPolicy::None,
                                      QuitPolicy::Reset);
    s.server.think.mail = s.server.think.rcpt =
        s.server.think.message = {Nanoseconds(*rc::gen::inRange(0, 1000)),
                                  Nanoseconds(*rc::gen::inRange(0, 500))};
    if (*rc::gen::arbitrary<bool>())
    {
        s.server.keywords.clear();
    }
    s.recipients = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a@example.org", "d@example.org", "f@example.org")));
    s.content = *Content();
    s.seed = *rc::gen::arbitrary<std::uint64_t>();
    return s;
}

void
Play(const Setting& s, Played& played)
{
    Picky policy;
    const ConnectionInfo connection{"mx.example.org", "example.org", {}, {}, 1, 25, 1, {}, 0};
    ServerSession server(s.server, policy, played.server, connection, DrawKey(s.seed, "s"));
    ClientSession client(
        s.client,
        {"sender@example.com", s.recipients, std::make_shared<const std::string>(s.content)},
        "client.example.com",
        played.client,
        DrawKey(s.seed, "c"));
    Wire wire(client, server, s.seed, s.deathPerMillion);
    played.ended = wire.Run();
}

std::string
WithLineEnd(const std::string& content)
{
    const bool ends =
        content.empty() || (content.size() >= 2 && content.substr(content.size() - 2) == "\r\n");
    return ends ? content : content + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(session_pair)

BOOST_AUTO_TEST_CASE(EveryMailArrivesOnceAndWhole)
{
    const auto arrives = rc::check(
        "mail arrives",
        []
        {
            const Setting s = AnySetting();
            Played played;
            Play(s, played);
            RC_ASSERT(played.ended);
            RC_ASSERT(played.client.results.size() == 1u);
            RC_ASSERT(played.client.ends.size() == 1u);
            RC_ASSERT(played.server.ends.size() == 1u);
            std::size_t accepted = 0;
            for (std::size_t i = 0; i < s.recipients.size(); ++i)
            {
                const ClientVerdict& verdict = played.client.results[0].recipients[i];
                const char first = s.recipients[i][0];
                RC_ASSERT(verdict.outcome == (first == 'a'   ? TransactionOutcome::Accepted
                                              : first == 'd' ? TransactionOutcome::Deferred
                                                             : TransactionOutcome::Failed));
                accepted += first == 'a';
            }
            RC_ASSERT(played.server.messages.size() == (accepted > 0 ? 1u : 0u));
            if (accepted > 0)
            {
                RC_ASSERT(played.server.messages[0].content == WithLineEnd(s.content));
                RC_ASSERT(played.server.messages[0].envelope.recipients.size() == accepted);
            }
            RC_ASSERT(played.client.violations.empty());
        });
    BOOST_TEST(arrives);
}

BOOST_AUTO_TEST_CASE(NoAcceptedMailIsLostOrDoubledWhenTheConnectionDies)
{
    int died = 0;
    int uncertain = 0;
    const auto holds =
        rc::check("death loses nothing",
                  [&]
                  {
                      Setting s = AnySetting();
                      s.deathPerMillion = *rc::gen::inRange<std::uint32_t>(1000, 100000);
                      s.recipients = {"a@example.org"};
                      Played played;
                      Play(s, played);
                      RC_ASSERT(played.ended);
                      RC_ASSERT(played.client.results.size() == 1u);
                      RC_ASSERT(played.server.messages.size() <= 1u);
                      const TransactionResult& result = played.client.results[0];
                      const bool taken = !played.server.messages.empty();
                      if (result.message.outcome == TransactionOutcome::Accepted)
                      {
                          RC_ASSERT(taken);
                          RC_ASSERT(played.server.messages[0].content == WithLineEnd(s.content));
                      }
                      else
                      {
                          ++died;
                          uncertain += taken;
                          RC_ASSERT(result.message.outcome == TransactionOutcome::Deferred);
                          RC_ASSERT(!taken || result.possibleDuplicate);
                      }
                  });
    BOOST_TEST(holds);
    BOOST_TEST(died > 50);
    BOOST_TEST(uncertain > 0);
}

BOOST_AUTO_TEST_CASE(TheSameSeedGivesTheSameConversation)
{
    Setting s;
    s.server.think.rcpt = {Nanoseconds(100), Nanoseconds(900)};
    s.recipients = {"a@example.org", "f@example.org"};
    s.content = "Subject: x\r\n\r\nhello\r\n";
    s.seed = 42;
    Played first;
    Played second;
    Play(s, first);
    Play(s, second);
    BOOST_TEST(first.client.replies == second.client.replies);
    BOOST_TEST((first.client.replyTimes == second.client.replyTimes));
    s.seed = 43;
    Played third;
    Play(s, third);
    BOOST_TEST((first.client.replyTimes != third.client.replyTimes));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
