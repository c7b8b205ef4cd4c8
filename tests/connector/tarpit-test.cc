#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

namespace
{

ReceiveConnectorConfig
WithLookUp()
{
    ReceiveConnectorConfig config = Internet();
    config.recipientLookup = true;
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tarpit)

BOOST_AUTO_TEST_CASE(FirstErrorIsDelayedByFiveSecondsAndSuccessNever)
{
    Rig rig(WithLookUp());
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.Begin("a@example.net").substr(0, 3) == "250");
    BOOST_TEST(client.waited.count() == 0);
    BOOST_TEST(client.Say("RCPT TO:<nobody@abc.com>") == "550 5.1.1 User unknown");
    BOOST_TEST((client.waited == Seconds(5)));
    BOOST_TEST(client.Say("RCPT TO:<office@abc.com>").substr(0, 3) == "250");
    BOOST_TEST(client.waited.count() == 0);
    BOOST_TEST(client.Say("NONSENSE").substr(0, 3) == "500");
    BOOST_TEST((client.waited == Seconds(5)));
    BOOST_TEST(rig.journal.Count("* tarpit 5000 550 5.1.1 User unknown") == 1u);
}

BOOST_AUTO_TEST_CASE(WhichRepliesTheRuleDelays)
{
    TarpitConfig config;
    const auto isDelayed = [&](std::uint32_t code)
    { return Tarpit(config).DelayOf(code, false, false) == Seconds(5); };
    BOOST_TEST(!isDelayed(399));
    BOOST_TEST(isDelayed(400));
    config.rule = TarpitRule::PermanentReplies;
    BOOST_TEST(!isDelayed(499));
    BOOST_TEST(isDelayed(500));
}

BOOST_AUTO_TEST_CASE(TheLogLineComesBeforeTheReply)
{
    Rig rig(WithLookUp());
    ConnectorDialog client = rig.Connect();
    client.Begin("a@example.net");
    client.Say("RCPT TO:<nobody@abc.com>");
    const auto& lines = rig.journal.lines;
    const std::size_t n = lines.size();
    BOOST_TEST(lines.at(n - 1) == "> 550 5.1.1 User unknown");
    BOOST_TEST(lines.at(n - 2) == "* tarpit 5000 550 5.1.1 User unknown");
    BOOST_TEST(lines.at(n - 4) == "< RCPT TO:<nobody@abc.com>");
    BOOST_TEST((rig.journal.times.back() == rig.now - Seconds(5)));
}

BOOST_AUTO_TEST_CASE(DroppedClientFindsEveryReplyDelayed)
{
    Rig rig(WithLookUp());
    ConnectorDialog first = rig.Connect();
    first.Begin("a@example.net");
    first.Say("RCPT TO:<nobody@abc.com>");
    first.Drop();

    ConnectorDialog again = rig.Connect();
    BOOST_TEST((again.waited == Seconds(5)));
    again.Say("EHLO mail.globalsuite.net");
    BOOST_TEST((again.waited == Seconds(5)));
    BOOST_TEST(again.Say("MAIL FROM:<a@example.net>").substr(0, 3) == "250");
    BOOST_TEST((again.waited == Seconds(5)));
    again.Say("QUIT");
    BOOST_TEST((again.waited == Seconds(5)));

    ConnectorDialog other = rig.Connect(0x01020304);
    BOOST_TEST(other.waited.count() == 0);
}

BOOST_AUTO_TEST_CASE(DropInTheMiddleOfTheDelayDiscreditsToo)
{
    for (const bool reset : {false, true})
    {
        Rig rig(WithLookUp());
        ConnectorDialog first = rig.Connect();
        first.Begin("a@example.net");
        first.session->Receive("RCPT TO:<nobody@abc.com>\r\n", rig.now);
        first.Drop(reset);
        first.Wait();
        BOOST_TEST(first.session->WantsClose());
        BOOST_TEST((rig.Connect().waited == Seconds(5)));
        BOOST_TEST(rig.journal.Count("- Remote") == 1u);
    }
}

BOOST_AUTO_TEST_CASE(WhoIsDiscreditedAndHowLong)
{
    const auto returns = [](DiscreditRule rule, bool quits, bool errs, Nanoseconds later)
    {
        ReceiveConnectorConfig config = WithLookUp();
        config.tarpit.discredit = rule;
        config.tarpit.discreditPeriod = Seconds(600);
        Rig rig(config);
        ConnectorDialog first = rig.Connect();
        first.Begin("a@example.net");
        first.Say(errs ? "RCPT TO:<nobody@abc.com>" : "RCPT TO:<office@abc.com>");
        quits ? static_cast<void>(first.Say("QUIT")) : first.Drop();
        rig.now += later;
        return rig.Connect().waited;
    };
    BOOST_TEST((returns(DiscreditRule::Dropped, false, true, Seconds(599)) == Seconds(5)));
    BOOST_TEST((returns(DiscreditRule::Dropped, false, true, Seconds(600)) == Seconds(0)));
    BOOST_TEST((returns(DiscreditRule::Dropped, true, true, Seconds(1)) == Seconds(0)));
    BOOST_TEST((returns(DiscreditRule::Ended, true, true, Seconds(1)) == Seconds(5)));
    BOOST_TEST((returns(DiscreditRule::Ended, true, false, Seconds(1)) == Seconds(0)));
    BOOST_TEST((returns(DiscreditRule::Never, false, true, Seconds(1)) == Seconds(0)));
}

BOOST_AUTO_TEST_CASE(Windows2003DelaysPermanentErrorsOnly)
{
    ReceiveConnectorConfig config = WithLookUp();
    config.tarpit.rule = TarpitRule::PermanentReplies;
    config.backPressure.databaseDisk.initial = 97;
    Rig rig(config);
    rig.now = Seconds(10);
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.Begin("a@example.net") == "452 4.3.1 Insufficient system resources");
    BOOST_TEST(client.waited.count() == 0);
    BOOST_TEST(client.Say("RCPT TO:<x@abc.com>").substr(0, 3) == "503");
    BOOST_TEST((client.waited == Seconds(5)));
    config.tarpit.interval = Nanoseconds(0);
    Rig off(config);
    ConnectorDialog free = off.Connect();
    BOOST_TEST(free.Say("NONSENSE").substr(0, 3) == "500");
    BOOST_TEST(free.waited.count() == 0);
    BOOST_TEST(off.journal.Count("* tarpit") == 0u);
}

BOOST_AUTO_TEST_CASE(ProtocolErrorsCloseBeyondFive)
{
    Rig rig;
    ConnectorDialog client = rig.Connect();
    for (int i = 0; i < 5; ++i)
    {
        BOOST_TEST(client.Say("NONSENSE").substr(0, 3) == "500");
        BOOST_TEST(!client.session->WantsClose());
    }
    BOOST_TEST(client.Say("NONSENSE").substr(0, 3) == "421");
    BOOST_TEST(client.session->WantsClose());
    BOOST_TEST(rig.journal.lines.back() == "- Local");
}

BOOST_AUTO_TEST_CASE(MemoryOfDiscreditedAddressesIsBounded)
{
    TarpitConfig config;
    config.discreditedAddresses = 1000;
    Tarpit pit(config);
    for (std::uint32_t i = 0; i < 100000; ++i)
    {
        pit.Ended(Ipv4{i}, true, Nanoseconds(i));
    }
    BOOST_TEST(pit.Remembered() == 1000u);
    BOOST_TEST(pit.IsDiscredited(Ipv4{99999}, Nanoseconds(100000)));
    BOOST_TEST(!pit.IsDiscredited(Ipv4{0}, Nanoseconds(100000)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
