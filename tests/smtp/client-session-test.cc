#include "models/smtp/client-session.h"

#include "tests/smtp/qmail-persona.h"
#include "tests/smtp/recorder.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

struct Client
{
    explicit Client(ClientPersona p = {},
                    std::vector<std::string> recipients = {"b@example.org"},
                    std::string content = "Subject: x\r\n\r\n.dot\r\n")
        : persona(std::move(p))
        , session(persona,
                  {"a@example.com",
                   std::move(recipients),
                   std::make_shared<const std::string>(std::move(content))},
                  "client.example.com",
                  recorder,
                  DrawKey(1, "client"))
    {
        session.Connected(Ms(0));
    }

    /// Hands the octets over and gives what the client then says.
    std::string Hear(std::string_view bytes, std::int64_t ms = 1)
    {
        session.Receive(bytes, Ms(ms));
        return session.TakeOutput();
    }

    const ClientVerdict& Message() const { return recorder.results.at(0).message; }

    const ClientVerdict& Recipient(std::size_t i = 0) const
    {
        return recorder.results.at(0).recipients.at(i);
    }

    ClientPersona persona;
    Recorder recorder;
    ClientSession session;
};

/// Up to where the reply to RCPT is awaited.
struct QmailAtRcpt : Client
{
    QmailAtRcpt()
        : Client(QmailRemote())
    {
        Hear("220 ready\r\n");
        Hear("250 hi\r\n");
        Hear("250 Ok\r\n");
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(client_session)

BOOST_AUTO_TEST_CASE(QmailDeliversWithHelo)
{
    Client c(QmailRemote());
    BOOST_TEST(c.session.TakeOutput() == "");
    BOOST_TEST(c.Hear("220 mx ready\r\n") == "HELO client.example.com\r\n");
    BOOST_TEST(c.Hear("250 mx\r\n") == "MAIL FROM:<a@example.com>\r\n");
    BOOST_TEST(c.Hear("250 Ok\r\n") == "RCPT TO:<b@example.org>\r\n");
    BOOST_TEST(c.Hear("250 Ok\r\n") == "DATA\r\n");
    BOOST_TEST(c.Hear("354 go\r\n") == "Subject: x\r\n\r\n..dot\r\n.\r\n");
    BOOST_TEST(!c.session.WantsClose());
    BOOST_TEST(c.Hear("250 queued\r\n") == "QUIT\r\n");
    BOOST_TEST(c.session.WantsClose());
    BOOST_TEST((c.Message().outcome == TransactionOutcome::Accepted));
    BOOST_TEST((c.Recipient().outcome == TransactionOutcome::Accepted));
    BOOST_TEST(c.Message().reply == "250 queued");
    BOOST_TEST(c.recorder.violations.empty());
}

BOOST_AUTO_TEST_CASE(ForgedReplyAtRcptMakesQmailGiveUpAndCloseAtOnce)
{
    QmailAtRcpt c;
    BOOST_TEST(c.Hear("500 error\r\n") == "QUIT\r\n");
    BOOST_TEST(c.session.WantsClose());
    BOOST_TEST((c.Recipient().outcome == TransactionOutcome::Failed));
    BOOST_TEST((c.Recipient().stage == Stage::Recipient));
    BOOST_TEST(c.Recipient().code == 500u);
    BOOST_TEST(c.Recipient().reply == "500 error");
    BOOST_TEST((c.Message().cause == OutcomeReason::NoRecipients));
    BOOST_TEST(c.recorder.ends.size() == 1u);
}

/// The forger lost the race: of "500 error\r\n" only the three octets beyond "250 Ok\r\n" are new.
BOOST_AUTO_TEST_CASE(LeftOverOctetsBeginTheAnswerToData)
{
    QmailAtRcpt c;
    BOOST_TEST(c.Hear("250 Ok\r\nr\r\n") == "DATA\r\n");
    BOOST_TEST(c.recorder.violations.at(0) == "early-reply");
    BOOST_TEST(c.recorder.details.at(0) == "r\r\n");
    BOOST_TEST(c.Hear("354 go\r\n") == "QUIT\r\n");
    BOOST_TEST((c.Message().stage == Stage::Data));
    BOOST_TEST((c.Message().outcome == TransactionOutcome::Failed));
    BOOST_TEST(c.Message().code == 6212u);
    BOOST_TEST(c.Message().reply == "r\n354 go");
}

BOOST_AUTO_TEST_CASE(HearsTheSameInAnyPieces)
{
    const std::vector<std::string> answers{"220-a\r\n220 b\r\n",
                                           "250-mx\r\n250-SIZE 1\r\n250 8BITMIME\r\n",
                                           "250 2.1.0 Ok\r\n",
                                           "550-5.1.1 no\r\n550 5.1.1 never\r\n",
                                           "250 Ok\r\n",
                                           "354 go\r\n",
                                           "250 Ok\r\n",
                                           "221 Bye\r\n"};
    const auto play = [&answers](std::size_t step)
    {
        Client c({}, {"x@example.org", "y@example.org"});
        std::string said;
        for (const std::string& answer : answers)
        {
            for (std::size_t at = 0; at < answer.size(); at += step)
            {
                said += c.Hear(std::string_view(answer).substr(at, step));
            }
        }
        BOOST_TEST(c.session.WantsClose());
        BOOST_TEST(c.recorder.violations.empty());
        BOOST_TEST((c.Recipient(0).outcome == TransactionOutcome::Failed));
        BOOST_TEST(c.Recipient(0).reply == "550-5.1.1 no\n550 5.1.1 never");
        BOOST_TEST((c.Recipient(1).outcome == TransactionOutcome::Accepted));
        BOOST_TEST((c.Message().stage == Stage::Message));
        return said;
    };
    const std::string whole = play(100);
    BOOST_TEST(whole.find("MAIL FROM:<a@example.com> SIZE=20\r\n") != std::string::npos);
    for (std::size_t step = 1; step < 30; ++step)
    {
        BOOST_TEST(play(step) == whole);
    }
}

BOOST_AUTO_TEST_CASE(PipelinesTheEnvelopeWhereItMay)
{
    Client c({}, {"x@example.org", "y@example.org"}, "caf\xc3\xa9\r\n");
    c.Hear("220 mx\r\n");
    BOOST_TEST(c.Hear("250-mx\r\n250-8BITMIME\r\n250 pipelining\r\n") ==
               "MAIL FROM:<a@example.com> BODY=8BITMIME\r\nRCPT TO:<x@example.org>\r\n"
               "RCPT TO:<y@example.org>\r\nDATA\r\n");
    BOOST_TEST(c.Hear("250 Ok\r\n250 Ok\r\n451 later\r\n354 go\r\n") == "caf\xc3\xa9\r\n.\r\n");
    BOOST_TEST(c.Hear("250 Ok\r\n") == "QUIT\r\n");
    BOOST_TEST(!c.session.WantsClose());
    BOOST_TEST((c.Recipient(0).outcome == TransactionOutcome::Accepted));
    BOOST_TEST((c.Recipient(1).outcome == TransactionOutcome::Deferred));
    c.Hear("221 Bye\r\n");
    BOOST_TEST(c.session.WantsClose());
}

BOOST_AUTO_TEST_CASE(PipelinedRefusalsAreSortedOut)
{
    {
        Client c; // All recipients refused, DATA accepted nevertheless: only the dot goes out.
        c.Hear("220 mx\r\n");
        c.Hear("250-mx\r\n250 PIPELINING\r\n");
        BOOST_TEST(c.Hear("250 Ok\r\n550 no\r\n354 go\r\n") == ".\r\n");
        BOOST_TEST(c.Hear("554 nobody\r\n") == "QUIT\r\n");
        BOOST_TEST((c.Message().cause == OutcomeReason::NoRecipients));
        BOOST_TEST(c.Recipient().code == 550u);
    }
    {
        Client c; // The sender refused: the other refusals follow from that.
        c.Hear("220 mx\r\n");
        c.Hear("250-mx\r\n250 PIPELINING\r\n");
        BOOST_TEST(c.Hear("450 not you\r\n503 no\r\n503 no\r\n") == "QUIT\r\n");
        BOOST_TEST((c.Message().stage == Stage::Mail));
        BOOST_TEST((c.Message().outcome == TransactionOutcome::Deferred));
        BOOST_TEST((c.Recipient().outcome == TransactionOutcome::Deferred));
        BOOST_TEST(c.Recipient().code == 450u);
    }
}

BOOST_AUTO_TEST_CASE(ARefusedSenderIsRefusedWhateverBecomesOfTheBatch)
{
    for (const bool breaks : {true, false})
    {
        ClientPersona persona;
        persona.replyParser = ReplyReading::Strict;
        Client c(persona);
        c.Hear("220 mx\r\n");
        c.Hear("250-mx\r\n250 PIPELINING\r\n");
        c.Hear("550 No such user\r\n");
        if (breaks)
        {
            c.session.PeerClosed(Ms(5), true);
        }
        else
        {
            c.Hear("no reply\r\n");
        }
        BOOST_TEST((c.Message().stage == Stage::Mail));
        BOOST_TEST((c.Recipient().outcome == TransactionOutcome::Failed));
        BOOST_TEST(c.Recipient().code == 550u);
    }
}

BOOST_AUTO_TEST_CASE(FallsBackToHelo)
{
    Client c;
    BOOST_TEST(c.Hear("220 mx\r\n") == "EHLO client.example.com\r\n");
    BOOST_TEST(c.Hear("500 what\r\n") == "HELO client.example.com\r\n");
    BOOST_TEST(c.Hear("250 mx\r\n") == "MAIL FROM:<a@example.com>\r\n");
    ClientPersona only;
    only.hello = HelloPolicy::EhloOnly;
    Client d(only);
    d.Hear("220 mx\r\n");
    BOOST_TEST(d.Hear("500 what\r\n") == "QUIT\r\n");
    BOOST_TEST((d.Message().stage == Stage::Hello));
}

BOOST_AUTO_TEST_CASE(EveryStageCanEndTheTransaction)
{
    const std::vector<std::string> good{"220 x\r\n",
                                        "250 x\r\n",
                                        "250 x\r\n",
                                        "250 x\r\n",
                                        "354 x\r\n",
                                        "250 x\r\n"};
    const std::vector<Stage> stages{Stage::Greeting,
                                    Stage::Hello,
                                    Stage::Mail,
                                    Stage::Recipient,
                                    Stage::Data,
                                    Stage::Message};
    for (std::size_t stage = 0; stage < good.size(); ++stage)
    {
        for (const std::string bad : {"451 4.0.0 later\r\n", "554 5.0.0 never\r\n"})
        {
            ClientPersona persona;
            persona.hello = HelloPolicy::HeloOnly;
            Client c(persona);
            for (std::size_t i = 0; i < stage; ++i)
            {
                c.Hear(good[i]);
            }
            BOOST_TEST(c.Hear(bad) == "QUIT\r\n");
            const TransactionOutcome expected =
                bad[0] == '4' ? TransactionOutcome::Deferred : TransactionOutcome::Failed;
            BOOST_TEST((c.Recipient().outcome == expected));
            BOOST_TEST((c.Recipient().stage == stages[stage]));
            BOOST_TEST(c.Recipient().reply == bad.substr(0, bad.size() - 2));
        }
    }
}

BOOST_AUTO_TEST_CASE(AForgedReplyToDataThatIsPositiveIsBelievedByQmailOnly)
{
    QmailAtRcpt qmail;
    qmail.Hear("250 Ok\r\n");
    BOOST_TEST(qmail.Hear("250 what\r\n").substr(0, 8) == "Subject:");
    BOOST_TEST(qmail.recorder.violations.at(0) == "unexpected-code");
    ClientPersona persona;
    persona.hello = HelloPolicy::HeloOnly;
    Client strict(persona);
    strict.Hear("220 x\r\n");
    strict.Hear("250 x\r\n");
    strict.Hear("250 x\r\n");
    strict.Hear("250 x\r\n");
    BOOST_TEST(strict.Hear("250 what\r\n") == "QUIT\r\n");
    BOOST_TEST((strict.Message().outcome == TransactionOutcome::Deferred));
}

BOOST_AUTO_TEST_CASE(EarlyRepliesAnswerWhatIsAskedNext)
{
    Client c(QmailRemote());
    const std::string said = c.Hear("220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n");
    BOOST_TEST(said == "HELO client.example.com\r\nMAIL FROM:<a@example.com>\r\n"
                       "RCPT TO:<b@example.org>\r\nDATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\n");
    BOOST_TEST(c.recorder.violations.size() == 4u);
    BOOST_TEST(c.recorder.violations.at(3) == "early-reply");
    BOOST_TEST(c.Hear("250 f\r\n221 never read\r\n") == "QUIT\r\n");
    BOOST_TEST(c.session.Unread() == 16u);
    BOOST_TEST((c.Message().outcome == TransactionOutcome::Accepted));
}

BOOST_AUTO_TEST_CASE(ItMayResetWhenItIsDone)
{
    ClientPersona persona = QmailRemote();
    const std::string replies = "220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n";
    Client polite(persona);
    polite.Hear(replies);
    BOOST_TEST(polite.Hear("250 f\r\n") == "QUIT\r\n");
    BOOST_TEST(!polite.session.WantsReset());

    persona.quit = QuitPolicy::Reset;
    Client abrupt(persona);
    abrupt.Hear(replies);
    BOOST_TEST(abrupt.Hear("250 f\r\n") == "");
    BOOST_TEST((abrupt.Message().outcome == TransactionOutcome::Accepted));
    BOOST_TEST(abrupt.session.WantsClose());
    BOOST_TEST(abrupt.session.WantsReset());
}

BOOST_AUTO_TEST_CASE(MalformedRepliesMeetThePersonasReaction)
{
    const auto react = [](MalformedReplyPolicy choice)
    {
        ClientPersona persona;
        persona.malformedReply = choice;
        Client c(persona);
        c.Hear("220 x\r\n");
        c.Hear("250 x\r\n");
        c.Hear("r\r\n");
        BOOST_TEST((choice == MalformedReplyPolicy::Skip ||
                    c.recorder.violations.at(0) == "malformed-reply"));
        return c.recorder.results.empty() ? std::string("goes on")
                                          : std::string(NameOf(c.Message().outcome));
    };
    BOOST_TEST(react(MalformedReplyPolicy::Defer) == "defer");
    BOOST_TEST(react(MalformedReplyPolicy::Fail) == "fail");
    BOOST_TEST(react(MalformedReplyPolicy::Skip) == "goes on");
}

BOOST_AUTO_TEST_CASE(TheConnectionMayDie)
{
    Client before(QmailRemote());
    before.Hear("220 x\r\n");
    before.session.PeerClosed(Ms(5), false);
    BOOST_TEST((before.Message().cause == OutcomeReason::PeerClosed));
    BOOST_TEST((before.Message().stage == Stage::Hello));
    BOOST_TEST(!before.recorder.results[0].possibleDuplicate);
    BOOST_TEST(before.session.WantsClose());

    QmailAtRcpt after;
    after.Hear("250 Ok\r\n");
    after.Hear("354 go\r\n");
    after.session.PeerClosed(Ms(5), true);
    BOOST_TEST((after.Message().cause == OutcomeReason::PeerReset));
    BOOST_TEST((after.Recipient().outcome == TransactionOutcome::Deferred));
    BOOST_TEST(after.recorder.results[0].possibleDuplicate);

    Client never;
    Recorder recorder;
    ClientSession failed(never.persona,
                         {"", {"b@c"}, std::make_shared<std::string>()},
                         "h",
                         recorder,
                         DrawKey(1, ""));
    failed.ConnectFailed(Ms(60000));
    BOOST_TEST((recorder.results.at(0).recipients.at(0).cause == OutcomeReason::ConnectFailed));
    BOOST_TEST((recorder.results.at(0).message.stage == Stage::Connect));
    BOOST_TEST(failed.WantsClose());
}

BOOST_AUTO_TEST_CASE(WhatCameBeforeTheFinIsRead)
{
    QmailAtRcpt c;
    c.session.Receive("550 no\r\n", Ms(5));
    BOOST_TEST(c.session.TakeOutput() == "QUIT\r\n");
    BOOST_TEST(c.Recipient().code == 550u);

    ClientPersona slow = QmailRemote();
    slow.think.base = Ms(10);
    Client d(slow);
    d.Hear("220 x\r\n250 y\r\n", 1);
    d.session.PeerClosed(Ms(2), false);
    BOOST_TEST(d.recorder.results.empty());
    d.session.Tick(Ms(11));
    d.session.Tick(Ms(21));
    BOOST_TEST((d.Message().stage == Stage::Mail));
}

BOOST_AUTO_TEST_CASE(StageTimers)
{
    ClientPersona persona;
    persona.hello = HelloPolicy::HeloOnly;
    const std::vector<std::pair<std::string, std::int64_t>> stages{{"220 x\r\n", 5},
                                                                   {"250 x\r\n", 5},
                                                                   {"250 x\r\n", 5},
                                                                   {"250 x\r\n", 5},
                                                                   {"354 x\r\n", 2},
                                                                   {"250 x\r\n", 10},
                                                                   {"221 x\r\n", 5}};
    Client c(persona);
    std::int64_t now = 0;
    for (const auto& [answer, minutes] : stages)
    {
        BOOST_TEST(c.session.NextTimer().value().count() == Ms(now + minutes * 60000).count());
        now += 1000;
        c.Hear(answer, now);
    }
    BOOST_TEST(!c.session.NextTimer().has_value());

    Client late(persona);
    late.session.Tick(Ms(300000));
    BOOST_TEST((late.Message().cause == OutcomeReason::TimedOut));
    BOOST_TEST((late.Message().stage == Stage::Greeting));
    BOOST_TEST(late.session.TakeOutput() == "");
    BOOST_TEST(late.session.WantsClose());
}

BOOST_AUTO_TEST_CASE(ADrippingPeerIsWaitedForByQmailOnly)
{
    Client qmail(QmailRemote());
    Client rfc;
    for (std::int64_t minute = 1; minute < 30; ++minute)
    {
        qmail.Hear("2", minute * 60000);
        rfc.Hear("2", minute * 60000);
    }
    BOOST_TEST(qmail.recorder.results.empty());
    BOOST_TEST((rfc.Message().cause == OutcomeReason::TimedOut));
}

BOOST_AUTO_TEST_CASE(ContentIsWrittenAsTheSocketTakesIt)
{
    ClientPersona persona;
    persona.hello = HelloPolicy::HeloOnly;
    Client c(persona, {"b@example.org"}, std::string(100000, 'x') + "\r\n");
    c.Hear("220 x\r\n");
    c.Hear("250 x\r\n");
    c.Hear("250 x\r\n");
    c.Hear("250 x\r\n");
    c.session.Receive("354 x\r\n", Ms(10));
    std::size_t total = 0;
    std::int64_t now = 10;
    while (c.session.HasOutput())
    {
        BOOST_TEST(c.session.NextTimer().value().count() == Ms(now + 180000).count());
        now += 100000;
        c.session.Tick(Ms(now));
        const std::string part = c.session.TakeOutput(30000);
        BOOST_TEST(part.size() <= 30000u);
        total += part.size();
    }
    BOOST_TEST(total == 100005u);
    BOOST_TEST(c.session.NextTimer().value().count() == Ms(now + 600000).count());

    Client stuck(persona, {"b@example.org"}, std::string(100000, 'x'));
    for (const char* answer : {"220 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n"})
    {
        stuck.Hear(answer);
    }
    stuck.session.Receive("354 x\r\n", Ms(10));
    stuck.session.TakeOutput(30000);
    stuck.session.Tick(Ms(180010));
    BOOST_TEST((stuck.Message().cause == OutcomeReason::TimedOut));
    BOOST_TEST(!stuck.recorder.results[0].possibleDuplicate);
    BOOST_TEST(stuck.session.WantsClose());
}

BOOST_AUTO_TEST_CASE(TheReplyMayComeBeforeTheContentIsOut)
{
    QmailAtRcpt c;
    c.Hear("250 Ok\r\n");
    c.session.Receive("354 go\r\n250 forged\r\n", Ms(5));
    BOOST_TEST(c.recorder.results.empty());
    BOOST_TEST(c.session.TakeOutput(5) == "Subje");
    BOOST_TEST(c.recorder.results.empty());
    const std::string rest = c.session.TakeOutput();
    BOOST_TEST(rest.substr(rest.size() - 9) == ".\r\nQUIT\r\n");
    BOOST_TEST((c.Message().outcome == TransactionOutcome::Accepted));
    BOOST_TEST(c.recorder.violations.at(0) == "early-reply");
    BOOST_TEST(c.session.WantsClose());
}

BOOST_AUTO_TEST_CASE(EarlyInputIsBounded)
{
    ClientPersona persona = QmailRemote();
    persona.think.base = Ms(1000);
    persona.inputBuffer = 100;
    Client c(persona);
    c.Hear("220 x\r\n", 1);
    BOOST_TEST(c.session.ReceiveRoom() == 100u);
    c.Hear(std::string(100, 'x'), 2);
    BOOST_TEST(c.session.ReceiveRoom() == 0u);
    c.Hear("x", 3);
    BOOST_TEST((c.Message().cause == OutcomeReason::Overflow));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
