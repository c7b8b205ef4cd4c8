#include "models/smtp/server-session.h"

#include "tests/smtp/recorder.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

struct Server
{
    explicit Server(ServerPersona p = {})
        : persona(std::move(p))
        , connection{"mx.example.org", "example.org", {}, {}, 40000, 25, 7, Ms(0), 0}
        , session(persona, policy, recorder, connection, RandomStream(1, "server"))
    {
    }

    std::string Start()
    {
        session.Connected(Ms(0));
        return session.TakeOutput();
    }

    std::string Hear(std::string_view bytes, std::int64_t ms = 1)
    {
        session.Receive(bytes, Ms(ms));
        return session.TakeOutput();
    }

    ServerPersona persona;
    ServerPolicy policy;
    Recorder recorder;
    ConnectionInfo connection;
    ServerSession session;
};

} // namespace

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

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
