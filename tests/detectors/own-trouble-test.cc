#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// A row of Postfix's about a delivery.
#define DELIVERY(service, relay, status)                                                           \
    "Nov 12 09:12:01 mail postfix/" service                                                        \
    "[73]: 4XnqT13Nzz: to=<anna@example.net>, relay=" relay ", delay=1, delays=1/0/0/0, " status   \
    "\n"

const std::array TEXTS{
    // What fails on the own host.
    PastedText{"a milter that does not run",
               "Nov 12 09:12:01 mail postfix/smtpd[72]: warning: connect to Milter service "
               "inet:127.0.0.1:8891: Connection refused\n"
               "Nov 12 09:12:02 mail postfix/smtpd[72]: NOQUEUE: milter-reject: EHLO from "
               "mail.partner.example[203.0.113.77]: 451 4.7.1 Service unavailable - try again "
               "later; proto=SMTP helo=<mail.partner.example>\n",
               "refusals",
               "deferred.busy",
               Verdict::Fault,
               2,
               "the line before says: connect to Milter service"},
    PastedText{"a policy service that does not run",
               "Nov 12 09:12:02 mail postfix/smtpd[72]: warning: problem talking to server "
               "private/policyd-spf: Connection refused\n"
               "Nov 12 09:12:03 mail postfix/smtpd[72]: NOQUEUE: reject: RCPT from "
               "mail.partner.example[203.0.113.77]: 451 4.3.5 <anna@example.net>: Recipient "
               "address rejected: Server configuration problem; from=<joe@partner.example> "
               "to=<anna@example.net> proto=ESMTP helo=<mail.partner.example>\n",
               "refusals",
               "deferred.backend",
               Verdict::Fault,
               2,
               "a program that it asks does not answer"},
    PastedText{"a transport that is not there",
               DELIVERY("error", "none", "dsn=4.3.0, status=deferred (mail transport unavailable)"),
               "refusals",
               "deferred.filter",
               Verdict::Fault,
               1,
               "this host's own: the transport that its maps name"},
    PastedText{"a socket that is not there",
               DELIVERY("lmtp",
                        "none",
                        "dsn=4.4.1, status=deferred (connect to "
                        "mail.example.net[private/dovecot-lmtp]: No such file or directory)"),
               "unreachable",
               "unreachable.port",
               Verdict::Fault,
               1,
               "at this host itself (private/dovecot-lmtp)"},
    PastedText{"a port of the same host",
               DELIVERY("lmtp",
                        "none",
                        "dsn=4.4.1, status=deferred (connect to "
                        "mail.example.net[198.51.100.20]:7025: Connection refused)"),
               "unreachable",
               "unreachable.refused",
               Verdict::Fault,
               1,
               "at this host itself (mail)"},
    PastedText{"a maildir without rights",
               DELIVERY("virtual",
                        "virtual",
                        "dsn=4.2.0, status=deferred (maildir delivery failed: create maildir file "
                        "/var/mail/anna/tmp/1.P1.mail: Permission denied)"),
               "refusals",
               "deferred.filter",
               Verdict::Fault,
               1,
               "the delivery on this host itself fails"},
    PastedText{"a command that is not there",
               DELIVERY("pipe",
                        "spamassassin",
                        "dsn=4.3.0, status=deferred (temporary failure. Command output: sendmail: "
                        "fatal: execvp /usr/bin/spamc: No such file or directory )"),
               "refusals",
               "deferred.filter",
               Verdict::Fault,
               1,
               "this host's own: Postfix's pipe"},
    PastedText{"a directory without rights, Exim",
               "2024-11-12 09:12:01 1tAnXq-0001bC-2k == anna@example.net R=local_user "
               "T=maildir_home defer (13): Permission denied: cannot create /home/anna/Maildir\n",
               "refusals",
               "deferred.filter",
               Verdict::Fault,
               1,
               "transport maildir_home"},
    // What is not the own host's, or no trouble.
    PastedText{"an unknown user of the own host",
               DELIVERY("local", "local", "dsn=5.1.1, status=bounced (unknown user: \"anna\")"),
               "refusals",
               "refused.recipient",
               Verdict::Benign,
               1,
               "recipient"},
    PastedText{"what another host has refused for a while",
               DELIVERY("error",
                        "none",
                        "dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to "
                        "mx.partner.example[203.0.113.77]:25: Connection refused)"),
               "unreachable",
               "unreachable.refused",
               Verdict::Inconclusive,
               1,
               "something answers and refuses"},
    PastedText{"a milter that greylists, with no trouble in front of it",
               "Nov 12 09:12:02 mail postfix/smtpd[72]: NOQUEUE: milter-reject: RCPT from "
               "mail.partner.example[203.0.113.77]: 451 4.7.1 Greylisting in action, please come "
               "back later; from=<joe@partner.example> to=<anna@example.net> proto=ESMTP "
               "helo=<mail.partner.example>\n",
               "refusals",
               "deferred.greylisting",
               Verdict::Benign,
               1,
               "greylists"},
    // What failed first, and arrived.
    PastedText{"IPv6 without a route, then IPv4",
               "Nov 12 09:12:01 mail postfix/smtp[44]: connect to "
               "mx.partner.example[2001:db8::1a]:25: Network is unreachable\n" DELIVERY(
                   "smtp",
                   "mx.partner.example[203.0.113.77]:25",
                   "dsn=2.0.0, status=sent (250 Ok)"),
               "unreachable",
               "unreachable.route",
               Verdict::Inconclusive,
               1,
               "no SMTP took place"},
    PastedText{"the same by the same process",
               "Nov 12 09:12:01 mail postfix/smtp[73]: connect to "
               "mx.partner.example[2001:db8::1a]:25: Network is unreachable\n" DELIVERY(
                   "smtp",
                   "mx.partner.example[203.0.113.77]:25",
                   "dsn=2.0.0, status=sent (250 Ok)"),
               "unreachable",
               "unreachable.route",
               Verdict::Benign,
               1,
               "arrived all the same"},
    PastedText{"put off, then delivered",
               DELIVERY("smtp",
                        "none",
                        "dsn=4.4.1, status=deferred (connect to "
                        "mx.partner.example[203.0.113.77]:25: Connection timed out)")
                   DELIVERY("smtp",
                            "mx.partner.example[203.0.113.77]:25",
                            "dsn=2.0.0, status=sent (250 Ok)"),
               "unreachable",
               "unreachable.port",
               Verdict::Benign,
               1,
               "arrived all the same"},
    // Tests of a server that does as it should.
    PastedText{"a relay test by hand",
               "220 mail.example.net ESMTP Exim 4.96\nHELO test.example.com\n250 mail.example.net "
               "Hello\nMAIL FROM:<test@example.com>\n250 OK\nRCPT TO:<victim@example.org>\n550 "
               "relay not permitted\nQUIT\n221 mail.example.net closing connection\n",
               "refusals",
               "refused.relaying",
               Verdict::Inconclusive,
               0,
               "to refuse that is as it should be"},
    PastedText{"a user of the server's own, not logged on",
               "220 mail.example.net ESMTP Exim 4.96\nHELO test.example.com\n250 mail.example.net "
               "Hello\nMAIL FROM:<anna@example.net>\n250 OK\nRCPT TO:<victim@example.org>\n550 "
               "relay not permitted\nQUIT\n221 mail.example.net closing connection\n",
               "refusals",
               "refused.relaying",
               Verdict::Fault,
               0,
               "not logged on"},
};

#undef DELIVERY

} // namespace

BOOST_AUTO_TEST_SUITE(own_trouble)

BOOST_AUTO_TEST_CASE(WhatFailsAtHomeAndWhatArrivesAllTheSame)
{
    CheckAll(TEXTS.data(), TEXTS.data() + TEXTS.size());
}

BOOST_AUTO_TEST_CASE(ReportsOfSuccessReportNoFailure)
{
    const std::string report =
        "This is the mail system at host mail.example.net.\n\nYour message "
        "was successfully delivered to the destination(s)\nlisted "
        "below.\n\n<bob@fabrikam.example>: delivery via "
        "mx1.fabrikam.example[203.0.113.120]:25:\n    250 2.0.0 Ok: queued\n";
    BOOST_TEST(Told(JudgeText(report)).find("refusals") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(WhoeverMistypesAndTriesAgainIsNotRefused)
{
    const std::string head = "220 mx1.fabrikam.example ESMTP\nHELO t\n250 mx1.fabrikam.example\n";
    const std::string mail = "MAIL FROM:<a@example.net>\n250 2.1.0 Ok\n";
    const std::string taken = mail + "RCPT TO:<b@fabrikam.example>\n250 2.1.5 Ok\n";
    const std::string early = "RCPT TO:<b@fabrikam.example>\n503 5.5.1 Error: need MAIL command\n";
    const std::string typo = "mial from:<a@example.net>\n502 5.5.2 Error: command not recognized\n";
    const std::string end = "QUIT\n221 2.0.0 Bye\n";
    const auto isRefused = [](const std::string& text)
    { return Told(JudgeText(text)).find("refusals") != std::string::npos; };
    BOOST_TEST(!isRefused(head + early + taken + end));
    BOOST_TEST(!isRefused(head + typo + taken + end));
    BOOST_TEST(isRefused(head + early + end));
    BOOST_TEST(isRefused(head + typo + end));
    BOOST_TEST(isRefused(head + mail + "RCPT TO:<b@fabrikam.example>\n500 error\n" +
                         "RCPT TO:<c@fabrikam.example>\n250 2.1.5 Ok\n" + end));
}

BOOST_AUTO_TEST_SUITE_END()
