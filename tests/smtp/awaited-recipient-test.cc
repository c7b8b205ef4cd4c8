// A policy that has to ask another service about a recipient: the reply waits, and so does the
// client.

#include "tests/smtp/recorder.h"

#include "models/smtp/server-session.h"

#include <boost/test/unit_test.hpp>

#include <map>

namespace
{

using namespace bouncelab;
using namespace bouncelab::smtp;

/// Knows nothing until the test writes it down.
struct LooksUp : ServerPolicy
{
    Decision OnRecipient(const ServerFacts&, const EnvelopeEntry& recipient) override
    {
        asked.push_back(recipient.path.Mailbox());
        return Look(recipient);
    }

    Decision Look(const EnvelopeEntry& recipient) const
    {
        Decision decision;
        const auto answer = answers.find(recipient.path.Mailbox());
        decision.wait = answer == answers.end();
        decision.reply = decision.wait ? std::string() : answer->second;
        return decision;
    }

    Decision OnAwaited(const ServerFacts&, const EnvelopeEntry& recipient) override
    {
        ++askedAgain;
        return Look(recipient);
    }

    Nanoseconds DelayReply(const ServerFacts&, const ReplyDraft& draft) override
    {
        return draft.code >= 500 ? tarpit : Nanoseconds(0);
    }

    std::map<std::string, std::string> answers;
    std::vector<std::string> asked;
    int askedAgain = 0;
    Nanoseconds tarpit{0};
};

struct Fixture
{
    Fixture()
        : connection{"mx.example.org", "example.org", {}, {}, 40000, 25, 7, WallTime{}, 0}
        , session(persona, policy, recorder, connection, DrawKey(1, "server"))
    {
        session.Connected(Ms(0));
        session.TakeOutput();
        Hear("EHLO a.example.net\r\nMAIL FROM:<x@example.net>\r\n", 1);
    }

    std::string Hear(std::string_view bytes, std::int64_t ms)
    {
        session.Receive(bytes, Ms(ms));
        return session.TakeOutput();
    }

    std::string TickAt(std::int64_t ms)
    {
        session.Tick(Ms(ms));
        return session.TakeOutput();
    }

    ServerPersona persona;
    LooksUp policy;
    Recorder recorder;
    ConnectionInfo connection;
    ServerSession session;
};

BOOST_AUTO_TEST_SUITE(awaited_recipient)

BOOST_FIXTURE_TEST_CASE(TheAnswerDecidesAndItsTimeCounts, Fixture)
{
    BOOST_TEST(Hear("RCPT TO:<a@example.org>\r\n", 10) == "");
    BOOST_TEST(TickAt(500) == "");
    policy.answers["a@example.org"] = "250 2.1.5 {address} via {verb}";
    BOOST_TEST(TickAt(700) == "250 2.1.5 a@example.org via RCPT\r\n");
    BOOST_TEST((recorder.replyTimes.back() == Ms(700)));
    policy.answers["b@example.org"] = "550 5.1.1 {address} unknown";
    BOOST_TEST(Hear("RCPT TO:<b@example.org>\r\n", 800) ==
               "550 5.1.1 b@example.org unknown\r\n"); // Known at once.
    BOOST_TEST(Hear("DATA\r\n", 900).compare(0, 3, "354") == 0);
    Hear("x\r\n.\r\n", 1000);
    BOOST_REQUIRE(recorder.messages.size() == 1u);
    BOOST_TEST(recorder.messages[0].envelope.recipients.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(PipelinedCommandsWaitTheirTurn, Fixture)
{
    BOOST_TEST(Hear("RCPT TO:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n", 10) == "");
    BOOST_TEST(policy.asked.size() == 1u);
    policy.answers["a@example.org"] = "550 5.1.1 no";
    BOOST_TEST(TickAt(20) == "550 5.1.1 no\r\n");
    BOOST_TEST(policy.asked.size() == 2u);
    policy.answers["b@example.org"] = "451 4.3.0 later";
    const std::string rest = TickAt(30);
    BOOST_TEST(rest.find("451 4.3.0 later\r\n503") == 0u, rest);
}

BOOST_FIXTURE_TEST_CASE(DelaysComeOnTop, Fixture)
{
    policy.tarpit = Ms(5000);
    Hear("RCPT TO:<a@example.org>\r\n", 10);
    policy.answers["a@example.org"] = "550 5.1.1 no";
    BOOST_TEST(TickAt(100) == "");
    BOOST_TEST((session.NextTimer() == Ms(5100)));
    BOOST_TEST(TickAt(5100) == "550 5.1.1 no\r\n");
}

BOOST_FIXTURE_TEST_CASE(WaitingIsNoSilenceOfTheClient, Fixture)
{
    Hear("RCPT TO:<a@example.org>\r\n", 10);
    BOOST_TEST(!session.NextTimer().has_value());
    BOOST_TEST(TickAt(3600000) == "");
    BOOST_TEST(!session.WantsClose());
}

BOOST_FIXTURE_TEST_CASE(TheConnectionsTimeoutHolds, Fixture)
{
    persona.timeouts.connection = Ms(600000);
    Hear("RCPT TO:<a@example.org>\r\n", 10);
    BOOST_TEST((session.NextTimer() == Ms(600000)));
    BOOST_TEST(TickAt(600000).compare(0, 3, "421") == 0);
    BOOST_TEST(session.WantsClose());
    const int before = policy.askedAgain;
    TickAt(600001);
    BOOST_TEST(policy.askedAgain == before);
}

BOOST_FIXTURE_TEST_CASE(AClientThatLeavesIsAnsweredFirst, Fixture)
{
    Hear("RCPT TO:<a@example.org>\r\n", 10);
    session.PeerClosed(Ms(20), false);
    BOOST_TEST(!session.WantsClose());
    policy.answers["a@example.org"] = "250 2.1.5 Ok";
    BOOST_TEST(TickAt(30) == "250 2.1.5 Ok\r\n");
    BOOST_TEST(session.WantsClose());
    BOOST_TEST((recorder.ends.back() == EndReason::PeerClosed));
}

BOOST_FIXTURE_TEST_CASE(AResetEndsTheWait, Fixture)
{
    Hear("RCPT TO:<a@example.org>\r\n", 10);
    session.PeerClosed(Ms(20), true);
    BOOST_TEST(session.WantsClose());
    BOOST_TEST((recorder.ends.back() == EndReason::PeerReset));
    policy.answers["a@example.org"] = "250 2.1.5 Ok";
    BOOST_TEST(TickAt(30) == "");
}

BOOST_FIXTURE_TEST_CASE(TooMuchInputMeanwhileEnds, Fixture)
{
    persona.limits.inputBuffer = 100;
    Hear("RCPT TO:<a@example.org>\r\n", 10);
    Hear(std::string(101, 'x'), 20);
    BOOST_TEST((recorder.ends.back() == EndReason::Overflow));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
