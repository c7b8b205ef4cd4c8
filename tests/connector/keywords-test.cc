#include "tests/connector/connector-rig.h"
#include "tests/times.h"

#include "models/connector/effective-persona.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::connector
{

BOOST_AUTO_TEST_SUITE(keywords)

// S000-11 to S000-14, S000-17: the block as the document's log has it.
BOOST_AUTO_TEST_CASE(EhloBlockOfS000)
{
    Rig rig(FromFile<ReceiveConnectorConfig>("connectors/exchange-2010-internet"),
            {},
            FromFile<smtp::ServerPersona>("servers/exchange-2010"),
            test::Reading(1321416715881000000));
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.greeting ==
               "220 WIN-TQTAID053PB.abc.com Microsoft ESMTP MAIL Service ready at "
               "Wed, 16 Nov 2011 04:11:55 +0000");
    const std::string block = client.Say("EHLO mail.globalsuite.net") + "\r\n";
    BOOST_TEST(block == "250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200]\r\n"
                        "250-SIZE\r\n"
                        "250-PIPELINING\r\n"
                        "250-DSN\r\n"
                        "250-ENHANCEDSTATUSCODES\r\n"
                        "250-STARTTLS\r\n"
                        "250-X-ANONYMOUSTLS\r\n"
                        "250-AUTH NTLM LOGIN\r\n"
                        "250-X-EXPS GSSAPI NTLM\r\n"
                        "250-8BITMIME\r\n"
                        "250-BINARYMIME\r\n"
                        "250-CHUNKING\r\n"
                        "250-XEXCH50\r\n"
                        "250-XRDST\r\n"
                        "250 XSHADOW\r\n");
    BOOST_TEST(block.size() == 271u);
    BOOST_TEST(client.waited.count() <= 1000000);
    BOOST_TEST(client.Say("MAIL FROM:<jia@abc.com>") == "250 2.1.0 Sender OK");
}

// Fact F15: the order of 2000 and 2003.
BOOST_AUTO_TEST_CASE(EhloBlockOf2003)
{
    Rig rig(FromFile<ReceiveConnectorConfig>("connectors/exchange-2003"),
            {},
            FromFile<smtp::ServerPersona>("servers/exchange-2003"));
    ConnectorDialog client = rig.Connect();
    BOOST_TEST(client.Say("EHLO a.example") ==
               "250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200]\r\n250-TURN\r\n"
               "250-SIZE 10485760\r\n250-ETRN\r\n250-PIPELINING\r\n250-DSN\r\n"
               "250-ENHANCEDSTATUSCODES\r\n250-8bitmime\r\n250-BINARYMIME\r\n250-CHUNKING\r\n"
               "250-VRFY\r\n250-X-EXPS GSSAPI NTLM LOGIN\r\n250-X-EXPS=LOGIN\r\n"
               "250-AUTH GSSAPI NTLM LOGIN\r\n250-AUTH=LOGIN\r\n250-X-LINK2STATE\r\n"
               "250-XEXCH50\r\n250 OK");
    client.Say("MAIL FROM:<a@example.net>");
    BOOST_TEST(client.Say("RCPT TO:<b@example.org>") ==
               "550 5.7.1 Unable to relay for b@example.org");
    BOOST_TEST((client.waited < Seconds(1)));
}

BOOST_AUTO_TEST_CASE(SizeHasThreeForms)
{
    ReceiveConnectorConfig config;
    const std::vector<std::string> product = {"SIZE {max-size}", "HELP"};
    BOOST_TEST(KeywordsOf(config, product, false).at(0) == "SIZE {max-size}");
    config.keywords.size = SizeKeyword::EnabledWithoutValue;
    BOOST_TEST(KeywordsOf(config, product, false).at(0) == "SIZE");
    config.keywords.size = SizeKeyword::Disabled;
    BOOST_TEST(KeywordsOf(config, product, false).at(0) == "HELP");
}

BOOST_AUTO_TEST_CASE(MechanismsFollowTheSettingsAndTls)
{
    const std::vector<std::string> product = {"STARTTLS",
                                              "X-ANONYMOUSTLS",
                                              "AUTH GSSAPI NTLM LOGIN",
                                              "AUTH=LOGIN",
                                              "X-EXPS GSSAPI NTLM"};
    using Lines = std::vector<std::string>;
    ReceiveConnectorConfig config;
    BOOST_TEST((KeywordsOf(config, product, false) ==
                Lines{"STARTTLS", "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM"}));
    BOOST_TEST((KeywordsOf(config, product, true) ==
                Lines{"AUTH NTLM LOGIN", "AUTH=LOGIN", "X-EXPS GSSAPI NTLM"}));
    config.keywords.authGssapi = true;
    config.keywords.suppressXAnonymousTls = true;
    BOOST_TEST((KeywordsOf(config, product, false) ==
                Lines{"STARTTLS", "AUTH GSSAPI NTLM", "X-EXPS GSSAPI NTLM"}));
    config.authMechanisms.clear();
    BOOST_TEST(KeywordsOf(config, product, false).empty());
}

BOOST_AUTO_TEST_CASE(EverySwitchTakesItsKeywordAway)
{
    const std::vector<std::string> product =
        {"PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8bitmime", "BINARYMIME", "CHUNKING", "XORAR"};
    ReceiveConnectorConfig config;
    BOOST_TEST(KeywordsOf(config, product, false).size() == 6u);
    config.keywords =
        {SizeKeyword::Enabled, false, false, false, false, false, false, true, true, false, false};
    BOOST_TEST((KeywordsOf(config, product, false) == std::vector<std::string>{"XORAR"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::connector
