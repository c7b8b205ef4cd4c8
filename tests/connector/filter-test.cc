#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

namespace
{

const std::string BAN = "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were "
                        "received from your IP address.";

/// One RCPT of a fresh session.
std::string
Try(Rig& rig, const std::string& sender, const std::string& recipient, std::uint32_t client = 1)
{
    ConnectorDialog dialog = rig.Connect(client);
    dialog.Begin(sender);
    std::string answer = dialog.Say("RCPT TO:<" + recipient + ">");
    dialog.Say("QUIT");
    return answer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(filter)

// S000-01 at the threshold that the manual illustrates the test with.
BOOST_AUTO_TEST_CASE(TheThirdInvalidAttemptBansTheAddress)
{
    Rig rig(Internet(), FilterConfig());
    BOOST_TEST(Try(rig, "a@example.net", "x1@abc.com") == "550 5.1.1 User unknown");
    BOOST_TEST(Try(rig, "b@example.org", "x2@abc.com") == "550 5.1.1 User unknown");
    BOOST_TEST(Try(rig, "a@example.net", "office@abc.com").substr(0, 3) == "250");
    BOOST_TEST(Try(rig, "c@example.com", "x3@abc.com") == BAN);
    BOOST_TEST(Try(rig, "jia@abc.com", "office@abc.com") == BAN);
    BOOST_TEST(Try(rig, "jia@abc.com", "b@example.net") == BAN);
    BOOST_TEST(Try(rig, "jia@abc.com", "office@abc.com", 2).substr(0, 3) == "250");
    BOOST_TEST(rig.journal.Count("# dha-protection count 3/3") == 1u);
    BOOST_TEST(rig.journal.Count("# dha-protection ban 3/3") == 1u);
}

BOOST_AUTO_TEST_CASE(AnAttemptCountsForThePeriod)
{
    const auto bans = [](Nanoseconds third)
    {
        HarvestProtectionConfig config;
        config.attempts = 3;
        config.period = Seconds(600);
        HarvestProtection protection(config);
        protection.CountInvalid(Ipv4{1}, Seconds(0));
        protection.CountInvalid(Ipv4{1}, Seconds(0));
        return protection.CountInvalid(Ipv4{1}, third).banned.has_value();
    };
    BOOST_TEST(bans(Seconds(600) - Nanoseconds(1)));
    BOOST_TEST(!bans(Seconds(600)));
}

BOOST_AUTO_TEST_CASE(PeriodAndBanEnd)
{
    FilterConfig config;
    config.harvest.period = Seconds(600);
    config.harvest.ban = Seconds(3600);
    Rig rig(Internet(), config);
    Try(rig, "a@example.net", "x1@abc.com");
    Try(rig, "a@example.net", "x2@abc.com");
    rig.now = Seconds(600);
    BOOST_TEST(Try(rig, "a@example.net", "x3@abc.com") != BAN);
    Try(rig, "a@example.net", "x4@abc.com");
    const Nanoseconds banned = rig.now;
    BOOST_TEST(Try(rig, "a@example.net", "x5@abc.com") == BAN);
    rig.now = banned + Seconds(3599);
    BOOST_TEST(Try(rig, "a@example.net", "office@abc.com") == BAN);
    rig.now = banned + Seconds(3700);
    BOOST_TEST(Try(rig, "a@example.net", "office@abc.com").substr(0, 3) == "250");
    BOOST_TEST(Try(rig, "a@example.net", "x6@abc.com") == "550 5.1.1 User unknown");
}

// S000-04: the whitelisted sender is in the log as such, and refused all the same.
BOOST_AUTO_TEST_CASE(TheSenderWhitelistDoesNotCoverTheHarvestTest)
{
    FilterConfig config;
    config.senderWhitelist = {"jia@abc.com"};
    config.senderBlacklist = {"*@abc.com"};
    Rig rig(Internet(), config);
    BOOST_TEST(Try(rig, "jia@abc.com", "office@abc.com").substr(0, 3) == "250");
    BOOST_TEST(Try(rig, "other@abc.com", "office@abc.com").substr(0, 9) == "550 5.7.1");
    for (const char* recipient : {"x1@abc.com", "x2@abc.com", "x3@abc.com"})
    {
        Try(rig, "a@example.net", recipient);
    }
    const std::size_t before = rig.journal.lines.size();
    BOOST_TEST(Try(rig, "jia@abc.com", "office@abc.com") == BAN);
    const std::vector<std::string> after(rig.journal.lines.begin() +
                                             static_cast<std::ptrdiff_t>(before),
                                         rig.journal.lines.end());
    BOOST_TEST(std::count(after.begin(), after.end(), "# sender-whitelist whitelist 0/0") == 1);
    BOOST_TEST(std::count(after.begin(), after.end(), "# dha-protection reject 0/0") == 1);
}

BOOST_AUTO_TEST_CASE(ExceptionsKeepFromCountingAndLiftNoBan)
{
    FilterConfig config;
    config.harvest.attempts = 2;
    config.harvest.exceptAddresses = {Ipv4{7}};
    config.harvest.exceptSenders.push_back("list@example.net");
    config.harvest.exceptRecipients = {"former@abc.com"};
    Rig rig(Internet(), config);
    for (int i = 0; i < 5; ++i)
    {
        BOOST_TEST(Try(rig, "a@example.net", "x@abc.com", 7) == "550 5.1.1 User unknown");
        BOOST_TEST(Try(rig, "list@example.net", "x@abc.com", 8) == "550 5.1.1 User unknown");
        BOOST_TEST(Try(rig, "", "x@abc.com", 9) == "550 5.1.1 User unknown");
        BOOST_TEST(Try(rig, "a@example.net", "former@abc.com", 10) == "550 5.1.1 User unknown");
    }
    Try(rig, "a@example.net", "x@abc.com", 11);
    BOOST_TEST(Try(rig, "a@example.net", "x@abc.com", 11) == BAN);
    BOOST_TEST(Try(rig, "list@example.net", "office@abc.com", 11) == BAN);
    BOOST_TEST(Try(rig, "", "former@abc.com", 11) == BAN);
}

BOOST_AUTO_TEST_CASE(OwnTarpitOfAMinute)
{
    FilterConfig config;
    config.tarpit = FilterTarpit::InvalidRecipient;
    Rig rig(Internet(), config);
    ConnectorDialog client = rig.Connect();
    client.Begin("a@example.net");
    client.Say("RCPT TO:<x@abc.com>");
    BOOST_TEST((client.waited == Seconds(60)));
    client.Say("RCPT TO:<office@abc.com>");
    BOOST_TEST(client.waited.count() == 0);
    BOOST_TEST(rig.journal.Count("# recipient tarpit") == 1u);
    BOOST_TEST(rig.journal.Count("* tarpit") == 0u);
    ReceiveConnectorConfig both = Internet();
    both.tarpit.filterReplies = true;
    Rig sum(both, config);
    ConnectorDialog other = sum.Connect();
    other.Begin("a@example.net");
    other.Say("RCPT TO:<x@abc.com>");
    BOOST_TEST((other.waited == Seconds(65)));
}

BOOST_AUTO_TEST_CASE(OnArrivalJudgesTheMessage)
{
    FilterConfig config;
    config.recipientPoint = FilterPoint::OnArrival;
    config.harvest.attempts = 2;
    config.subjectBlacklist = {"*viagra*"};
    Rig rig(Internet(), config);
    const auto send = [&rig](const std::string& recipient, const std::string& content)
    {
        ConnectorDialog client = rig.Connect();
        client.Begin("a@example.net");
        BOOST_TEST(client.Say("RCPT TO:<" + recipient + ">").substr(0, 3) == "250");
        return client.Send(content);
    };
    BOOST_TEST(send("office@abc.com", "Subject: Viagra now\r\n\r\n").substr(0, 9) == "550 5.7.1");
    BOOST_TEST(send("office@abc.com", "Subject: hello\r\n\r\n").substr(0, 3) == "250");
    BOOST_TEST(send("x@abc.com", "\r\n") == "550 5.1.1 User unknown");
    BOOST_TEST(send("x@abc.com", "\r\n") == BAN);
    BOOST_TEST(send("office@abc.com", "\r\n") == BAN);
    BOOST_TEST(rig.journal.accepted == 1u);
    BOOST_TEST(rig.journal.queued == 1u);
}

BOOST_AUTO_TEST_CASE(CloseAndIntermediateHosts)
{
    FilterConfig config;
    config.closeAfterHit = true;
    config.intermediateHosts = {Ipv4{5}};
    Rig rig(Internet(), config);
    ConnectorDialog client = rig.Connect(4);
    client.Begin("a@example.net");
    client.Say("RCPT TO:<x@abc.com>");
    BOOST_TEST(client.session->WantsClose());
    BOOST_TEST(Try(rig, "a@example.net", "x@abc.com", 5).substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(MemoryIsBoundedUnderAHundredThousandAddresses)
{
    FilterConfig config;
    config.harvest.addresses = 2000;
    const Organization organization(Abc());
    FilterAgent agent(config, organization);

    struct Silent : FilterObserver
    {
        void OnFilter(const FilterEvent&) override {}
    } silent;

    FilterRequest request;
    request.sender = "a@example.net";
    request.recipient = "x@abc.com";
    request.domain = "abc.com";
    for (std::uint32_t i = 0; i < 100000; ++i)
    {
        request.client = Ipv4{i};
        request.now = Nanoseconds(i);
        agent.OnRecipient(request, silent);
    }
    BOOST_TEST(agent.Remembered() == 2000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
