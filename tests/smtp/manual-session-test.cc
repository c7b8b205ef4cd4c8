#include "models/smtp/manual-session.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::smtp;
using namespace std::chrono_literals;

namespace
{

constexpr std::string_view GREETING = "220 mail.example ready\r\n";
constexpr std::string_view HELLO = "250-mail.example\r\n250 AUTH LOGIN\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(manual_session)

BOOST_AUTO_TEST_CASE(types_a_line_after_each_reply)
{
    for (const std::size_t piece : {std::size_t(1), std::size_t(7), GREETING.size()})
    {
        ManualSession session({{"EHLO test", "QUIT"}, 2s, 60s});
        session.Connected(0s);
        for (std::size_t at = 0; at < GREETING.size(); at += piece)
        {
            BOOST_TEST(session.TakeOutput() == "");
            session.Receive(GREETING.substr(at, piece), 1s);
        }
        session.Tick(2999ms);
        BOOST_TEST(session.TakeOutput() == "");
        BOOST_TEST((session.NextTimer() == Nanoseconds(3s)));
        session.Tick(3s);
        BOOST_TEST(session.TakeOutput(4) == "EHLO");
        BOOST_TEST(session.TakeOutput() == " test\r\n");
        session.Receive(HELLO, 4s);
        session.Tick(6s);
        BOOST_TEST(session.TakeOutput() == "QUIT\r\n");
        BOOST_TEST(!session.WantsClose());
        session.Receive("221 bye\r\nand more", 7s);
        BOOST_TEST(session.WantsClose());
    }
}

BOOST_AUTO_TEST_CASE(a_reply_while_typing_does_not_start_another_line)
{
    ManualSession session({{"EHLO test", "QUIT"}, 2s, 60s});
    session.Connected(0s);
    session.Receive("220 one\r\n421 two\r\n", 1s);
    session.Tick(3s);
    BOOST_TEST(session.TakeOutput() == "EHLO test\r\n");
    session.Tick(5s);
    BOOST_TEST(session.TakeOutput() == "");
}

BOOST_AUTO_TEST_CASE(closes_when_nothing_comes_or_the_peer_goes)
{
    ManualSession silent({{"QUIT"}, 2s, 60s});
    silent.Connected(0s);
    silent.Tick(59s);
    BOOST_TEST(!silent.WantsClose());
    silent.Tick(60s);
    BOOST_TEST(silent.WantsClose());

    ManualSession left({{"QUIT"}, 2s, 60s});
    left.Connected(0s);
    left.Receive("220 x\r\n", 1s);
    left.PeerClosed(2s, true);
    BOOST_TEST(left.WantsClose());
    BOOST_TEST(!left.NextTimer().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
