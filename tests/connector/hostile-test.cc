#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

namespace bouncelab::connector
{

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(TenThousandRecipients)
{
    ReceiveConnectorConfig config = Internet();
    config.recipientLookup = true;
    config.tarpit.interval = Nanoseconds(0);
    Rig rig(config, FilterConfig());
    ConnectorDialog client = rig.Connect();
    client.Begin("a@example.net");
    std::size_t banned = 0;
    for (int i = 0; i < 10000; ++i)
    {
        banned += client.Say(fmt::format("RCPT TO:<x{}@abc.com>", i)).substr(0, 9) == "550 5.2.1";
    }
    BOOST_TEST(banned == 9998u);
    BOOST_TEST(rig.connector.Remembered() == 1u);
    BOOST_TEST(client.Say("DATA").substr(0, 3) == "503");
    BOOST_TEST(rig.journal.accepted == 0u);
}

BOOST_AUTO_TEST_CASE(FloodOfAddressesThatDropIsBounded)
{
    ReceiveConnectorConfig config = Internet();
    config.recipientLookup = true;
    config.tarpit.discreditedAddresses = 500;
    FilterConfig filter;
    filter.harvest.addresses = 500;
    Rig rig(config, filter);
    for (std::uint32_t i = 0; i < 5000; ++i)
    {
        ConnectorDialog client = rig.Connect(i);
        client.Begin("a@example.net");
        client.session->Receive("RCPT TO:<x@abc.com>\r\nBAD\r\n", rig.now);
        client.Drop(i % 2 == 0);
        client.Finish();
        rig.journal.lines.clear();
        rig.journal.times.clear();
    }
    BOOST_TEST(rig.connector.Remembered() <= 1000u);
    BOOST_TEST(rig.connector.OpenConnections() == 0u);
}

BOOST_AUTO_TEST_CASE(SlowDripIsCutByTheConnectionTimeout)
{
    Rig rig;
    ConnectorDialog client = rig.Connect();
    std::string answer;
    for (int i = 0; i < 100 && !client.session->WantsClose(); ++i)
    {
        rig.now += Seconds(20);
        client.session->Receive("N", rig.now);
        answer += client.session->TakeOutput();
    }
    BOOST_TEST(answer.substr(0, 3) == "421");
    BOOST_TEST((rig.now == Seconds(600)));
}

// Whatever comes in, in whatever pieces: nothing aborts, connections are given back, and what was
// answered with 250 to its end was handed over.
BOOST_AUTO_TEST_CASE(RandomSessionsLoseNothing)
{
    const bool held = rc::check(
        "random talk",
        []
        {
            static const std::vector<std::string> WORDS = {"EHLO a.example\r\n",
                                                           "HELO a\r\n",
                                                           "MAIL FROM:<a@example.net>\r\n",
                                                           "MAIL FROM:<jia@abc.com>\r\n",
                                                           "RCPT TO:<office@abc.com>\r\n",
                                                           "RCPT TO:<x@abc.com>\r\n",
                                                           "RCPT TO:<b@example.net>\r\n",
                                                           "DATA\r\n",
                                                           "Subject: x\r\n\r\n",
                                                           "\r\n.\r\n",
                                                           "RSET\r\n",
                                                           "QUIT\r\n",
                                                           "AUTH LOGIN\r\n",
                                                           "\n",
                                                           "\r",
                                                           "garbage \xff\r\n"};
            ReceiveConnectorConfig config = Internet();
            config.recipientLookup = *rc::gen::arbitrary<bool>();
            std::optional<FilterConfig> filter;
            if (*rc::gen::arbitrary<bool>())
            {
                filter.emplace();
            }
            Rig rig(config, filter);
            std::size_t promised = 0;
            const int sessions = *rc::gen::inRange(1, 6);
            for (int i = 0; i < sessions; ++i)
            {
                ConnectorDialog client =
                    rig.Connect(static_cast<std::uint32_t>(*rc::gen::inRange(1, 3)));
                const int length = *rc::gen::inRange(0, 25);
                for (int j = 0; j < length; ++j)
                {
                    const std::string& word = *rc::gen::elementOf(WORDS);
                    const std::size_t cut = *rc::gen::inRange<std::size_t>(0, word.size() + 1);
                    client.session->Receive(std::string_view(word).substr(0, cut), rig.now);
                    rig.now += Nanoseconds(*rc::gen::inRange(0, 1000000));
                    client.session->Receive(std::string_view(word).substr(cut), rig.now);
                    if (*rc::gen::inRange(0, 3) > 0)
                    {
                        client.Wait();
                    }
                }
                client.Drop(*rc::gen::arbitrary<bool>());
                client.Finish();
                RC_ASSERT(client.session->WantsClose());
            }
            for (const std::string& line : rig.journal.lines)
            {
                promised += line.find("> 250 2.6.0") == 0;
            }
            RC_ASSERT(promised <= rig.journal.accepted);
            RC_ASSERT(rig.journal.accepted == rig.journal.queued);
            RC_ASSERT(rig.journal.Count("+") == rig.journal.Count("- "));
            RC_ASSERT(rig.connector.OpenConnections() == 0u);
        });
    BOOST_TEST(held);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
