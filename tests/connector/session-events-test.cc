#include "tests/connector/connector-rig.h"
#include "tests/times.h"

#include "models/connector/message-header.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

BOOST_AUTO_TEST_SUITE(session_events)

// S000-07 and S000-26: ticks of the start and a counter.
BOOST_AUTO_TEST_CASE(SessionIdsOfS000)
{
    SessionIds ids(WallTime(Nanoseconds(1320997804709581600 - 800)), 8);
    BOOST_TEST(SessionIds::Text(ids.Next()) == "08CE6E5DA8B26408");
    BOOST_TEST(SessionIds::Text(ids.Next()) == "08CE6E5DA8B26409");

    const WallTime start = test::Reading(1321416715881000000);
    TransportConfig transport;
    transport.uptime = start - test::Reading(1320997804709580000);
    transport.sessionsBefore = 15;
    Rig rig(Internet(), {}, {}, start, transport);
    BOOST_TEST(SessionIds::Text(rig.Connect().policy->Info().id) == "08CE6E5DA8B26407");
    BOOST_TEST(SessionIds::Text(rig.Connect().policy->Info().id) == "08CE6E5DA8B26408");
    BOOST_TEST(rig.connector.Id() == "WIN-TQTAID053PB\\Default WIN-TQTAID053PB");
}

BOOST_AUTO_TEST_CASE(AWholeSessionInTheOrderOfTheLog)
{
    Rig rig;
    rig.now = Seconds(3);
    ConnectorDialog client = rig.Connect();
    client.Begin("jia@abc.com");
    client.Say("RCPT TO:<office@abc.com>");
    BOOST_TEST(client.Send("Message-ID: <1@example.net>\r\n\r\nb\r\n") ==
               "250 2.6.0 <1@example.net> [InternalId=1] Queued mail for delivery");
    client.Say("RSET");
    client.Say("MAIL FROM:<>");
    client.Say("QUIT");
    const std::vector<std::string> expected = {
        "+",
        "* SMTPSubmit SMTPAcceptAnySender SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders",
        "> 220 WIN-TQTAID053PB.abc.com ESMTP",
        "< EHLO mail.globalsuite.net",
        "> 250-WIN-TQTAID053PB.abc.com",
        "< MAIL FROM:<jia@abc.com>",
        "* " + SessionIds::Text(client.policy->Info().id) + ";3000;1",
        "> 250 2.1.0 Ok",
        "< RCPT TO:<office@abc.com>",
        "> 250 2.1.5 Ok",
        "< DATA",
        "> 354 End data with <CR><LF>.<CR><LF>",
        "= 1 <1@example.net>",
        "> 250 2.6.0 <1@example.net> [InternalId=1] Queued mail for delivery",
        "< RSET",
        "> 250 2.0.0 Ok",
        "< MAIL FROM:<>",
        "* " + SessionIds::Text(client.policy->Info().id) + ";3000;2",
        "> 250 2.1.0 Ok",
        "< QUIT",
        "> 221 2.0.0 Bye",
        "- Local"};
    BOOST_TEST(rig.journal.lines == expected, boost::test_tools::per_element());
}

// Facts F02, F23: '0.00:00:25.639' due to 'DelayedAck', Delivered; never more than 30 s.
BOOST_AUTO_TEST_CASE(AcknowledgementWaitsForDelivery)
{
    const auto acknowledge = [](Nanoseconds delivery, bool shadow, std::string& line)
    {
        ReceiveConnectorConfig config = Internet();
        config.acknowledgement.delivery.base = delivery;
        config.acknowledgement.shadowRedundancy = shadow;
        Rig rig(config);
        ConnectorDialog client = rig.Connect();
        client.Begin("a@example.net");
        client.Say("RCPT TO:<office@abc.com>");
        BOOST_TEST(client.Send().substr(0, 9) == "250 2.6.0");
        line = rig.journal.lines.at(rig.journal.lines.size() - 2);
        return client.waited;
    };
    std::string line;
    BOOST_TEST((acknowledge(Nanoseconds(25639000000), true, line) == Nanoseconds(25639000000)));
    BOOST_TEST(line == "* tarpit 25639 DelayedAck Delivered");
    BOOST_TEST((acknowledge(Seconds(40), true, line) == Seconds(30)));
    BOOST_TEST(line == "* tarpit 30000 DelayedAck Expired");
    BOOST_TEST((acknowledge(Seconds(40), false, line) == Seconds(0)));
    BOOST_TEST(line.substr(0, 2) == "= ");
}

BOOST_AUTO_TEST_CASE(AMessageWithoutIdGetsOneAndAWickedIdDoesNoHarm)
{
    Rig rig;
    const auto send = [&rig](const std::string& content)
    {
        ConnectorDialog client = rig.Connect();
        client.Begin("a@example.net");
        client.Say("RCPT TO:<office@abc.com>");
        return client.Send(content);
    };
    const std::string made = send("Subject: a\r\n\r\n");
    BOOST_TEST(made.find("@WIN-TQTAID053PB.abc.com> [InternalId=1]") != std::string::npos);
    BOOST_TEST(send("Message-ID: <{hostname}\x01{internal-id}>\r\n\r\n") ==
               "250 2.6.0 <{hostname}?{internal-id}> [InternalId=2] Queued mail for delivery");
    const std::string longId = send("Message-ID: <" + std::string(900, 'x') + ">\r\n\r\n");
    BOOST_TEST(longId.size() < 400u);
}

BOOST_AUTO_TEST_CASE(Headers)
{
    const HeaderFacts facts = ReadHeader("received: from x\r\n by MX.abc.com; now\r\n"
                                         "Received: by mx.abc.com.example; now\r\n"
                                         "Subject:  hello \r\n more\r\n"
                                         "message-id:\r\n <a@b>\r\n\r\nReceived: no\r\n",
                                         "mx.abc.com");
    BOOST_TEST(facts.hops == 2u);
    BOOST_TEST(facts.localHops == 1u);
    BOOST_TEST(facts.subject == "hello");
    BOOST_TEST(facts.messageId == "<a@b>");
    for (const char* odd : {"", "\r\n", "x", ":", "a:\n\tb", "Message-ID: >x<", "Received", " \n"})
    {
        BOOST_TEST(ReadHeader(odd, "h").hops == 0u);
        BOOST_TEST(ReadHeader(odd, "h").messageId.empty());
    }
}

BOOST_AUTO_TEST_CASE(SameClientsSameEvents)
{
    const auto journal = []
    {
        ReceiveConnectorConfig config = Internet();
        config.acknowledgement.delivery = {Seconds(1), Seconds(9)};
        Rig rig(config, FilterConfig());
        for (std::uint32_t i = 0; i < 50; ++i)
        {
            ConnectorDialog client = rig.Connect(i % 7);
            client.Begin("a@example.net");
            client.Say(fmt::format("RCPT TO:<x{}@abc.com>", i));
            client.Say("RCPT TO:<office@abc.com>");
            client.Send();
        }
        return rig.journal.lines;
    };
    BOOST_TEST((journal() == journal()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
