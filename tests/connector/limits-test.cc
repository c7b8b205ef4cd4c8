#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(ConnectionsOfOneSource)
{
    ReceiveConnectorConfig config = Internet();
    config.connections.connectionsPerSource = 20;
    Rig rig(config);
    std::vector<ConnectorDialog> open;
    for (int i = 0; i < 20; ++i)
    {
        open.push_back(rig.Connect());
        BOOST_TEST(open.back().greeting.substr(0, 3) == "220");
    }
    ConnectorDialog extra = rig.Connect();
    BOOST_TEST(extra.greeting ==
               "421 4.3.2 The maximum number of concurrent connections has exceeded "
               "a limit, closing transmission channel");
    BOOST_TEST(extra.session->WantsClose());
    BOOST_TEST(extra.waited.count() == 0);
    BOOST_TEST(rig.Connect(5).greeting.substr(0, 3) == "220");
    open.front().Say("QUIT");
    BOOST_TEST(rig.Connect().greeting.substr(0, 3) == "220");
}

BOOST_AUTO_TEST_CASE(AConnectionThatVanishesIsGivenBack)
{
    Rig rig;
    {
        ConnectorDialog a = rig.Connect();
        ConnectorDialog b = rig.Connect();
        b.Drop(true);
        BOOST_TEST(rig.connector.OpenConnections() == 1u);
    }
    BOOST_TEST(rig.connector.OpenConnections() == 0u);
}

BOOST_AUTO_TEST_CASE(TotalAndShareOfWhatIsLeft)
{
    ConnectionLimitsConfig config;
    config.connections = 100;
    config.connectionsPerSource = 0;
    config.connectionsPerMinute = 0;
    config.percentPerSource = 10;
    ConnectionLimits limits(config);
    // The tenth finds 91 left, of which 10 % are 9.
    for (int i = 0; i < 9; ++i)
    {
        BOOST_TEST((limits.Open(Ipv4{1}, {}) == ConnectionFault::None));
    }
    BOOST_TEST((limits.Open(Ipv4{1}, {}) == ConnectionFault::PerSource));
    for (std::uint32_t i = 0; i < 91; ++i)
    {
        BOOST_TEST((limits.Open(Ipv4{100 + i}, {}) == ConnectionFault::None));
    }
    BOOST_TEST((limits.Open(Ipv4{7}, {}) == ConnectionFault::Total));
    limits.Close(Ipv4{1});
    BOOST_TEST((limits.Open(Ipv4{7}, {}) == ConnectionFault::None));
}

BOOST_AUTO_TEST_CASE(ConnectionsPerMinute)
{
    ReceiveConnectorConfig config = Internet();
    config.connections.connectionsPerMinute = 3;
    Rig rig(config);
    for (std::uint32_t i = 0; i < 3; ++i)
    {
        rig.now = Seconds(i);
        BOOST_TEST(rig.Connect(i).greeting.substr(0, 3) == "220");
    }
    rig.now = Seconds(59);
    BOOST_TEST(rig.Connect(9).greeting.substr(0, 9) == "421 4.3.2");
    rig.now = Seconds(60);
    BOOST_TEST(rig.Connect(9).greeting.substr(0, 3) == "220");
    BOOST_TEST(rig.Connect(9).greeting.substr(0, 3) == "421");
}

BOOST_AUTO_TEST_CASE(MessagesPerMinute)
{
    ReceiveConnectorConfig config = Internet();
    config.connections.messagesPerMinute = 5;
    Rig rig(config);
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO a.example");
    for (int i = 0; i < 5; ++i)
    {
        BOOST_TEST(client.Say("MAIL FROM:<a@example.net>").substr(0, 3) == "250");
        client.Say("RSET");
    }
    BOOST_TEST(client.Say("MAIL FROM:<a@example.net>").substr(0, 9) == "421 4.4.2");
    BOOST_TEST(client.session->WantsClose());
    rig.now += Seconds(60);
    BOOST_TEST(rig.Connect().Begin("a@example.net").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(SilenceAndLength)
{
    Rig rig;
    ConnectorDialog silent = rig.Connect();
    BOOST_TEST(silent.Wait().substr(0, 3) == "421");
    BOOST_TEST((silent.waited == Seconds(300)));
    ConnectorDialog busy = rig.Connect();
    const Nanoseconds start = rig.now;
    std::string answer;
    while (!busy.session->WantsClose())
    {
        rig.now += Seconds(100);
        answer = busy.Say("NOOP");
    }
    BOOST_TEST(answer.substr(0, 3) == "421");
    BOOST_TEST((rig.now - start == Seconds(600)));
}

BOOST_AUTO_TEST_CASE(HeaderAndHops)
{
    ReceiveConnectorConfig config = Internet();
    Rig rig(config);
    const auto send = [&rig](const std::string& content)
    {
        ConnectorDialog client = rig.Connect();
        client.Begin("a@example.net");
        client.Say("RCPT TO:<office@abc.com>");
        return client.Send(content);
    };
    const std::string hop = "Received: from a by b; now\r\n";
    const std::string local = "Received: from a\r\n\tby WIN-TQTAID053PB.abc.com with SMTP; now\r\n";
    const auto times = [](const std::string& text, int count)
    {
        std::string out;
        while (count-- > 0)
        {
            out += text;
        }
        return out;
    };
    BOOST_TEST(send(times(hop, 30) + "\r\nb\r\n").substr(0, 3) == "250");
    BOOST_TEST(send(times(hop, 31) + "\r\nb\r\n") ==
               "554 5.4.6 Hop count exceeded - possible mail loop");
    BOOST_TEST(send(times(local, 8) + "\r\nb\r\n").substr(0, 3) == "250");
    BOOST_TEST(send(times(local, 9) + "\r\nb\r\n").substr(0, 3) == "554");
    BOOST_TEST(send("\r\n" + times(hop, 40)).substr(0, 3) == "250");
    BOOST_TEST(send(times("X-A: 0123456789012345678901234567890123456789\r\n", 5700) + "\r\n")
                   .substr(0, 9) == "552 5.3.4");
}

BOOST_AUTO_TEST_CASE(RecipientsAndSize)
{
    ReceiveConnectorConfig config = Internet();
    config.limits.recipients = 200;
    config.limits.messageSize = 1000;
    smtp::ServerPersona server;
    Rig rig(config, {}, server);
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.Say("EHLO a.example").find("SIZE 1000") != std::string::npos);
    client.Say("MAIL FROM:<a@example.net>");
    for (int i = 0; i < 200; ++i)
    {
        BOOST_TEST(client.Say("RCPT TO:<office@abc.com>").substr(0, 3) == "250");
    }
    BOOST_TEST(client.Say("RCPT TO:<office@abc.com>").substr(0, 3) == "452");
    BOOST_TEST(client.Send(std::string(1001, 'a') + "\r\n").substr(0, 3) == "552");
    BOOST_TEST(rig.journal.accepted == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
