// The protocol log of Send connectors.

#include "tests/evidence/log-rig.h"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::int64_t EPOCH = 1262592000000000000; // 2010-01-04T08:00:00Z

struct SendLogRig : LogRig
{
    SendLogRig()
        : LogRig(EPOCH, 0, "hub1.example.com")
    {
        Open<dialects::ExchangeSend>();
    }

    host::DeliveryInfo within{*Ipv4::Parse("10.2.1.25"),
                              25,
                              *Ipv4::Parse("10.1.1.25"),
                              1030,
                              0x08CC5B2B0C689860,
                              true};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exchange_send_log, SendLogRig)

BOOST_AUTO_TEST_CASE(a_session_has_a_row_for_each_line)
{
    SayTo(within, host::ConnectingEvent{Nanoseconds(0)});
    within.connected = Nanoseconds(SECOND / 2);
    SayTo(within, host::ConnectedEvent{within.connected});
    SayTo(
        within,
        smtp::ReplyEvent{Nanoseconds(SECOND), smtp::Step::Hello, 250, "250-hub2, hello\n250 SIZE"});
    SayTo(within, smtp::CommandEvent{Nanoseconds(SECOND), smtp::Verb::Auth, "X-EXPS GSSAPI"});
    SayTo(within, smtp::ReplyEvent{Nanoseconds(SECOND), smtp::Step::Auth, 334, "334 c2VjcmV0"});
    SayTo(within, smtp::CommandEvent{Nanoseconds(SECOND), smtp::Verb::Auth, "c2VjcmV0", true});
    SayTo(within, smtp::EndEvent{Nanoseconds(2 * SECOND), smtp::EndReason::PeerClosed});
    const std::string text = Text("SEND20100104-1.log");
    const std::string head = "Intra-Organization SMTP Send Connector,08CC5B2B0C689860,";
    const std::string ends = ",10.1.1.25:1030,10.2.1.25:25,";
    const std::string first = "2010-01-04T08:00:00.000Z," + head;
    const std::string later = "2010-01-04T08:00:01.000Z," + head;
    const std::string rows = first + "0,,10.2.1.25:25,*,,attempting to connect\r\n" +      //
                             "2010-01-04T08:00:00.500Z," + head + "1" + ends + "+,,\r\n" + //
                             later + "2" + ends + "<,\"250-hub2, hello\",\r\n" +           //
                             later + "3" + ends + "<,250 SIZE,\r\n" +                      //
                             later + "4" + ends + ">,X-EXPS GSSAPI,\r\n" +                 //
                             later + "5" + ends + "<,334 <authentication response>,\r\n" + //
                             "2010-01-04T08:00:02.000Z," + head + "6" + ends + "-,,Remote\r\n";
    BOOST_TEST(text.find("#Log-type: SMTP Send Protocol Log\r\n") != text.npos);
    BOOST_TEST(text.substr(text.find("2010-01-04T08:00:00.000Z,")) == rows);
}

BOOST_AUTO_TEST_CASE(rows_are_counted_anew_behind_the_end)
{
    SayTo(within, host::ConnectingEvent{Nanoseconds(0)});
    within.connected = Nanoseconds(SECOND / 2);
    SayTo(within, host::ConnectedEvent{within.connected});
    SayTo(within, smtp::EndEvent{Nanoseconds(SECOND), smtp::EndReason::Quit});
    SayTo(within, host::ConnectingEvent{Nanoseconds(2 * SECOND)});
    const std::string text = Text("SEND20100104-1.log");
    const std::string id = "Z,Intra-Organization SMTP Send Connector,08CC5B2B0C689860,";
    BOOST_TEST(text.find("01.000" + id + "2,10.1.1.25:1030,10.2.1.25:25,-,,Local\r\n") !=
               text.npos);
    BOOST_TEST(text.find("02.000" + id + "0,,10.2.1.25:25,*,,attempting to connect\r\n") !=
               text.npos);
}

BOOST_AUTO_TEST_CASE(of_a_connection_that_does_not_come_about_the_attempt_is_told)
{
    SayTo(within, host::ConnectingEvent{Nanoseconds(0)});
    SayTo(within, smtp::EndEvent{Nanoseconds(21 * SECOND), smtp::EndReason::TimedOut});
    within.session += 1;
    SayTo(within, host::ConnectingEvent{Nanoseconds(60 * SECOND)});
    const std::string text = Text("SEND20100104-1.log");
    const std::string head = "Z,Intra-Organization SMTP Send Connector,08CC5B2B0C68986";
    const std::string ends = ",0,,10.2.1.25:25,*,,attempting to connect\r\n";
    BOOST_TEST(text.substr(text.find("2010-01-04T08:00:00.000Z,")) ==
               "2010-01-04T08:00:00.000" + head + "0" + ends + "2010-01-04T08:01:00.000" + head +
                   "1" + ends);
}

BOOST_AUTO_TEST_SUITE_END()
