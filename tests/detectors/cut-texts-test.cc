#include "pasted-text.h"
#include "run-detector.h"

#include <boost/test/unit_test.hpp>

#include <iterator>

using namespace bouncelab;
using namespace bouncelab::test;

// What people paste of logs and bounces: rows without their stamp, host or program, replies broken
// right behind their code, marks of Markdown around them, a reply in the words of a program that
// nobody knows. Names are invented.

namespace
{

const PastedText ROWS[] = {
    {"Postfix's row without its host",
     "Dec  4 14:44:07 postfix/smtp[20]: E89BD1644B: to=<joe@goal.example>, relay=none, delay=22, "
     "dsn=4.4.1, status=deferred (connect to mx.goal.example[192.0.2.27]:25: Connection timed "
     "out)\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "goal.example"},
    {"without its stamp",
     "mail postfix/smtp[28]: 8C91D6EBCA: to=<eva@own.example>, "
     "relay=mail.own.example[192.0.2.8]:25, "
     "delay=0.01, dsn=5.4.6, status=bounced (mail for own.example loops back to myself)\n",
     "refusals",
     "unreachable.loop",
     Verdict::Fault,
     1,
     "loops back"},
    {"its service and nothing before",
     "postfix/error[31]: DF27F16456: to=<eva@goal.example>, relay=none, delay=36, dsn=4.4.3, "
     "status=deferred (delivery temporarily suspended: Host or domain name not found. Name service "
     "error for name=goal.example type=MX: Host not found, try again)\n",
     "unreachable",
     "unreachable.name",
     Verdict::Inconclusive,
     1,
     "goal.example"},
    {"a log under a name of its own",
     "Aug 27 07:12:19 box own.example/smtp[76]: A4997FB6AA: to=<eva@goal.example>, "
     "relay=relay.example[192.0.2.9]:587, delay=6, dsn=4.7.0, status=deferred (SASL authentication "
     "failed; cannot authenticate to server relay.example[192.0.2.9]: no mechanism available)\n",
     "refusals",
     "auth.mechanism",
     Verdict::Fault,
     1,
     "no mechanism available"},
    {"a node's journal",
     "2025-01-17T12:25:04+01:00 [1:mail1:postfix/lmtp] 5616710185: to=<eva@own.example>, "
     "relay=mail.own.example[/var/lib/u/lmtp], delay=0.68, dsn=5.6.7, status=bounced (SMTPUTF8 is "
     "required, but was not offered by host mail.own.example[/var/lib/u/lmtp])\n",
     "refusals",
     "refused.utf8",
     Verdict::Fault,
     1,
     "SMTPUTF8"},
    {"the columns of a page",
     "30/9/2017, 00:10:17 | info | NOQUEUE: reject: RCPT from a.far.example[192.0.2.25]: 454 4.7.1 "
     "<b@lists.example>: Relay access denied; from=<> to=<b@lists.example> proto=ESMTP "
     "helo=<a.far.example>\n",
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     1,
     "This server puts off"},
    {"a year behind the time, and services without a process",
     "Apr 06 15:16:46 2016 gate outbound/error: 86607FB82A: to=<eva@goal.example>, relay=none, "
     "delay=0.2, dsn=4.4.2, status=deferred (delivery temporarily suspended: lost connection with "
     "192.0.2.79[192.0.2.79] while sending RCPT TO)\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     1,
     "192.0.2.79"},
    {"a row that a mail program quoted and broke",
     "I have many errors like this:\n"
     "> out1 postfix/smtp[18]: E627978A6B: to=<eva@own.example>,\n"
     "> relay=127.0.0.1[127.0.0.1]:10024, delay=284, dsn=4.4.2,\n"
     "> status=deferred (conversation with 127.0.0.1[127.0.0.1] timed out while sending\n"
     "> end of data -- message may be sent more than once)\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Fault,
     2,
     "this host itself"},
    {"a label before Exim's row",
     "Incoming MTA stage:\t2024-12-25 15:43:28 H=mx.far.example [192.0.2.12] X=TLS1.3:A:256 CV=no "
     "F=<a@far.example> temporarily rejected RCPT <eva@own.example>\n",
     "refusals",
     "deferred",
     Verdict::Inconclusive,
     1,
     "This server puts off"},
    {"what refused to talk, without a status",
     "Jan 23 11:23:49 web postfix/smtp[41]: 4JfcKV3f3B: host mx1.goal.example[192.0.2.48] refused "
     "to talk to me: 421 Refused. Your reverse DNS entry does not resolve to an IP.\n",
     "refusals",
     "refused.policy",
     Verdict::Fault,
     1,
     "reverse name"},
    {"a milter that does not run, and no refusal behind it",
     "Feb 18 23:21:08 mx postfix/smtpd[35]: warning: connect to Milter service "
     "inet:localhost:11332: Connection refused\n",
     "named-causes",
     "deferred.filter",
     Verdict::Fault,
     1,
     "its filter"},
    {"a map that is not installed",
     "Oct 10 18:33:25 mx postfix/proxymap[21]: error: unsupported dictionary type: pgsql\n",
     "named-causes",
     "refused.system",
     Verdict::Fault,
     1,
     "its settings"},
    {"a handshake of one's own that fails, and no delivery behind it",
     "2024-12-30T12:16:32+01:00 box postfix/smtp[12]: SSL_connect error to "
     "relay.example[192.0.2.108]:587: -1\n"
     "2024-12-30T12:16:32+01:00 box postfix/smtp[12]: warning: TLS library problem: "
     "error:0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c:354:\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "plain text"},
    {"Exim's debug output",
     "  759 Connecting to mx.goal.example [192.0.2.1]:25 ... connected\n"
     "  759   SMTP<< 220 mx.goal.example ESMTP Postfix\n  759   SMTP>> EHLO 15b0717dc4c2\n"
     "  759   SMTP<< 250-mx.goal.example\n  759          250-PIPELINING\n  759          250 DSN\n"
     "  759   SMTP>> MAIL FROM:<a@own.example>\n  759   SMTP<< 250 2.1.0 Ok\n"
     "  759   SMTP>> RCPT TO:<eva@goal.example>\n"
     "  759   SMTP<< 504 5.5.2 <15b0717dc4c2>: Helo command rejected: need fully-qualified "
     "hostname\n",
     "refusals",
     "refused.hello",
     Verdict::Fault,
     0,
     "15b0717dc4c2"},
    {"a dialog behind stamps of its own",
     "[MTA ] 2004/12/22 08:15:15 220 mx.goal.example ESMTP\n"
     "[MTA ] 2004/12/22 08:15:15 HELO own.example\n[MTA ] 2004/12/22 08:15:15 250 Ok\n"
     "[MTA ] 2004/12/22 08:15:15 MAIL FROM:<a@own.example>\n[MTA ] 2004/12/22 08:15:15 250 Ok\n"
     "[MTA ] 2004/12/22 08:15:15 RCPT TO:<eva@goal.example>\n"
     "[MTA ] 2004/12/22 08:15:15 550 5.1.1 Unknown user eva@goal.example\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     0,
     "Unknown user"}};

const PastedText REPLIES[] = {
    {"broken right behind its code",
     "host mta7.goal.example[192.0.2.94] said: 421\n"
     "4.7.0 [TSS04] Messages from 203.0.113.14 temporarily deferred due to unexpected\n"
     "volume or user complaints (in reply to MAIL FROM command)\n",
     "refusals",
     "deferred.rate",
     Verdict::Fault,
     1,
     "mta7.goal.example"},
    {"the recipient as a link of Markdown",
     "[<eva@live.example>](mailto:eva@live.example): host\n"
     "    live-example.mx.example[192.0.2.9] said: 550 5.7.1\n"
     "    Unfortunately, messages from [203.0.113.3] weren't sent. Please contact your\n"
     "    Internet service provider since part of their network is on our block list\n"
     "    (S3150). (in reply to MAIL FROM command)\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "live-example.mx.example"},
    {"an empty line between its lines",
     "```\n<[eva@mail.example](mailto:eva@mail.example)>: host\n"
     "[mx.mail.example](http://mx.mail.example/)[192.0.2.26] said:\n\n"
     "    550-5.7.26 This message does not pass authentication checks (SPF and DKIM\n\n"
     "    both 550-5.7.26 do not pass). SPF check for [far.example] does not pass with\n\n"
     "    ip: 550-5.7.26 [203.0.113.94].To best protect our users from spam, the\n\n"
     "    message 550 5.7.26 has been blocked (in reply to end of DATA command)\n```\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     0,
     "mx.mail.example"},
    {"lines that were broken once more",
     "<eva@mail.example>: host mx.mail.example[192.0.2.26] said:\n"
     "    550-5.7.26 Your email has been blocked because the sender is\n"
     "    unauthenticated. 550-5.7.26 We require all senders to authenticate\nwith\n"
     "    either SPF or DKIM (in reply to end of DATA command)\n"
     "Who can tell me what spam filter they use?\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     1,
     "SPF or DKIM\""},
    {"what was cut before its recipient",
     "<hidden (expanded from <eva@list.example>): User unknown in\n    virtual alias table\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "eva@list.example"},
    {"nothing but a reply that gives no code of its own",
     "550 Administrative prohibition\n",
     "refusals",
     "refused.policy",
     Verdict::Inconclusive,
     1,
     "the reply alone"},
    {"in a span of code at the end of a sentence",
     "The log of our provider says `550 Ip frequency limited.`\n",
     "refusals",
     "refused.rate",
     Verdict::Inconclusive,
     1,
     "the reply alone"},
    {"in quotes",
     "We cannot send any more.\n\n\"550 5.7.1 Unfortunately, messages from weren't sent. Please "
     "contact your Internet service provider since part of their network is on our block list "
     "(AS3150)\"\n",
     "refusals",
     "refused.reputation",
     Verdict::Inconclusive,
     3,
     "the reply alone"},
    {"without its code",
     "\"5.7.1 Unfortunately, messages from [203.0.113.30] weren't sent. Please contact your "
     "Internet service provider since part of their network is on our block list (S3140)\"\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "203.0.113.30"},
    {"several lines of one reply, of a list",
     "550-JunkMail rejected - a.cloud.example\n"
     "550-(own.example) [203.0.113.229]:34032 is in an RBL, see\n"
     "550 https://list.example/query/ip/203.0.113.229\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "RBL"},
    {"a colon behind its code",
     "554: Dialup/transient IP not allowed.\nUse a mailgateway or contact toda@goal.example.\n",
     "refusals",
     "refused.reputation",
     Verdict::Inconclusive,
     1,
     "Dialup"},
    {"a field of a message trace, cut off",
     "It is put off, with the Reason: [{LED=450 4.4.316 Connection refused [Message=Socket error "
     "code 10061].\n",
     "refusals",
     "unreachable.refused",
     Verdict::Inconclusive,
     1,
     "450 4.4.316"},
    {"behind a line's end in JSON",
     "{\n  \"errorMessage\": \"Failed to send the test email. Raw error: \\n554 5.7.1 Message "
     "rejected under suspicion of SPAM; https://ya.example/1IrBc\"\n}\n",
     "refusals",
     "refused.content",
     Verdict::Fault,
     2,
     "SPAM"}};

const PastedText PROGRAMS[] = {
    {"Swift Mailer",
     "Swift_TransportException: Expected response code 250 but got code \"552\", with message "
     "\"552 "
     "5.3.4 Error: message file too big \"\n",
     "refusals",
     "refused.size",
     Verdict::Fault,
     1,
     "message file too big"},
    {"Swift Mailer without an answer",
     "local.ERROR: Expected response code 220 but got code \"\", with message \"\"\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     1,
     "before a greeting"},
    {"PHPMailer behind a stamp",
     "2018-04-25 05:01:00 SMTP ERROR: Failed to connect to server: Connection timed out (110)\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "time out"},
    {"Java behind a row's head",
     "Jul 22 15:54:06 app java[20]: Caused by: jakarta.mail.AuthenticationFailedException: 535 "
     "Error: authentication failed\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     1,
     "535"},
    {"Ruby's bracket that a line's end closes",
     "2013-05-26T04:50:01+00:00 app[web.1]: Net::SMTPFatalError (554 DT:SPM 163 "
     "smtp9,DcCowA,please "
     "see http://mail.example/help\n2013-05-26T04:50:01+00:00 app[web.1]: ):\n",
     "refusals",
     "refused.content",
     Verdict::Fault,
     1,
     "DT:SPM"},
    {"Go's TLS",
     "level=error ts=2018-05-03T03:18:35Z caller=notify.go:311 msg=\"Error on notify\" "
     "err=\"starttls failed: x509: certificate is valid for a.example, not b.example\"\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "another name's"},
    {"Node's step",
     "{ Error: self signed certificate in certificate chain\n"
     "    at TLSSocket.onConnectSecure (_tls_wrap.js:10:3) code: 'ESOCKET', command: 'CONN' }\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "not trusted"},
    {"a code and words in fields of their own",
     "mailer[12]: status=error from=a@own.example to=eva@goal.example server=relay.example:587 "
     "code=535 message=\"5.7.8 Error: authentication failed: (reason unavailable)\"\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     1,
     "relay.example"},
    {"maddy's fields",
     "queue: delivery attempt failed\t{\"msg_id\":\"2f6f32e9\",\"rcpt\":\"eva@goal.example\","
     "\"reason\":\"no\",\"smtp_code\":556,\"smtp_enchcode\":\"5.1.10\",\"smtp_msg\":\"Domain does "
     "not accept email (null MX)\"}\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "null MX"},
    {"a code in brackets",
     "Since today I get SMTP Error (535): Authentication failed.\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     1,
     "535"},
    {"a provider's stock words without a code",
     "plain authenticator failed H=smtp.gmail.com Username and Password not accepted. Learn more "
     "at "
     "https://support.example/mail/?p=BadCredentials\n",
     "refusals",
     "auth.refused",
     Verdict::Inconclusive,
     1,
     "Username and Password"},
    {"Thunderbird's limit",
     "The size of the message you are trying to send exceeds the global size limit (10240000 "
     "bytes) of the server. The message was not sent.\n",
     "refusals",
     "refused.size",
     Verdict::Fault,
     1,
     "10240000"},
    {"Postgrey's action",
     "action=greylist, reason=early-retry (173s missing), client_name=a.far.example, "
     "client_address=192.0.2.56/32, sender=x@far.example, recipient=eva@own.example\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Benign,
     1,
     "a.far.example"},
    {"a bounce with words and no code",
     "Hi. This is the Haraka Mailer program at own.example.\nThis is a permanent error.\n\n"
     "Intended Recipients: <eva@goal.example>\n"
     "Failure Reason: Error: Some recipients failed: <eva@goal.example>\n",
     "refusals",
     "refused",
     Verdict::Inconclusive,
     5,
     "does not tell"},
    {"s_client, cut off",
     "CONNECTED(00000003)\ndepth=0 CN = mx.goal.example\n"
     "verify error:num=10:certificate has expired\nnotAfter=Jun 10 03:10:08 2019 GMT\n",
     nullptr,
     "unreachable.tls",
     Verdict::Fault,
     3,
     "expired"}};

} // namespace

BOOST_AUTO_TEST_SUITE(cut_texts)

BOOST_AUTO_TEST_CASE(RowsWithoutTheirHeads)
{
    CheckAll(std::begin(ROWS), std::end(ROWS));
}

BOOST_AUTO_TEST_CASE(RepliesInWhateverStandsAroundThem)
{
    CheckAll(std::begin(REPLIES), std::end(REPLIES));
}

BOOST_AUTO_TEST_CASE(ProgramsThatTellTheirsInOtherWords)
{
    CheckAll(std::begin(PROGRAMS), std::end(PROGRAMS));
}

BOOST_AUTO_TEST_CASE(AReplyIsReadWhateverItsReason)
{
    for (const char* text :
         {"May 31 11:00:46 mx postfix/smtpd[78]: NOQUEUE: reject: MAIL from "
          "a.far.example[192.0.2.4]: 452 Insufficient system storage; proto=ESMTP "
          "helo=<a.far.example>\n",
          "# SMTP Error: 550 Unauthenticated senders not allowed\n\nHow can I send then?\n",
          "error: job failed: mail from address must be same as authorization user\n",
          "The delivery report says:\nMessage from a.own.example to b.own.example=421 4.2.1 Unable "
          "to connect ->\n",
          "E1210 04:12:44 1 notify.go:44] failed: failed to send email: 554 Message rejected: the "
          "address is not verified\n"})
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(alerts.size() == 1u, text << "\n" << Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(WhatOnlyLooksAlikeStaysUnread)
{
    for (const char* text : {
             // Prose with numbers, addresses of houses, other protocols, versions.
             "Come and see us: 550 Madison Avenue, third floor.\n",
             "550 Permission denied.\n",
             "I am away. If your message comes back with \"550 mailbox unavailable\"\nagain, ask "
             "my "
             "colleague.\n",
             "503 Service Unavailable\n",
             "550 file not found in directory\n",
             "4.7.1 Fixed the label of a button\n5.2.0 Cannot open old files any more: fixed\n",
             "The postfix/smtp[12]: tag of a row names its program.\n",
             "Read [how replies work](https://docs.example/550 codes) first.\n",
             // Tables of codes.
             "421 Service not available\n450 Mailbox unavailable\n550 Rejected by policy\n",
             "* `550 Ip frequency limited.`\n* `554 Message rejected.`\n",
             // Source, and errors of other programs.
             "if (code == 550) throw new Error(\"550 Ip frequency limited.\");\n",
             "{\"code\":500,\"message\":\"Internal error\"}\n",
             "x code=503 message=\"Backend fetch failed\"\n",
             "Error: self signed certificate in certificate chain\n",
             "2024/11/12 09:12:01 worker: job 550 failed, too many files\n",
             "What does `Username and Password not accepted. Learn more at` mean?\n",
         })
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(alerts.empty(), text << "\n" << Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(WhatADeliveryFollowsIsNoTrouble)
{
    const std::string handshake =
        "Dec 30 12:16:32 box postfix/smtp[12]: SSL_connect error to mx.goal.example[192.0.2.1]:25: "
        "-1\n";
    const std::string sent =
        "Dec 30 12:16:33 box postfix/smtp[12]: E292446A73: to=<eva@goal.example>, "
        "relay=mx.goal.example[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n";
    BOOST_TEST(!JudgeText(handshake).empty());
    BOOST_TEST(JudgeText(handshake + sent).empty(), Told(JudgeText(handshake + sent)));
}

BOOST_AUTO_TEST_SUITE_END()
