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
                  RandomStream(1, "client"))
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
    BOOST_TEST((c.Message().outcome == Outcome::Accepted));
    BOOST_TEST((c.Recipient().outcome == Outcome::Accepted));
    BOOST_TEST(c.Message().reply == "250 queued");
    BOOST_TEST(c.recorder.violations.empty());
}

BOOST_AUTO_TEST_CASE(ForgedReplyAtRcptMakesQmailGiveUpAndCloseAtOnce)
{
    QmailAtRcpt c;
    BOOST_TEST(c.Hear("500 error\r\n") == "QUIT\r\n");
    BOOST_TEST(c.session.WantsClose());
    BOOST_TEST((c.Recipient().outcome == Outcome::Failed));
    BOOST_TEST((c.Recipient().stage == Stage::Recipient));
    BOOST_TEST(c.Recipient().code == 500u);
    BOOST_TEST(c.Recipient().reply == "500 error");
    BOOST_TEST((c.Message().cause == Cause::NoRecipients));
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
    BOOST_TEST((c.Message().outcome == Outcome::Failed));
    BOOST_TEST(c.Message().code == 6212u);
    BOOST_TEST(c.Message().reply == "r\n354 go");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
