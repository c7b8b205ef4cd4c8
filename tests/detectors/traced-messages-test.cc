#include "pasted-text.h"
#include "run-detector.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// Traces of messages, reports and other formats, retyped with invented names.

namespace
{

const PastedText TRACES[] = {
    {"a trace of Microsoft 365",
     "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id\n"
     "2024-11-12T08:01:14.1203210Z,a@own.example,bob@goal.example##Receive;Send,Offer,48211,<1@x>\n"
     "2024-11-12T08:04:55.7712331Z,a@own.example,\"order@goal.example##Receive;Fail,550 5.1.10 "
     "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\",Order,9921,<2@x>"
     "\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     3,
     "the recipient does not exist"},
    {"a trace of Microsoft 365, deferred",
     "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id\n"
     "2024-11-12T08:09:02.1100000Z,a@own.example,\"i@late.example##Receive;Defer,450 4.7.28 rate "
     "limit of this sender exceeded\",Bill,39921,<3@x>\n",
     "refusals",
     "deferred.rate",
     Verdict::Fault,
     2,
     "limits how much"},
    {"a trace with a column of details",
     "\"Received\",\"SenderAddress\",\"RecipientAddress\",\"Subject\",\"Status\",\"ToIP\","
     "\"Detail\"\n"
     "\"11/12/2024 8:01:14 AM\",\"a@own.example\",\"bob@goal.example\",\"Offer\",\"Failed\",\"\","
     "\"Reason: [{LED=550 5.7.1 Message rejected because SPF check failed};{MSG=}]\"\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     2,
     "SPF"},
    {"a table of Get-MessageTrackingLog",
     "[PS] C:\\>Get-MessageTrackingLog -Sender me@own.example | ft "
     "Timestamp,EventId,Source,Recipients,RecipientStatus\n\n"
     "Timestamp             EventId Source  Recipients           RecipientStatus\n"
     "---------             ------- ------  ----------           ---------------\n"
     "11/12/2024 1:02:11 PM RECEIVE STOREDRIVER {pal@goal.example} {To}\n"
     "11/12/2024 1:02:15 PM FAIL    SMTP    {pal@goal.example}   {550 5.7.1 Message rejected "
     "because "
     "SPF check failed}\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     6,
     "SPF"},
    {"a list of Get-MessageTrackingLog",
     "Timestamp       : 11/12/2024 1:02:15 PM\nEventId         : FAIL\nSource          : SMTP\n"
     "Sender          : me@own.example\nRecipients      : {pal@goal.example}\n"
     "RecipientStatus : {550 5.1.1 User unknown}\n\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     6,
     "does not exist"},
};

const PastedText REPORTS[] = {
    {"an own signature that does not hold",
     "<feedback>\n<report_metadata><org_name>one.example</org_name></report_metadata>\n<record>\n"
     "<row><source_ip>198.51.100.20</source_ip><count>412</count><policy_evaluated><disposition>"
     "reject</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>\n"
     "<identifiers><header_from>own.example</header_from></identifiers>\n"
     "<auth_results><dkim><domain>own.example</domain><result>fail</result></dkim>"
     "<spf><domain>bounce.crm.example</domain><result>pass</result></spf></auth_results>\n"
     "</record>\n</feedback>\n",
     "own-tests",
     "refused.authentication",
     Verdict::Fault,
     3,
     "412 messages from 198.51.100.20"},
    {"somebody sends in the domain's name",
     "<feedback>\n<report_metadata><org_name>one.example</org_name></report_metadata>\n"
     "<record><row><source_ip>203.0.113.66</source_ip><count>3</count><policy_evaluated><dkim>fail"
     "</dkim><spf>fail</spf></policy_evaluated></row><identifiers><header_from>own.example"
     "</header_from></identifiers><auth_results><spf><domain>own.example</domain><result>fail"
     "</result></spf></auth_results></record>\n</feedback>\n",
     "own-tests",
     "refused.authentication",
     Verdict::Inconclusive,
     3,
     "DMARC does what it is for"},
    {"all of them pass",
     "<feedback>\n<report_metadata><org_name>one.example</org_name></report_metadata>\n"
     "<record><row><source_ip>198.51.100.20</source_ip><count>812</count><policy_evaluated><dkim>"
     "pass</dkim><spf>pass</spf></policy_evaluated></row><identifiers><header_from>own.example"
     "</header_from></identifiers><auth_results><dkim><domain>own.example</domain><result>pass"
     "</result></dkim></auth_results></record>\n</feedback>\n",
     "own-tests",
     "refused.authentication",
     Verdict::Benign,
     3,
     "its sender's domain's"},
    {"Exchange Online's rows, refused",
     "Diagnostic information for administrators:\n\ni@club.example\n"
     "11/18/2024 7:02:11 AM - Server at DB9.prod.outlook.com returned '550 5.4.316 Message "
     "expired, "
     "connection refused(Socket error code 10061)'\n"
     "11/18/2024 6:51:58 AM - Server at mail.club.example (203.0.113.44) returned '450 4.4.316 "
     "Connection refused [Message=Socket error code 10061] [LastAttemptedIP=203.0.113.44:25]'\n",
     "refusals",
     "unreachable.refused",
     Verdict::Inconclusive,
     0,
     "refuses the connection"},
    {"QQ wants a code of its own, Java",
     "javax.mail.AuthenticationFailedException: 535 Login Fail. Please enter your authorization "
     "code "
     "to login.\n\tat com.sun.mail.smtp.SMTPTransport.protocolConnect(SMTPTransport.java:730)\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     1,
     "a code of its own"},
    {"Google wants a password of its own, Python",
     "smtplib.SMTPAuthenticationError: (534, b'5.7.9 Application-specific password required.')\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     1,
     "a code of its own"},
    {"what a server said, without its outcome",
     "Nov 12 16:50:01 out postfix/smtp[110]: 4Xnl4A2Qz3: host mx.one.example[192.0.2.27] said: "
     "421-4.7.28 We have detected an unusual rate of unsolicited mail 421 4.7.28 rate limited (in "
     "reply to end of DATA command)\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "more slowly mends nothing"},
    {"a Chinese provider's bounce, a connection",
     "\xE9\x80\x80\xE4\xBF\xA1\xE9\x80\x9A\xE7\x9F\xA5\n"
     "\xE9\x80\x80\xE4\xBF\xA1\xE5\x8E\x9F\xE5\x9B\xA0:\n"
     "connect to mx.goal.example[203.0.113.120]: Connection timed out\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     3,
     "No server answers"},
    {"a Chinese provider's bounce, a filter",
     "\xE6\x82\xA8\xE7\x9A\x84\xE9\x82\xAE\xE4\xBB\xB6\xE8\xA2\xAB\xE9\x80\x80\xE5\x9B\x9E\n"
     "\xE9\x80\x80\xE4\xBF\xA1\xE5\x8E\x9F\xE5\x9B\xA0:550 DT:SPM 163 smtp10,D8CowABX,1731394922\n",
     "refusals",
     "refused.content",
     Verdict::Fault,
     2,
     "filter"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(traced_messages)

BOOST_AUTO_TEST_CASE(TracesOfMessages)
{
    CheckAll(std::begin(TRACES), std::end(TRACES));
    const std::vector<Alert> alerts =
        JudgeText("\"Received\",\"SenderAddress\",\"RecipientAddress\",\"Subject\",\"Status\"\n"
                  "\"11/12/2024 8:01:14 AM\",\"a@own.example\",\"bob@goal.example\",\"Offer\","
                  "\"Delivered\"\n");
    BOOST_TEST(alerts.empty(), Told(alerts));
}

BOOST_AUTO_TEST_CASE(ReportsAndReplies)
{
    CheckAll(std::begin(REPORTS), std::end(REPORTS));
}

BOOST_AUTO_TEST_CASE(WhatBecameOfAMessageSaysItAll)
{
    const std::string said = "Nov 12 16:50:01 out postfix/smtp[110]: 4Xnl4A2Qz3: host "
                             "mx.one.example[192.0.2.27] said: 421 4.7.0 Try again later (in reply "
                             "to MAIL FROM command)\n";
    const std::vector<Alert> alerts =
        JudgeText(said + "Nov 12 16:50:02 out postfix/smtp[110]: 4Xnl4A2Qz3: to=<a@one.example>, "
                         "relay=mx2.one.example[192.0.2.28]:25, delay=1, dsn=2.0.0, status=sent "
                         "(250 2.0.0 Ok)\n");
    BOOST_TEST(alerts.empty(), Told(alerts));
}

BOOST_AUTO_TEST_CASE(PacketsForElasticsearch)
{
    // A SYN that is repeated and never answered.
    std::string text;
    for (const char* const second : {"01", "02", "04"})
    {
        text += std::string("{\"index\":{\"_index\":\"packets-2024-11-12\",\"_type\":\"doc\"}}\n"
                            "{\"timestamp\":\"17314230") +
                second +
                "000\",\"layers\":{\"frame\":{\"frame_frame_number\":\"1\","
                "\"frame_frame_time_epoch\":\"2024-11-12T14:50:" +
                second +
                ".250000000Z\"},\"ip\":{\"ip_ip_src\":\"10.0.0.5\",\"ip_ip_dst\":\"203.0.113.120\","
                "\"ip_ip_ttl\":\"64\",\"ip_ip_id\":\"0x10d7\"},\"tcp\":{\"tcp_tcp_srcport\":"
                "\"41022\",\"tcp_tcp_dstport\":\"25\",\"tcp_tcp_flags\":\"0x0002\",\"tcp_tcp_seq\":"
                "\"0\",\"tcp_tcp_seq_raw\":\"1000000000\",\"tcp_tcp_ack\":\"0\",\"tcp_tcp_len\":"
                "\"0\"}}}\n";
    }
    const std::vector<Alert> alerts = JudgeText(text);
    BOOST_TEST(
        IsTold(alerts,
               {"", "", "unreachable", "unreachable.port", Verdict::Inconclusive, 0, "SYNs"}),
        Told(alerts));
}

BOOST_AUTO_TEST_SUITE_END()
