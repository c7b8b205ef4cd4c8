#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

BOOST_AUTO_TEST_SUITE(permissions)

BOOST_AUTO_TEST_CASE(TheInstalledConnectorRefusesTheAnonymous)
{
    Rig rig{ReceiveConnectorConfig()};
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.Begin("a@example.net") == "530 5.7.1 Client was not authenticated");
    BOOST_TEST(rig.journal.lines.at(1) == "* None");
    BOOST_TEST(rig.journal.Count("! not-authenticated") == 1u);
    BOOST_TEST(rig.journal.Count("* 0") == 0u);
}

BOOST_AUTO_TEST_CASE(AnonymousRightsAsTheLogNamesThem)
{
    Rig rig;
    rig.Connect();
    BOOST_TEST(rig.journal.lines.at(0) == "+");
    BOOST_TEST(rig.journal.lines.at(1) ==
               "* SMTPSubmit SMTPAcceptAnySender "
               "SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders");
    BOOST_TEST(rig.journal.lines.at(2).substr(0, 5) == "> 220");
}

// S000-19: the own domain from outside is let in, unless the right is taken away.
BOOST_AUTO_TEST_CASE(SendersOfTheOwnDomain)
{
    Rig open;
    BOOST_TEST(open.Connect().Begin("jia@abc.com").substr(0, 3) == "250");
    ReceiveConnectorConfig config = Internet();
    config.deniedToAnonymous = {Permission::AcceptAuthoritativeDomainSender};
    Rig closed(config);
    ConnectorDialog client = closed.Connect();
    BOOST_TEST(client.Begin("jia@ABC.com") ==
               "550 5.7.1 Client does not have permissions to send as this sender");
    BOOST_TEST(client.Say("MAIL FROM:<>").substr(0, 3) == "250");
    BOOST_TEST(closed.Connect().Begin("a@example.net").substr(0, 3) == "250");
    config.deniedToAnonymous = {Permission::AcceptAnySender};
    Rig own(config);
    BOOST_TEST(own.Connect().Begin("a@example.net").substr(0, 3) == "550");
}

BOOST_AUTO_TEST_CASE(RelayingIsARight)
{
    Rig rig;
    ConnectorDialog client = rig.Connect();
    client.Begin("jia@abc.com");
    BOOST_TEST(client.Say("RCPT TO:<b@example.net>") == "550 5.7.1 Unable to relay");
    BOOST_TEST(client.Say("RCPT TO:<office@abc.com>").substr(0, 3) == "250");
    ReceiveConnectorConfig config = Internet();
    config.grantedToAnonymous = {Permission::AcceptAnyRecipient};
    Rig relay(config);
    ConnectorDialog free = relay.Connect();
    free.Begin("jia@abc.com");
    BOOST_TEST(free.Say("RCPT TO:<b@example.net>").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(SomeMayRelayByTheirAddress)
{
    Rig rig;
    ConnectorDialog first = rig.Connect(0xc0000200);
    first.Begin("a@example.net");
    BOOST_TEST(first.Say("RCPT TO:<b@example.net>").substr(0, 3) == "250");
    ConnectorDialog beyond = rig.Connect(0xc0000300);
    beyond.Begin("a@example.net");
    BOOST_TEST(beyond.Say("RCPT TO:<b@example.net>") == "550 5.7.1 Unable to relay");
}

BOOST_AUTO_TEST_CASE(LookUpIsOffUntilItIsOn)
{
    Rig off;
    ConnectorDialog client = off.Connect();
    client.Begin("a@example.net");
    BOOST_TEST(client.Say("RCPT TO:<nobody@abc.com>").substr(0, 3) == "250");
    ReceiveConnectorConfig config = Internet();
    config.recipientLookup = true;
    Rig on(config);
    ConnectorDialog other = on.Connect();
    other.Begin("a@example.net");
    BOOST_TEST(other.Say("RCPT TO:<nobody@abc.com>") == "550 5.1.1 User unknown");
    BOOST_TEST(other.Say("RCPT TO:<OFFICE@abc.com>").substr(0, 3) == "250");
    BOOST_TEST(other.Say("RCPT TO:<jia@abc.com>").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(ExternalAuthoritativeTrustsWhoeverConnects)
{
    ReceiveConnectorConfig config = Internet();
    config.authMechanisms = {ConnectorAuthMechanism::Tls,
                             ConnectorAuthMechanism::ExternalAuthoritative};
    Rig rig(config);
    ConnectorDialog client = rig.Connect();
    client.Begin("jia@abc.com");
    BOOST_TEST(client.Say("RCPT TO:<b@example.net>").substr(0, 3) == "250");
}

BOOST_AUTO_TEST_CASE(AccountsAreFoundInEveryForm)
{
    Organization organization(Abc());
    for (const char* user : {"ABC\\jia", "jia", "JIA", "other\\jia", "jia@abc.com"})
    {
        BOOST_REQUIRE(organization.FindAccount(user));
        BOOST_TEST(organization.FindAccount(user)->name == "ABC\\jia");
    }
    BOOST_TEST(!organization.FindAccount(""));
    BOOST_TEST(!organization.FindAccount("nobody"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
