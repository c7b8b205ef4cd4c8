#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// Kinds of faults as the programs that people use report them, three variations each, with invented
// names. What looks like them and is none is in innocent-texts-test.cc.

namespace
{

const PastedText DIALOGS[] = {
    {"a refused dialog, telnet",
     "Trying 192.0.2.30...\nConnected to mx.goal.example.\nEscape character is '^]'.\n"
     "220 mx.goal.example ESMTP Postfix\nEHLO out.home.example\n250-mx.goal.example\n"
     "250 8BITMIME\nMAIL FROM:<a@home.example>\n250 2.1.0 Ok\nRCPT TO:<b@goal.example>\n"
     "554 5.7.1 Service unavailable; Client host [203.0.113.5] blocked using zen.spamhaus.org\n"
     "QUIT\n221 2.0.0 Bye\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     11,
     "mx.goal.example refuses at RCPT"},
    {"a refused dialog, openssl",
     "CONNECTED(00000003)\ndepth=2 C = US\nverify return:1\n---\n220 mx.goal.example ESMTP\n"
     "ehlo home\n250 mx.goal.example\nmail from:<a@home.example>\n250 Ok\n"
     "rcpt to:<b@goal.example>\n454 4.7.1 <b@goal.example>: Relay access denied\nquit\n221 Bye\n",
     "refusals",
     "refused.relaying",
     Verdict::Fault,
     11,
     "puts off at RCPT"},
    {"a refused dialog, a test tool over TLS",
     "=== Trying smtp.firm.example:587...\n=== Connected to smtp.firm.example.\n"
     "<-  220 smtp.firm.example ESMTP\n -> EHLO nb.local\n<-  250-smtp.firm.example\n"
     "<-  250 STARTTLS\n -> STARTTLS\n<-  220 2.0.0 Ready to start TLS\n ~> EHLO nb.local\n"
     "<~  250 AUTH PLAIN LOGIN\n ~> AUTH LOGIN\n<~  334 VXNlcm5hbWU6\n ~> cmVjaHQ=\n"
     "<~  334 UGFzc3dvcmQ6\n ~> KioqKg==\n"
     "<~* 535 5.7.8 Error: authentication failed: (reason unavailable)\n ~> QUIT\n"
     "<~  221 2.0.0 Bye\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     16,
     "the log-on is refused"},
    {"a refused dialog, a library's rows with stamps",
     "2024-06-06 10:00:00 SERVER -> CLIENT: 220 smtp.firm.example ESMTP\n"
     "2024-06-06 10:00:00 CLIENT -> SERVER: EHLO shop.example\n"
     "2024-06-06 10:00:00 SERVER -> CLIENT: 250-smtp.firm.example250-AUTH LOGIN250 HELP\n"
     "2024-06-06 10:00:00 CLIENT -> SERVER: AUTH LOGIN\n"
     "2024-06-06 10:00:00 SERVER -> CLIENT: 334 VXNlcm5hbWU6\n"
     "2024-06-06 10:00:00 CLIENT -> SERVER: [credentials hidden]\n"
     "2024-06-06 10:00:01 SERVER -> CLIENT: 535-5.7.8 Username and Password not accepted. For "
     "more, go to535 5.7.8  https://support.google.com/mail/ a1sm - gsmtp\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     7,
     "go to https"},
    {"a refused dialog, a server's rows",
     "\"SMTPD\"\t5124\t51\t\"2024-01-09 08:11:02.500\"\t\"198.51.100.9\"\t\"SENT: 220 "
     "mx.own.example "
     "ESMTP\"\n"
     "\"SMTPD\"\t5125\t52\t\"2024-01-09 08:11:02.510\"\t\"198.51.100.8\"\t\"SENT: 220 "
     "mx.own.example "
     "ESMTP\"\n"
     "\"SMTPD\"\t5124\t51\t\"2024-01-09 08:11:02.600\"\t\"198.51.100.9\"\t\"RECEIVED: MAIL "
     "FROM:<w@home.example>\"\n"
     "\"SMTPD\"\t5124\t51\t\"2024-01-09 08:11:02.700\"\t\"198.51.100.9\"\t\"SENT: 554 5.7.1 "
     "Rejected, 198.51.100.9 is listed at b.list.example\"\n",
     "refusals",
     "refused.reputation",
     Verdict::Inconclusive,
     4,
     "This server refuses 198.51.100.9 at MAIL"},
    {"a refused dialog, MDaemon's rows",
     "Mon 2024-01-02 10:11:12.345: [1] <-- 220 mx.goal.example ESMTP\n"
     "Mon 2024-01-02 10:11:12.345: [2] <-- 220 mx.else.example ESMTP\n"
     "Mon 2024-01-02 10:11:12.445: [1] --> EHLO home.example\n"
     "Mon 2024-01-02 10:11:12.545: [1] <-- 250 mx.goal.example\n"
     "Mon 2024-01-02 10:11:12.645: [1] --> MAIL FROM:<a@home.example>\n"
     "Mon 2024-01-02 10:11:12.745: [1] <-- 550 5.7.1 no reverse DNS entry\n",
     "refusals",
     "refused.policy",
     Verdict::Fault,
     6,
     "mx.goal.example refuses at MAIL"},
    {"a reply that no server gives to RCPT",
     "220 mx.goal.example ESMTP\nEHLO out.home.example\n250 mx.goal.example\n"
     "MAIL FROM:<a@home.example>\n250 Ok\nRCPT TO:<b@goal.example>\n500 error\nQUIT\n221 Bye\n",
     "refusals",
     "refused",
     Verdict::Inconclusive,
     7,
     "does not tell"},
    {"greylisting in a dialog is no fault",
     "220 mx.goal.example ESMTP\nHELO out.home.example\n250 mx.goal.example\n"
     "MAIL FROM:<a@home.example>\n250 Ok\nRCPT TO:<b@goal.example>\n450 4.2.0 <b@goal.example>: "
     "Recipient address rejected: Greylisted\nQUIT\n221 Bye\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Benign,
     7,
     "try again"},
    {"a proxy of the access provider",
     "$ nc -v mx.partner.example 25\nConnection to mx.partner.example 25 port [tcp/smtp] "
     "succeeded!\n220 smtp-proxy.access.test ESMTP\nEHLO office.firm.example\n"
     "250 smtp-proxy.access.test\nMAIL FROM:<a@firm.example>\n250 OK\n"
     "RCPT TO:<b@partner.example>\n550 Authentication required. Use smtp.access.test\nQUIT\n"
     "221 Bye\n",
     "pasted-dialogs",
     "intercepted.proxy",
     Verdict::Inconclusive,
     3,
     "mx.partner.example was called"},
    {"a greeting that tells its reason",
     "Trying 192.0.2.30...\n554-mx.goal.example\n554 Your access to this mail system has been "
     "rejected due to the sending MTA's poor reputation.\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     0,
     "at greeting"},
    {"a relay test by hand, to its end",
     "telnet 198.51.100.30 25\n220 gate.plant.example Microsoft ESMTP MAIL Service ready\n"
     "helo tester\n250 gate.plant.example Hello [203.0.113.9]\nmail from: <a@tester.test>\n"
     "250 2.1.0 a@tester.test....Sender OK\nrcpt to: <b@elsewhere.test>\n"
     "250 2.1.5 b@elsewhere.test\ndata\n354 Start mail input\nSubject: probe\n\ntest\n.\n"
     "250 2.6.0 Queued mail for delivery\nquit\n221 2.0.0 closing\n",
     "relay-transcripts",
     "relay.mail",
     Verdict::Inconclusive,
     8,
     "open relay"},
};

const PastedText RECEIVERS[] = {
    {"this server refuses by a block list, Postfix",
     "Sep  2 07:11:00 mx postfix/smtpd[51]: NOQUEUE: reject: RCPT from "
     "mail.partner.example[198.51.100.12]: 554 5.7.1 Service unavailable; Client host "
     "[198.51.100.12] blocked using bl.list.example; from=<e@partner.example> to=<v@own.example> "
     "proto=ESMTP helo=<mail.partner.example>\n",
     "refusals",
     "refused.reputation",
     Verdict::Inconclusive,
     1,
     "This server refuses mail.partner.example"},
    {"this server refuses by a block list, postscreen",
     "Sep  2 07:11:00 mx postfix/postscreen[51]: NOQUEUE: reject: RCPT from [198.51.100.12]:4412: "
     "550 5.7.1 Service unavailable; client [198.51.100.12] blocked using bl.list.example; "
     "from=<e@partner.example>, to=<v@own.example>, proto=ESMTP, helo=<mail.partner.example>\n",
     "refusals",
     "refused.reputation",
     Verdict::Inconclusive,
     1,
     "whether this client is to send here"},
    {"this server refuses a client without a reverse name, Exim",
     "2024-10-01 05:00:10 H=(friend) [198.51.100.70] F=<x@y.example> rejected RCPT "
     "<z@own.example>: no reverse DNS for 198.51.100.70\n",
     "refusals",
     "refused.policy",
     Verdict::Inconclusive,
     1,
     "reverse name"},
    {"this server refuses to relay, Sendmail",
     "Oct  2 02:02:02 gw sm-mta[999]: 4922x1aa000999: ruleset=check_rcpt, arg1=<s@far.example>, "
     "relay=dialin.isp.example [203.0.113.77], reject=550 5.7.1 <s@far.example>... Relaying "
     "denied\n",
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     1,
     "dialin.isp.example at RCPT"},
    {"a filter of this server refuses, a code of one kind alone",
     "Jan  2 10:11:12 mx postfix/cleanup[1]: 4X7qkT3Jpm: milter-reject: END-OF-MESSAGE from "
     "mail.partner.example[198.51.100.12]: 5.7.1 Spam message rejected; from=<a@partner.example> "
     "to=<b@own.example> proto=ESMTP helo=<mail.partner.example>\n",
     "refusals",
     "refused.content",
     Verdict::Inconclusive,
     1,
     "at content with 5.7.1"},
    {"this server refuses by a block list, Exchange",
     "#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n#Log-type: SMTP Receive Protocol "
     "Log\n#Fields: "
     "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,"
     "context\n"
     "2023-02-01T08:00:01.102Z,EX1\\Front,08DB0404AAAA0001,0,10.0.0.5:25,198.51.100.9:40122,>,"
     "220 ex1.own.example Microsoft ESMTP,\n"
     "2023-02-01T08:00:01.150Z,EX1\\Front,08DB0404AAAA0001,1,10.0.0.5:25,198.51.100.9:40122,<,"
     "MAIL FROM:<a@partner.example>,\n"
     "2023-02-01T08:00:01.151Z,EX1\\Front,08DB0404AAAA0001,2,10.0.0.5:25,198.51.100.9:40122,>,"
     "550 5.7.1 Your address 198.51.100.9 is on a block list,\n",
     "refusals",
     "refused.reputation",
     Verdict::Inconclusive,
     7,
     "This server refuses 198.51.100.9 at MAIL"},
    {"this server has no room, Exchange",
     "#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n#Log-type: SMTP Receive Protocol "
     "Log\n#Fields: "
     "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,"
     "context\n"
     "2023-02-01T08:00:01.102Z,EX1\\Front,08DB0404AAAA0001,0,10.0.0.5:25,198.51.100.9:40122,>,"
     "\"220 ex1.own.example Microsoft ESMTP\",\n"
     "2023-02-01T08:00:01.150Z,EX1\\Front,08DB0404AAAA0001,1,10.0.0.5:25,198.51.100.9:40122,<,"
     "EHLO mail.partner.example,\n"
     "2023-02-01T08:00:01.151Z,EX1\\Front,08DB0404AAAA0001,2,10.0.0.5:25,198.51.100.9:40122,>,"
     "250  ex1.own.example Hello,\n"
     "2023-02-01T08:00:01.200Z,EX1\\Front,08DB0404AAAA0001,3,10.0.0.5:25,198.51.100.9:40122,<,"
     "MAIL FROM:<a@partner.example>,\n"
     "2023-02-01T08:00:01.201Z,EX1\\Front,08DB0404AAAA0001,4,10.0.0.5:25,198.51.100.9:40122,>,"
     "452 4.3.1 Insufficient system resources,\n",
     "refusals",
     "deferred.busy",
     Verdict::Fault,
     9,
     "this server's own"},
    {"a page's cells part a row",
     "<!DOCTYPE html><html><body><table><tr><th>Time</th><th>Entry</th></tr>\n"
     "<tr><td>Oct 12 07:01:55</td><td>srv8 postfix/smtpd[8812]: NOQUEUE: reject: RCPT from "
     "out.big.example[192.0.2.85]: 554 5.7.1 &lt;info@inn.example&gt;: Recipient address rejected: "
     "Access denied; from=&lt;a@b.example&gt; to=&lt;info@inn.example&gt; proto=ESMTP "
     "helo=&lt;out.big.example&gt;</td></tr>\n</table></body></html>\n",
     "refusals",
     "refused.policy",
     Verdict::Inconclusive,
     2,
     "out.big.example"},
};

const PastedText SENDERS[] = {
    {"TLS is demanded and not offered, Postfix",
     "Feb 11 22:04:31 r2 postfix/smtp[3]: 7C2B41A0F3: to=<a@clinic.example>, "
     "relay=mail.clinic.example[192.0.2.200]:25, delay=3.1, dsn=4.7.4, status=deferred (TLS is "
     "required, but was not offered by host mail.clinic.example[192.0.2.200])\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "s_client"},
    {"a certificate that is not trusted, an id that somebody masked",
     "Jul 14 12:00:00 out postfix/smtp[100]: DDDD: to=<x@z.example>, "
     "relay=mx.z.example[192.0.2.7]:25, delay=1, dsn=4.7.5, status=deferred (Server certificate "
     "not trusted)\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "mx.z.example"},
    {"plain text where TLS was to come, Java",
     "javax.mail.MessagingException: Could not connect to SMTP host: mail.works.example, port: "
     "465;\n  nested exception is:\n\tjavax.net.ssl.SSLException: Unrecognized SSL message, "
     "plaintext connection?\n\tat com.sun.mail.smtp.SMTPTransport.openServer(SMTPTransport.java)\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "mail.works.example"},
    {"no such host, Postfix",
     "Jul 14 12:00:00 out postfix/smtp[100]: 7C2B41A0F3: to=<x@y.example>, relay=none, delay=0.1, "
     "dsn=5.4.4, status=bounced (Host or domain name not found. Name service error for "
     "name=y.example type=AAAA: Host not found)\n",
     "unreachable",
     "unreachable.name",
     Verdict::Inconclusive,
     1,
     "for good"},
    {"no such domain, Exchange's tracking log",
     "#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n#Fields: "
     "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,"
     "source,event-id,internal-message-id,message-id,recipient-address,recipient-status,total-"
     "bytes,"
     "recipient-count,related-recipient-address,reference,message-subject,sender-address,"
     "return-path,message-info\n"
     "2024-05-07T06:00:07.950Z,,,,MBX1,,Internet,DNS,FAIL,111,<aa@corp.example>,p@extern.example,"
     "\"550 5.4.310 DNS domain extern.example does not exist "
     "[Message=InfoDomainNonexistent]\",5111,"
     "1,,,Offer,u@corp.example,u@corp.example,\n",
     "refusals",
     "unreachable.name",
     Verdict::Inconclusive,
     4,
     "dig MX"},
    {"no such local user, Postfix",
     "Jul 14 12:02:00 out postfix/local[103]: 7C2B41A0F6: to=<karl@out.example>, relay=local, "
     "delay=0.01, dsn=5.1.1, status=bounced (unknown user: \"karl\")\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "gives up for karl@out.example"},
    {"no such user, Sendmail's status alone",
     "Oct  2 02:03:02 gw sm-mta[1000]: 4922x1ab001000: to=<olga@letter.example>, delay=00:00:01, "
     "mailer=esmtp, relay=mx.letter.example. [192.0.2.55], dsn=5.1.1, stat=User unknown\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "having called mx.letter.example"},
    {"a quota, with words that sound temporary",
     "Jul 14 12:03:00 out postfix/virtual[104]: 7C2B41A0F7: to=<m@out.example>, relay=virtual, "
     "delay=0.01, dsn=5.2.2, status=bounced (maildir delivery failed: Sorry, the user's maildir "
     "has "
     "overdrawn his diskspace quota, please try again later)\n",
     "refusals",
     "refused.mailbox-full",
     Verdict::Benign,
     1,
     "gives up"},
    {"a loop, Postfix",
     "Jul 14 12:04:00 out postfix/smtp[105]: 7C2B41A0F8: to=<l@loop.example>, relay=none, delay=1, "
     "dsn=5.4.6, status=bounced (mail for loop.example loops back to myself)\n",
     "refusals",
     "unreachable.loop",
     Verdict::Fault,
     1,
     "dig MX"},
    {"a message that is too large, Postfix's bounce in UTF-8",
     "This is the mail system at host mx.post.example.\n\nI'm sorry to have to inform you that "
     "your "
     "message could not\nbe delivered to one or more recipients.\n\n<file@archive.example>: "
     "message "
     "size 31457280 exceeds size limit 26214400 of\n    server mx.archive.example[198.51.100.44]\n",
     "refusals",
     "refused.size",
     Verdict::Fault,
     6,
     "gives up for file@archive.example"},
    {"an expired message, Exchange's bounce",
     "Delivery has failed to these recipients or groups:\n\nfront@alp.example\n\nDiagnostic "
     "information for administrators:\n\nGenerating server: "
     "EX02.lake.example\n\nfront@alp.example\n"
     "mx.alp.example #<mx.alp.example #4.4.7 smtp;550 4.4.7 QUEUE.Expired; message expired> "
     "#SMTP#\n",
     "refusals",
     "unreachable.expired",
     Verdict::Inconclusive,
     0,
     "\"QUEUE.Expired; message expired\""},
    {"a status that a log has beside an empty word",
     "Jun  3 11:20:14 u1 sendmail[2211]: 453BKA: to=<jobs@net.example>, delay=00:00:04, "
     "mailer=esmtp, relay=mx.net.example. [198.51.100.3], dsn=5.7.26, stat=Service unavailable\n"
     "Jun  3 11:21:09 u1 sendmail[2219]: 453BL5: to=<h@free.example>, delay=00:00:04, "
     "mailer=esmtp, relay=mx.free.example. [198.51.100.19], dsn=4.0.0, stat=Deferred: Connection "
     "timed out with mx.free.example.\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     1,
     "5.7.26"},
    {"a permanent failure among temporary ones, qmail",
     "@400000005f1e2d3c1a2b3c4d starting delivery 7: msg 102 to remote u@goal.example\n"
     "@400000005f1e2d3d1a2b3c4d delivery 7: deferral: "
     "Connected_to_192.0.2.4_but_greeting_failed./Remote_host_said:_421_Too_many_concurrent_SMTP_"
     "connections/\n"
     "@400000005f1e2d5d1a2b3c4d delivery 9: failure: "
     "Sorry,_I_couldn't_find_any_host_named_nowhere.example._(#5.1.2)/\n"
     "@400000005f1e2d6d1a2b3c4d delivery 10: deferral: "
     "Sorry,_I_wasn't_able_to_establish_an_SMTP_connection._(#4.4.1)/\n",
     "unreachable",
     "unreachable.name",
     Verdict::Inconclusive,
     3,
     "for good"},
    {"the limit beside it",
     "@400000005f1e2d3c1a2b3c4d starting delivery 7: msg 102 to remote u@goal.example\n"
     "@400000005f1e2d3d1a2b3c4d delivery 7: deferral: "
     "Connected_to_192.0.2.4_but_greeting_failed./Remote_host_said:_421_Too_many_concurrent_SMTP_"
     "connections/\n",
     "refusals",
     "deferred.rate",
     Verdict::Fault,
     2,
     "192.0.2.4 puts off at greeting"},
    {"a connection that breaks, Postfix",
     "Jul 14 12:01:00 out postfix/smtp[102]: 7C2B41A0F5: to=<x@w.example>, "
     "relay=mx.w.example[192.0.2.8]:25, delay=305, dsn=4.4.2, status=deferred (lost connection "
     "with "
     "mx.w.example[192.0.2.8] while sending message body)\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     1,
     "who sends the reset"},
    {"a connection that breaks, Outlook",
     "Task 'max@forge.example - Sending' reported error (0x800CCC0F) : 'The connection to the "
     "server was interrupted.'\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     1,
     "broke"},
    {"greylisted, and delivered later, Exim",
     "2023-11-02 08:15:02 1qyTfE-0004Kq-1c <= b@wine.example H=(desk7) [10.20.0.17] P=esmtpsa "
     "S=48123 id=6543aa@wine.example\n"
     "2023-11-02 08:15:04 1qyTfE-0004Kq-1c == info@works.example R=dnslookup T=remote_smtp defer "
     "(-44) H=mx01.works.example [203.0.113.80]: SMTP error from remote mail server after RCPT "
     "TO:<info@works.example>: 450 4.7.1 <info@works.example>: Recipient address rejected: "
     "Greylisted for 300 seconds\n"
     "2023-11-02 08:25:07 1qyTfE-0004Kq-1c => info@works.example R=dnslookup T=remote_smtp "
     "H=mx01.works.example [203.0.113.80] C=\"250 2.0.0 Ok\"\n"
     "2023-11-02 08:25:07 1qyTfE-0004Kq-1c Completed\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Benign,
     2,
     "delivered later all the same (line 3)"},
    {"no way to a domain, Exim",
     "2024-01-02 10:11:12 1rKabc-0001Ab-QQ ** bob@goal.example: Unrouteable address\n"
     "2024-01-02 10:11:12 1rKabc-0001Ab-QQ Completed\n",
     "refusals",
     "unreachable.name",
     Verdict::Inconclusive,
     1,
     "gives up for bob@goal.example"},
    {"a call that nothing answers, telnet",
     "$ telnet mx.goal.example 25\nTrying 192.0.2.30...\ntelnet: Unable to connect to remote host: "
     "Connection timed out\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     3,
     "192.0.2.30"},
    {"a queue that gets no connection, Exchange",
     "Identity: EX1\\33\nStatus: Retry\nLastError: 451 4.4.0 Primary target IP address responded "
     "with: \"421 4.2.1 Unable to connect.\" Attempted failover to alternate host.\n",
     "refusals",
     "unreachable.port",
     Verdict::Inconclusive,
     3,
     "another network"},
    {"a refusal, msmtp",
     "Oct 12 07:01:55 host=smtp.firm.example tls=on auth=on user=me from=me@firm.example "
     "recipients=bob@goal.example smtpstatus=550 smtpmsg='550 5.1.1 <bob@goal.example>: Recipient "
     "address rejected: User unknown' errormsg='not accepted' exitcode=EX_DATAERR\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "User unknown\""},
    {"a refusal, Courier",
     "Nov 30 10:14:05 box courieresmtp: "
     "id=0000000000A1B2C3.5656,from=<me@box.example>,addr=<you@far.example>: 550 sorry, no mailbox "
     "here by that name. (#5.1.1 - chkuser)\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "5.1.1"},
    {"a refusal, OpenSMTPD",
     "Aug 20 04:11:09 puffy smtpd[51220]: 0a1b2c3d mta delivery evpid=3f2e1d0c "
     "from=<r@puffy.example> "
     "to=<log@hub.example> rcpt=<-> source=\"192.0.2.66\" relay=\"198.51.100.10 (mx.hub.example)\" "
     "delay=2s result=\"PermFail\" stat=\"550 5.7.1 Client host rejected: cannot find your reverse "
     "hostname, [192.0.2.66]\"\n",
     "refusals",
     "refused.policy",
     Verdict::Fault,
     1,
     "mx.hub.example refuses"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(reported_faults)

BOOST_AUTO_TEST_CASE(OfDialogs)
{
    CheckAll(std::begin(DIALOGS), std::end(DIALOGS));
}

BOOST_AUTO_TEST_CASE(OfReceiversLogs)
{
    CheckAll(std::begin(RECEIVERS), std::end(RECEIVERS));
}

BOOST_AUTO_TEST_CASE(OfSendersLogs)
{
    CheckAll(std::begin(SENDERS), std::end(SENDERS));
}

BOOST_AUTO_TEST_SUITE_END()
