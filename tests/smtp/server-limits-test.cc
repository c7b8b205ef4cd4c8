#include "tests/smtp/server-fixture.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

constexpr std::int64_t MINUTE = 60000;

/// Up to where content may flow.
void
StartContent(Server& s)
{
    s.Start();
    s.Hear("EHLO c\r\n");
    s.Hear("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_limits)

BOOST_AUTO_TEST_CASE(CommandLines)
{
    Server s;
    s.Start();
    s.Hear("EHLO c\r\n");
    BOOST_TEST(s.Hear("NOOP " + std::string(505, 'x') + "\r\n").substr(0, 3) == "250");
    BOOST_TEST(s.Hear("NOOP " + std::string(506, 'x') + "\r\n").substr(0, 3) == "500");
    BOOST_TEST(s.recorder.violations.back() == "command-too-long");
    // SIZE and 8BITMIME lengthen MAIL by 26 and 17 octets, and nothing else.
    const std::string mail = "MAIL FROM:<a@b.c>";
    BOOST_TEST(s.Hear(mail + std::string(553 - mail.size(), ' ') + "\r\n").substr(0, 3) == "250");
    s.Hear("RSET\r\n");
    BOOST_TEST(s.Hear(mail + std::string(554 - mail.size(), ' ') + "\r\n").substr(0, 3) == "500");
}

BOOST_AUTO_TEST_CASE(EndlessLinesTakeNoMemory)
{
    Server s;
    s.Start();
    for (int i = 0; i < 2000; ++i)
    {
        BOOST_TEST(s.Hear(std::string(5000, 'x')) == "");
        BOOST_TEST(s.session.Unread() == 0u);
    }
    BOOST_TEST(s.Hear("\r\n").substr(0, 3) == "500");
}

BOOST_AUTO_TEST_CASE(Paths)
{
    Server s;
    s.Start();
    s.Hear("EHLO c\r\n");
    const auto mail = [&s](const std::string& path)
    {
        const std::string answer = s.Hear("MAIL FROM:<" + path + ">\r\n");
        s.Hear("RSET\r\n");
        return answer.substr(0, 3);
    };
    BOOST_TEST(mail(std::string(64, 'l') + "@example.com") == "250");
    BOOST_TEST(mail(std::string(65, 'l') + "@example.com") == "501");
    std::string domain = "d";
    while (domain.size() < 252)
    {
        domain += ".d";
    }
    BOOST_TEST(domain.size() == 253u);
    BOOST_TEST(mail("a@" + domain.substr(2)) == "250"); // 255 with its brackets
    BOOST_TEST(mail("a@" + domain.substr(0, 252) + "d") == "501");
}

BOOST_AUTO_TEST_CASE(RecipientsAndTheirMemory)
{
    Server s;
    s.Start();
    s.Hear("EHLO c\r\n");
    s.Hear("MAIL FROM:<>\r\n");
    std::string flood;
    for (int i = 0; i < 10000; ++i)
    {
        flood += "RCPT TO:<u" + std::to_string(i) + "@example.org>\r\n";
    }
    const std::string out = s.Hear(flood);
    BOOST_TEST(s.session.Facts().envelope.recipients.size() == 100u);
    BOOST_TEST(s.recorder.violations.size() == 9900u);
    BOOST_TEST(out.find("452 4.5.3") != std::string::npos);
    BOOST_TEST(s.Hear("DATA\r\n").substr(0, 3) == "354");
}

BOOST_AUTO_TEST_CASE(Content)
{
    ServerPersona persona;
    persona.limits.messageSize = 2000;
    persona.rejectLongTextLines = true;
    Server s(persona);
    StartContent(s);
    for (int i = 0; i < 1000; ++i)
    {
        s.Hear("0123456789\r\n");
    }
    BOOST_TEST(s.Hear(".\r\n") == "552 5.3.4 Message size exceeds fixed limit\r\n");
    BOOST_TEST(s.recorder.violations.back() == "content-too-big");
    s.Hear("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n");
    BOOST_TEST(s.Hear(std::string(999, 'x') + "\r\n.\r\n").substr(0, 3) == "500");
    s.Hear("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n");
    BOOST_TEST(s.Hear(std::string(998, 'x') + "\r\n.\r\n").substr(0, 3) == "250");
    BOOST_TEST(s.recorder.messages.size() == 1u);
}

BOOST_AUTO_TEST_CASE(BareLineEndsByPolicy)
{
    const std::string content = "a\nb\r\n.\r\n";
    ServerPersona persona;
    Server pass(persona);
    StartContent(pass);
    BOOST_TEST(pass.Hear(content).substr(0, 3) == "250");
    BOOST_TEST(pass.recorder.messages.at(0).content == "a\nb\r\n");
    BOOST_TEST(pass.recorder.violations.at(0) == "bare-lf");

    persona.contentBareLf = BareLineEnd::Accept;
    Server accept(persona);
    StartContent(accept);
    BOOST_TEST(accept.Hear(content).substr(0, 3) == "250");
    BOOST_TEST(accept.recorder.messages.at(0).content == "a\r\nb\r\n");

    persona.contentBareLf = BareLineEnd::Reject;
    Server reject(persona);
    StartContent(reject);
    BOOST_TEST(reject.Hear(content).substr(0, 3) == "521");
    BOOST_TEST(reject.recorder.messages.empty());
    BOOST_TEST(!reject.session.WantsClose());

    // qmail-smtpd: answers at once, in the middle of the content, and is gone.
    persona.closeOnBareLineEnd = true;
    persona.replies.bareLineEnd = "451 See http://pobox.com/~djb/docs/smtplf.html.";
    Server qmail(persona);
    StartContent(qmail);
    BOOST_TEST(qmail.Hear("a\nb") == "451 See http://pobox.com/~djb/docs/smtplf.html.\r\n");
    BOOST_TEST(qmail.session.WantsClose());

    persona.commandBareLf = BareLineEnd::Reject;
    Server command(persona);
    command.Start();
    BOOST_TEST(command.Hear("HELO c\n").substr(0, 3) == "451");
    BOOST_TEST(command.session.WantsClose());
}

BOOST_AUTO_TEST_CASE(TooManyErrors)
{
    ServerPersona persona;
    persona.limits.errors = 2;
    Server s(persona);
    s.Start();
    BOOST_TEST(s.Hear("FOO\r\n").substr(0, 3) == "500");
    BOOST_TEST(s.Hear("FOO\r\n").substr(0, 3) == "500");
    BOOST_TEST(s.Hear("FOO\r\n").substr(0, 3) == "421");
    BOOST_TEST(s.session.WantsClose());
    BOOST_TEST((s.recorder.ends.at(0) == EndReason::TooManyErrors));
}

BOOST_AUTO_TEST_CASE(InputWaitsInTheSocketWhileAReplyIsDue)
{
    ServerPersona persona;
    persona.think.other.base = Ms(1000);
    persona.limits.inputBuffer = 100;
    Server s(persona);
    s.Start();
    s.Hear("NOOP\r\nNOOP\r\n", 1);
    BOOST_TEST(s.session.ReceiveRoom() == 94u);
    s.Hear(std::string(94, 'x'), 2);
    BOOST_TEST(s.session.ReceiveRoom() == 0u);
    s.Hear("x", 3);
    BOOST_TEST(s.recorder.violations.back() == "input-overflow");
    BOOST_TEST((s.recorder.ends.at(0) == EndReason::Overflow));
    BOOST_TEST(s.session.WantsClose());
}

BOOST_AUTO_TEST_CASE(SilenceEndsTheSession)
{
    Server s;
    s.Start();
    BOOST_TEST(s.session.NextTimer().value().count() == Ms(5 * MINUTE).count());
    s.Hear("NO", MINUTE);
    BOOST_TEST(s.session.NextTimer().value().count() == Ms(6 * MINUTE).count());
    s.session.Tick(Ms(6 * MINUTE - 1));
    BOOST_TEST(!s.session.HasOutput());
    s.session.Tick(Ms(6 * MINUTE));
    BOOST_TEST(s.session.TakeOutput() == "421 4.4.2 mx.example.org Error: timeout exceeded\r\n");
    BOOST_TEST(s.session.WantsClose());
    BOOST_TEST((s.recorder.ends.at(0) == EndReason::TimedOut));
}

BOOST_AUTO_TEST_CASE(ContentHasItsOwnTimerAndTheConnectionToo)
{
    ServerPersona persona;
    persona.timeouts.content = Ms(2 * MINUTE);
    persona.timeouts.connection = Ms(3 * MINUTE);
    persona.replies.timeout = "";
    Server s(persona);
    StartContent(s);
    BOOST_TEST(s.session.NextTimer().value().count() == Ms(2 * MINUTE + 1).count());
    s.Hear("x\r\n", 2 * MINUTE);
    BOOST_TEST(s.session.NextTimer().value().count() == Ms(3 * MINUTE).count());
    s.session.Tick(Ms(3 * MINUTE));
    BOOST_TEST(s.session.TakeOutput() == "");
    BOOST_TEST(s.session.WantsClose());
    BOOST_TEST(!s.session.WantsReset());
    BOOST_TEST(s.recorder.messages.empty());
}

BOOST_AUTO_TEST_CASE(WhatItBreaksOffItMayReset)
{
    ServerPersona persona;
    persona.timeouts.connection = Ms(3 * MINUTE);
    persona.breakOff = BreakOff::Reset;
    Server late(persona);
    StartContent(late);
    late.session.Tick(Ms(3 * MINUTE));
    late.session.TakeOutput();
    BOOST_TEST(late.session.WantsClose());
    BOOST_TEST(late.session.WantsReset());

    Server polite(persona);
    polite.Start();
    polite.Hear("QUIT\r\n");
    BOOST_TEST(polite.session.WantsClose());
    BOOST_TEST(!polite.session.WantsReset());

    Server left(persona);
    left.Start();
    left.session.PeerClosed(Ms(5), false);
    BOOST_TEST(left.session.WantsClose());
    BOOST_TEST(!left.session.WantsReset());
}

BOOST_AUTO_TEST_CASE(ThinkTimesJitterWithinTheirRange)
{
    ServerPersona persona;
    persona.think.other = {Ms(10), Ms(5)};
    Server s(persona);
    s.Start();
    std::int64_t now = 0;
    std::int64_t least = 1000000000;
    std::int64_t most = 0;
    for (int i = 0; i < 200; ++i)
    {
        now += 100;
        s.session.Receive("NOOP\r\n", Ms(now));
        const std::int64_t wait = s.session.NextTimer().value().count() - Ms(now).count();
        least = std::min(least, wait);
        most = std::max(most, wait);
        s.session.Tick(Ms(now + 50));
        s.session.TakeOutput();
    }
    BOOST_TEST(least >= Ms(10).count());
    BOOST_TEST(most <= Ms(15).count());
    BOOST_TEST(most - least > Ms(4).count());
}

BOOST_AUTO_TEST_CASE(ShutdownSaysSo)
{
    Server s;
    s.Start();
    s.session.Shutdown(Ms(5));
    BOOST_TEST(s.session.TakeOutput().substr(0, 3) == "421");
    BOOST_TEST(s.session.WantsClose());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
