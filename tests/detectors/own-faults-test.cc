#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

// Faults of the host whose log it is, or of what it asks, that a reply's general words would give
// to somebody else; and what is set up so on purpose.

namespace
{

const PastedText LISTS[] = {
    {"a list that refuses the resolver, the receiver's log",
     "Nov 12 08:14:03 mx1 postfix/smtpd[211]: NOQUEUE: reject: RCPT from "
     "out.mail.example[192.0.2.45]: 554 5.7.1 Service unavailable; Client host [192.0.2.45] "
     "blocked using zen.spamhaus.org; Error: open resolver; "
     "https://check.spamhaus.org/returnc/pub/198.51.100.53/; from=<a@mail.example> "
     "to=<o@own.example> proto=ESMTP helo=<out.mail.example>\n"
     "Nov 12 08:14:41 mx1 postfix/smtpd[211]: NOQUEUE: reject: RCPT from "
     "mx.pal.example[203.0.113.77]: 554 5.7.1 Service unavailable; Client host [203.0.113.77] "
     "blocked using zen.spamhaus.org; Error: open resolver; "
     "https://check.spamhaus.org/returnc/pub/198.51.100.53/; from=<b@pal.example> "
     "to=<o@own.example> proto=ESMTP helo=<mx.pal.example>\n",
     "refusals",
     "refused.lookup",
     Verdict::Fault,
     1,
     "this server's own"},
    {"a list that refuses the resolver, a bounce",
     "<o@own.example>: host mx1.own.example[198.51.100.53] said: 550 5.7.1 Client host\n"
     "    [203.0.113.77] rejected: listed at zen.dq.spamhaus.net, 127.255.255.254 (in reply to\n"
     "    RCPT TO command)\n",
     "refusals",
     "refused.lookup",
     Verdict::Fault,
     1,
     "nobody has to be delisted"},
    {"a list that is asked too often, Exim",
     "2024-11-12 08:14:03 1tAnXq-0001bC-2k ** o@own.example R=dnslookup T=remote_smtp "
     "H=mx1.own.example [198.51.100.53]: SMTP error from remote mail server after RCPT "
     "TO:<o@own.example>: 550 JunkMail rejected - out.mail.example [192.0.2.45] is in an RBL, see "
     "https://www.spamhaus.org/returnc/vol/\n",
     "refusals",
     "refused.lookup",
     Verdict::Fault,
     1,
     "the receiver's"},
    {"a listing",
     "Nov 12 08:14:03 out postfix/smtp[211]: 4XnfQ21Xz9: to=<o@own.example>, "
     "relay=mx1.own.example[198.51.100.53]:25, delay=1, dsn=5.7.1, status=bounced (host "
     "mx1.own.example[198.51.100.53] said: 554 5.7.1 Service unavailable; Client host "
     "[203.0.113.77] blocked using zen.spamhaus.org; https://check.spamhaus.org/query/ip/"
     "203.0.113.77 (in reply to RCPT TO command))\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "block list"},
};

const PastedText SCREENS[] = {
    {"postscreen's test of a new client",
     "Nov 12 12:30:07 mx1 postfix/postscreen[950]: PASS NEW [203.0.113.150]:51022\n"
     "Nov 12 12:30:07 mx1 postfix/postscreen[950]: NOQUEUE: reject: RCPT from "
     "[203.0.113.150]:51022: 450 4.3.2 Service currently unavailable; from=<b@pal.example>, "
     "to=<o@own.example>, proto=ESMTP, helo=<mail.pal.example>\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Benign,
     2,
     "postscreen"},
    {"postscreen's test, by the sender",
     "2024-11-12 08:14:03 1tAnXq-0001bC-2k == o@own.example R=dnslookup T=remote_smtp defer (-44) "
     "H=mx1.own.example [198.51.100.53]: SMTP error from remote mail server after RCPT "
     "TO:<o@own.example>: 450 4.3.2 Service currently unavailable\n",
     "refusals",
     "deferred.greylisting",
     Verdict::Benign,
     1,
     "postscreen"},
    {"a server without room",
     "Nov 12 12:30:07 mx1 postfix/smtpd[950]: NOQUEUE: reject: MAIL from "
     "mail.pal.example[203.0.113.150]: 452 4.3.1 Insufficient system storage; "
     "from=<b@pal.example> proto=ESMTP helo=<mail.pal.example>\n",
     "refusals",
     "deferred.busy",
     Verdict::Fault,
     1,
     "this server's own"},
};

const PastedText FILTERS[] = {
    {"a scanner that does not run, behind the own filter",
     "Nov 12 09:21:49 mx1 postfix/smtp[315]: 4XnfSd2jz1: to=<o@own.example>, "
     "relay=127.0.0.1[127.0.0.1]:10024, delay=9.4, dsn=4.5.0, status=deferred (host "
     "127.0.0.1[127.0.0.1] said: 451 4.5.0 Error in processing, id=03121-08, virus_scan FAILED: "
     "virus_scan: ALL VIRUS SCANNERS FAILED: ClamAV-clamd av-scanner FAILED (in reply to end of "
     "DATA command))\n",
     "refusals",
     "deferred.filter",
     Verdict::Fault,
     1,
     "this host's own"},
    {"a scanner that does not run, another's",
     "<o@goal.example>: host mx.goal.example[198.51.100.53] said: 451 4.7.1 Virus scanner\n"
     "    not available, try again later (in reply to end of DATA command)\n",
     "refusals",
     "deferred.filter",
     Verdict::Fault,
     1,
     "the receiver's"},
    {"a virus",
     "<o@goal.example>: host mx.goal.example[198.51.100.53] said: 550 5.7.1 Message contains a\n"
     "    virus (Eicar-Test) (in reply to end of DATA command)\n",
     "refusals",
     "refused.content",
     Verdict::Fault,
     1,
     "the receiver's filter"},
    {"the own filter refuses",
     "Nov 12 09:21:49 mx1 postfix/smtp[315]: 4XnfSd2jz1: to=<o@own.example>, "
     "relay=localhost[::1]:10024, delay=9.4, dsn=5.7.0, status=bounced (host "
     "localhost[::1] said: 554 5.7.0 Reject, id=03121-08 - spam (in reply to end of "
     "DATA command))\n",
     "refusals",
     "refused.content",
     Verdict::Fault,
     1,
     "this host's own"},
    {"nobody listens for the own filter",
     "Nov 12 17:10:01 mx1 postfix/smtp[130]: 4Xnl5A2Qz3: to=<o@own.example>, relay=none, "
     "delay=0.1, "
     "dsn=4.4.1, status=deferred (connect to 127.0.0.1[127.0.0.1]:10024: Connection refused)\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Fault,
     1,
     "this host's own"},
    {"nobody listens for the own filter, IPv6",
     "Nov 12 17:10:01 mx1 postfix/lmtp[130]: 4Xnl5A2Qz3: to=<o@own.example>, relay=none, "
     "delay=0.1, "
     "dsn=4.4.1, status=deferred (connect to localhost[::1]:8024: Connection refused)\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Fault,
     1,
     "this host's own"},
    {"another's server refuses the connection",
     "Nov 12 17:10:01 mx1 postfix/smtp[130]: 4Xnl5A2Qz3: to=<o@goal.example>, relay=none, "
     "delay=0.1, dsn=4.4.1, status=deferred (connect to mx.goal.example[198.51.100.53]:25: "
     "Connection refused)\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Inconclusive,
     1,
     "unknown"},
};

const PastedText BACKENDS[] = {
    {"a log-on that the server cannot check, a mail program",
     "Sending of the message failed.\nAn error occurred while sending mail: Outgoing server (SMTP) "
     "error. The server responded:  4.7.0 Temporary authentication failure. Please try again "
     "later.\n",
     "refusals",
     "auth.backend",
     Verdict::Fault,
     2,
     "the mail server's own"},
    {"a log-on that the server cannot check, Python",
     "Traceback (most recent call last):\n  File \"send.py\", line 3, in <module>\n"
     "smtplib.SMTPAuthenticationError: (454, b'4.7.0 Temporary authentication failure: "
     "Connection lost to authentication server')\n",
     "refusals",
     "auth.backend",
     Verdict::Fault,
     3,
     "the mail server's own"},
    {"a log-on that the server refuses, Python",
     "Traceback (most recent call last):\n  File \"send.py\", line 3, in <module>\n"
     "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: authentication failed')\n",
     "refusals",
     "auth.refused",
     Verdict::Fault,
     3,
     "the client's"},
};

const PastedText TENANTS[] = {
    {"a limited tenant, its address",
     "Diagnostic information for administrators:\n\nGenerating server: "
     "AM0.eurprd05.prod.outlook.com\n\npal@mail.example\nRemote Server returned '550 5.7.708 "
     "Service unavailable. Access denied, traffic not accepted from this IP. AS(7230) "
     "[AM0.eurprd05.prod.outlook.com]'\n",
     "refusals",
     "refused.tenant",
     Verdict::Fault,
     6,
     "own tenant"},
    {"a limited tenant, its volume",
     "Remote Server returned '550 5.7.705 Access denied, tenant has exceeded threshold. "
     "[AM0.eurprd05.prod.outlook.com]'\n",
     "refusals",
     "refused.tenant",
     Verdict::Fault,
     1,
     "own tenant"},
    {"a limited mailbox",
     "Remote Server returned '550 5.1.8 Access denied, bad outbound sender AS(42004) "
     "[AM0.eurprd05.prod.outlook.com]'\n",
     "refusals",
     "refused.tenant",
     Verdict::Fault,
     1,
     "own tenant"},
    {"an address that the receiver bans",
     "Remote Server returned '550 5.7.606 Access denied, banned sending IP [203.0.113.9] "
     "[AM0.eop.prod.protection.outlook.com]'\n",
     "refusals",
     "refused.reputation",
     Verdict::Fault,
     1,
     "block list"},
};

const PastedText BODIES[] = {
    {"a body that does not arrive, Exim",
     "2024-11-12 11:00:03 1tAnXq-0001bC-2k H=mx.goal.example [203.0.113.120]: SMTP timeout after "
     "sending data block (129024 bytes written): Connection timed out\n"
     "2024-11-12 11:00:03 1tAnXq-0001bC-2k == a@goal.example R=dnslookup T=remote_smtp defer "
     "(110): "
     "Connection timed out H=mx.goal.example [203.0.113.120]: SMTP timeout after sending data "
     "block "
     "(129024 bytes written)\n",
     "unreachable",
     "unreachable.path-mtu",
     Verdict::Inconclusive,
     0,
     "filter"},
    {"a body that is not answered, Exim",
     "2024-11-12 11:00:03 1tAnXq-0001bC-2k == a@goal.example R=dnslookup T=remote_smtp defer "
     "(110): "
     "Connection timed out H=mx.goal.example [203.0.113.120]: SMTP timeout after end of data (9024 "
     "bytes written)\n",
     "unreachable",
     "unreachable.path-mtu",
     Verdict::Inconclusive,
     0,
     "filter"},
    {"a server that does not answer, Exim",
     "2024-11-12 11:00:03 1tAnXq-0001bC-2k == a@goal.example R=dnslookup T=remote_smtp defer "
     "(110): "
     "Connection timed out H=mx.goal.example [203.0.113.120]\n",
     "unreachable",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "No server answers"},
};

std::string
Unnamed(const char* domain)
{
    return std::string("Nov 12 17:20:01 out postfix/smtp[140]: 4Xnl6A2Qz3: to=<a@") + domain +
           ">, relay=none, delay=10, dsn=4.4.3, status=deferred (Host or domain name not found. "
           "Name service error for name=" +
           domain + " type=MX: Host not found, try again)\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(own_faults)

BOOST_AUTO_TEST_CASE(AListThatRefusesTheResolverListsNobody)
{
    CheckAll(std::begin(LISTS), std::end(LISTS));
}

BOOST_AUTO_TEST_CASE(PostscreensTestIsByDesign)
{
    CheckAll(std::begin(SCREENS), std::end(SCREENS));
}

BOOST_AUTO_TEST_CASE(WhatAnswersAtTheLoopbackIsTheHostsOwn)
{
    CheckAll(std::begin(FILTERS), std::end(FILTERS));
}

BOOST_AUTO_TEST_CASE(ALogOnThatTheServerCannotCheckIsTheServers)
{
    CheckAll(std::begin(BACKENDS), std::end(BACKENDS));
    for (const PastedText& text : BACKENDS)
    {
        const std::vector<Alert> alerts = JudgeText(text.text);
        BOOST_TEST(Told(alerts).find("Kerberos") == std::string::npos, Told(alerts));
        BOOST_TEST(Told(alerts).find("auth-cause") == std::string::npos, Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(ALimitedTenantIsTheSendersOwn)
{
    CheckAll(std::begin(TENANTS), std::end(TENANTS));
}

BOOST_AUTO_TEST_CASE(ASessionThatStoodIsNoUnansweredPort)
{
    CheckAll(std::begin(BODIES), std::end(BODIES));
    const std::vector<Alert> alerts = JudgeText(BODIES[0].text);
    BOOST_TEST(alerts.size() == 1u, Told(alerts));
}

BOOST_AUTO_TEST_CASE(NamesThatAllFailForNowAreTheResolvers)
{
    const std::string three = Unnamed("one.example") + Unnamed("two.test") + Unnamed("three.org");
    const auto wants = [](Verdict verdict, const char* says) {
        return PastedText{"", "", "unreachable", "unreachable.name", verdict, 1, says};
    };
    std::vector<Alert> alerts = JudgeText(three);
    BOOST_TEST(IsTold(alerts, wants(Verdict::Fault, "own resolver")), Told(alerts));
    // Exim's words for it.
    std::string exim;
    for (const char* const domain : {"one.example", "two.test", "three.org"})
    {
        exim += std::string("2024-11-12 11:00:03 1tAn") + domain[0] + domain[1] +
                "-0001bC-2k == a@" + domain +
                " R=dnslookup defer (-1): host lookup did not complete\n";
    }
    alerts = JudgeText(exim);
    BOOST_TEST(IsTold(alerts, wants(Verdict::Fault, "own resolver")), Told(alerts));
    // Sendmail's.
    std::string sendmail;
    for (const char* const domain : {"one.example", "two.test", "three.org"})
    {
        sendmail += std::string("Nov 12 17:20:01 out sendmail[140]: 4A") + domain[0] + domain[1] +
                    ": to=<a@" + domain + ">, mailer=esmtp, relay=" + domain +
                    "., dsn=4.0.0, stat=Deferred: Name server: " + domain +
                    ".: host name lookup failure\n";
    }
    alerts = JudgeText(sendmail);
    BOOST_TEST(IsTold(alerts, wants(Verdict::Fault, "own resolver")), Told(alerts));
    // One domain alone, or another one that is found meanwhile: the domain's, or unknown.
    alerts = JudgeText(Unnamed("one.example") + Unnamed("one.example") + Unnamed("one.example"));
    BOOST_TEST(IsTold(alerts, wants(Verdict::Inconclusive, "unknown")), Told(alerts));
    alerts =
        JudgeText(three + "Nov 12 17:20:09 out postfix/smtp[141]: 4Xnl6A2Qz4: to=<a@four.org>, "
                          "relay=mx.four.org[198.51.100.8]:25, delay=1, dsn=2.0.0, "
                          "status=sent (250 2.0.0 Ok)\n");
    BOOST_TEST(IsTold(alerts, wants(Verdict::Inconclusive, "unknown")), Told(alerts));
    // Names that do not exist are no outage.
    std::string missing = three;
    for (std::size_t at = missing.find(", try again"); at != missing.npos;
         at = missing.find(", try again"))
    {
        missing.erase(at, 11);
    }
    alerts = JudgeText(missing);
    BOOST_TEST(IsTold(alerts, wants(Verdict::Inconclusive, "unknown")), Told(alerts));
}

BOOST_AUTO_TEST_CASE(ACodeThatNoLineHasIsNotPrinted)
{
    for (const char* const text :
         {"2024-11-12 09:12:01 H=mail.p.example [203.0.113.77] F=<j@p.example> temporarily "
          "rejected "
          "after DATA\n",
          "2024-11-12 09:12:01 H=(x) [203.0.113.211] rejected EHLO or HELO 198.51.100.20: forged "
          "HELO\n",
          "2024-11-12 09:12:01 SMTP protocol synchronization error (input sent without waiting for "
          "greeting): rejected connection from H=[203.0.113.211] input=\"EHLO ylmf-pc\\r\\n\"\n"})
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(!alerts.empty());
        for (const Alert& alert : alerts)
        {
            BOOST_TEST(alert.evidence.explanation.find("50") == std::string::npos, Told(alerts));
            BOOST_TEST((alert.verdict != Verdict::Fault), Told(alerts));
        }
    }
    // The code that a line has is printed.
    BOOST_TEST(Told(JudgeText("2024-11-12 09:12:01 H=(x) [203.0.113.211] F=<a@b.example> rejected "
                              "RCPT <anna@home.example>: 550 5.7.1 not here\n"))
                   .find("550 5.7.1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ALookupOfTheServersOwnRules)
{
    const PastedText wanted{
        "Exim's ACL",
        "2024-11-12 09:12:01 H=mail.p.example [203.0.113.77] F=<j@p.example> "
        "temporarily rejected RCPT <anna@home.example>: failed to expand ACL "
        "string \"${lookup mysql{SELECT}}\": lookup of \"SELECT\" gave DEFER: MYSQL "
        "connection failed\n",
        "refusals",
        "deferred.backend",
        Verdict::Fault,
        1,
        "this server's own: the database"};
    CheckAll(&wanted, &wanted + 1);
}

BOOST_AUTO_TEST_CASE(ARefusedLogOnAndWhatFollowsIt)
{
    const std::string refused = "2024-11-12 09:12:02 1tAnXq-0001bC-2k plain authenticator failed "
                                "H=smtp.p.example [203.0.113.25] 535 5.7.8 Error: authentication "
                                "failed\n";
    const std::string wanted =
        "2024-11-12 09:12:02 1tAnXq-0001bC-2k == b@f.example R=smarthost "
        "T=remote_smtp_smarthost defer (0) H=smtp.p.example [203.0.113.25]: SMTP "
        "error from remote mail server after MAIL FROM:<a@home.example>: 530 "
        "5.7.0 Authentication required\n";
    std::vector<Alert> alerts = JudgeText(refused + wanted);
    BOOST_TEST_REQUIRE(alerts.size() == 1U, Told(alerts));
    BOOST_TEST(alerts.front().dottedClass == "auth.refused", Told(alerts));
    // Without it, or of another message, the server is told to want a log-on.
    for (const std::string& text :
         {wanted, "2024-11-12 09:12:02 1tAnXq-0001bC-3k" + refused.substr(36) + wanted})
    {
        alerts = JudgeText(text);
        BOOST_TEST(std::any_of(alerts.begin(),
                               alerts.end(),
                               [](const Alert& alert)
                               { return alert.dottedClass == "auth.required"; }),
                   Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(AnIdleClientIsNoUnreachableServer)
{
    const std::string head = "#Software: Microsoft Exchange Server\n#Version: 15.0.0.0\n#Log-type: "
                             "SMTP Receive Protocol Log\n#Date: 2024-11-12T08:00:01.120Z\n#Fields: "
                             "date-time,connector-id,session-id,sequence-number,local-endpoint,"
                             "remote-endpoint,event,data,context\n";
    const std::string who = ",EX01\\Default,08DCF90A1B2C3D60,";
    const std::string ends = ",10.0.0.5:25,203.0.113.211:50122,";
    const std::string log = head + "2024-11-12T08:00:01.120Z" + who + "0" + ends + "+,,\n" +
                            "2024-11-12T08:00:01.121Z" + who + "1" + ends +
                            ">,\"220 EX01.home.example Microsoft ESMTP MAIL Service ready\",\n" +
                            "2024-11-12T08:05:01.121Z" + who + "2" + ends +
                            ">,421 4.4.1 Connection timed out,\n" + "2024-11-12T08:05:01.122Z" +
                            who + "3" + ends + "-,,Local\n";
    const std::vector<Alert> alerts = JudgeText(log);
    BOOST_TEST_REQUIRE(alerts.size() == 1U, Told(alerts));
    BOOST_TEST(alerts.front().dottedClass == "deferred.idle", Told(alerts));
    BOOST_TEST((alerts.front().verdict == Verdict::Benign), Told(alerts));
}

BOOST_AUTO_TEST_CASE(WithoutAMechanismNoLogOnIsRefused)
{
    const std::string head = "Nov 12 09:12:01 mail postfix/smtp[1]: A1B2C3D4E5: to=<b@f.example>, "
                             "relay=smtp.p.example[203.0.113.25]:587, delay=3, delays=1/0/2/0, "
                             "dsn=4.7.0, status=deferred (SASL authentication failed; ";
    const std::string mechanism =
        head +
        "cannot authenticate to server smtp.p.example[203.0.113.25]: no mechanism available)\n";
    const std::string refused = head + "server smtp.p.example[203.0.113.25] said: 535 5.7.8 Error: "
                                       "authentication failed)\n";
    const PastedText wanted[] = {{"no mechanism",
                                  mechanism.c_str(),
                                  "refusals",
                                  "auth.mechanism",
                                  Verdict::Fault,
                                  1,
                                  "the sending host's own"},
                                 {"a password",
                                  refused.c_str(),
                                  "refusals",
                                  "auth.refused",
                                  Verdict::Fault,
                                  1,
                                  "name, password"}};
    CheckAll(std::begin(wanted), std::end(wanted));
}

BOOST_AUTO_TEST_CASE(AConnectionThatDroppedHadStood)
{
    const auto queue = [](const std::string& error)
    {
        return JudgeText(
            "Identity         : HUB01\\82\nDeliveryType     : SmartHostConnectorDelivery\n"
            "NextHopDomain    : smtp.p.example\nStatus           : Retry\nMessageCount     : "
            "38\nLastError        : 451 4.4.0 Primary target IP address responded with: \"421 " +
            error + "\" Attempted failover to alternate host, but that did not succeed.\n");
    };
    std::vector<Alert> alerts = queue("4.4.2 Connection dropped due to SocketError.");
    BOOST_TEST_REQUIRE(alerts.size() == 1U, Told(alerts));
    BOOST_TEST(alerts.front().dottedClass == "unreachable.lost", Told(alerts));
    alerts = queue("4.4.1 Connection timed out.");
    BOOST_TEST(std::any_of(alerts.begin(),
                           alerts.end(),
                           [](const Alert& alert)
                           { return alert.dottedClass == "unreachable.connection"; }),
               Told(alerts));
}

BOOST_AUTO_TEST_CASE(ErrorsThatNameACertificateOrAnEnd)
{
    const PastedText wanted[] = {
        {"PHP's certificate name",
         "PHPMailer: SMTP Error: Could not connect to SMTP host. Connection failed. "
         "stream_socket_enable_crypto(): Peer certificate CN=`a.hoster.example' did not match "
         "expected CN=`mail.shop.example'\n",
         "unreachable",
         "unreachable.tls",
         Verdict::Inconclusive,
         1,
         "another name's"},
        {"Java at port 465",
         "javax.mail.MessagingException: Could not connect to SMTP host: smtp.p.example, port: "
         "465, "
         "response: -1\n",
         "unreachable",
         "unreachable.lost",
         Verdict::Inconclusive,
         1,
         "465 encrypts from the first octet"},
        {"Java at port 25",
         "javax.mail.MessagingException: Could not connect to SMTP host: smtp.p.example, port: 25, "
         "response: -1\n",
         "unreachable",
         "unreachable.lost",
         Verdict::Inconclusive,
         1,
         "before a greeting"},
        {"Exim's silence behind a handshake",
         "2024-11-12 09:12:01 1tAnXq-0001bC-2k == b@f.example R=dnslookup T=remote_smtp defer "
         "(110): "
         "Connection timed out H=mx.f.example [203.0.113.120]: SMTP timeout after initial "
         "connection: "
         "Connection timed out\n",
         "unreachable",
         "unreachable.lost",
         Verdict::Inconclusive,
         1,
         "nobody is seen to end it"},
        {"Exim's silent port",
         "2024-11-12 09:12:01 1tAnXq-0001bC-2k == b@f.example R=dnslookup T=remote_smtp defer "
         "(110): "
         "Connection timed out H=mx.f.example [203.0.113.120]\n",
         "unreachable",
         "unreachable.port",
         Verdict::Inconclusive,
         1,
         "let the connection time out"}};
    CheckAll(std::begin(wanted), std::end(wanted));
}

BOOST_AUTO_TEST_SUITE_END()
