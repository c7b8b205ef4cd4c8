#include "lab/evidence/client-error-text.h"
#include "lab/evidence/exchange-protocol-log.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/filter-log.h"
#include "lab/evidence/message-tracking-log.h"
#include "tests/evidence/scratch-folder.h"

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
HostClock
Clock()
{
    return {1321416715890 * MS, 0, 1, 28800};
}

ProtocolLogRecord
Record(std::int64_t timeNs, char event, std::string_view data, std::string_view context = "")
{
    ProtocolLogRecord record;
    record.timeNs = timeNs;
    record.connector = "WIN-TQTAID053PB\\Default WIN-TQTAID053PB";
    record.session = 0x08CE6E5DA8B26408;
    record.local = {*Ipv4::Parse("192.168.0.222"), 25};
    record.remote = {*Ipv4::Parse("69.46.103.200"), 49760};
    record.event = event;
    record.data = data;
    record.context = context;
    return record;
}

const std::string START = "WIN-TQTAID053PB\\Default WIN-TQTAID053PB,08CE6E5DA8B26408,";
const std::string ENDS = ",192.168.0.222:25,69.46.103.200:49760,";

} // namespace

BOOST_AUTO_TEST_SUITE(exchange_logs)

BOOST_AUTO_TEST_CASE(rows_are_the_documented_ones)
{
    const ScratchFolder scratch;
    VantageFolder vantage(scratch.GetPath());
    ExchangeProtocolLog log(vantage, Clock(), ProtocolLogKind::Receive);
    log.Write(Record(0, protocol::CONNECT, ""));
    log.Write(Record(0, '*', "SMTPSubmit", protocol::SET_SESSION_PERMISSIONS));
    log.Write(
        Record(100 * MS,
               '>',
               "220 WIN-TQTAID053PB.abc.com Microsoft ESMTP MAIL Service ready at Wed, 16 Nov "
               "2011 12:11:55 +0800"));
    log.Write(Record(275 * MS + 999999, '<', "EHLO mail.globalsuite.net"));
    log.Write(Record(276 * MS,
                     '>',
                     "250-WIN-TQTAID053PB.abc.com Hello [69.46.103.200]\n250-SIZE\r\n250 XSHADOW"));
    log.Write(Record(552 * MS, '<', "MAIL FROM:<jia@abc.com>"));
    log.Write(Record(552 * MS,
                     '*',
                     log.ReceivingMessage(0x08CE6E5DA8B26408, 0, 1),
                     protocol::RECEIVING_MESSAGE));
    log.Write(Record(600 * MS, '-', "", "Remote"));
    log.Close();
    BOOST_TEST(
        ReadFile(scratch / "RECV20111116-1.log") ==
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
    const ScratchFolder scratch;
    VantageFolder vantage(scratch.GetPath());
    ExchangeProtocolLog log(vantage, Clock(), ProtocolLogKind::Send);
    ProtocolLogRecord other = Record(0, '+', "");
    other.session = 1;
    other.local.port = 0;
    log.Write(Record(0, '+', ""));
    log.Write(other);
    log.Write(Record(0, '-', ""));
    log.Write(other);
    log.Write(Record(0, '+', ""));
    log.Close();
    const std::string text = ReadFile(scratch / "SEND20111116-1.log");
    BOOST_TEST(text.find("SMTP Send Protocol Log") != std::string::npos);
    BOOST_TEST(text.find(",0000000000000001,1,,69.46.103.200:49760,+,,\r\n") != std::string::npos);
    BOOST_TEST(text.find(START + "1" + ENDS + "-,,") != std::string::npos);
    BOOST_TEST(text.rfind(START + "0" + ENDS + "+,,") > text.find(START + "1" + ENDS));
}

BOOST_AUTO_TEST_CASE(the_documents_cut_can_be_had)
{
    const ScratchFolder scratch;
    VantageFolder vantage(scratch.GetPath());
    ProtocolLogOptions options;
    options.documentCut = true;
    ExchangeProtocolLog log(vantage, Clock(), ProtocolLogKind::Receive, options);
    log.Write(Record(0,
                     '*',
                     log.ReceivingMessage(0x08CE6E5DA8B26408, 0, 1),
                     protocol::RECEIVING_MESSAGE));
    log.Close();
    const std::string text = ReadFile(scratch / "RECV20111116-1.log");
    BOOST_TEST(text.substr(text.size() - 22) == ",*,08CE6E5DA8B26408;\r\n");
}

BOOST_AUTO_TEST_CASE(files_change_with_the_utc_day_and_the_size)
{
    const ScratchFolder scratch;
    VantageFolder vantage(scratch.GetPath());
    ProtocolLogOptions options;
    options.folder = "SmtpReceive/";
    options.maxBytes = 2000;
    ExchangeProtocolLog log(vantage, Clock(), ProtocolLogKind::Receive, options);
    for (int i = 0; i < 40; ++i)
    {
        log.Write(Record(i, '<', "NOOP"));
    }
    // 19:48:04.110 later it is midnight in UTC.
    const std::int64_t midnight = ((19 * 60 + 48) * 60 + 4) * 1000 * MS + 110 * MS;
    log.Write(Record(midnight - 1, '<', "NOOP"));
    log.Write(Record(midnight, '<', "NOOP"));
    log.Write(Record(midnight - 1, '<', "NOOP"));
    log.Close();
    std::vector<std::string> names = vantage.List();
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
    BOOST_TEST(last.find("2011-11-16T23:59:59.999Z,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(delays_are_written_as_time_spans)
{
    BOOST_TEST(TarpitText(5000 * MS, "550 5.1.1 User unknown") ==
               "Tarpit for '0.00:00:05' due to '550 5.1.1 User unknown'");
    BOOST_TEST(TarpitText(25639 * MS, protocol::DELAYED_ACK) ==
               "Tarpit for '0.00:00:25.639' due to 'DelayedAck'");
    BOOST_TEST(TarpitText(312 * MS, protocol::DELAYED_ACK) ==
               "Tarpit for '0.00:00:00.312' due to 'DelayedAck'");
    BOOST_TEST(TarpitText(((26 * 60 + 3) * 60 + 55) * 1000 * MS, protocol::BACK_PRESSURE) ==
               "Tarpit for '1.02:03:55' due to 'Back Pressure'");
}

BOOST_AUTO_TEST_CASE(tracking_rows_have_every_column)
{
    const ScratchFolder scratch;
    VantageFolder vantage(scratch.GetPath());
    MessageTrackingLog log(vantage, Clock());
    MessageTrackingRecord record;
    record.timeNs = 110 * MS;
    record.event = TrackingEvent::Fail;
    record.source = TrackingSource::Routing;
    record.internalMessageId = 7;
    record.messageId = "<1@abc.com>";
    record.clientIp = Ipv4::Parse("69.46.103.200");
    record.recipients = {"a@b.c", "d@e.f"};
    record.recipientStatus = {"550 5.1.1 User unknown"};
    record.totalBytes = 1234;
    record.subject = "one, two";
    record.sender = "jia@abc.com";
    record.returnPath = "<>";
    record.directionality = "Incoming";
    log.Write(record);
    log.Close();
    const std::string text = ReadFile(scratch / "MSGTRK20111116-1.log");
    BOOST_TEST(text.find("#Log-type: Message Tracking Log\r\n") != std::string::npos);
    const std::string row = text.substr(text.rfind("2011-"));
    BOOST_TEST(row == "2011-11-16T04:11:56.000Z,69.46.103.200,,,,,,ROUTING,FAIL,7,<1@abc.com>,"
                      "a@b.c;d@e.f,550 5.1.1 User unknown,1234,2,,,\"one, two\",jia@abc.com,<>,,"
                      "Incoming,,,,\r\n");
    BOOST_TEST(std::count(tracking::FIELD_LIST.begin(), tracking::FIELD_LIST.end(), ',') + 1 ==
               tracking::FIELD_COUNT);
    BOOST_TEST(std::count(row.begin(), row.end(), ',') == tracking::FIELD_COUNT);
}

BOOST_AUTO_TEST_CASE(the_filters_log_has_twelve_columns)
{
    const ScratchFolder scratch;
    OutputFile file(scratch / "filter.log");
    FilterLog log(file, Clock());
    FilterLogRecord record;
    record.test = "dha-protection";
    record.action = FilterAction::Ban;
    record.remote = *Ipv4::Parse("69.46.103.200");
    record.sender = "odd\tname@abc.com";
    record.reply = "550 5.2.1 no";
    log.Write(record);
    file.Close();
    const std::string text = ReadFile(scratch / "filter.log");
    BOOST_TEST(text.substr(text.rfind("2011-")) ==
               "2011-11-16T04:11:55.890Z\tbefore-arrival\tdha-protection\tban\t69.46.103.200\t-\t-"
               "\todd name@abc.com\t-\t-\t550 5.2.1 no\t-\n");
}

BOOST_AUTO_TEST_CASE(the_client_shows_the_servers_words_behind_its_own)
{
    const ScratchFolder scratch;
    OutputFile file(scratch / "errors.txt");
    ClientErrorText text(file, Clock());
    ClientErrorRecord record;
    record.account = "jia@abc.com";
    record.subject = "Report";
    record.recipient = "wang@abc.com";
    record.reply = "550 5.2.1 Mailbox unavailable.";
    text.Write(record);
    record.recipient = "";
    text.Write(record);
    file.Close();
    BOOST_TEST(ReadFile(scratch / "errors.txt") ==
               "Your message did not reach some or all of the intended recipients.\n\n"
               "      Subject:\tReport\n      Sent:\t11/16/2011 12:11 PM\n\n"
               "The following recipient(s) cannot be reached:\n\n"
               "      'wang@abc.com' on 11/16/2011 12:11 PM\n"
               "            Server error: '550 5.2.1 Mailbox unavailable.'\n\n"
               "Task 'jia@abc.com - Sending' reported error (0x800CCC78) : 'The server responded: "
               "550 5.2.1 Mailbox unavailable.'\n\n");
}

BOOST_AUTO_TEST_SUITE_END()
