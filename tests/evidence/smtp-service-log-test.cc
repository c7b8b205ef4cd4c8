#include "formats/smtp-service-fields.h"
#include "lab/evidence/tick-count.h"
#include "tests/evidence/log-rig.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <sstream>

using namespace bouncelab;
using namespace bouncelab::evidence;
using namespace bouncelab::test;
namespace words = bouncelab::fields::smtpsvc;

namespace
{

host::DeliveryInfo
To(const char* server)
{
    host::DeliveryInfo session;
    session.server = *Ipv4::Parse(server);
    return session;
}

constexpr std::int64_t TICK_NS = 15625000;
constexpr std::int64_t DAY = 86400 * SECOND;

struct Fixture : LogRig
{
    Fixture()
        : LogRig(1278092175 * SECOND, 0, "our-exchange.example.com") // 2010-07-02T17:36:15Z
    {
        place.program = "iis-6";
        connection.client = *Ipv4::Parse("208.65.144.247");
        connection.server = *Ipv4::Parse("10.0.0.2");
    }
};

/// The 16th column of each row.
std::string
TimesTaken(const std::string& log)
{
    std::istringstream lines(log);
    std::string taken;
    for (std::string line; std::getline(lines, line);)
    {
        std::istringstream row(line);
        std::string field;
        for (int i = 0; i < 16 && line[0] != '#'; ++i)
        {
            row >> field;
        }
        taken += line[0] == '#' ? "" : field + " ";
    }
    return taken;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(smtp_service_log, Fixture)

/// S002-63: all eight values of time-taken follow from a counter of 64 ticks a second.
BOOST_AUTO_TEST_CASE(time_taken_is_the_documented_ones)
{
    const TickCount ticks({});
    const std::int64_t start = 6 * TICK_NS;
    constexpr std::array<int, 8> AFTER{5, 11, 16, 50, 55, 106, 107, 111};
    constexpr std::array<int, 8> TAKEN{78, 172, 250, 782, 860, 1657, 1672, 1735};
    for (std::size_t i = 0; i < AFTER.size(); ++i)
    {
        BOOST_TEST(ticks.Between(At(start), At(start + AFTER[i] * TICK_NS + 1000)) == TAKEN[i]);
    }
}

/// The same from rows, of a host of which it is said how long it has been running: the phase of its
/// ticks is what decides (S002-63).
BOOST_AUTO_TEST_CASE(times_taken_follow_from_the_hosts_uptime)
{
    constexpr std::array<int, 8> AFTER{5, 11, 16, 50, 55, 106, 107, 111};
    place.uptime = Nanoseconds((8 * 99 + 6) * TICK_NS + 3000000);
    Open<dialects::SmtpService>();
    const host::DeliveryInfo postini = To("64.18.6.14");
    for (const int ticks : AFTER)
    {
        SayTo(postini,
              smtp::ReplyEvent{Nanoseconds(ticks * TICK_NS + 5000000),
                               smtp::Step::Recipient,
                               250,
                               "250 Ok"});
    }
    BOOST_TEST(TimesTaken(Text("SmtpSvc1/ex100702.log")) == "78 172 250 782 860 1657 1672 1735 ");
}

BOOST_AUTO_TEST_CASE(another_phase_gives_other_times)
{
    place.uptime = Nanoseconds(8 * 99 * TICK_NS + 3000000);
    Open<dialects::SmtpService>();
    const host::DeliveryInfo postini = To("64.18.6.14");
    for (const int ticks : {11, 50})
    {
        SayTo(postini,
              smtp::ReplyEvent{Nanoseconds(ticks * TICK_NS), smtp::Step::Mail, 250, "250 Ok"});
    }
    BOOST_TEST(TimesTaken(Text("SmtpSvc1/ex100702.log")) == "171 781 ");
}

/// S002-70 to S002-74: a whole session of MX Logic's.
BOOST_AUTO_TEST_CASE(a_session_that_comes_in_has_the_documented_rows)
{
    place.uptime = Nanoseconds(8 * 99 * TICK_NS + 3000000);
    Open<dialects::SmtpService>();
    session.hello = "p01c11m094.mxlogic.net";
    const auto answer = [&](int ticks, smtp::Verb verb, const std::string& line, std::size_t octets)
    {
        const Nanoseconds time(ticks * TICK_NS);
        Say(smtp::CommandEvent{time, verb, line});
        Say(smtp::ReplyEvent{time,
                             smtp::Step::Neutral,
                             250,
                             "250 " + std::string(octets - 6, 'x')});
    };
    Say(connector::OpenedEvent{Nanoseconds(0)});
    answer(2, smtp::Verb::Ehlo, "EHLO p01c11m094.mxlogic.net", 320);
    answer(4, smtp::Verb::Mail, "MAIL FROM:<" + std::string(83, 'a') + ">", 108);
    answer(6, smtp::Verb::Rcpt, "RCPT TO:<" + std::string(28, 'b') + ">", 41);
    Say(smtp::CommandEvent{Nanoseconds(8 * TICK_NS), smtp::Verb::Data, "DATA"});
    Say(smtp::ReplyEvent{Nanoseconds(8 * TICK_NS), smtp::Step::Data, 354, "354 Start"});
    connector::QueuedEvent queued;
    queued.messageId = "<1@mxlogic.example>";
    queued.size = 22978;
    Say(queued);
    Say(smtp::ReplyEvent{Nanoseconds(26 * TICK_NS),
                         smtp::Step::EndOfData,
                         250,
                         "250 " + std::string(135, 'x')});
    Say(smtp::CommandEvent{Nanoseconds(33 * TICK_NS), smtp::Verb::Quit, "QUIT"});
    Say(smtp::ReplyEvent{Nanoseconds(33 * TICK_NS),
                         smtp::Step::Neutral,
                         221,
                         "221 " + std::string(69, 'x')});
    const std::string text = Text("SmtpSvc1/ex100702.log");
    for (const char* row : {"EHLO - +p01c11m094.mxlogic.net 250 0 320 27 0 SMTP",
                            "> 250 0 108 95 0 SMTP",
                            "> 250 0 41 38 0 SMTP",
                            "DATA - +<1@mxlogic.example> 250 0 141 22978 281 SMTP",
                            "QUIT - p01c11m094.mxlogic.net 240 515 75 4 0 SMTP"})
    {
        BOOST_TEST(text.find(row) != text.npos, row << " is not in\n" << text);
    }
}

BOOST_AUTO_TEST_CASE(rows_have_all_fields_and_days_have_files)
{
    Open<dialects::SmtpService>();
    const host::DeliveryInfo postini = To("64.18.6.14");
    SayTo(postini,
          smtp::ReplyEvent{Nanoseconds(0),
                           smtp::Step::Hello,
                           250,
                           "250-Postini says hello back\n250 SIZE"});
    SayTo(postini, smtp::CommandEvent{Nanoseconds(0), smtp::Verb::Mail, "mail FROM:<a@b>"});
    session.opened = Nanoseconds(DAY - SECOND);
    session.hello = "p01c11m094.mxlogic.net";
    Say(connector::OpenedEvent{session.opened});
    Say(smtp::CommandEvent{Nanoseconds(DAY), smtp::Verb::Rcpt, "RCPT TO:<c@d>"});
    Say(smtp::CommandEvent{Nanoseconds(DAY), smtp::Verb::Quit, "QUIT"});
    Say(smtp::ReplyEvent{Nanoseconds(DAY), smtp::Step::Recipient, 550, "550-no\n550 no"});
    Say(smtp::ReplyEvent{Nanoseconds(DAY), smtp::Step::Neutral, 221, "221 bye"});
    Say(connector::ClosedEvent{Nanoseconds(DAY), connector::ClosedBy::Remote});
    const std::string header = "#Software: Microsoft Internet Information Services 6.0\r\n"
                               "#Version: 1.0\r\n";
    BOOST_TEST(Text("SmtpSvc1/ex100702.log") ==
               header + "#Date: 2010-07-02 17:36:15\r\n#Fields: " + std::string(words::FIELD_LIST) +
                   "\r\n2010-07-02 17:36:15 64.18.6.14 OutboundConnectionResponse SMTPSVC1 "
                   "OUR-EXCHANGE - 25 - - 250-Postini+says+hello+back 0 0 27 0 0 SMTP - - - -\r\n"
                   "2010-07-02 17:36:15 64.18.6.14 OutboundConnectionCommand SMTPSVC1 "
                   "OUR-EXCHANGE - 25 MAIL - FROM:<a@b> 0 0 4 0 0 SMTP - - - -\r\n");
    BOOST_TEST(
        Text("SmtpSvc1/ex100703.log") ==
        header + "#Date: 2010-07-03 17:36:15\r\n#Fields: " + std::string(words::FIELD_LIST) +
            "\r\n2010-07-03 17:36:15 208.65.144.247 p01c11m094.mxlogic.net SMTPSVC1 "
            "OUR-EXCHANGE 10.0.0.2 0 RCPT - +TO:<c@d> 550 0 16 13 0 SMTP - - - -\r\n"
            "2010-07-03 17:36:15 208.65.144.247 p01c11m094.mxlogic.net SMTPSVC1 "
            "OUR-EXCHANGE 10.0.0.2 0 QUIT - p01c11m094.mxlogic.net 240 1000 9 4 0 SMTP - - - "
            "-\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
