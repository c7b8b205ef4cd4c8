#include "pasted-text.h"
#include "run-detector.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace bouncelab;
using namespace bouncelab::test;
namespace fs = std::filesystem;

namespace
{

// Retyped with invented names from texts that were pasted in public; the programs' words are
// theirs.
const PastedText TEXTS[] = {
    // nodemailer, issue 694
    {"a mask that a reply quotes, Node.js",
     "Error: Error upgrading connection with STARTTLS: 500 5.0.0 'XXXXXXXX': command not "
     "understood.\n    at SMTPConnection._actionSTARTTLS (/srv/app/smtp-connection.js:10:2)\n"
     "  code: 'ETLS',\n  responseCode: 500,\n  command: 'STARTTLS' }\n",
     "refusals",
     "intercepted.masked",
     Verdict::Fault,
     1,
     "8 letters"},
    {"a mask that a reply quotes, Python",
     "Traceback (most recent call last):\n  File \"send.py\", line 3, in <module>\n"
     "smtplib.SMTPNotSupportedError: (502, b'5.5.2 XXXXXXXX unknown command')\n",
     "refusals",
     "intercepted.masked",
     Verdict::Fault,
     3,
     "as many as STARTTLS has"},
    // Mailu, issue 1473
    {"DMARC, Postfix",
     "May 01 21:25:53 mail postfix/smtp[204]: E999732CF7F: to=<pal@mail.example>, "
     "relay=mx.mail.example[198.51.100.26]:25, delay=1.4, dsn=5.7.26, status=bounced (host "
     "mx.mail.example[198.51.100.26] said: 550-5.7.26 Unauthenticated email from shop.example is "
     "not accepted due to 550 5.7.26 domain's DMARC policy. i7si73126 - gsmtp (in reply to end of "
     "DATA command))\n"
     "May 01 21:26:06 mail postfix/qmgr[176]: E999732CF7F: removed\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     1,
     "not told"},
    {"SPF, Exim",
     "2021-05-01 21:25:53 1lcXYZ-0001Ab-QQ ** pal@mail.example R=dnslookup T=remote_smtp "
     "H=mx.mail.example [198.51.100.26]: SMTP error from remote mail server after RCPT "
     "TO:<pal@mail.example>: 550 5.7.23 SPF check failed for shop.example\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     1,
     "SPF"},
    // hestiacp, issue 2901
    {"a provider's block list, Exim's bounce",
     "This message was created automatically by mail delivery software.\n\n"
     "  customer@live.example\n    host mx.live.example [198.51.100.161]\n"
     "    SMTP error from remote mail server after pipelined end of data:\n"
     "    550 5.7.1 Unfortunately, messages from [203.0.113.116] weren't sent. Part of their "
     "network "
     "is on our block list (S3140). [AM0.eop.prod.protection.outlook.com 2023]\n\n"
     "Final-Recipient: rfc822;customer@live.example\nStatus: 5.0.0\n"
     "Diagnostic-Code: smtp; 550 5.7.1 Unfortunately, messages from [203.0.113.116] weren't sent. "
     "Part of their network is on our block list (S3140). [AM0.eop.prod.protection.outlook.com "
     "2023]\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     6,
     "status says 5.0.0"},
    {"a DNS list, Sendmail's log",
     "Nov 24 01:10:02 elf sendmail[2278]: uANKA1: to=<x@y.example>, delay=00:00:02, "
     "mailer=esmtp, relay=mx.y.example. [198.51.100.9], dsn=5.7.1, stat=Service unavailable; 554 "
     "5.7.1 Service unavailable; client [203.0.113.9] blocked using zen.spamhaus.org\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "block list"},
    // nodemailer, issue 236
    {"no reverse name, qmail's bounce",
     "Hi. This is the qmail-send program at box.example.\n\n<friend@mail.example>:\n"
     "2001:db8:400c:c07::1a failed after I sent the message.\n"
     "Remote host said: 550-5.7.1 [2001:db8:d16::2] Our system has detected that this message "
     "does\n"
     "550-5.7.1 not meet IPv6 sending guidelines regarding PTR records.\n"
     "550 5.7.1 q43si37 - gsmtp\n",
     "refusals",
     "refused.policy",
     Verdict::Fault,
     5,
     "2001:db8:400c:c07::1a refuses"},
    {"a limit of rate, Postfix",
     "May  3 10:00:01 mail postfix/smtp[7]: 5A1B2C3D4E: to=<a@big.example>, "
     "relay=mx.big.example[198.51.100.4]:25, delay=3, dsn=4.7.28, status=deferred (host "
     "mx.big.example[198.51.100.4] said: 421-4.7.28 Our system has detected an unusual rate of "
     "unsolicited mail 421 4.7.28 (in reply to end of DATA command))\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "more slowly mends nothing"},
    // OpenSMTPD, issue 754
    {"a relay tester that sends nothing",
     "[Method 8 @ 1482434397]\n<<< 220 box.example ESMTP\n>>> HELO tester.example\n<<< 250 ok\n"
     ">>> MAIL FROM: <probe@[198.51.100.20]>\n<<< 250 ok\n"
     ">>> RCPT TO: <\"relaytest%tester.example\">\n<<< 250 2.1.5 ok\n[TEST NOT PASSED]\n",
     "relay-transcripts",
     "relay.reply",
     Verdict::Inconclusive,
     7,
     "DATA"},
    // nixos-mailserver, issue 97
    {"accepted, refused inside, reported to a stranger",
     "Feb 28 13:54:02 srv postfix/smtpd[1]: connect from squash.spam.example[203.0.113.165]\n"
     "Feb 28 13:54:02 srv postfix/smtpd[1]: 9BAE872A12E: "
     "client=squash.spam.example[203.0.113.165]\n"
     "Feb 28 13:54:03 srv postfix/cleanup[2]: 9BAE872A12E: message-id=<1@squash.spam.example>\n"
     "Feb 28 13:54:03 srv postfix/qmgr[3]: 9BAE872A12E: from=<bob@victim.example>, size=9211, "
     "nrcpt=1 (queue active)\n"
     "Feb 28 13:54:03 srv postfix/lmtp[4]: 9BAE872A12E: to=<nobody@own.example>, "
     "relay=srv.own.example[private/dovecot-lmtp], delay=0.5, dsn=5.1.1, status=bounced (host "
     "srv.own.example[private/dovecot-lmtp] said: 550 5.1.1 <nobody@own.example> User doesn't "
     "exist "
     "(in reply to RCPT TO command))\n"
     "Feb 28 13:54:03 srv postfix/bounce[5]: 9BAE872A12E: sender non-delivery notification: "
     "1F22A72A130\n"
     "Feb 28 13:54:03 srv postfix/qmgr[3]: 1F22A72A130: from=<>, size=11340, nrcpt=1 (queue "
     "active)\n"
     "Feb 28 13:54:05 srv postfix/smtp[6]: 1F22A72A130: to=<bob@victim.example>, "
     "relay=mx.victim.example[198.51.100.77]:25, delay=1.9, dsn=2.0.0, status=sent (250 2.0.0 "
     "OK)\n",
     "late-bounce",
     "backscatter.ndr",
     Verdict::Fault,
     5,
     "day's log"},
    // rmilter, issue 166
    {"greylisting of a pool, Sendmail with a milter",
     "Nov 24 01:10:01 elf sm-mta[2]: uAN1: from=<info@a.example>, size=5, nrcpts=1, "
     "msgid=<7@web.p.example>, relay=out.p.example [IPv6:2001:db8:0:f35::9f]\n"
     "Nov 24 01:10:02 elf sm-mta[2]: uAN1: Milter: data, reject=451 4.7.1 Try again later\n"
     "Nov 24 01:25:54 elf sm-mta[3]: uAN2: from=<info@a.example>, size=5, nrcpts=1, "
     "msgid=<7@web.p.example>, relay=out.p.example [203.0.113.156]\n"
     "Nov 24 01:25:55 elf sm-mta[3]: uAN2: Milter: data, reject=451 4.7.1 Try again later\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Fault,
     2,
     "2 addresses"},
    {"greylisting of a pool, Postfix",
     "Nov 24 01:10:02 elf postfix/smtpd[2]: NOQUEUE: reject: RCPT from "
     "out1.p.example[203.0.113.7]: 450 4.2.0 <b@own.example>: Recipient address rejected: "
     "Greylisted; from=<info@a.example> to=<b@own.example> proto=ESMTP helo=<out1.p.example>\n"
     "Nov 24 01:20:02 elf postfix/smtpd[2]: NOQUEUE: reject: RCPT from "
     "out2.p.example[203.0.113.8]: 450 4.2.0 <b@own.example>: Recipient address rejected: "
     "Greylisted; from=<info@a.example> to=<b@own.example> proto=ESMTP helo=<out2.p.example>\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Fault,
     1,
     "10 minutes"},
    {"a hotel's server answers in another one's place",
     "$ telnet smtp.firm.example 25\n"
     "Trying 198.51.100.25...\n"
     "Connected to smtp.firm.example.\n"
     "Escape character is '^]'.\n"
     "220 smtp-out.hotelnet.test ESMTP Postfix\n"
     "EHLO laptop\n"
     "250-smtp-out.hotelnet.test\n"
     "250-PIPELINING\n"
     "250 8BITMIME\n"
     "QUIT\n"
     "221 2.0.0 Bye\n"
     "Connection closed by foreign host.\n"
     "\n"
     "and from home:\n"
     "\n"
     "$ telnet smtp.firm.example 25\n"
     "Trying 198.51.100.25...\n"
     "Connected to smtp.firm.example.\n"
     "Escape character is '^]'.\n"
     "220 ex01.firm.example Microsoft ESMTP MAIL Service ready\n"
     "EHLO home\n"
     "250-ex01.firm.example Hello [192.0.2.9]\n"
     "250-STARTTLS\n"
     "250-AUTH NTLM\n"
     "250 CHUNKING\n",
     "pasted-dialogs",
     "intercepted.proxy",
     Verdict::Fault,
     5,
     "ex01.firm.example"},
    {"qmail's log alone",
     "Sep 26 14:44:59 mail qmail: 1159256699.123456 delivery 77: failure: "
     "203.0.113.80_does_not_like_recipient./Remote_host_said:_500_error/Giving_up_on_"
     "203.0.113.80./\n",
     "refusals",
     "refused",
     Verdict::Inconclusive,
     1,
     "who wrote the reply cannot be told"},
    {"event 1035 in German",
     "Protokollname: Application\n"
     "Quelle:        MSExchangeTransport\n"
     "Datum:         12.03.2012 08:41:07\n"
     "Ereignis-ID:   1035\n"
     "Aufgabenkategorie:SmtpReceive\n"
     "Ebene:         Warnung\n"
     "Computer:      EX02.firma.example\n"
     "Beschreibung:\n"
     "Fehler bei der eingehenden Authentifizierung mit dem Fehler 'TargetUnknown' f\xC3\xBCr "
     "Empfangsconnector 'Default EX02'. Der Authentifizierungsmechanismus lautet 'ExchangeAuth'. "
     "Die Quell-IP-Adresse des Clients lautet [10.0.4.11].\n",
     "notices",
     "auth.server",
     Verdict::Fault,
     9,
     "from 10.0.4.11 at a Receive connector by ExchangeAuth failed with TargetUnknown"},
    {"event 1035 in Chinese",
     "日志名称:          Application\n"
     "来源:            MSExchangeTransport\n"
     "日期:            2012/3/12 8:41:07\n"
     "事件 ID:         1035\n"
     "级别:            警告\n"
     "计算机:           EX02.corp.example\n"
     "描述:\n"
     "接收连接器 Default EX02 的入站身份验证失败，错误为 LogonDenied。身份验证机制为 ExchangeAuth。"
     "尝试进行身份验证的客户端的源 IP 地址是 [10.0.4.11]。\n",
     "auth-cause",
     "auth.server",
     Verdict::Inconclusive,
     8,
     "EX02.corp.example could not authenticate 10.0.4.11 1 time at 2012-03-12T08:41:07"},
    {"sendmail -v",
     "bob@partner.example... Connecting to mx.partner.example. via esmtp...\n"
     "220 mx.partner.example ESMTP\n"
     ">>> EHLO mail.us.example\n"
     "250-mx.partner.example\n"
     "250 8BITMIME\n"
     ">>> MAIL From:<a@us.example>\n"
     "500 error\n"
     ">>> QUIT\n"
     "221 bye\n",
     "refusals",
     "refused",
     Verdict::Inconclusive,
     7,
     "refuses at MAIL with 500"},
    {"Kerberos' event 4 alone",
     "Log Name:      System\n"
     "Source:        Microsoft-Windows-Security-Kerberos\n"
     "Date:          3/12/2012 8:41:07 AM\n"
     "Event ID:      4\n"
     "Level:         Error\n"
     "Computer:      hub1.example.com\n"
     "Description:\n"
     "The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server hub2$. The target "
     "name used was SMTPSVC/hub2.example.com.\n",
     "auth-cause",
     "auth.server",
     Verdict::Inconclusive,
     8,
     "a sign of a misplaced name or an old password"},
    // docker-mailserver, issues 374 and 1490
    {"outgoing port 25 is closed",
     "May  3 16:25:31 mail postfix/smtp[8]: connect to mx1.one.example[198.51.100.27]:25: "
     "Connection "
     "timed out\n"
     "May  3 16:25:31 mail postfix/smtp[8]: connect to mx1.one.example[2001:db8::1b]:25: Cannot "
     "assign requested address\n"
     "May  3 16:31:12 mail postfix/smtp[9]: connect to mx.two.test[203.0.113.9]:25: Connection "
     "timed "
     "out\n",
     "unreachable",
     "unreachable.port",
     Verdict::Fault,
     1,
     "587"},
    {"one server is silent",
     "May  3 16:25:31 mail postfix/smtp[8]: connect to mx1.one.example[198.51.100.27]:25: "
     "Connection "
     "timed out\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "another network"},
    {"outgoing port 25 is closed, Exim",
     "2021-05-01 21:28:00 1lcXYZ-0001Ab-QQ H=mx1.one.example [198.51.100.26] Connection timed out\n"
     "2021-05-01 21:30:07 1lcXYZ-0001Ab-QQ H=mx.two.test [203.0.113.26] Connection timed out\n",
     "unreachable",
     "unreachable.port",
     Verdict::Fault,
     1,
     "2 unrelated providers"},
    {"outgoing port 25 is closed, Sendmail",
     "Nov 24 01:10:02 elf sm-mta[2]: uAN1: to=<x@one.example>, delay=00:05:02, mailer=esmtp, "
     "relay=mx.one.example. [198.51.100.9], dsn=4.0.0, stat=Deferred: Connection timed out with "
     "mx.one.example.\n"
     "Nov 24 01:20:02 elf sm-mta[3]: uAN2: to=<x@two.test>, delay=00:05:02, mailer=esmtp, "
     "relay=mail.two.test. [203.0.113.9], dsn=4.0.0, stat=Deferred: Connection timed out with "
     "mail.two.test.\n",
     "unreachable",
     "unreachable.port",
     Verdict::Fault,
     1,
     "587"},
    {"the message never arrives, Postfix",
     "Sep 26 14:02:10 mx postfix/smtp[2]: 3F9A1C0D2E: to=<a@one.example>, "
     "relay=mx.one.example[198.51.100.90]:25, delay=300, dsn=4.4.2, status=deferred (conversation "
     "with "
     "mx.one.example[198.51.100.90] timed out while sending message body)\n",
     "unreachable",
     "unreachable.path-mtu",
     Verdict::Inconclusive,
     1,
     "ping -M do"},
    {"role names guessed, Exim",
     "2019-07-16 08:05:48 H=(x) [203.0.113.235] F=<q@s.example> rejected RCPT "
     "<support@own.example>: "
     "Unknown user\n"
     "2019-07-16 08:05:48 H=(x) [203.0.113.235] F=<q@s.example> rejected RCPT <sales@own.example>: "
     "Unknown user\n"
     "2019-07-16 08:05:48 H=(x) [203.0.113.235] F=<q@s.example> rejected RCPT "
     "<office@own.example>: "
     "Unknown user\n"
     "2019-07-16 08:05:49 H=(x) [203.0.113.235] F=<q@s.example> rejected RCPT <info@own.example>: "
     "Unknown user\n"
     "2019-07-16 08:05:49 H=(x) [203.0.113.235] F=<q@s.example> rejected RCPT <admin@own.example>: "
     "Unknown user\n",
     "harvest",
     "harvest.dictionary",
     Verdict::Fault,
     0,
     "5 unknown recipients"},
    {"a limit of rate, Postfix's bounce",
     "This is the mail system at host mail.shop.example.\n\n"
     "<pal@big.example>: host mta5.big.example[198.51.100.7] said: 421 4.7.0\n"
     "    [TSS04] Messages from 203.0.113.4 temporarily deferred due to unexpected\n"
     "    volume or user complaints (in reply to MAIL FROM command)\n",
     "refusals",
     "deferred.rate",
     Verdict::Fault,
     3,
     "at MAIL"},
    {"content, Sendmail's bounce",
     "   ----- The following addresses had permanent fatal errors -----\n<joe@corp.example>\n"
     "    (reason: 550 5.7.1 Message rejected due to content restrictions)\n",
     "refusals",
     "refused.content",
     Verdict::Fault,
     3,
     "filter"},
    // Exchange's event 1035, KB 979175
    {"servers that do not believe one another",
     "Event ID:      1035\nInbound authentication failed with error UnexpectedExchangeAuthBlob for "
     "Receive connector Default B. The authentication mechanism is ExchangeAuth. The source IP "
     "address of the client who tried to authenticate to Microsoft Exchange is [10.1.0.12].\n",
     "notices",
     "auth.server",
     Verdict::Fault,
     2,
     "setspn"},
    {"a wrong password, or a guesser",
     "Inbound authentication failed with error LogonDenied for Receive connector Default B. The "
     "authentication mechanism is Login. The source IP address of the client who tried to "
     "authenticate to Microsoft Exchange is [203.0.113.9].\n",
     "notices",
     "auth.password",
     Verdict::Inconclusive,
     1,
     "guess"},
    // nodemailer, issue 502
    {"a block list's page",
     "IP Address 198.51.100.44 is listed in the CBL. It shows signs of being infected.\n"
     "It was last detected at 2015-10-20 00:00 GMT (+/- 30 minutes), approximately 3 hours ago.\n"
     "The listing of this IP is because it HELOs as 127.0.0.1. Not only is this a violation.\n",
     "notices",
     "blacklist.helo",
     Verdict::Inconclusive,
     3,
     "2015-10-20 00:00 GMT"},
    // fail2ban, issue 2471
    {"role names guessed in one second, Postfix",
     "Jul 16 08:05:47 own postfix/smtpd[2]: connect from unknown[203.0.113.235]\n"
     "Jul 16 08:05:48 own postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[203.0.113.235]: 550 "
     "5.1.1 <support@own.example>: Recipient address rejected: User unknown in local recipient "
     "table; from=<q@s.example> to=<support@own.example> proto=ESMTP helo=<x>\n"
     "Jul 16 08:05:48 own postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[203.0.113.235]: 550 "
     "5.1.1 <sales@own.example>: Recipient address rejected: User unknown in local recipient "
     "table; "
     "from=<q@s.example> to=<sales@own.example> proto=ESMTP helo=<x>\n"
     "Jul 16 08:05:48 own postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[203.0.113.235]: 550 "
     "5.1.1 <office@own.example>: Recipient address rejected: User unknown in local recipient "
     "table; "
     "from=<q@s.example> to=<office@own.example> proto=ESMTP helo=<x>\n"
     "Jul 16 08:05:48 own postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[203.0.113.235]: 550 "
     "5.1.1 <info2@own.example>: Recipient address rejected: User unknown in local recipient "
     "table; "
     "from=<q@s.example> to=<info2@own.example> proto=ESMTP helo=<x>\n"
     "Jul 16 08:05:48 own postfix/smtpd[2]: NOQUEUE: reject: RCPT from unknown[203.0.113.235]: 550 "
     "5.1.1 <admin@own.example>: Recipient address rejected: User unknown in local recipient "
     "table; "
     "from=<q@s.example> to=<admin@own.example> proto=ESMTP helo=<x>\n",
     "harvest",
     "harvest.dictionary",
     Verdict::Fault,
     0,
     "5 unknown recipients"},
    // goldenfrog.com on a carrier's mail guard; wordtothewise.com
    {"masked over one access, whole over another, telnet",
     "$ telnet mail.box.example 25\nTrying 203.0.113.25...\n"
     "220 ****************************\nEHLO lap.example\n250-mail.box.example\n250-XXXXXXXA\n250 "
     "DSN\nSTARTTLS\n502 5.5.2 Error: command not recognized\nQUIT\n221 2.0.0 Bye\n\n"
     "$ telnet mail.box.example 25\nTrying 203.0.113.25...\n220 mail.box.example ESMTP\nEHLO "
     "lap.example\n250-mail.box.example\n250-STARTTLS\n250 DSN\nQUIT\n221 2.0.0 Bye\n",
     "pasted-dialogs",
     "intercepted.masked",
     Verdict::Fault,
     3,
     "first access"},
    {"masked, with marks of direction",
     "S: 220 ****************************\nC: EHLO lap.example\nS: 250-mail.box.example\nS: "
     "250-XXXXXXXA\nS: 250 DSN\n",
     "stripped-keywords",
     "intercepted.masked",
     Verdict::Fault,
     1,
     "XXXXXXXA"},
    // mailinabox, issue 1535
    {"an answer in RFC 821's words",
     "----------SMTP----------\n220 box.own.example ESMTP Service ready\nEHLO pad\n250-Requested "
     "mail "
     "action okay, completed\n250-SIZE 20000000\n250 OK\nQUIT\n",
     "pasted-dialogs",
     "intercepted.proxy",
     Verdict::Inconclusive,
     6, // where the answer ends
     "another access"},
    {"the same, and the server's own answer",
     "220 box.own.example ESMTP Service ready\nEHLO pad\n250-Requested mail action okay, "
     "completed\n"
     "250-SIZE 20000000\n250 OK\nQUIT\n\n$ nc box.own.example 587\n220 box.own.example ESMTP "
     "Postfix\n250-box.own.example\n250-PIPELINING\n250-STARTTLS\n250 DSN\n221 2.0.0 Bye\n",
     "pasted-dialogs",
     "intercepted.proxy",
     Verdict::Fault,
     5,
     "STARTTLS"},
    // alibabacloud.com, "IIS SMTP queue stuck"
    {"refused at the greeting, IIS",
     "#Software: Microsoft Internet Information Services 7.5\n#Fields: date time c-ip cs-username "
     "s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status "
     "sc-win32-status sc-bytes cs-bytes time-taken cs-version\n"
     "2014-12-08 02:02:40 198.51.100.234 OutboundConnectionResponse SMTPSVC1 SMTP1 - 25 - - "
     "421+Service+not+available,+closing+transmission+channel 0 0 54 0 109 SMTP\n",
     "pasted-dialogs",
     "refused.policy",
     Verdict::Inconclusive,
     3,
     "another address"},
    // butsch.ch on Exchange's delayed acknowledgment
    {"a word of a tarpit that is none",
     "2013-09-24T17:09:35.723Z,SRV\\Internet Receive,08D072FC7C4ACF6A,21,,,*,Tarpit for "
     "'0.00:00:00.312' due to 'DelayedAck',Delivered\n",
     "tarpit",
     "tarpit.delayed-ack",
     Verdict::Benign,
     1,
     "0.312 s"},
    // PHPMailer, issue 2599; the lines by tcpdump's form
    {"a path MTU black hole, tcpdump",
     "14:02:10.118201 IP 10.8.0.5.40112 > 198.51.100.90.25: Flags [S], seq 2249252255, win 64240, "
     "options [mss 1460,sackOK], length 0\n"
     "14:02:10.157127 IP 198.51.100.90.25 > 10.8.0.5.40112: Flags [S.], seq 334525364, ack "
     "2249252256, win 28960, options [mss 1460,sackOK], length 0\n"
     "14:02:10.157195 IP 10.8.0.5.40112 > 198.51.100.90.25: Flags [.], ack 1, win 502, length 0\n"
     "14:02:10.199207 IP 198.51.100.90.25 > 10.8.0.5.40112: Flags [P.], seq 1:15, ack 1, win 114, "
     "length 14: SMTP: 220 mx ESMTP\n"
     "14:02:10.199261 IP 10.8.0.5.40112 > 198.51.100.90.25: Flags [P.], seq 1:25, ack 15, win 502, "
     "length 24: SMTP: EHLO app.example.org\n"
     "14:02:10.238402 IP 198.51.100.90.25 > 10.8.0.5.40112: Flags [P.], seq 15:23, ack 25, win "
     "114, "
     "length 8: SMTP: 250 mx\n"
     "14:02:10.281951 IP 10.8.0.5.40112 > 198.51.100.90.25: Flags [.], seq 25:1473, ack 23, win "
     "502, "
     "length 1448: SMTP: Received: from app\n"
     "14:02:10.490211 IP 10.8.0.5.40112 > 198.51.100.90.25: Flags [.], seq 25:1473, ack 23, win "
     "502, "
     "length 1448: SMTP: Received: from app\n"
     "14:02:10.906233 IP 10.8.0.5.40112 > 198.51.100.90.25: Flags [.], seq 25:1473, ack 23, win "
     "502, "
     "length 1448: SMTP: Received: from app\n"
     "14:02:11.738209 IP 10.8.0.5.40112 > 198.51.100.90.25: Flags [.], seq 25:1473, ack 23, win "
     "502, "
     "length 1448: SMTP: Received: from app\n"
     "14:07:10.350012 IP 198.51.100.90.25 > 10.8.0.5.40112: Flags [P.], seq 23:40, ack 25, win "
     "114, "
     "length 17: SMTP: 421 4.4.2 bye bye\n",
     "path-mtu",
     "unreachable.path-mtu",
     Verdict::Fault,
     0,
     "MTU"},
};

/// Whom each of ../shared's texts has to be judged by, and how.
const PastedText SHARED[] = {
    {"03-telnet-asterisks-xxxa",
     "",
     nullptr,
     "intercepted.masked",
     Verdict::Fault,
     0,
     "first access"},
    {"04-nodejs-xxxxxxxx-stack", "", nullptr, "intercepted.masked", Verdict::Fault, 1, "STARTTLS"},
    {"08-iis-smtpsvc-421-asterisks",
     "",
     nullptr,
     "refused.policy",
     Verdict::Inconclusive,
     5,
     "address"},
    {"09-exchange-event-1035-xml", "", nullptr, "auth.server", Verdict::Fault, 11, "w32tm"},
    {"10-cbl-helo-127", "", nullptr, "blacklist.helo", Verdict::Inconclusive, 5, "port 25"},
    {"12-gfw-mangled-snort", "", nullptr, "forged.reply", Verdict::Fault, 0, "500 error"},
    {"13-openrelay-mailradar", "", nullptr, "relay.reply", Verdict::Inconclusive, 7, "DATA"},
    {"15-backscatter-postfix-journal", "", nullptr, "backscatter.ndr", Verdict::Fault, 7, "RCPT"},
    {"16-dictionary-postfix-wrapped",
     "",
     nullptr,
     "harvest.dictionary",
     Verdict::Fault,
     0,
     "7 unknown"},
    {"17-greylist-pool-sendmail",
     "",
     nullptr,
     "deferred.greylisting",
     Verdict::Fault,
     3,
     "3 times"},
    {"18-gmail-dmarc-docker-prefix",
     "",
     nullptr,
     "refused.authentication",
     Verdict::Fault,
     2,
     "not told"},
    {"19-exim-dsn-outlook-s3140", "", nullptr, "refused.reputation", Verdict::Fault, 26, "5.0.0"},
    {"20-exchange-receive-delayedack",
     "",
     nullptr,
     "tarpit.delayed-ack",
     Verdict::Benign,
     6,
     "0.312"},
    {"22-provider-port25-timeouts", "", nullptr, "unreachable.port", Verdict::Fault, 2, "587"},
    {"23-tcpdump-text-mtu",
     "",
     nullptr,
     "unreachable.path-mtu",
     Verdict::Fault,
     0,
     "timeout after DATA"},
    {"24-ptr-ipv6-gmail-qmail", "", nullptr, "refused.policy", Verdict::Fault, 7, "PTR"},
    {"26-starttls-vanished-isp", "", nullptr, "intercepted.proxy", Verdict::Fault, 8, "STARTTLS"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(pasted_texts)

BOOST_AUTO_TEST_CASE(AreJudgedAsTheirCausesAre)
{
    for (const PastedText& pasted : TEXTS)
    {
        BOOST_TEST_CONTEXT(pasted)
        {
            const std::vector<Alert> alerts = JudgeText(pasted.text);
            BOOST_TEST(IsTold(alerts, pasted), Told(alerts));
        }
    }
}

BOOST_AUTO_TEST_CASE(NobodyIsAccusedInThem)
{
    for (
        const char* text :
        {// Two servers of one organization behind one address.
         "$ telnet mx.firm.example 25\nTrying 198.51.100.25...\nConnected to mx.firm.example.\n220 "
         "mx1.firm.example ESMTP\nEHLO a.example\n250-mx1.firm.example\n250 DSN\nQUIT\n221 "
         "Bye\n\n$ telnet mx.firm.example 25\nTrying 198.51.100.25...\nConnected to "
         "mx.firm.example.\n220 mx2.firm.example ESMTP\nEHLO a.example\n250-mx2.firm.example\n250 "
         "8BITMIME\nQUIT\n221 Bye\n",
         // A provider's server, whoever calls.
         "$ telnet mx.firm.example 25\nTrying 198.51.100.25...\nConnected to mx.firm.example.\n220 "
         "mx7.hoster.test ESMTP\nEHLO a.example\n250-mx7.hoster.test\n250 DSN\nQUIT\n221 "
         "Bye\n\n$ telnet mx.firm.example 25\nTrying 198.51.100.25...\nConnected to "
         "mx.firm.example.\n220 mx8.hoster.test ESMTP\nEHLO a.example\n250-mx8.hoster.test\n250 "
         "8BITMIME\nQUIT\n221 Bye\n",
         "Dear all,\nplease note that RCPT TO is a command, and 550 a number.\n",
         "220 mail.box.example ESMTP\nEHLO a.example\n250-mail.box.example\n250 DSN\nQUIT\n221 "
         "Bye\n",
         "May  3 16:25:31 m postfix/smtp[8]: 5A1B2C3D4E: to=<a@b.example>, "
         "relay=mx.b.example[198.51.100.4]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n"})
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(CountFaults(alerts) == 0u, Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(ThoseOfOthersAreJudgedAsTheirListSays,
                     *boost::unit_test::precondition(tests::IfShared{"cases/texts"}))
{
    for (const PastedText& wanted : SHARED)
    {
        const EvidenceScratch scratch;
        for (const auto& file :
             fs::directory_iterator(tests::SharedPath("cases/texts") / wanted.name))
        {
            const std::string name = file.path().filename().string();
            if (name != "README.md" && name != "as-posted.txt")
            {
                fs::copy_file(file.path(), scratch.Path() / name);
            }
        }
        const std::vector<Alert> alerts = JudgePath(scratch.Path());
        BOOST_TEST(IsTold(alerts, wanted), wanted << "\n" << Told(alerts));
    }
}

BOOST_AUTO_TEST_SUITE_END()
