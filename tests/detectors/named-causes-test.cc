#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// Lines in which a server names the cause itself, retyped with invented names.

namespace
{

const PastedText CAUSES[] = {
    {"amavis has no scanner",
     "Nov 12 09:21:49 mx1 amavis[3121]: (03121-08) (!!)AV: ALL VIRUS SCANNERS FAILED\n",
     "named-causes",
     "deferred.filter",
     Verdict::Fault,
     1,
     "this server's own"},
    {"clamsmtp has no scanner",
     "Nov 12 09:21:49 mx1 clamsmtpd: 10002A: can't connect to clamd at /run/clamd: Connection "
     "refused\n",
     "named-causes",
     "deferred.filter",
     Verdict::Fault,
     1,
     "this server's own"},
    {"Dovecot's database",
     "Nov 12 13:40:01 mail dovecot: auth: Error: sql(anna@own.example,203.0.113.19): Password "
     "query "
     "failed: Not connected to database\n",
     "named-causes",
     "auth.backend",
     Verdict::Fault,
     1,
     "cannot check"},
    {"Postfix and its authentication server",
     "Nov 12 13:40:04 mail postfix/submission/smtpd[229]: warning: "
     "p5b.access.example[203.0.113.19]: SASL PLAIN authentication failed: Connection lost to "
     "authentication server\n",
     "named-causes",
     "auth.backend",
     Verdict::Fault,
     1,
     "cannot check"},
    {"one wrong password",
     "Nov 12 13:30:03 mail postfix/submission/smtpd[229]: warning: "
     "p5b.access.example[203.0.113.19]: SASL PLAIN authentication failed: UGFzc3dvcmQ6, "
     "sasl_username=anna@own.example\n",
     "named-causes",
     "auth.password",
     Verdict::Inconclusive,
     1,
     "anna@own.example"},
    {"one wrong password, Exim",
     "2024-11-12 13:30:03 login authenticator failed for p5b.access.example (nb) [203.0.113.19]: "
     "535 Incorrect authentication data (set_id=anna)\n",
     nullptr,
     "auth.password",
     Verdict::Inconclusive,
     1,
     "wrong name or password"},
    {"somebody guesses",
     "Nov 12 13:30:01 mail postfix/smtps/smtpd[229]: warning: unknown[203.0.113.211]: SASL LOGIN "
     "authentication failed: authentication failure\n"
     "Nov 12 13:30:09 mail postfix/smtps/smtpd[229]: warning: unknown[203.0.113.212]: SASL LOGIN "
     "authentication failed: authentication failure\n"
     "Nov 12 13:30:15 mail postfix/smtps/smtpd[229]: warning: unknown[203.0.113.213]: SASL LOGIN "
     "authentication failed: authentication failure\n",
     "named-causes",
     "auth.password",
     Verdict::Benign,
     1,
     "guess"},
    {"a client with old TLS",
     "Nov 12 12:10:01 mx1 postfix/smtpd[911]: SSL_accept error from "
     "mail.old.example[203.0.113.140]: -1\n"
     "Nov 12 12:10:01 mx1 postfix/smtpd[911]: warning: TLS library problem: error:0A000102:SSL "
     "routines::unsupported protocol:../ssl/statem/statem_srvr.c:1657:\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Inconclusive,
     2,
     "some of them under a name"},
    {"a scanner with old TLS",
     "Nov 12 12:10:01 mx1 postfix/smtpd[911]: SSL_accept error from unknown[203.0.113.140]: -1\n"
     "Nov 12 12:10:01 mx1 postfix/smtpd[911]: warning: TLS library problem: error:1417A0C1:SSL "
     "routines:tls_post_process_client_hello:no shared cipher:../ssl/x.c:2283:\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Inconclusive,
     2,
     "scanners"},
    {"a client with old TLS, Exim",
     "Nov 12 12:10:01 mx1 exim[911]: TLS error on connection from mail.old.example [203.0.113.140] "
     "(SSL_accept): error:0A000102:SSL routines::unsupported protocol\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Inconclusive,
     1,
     "some of them under a name"},
    {"no TLS at all",
     "Nov 12 12:10:01 mx1 postfix/smtpd[911]: SSL_accept error from unknown[203.0.113.140]: -1\n"
     "Nov 12 12:10:01 mx1 postfix/smtpd[911]: warning: TLS library problem: error:1408F09C:SSL "
     "routines:ssl3_get_record:http request:../ssl/record/ssl3_record.c:322:\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Benign,
     2,
     "scanner"},
    {"postscreen asks a list that refuses",
     "Nov 12 12:10:01 mx1 postfix/dnsblog[911]: addr 203.0.113.140 listed by domain "
     "zen.spamhaus.org as 127.255.255.254\n",
     "named-causes",
     "refused.lookup",
     Verdict::Fault,
     1,
     "nobody has to be delisted"},
    {"Rspamd asks a list that refuses",
     "2024-11-12 09:14:02 #2231(normal) <b22c7f>; task; rspamd_task_write_log: id: <x@a.example>, "
     "qid: <4Xn>, ip: 203.0.113.200, from: <a@a.example>, (default: F (no action): [1.10/15.00] "
     "[RBL_SPAMHAUS_BLOCKED_OPENRESOLVER(0.00){203.0.113.200:from;}]), len: 1\n",
     "named-causes",
     "refused.lookup",
     Verdict::Fault,
     1,
     "nobody has to be delisted"},
    {"Rspamd refuses",
     "2024-11-12 09:14:02 #2231(normal) <b22c7f>; task; rspamd_task_write_log: id: <x@a.example>, "
     "qid: <4Xn>, ip: 203.0.113.200, from: <news@bulk.example>, (default: T (reject): "
     "[22.31/15.00] "
     "[R_SPF_FAIL(1.00){-all;},BAYES_SPAM(5.10){100.00%;}]), len: 18321\n",
     "named-causes",
     "refused.content",
     Verdict::Inconclusive,
     1,
     "news@bulk.example"},
    {"no room",
     "Nov 12 12:10:01 mx1 postfix/smtpd[911]: warning: not enough free space in mail queue: 811008 "
     "bytes < 1.5*message size limit\n",
     "named-causes",
     "deferred.busy",
     Verdict::Fault,
     1,
     "its disk"},
    {"the server behind is the host's own",
     "Nov 12 14:10:02 mail dovecot: submission(anna)<4411><x1>: Error: Lost connection to relay "
     "server: read(127.0.0.1:10025) failed: Connection reset by peer (SMTP state MAIL)\n",
     "named-causes",
     "unreachable.lost",
     Verdict::Fault,
     1,
     "this host's own"},
    {"the server behind is another",
     "Nov 12 14:10:02 mail dovecot: submission(anna)<4411><x1>: Error: Lost connection to relay "
     "server: read(192.0.2.9:25) failed: Connection reset by peer (SMTP state MAIL)\n",
     "named-causes",
     "unreachable.lost",
     Verdict::Inconclusive,
     1,
     "the server behind"},
};

const PastedText EVENTS[] = {
    {"back pressure, German",
     "Protokollname: Application\nQuelle:        MSExchangeTransport\nDatum:         12.11.2024 "
     "14:31:02\nEreignis-ID:   15006\nEbene:         Fehler\nComputer:      "
     "EX01.own.example\nBeschreibung:\nDer verfuegbare Speicherplatz ist unter den Schwellenwert "
     "gefallen.\n",
     "named-causes",
     "overload.back-pressure",
     Verdict::Fault,
     0,
     "this server's own"},
    {"back pressure, memory",
     "Log Name:      Application\nSource:        MSExchangeTransport\nDate:          11/12/2024 "
     "2:31:02 PM\nEvent ID:      15007\nLevel:         Error\nComputer:      EX01.own.example\n"
     "Description:\nThe process uses too much memory.\n",
     "named-causes",
     "overload.back-pressure",
     Verdict::Fault,
     0,
     "memory"},
    {"back pressure ends",
     "Log Name:      Application\nSource:        MSExchangeTransport\nDate:          11/12/2024 "
     "2:41:02 PM\nEvent ID:      15005\nLevel:         Information\nComputer:      "
     "EX01.own.example\nDescription:\nThe resource pressure decreased.\n",
     "named-causes",
     "overload.back-pressure",
     Verdict::Benign,
     0,
     "ends"},
    {"a certificate that will expire",
     "Log Name:      Application\nSource:        MSExchangeTransport\nEvent ID:      12018\nLevel: "
     " "
     "       Warning\nComputer:      EX01.own.example\nDescription:\nThe certificate will expire "
     "soon.\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Inconclusive,
     0,
     "a warning"},
    {"no certificate that holds",
     "Log Name:      Application\nSource:        MSExchangeTransport\nEvent ID:      12016\nLevel: "
     " "
     "       Error\nComputer:      EX01.own.example\nDescription:\nThere is no valid SMTP TLS "
     "certificate.\n",
     "named-causes",
     "unreachable.tls",
     Verdict::Fault,
     0,
     "its certificate"},
};

/// What names no cause.
const char* const QUIET[] = {
    "Nov 12 21:00:01 mail dovecot: imap-login: Login: user=<anna>, method=PLAIN, rip=203.0.113.19, "
    "lip=192.0.2.5, mpid=5511, TLS, session=<x3>\n",
    "Nov 12 09:20:01 mx1 amavis[3121]: (03121-07) Passed CLEAN {RelayedInbound}, "
    "[192.0.2.45]:37712 "
    "<a@one.example> -> <o@own.example>, Hits: -1.9, size: 4121, 1204 ms\n",
    "Nov 12 12:10:01 mx1 postfix/dnsblog[911]: addr 203.0.113.140 listed by domain "
    "zen.spamhaus.org as 127.0.0.4\n",
    "Log Name:      Application\nSource:        SomethingElse\nEvent ID:      15006\nLevel:        "
    " "
    "Error\nComputer:      EX01.own.example\nDescription:\nSomething.\n",
    "Nov 12 12:10:01 mx1 postfix/smtpd[911]: SSL_accept error from unknown[203.0.113.140]: lost "
    "connection\n",
};

} // namespace

BOOST_AUTO_TEST_SUITE(named_causes)

BOOST_AUTO_TEST_CASE(LinesOfServices)
{
    CheckAll(std::begin(CAUSES), std::end(CAUSES));
}

BOOST_AUTO_TEST_CASE(EventsByTheirNumbers)
{
    CheckAll(std::begin(EVENTS), std::end(EVENTS));
}

BOOST_AUTO_TEST_CASE(LinesThatNameNone)
{
    for (const char* const text : QUIET)
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(alerts.empty(), Told(alerts));
    }
}

BOOST_AUTO_TEST_SUITE_END()
