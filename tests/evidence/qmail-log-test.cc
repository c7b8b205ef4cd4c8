#include "tests/evidence/log-rig.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;
using Kind = mail::QueueEvent::Kind;

namespace
{

constexpr std::int64_t EPOCH = 1159253183;

struct Fixture : LogRig
{
    Fixture()
        : LogRig(EPOCH * SECOND, 28800, "livedoor.cn")
    {
        Open<dialects::Qmail>();
    }

    std::string Text() { return LogRig::Text("qmail.log"); }
};

/// What qmail-send says of an event, without its stamp.
std::string
LineOf(const mail::QueueEvent& event)
{
    Fixture fixture;
    fixture.Tell(event);
    const std::string text = fixture.Text();
    const std::size_t stamp = text.find(std::to_string(EPOCH));
    return text.substr(stamp + 18, text.size() - stamp - 19);
}

mail::QueueEvent
Failure()
{
    mail::QueueEvent event;
    event.kind = Kind::DeliveryResult;
    event.delivery = 118310;
    event.outcome = mail::DeliveryOutcome::Failure;
    event.text = "203.131.198.80 does not like recipient.\nRemote host said: 500 error\n"
                 "Giving up on 203.131.198.80.\n";
    return event;
}

} // namespace

BOOST_AUTO_TEST_SUITE(qmail_log)

BOOST_AUTO_TEST_CASE(each_event_has_qmail_sends_words)
{
    mail::QueueEvent event;
    event.message = 93869;
    event.delivery = 7;
    BOOST_TEST(LineOf(event) == "new msg 93869");
    event.kind = Kind::MessageInfo;
    event.bytes = 2343;
    event.sender = "user name@example.org";
    event.processId = 24578;
    event.uid = 82;
    BOOST_TEST(LineOf(event) ==
               "info msg 93869: bytes 2343 from <user_name@example.org> qp 24578 uid 82");
    event.kind = Kind::DeliveryStart;
    event.recipient = "100%@example.jp";
    BOOST_TEST(LineOf(event) == "starting delivery 7: msg 93869 to remote 100_@example.jp");
    event.channel = mail::Channel::Local;
    BOOST_TEST(LineOf(event) == "starting delivery 7: msg 93869 to local 100_@example.jp");
    event.kind = Kind::Status;
    event.localUsed = 1;
    event.localLimit = 10;
    event.remoteLimit = 20;
    BOOST_TEST(LineOf(event) == "status: local 1/10 remote 0/20");
    event.kind = Kind::Bounced;
    BOOST_TEST(LineOf(event) == "bounce msg 93869 qp 24578");
    event.kind = Kind::EndMessage;
    BOOST_TEST(LineOf(event) == "end msg 93869");
    event.kind = Kind::BounceDiscarded;
    BOOST_TEST(LineOf(event) == "triple bounce: discarding bounce/93869");
    event.kind = Kind::DeliveryResult;
    event.text = "did 1+0+0\n";
    BOOST_TEST(LineOf(event) == "delivery 7: success: did_1+0+0/");
    event.outcome = mail::DeliveryOutcome::Deferral;
    BOOST_TEST(LineOf(event) == "delivery 7: deferral: did_1+0+0/");
}

BOOST_AUTO_TEST_CASE(the_failure_line_is_the_documented_one)
{
    Fixture fixture;
    mail::QueueEvent event = Failure();
    event.time = At(972520000);
    fixture.Tell(event);
    const std::string line = fixture.Text();
    BOOST_TEST(line.find("Sep 26 14:46:23 livedoor qmail: 1159253183.9725") == 0);
    BOOST_TEST(line.substr(line.find(" delivery")) ==
               " delivery 118310: failure: 203.131.198.80_does_not_like_recipient./"
               "Remote_host_said:_500_error/Giving_up_on_203.131.198.80./\n");
}

BOOST_AUTO_TEST_CASE(lines_of_one_moment_get_rising_stamps)
{
    Fixture fixture;
    for (int i = 0; i < 50; ++i)
    {
        fixture.Tell(Failure());
    }
    const std::string text = fixture.Text();
    std::string last;
    std::size_t lines = 0;
    for (std::size_t at = 0; (at = text.find("1159253183.", at)) != std::string::npos;
         ++lines, ++at)
    {
        const std::string stamp = text.substr(at, 17);
        BOOST_TEST(last < stamp);
        last = stamp;
    }
    BOOST_TEST(lines == 50);
}

BOOST_AUTO_TEST_CASE(long_lines_are_folded_with_a_plus_and_the_same_stamp)
{
    Fixture fixture;
    mail::QueueEvent event = Failure();
    event.text.assign(1000, 'x');
    fixture.Tell(event);
    const std::string text = fixture.Text();
    const std::size_t second = text.find('\n') + 1;
    const std::string stamp = text.substr(text.find("1159253183."), 17);
    BOOST_TEST(text.find(stamp + " delivery 118310: failure: xxx") != std::string::npos);
    BOOST_TEST(text.find(stamp + "+xxx", second) != std::string::npos);
    BOOST_TEST(std::count(text.begin(), text.end(), 'x') == 1000);
}

BOOST_AUTO_TEST_CASE(an_orderly_end_is_told_and_nothing_of_what_it_broke_off)
{
    Fixture fixture;
    for (const Kind kind : {Kind::DeliveryInterrupted, Kind::Lost, Kind::Started})
    {
        mail::QueueEvent event;
        event.kind = kind;
        fixture.Tell(event);
    }
    mail::QueueEvent stopped;
    stopped.kind = Kind::Stopped;
    fixture.Tell(stopped);
    const std::string text = fixture.Text();
    BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1);
    BOOST_TEST(text.find(" status: exiting\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
