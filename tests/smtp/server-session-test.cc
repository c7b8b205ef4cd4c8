#include "tests/smtp/server-fixture.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

BOOST_AUTO_TEST_SUITE(server_session)

BOOST_AUTO_TEST_CASE(TakesAMessage)
{
    Server s;
    BOOST_TEST(s.Start() == "220 mx.example.org ESMTP\r\n");
    BOOST_TEST(s.Hear("EHLO c.example.com\r\n") ==
               "250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 10485760\r\n"
               "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n");
    BOOST_TEST(s.Hear("MAIL FROM:<a@example.com> SIZE=20\r\n") == "250 2.1.0 Ok\r\n");
    BOOST_TEST(s.Hear("RCPT TO:<b@example.org>\r\n") == "250 2.1.5 Ok\r\n");
    BOOST_TEST(s.Hear("DATA\r\n").substr(0, 3) == "354");
    BOOST_TEST(s.Hear("Subject: x\r\n\r\n..dot\r\n.\r\n") == "250 2.0.0 Ok\r\n");
    BOOST_TEST(s.Hear("QUIT\r\n") == "221 2.0.0 Bye\r\n");
    BOOST_TEST(s.session.WantsClose());
    BOOST_TEST(s.recorder.messages.size() == 1u);
    BOOST_TEST(s.recorder.messages[0].content == "Subject: x\r\n\r\n.dot\r\n");
    BOOST_TEST(s.recorder.messages[0].envelope.sender.path.Mailbox() == "a@example.com");
    BOOST_TEST(s.recorder.messages[0].envelope.recipients.size() == 1u);
    BOOST_TEST(s.recorder.violations.empty());
}

BOOST_AUTO_TEST_CASE(RepliesLeaveAfterTheirThinkTime)
{
    ServerPersona persona;
    persona.think.mail.base = Ms(5);
    Server s(persona);
    s.Start();
    s.Hear("EHLO c\r\n", 10);
    BOOST_TEST(s.Hear("MAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\n", 20) == "");
    BOOST_TEST(s.session.NextTimer().value().count() == Ms(25).count());
    s.session.Tick(Ms(24));
    BOOST_TEST(s.session.TakeOutput() == "");
    s.session.Tick(Ms(25));
    BOOST_TEST(s.session.TakeOutput() == "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n");
}

BOOST_AUTO_TEST_CASE(AnswersTheSameInAnyPieces)
{
    const std::string dialog = "EHLO c\r\nMAIL FROM:<@r.example:a@example.com> BODY=8BITMIME\r\n"
                               "RCPT TO:<b@example.org>\r\nRCPT TO:<bad\r\nDATA\r\n"
                               "x\r\n..\r\n.\r\nNOOP\r\nVRFY b\r\nHELP\r\nRSET\r\nFOO\r\nQUIT\r\n";
    const auto play = [&dialog](std::size_t step)
    {
        Server s;
        std::string out = s.Start();
        for (std::size_t at = 0; at < dialog.size(); at += step)
        {
            out += s.Hear(std::string_view(dialog).substr(at, step));
        }
        BOOST_TEST(s.recorder.messages.size() == 1u);
        BOOST_TEST(s.recorder.messages.at(0).content == "x\r\n.\r\n");
        BOOST_TEST(s.session.WantsClose());
        return out;
    };
    const std::string whole = play(dialog.size());
    BOOST_TEST(whole.find("500 5.5.2") != std::string::npos);
    for (std::size_t step = 1; step < dialog.size(); ++step)
    {
        BOOST_TEST(play(step) == whole);
    }
}

BOOST_AUTO_TEST_CASE(OctetsAfterQuitAreNotRead)
{
    Server s;
    s.Start();
    BOOST_TEST(s.Hear("QUIT\r\nNOOP\r\n") == "221 2.0.0 Bye\r\n");
    BOOST_TEST(s.session.Unread() == 6u);
    BOOST_TEST(s.session.WantsClose());
    BOOST_TEST(s.Hear("NOOP\r\n") == "");
    BOOST_TEST(!s.session.NextTimer().has_value());
}

BOOST_AUTO_TEST_CASE(RefusesCommandsOutOfOrder)
{
    Server s;
    s.Start();
    BOOST_TEST(s.Hear("MAIL FROM:<>\r\n").substr(0, 3) == "503");
    BOOST_TEST(s.Hear("EHLO\r\n").substr(0, 3) == "501");
    s.Hear("EHLO c\r\n");
    BOOST_TEST(s.Hear("RCPT TO:<b@example.org>\r\n") == "503 5.5.1 Error: need MAIL command\r\n");
    BOOST_TEST(s.Hear("DATA\r\n") == "503 5.5.1 Error: need MAIL command\r\n");
    s.Hear("MAIL FROM:<>\r\n");
    BOOST_TEST(s.Hear("MAIL FROM:<>\r\n") == "503 5.5.1 Error: nested MAIL command\r\n");
    BOOST_TEST(s.Hear("DATA\r\n") == "503 5.5.1 Error: need RCPT command\r\n");
    BOOST_TEST(s.recorder.violations.size() == 6u);
    BOOST_TEST(s.Hear("RCPT TO:<b@example.org>\r\n").substr(0, 3) == "250");
    BOOST_TEST(s.Hear("RSET\r\n").substr(0, 3) == "250");
    BOOST_TEST(s.Hear("DATA\r\n").substr(0, 3) == "503");
}

BOOST_AUTO_TEST_CASE(AServerMayDoWithoutHello)
{
    ServerPersona persona;
    persona.requireHello = false;
    Server s(persona);
    s.Start();
    BOOST_TEST(s.Hear("MAIL FROM:<>\r\n").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(HelloEndsTheTransaction)
{
    Server s;
    s.Start();
    s.Hear("EHLO c\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\n");
    BOOST_TEST(s.Hear("HELO d\r\n") == "250 mx.example.org\r\n");
    BOOST_TEST(s.Hear("DATA\r\n").substr(0, 3) == "503");
    BOOST_TEST(s.session.Facts().helo == "d");
    BOOST_TEST(s.session.Facts().envelope.recipients.empty());
}

BOOST_AUTO_TEST_CASE(ParametersNeedTheirExtension)
{
    ServerPersona persona;
    persona.keywords = {"SIZE"};
    persona.limits.messageSize = 1000;
    Server s(persona);
    s.Start();
    s.Hear("EHLO c\r\n");
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> BODY=8BITMIME\r\n").substr(0, 3) == "555");
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> SIZE=x\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> SIZE=1001\r\n").substr(0, 3) == "552");
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c> SIZE=1000\r\n").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(PersonaTextsAreExpanded)
{
    ServerPersona persona;
    persona.replies.greeting = "220 {hostname} ready at {date}";
    persona.replies.rcpt = "250 2.1.5 {address} at {domain} for {client}, {no-such-word}";
    persona.replies.vrfy = "252 {argument}\nsession {session}";
    persona.keywords = {"SIZE {max-size}"};
    Server s(persona);
    s.connection.client = *Ipv4::Parse("192.0.2.1");
    s.connection.unixTime = WallTime(std::chrono::seconds(1159253183));
    s.connection.zoneMinutes = 480;
    BOOST_TEST(s.Start() == "220 mx.example.org ready at Tue, 26 Sep 2006 14:46:23 +0800\r\n");
    BOOST_TEST(s.Hear("EHLO c\r\n") == "250-mx.example.org\r\n250 SIZE 10485760\r\n");
    s.Hear("MAIL FROM:<>\r\n");
    BOOST_TEST(s.Hear("RCPT TO:<b@example.org>\r\n") ==
               "250 2.1.5 b@example.org at example.org for 192.0.2.1, {no-such-word}\r\n");
    BOOST_TEST(s.Hear("VRFY {hostname} \x01x\r\n") == "252-{hostname} ?x\r\n252 session 7\r\n");
}

BOOST_AUTO_TEST_CASE(PersonaFaultsAreNamed)
{
    ServerPersona persona;
    BOOST_TEST(CheckServerPersona(persona).empty());
    persona.replies.mail = "Ok";
    persona.replies.data = "250 go";
    persona.replies.needMail = "250 fine";
    persona.replies.quit = "221 {nobody}";
    persona.keywords = {""};
    const auto faults = CheckServerPersona(persona);
    BOOST_TEST(faults.size() == 5u);
    BOOST_TEST(faults.at(0) ==
               "replies.mail: found \"Ok\", expected a code 200..559, a space and text");
}

BOOST_AUTO_TEST_CASE(ThePolicyDecides)
{
    struct Policy : ServerPolicy
    {
        Decision OnRecipient(const ServerFacts& facts, const EnvelopeEntry& entry) override
        {
            BOOST_TEST(facts.envelope.sender.path.Mailbox() == "a@example.com");
            return entry.path.localPart == "gone"
                       ? Decision{"550 5.1.1 User unknown", Ms(40), false}
                       : Decision{};
        }

        Nanoseconds DelayReply(const ServerFacts& facts, const ReplyDraft&) override
        {
            return facts.refusals > 0 ? Ms(5000) : Ms(0);
        }
    };

    ServerPersona persona;
    Policy policy;
    Recorder recorder;
    const ConnectionInfo connection{"mx", "d", {}, {}, 1, 25, 1, WallTime{}, 0};
    ServerSession session(persona, policy, recorder, connection, DrawKey(1, "s"));
    session.Connected(Ms(0));
    session.Receive("EHLO c\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<gone@example.org>\r\n",
                    Ms(10));
    session.TakeOutput();
    BOOST_TEST(session.NextTimer().value().count() == Ms(5050).count());
    session.Tick(Ms(5050));
    BOOST_TEST(session.TakeOutput() == "550 5.1.1 User unknown\r\n");
    session.Receive("RCPT TO:<b@example.org>\r\n", Ms(5060));
    BOOST_TEST(session.NextTimer().value().count() == Ms(10060).count());
}

BOOST_AUTO_TEST_CASE(ARefusedConnectionWaitsForQuitOrCloses)
{
    struct Policy : ServerPolicy
    {
        Decision OnConnect(const ServerFacts&) override { return {"554 5.7.1 No", Ms(0), false}; }
    };

    for (const bool wait : {true, false})
    {
        ServerPersona persona;
        persona.waitAfterRefusal = wait;
        Policy policy;
        Recorder recorder;
        const ConnectionInfo connection;
        ServerSession session(persona, policy, recorder, connection, DrawKey(1, "s"));
        session.Connected(Ms(0));
        BOOST_TEST(session.TakeOutput() == "554 5.7.1 No\r\n");
        BOOST_TEST(session.WantsClose() == !wait);
        if (wait)
        {
            session.Receive("EHLO c\r\nQUIT\r\n", Ms(1));
            BOOST_TEST(session.TakeOutput().substr(0, 3) == "503");
            BOOST_TEST(session.WantsClose());
        }
    }
}

BOOST_AUTO_TEST_CASE(PrematureInputIsEvidence)
{
    ServerPersona persona;
    persona.think.greeting.base = Ms(100);
    Server s(persona);
    s.Start();
    BOOST_TEST(s.Hear("EHLO c\r\n", 50) == "");
    BOOST_TEST(s.recorder.violations.at(0) == "premature-input");
    s.session.Tick(Ms(100));
    BOOST_TEST(s.session.TakeOutput().find("250 8BITMIME") != std::string::npos);
    s.Hear("MAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n", 110);
    BOOST_TEST(s.recorder.violations.size() == 1u);
    s.Hear(".\r\nNOOP\r\nNOOP\r\n", 120);
    BOOST_TEST(s.recorder.violations.size() == 2u);

    persona.rejectEarlyTalkers = true;
    Server strict(persona);
    strict.Start();
    BOOST_TEST(strict.Hear("EHLO c\r\n", 50) == "521 5.5.1 Protocol error\r\n");
    BOOST_TEST(strict.session.WantsClose());
}

BOOST_AUTO_TEST_CASE(NotImplementedAndUnknownVerbs)
{
    ServerPersona persona;
    persona.notImplementedVerbs = {"VRFY", "TURN"};
    persona.extended = false;
    Server s(persona);
    s.Start();
    BOOST_TEST(s.Hear("vrfy a\r\n").substr(0, 3) == "502");
    BOOST_TEST(s.Hear("TURN\r\n").substr(0, 3) == "502");
    BOOST_TEST(s.Hear("EHLO c\r\n").substr(0, 3) == "500");
    BOOST_TEST(s.Hear("\r\n").substr(0, 3) == "500");
    BOOST_TEST(s.Hear("HELO c\r\n").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(ThePeerMayGoAwayAnywhere)
{
    for (const bool reset : {false, true})
    {
        Server s;
        s.Start();
        s.Hear("EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nhalf", 1);
        s.session.PeerClosed(Ms(2), reset);
        BOOST_TEST(s.recorder.messages.empty());
        BOOST_TEST(s.recorder.violations.back() == "closed-in-transaction");
        BOOST_TEST(
            (s.recorder.ends.at(0) == (reset ? EndReason::PeerReset : EndReason::PeerClosed)));
        BOOST_TEST(s.session.WantsClose());
    }
}

BOOST_AUTO_TEST_CASE(AFinDoesNotStopWhatWasSentBeforeIt)
{
    ServerPersona persona;
    persona.think.message.base = Ms(50);
    Server s(persona);
    s.Start();
    s.Hear("HELO c\r\nMAIL FROM:<>\r\n", 1);
    s.session.Receive("RCPT TO:<b@example.org>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n", Ms(2));
    s.session.PeerClosed(Ms(2), false);
    BOOST_TEST(s.recorder.messages.size() == 1u);
    BOOST_TEST(!s.session.WantsClose());
    s.session.TakeOutput();
    s.session.Tick(Ms(52));
    BOOST_TEST(s.session.TakeOutput() == "250 2.0.0 Ok\r\n221 2.0.0 Bye\r\n");
    BOOST_TEST((s.recorder.ends.at(0) == EndReason::Quit));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
