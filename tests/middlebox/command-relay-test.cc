#include "tests/middlebox/relay-rig.h"

#include "models/smtp/rule-policy.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::array<std::size_t, 4> STEPS{1, 2, 7, SmtpRelay::UNLIMITED};
constexpr std::string_view BANNED =
    "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were received from your IP "
    "address.";

/// A relay whose client has said EHLO and whose server is ready for the first MAIL.
struct Ready : public Bench
{
    explicit Ready(InterceptionProxyConfig c = GlobalSuite(),
                   std::size_t pieces = SmtpRelay::UNLIMITED)
        : Bench(std::move(c), pieces)
    {
        Open();
        Client("EHLO laptop\r\n");
        FromRelay(RelaySide::Client);
        Client("MAIL FROM:<jia@abc.com>\r\n");
        Serve("220 WIN.abc.com\r\n");
        FromRelay(RelaySide::Server);
        Server("250-WIN.abc.com\r\n250-SIZE\r\n250 8BITMIME\r\n");
        FromRelay(RelaySide::Server);
        Server("250 2.1.0 Sender OK\r\n");
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(command_relay)

BOOST_DATA_TEST_CASE(MailPassesBetweenRealSessions, boost::unit_test::data::make(STEPS), step)
{
    Triangle::Setting setting;
    setting.step = step;
    setting.server.keywords = {"SIZE", "PIPELINING", "STARTTLS", "AUTH NTLM LOGIN", "8BITMIME"};
    smtp::ServerPolicy policy;
    Triangle t(setting, policy);
    BOOST_REQUIRE(t.Run());
    BOOST_REQUIRE_EQUAL(t.client.results.size(), 1u);
    BOOST_TEST((t.client.results[0].message.outcome == smtp::TransactionOutcome::Accepted));
    BOOST_REQUIRE_EQUAL(t.server.messages.size(), 1u);
    BOOST_TEST(t.server.messages[0].content ==
               "Received: from laptop ([10.0.0.5])\r\n\tby mail.globalsuite.net with ESMTP; "
               "Thu, 1 Jan 1970 00:00:00 +0000\r\n" +
                   t.setting.content);
    const std::vector<std::string> commands{"EHLO mail.globalsuite.net",
                                            "MAIL FROM:<jia@abc.com>",
                                            "RCPT TO:<jia@abc.com>",
                                            "DATA",
                                            "QUIT"};
    BOOST_TEST(t.server.commands == commands, boost::test_tools::per_element());
    BOOST_REQUIRE(t.client.replies.size() > 1);
    BOOST_TEST(t.client.replies[0] == "220 mail.globalsuite.net ESMTP");
    BOOST_TEST(t.client.replies[1] == "250-mail.globalsuite.net\n250 8BITMIME");
    BOOST_TEST(t.heardByClient.find("STARTTLS") == std::string::npos);
    BOOST_TEST(t.heardByClient.find("AUTH") == std::string::npos);
}

BOOST_DATA_TEST_CASE(ServersRefusalReachesClient, boost::unit_test::data::make(STEPS), step)
{
    Triangle::Setting setting;
    setting.step = step;
    smtp::ServerRule rule;
    rule.at = smtp::RulePoint::Rcpt;
    rule.match = "*";
    rule.reply = BANNED;
    smtp::RulePolicy policy({rule});
    Triangle t(setting, policy);
    BOOST_REQUIRE(t.Run());
    BOOST_REQUIRE_EQUAL(t.client.results.size(), 1u);
    BOOST_TEST((t.client.results[0].recipients[0].outcome == smtp::TransactionOutcome::Failed));
    BOOST_TEST(t.client.results[0].recipients[0].reply == BANNED);
    BOOST_TEST(t.server.messages.empty());
}

BOOST_DATA_TEST_CASE(AuthAndStartTlsAreRefusedByTheProxy, boost::unit_test::data::make(STEPS), step)
{
    Bench b(GlobalSuite(), step);
    BOOST_TEST(b.Open() == "220 mail.globalsuite.net ESMTP\r\n");
    b.Client("EHLO laptop\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Client) == "250-mail.globalsuite.net\r\n250 8BITMIME\r\n");
    b.Client("AUTH LOGIN\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Client) == "503 5.5.1 Error: authentication not enabled\r\n");
    b.Client("starttls\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Client) == "502 5.5.1 Error: command not implemented\r\n");
    BOOST_TEST(!b.relay->WantsServer());
    BOOST_TEST(b.truth.Has(TruthEvent::RefusedAuth));
    BOOST_TEST(b.truth.Has(TruthEvent::RefusedStartTls));
}

BOOST_DATA_TEST_CASE(PipelinedCommandsGoOnOneByOne, boost::unit_test::data::make(STEPS), step)
{
    Ready r(GlobalSuite(), step);
    BOOST_TEST(r.Client("RCPT TO:<a@abc.com>\r\nRCPT TO:<b@abc.com>\r\nDATA\r\n") ==
               "RCPT TO:<a@abc.com>\r\n");
    BOOST_TEST(r.Server("250 a\r\n") == "250 a\r\n");
    BOOST_TEST(r.FromRelay(RelaySide::Server) == "RCPT TO:<b@abc.com>\r\n");
    BOOST_TEST(r.Server("550-b\r\n550 b\r\n") == "550-b\r\n550 b\r\n");
    BOOST_TEST(r.FromRelay(RelaySide::Server) == "DATA\r\n");
    BOOST_TEST(r.Server("354 go\r\n") == "354 go\r\n");
    r.FromRelay(RelaySide::Server);
    BOOST_TEST(r.Client("..x\r\n.\r\nQUIT\r\nNOOP\r\n") == "..x\r\n.\r\n");
    BOOST_TEST(r.Server("250 ok\r\n") == "250 ok\r\n");
    BOOST_TEST(r.FromRelay(RelaySide::Server) == "QUIT\r\n");
    BOOST_TEST(r.Server("221 bye\r\n") == "221 bye\r\n");
    BOOST_TEST(r.relay->WantsClose(RelaySide::Client));
    BOOST_TEST(r.relay->WantsClose(RelaySide::Server));
}

BOOST_AUTO_TEST_CASE(ServerIsCalledWhenTheConfigSaysSo)
{
    auto config = GlobalSuite();
    config.connect = UpstreamTiming::OnAccept;
    Bench early(config);
    early.relay->Connected(RelaySide::Client, Ms(0));
    BOOST_TEST(early.relay->WantsServer());
    Bench late(GlobalSuite());
    late.Open();
    late.Client("EHLO laptop\r\n");
    BOOST_TEST(!late.relay->WantsServer());
    late.Client("MAIL FROM:<a@abc.com>\r\n");
    BOOST_TEST(late.relay->WantsServer());
}

BOOST_AUTO_TEST_CASE(UnreachableServerIs451AndTriedAgain)
{
    Bench b(GlobalSuite());
    b.Open();
    b.Client("HELO laptop\r\n");
    for (int i = 0; i < 2; ++i)
    {
        b.FromRelay(RelaySide::Client);
        b.Client("MAIL FROM:<a@abc.com>\r\n");
        BOOST_REQUIRE(b.relay->WantsServer());
        b.relay->ServerOpening();
        b.relay->ConnectFailed(Ms(3));
        BOOST_TEST(b.FromRelay(RelaySide::Client) == "451 4.4.1 Cannot connect to 192.0.2.25\r\n");
    }
    b.Client("QUIT\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Client) == "221 2.0.0 Bye\r\n");
    BOOST_TEST(b.relay->WantsClose(RelaySide::Client));
}

BOOST_AUTO_TEST_CASE(RefusedProxyPassesTheRefusalOn)
{
    Bench b(GlobalSuite());
    b.Open();
    b.Client("EHLO laptop\r\nMAIL FROM:<a@abc.com>\r\n");
    b.FromRelay(RelaySide::Client);
    BOOST_TEST(b.Serve("554 5.7.1 go away\r\n") == "554 5.7.1 go away\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Server) == "QUIT\r\n");
    BOOST_TEST(b.relay->WantsClose(RelaySide::Server));
    BOOST_TEST(!b.relay->WantsClose(RelaySide::Client));
}

BOOST_AUTO_TEST_CASE(OldServerGetsHelo)
{
    Bench b(GlobalSuite());
    b.Open();
    b.Client("EHLO laptop\r\nMAIL FROM:<a@abc.com> SIZE=20 BODY=8BITMIME\r\n");
    b.Serve("220 x\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Server) == "EHLO mail.globalsuite.net\r\n");
    b.Server("500 what\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Server) == "HELO mail.globalsuite.net\r\n");
    b.Server("250 x\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Server) == "MAIL FROM:<a@abc.com>\r\n");
}

BOOST_AUTO_TEST_CASE(ParametersGoOnAsConfigured)
{
    const auto passed = [](ParameterPolicy choice)
    {
        auto config = GlobalSuite();
        config.parameters = choice;
        Ready r(config);
        r.Client("RSET\r\n");
        r.Server("250 ok\r\n");
        return r.Client("MAIL FROM:<a@abc.com> SIZE=20 RET=FULL BODY=8BITMIME\r\n");
    };
    BOOST_TEST(passed(ParameterPolicy::Drop) == "MAIL FROM:<a@abc.com>\r\n");
    BOOST_TEST(passed(ParameterPolicy::Supported) ==
               "MAIL FROM:<a@abc.com> SIZE=20 BODY=8BITMIME\r\n");
    BOOST_TEST(passed(ParameterPolicy::Pass) ==
               "MAIL FROM:<a@abc.com> SIZE=20 RET=FULL BODY=8BITMIME\r\n");
}

BOOST_AUTO_TEST_CASE(LostServerIs421)
{
    for (const bool reset : {false, true})
    {
        Ready r;
        r.Client("RCPT TO:<a@abc.com>\r\n");
        r.relay->PeerClosed(RelaySide::Server, Ms(5), reset);
        BOOST_TEST(r.FromRelay(RelaySide::Client) ==
                   "421 4.4.2 mail.globalsuite.net Connection to 192.0.2.25 lost\r\n");
        BOOST_TEST(r.relay->WantsClose(RelaySide::Client));
    }
}

BOOST_AUTO_TEST_CASE(ServerLostInContentIsToldAtItsEnd)
{
    Ready r;
    r.Client("DATA\r\n");
    r.Server("354 go\r\n");
    r.Client("half\r\n");
    r.relay->PeerClosed(RelaySide::Server, Ms(5), false);
    BOOST_TEST(r.FromRelay(RelaySide::Client).empty());
    BOOST_TEST(r.Client("rest\r\n.\r\n").empty());
    BOOST_TEST(r.FromRelay(RelaySide::Client).substr(0, 3) == "421");
}

BOOST_AUTO_TEST_CASE(RepliesOutOfTurnAreNobodys)
{
    Ready r;
    BOOST_TEST(r.Server("250 stray\r\n").empty());
    r.Client("RCPT TO:<a@abc.com>\r\n");
    BOOST_TEST(r.Server("250 right\r\n250 again\r\n") == "250 right\r\n");
    r.Client("DATA\r\n");
    r.Server("354 go\r\n");
    BOOST_TEST(r.Server("552 5.3.4 too big\r\n").empty());
    r.Client("x\r\n.\r\n");
    BOOST_TEST(r.FromRelay(RelaySide::Client) == "552 5.3.4 too big\r\n");
    BOOST_TEST(r.Server("421 closing\r\n") == "421 closing\r\n");
    BOOST_TEST(r.relay->WantsClose(RelaySide::Client));
}

BOOST_AUTO_TEST_CASE(ClientThatLeavesInContentSendsNoDot)
{
    Ready r;
    r.Client("DATA\r\n");
    r.Server("354 go\r\n");
    BOOST_TEST(r.Client("half").find(".\r\n") == std::string::npos);
    r.relay->PeerClosed(RelaySide::Client, Ms(5), false);
    BOOST_TEST(r.FromRelay(RelaySide::Server).empty());
    BOOST_TEST(r.relay->WantsClose(RelaySide::Server));
}

BOOST_AUTO_TEST_CASE(QuitWithFinIsStillPassedOn)
{
    Ready r;
    BOOST_TEST(r.Client("QUIT\r\n") == "QUIT\r\n");
    r.relay->PeerClosed(RelaySide::Client, Ms(5), false);
    BOOST_TEST(!r.relay->WantsClose(RelaySide::Server));
    r.Server("221 bye\r\n");
    BOOST_TEST(r.relay->WantsClose(RelaySide::Server));
}

BOOST_AUTO_TEST_CASE(NewHelloEndsTheTransaction)
{
    Ready r;
    BOOST_TEST(r.Client("HELO again\r\n") == "RSET\r\n");
    BOOST_TEST(r.FromRelay(RelaySide::Client) == "250 mail.globalsuite.net\r\n");
    BOOST_TEST(r.Server("250 reset\r\n").empty());
    BOOST_TEST(r.Client("MAIL FROM:<c@abc.com>\r\n") == "MAIL FROM:<c@abc.com>\r\n");
}

BOOST_AUTO_TEST_CASE(SilenceEndsIt)
{
    Ready silentClient;
    const auto end = silentClient.relay->NextTimer(RelaySide::Client);
    BOOST_REQUIRE(end.has_value());
    silentClient.relay->Tick(*end);
    BOOST_TEST(silentClient.FromRelay(RelaySide::Client).substr(0, 3) == "421");
    BOOST_TEST(silentClient.relay->WantsClose(RelaySide::Server));

    Ready silentServer;
    silentServer.Client("RCPT TO:<a@abc.com>\r\n");
    const auto due = silentServer.relay->NextTimer(RelaySide::Server);
    BOOST_REQUIRE(due.has_value());
    silentServer.relay->Tick(*due);
    BOOST_TEST(silentServer.FromRelay(RelaySide::Client).substr(0, 3) == "421");
}

BOOST_AUTO_TEST_CASE(DelaysAreTheConfigs)
{
    auto config = GlobalSuite();
    config.answerDelay.base = Ms(3);
    config.forwardDelay.base = Ms(5);
    Bench b(config);
    BOOST_TEST(b.Open().empty());
    BOOST_TEST((b.relay->NextTimer(RelaySide::Client) == std::optional(Ms(3))));
    b.relay->Tick(Ms(3));
    BOOST_TEST(b.FromRelay(RelaySide::Client) == "220 mail.globalsuite.net ESMTP\r\n");
}

BOOST_AUTO_TEST_CASE(MemoryIsBounded)
{
    auto config = GlobalSuite();
    config.buffer = 4096;
    Ready r(config);
    r.Client("DATA\r\n");
    r.Server("354 go\r\n");
    r.FromRelay(RelaySide::Server);
    const std::string block(1000, 'x');
    std::size_t taken = 0;
    for (int i = 0; i < 100; ++i)
    {
        const std::size_t room = r.relay->ReceiveRoom(RelaySide::Client);
        r.relay->Receive(RelaySide::Client, std::string_view(block).substr(0, room), Ms(3));
        taken += std::min(room, block.size());
    }
    BOOST_TEST(taken <= 2u * config.buffer);
    BOOST_TEST(r.relay->ReceiveRoom(RelaySide::Client) == 0u);
    BOOST_TEST(r.FromRelay(RelaySide::Server).size() <= taken);
    BOOST_TEST(r.relay->TakeChange(RelaySide::Client));
    BOOST_TEST(r.relay->ReceiveRoom(RelaySide::Client) > 0u);
}

BOOST_AUTO_TEST_CASE(EndlessReplyEndsTheServersConnection)
{
    Ready r;
    r.Client("RCPT TO:<a@abc.com>\r\n");
    for (int i = 0; i < 2000; ++i)
    {
        r.relay->Receive(RelaySide::Server,
                         "250-and so on, and so on, and so on, and on\r\n",
                         Ms(3));
    }
    BOOST_TEST(r.FromRelay(RelaySide::Client).substr(0, 3) == "421");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::middlebox
