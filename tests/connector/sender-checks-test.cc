#include "models/connector/sender-checks.h"
#include "tests/dns/known-names.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::connector;

namespace
{

struct Fixture
{
    CheckResult Check() const
    {
        return names.Run([this](dns::AnswerBook& book)
                         { return CheckSender(config, client, true, book); });
    }

    /// The reply that decides, and its action; empty if none does.
    std::string Decides() const
    {
        const CheckResult result = Check();
        const CheckFinding* finding = result.Decisive();
        return finding ? finding->reply : "";
    }

    SenderChecksConfig config;
    CheckedClient client{Ipv4{0xC0000219},
                         Ipv4{0xC6336401},
                         "mx.example.org",
                         "mail.example.net",
                         "anna@example.net"};
    dns::KnownNames names{{"25.2.0.192.in-addr.arpa. PTR mail.example.net.",
                           "mail.example.net. A 192.0.2.25",
                           "26.2.0.192.in-addr.arpa. PTR mail.example.net.",
                           "example.net. TXT \"v=spf1 a:mail.example.net -all\"",
                           "25.2.0.192.black.example. A 127.0.0.2",
                           "25.2.0.192.black.example. TXT \"seen at {client} {helo}\"",
                           "25.2.0.192.hostile.example. A 127.0.0.2",
                           "25.2.0.192.hostile.example. TXT \"x\\013\\010250 ok\\000\"",
                           "25.2.0.192.closed.example. A 127.255.255.254",
                           "25.2.0.192.odd.example. A 192.0.2.99",
                           "25.2.0.192.graded.example. A 127.0.0.10"}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(sender_checks, Fixture)

BOOST_AUTO_TEST_CASE(NothingSpeaksAgainstAGoodClient)
{
    config.blacklists = {{"white.example"}};
    config.reverseName = {CheckAction::Refuse, CheckAction::Refuse};
    config.hello = {CheckAction::Refuse, CheckAction::Refuse};
    config.spf.fail = CheckAction::Refuse;
    const CheckResult result = Check();
    BOOST_TEST(result.findings.empty());
    BOOST_TEST(result.clientName == "mail.example.net");
    BOOST_TEST(result.header == "");
    BOOST_TEST(config.NeedsResolver());
    BOOST_TEST(CheckSenderChecks(config).empty());
    BOOST_TEST(!SenderChecksConfig().IsAnyOn());
}

BOOST_AUTO_TEST_CASE(ListsAreAskedAndQuoted)
{
    config.blacklists = {{"white.example"}, {"Black.example"}};
    // What a list says stays as it is.
    BOOST_TEST(Decides() == "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using "
                            "Black.example; seen at {client} {helo}");
    config.blacklists[1].action = CheckAction::Defer;
    BOOST_TEST(Decides().substr(0, 9) == "454 4.7.1");
    config.blacklists[1].action = CheckAction::Tag;
    BOOST_TEST(Decides() == "");
    BOOST_TEST(Check().header.substr(0, 40) == "X-RBL-Warning: 5.7.1 Service unavailable");
    config.blacklists[1].action = CheckAction::Off;
    BOOST_TEST(Check().findings.empty());
    config.blacklists = {{"hostile.example"}};
    const std::string reply = Decides();
    BOOST_TEST(reply.find("; x") != reply.npos);
    BOOST_TEST(reply.find_first_of(std::string_view("\r\n\0", 3)) == reply.npos);
}

BOOST_AUTO_TEST_CASE(NotEveryAnswerOfAListIsAListing)
{
    config.blacklists = {{"closed.example"}, {"odd.example"}};
    BOOST_TEST(Decides() == "");
    config.blacklists = {{"graded.example"}};
    BOOST_TEST(Decides() != "");
    config.blacklists[0].codes = {Ipv4{0x7F000002}};
    BOOST_TEST(Decides() == "");
    names.Fail("25.2.0.192.black.example");
    config.blacklists = {{"black.example"}};
    BOOST_TEST(Decides() == ""); // No answer is no listing.
}

BOOST_AUTO_TEST_CASE(AddressesNeedANameThatLeadsBack)
{
    config.reverseName.action = CheckAction::Refuse;
    client.client = Ipv4{0xC000021A};
    BOOST_TEST(Decides() == "");
    BOOST_TEST(Check().clientName == "");
    config.reverseName.unconfirmed = CheckAction::Refuse;
    BOOST_TEST(Decides() ==
               "550 5.7.25 Client host rejected: cannot find your reverse hostname, [192.0.2.26]");
    config.reverseName.unconfirmed = CheckAction::Off;
    client.client = Ipv4{0xC000021B};
    BOOST_TEST(Decides().substr(0, 10) == "550 5.7.25");
    names.Fail("27.2.0.192.in-addr.arpa");
    BOOST_TEST(Decides().substr(0, 10) == "450 4.7.25"); // Nobody said that there is none.
}

BOOST_AUTO_TEST_CASE(HelloHasToBePlausible)
{
    config.hello.action = CheckAction::Refuse;
    client.helo = "127.0.0.1";
    BOOST_TEST(Decides() == "550 5.7.1 <127.0.0.1>: Helo command rejected: Host not found");
    BOOST_TEST(!config.NeedsResolver());
    client.helo = "nobody.example.net";
    BOOST_TEST(Decides() == "");
    config.hello.unresolved = CheckAction::Refuse;
    BOOST_TEST(Decides().substr(0, 9) == "550 5.7.1");
    names.Fail("nobody.example.net");
    BOOST_TEST(Decides().substr(0, 9) == "450 4.7.1");
}

BOOST_AUTO_TEST_CASE(DomainsSayWhoMaySendForThem)
{
    config.spf = {CheckAction::Refuse, CheckAction::Tag, CheckAction::Off, CheckAction::Defer};
    BOOST_TEST(Decides() == "");
    client.client = Ipv4{0xC000021A};
    BOOST_TEST(Decides() == "550 5.7.23 Message rejected due to: SPF fail. Please see "
                            "http://www.openspf.net/Why?s=mfrom;id=anna@example.net;ip=192.0.2.26");
    client.sender = ""; // HELO answers for it (RFC 7208 2.4).
    BOOST_TEST(Decides() == "");
    client.helo = "example.net";
    BOOST_TEST(Decides().substr(0, 10) == "550 5.7.23");
    names.Fail("example.net");
    BOOST_TEST(Decides().substr(0, 10) == "450 4.7.23");
}

BOOST_AUTO_TEST_CASE(ARefusalCountsMoreThanADelay)
{
    config.blacklists = {{"black.example", CheckAction::Defer}};
    config.hello.action = CheckAction::Refuse;
    client.helo = "localhost";
    BOOST_TEST(Check().findings.size() == 2);
    BOOST_TEST(Decides().substr(0, 9) == "550 5.7.1");
}

BOOST_AUTO_TEST_CASE(BadChecks)
{
    config.blacklists = {{"a..b"}, {"good.example", CheckAction::Refuse, {}, "250 fine"}};
    config.hello.reply = "no code";
    BOOST_TEST(CheckSenderChecks(config).size() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
