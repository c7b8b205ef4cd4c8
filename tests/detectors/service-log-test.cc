#include "detectors/analysis/refusal.h"
#include "detectors/analysis/session-table.h"
#include "detectors/analysis/smtp-session.h"
#include "detectors/readers/server-logs.h"
#include "detectors/readers/text-file.h"
#include "detectors/registry.h"
#include "formats/alert.h"
#include "tests/detectors/run-detector.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

const std::string HEADER =
    "#Software: Microsoft Internet Information Services 6.0\r\n#Version: 1.0\r\n"
    "#Date: 2010-07-02 17:36:15\r\n#Fields: date time c-ip cs-username s-sitename s-computername "
    "s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status sc-win32-status sc-bytes cs-bytes "
    "time-taken cs-version cs-host cs(User-Agent) cs(Cookie) cs(Referer) \r\n";

/// An inbound row. \param rest from the method on, without the fields behind time-taken
std::string
In(const std::string& time,
   const std::string& client,
   const std::string& hello,
   const std::string& rest)
{
    return "2010-07-02 " + time + " " + client + " " + hello + " SMTPSVC1 EX 10.0.0.2 0 " + rest +
           " SMTP - - - -\r\n";
}

std::string
Out(const std::string& time, const std::string& kind, const std::string& rest)
{
    return "2010-07-02 " + time + " 64.18.6.14 OutboundConnection" + kind + " SMTPSVC1 EX - 25 " +
           rest + " SMTP - - - -\r\n";
}

struct Reading
{
    explicit Reading(const std::string& text)
        : copy(text)
    {
        ServerLogReaders readers(context.logs, name);
        std::vector<TextLineReader*> all;
        readers.Join(all);
        ReadText(fmemopen(copy.data(), copy.size(), "rb"), all);
        context.logs.Finish();
    }

    std::vector<Alert> Judge(const std::string& detector) const
    {
        return test::JudgeLogs(detector, context);
    }

    std::string copy;
    std::string name = "log";
    EvidenceContext context;
};

/// The mailboxes of MAIL and RCPT, session by session.
std::string
AskedIn(const Reading& reading)
{
    std::string asked;
    for (const LogSession& logSession : reading.context.logs.protocol.All())
    {
        for (const Turn& turn : SessionOf(reading.context.logs.protocol, logSession).turns)
        {
            asked += turn.mailbox.empty() ? "" : turn.mailbox + " ";
        }
        asked += "| ";
    }
    return asked;
}

const std::string A = "198.51.100.7";
const std::string B = "192.0.2.7";

} // namespace

BOOST_AUTO_TEST_SUITE(service_log)

/// S002-70 to S002-74, with the fields that the document's machine translation has lost.
BOOST_AUTO_TEST_CASE(ASessionThatCameInIsReadToItsQuit)
{
    const std::string name = "p01c11m094.mxlogic.net";
    const Reading reading(HEADER + In("17:37:09", A, name, "EHLO - +" + name + " 250 0 320 27 0") +
                          In("17:37:09", A, name, "MAIL - +FROM:<a+b@x.example> 250 0 108 95 0") +
                          In("17:37:09", A, name, "RCPT - +TO:<c@y.example> 250 0 41 38 0") +
                          In("17:37:09", A, name, "DATA - +<7@x.example> 250 0 141 22978 281") +
                          In("17:37:09", A, name, "QUIT - " + name + " 240 515 75 4 0"));
    const auto& all = reading.context.logs.protocol.All();
    BOOST_REQUIRE_EQUAL(all.size(), 1);
    BOOST_TEST(all[0].IsServerSide());
    const SmtpSession session = SessionOf(reading.context.logs.protocol, all[0]);
    BOOST_TEST(session.client.ToString() == A);
    BOOST_TEST(session.server.ToString() == "10.0.0.2");
    BOOST_TEST(session.Hello() == name);
    BOOST_REQUIRE_EQUAL(session.turns.size(), 6);
    BOOST_TEST(session.turns[1].mailbox == "a+b@x.example");
    BOOST_TEST(session.turns[2].mailbox == "c@y.example");
    BOOST_TEST(session.turns[3].code == 354);
    BOOST_TEST(session.turns[4].verb == ".");
    BOOST_TEST(session.turns[4].reply == "250 <7@x.example>");
    // 240 is no reply, and the time that content takes is not the server's.
    BOOST_TEST(session.turns[5].Is("QUIT"));
    BOOST_TEST(session.turns[5].code == 0);
    BOOST_TEST(!session.turns[4].DelayNs());
    BOOST_TEST(all[0].Quote(all[0].rows[0]).find("320 27 0 SMTP") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ALookupThatWasTriedTakesASecond)
{
    const auto isFailure = [](std::uint32_t code, std::int64_t delayMs)
    {
        Turn turn;
        turn.verb = "RCPT";
        turn.code = code;
        turn.reply = std::to_string(code);
        turn.said = {1, 0, WallTime(std::chrono::seconds(1))};
        turn.answered = {2, 0, turn.said.time + std::chrono::milliseconds(delayMs)};
        return IsLookupFailure(turn);
    };
    BOOST_TEST(!isFailure(451, 999)); // greylisting comes at once
    BOOST_TEST(isFailure(451, 1000));
    BOOST_TEST(isFailure(451, 1001));
    BOOST_TEST(!isFailure(450, 1000));
    BOOST_TEST(!isFailure(452, 1000));
}

BOOST_AUTO_TEST_CASE(ASessionThatHasNotQuitYetDoesNotGoOnForTheNext)
{
    const std::string n = "mx.x.example";
    const Reading reading(HEADER + In("17:37:08", A, n, "EHLO - +mx.x.example 250 0 320 17 0") +
                          In("17:37:08", A, n, "MAIL - +FROM:<1@x.example> 250 0 50 30 0") +
                          In("17:37:08", A, n, "RCPT - +TO:<a@y.example> 250 0 50 30 0") +
                          In("17:37:09", A, n, "DATA - +<1@x.example> 250 0 50 999 0") +
                          In("17:37:09", A, n, "EHLO - +mx.x.example 250 0 320 17 0") +
                          In("17:37:09", A, n, "MAIL - +FROM:<2@x.example> 250 0 50 30 0") +
                          In("17:37:09", A, n, "QUIT - mx.x.example 240 500 50 4 0") +
                          In("17:37:09", A, n, "RCPT - +TO:<b@y.example> 250 0 50 30 0") +
                          In("17:37:10", A, n, "DATA - +<2@x.example> 250 0 50 999 0") +
                          In("17:37:10", A, n, "QUIT - mx.x.example 240 900 50 4 0"));
    BOOST_TEST(AskedIn(reading) == "1@x.example a@y.example | 2@x.example b@y.example | ");
}

BOOST_AUTO_TEST_CASE(InterleavedSessionsAreToldApartByWhatMayFollow)
{
    const std::string n = "mx.x.example";
    const Reading reading(HEADER + In("17:37:09", A, n, "EHLO - +mx.x.example 250 0 320 17 0") +
                          In("17:37:09", A, n, "MAIL - +FROM:<1@x.example> 250 0 50 30 0") +
                          In("17:37:10", A, n, "EHLO - +mx.x.example 250 0 320 17 0") +
                          In("17:37:10", A, n, "RCPT - +TO:<a@y.example> 250 0 50 30 0") +
                          In("17:37:10", A, n, "MAIL - +FROM:<2@x.example> 250 0 50 30 0") +
                          In("17:37:12", A, n, "DATA - +<1@x.example> 250 0 50 999 0") +
                          In("17:37:12", A, n, "RCPT - +TO:<b@y.example> 550 0 50 30 5000") +
                          In("17:37:13", A, n, "QUIT - mx.x.example 240 3000 50 4 0") +
                          In("17:37:14", A, n, "QUIT - mx.x.example 240 4900 50 4 0"));
    BOOST_TEST(AskedIn(reading) == "1@x.example a@y.example | 2@x.example b@y.example | ");
}

BOOST_AUTO_TEST_CASE(ASessionThatTheServerBeganHasItsAnswers)
{
    const Reading reading(
        HEADER + In("17:36:00", A, "x", "EHLO - +x 250 0 320 6 0") +
        Out("17:36:15", "Response", "- - 220+Postini+ESMTP 0 0 17 0 78") +
        Out("17:36:15", "Command", "EHLO - our-exchange.example 0 0 4 0 78") +
        Out("17:36:15", "Response", "- - 250-Postini+says+hello+back 0 0 27 0 172") +
        Out("17:36:15", "Command", "MAIL - FROM:<a@x.example> 0 0 4 0 172") +
        Out("17:36:15", "Command", "RCPT - TO:<b@y.example> 0 0 4 0 172") +
        Out("17:36:15", "Response", "- - 250+Ok 0 0 6 0 250") +
        Out("17:36:15", "Response", "- - 250+Ok 0 0 6 0 782") +
        Out("17:36:15", "Command", "DATA - - 0 0 4 0 782") +
        Out("17:36:15", "Response", "- - 354+Feed+me 0 0 11 0 860") +
        Out("17:36:17", "Response", "- - 250+Thanks 0 0 10 0 1657") +
        Out("17:36:17", "Command", "QUIT - - 0 0 4 0 1672") +
        Out("17:36:17", "Response", "- - 221+Catch+you+later 0 0 19 0 1735"));
    const auto& all = reading.context.logs.protocol.All();
    BOOST_REQUIRE_EQUAL(all.size(), 2);
    const SmtpSession session = SessionOf(reading.context.logs.protocol, all[1]);
    BOOST_TEST(!session.atServer);
    BOOST_TEST(session.client.ToString() == "10.0.0.2");
    BOOST_TEST(session.server.ToString() == "64.18.6.14");
    BOOST_TEST(session.roundTripNs == 78000000);
    BOOST_REQUIRE_EQUAL(session.turns.size(), 7);
    BOOST_TEST(session.turns[1].reply == "250-Postini says hello back");
    BOOST_TEST(*session.turns[3].DelayNs() == 610000000);
    BOOST_TEST(session.turns[5].reply == "250 Thanks");
    BOOST_TEST(session.turns[6].code == 221);
}

BOOST_AUTO_TEST_CASE(ACodeIsARefusalOfRelayingOrAnUnknownUserByItsDomain)
{
    Reading reading(HEADER + In("17:37:09", A, "a", "EHLO - +a 250 0 320 6 0") +
                    In("17:37:09", A, "a", "MAIL - +FROM:<1@a> 250 0 50 30 0") +
                    In("17:37:10", A, "a", "RCPT - +TO:<anna@y.example> 250 0 50 30 0") +
                    In("17:37:10", A, "a", "RCPT - +TO:<nobody@y.example> 550 0 50 30 0") +
                    In("17:37:10", A, "a", "RCPT - +TO:<nobody@z.example> 550 0 50 30 0") +
                    In("17:37:10", A, "a", "RCPT - +TO:<emma@y.example> 451 0 50 30 10000"));
    SessionTable table;
    const auto& sessions = table.Complete(reading.context);
    BOOST_REQUIRE_EQUAL(sessions.size(), 1);
    const auto& turns = sessions[0].turns;
    BOOST_TEST((IsUnknownRecipient(turns[3]) && !IsRelayingRefused(turns[3])));
    BOOST_TEST((IsRelayingRefused(turns[4]) && !IsUnknownRecipient(turns[4])));
    BOOST_TEST(IsLookupFailure(turns[5]));
}

BOOST_AUTO_TEST_CASE(FewerFieldsAreReadToo)
{
    const Reading reading("#Date: 2010-07-02 13:17:30\r\n#Fields: time c-ip cs-method cs-uri-stem "
                          "sc-status\r\n13:17:37 10.3.5.1 HELO - 250\r\n13:17:37 10.3.5.1 MAIL - "
                          "250\r\n13:17:38 10.3.5.1 GET - 200\r\n");
    const auto& all = reading.context.logs.protocol.All();
    BOOST_REQUIRE_EQUAL(all.size(), 1);
    BOOST_TEST(all[0].rows.size() == 4);
}

/// S004-21 without a capture: what a maillog and a tracking log tell of relaying.
BOOST_AUTO_TEST_CASE(AMaillogShowsWhatWasRelayed)
{
    const std::string head = "Mar 22 17:47:14 mail sendmail[1106]: g2M1: ";
    Reading reading(
        "Mar 22 17:47:10 mail sendmail[18312]: g2M0: ruleset=check_rcpt, arg1=<t@far.example>, "
        "relay=tester.example.net [192.0.2.7], reject=550 5.7.1 <t@far.example>... Relaying "
        "denied\n"
        "Mar 22 17:47:11 mail sendmail[18312]: g2M0: from=<a@b.example>, size=0, class=0, "
        "nrcpts=0, "
        "proto=ESMTP, daemon=MTA, relay=tester.example.net [192.0.2.7]\n" +
        head +
        "from=<a@b.example>, size=686, class=0, nrcpts=1, msgid=<6@b.example>, proto=ESMTP, "
        "daemon=MTA, relay=tester.example.net [192.0.2.7]\n" +
        head +
        "to=<t%far.example@own.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30686, "
        "relay=mx.far.example [203.0.113.9], dsn=2.0.0, stat=Sent (2.0.0 Ok)\n");
    BOOST_REQUIRE_EQUAL(reading.context.logs.tracked.size(), 3);
    BOOST_TEST(reading.context.logs.tracked[0].record.event == "REFUSE");
    BOOST_TEST(reading.context.logs.tracked[2].record.event == "SEND");
    const std::vector<Alert> alerts = reading.Judge("relay-egress");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
    BOOST_TEST(alerts[0].dottedClass == "relay.mail");
    BOOST_TEST(alerts[0].source.ToString() == B);
    BOOST_TEST(alerts[0].evidence.log[0].line == 3);
}

BOOST_AUTO_TEST_CASE(ATrackingLogShowsAcceptedMailThatCameBack)
{
    const std::string fields =
        "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,"
        "connector-id,source,event-id,internal-message-id,message-id,recipient-address,"
        "recipient-status,total-bytes,recipient-count,related-recipient-address,reference,"
        "message-subject,sender-address,return-path\r\n";
    const auto row = [](const std::string& rest)
    { return "2011-11-16T04:11:57.000Z," + rest + "\r\n"; };
    Reading reading(
        fields +
        row("192.0.2.7,tester.example.net,10.0.0.2,ex,,,SMTP,RECEIVE,7,<7@t>,t%far.example@own."
            "example,,600,1,,,s,a@b.example,a@b.example") +
        row(",,10.0.0.2,ex,,,ROUTING,FAIL,7,<7@t>,t%far.example@own.example,550 5.1.1 "
            "RESOLVER.ADR.RecipNotFound; not found,600,1,,,s,a@b.example,a@b.example") +
        row(",,10.0.0.2,ex,,,DSN,DSN,8,<8@ex>,a@b.example,,2000,1,,<7@t>,s,,<>"));
    BOOST_TEST(reading.context.logs.tracked[1].record.statuses.at(0) ==
               "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found");
    const std::vector<Alert> alerts = reading.Judge("relay-egress");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Benign));
    BOOST_TEST(alerts[0].evidence.explanation.find("came back to its sender") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ATrackingLogShowsBackscatter)
{
    std::string text =
        "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source,"
        "event-id,internal-message-id,message-id,recipient-address,total-bytes,"
        "reference,sender-address,return-path\r\n";
    for (int i = 0; i < 12; ++i)
    {
        const std::string n = std::to_string(i);
        const std::string stamp = "2011-11-16T04:" + std::to_string(10 + i) + ":57.000Z,";
        const std::string victim = "v" + n + "@victim.example";
        text += stamp + "203.0.113.66,dsl-66,10.0.0.2,ex,SMTP,RECEIVE," + n + ",<" + n +
                "@x>,nobody@own.example,900,," + victim + "," + victim + "\r\n" + stamp +
                ",,10.0.0.2,ex,ROUTING,FAIL," + n + ",<" + n + "@x>,nobody@own.example,900,," +
                victim + "," + victim + "\r\n" + stamp + "10.0.0.2,ex,192.0.2.20,mail,SMTP,SEND,1" +
                n + ",<r" + n + "@ex>," + victim + ",2000,,,<>\r\n";
    }
    const std::vector<Alert> alerts = Reading(text).Judge("backscatter");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
    BOOST_TEST(alerts[0].evidence.explanation.find("12 reports went out on 12 of 12") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
