#include "tests/connector/connector-rig.h"

#include "models/smtp/base64.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

namespace
{

ReceiveConnectorConfig
PlainLogOn()
{
    ReceiveConnectorConfig config = Internet();
    config.recipientLookup = true;
    return config;
}

smtp::ServerPersona
Exchange()
{
    smtp::ServerPersona server = FromFile<smtp::ServerPersona>("servers/exchange-2010");
    server.think = {};
    return server;
}

std::string
LogOn(ConnectorDialog& client, const std::string& user, const std::string& password)
{
    const std::string challenge = client.Say("AUTH LOGIN");
    if (challenge != "334 VXNlcm5hbWU6")
    {
        return challenge;
    }
    client.Say(smtp::EncodeBase64(user));
    return client.Say(smtp::EncodeBase64(password));
}

/// Takes one token.
class Tokens : public TokenJudge
{
  public:
    TokenVerdict Judge(std::string_view token) override
    {
        return {token == "good", token == "good" ? "EXAMPLE\\HUB1$" : "", ""};
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(authentication)

BOOST_AUTO_TEST_CASE(AServerIsKnownByItsToken)
{
    Tokens tokens;
    Rig rig(Internet(), {}, Exchange(), {}, {}, &tokens);
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO hub1");
    BOOST_TEST(client.Say("X-EXPS GSSAPI").substr(0, 3) == "334");
    BOOST_TEST(client.Say(smtp::EncodeBase64("bad")) ==
               "454 4.7.0 Temporary authentication failure");
    const std::vector<std::string> failures{"IllegalMessage ExchangeAuth"};
    BOOST_TEST(rig.journal.failures == failures, boost::test_tools::per_element());
    BOOST_TEST(rig.journal.Count("! token-refused") == 1u);
    client.Say("X-EXPS GSSAPI");
    BOOST_TEST(client.Say(smtp::EncodeBase64("good")) == "235 2.7.0 Authentication successful");
    BOOST_TEST(client.policy->Info().user == "EXAMPLE\\HUB1$");
    BOOST_TEST(rig.journal.failures.size() == 1u);
}

BOOST_AUTO_TEST_CASE(TlsHasARate)
{
    ReceiveConnectorConfig config = Internet();
    config.connections.tlsPerMinute = 1;
    Rig rig(config, {}, Exchange());
    const auto start = [&rig]
    {
        ConnectorDialog client = rig.Connect();
        client.Say("EHLO hub1");
        return client.Say("X-ANONYMOUSTLS");
    };
    BOOST_TEST(start() == "220 2.0.0 SMTP server ready");
    BOOST_TEST(start() == "454 4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server");
    rig.now += std::chrono::minutes(1);
    BOOST_TEST(start() == "220 2.0.0 SMTP server ready");
}

BOOST_AUTO_TEST_CASE(RightsAndUserAreLoggedBeforeTheReply)
{
    Rig rig(PlainLogOn(), {}, Exchange());
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO laptop");
    BOOST_TEST(LogOn(client, "jia", "secret") == "235 2.7.0 Authentication successful");
    const auto& lines = rig.journal.lines;
    const std::size_t n = lines.size();
    BOOST_TEST(lines.at(n - 3) ==
               "* SMTPSubmit SMTPAcceptAnyRecipient BypassAntiSpam AcceptRoutingHeaders");
    BOOST_TEST(lines.at(n - 2) == "* ABC\\jia authenticated");
    BOOST_TEST(lines.at(n - 1) == "> 235 2.7.0 Authentication successful");
    BOOST_TEST(client.policy->Info().user == "ABC\\jia");
}

BOOST_AUTO_TEST_CASE(UsersRelayAndSendAsThemselvesOnly)
{
    Rig rig(PlainLogOn(), {}, Exchange());
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO laptop");
    LogOn(client, "ABC\\jia", "secret");
    BOOST_TEST(client.Say("MAIL FROM:<office@abc.com>") ==
               "550 5.7.1 Client does not have permissions to send as this sender");
    BOOST_TEST(client.Say("MAIL FROM:<Jia@abc.com>") == "250 2.1.0 Sender OK");
    BOOST_TEST(client.Say("RCPT TO:<b@example.net>") == "250 2.1.5 Recipient OK");
}

// Fact F01: authenticated connections are never delayed, and filters pass users by (S000-24).
BOOST_AUTO_TEST_CASE(NoTarpitAndNoBanForUsers)
{
    Rig rig(PlainLogOn(), FilterConfig(), Exchange());
    for (int i = 0; i < 4; ++i)
    {
        ConnectorDialog other = rig.Connect();
        other.Begin("a@example.net");
        other.Say("RCPT TO:<x@abc.com>");
        other.Say("NONSENSE");
        other.Drop();
    }
    ConnectorDialog client = rig.Connect();
    BOOST_TEST((client.waited == Seconds(5)));
    client.Say("EHLO laptop");
    LogOn(client, "jia", "secret");
    BOOST_TEST(client.waited.count() == 0);
    BOOST_TEST(client.Say("NONSENSE").substr(0, 3) == "500");
    BOOST_TEST(client.waited.count() == 0);
    client.Say("MAIL FROM:<jia@abc.com>");
    BOOST_TEST(client.Say("RCPT TO:<office@abc.com>") == "250 2.1.5 Recipient OK");
    BOOST_TEST(client.waited.count() == 0);
    BOOST_TEST(rig.journal.Count("# authenticated pass") == 1u);
}

BOOST_AUTO_TEST_CASE(FailuresAreDelayedAndTheFourthCloses)
{
    ReceiveConnectorConfig config = PlainLogOn();
    config.tarpit.authInterval = Seconds(7);
    Rig rig(config, {}, Exchange());
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO laptop");
    for (int i = 0; i < 3; ++i)
    {
        BOOST_TEST(LogOn(client, i == 1 ? "nobody" : "jia", "wrong") ==
                   "535 5.7.3 Authentication unsuccessful");
        BOOST_TEST((client.waited == Seconds(7)));
    }
    BOOST_TEST(rig.journal.Count("* tarpit 7000 535 5.7.3 Authentication unsuccessful") == 3u);
    BOOST_TEST(LogOn(client, "jia", "wrong").substr(0, 3) == "421");
    BOOST_TEST(client.session->WantsClose());
    BOOST_TEST(rig.journal.Count("! auth-failed") == 4u);
}

BOOST_AUTO_TEST_CASE(AMechanismThatIsNotOfferedIsUnknown)
{
    Rig rig{ReceiveConnectorConfig(), {}, Exchange()};
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO laptop");
    BOOST_TEST(LogOn(client, "jia", "secret") == "504 5.7.4 Unrecognized authentication type");
    BOOST_TEST((client.waited == Seconds(5)));
    BOOST_TEST(rig.journal.Count("* tarpit 5000 504 5.7.4 Unrecognized authentication type") == 1u);
}

BOOST_AUTO_TEST_CASE(GroupsThatAreNotLetInStayOut)
{
    ReceiveConnectorConfig config = PlainLogOn();
    config.permissionGroups = {PermissionGroup::AnonymousUsers};
    Rig rig(config, {}, Exchange());
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO laptop");
    BOOST_TEST(LogOn(client, "jia", "secret") == "530 5.7.1 Client was not authenticated");
    BOOST_TEST(client.policy->Info().user.empty());
}

BOOST_AUTO_TEST_CASE(ServersAreAcknowledgedAtOnce)
{
    ReceiveConnectorConfig config = PlainLogOn();
    config.acknowledgement.delivery.base = Seconds(20);
    Rig rig(config, {}, Exchange());
    ConnectorDialog client = rig.Connect();
    client.Say("EHLO hub2.abc.com");
    LogOn(client, "HUB2$", "machine");
    client.Say("MAIL FROM:<anybody@abc.com>");
    client.Say("RCPT TO:<office@abc.com>");
    BOOST_TEST(client.Send().substr(0, 9) == "250 2.6.0");
    BOOST_TEST(client.waited.count() == 0);
    ConnectorDialog user = rig.Connect();
    user.Say("EHLO laptop");
    LogOn(user, "jia", "secret");
    user.Say("MAIL FROM:<jia@abc.com>");
    user.Say("RCPT TO:<office@abc.com>");
    user.Send();
    BOOST_TEST((user.waited == Seconds(20)));
}

// Fact F20: a discredited client waits for the reply to each chunk.
BOOST_AUTO_TEST_CASE(EveryChunkOfADiscreditedClientIsDelayed)
{
    Rig rig(PlainLogOn(), {}, Exchange());
    ConnectorDialog first = rig.Connect();
    first.Say("NONSENSE");
    first.Drop();
    ConnectorDialog client = rig.Connect();
    client.Begin("a@example.net");
    client.Say("RCPT TO:<office@abc.com>");
    BOOST_TEST(client.SayRaw("BDAT 4\r\nabcd") == "250 2.6.0 CHUNK received OK, 4 octets");
    BOOST_TEST((client.waited == Seconds(5)));
    BOOST_TEST(client.SayRaw("BDAT 2 LAST\r\n\r\n").substr(0, 9) == "250 2.6.0");
    BOOST_TEST((client.waited == Seconds(5)));
    BOOST_TEST(rig.journal.accepted == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
