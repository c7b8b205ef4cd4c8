#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// On whose side a failure is: its words alone do not tell, but who says them to whom.

namespace
{

#define BOUNCED(said)                                                                              \
    "Nov  5 13:00:00 out postfix/smtp[11]: 7C2B41A0F3: to=<bo@goal.example>, "                     \
    "relay=mx.goal.example[192.0.2.26]:25, delay=1.3, dsn=5.7.1, status=bounced (host "            \
    "mx.goal.example[192.0.2.26] said: " said ")\n"

const PastedText REDACTED[] = {
    {"an address put out of sight, a sender's log",
     BOUNCED("550 5.1.1 <XXXXXX>: Recipient address rejected: User unknown (in reply to RCPT TO "
             "command)"),
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "does not exist"},
    {"a server's own log",
     "Nov  5 13:00:00 mx postfix/smtpd[11]: NOQUEUE: reject: RCPT from unknown[192.0.2.77]: 554 "
     "5.7.1 "
     "<XXXXXXX>: Relay access denied; from=<XXXXXXX> to=<XXXXXXX> proto=ESMTP helo=<XXXX>\n",
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     1,
     "Relay access denied"},
    {"a name in Microsoft's words",
     "Remote server returned '550 5.4.1 Recipient address rejected: Access denied. XXXXXXXX "
     "[XXXXXXXX.eurprd05.prod.outlook.com]'\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "Access denied"},
    // Its twin is a mask.
    {"a command that the server does not know",
     BOUNCED("500 5.5.1 Command unrecognized: \"XXXXXXXX\" (in reply to EHLO command)"),
     "refusals",
     "intercepted.masked",
     Verdict::Fault,
     1,
     "8 letters"},
};

const PastedText BETWEEN_SERVERS[] = {
    {"a server that calls its own domain's mail relaying",
     BOUNCED("554 5.7.1 <bo@goal.example>: Relay access denied (in reply to RCPT TO command)"),
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     1,
     "bears the recipient's domain"},
    {"in a bounce",
     "Reporting-MTA: dns; mail.sender.example\n\nFinal-Recipient: rfc822; bo@goal.example\nAction: "
     "failed\nStatus: 5.7.1\nRemote-MTA: dns; mx.goal.example\nDiagnostic-Code: smtp; 550 Relay "
     "denied\n",
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     0,
     "dig MX"},
    {"a server that wants a log-on of a server",
     BOUNCED("503 5.5.1 You must authenticate first. (in reply to MAIL FROM command)"),
     "refusals",
     "auth.required",
     Verdict::Inconclusive,
     1,
     "the receiver's"},
    {"another name",
     "Nov  5 13:00:00 out postfix/smtp[11]: 7C2B41A0F3: to=<bo@goal.example>, "
     "relay=relay.isp.example[192.0.2.26]:25, delay=1.3, dsn=5.7.1, status=bounced (host "
     "relay.isp.example[192.0.2.26] said: 554 5.7.1 <bo@goal.example>: Relay access denied (in "
     "reply "
     "to RCPT TO command))\n",
     "refusals",
     "refused.relaying",
     Verdict::Inconclusive,
     1,
     "if it is set to use it as its relay"},
    // Their twins are clients that have to log on.
    {"the relay at the port for log-ons",
     "Nov  5 13:00:00 out postfix/smtp[11]: 7C2B41A0F3: to=<bo@goal.example>, "
     "relay=mail.goal.example[192.0.2.26]:587, delay=1.3, dsn=5.7.0, status=bounced (host "
     "mail.goal.example[192.0.2.26] said: 530 5.7.0 Authentication required (in reply to MAIL FROM "
     "command))\n",
     "refusals",
     "auth.required",
     Verdict::Fault,
     1,
     "does not log on"},
    {"a program's error",
     "smtplib.SMTPRecipientsRefused: {'bo@goal.example': (554, b'5.7.1 <bo@goal.example>: Relay "
     "access "
     "denied')}\n",
     "refusals",
     "refused.relaying",
     Verdict::Fault,
     1,
     "not logged on"},
    {"a program's error in its own log",
     "2024-11-12 09:00:00 INFO worker-0 request id=0 handled in 0 ms\n"
     "2024-11-12 09:50:00 ERROR mailer: smtplib.SMTPRecipientsRefused: {'bo@goal.example': (554, "
     "b'5.7.1 <bo@goal.example>: Relay access denied')}\n",
     "refusals",
     "refused.relaying",
     Verdict::Fault,
     2,
     "not logged on"},
    {"a greeting that is the reporting server's own name",
     BOUNCED(
         "504 Invalid HELO. response=504 5.5.2 <mx>: Helo command rejected: need fully-qualified "
         "hostname (in reply to end of DATA command)"),
     "refusals",
     "refused.hello",
     Verdict::Inconclusive,
     1,
     "the next one refuses its greeting"},
    {"a greeting that is another's",
     BOUNCED(
         "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname (in reply to "
         "RCPT TO command)"),
     "refusals",
     "refused.hello",
     Verdict::Fault,
     1,
     "the sender's"},
};

const PastedText OWN_DECISIONS[] = {
    {"the own milter, in a bounce",
     "This is the mail system at host mail.home.example.\n\n<bo@goal.example>: Spam message "
     "rejected\n\n"
     "Reporting-MTA: dns; mail.home.example\n\nFinal-Recipient: rfc822; bo@goal.example\nAction: "
     "failed\nStatus: 5.7.1\nDiagnostic-Code: X-Postfix; Spam message rejected\n",
     "refusals",
     "refused.content",
     Verdict::Inconclusive,
     0,
     "this host's own"},
    {"the own maps",
     "Nov  5 13:00:00 mx postfix/error[11]: 7C2B41A0F3: to=<bo@home.example>, relay=none, delay=1, "
     "dsn=4.3.0, status=deferred (address resolver failure)\n",
     "refusals",
     "deferred.backend",
     Verdict::Fault,
     1,
     "this host's own"},
    {"the own bounce service",
     "Nov  5 13:00:00 mx postfix/error[11]: 7C2B41A0F3: to=<bo@home.example>, relay=none, delay=1, "
     "dsn=4.3.0, status=deferred (bounce or trace service failure)\n",
     "refusals",
     "deferred.backend",
     Verdict::Fault,
     1,
     "this host's own"},
    // Their twins are another server's.
    {"a receiver's filter",
     BOUNCED("550 5.7.1 Spam message rejected (in reply to end of DATA command)"),
     "refusals",
     "refused.content",
     Verdict::Fault,
     1,
     "the receiver's filter"},
    {"a name beside a loopback address",
     "2024-03-25 15:35:55 1WSTOA-0000xz-JF == bo@goal.example R=dnslookup T=remote_smtp defer "
     "(-44): "
     "SMTP error from remote mail server after RCPT TO:<bo@goal.example>: host mx.goal.example "
     "[127.0.0.1]: 451 127.0.0.2 is not yet authorized to deliver mail\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Benign,
     1,
     "the receiver's"},
};

const PastedText WAYS[] = {
    {"no route, which anybody on the way may say",
     "Nov  5 13:00:00 out postfix/smtp[11]: connect to mx.goal.example[192.0.2.26]:25: No route to "
     "host\nNov  5 13:00:00 out postfix/smtp[11]: 7C2B41A0F3: to=<bo@goal.example>, relay=none, "
     "delay=3, dsn=4.4.1, status=deferred (connect to mx.goal.example[192.0.2.26]:25: No route to "
     "host)\n",
     "unreachable",
     "unreachable.route",
     Verdict::Inconclusive,
     0,
     "the receiver's firewall"},
    {"no network, which the host says itself",
     "Nov  5 13:00:00 out postfix/smtp[11]: 7C2B41A0F3: to=<bo@goal.example>, relay=none, delay=3, "
     "dsn=4.4.1, status=deferred (connect to mx.goal.example[192.0.2.26]:25: Network is "
     "unreachable)\n",
     "unreachable",
     "unreachable.route",
     Verdict::Inconclusive,
     0,
     "the sending host's own network set-up"},
    {"a certificate out of date",
     "smtplib: ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
     "failed: certificate has expired (_ssl.c:1129)\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "has to be renewed"},
    {"another name's certificate",
     "smtplib: ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
     "failed: Hostname mismatch, certificate is not valid for 'mail.goal.example'. (_ssl.c:1129)\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "by another name"},
    {"an issuer that is not trusted",
     "smtplib: ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
     "failed: unable to get local issuer certificate (_ssl.c:1129)\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "takes it away"},
};

const PastedText OWN_PROGRAMS[] = {
    {"nothing listens at localhost, by its name",
     "smtp.rb:539:in `initialize': Connection refused - connect(2) for \"localhost\" port 25 "
     "(Errno::ECONNREFUSED)\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Fault,
     1,
     "this host's own"},
    {"another program",
     "msmtp: cannot connect to localhost, port 1025: Connection refused\nmsmtp: could not send "
     "mail\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Fault,
     1,
     "this host's own"},
    {"a milter that does not run, behind a fence",
     "```warning: connect to Milter service inet:localhost:8891: Connection refused```\n"
     "smtp: mail is sent without it\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Fault,
     1,
     "its milter"},
    {"a name that is not this host's",
     "smtp.rb:539:in `initialize': Connection refused - connect(2) for \"mx.goal.example\" port 25 "
     "(Errno::ECONNREFUSED)\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Inconclusive,
     1,
     "to mx.goal.example"},
    {"the resolver is no mail server",
     "dial tcp: lookup smtp.goal.example on 10.96.0.10:53: no such host; smtp: no mail sent\n",
     "unreachable",
     "unreachable.name",
     Verdict::Inconclusive,
     1,
     "smtp.goal.example"},
    {"IPv6 alone, the port behind the address",
     "Cannot connect to 2001:db8:4003::1b:25 (MX.GOAL.EXAMPLE) (Net::OpenTimeout: execution "
     "expired) smtp\nConnected to 192.0.2.27:25 (MX.GOAL.EXAMPLE)\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "own IPv6"},
    {"IPv4",
     "Cannot connect to 192.0.2.27:25 (MX.GOAL.EXAMPLE) (Net::OpenTimeout: execution expired) "
     "smtp\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "own firewall or provider"},
};

const PastedText READ_ASIDE[] = {
    {"a reverse name in a session's trace, before the end that follows from it",
     "mta: 0x1a2b3c: MTA_INIT -> MTA_BANNER\n"
     "mta: 0x1a2b3c: <<< 554-goal.example (mx8) ESMTP Service not available\n"
     "mta: 0x1a2b3c: <<< 554-Bad DNS PTR resource record.\n"
     "mta: 0x1a2b3c: <<< 554 For explanation visit http://goal.example/?c=rdns\n"
     "mta: 0x1a2b3c: MTA_BANNER -> MTA_EHLO\nmta: 0x1a2b3c: >>> EHLO home.example\n"
     "smtp-out: Error on session c3ad904c53f19f93: Connection closed unexpectedly\n",
     "refusals",
     "refused.policy",
     Verdict::Fault,
     0,
     "PTR"},
    {"a guesser whom Exim names by his greeting",
     "2025-09-10 13:24:22 login authenticator failed for ([127.0.0.1]) [198.51.100.238]: 535 "
     "Incorrect authentication data (set_id=anna@own.example)\n",
     "named-causes",
     "auth.password",
     Verdict::Inconclusive,
     1,
     "from 198.51.100.238"},
    {"a guesser with a name of his own",
     "2025-09-10 13:24:22 login authenticator failed for dsl.isp.example (pc) [198.51.100.238]: "
     "535 "
     "Incorrect authentication data (set_id=anna@own.example)\n",
     "named-causes",
     "auth.password",
     Verdict::Inconclusive,
     1,
     "from dsl.isp.example (198.51.100.238)"},
    {"TLS by hand, cut, with a certificate out of date",
     "CONNECTED(00000003)\ndepth=0 CN = goal.example\nverify error:num=10:certificate has expired\n"
     "---\nCertificate chain\n---\n    Verify return code: 10 (certificate has expired)\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Fault,
     0,
     "the server's: its certificate"},
    {"a policy that was not fetched",
     "{\"organization-name\":\"Big Mail\",\"report-id\":\"1\",\"policies\":[{\"policy\":"
     "{\"policy-type\":\"sts\",\"policy-domain\":\"goal.example\"},\"summary\":"
     "{\"total-successful-session-count\":0,\"total-failure-session-count\":3},"
     "\"failure-details\":[{\"result-type\":\"sts-policy-fetch-error\","
     "\"failed-session-count\":3}]}]}\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "mta-sts.goal.example"},
    {"no TLS at the server",
     "{\"organization-name\":\"Big Mail\",\"report-id\":\"1\",\"policies\":[{\"policy\":"
     "{\"policy-type\":\"sts\",\"policy-domain\":\"goal.example\"},\"summary\":"
     "{\"total-successful-session-count\":0,\"total-failure-session-count\":3},"
     "\"failure-details\":[{\"result-type\":\"starttls-not-supported\","
     "\"failed-session-count\":3}]}]}\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "No TLS comes about"},
    {"what an Exchange server says itself",
     "Diagnostic information for administrators:\nGenerating server: ex1.home.example\n"
     "bo@goal.example\nRemote Server at goal.example (192.0.2.26) returned '400 4.4.7 Message "
     "delayed'\n11/5/2024 1:00:00 PM - Remote Server at goal.example (192.0.2.26) returned '441 "
     "4.4.1 "
     "Error encountered while communicating with primary target IP address: \"Failed to connect. "
     "Winsock error code: 10060, Win32 error code: 10060.\"'\n",
     "refusals",
     "unreachable.port",
     Verdict::Inconclusive,
     0,
     "The sending server waits"},
};

#undef BOUNCED

/// What of no reply of another host may be said: of whose it is, and who was to answer.
struct Silent
{
    const char* name;
    const char* text;
    const char* dottedClass; //!< That no alert may have.
};

const Silent UNSAID[] = {
    {"a bounce's own head",
     "Authentication-Results: mx.home.example; dkim=none\nFrom: MAILER-DAEMON@goal.example\n\n"
     "<bo@goal.example>:\n552 5.2.2 <bo@goal.example> Quota exceeded (mailbox for user is full)\n",
     "refused.authentication"},
    {"a delivery that ended well",
     "<<< 220 mx3.goal.example ready\n\n>>> HELO mx1.goal.example\n\n<<< 250 mx3.goal.example\n\n"
     ">>> MAIL FROM: a@home.example\n\n<<< 250 ok\n\n>>> RCPT TO: bo@goal.example\n\n<<< 250 ok\n\n"
     ">>> DATA\n\n<<< 354 go on\n\n>>> Subject: test\n.\n\n<<< 250 queued\n\n>>> QUIT\n",
     "relay.reply"},
    {"a client without a name, in a proxy's log",
     "2022/04/05 15:46:02 [error] 81#81: *80 198.51.100.67 could not be resolved (3: Host not "
     "found) "
     "while in resolving client address, client: 198.51.100.67, server: 0.0.0.0:25 smtp\n",
     "unreachable.name"},
    {"a report's code beside its reply",
     "The response from the remote server was:\n550 5.7.9 This mail has been blocked because the "
     "sender is unauthenticated: SPF and DKIM fail.\n\nFinal-Recipient: rfc822; bo@goal.example\n"
     "Action: failed\nStatus: 5.7.9\nRemote-MTA: dns; mx.goal.example\n",
     "auth.refused"},
    {"an answer to RCPT is no greeting",
     "S: 550-Requested action not taken: mailbox unavailable\nS: 550 Failure sending mail\n",
     "refused.policy"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(whose_side)

BOOST_AUTO_TEST_CASE(RowsOfXAreMostlyNoMask)
{
    CheckAll(std::begin(REDACTED), std::end(REDACTED));
}

BOOST_AUTO_TEST_CASE(BetweenServersNobodyLogsOn)
{
    CheckAll(std::begin(BETWEEN_SERVERS), std::end(BETWEEN_SERVERS));
}

BOOST_AUTO_TEST_CASE(WhatAHostDecidesAloneIsItsOwn)
{
    CheckAll(std::begin(OWN_DECISIONS), std::end(OWN_DECISIONS));
}

BOOST_AUTO_TEST_CASE(WaysAndCertificates)
{
    CheckAll(std::begin(WAYS), std::end(WAYS));
}

BOOST_AUTO_TEST_CASE(ThisHostByAnyName)
{
    CheckAll(std::begin(OWN_PROGRAMS), std::end(OWN_PROGRAMS));
}

BOOST_AUTO_TEST_CASE(TheLineThatDecides)
{
    CheckAll(std::begin(READ_ASIDE), std::end(READ_ASIDE));
}

BOOST_AUTO_TEST_CASE(WhatIsNotSaid)
{
    for (const Silent& each : UNSAID)
    {
        const std::vector<Alert> alerts = JudgeText(each.text);
        for (const Alert& alert : alerts)
        {
            const bool isNaive = alert.detector == std::string("relay-reply");
            BOOST_TEST((isNaive || alert.dottedClass != each.dottedClass),
                       each.name << "\n"
                                 << Told(alerts));
        }
    }
    // The tester's twin: a stranger's recipient, and a test that stops.
    const std::string head =
        "<<< 220 mx3.goal.example ready\n>>> HELO t.example\n<<< 250 ok\n>>> MAIL "
        "FROM: <a@home.example>\n<<< 250 ok\n>>> RCPT TO: <x@far.example>\n<<< "
        "250 ok\n";
    for (const auto& [more, says] :
         {std::pair(">>> DATA\n<<< 354 go on\n>>> .\n<<< 250 queued\n>>> QUIT\n",
                    "a message taken"),
          std::pair(">>> RSET\n<<< 250 ok\n>>> QUIT\n", "sent no message")})
    {
        const std::vector<Alert> alerts = JudgeText(head + more);
        BOOST_TEST(
            IsTold(alerts,
                   {"", "", "relay-transcripts", "relay.reply", Verdict::Inconclusive, 0, says}),
            Told(alerts));
    }
}

BOOST_AUTO_TEST_SUITE_END()
