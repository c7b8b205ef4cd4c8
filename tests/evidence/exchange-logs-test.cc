#include "formats/exchange-fields.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/rolling-log.h"
#include "tests/evidence/log-rig.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::evidence;
using namespace bouncelab::test;
using namespace bouncelab::fields;

namespace
{

constexpr std::int64_t MS = 1000000;

/// 2011-11-16T04:11:55.890Z, and a zone of UTC+8.
constexpr std::int64_t EPOCH = 1321416715890 * MS;

constexpr Nanoseconds
Ms(std::int64_t count)
{
    return Nanoseconds(count * MS);
}

/// The server of S000 with the session that the document shows.
struct Fixture : LogRig
{
    Fixture()
        : LogRig(EPOCH, 28800, "WIN-TQTAID053PB.abc.com")
    {
        session.id = 0x08CE6E5DA8B26408;
        session.connector = "WIN-TQTAID053PB\\Default WIN-TQTAID053PB";
    }

    void Command(Nanoseconds time, std::string_view line)
    {
        Say(smtp::CommandEvent{time, smtp::Verb::Noop, line});
    }

    void Reply(Nanoseconds time, std::string_view text)
    {
        Say(smtp::ReplyEvent{time, smtp::Step::Neutral, 250, text});
    }
};

const std::string START = "WIN-TQTAID053PB\\Default WIN-TQTAID053PB,08CE6E5DA8B26408,";
const std::string ENDS = ",192.168.0.222:25,69.46.103.200:49760,";

} // namespace

BOOST_FIXTURE_TEST_SUITE(exchange_logs, Fixture)

BOOST_AUTO_TEST_CASE(rows_are_the_documented_ones)
{
    Open<dialects::ExchangeProtocol>();
    connector::Permissions rights;
    rights.Add(connector::Permission::Submit);
    Say(connector::OpenedEvent{});
    Say(connector::PermissionsEvent{Ms(0), rights});
    Reply(Ms(100),
          "220 WIN-TQTAID053PB.abc.com Microsoft ESMTP MAIL Service ready at Wed, 16 Nov 2011 "
          "12:11:55 +0800");
    Command(Nanoseconds(275 * MS + 999999), "EHLO mail.globalsuite.net");
    Reply(Ms(276), "250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200]\n250-SIZE\r\n250 XSHADOW");
    Command(Ms(552), "MAIL FROM:<jia@abc.com>");
    Say(connector::ReceivingEvent{Ms(552), 1});
    Say(connector::ClosedEvent{Ms(600), connector::ClosedBy::Remote});
    BOOST_TEST(
        Text("RECV20111116-1.log") ==
        "#Software: Microsoft Exchange Server\r\n#Version: 14.0.0.0\r\n"
        "#Log-type: SMTP Receive Protocol Log\r\n#Date: 2011-11-16T04:11:55.890Z\r\n"
        "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,"
        "remote-endpoint,event,data,context\r\n"
        "2011-11-16T04:11:55.890Z," +
            START + "0" + ENDS + "+,,\r\n2011-11-16T04:11:55.890Z," + START + "1" + ENDS +
            "*,SMTPSubmit,Set Session Permissions\r\n2011-11-16T04:11:55.990Z," + START + "2" +
            ENDS +
            ">,\"220 WIN-TQTAID053PB.abc.com Microsoft ESMTP MAIL Service ready at Wed, 16 Nov "
            "2011 12:11:55 +0800\",\r\n2011-11-16T04:11:56.165Z," +
            START + "3" + ENDS + "<,EHLO mail.globalsuite.net,\r\n2011-11-16T04:11:56.166Z," +
            START + "4" + ENDS +
            ">,250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200],\r\n2011-11-16T04:11:56.166Z," +
            START + "5" + ENDS + ">,250-SIZE,\r\n2011-11-16T04:11:56.166Z," + START + "6" + ENDS +
            ">,250 XSHADOW,\r\n2011-11-16T04:11:56.442Z," + START + "7" + ENDS +
            "<,MAIL FROM:<jia@abc.com>,\r\n2011-11-16T04:11:56.442Z," + START + "8" + ENDS +
            "*,08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;1,receiving message\r\n"
            "2011-11-16T04:11:56.490Z," +
            START + "9" + ENDS + "-,,Remote\r\n");
}

BOOST_AUTO_TEST_CASE(interleaved_sessions_count_apart_and_anew_after_their_end)
{
    Open<dialects::ExchangeProtocol>();
    const std::uint64_t first = session.id;
    const auto say = [this](std::uint64_t id, auto event)
    {
        session.id = id;
        Say(event);
    };
    say(first, connector::OpenedEvent{});
    say(1, connector::OpenedEvent{});
    say(first, connector::ClosedEvent{});
    say(1, connector::ClosedEvent{});
    say(first, connector::OpenedEvent{});
    const std::string text = Text("RECV20111116-1.log");
    BOOST_TEST(text.find(",0000000000000001,1" + ENDS + "-,,Local\r\n") != std::string::npos);
    BOOST_TEST(text.find(START + "1" + ENDS + "-,,") != std::string::npos);
    BOOST_TEST(text.rfind(START + "0" + ENDS + "+,,") > text.find(START + "1" + ENDS));
}

BOOST_AUTO_TEST_CASE(what_is_said_in_an_authentication_is_left_out)
{
    Open<dialects::ExchangeProtocol>();
    Say(smtp::CommandEvent{Ms(0), smtp::Verb::Auth, "AUTH LOGIN"});
    Say(smtp::ReplyEvent{Ms(1), smtp::Step::Auth, 334, "334 VXNlcm5hbWU6"});
    Say(smtp::CommandEvent{Ms(2), smtp::Verb::Auth, "amlh", true});
    session.user = "ABC\\jia";
    Say(connector::LogonEvent{Ms(3)});
    const std::string text = Text("RECV20111116-1.log");
    BOOST_TEST(text.find("<,AUTH LOGIN,\r\n") != std::string::npos);
    BOOST_TEST(text.find(">,334 <authentication response>,\r\n") != std::string::npos);
    BOOST_TEST(text.find("amlh") == std::string::npos);
    BOOST_TEST(text.find("*,ABC\\jia,authenticated\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_change_with_the_utc_day_and_the_size)
{
    RollingLogOptions options;
    options.folder = "SmtpReceive/";
    options.maxBytes = 2000;
    RollingLog log(folder,
                   fields::protocol::RECEIVE_PREFIX,
                   fields::protocol::RECEIVE_TYPE,
                   fields::protocol::FIELD_LIST,
                   options);
    const std::string row(150, 'x');
    for (int i = 0; i < 40; ++i)
    {
        log.Write(Reading(EPOCH + i), row + "\r\n");
    }
    // 19:48:04.110 later it is midnight in UTC.
    const std::int64_t midnight = EPOCH + ((19 * 60 + 48) * 60 + 4) * 1000 * MS + 110 * MS;
    log.Write(Reading(midnight - 1), row + "\r\n");
    log.Write(Reading(midnight), row + "\r\n");
    log.Write(Reading(midnight - 1), row + " before midnight\r\n");
    log.Close();
    std::vector<std::string> names = folder.List();
    BOOST_REQUIRE_GE(names.size(), 4);
    BOOST_TEST(names.front() == "SmtpReceive/RECV20111116-1.log");
    BOOST_TEST(names.back() == "SmtpReceive/RECV20111117-1.log");
    std::size_t rows = 0;
    for (const std::string& name : names)
    {
        const std::string text = ReadFile(scratch / name);
        BOOST_TEST(text.find("#Software: ") == 0, name);
        BOOST_TEST(text.size() < 2200, name);
        rows += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) - 5;
    }
    BOOST_TEST(rows == 43);
    const std::string last = ReadFile(scratch / names.back());
    BOOST_TEST(last.find("#Date: 2011-11-17T00:00:00.000Z") != std::string::npos);
    BOOST_TEST(last.find("before midnight") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(delays_are_written_as_time_spans)
{
    BOOST_TEST(TarpitText(5000 * MS, "550 5.1.1 User unknown") ==
               "Tarpit for '0.00:00:05' due to '550 5.1.1 User unknown'");
    BOOST_TEST(TarpitText(25639 * MS, fields::protocol::DELAYED_ACK) ==
               "Tarpit for '0.00:00:25.639' due to 'DelayedAck'");
    BOOST_TEST(TarpitText(312 * MS, fields::protocol::DELAYED_ACK) ==
               "Tarpit for '0.00:00:00.312' due to 'DelayedAck'");
    BOOST_TEST(TarpitText(((26 * 60 + 3) * 60 + 55) * 1000 * MS, fields::protocol::BACK_PRESSURE) ==
               "Tarpit for '1.02:03:55' due to 'Back Pressure'");
}

BOOST_AUTO_TEST_CASE(tracking_rows_have_every_column)
{
    Open<dialects::ExchangeTracking>();
    session.hello = "mail.globalsuite.net";
    smtp::Envelope envelope;
    envelope.recipients.resize(2);
    envelope.recipients[0].path = {"a", "b.c", {}};
    envelope.recipients[1].path = {"d", "e.f", {}};
    connector::QueuedEvent event;
    event.time = Ms(110);
    event.internalId = 7;
    event.messageId = "<1@abc.com>";
    event.subject = "one, two";
    event.envelope = &envelope;
    event.size = 1234;
    Say(event);
    const std::string text = Text("MSGTRK20111116-1.log");
    BOOST_TEST(text.find("#Log-type: Message Tracking Log\r\n") != std::string::npos);
    const std::string row = text.substr(text.rfind("\r\n2011-") + 2);
    BOOST_TEST(row == "2011-11-16T04:11:56.000Z,69.46.103.200,mail.globalsuite.net,192.168.0.222,"
                      "WIN-TQTAID053PB,08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;0,"
                      "WIN-TQTAID053PB\\Default WIN-TQTAID053PB,SMTP,RECEIVE,7,<1@abc.com>,"
                      "a@b.c;d@e.f,,1234,2,,,\"one, two\",,<>,,,,,,\r\n");
    BOOST_TEST(std::count(tracking::FIELD_LIST.begin(), tracking::FIELD_LIST.end(), ',') + 1 ==
               tracking::FIELD_COUNT);
    BOOST_TEST(std::count(row.begin(), row.end(), ',') == tracking::FIELD_COUNT);
}

BOOST_AUTO_TEST_CASE(the_filters_log_has_twelve_columns)
{
    Open<dialects::Filter>();
    BOOST_TEST(!writer); // No filter, no log.
    place.hasFilter = true;
    Open<dialects::Filter>();
    connector::FilterEvent event;
    event.test = connector::FilterTestName::Harvest;
    event.action = connector::FilterAction::Ban;
    event.sender = "odd\tname@abc.com";
    event.reply = "550 5.2.1 no";
    Say(event);
    const std::string text = Text("filter.log");
    BOOST_TEST(text.substr(text.rfind("2011-")) ==
               "2011-11-16T04:11:55.890Z\tbefore-arrival\tdha-protection\tban\t69.46.103.200\t-\t-"
               "\todd name@abc.com\t-\t-\t550 5.2.1 no\t-\n");
}

/// The reader knows all of the words that the agent's decisions have.
BOOST_AUTO_TEST_CASE(the_filters_actions_are_those_of_the_format)
{
    for (std::size_t i = 0; i < filter::ACTIONS.size(); ++i)
    {
        BOOST_TEST(connector::NameOfAction(static_cast<connector::FilterAction>(i)) ==
                   filter::ACTIONS[i]);
    }
}

BOOST_AUTO_TEST_CASE(the_client_shows_the_servers_words_behind_its_own)
{
    Open<dialects::ClientErrors>();
    mail::QueueEvent event;
    event.kind = mail::QueueEvent::Kind::MessageInfo;
    event.serial = 1;
    Tell(event);
    event.kind = mail::QueueEvent::Kind::DeliveryResult;
    event.outcome = mail::DeliveryOutcome::Failure;
    event.time = At(60 * SECOND);
    event.recipient = "wang@abc.com";
    event.text = "550-5.2.1 Mailbox\n550 5.2.1 unavailable.\n";
    Tell(event);
    BOOST_TEST(Text("outlook-errors.txt") ==
               "Your message did not reach some or all of the intended recipients.\n\n"
               "      Subject:\t\n      Sent:\t11/16/2011 12:11 PM\n\n"
               "The following recipient(s) cannot be reached:\n\n"
               "      'wang@abc.com' on 11/16/2011 12:12 PM\n"
               "            Server error: '550-5.2.1 Mailbox 550 5.2.1 unavailable.'\n\n");
}

/// The first is of 12:11 in the client's zone.
BOOST_AUTO_TEST_CASE(the_client_counts_the_hours_of_half_a_day)
{
    Open<dialects::ClientErrors>();
    for (const int hours : {0, 11, 12, 13, 22, 23})
    {
        mail::QueueEvent event;
        event.kind = mail::QueueEvent::Kind::DeliveryResult;
        event.outcome = mail::DeliveryOutcome::Failure;
        event.time = At(hours * 3600 * SECOND);
        event.recipient = "wang@abc.com";
        Tell(event);
    }
    const std::string text = Text("outlook-errors.txt");
    std::string::size_type at = 0;
    for (const char* date : {"11/16/2011 12:11 PM",
                             "11/16/2011 11:11 PM",
                             "11/17/2011 12:11 AM",
                             "11/17/2011 1:11 AM",
                             "11/17/2011 10:11 AM",
                             "11/17/2011 11:11 AM"})
    {
        at = text.find(std::string("com' on ") + date, at);
        BOOST_TEST_REQUIRE(at != text.npos, date);
    }
}

BOOST_AUTO_TEST_SUITE_END()
