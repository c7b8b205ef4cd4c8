#include "tests/connector/connector-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

BOOST_AUTO_TEST_SUITE(config)

// Facts F01 to F07.
BOOST_AUTO_TEST_CASE(DocumentedDefaults)
{
    const ReceiveConnectorConfig c;
    BOOST_TEST((c.tarpit.interval == Seconds(5)));
    BOOST_TEST((c.acknowledgement.maximum == Seconds(30)));
    BOOST_TEST(c.limits.protocolErrors == 5u);
    BOOST_TEST(c.limits.logonFailures == 3u);
    BOOST_TEST((c.limits.connectionTimeout == Seconds(600)));
    BOOST_TEST((c.limits.inactivityTimeout == Seconds(300)));
    BOOST_TEST(c.connections.connections == 5000u);
    BOOST_TEST(c.connections.connectionsPerSource == 20u);
    BOOST_TEST(c.connections.percentPerSource == 2u);
    BOOST_TEST(c.connections.connectionsPerMinute == 1200u);
    BOOST_TEST(c.limits.recipients == 200u);
    BOOST_TEST(c.limits.messageSize == 37748736u);
    BOOST_TEST(c.limits.headerSize == 262144u);
    BOOST_TEST(c.limits.hops == 30u);
    BOOST_TEST(c.limits.localHops == 8u);
    BOOST_TEST((FilterConfig().tarpitDelay == Seconds(60)));
    BOOST_TEST(FilterConfig().harvest.attempts == 3u);
}

BOOST_AUTO_TEST_CASE(PersonaFilesAreSound)
{
    for (const char* name : {"exchange-2010",
                             "exchange-2010-client",
                             "exchange-2010-internet",
                             "exchange-2007",
                             "exchange-2003"})
    {
        const auto c = FromFile<ReceiveConnectorConfig>(std::string("connectors/") + name);
        BOOST_TEST(CheckReceiveConnector(c).empty(), name);
    }
    for (const char* name :
         {"exchange-2010", "exchange-2007", "exchange-2003", "exchange-2000", "exchange-5.5"})
    {
        const auto s = FromFile<smtp::ServerPersona>(std::string("servers/") + name);
        BOOST_TEST(smtp::CheckServerPersona(s).empty(), name);
    }
    BOOST_TEST(CheckFilter(FromFile<FilterConfig>("filters/orf")).empty());
}

BOOST_AUTO_TEST_CASE(FaultsAreNamed)
{
    BOOST_TEST(CheckReceiveConnector({}).empty());
    BOOST_TEST(CheckFilter({}).empty());
    BOOST_TEST(CheckOrganization(Abc()).empty());

    ReceiveConnectorConfig c;
    c.authMechanisms = {ConnectorAuthMechanism::BasicAuthRequireTls,
                        ConnectorAuthMechanism::ExternalAuthoritative};
    c.permissionGroups.clear();
    c.limits.connectionTimeout = c.limits.inactivityTimeout;
    c.backPressure.logDisk.mediumToLow = 95;
    c.replies.unableToRelay = "250 fine";
    c.replies.userUnknown = "no code";
    c.replies.queued = "250 2.6.0 {hostname} took it";
    const std::vector<std::string> expected = {
        "auth-mechanisms: found basic-auth-require-tls alone, expected basic-auth and tls with it",
        "auth-mechanisms: found basic-auth-require-tls beside external-authoritative, expected "
        "only "
        "tls",
        "permission-groups: found no exchange-servers, expected them with external-authoritative",
        "limits.connection-timeout: found no more than inactivity-timeout, expected more",
        "back-pressure.log-disk: found 89 99 90 95, expected low-to-medium up to medium-to-high, "
        "and below them the ways back",
        "replies.unable-to-relay: found code 250, expected 4yz or 5yz",
        "replies.user-unknown: found \"no code\", expected a code 200..559, a space and text",
        "replies.queued: found \"250 2.6.0 {hostname} took it\", expected no words but "
        "{message-id} and {internal-id}, once each"};
    BOOST_TEST(CheckReceiveConnector(c) == expected, boost::test_tools::per_element());

    FilterConfig f;
    f.harvest.reply = "250 welcome";
    BOOST_TEST(CheckFilter(f).at(0) == "harvest.reply: found code 250, expected 4yz or 5yz");

    OrganizationConfig o = Abc();
    o.mailboxes.push_back("nobody");
    o.relayClients.push_back("192.168.1.1/24");
    o.accounts.push_back({"jia", "x", PermissionGroup::ExchangeUsers, {"@"}});
    const std::vector<std::string> faults = {
        "mailboxes.2: found \"nobody\", expected user@domain",
        "relay-clients.2: found \"192.168.1.1/24\", expected an address or a network such as "
        "192.168.1.0/24",
        "accounts.3.name: found \"jia\" twice, expected it once",
        "accounts.3.addresses.1: found \"@\", expected user@domain"};
    BOOST_TEST(CheckOrganization(o) == faults, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
