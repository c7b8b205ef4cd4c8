#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

namespace
{

/// What a client sees of a server when others behind the same address have sent to bad recipients.
struct Seen
{
    std::string reply;
    Nanoseconds greeting{0};
    Nanoseconds mail{0};
    Nanoseconds recipient{0};
};

Seen
Visit(Rig& rig)
{
    for (const char* recipient : {"x1@abc.com", "x2@abc.com", "x3@abc.com", "x4@abc.com"})
    {
        ConnectorDialog other = rig.Connect();
        other.Begin("someone@example.org");
        other.Say(std::string("RCPT TO:<") + recipient + ">");
        other.Drop();
    }
    ConnectorDialog user = rig.Connect();
    Seen seen;
    seen.greeting = user.waited;
    user.Begin("jia@abc.com");
    seen.mail = user.waited;
    seen.reply = user.Say("RCPT TO:<office@abc.com>");
    seen.recipient = user.waited;
    return seen;
}

} // namespace

// The two readings of S000 are told apart by delay and reply.
BOOST_AUTO_TEST_SUITE(cause)

BOOST_AUTO_TEST_CASE(BanByTheFilterRefusesAtOnce)
{
    Rig rig(Internet(), FilterConfig());
    const Seen seen = Visit(rig);
    BOOST_TEST(seen.reply.substr(0, 9) == "550 5.2.1");
    BOOST_TEST(seen.greeting.count() == 0);
    BOOST_TEST(seen.mail.count() == 0);
    BOOST_TEST(seen.recipient.count() == 0);
    BOOST_TEST(rig.journal.Count("* tarpit") == 0u);
}

BOOST_AUTO_TEST_CASE(TarpitByTheConnectorDelaysAndAccepts)
{
    ReceiveConnectorConfig config = Internet();
    config.recipientLookup = true;
    Rig rig(config);
    const Seen seen = Visit(rig);
    BOOST_TEST(seen.reply.substr(0, 3) == "250");
    BOOST_TEST((seen.greeting == Seconds(5)));
    BOOST_TEST((seen.mail == Seconds(5)));
    BOOST_TEST((seen.recipient == Seconds(5)));
    BOOST_TEST(rig.journal.Count("# ") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
