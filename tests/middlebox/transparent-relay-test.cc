#include "tests/middlebox/relay-rig.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::array<std::size_t, 4> STEPS{1, 2, 7, SmtpRelay::UNLIMITED};
constexpr std::string_view OFFER =
    "250-mx Hello\r\n250-SIZE\r\n250-STARTTLS\r\n250-AUTH NTLM LOGIN\r\n"
    "250-X-EXPS GSSAPI NTLM\r\n250 XSHADOW\r\n";

InterceptionProxyConfig
Stripping(StripMethod startTls, StripMethod auth = StripMethod::Pass)
{
    auto config = GlobalSuite(InterceptionMode::Strip);
    config.startTls.way = startTls;
    config.auth.way = auth;
    return config;
}

InterceptionProxyConfig
Masking(MaskedHello hello)
{
    auto config = GlobalSuite(InterceptionMode::Mask);
    config.mask.hello = hello;
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(transparent_relay)

BOOST_DATA_TEST_CASE(MaskKeepsEveryLength,
                     boost::unit_test::data::make(STEPS) *
                         boost::unit_test::data::make({"refuse", "helo", "keywords"}),
                     step,
                     name)
{
    const std::string_view choice(name);
    const MaskedHello hello = choice == "refuse" ? MaskedHello::Refuse
                              : choice == "helo" ? MaskedHello::Helo
                                                 : MaskedHello::Keywords;
    Triangle::Setting setting;
    setting.config = Masking(hello);
    setting.step = step;
    setting.server.keywords = {"SIZE", "STARTTLS", "PIPELINING", "8BITMIME", "XSHADOW"};
    smtp::ServerPolicy policy;
    Triangle t(setting, policy);
    BOOST_REQUIRE(t.Run());
    BOOST_REQUIRE_EQUAL(t.server.messages.size(), 1u);
    BOOST_TEST(t.server.messages[0].content == t.setting.content);
    BOOST_TEST((t.client.results.at(0).message.outcome == smtp::TransactionOutcome::Accepted));
    BOOST_TEST(t.heardByClient.size() == t.saidByServer.size());
    BOOST_TEST(t.heardByServer.size() == t.saidByClient.size());
    BOOST_TEST(t.heardByClient.find("STARTTLS") == std::string::npos);
    const std::string first = t.server.commands.at(0);
    BOOST_TEST(first == (hello == MaskedHello::Refuse ? "XXXX laptop"
                         : hello == MaskedHello::Helo ? "HELO laptop"
                                                      : "EHLO laptop"));
    const bool hasMaskedKeyword = t.heardByClient.find("250-XXXXXXXX\r\n") != std::string::npos;
    BOOST_TEST(hasMaskedKeyword == (hello == MaskedHello::Keywords));
}

BOOST_DATA_TEST_CASE(MaskedBannerKeepsTwosZerosAndSpaces, boost::unit_test::data::make(STEPS), step)
{
    Bench b(Masking(MaskedHello::Refuse), step);
    BOOST_TEST(b.Open("220 mx2.example.org ESMTP 8.10.0\r\n") ==
               "220 **2************ ***** ***0*0\r\n");
    BOOST_TEST(b.truth.Has(TruthEvent::MaskedBanner));
}

BOOST_DATA_TEST_CASE(MaskedCommandDrawsTheServersAnswer, boost::unit_test::data::make(STEPS), step)
{
    auto config = Masking(MaskedHello::Keywords);
    config.mask.arguments = true;
    Bench b(config, step);
    b.Open();
    BOOST_TEST(b.Client("STARTTLS\r\n") == "XXXXXXXX\r\n");
    BOOST_TEST(b.Server("500 5.3.3 Unrecognized command\r\n") ==
               "500 5.3.3 Unrecognized command\r\n");
    BOOST_TEST(b.Client("X-LINK2STATE FIRST CHUNK\r\n") == "XXXXXXXXXXXXXXXXXXXXXXXX\r\n");
    b.Server("500 5.3.3 Unrecognized command\r\n");
    BOOST_TEST(b.Client("EHLO laptop\r\n") == "EHLO laptop\r\n");
    BOOST_TEST(b.Server(OFFER) ==
               "250-mx Hello\r\n250-SIZE\r\n250-XXXXXXXX\r\n250-AUTH NTLM LOGIN\r\n"
               "250-XXXXXXXXXXXXXXXXXX\r\n250 XXXXXXX\r\n");
    BOOST_TEST(b.Client("AUTH LOGIN\r\n") == "AUTH LOGIN\r\n");
}

BOOST_DATA_TEST_CASE(StrippedFromCapabilities, boost::unit_test::data::make(STEPS), step)
{
    Bench b(Stripping(StripMethod::Capabilities, StripMethod::Capabilities), step);
    BOOST_TEST(b.Open() == "220 mx.example.org ESMTP Server\r\n");
    b.Client("EHLO laptop\r\n");
    BOOST_TEST(b.Server(OFFER) == "250-mx Hello\r\n250-SIZE\r\n250 XSHADOW\r\n");
    BOOST_TEST(b.Client("STARTTLS\r\nNOOP\r\n") == "NOOP\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Client) == "502 5.5.1 Error: command not implemented\r\n");
    BOOST_TEST(b.Server("250 ok\r\n") == "250 ok\r\n");
}

BOOST_AUTO_TEST_CASE(LastKeywordStrippedMovesTheEndMark)
{
    Bench b(Stripping(StripMethod::Capabilities));
    b.Open();
    b.Client("EHLO laptop\r\n");
    BOOST_TEST(b.Server("250-mx\r\n250-SIZE\r\n250 STARTTLS\r\n") == "250-mx\r\n250 SIZE\r\n");
    b.Client("EHLO laptop\r\n");
    BOOST_TEST(b.Server("250-mx\r\n250 STARTTLS\r\n") == "250 mx\r\n");
}

BOOST_AUTO_TEST_CASE(CommandIsAnsweredInTheServersPlace)
{
    const auto answer = [](StripMethod way)
    {
        Bench b(Stripping(way));
        b.Open();
        b.Client("EHLO laptop\r\n");
        BOOST_TEST(b.Server("250-mx\r\n250 STARTTLS\r\n") == "250-mx\r\n250 STARTTLS\r\n");
        BOOST_TEST(b.Client("STARTTLS\r\n").empty());
        return b.FromRelay(RelaySide::Client);
    };
    BOOST_TEST(answer(StripMethod::InvalidCode) == "200 STRIPTLS\r\n");
    BOOST_TEST(answer(StripMethod::TemporaryError) ==
               "454 TLS not available due to temporary reason\r\n");
    BOOST_TEST(answer(StripMethod::Error) == "501 Syntax error\r\n");
}

BOOST_AUTO_TEST_CASE(InvalidCodeOffersEvenWhatTheServerDoesNot)
{
    Bench b(Stripping(StripMethod::InvalidCode));
    b.Open();
    b.Client("EHLO laptop\r\n");
    BOOST_TEST(b.Server("250 mx\r\n") == "250-mx\r\n250 STARTTLS\r\n");
}

BOOST_AUTO_TEST_CASE(DowngradeRefusesEhloAndLetsHeloPass)
{
    Triangle::Setting setting;
    setting.config = Stripping(StripMethod::Downgrade);
    smtp::ServerPolicy policy;
    Triangle t(setting, policy);
    BOOST_REQUIRE(t.Run());
    BOOST_TEST(t.server.commands.at(0) == "HELO laptop");
    BOOST_REQUIRE_EQUAL(t.server.messages.size(), 1u);
    BOOST_TEST(t.server.messages[0].content == t.setting.content);
}

BOOST_AUTO_TEST_CASE(InjectedCommandFollowsStartTls)
{
    Bench b(Stripping(StripMethod::Inject));
    b.Open();
    BOOST_TEST(b.Client("STARTTLS\r\n") == "STARTTLS\r\nNOOP injected\r\n");
    BOOST_TEST(b.Server("454 not now\r\n250 noop\r\n") == "454 not now\r\n");
    BOOST_TEST(b.Client("RSET\r\n") == "RSET\r\n");
    BOOST_TEST(b.Server("250 reset\r\n") == "250 reset\r\n");
}

BOOST_DATA_TEST_CASE(TlsPassesUntouched, boost::unit_test::data::make(STEPS), step)
{
    Bench b(Stripping(StripMethod::Pass, StripMethod::Error), step);
    b.Open();
    BOOST_TEST(b.Client("STARTTLS\r\n") == "STARTTLS\r\n");
    b.Server("220 2.0.0 ready\r\n");
    const std::string opaque("\x16\x03\x01\0\nAUTH LOGIN\r\nSTARTTLS\r\n\xff", 29);
    BOOST_TEST(b.Client(opaque) == opaque);
    BOOST_TEST(b.Server(opaque) == opaque);
}

BOOST_DATA_TEST_CASE(AuthResponsesAreNoCommands, boost::unit_test::data::make(STEPS), step)
{
    Bench b(Stripping(StripMethod::Error, StripMethod::Pass), step);
    b.Open();
    BOOST_TEST(b.Client("AUTH LOGIN\r\n") == "AUTH LOGIN\r\n");
    BOOST_TEST(b.Server("334 VXNlcm5hbWU6\r\n") == "334 VXNlcm5hbWU6\r\n");
    BOOST_TEST(b.Client("STARTTLS\r\n") == "STARTTLS\r\n");
    BOOST_TEST(b.Server("334 UGFzc3dvcmQ6\r\n") == "334 UGFzc3dvcmQ6\r\n");
    BOOST_TEST(b.Client("eHg=\r\n") == "eHg=\r\n");
    BOOST_TEST(b.Server("235 ok\r\n") == "235 ok\r\n");
    BOOST_TEST(b.Client("STARTTLS\r\n").empty());
}

BOOST_DATA_TEST_CASE(ChunksAndContentAreNoCommands, boost::unit_test::data::make(STEPS), step)
{
    Bench b(Stripping(StripMethod::Error), step);
    b.Open();
    BOOST_TEST(b.Client("BDAT 12\r\nSTARTTLS\r\n\r\nNOOP\r\n") ==
               "BDAT 12\r\nSTARTTLS\r\n\r\nNOOP\r\n");
    BOOST_TEST(b.Server("250 chunk\r\n250 noop\r\n") == "250 chunk\r\n250 noop\r\n");
    BOOST_TEST(b.Client("DATA\r\nSTARTTLS\r\n") == "DATA\r\n");
    b.Server("354 go\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Server) == "STARTTLS\r\n");
    BOOST_TEST(b.Client("\n.\n\r\n.\r\nSTARTTLS\r\n") == "\n.\n\r\n.\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Client).empty());
    BOOST_TEST(b.Server("250 taken\r\n") == "250 taken\r\n501 Syntax error\r\n");
}

BOOST_AUTO_TEST_CASE(OwnReplyTakesItsTurn)
{
    Bench b(Stripping(StripMethod::TemporaryError));
    b.Open();
    BOOST_TEST(b.Client("NOOP\r\nNOOP\r\nSTARTTLS\r\nRSET\r\n") == "NOOP\r\nNOOP\r\nRSET\r\n");
    BOOST_TEST(b.FromRelay(RelaySide::Client).empty());
    BOOST_TEST(b.Server("250 1\r\n") == "250 1\r\n");
    BOOST_TEST(b.Server("250 2\r\n250 4\r\n") ==
               "250 2\r\n454 TLS not available due to temporary reason\r\n250 4\r\n");
}

BOOST_AUTO_TEST_CASE(UnaskedRepliesPass)
{
    Bench b(Stripping(StripMethod::Capabilities));
    b.Open();
    BOOST_TEST(b.Server("421 closing\r\n") == "421 closing\r\n");
    b.relay->PeerClosed(RelaySide::Server, Ms(3), false);
    BOOST_TEST(b.relay->WantsClose(RelaySide::Client));
}

BOOST_AUTO_TEST_CASE(UnreachableServerIs421)
{
    Bench b(Stripping(StripMethod::Capabilities));
    b.relay->Connected(RelaySide::Client, Ms(0));
    b.relay->ServerOpening();
    b.relay->ConnectFailed(Ms(1));
    BOOST_TEST(b.FromRelay(RelaySide::Client).substr(0, 4) == "421 ");
    BOOST_TEST(b.relay->WantsClose(RelaySide::Client));
}

BOOST_AUTO_TEST_CASE(AwaitedRepliesAreBounded)
{
    Bench b(Stripping(StripMethod::Capabilities));
    b.Open();
    std::string flood;
    for (int i = 0; i < 3000; ++i)
    {
        flood += "NOOP\r\n";
    }
    const std::string passed = b.Client(flood);
    BOOST_TEST(passed.size() == 6000u);
    std::string replies;
    for (int i = 0; i < 1000; ++i)
    {
        replies += "250 ok\r\n";
    }
    b.Server(replies);
    BOOST_TEST(b.FromRelay(RelaySide::Server).size() == 6000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::middlebox
