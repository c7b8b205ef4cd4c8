#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// Faults as reports, bounces and errors of programs tell them, with invented names.

namespace
{

const PastedText REPORTS[] = {
    {"reset while Node.js connects",
     "{ Error: read ECONNRESET\n"
     "    at TCP.onread (net.js:659:25) errno: 'ECONNRESET', code: 'ECONNECTION', syscall: "
     "'read', command: 'CONN' }\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     2,
     "a capture at the sender"},
    {"expired, with what ended the last attempt",
     "Your message could not be delivered.\n"
     "Remote Server returned '550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 "
     "4.4.2 Connection dropped by peer>'\n",
     "refusals",
     "unreachable.expired",
     Verdict::Inconclusive,
     2,
     "the last attempt of these ended with 421 4.4.2"},
    {"openssl finds no STARTTLS",
     "$ openssl s_client -connect mail.firm.example:25 -starttls smtp\n"
     "CONNECTED(00000003)\n"
     "didn't found starttls in server response, try anyway...\n"
     "1407352630:error:140770FC:SSL routines:SSL23_GET_SERVER_HELLO:unknown protocol\n",
     "unreachable",
     "unreachable.tls",
     Verdict::Inconclusive,
     3,
     "takes it away"},
    {"Python's exception is no host",
     "reply: b'551 User not local; please try <forward-path>\\r\\n'\n"
     "smtplib.SMTPServerDisconnected: Connection unexpectedly closed\n",
     "unreachable",
     "unreachable.lost",
     Verdict::Inconclusive,
     2,
     "1 delivery failed, the first:"},
    {"a sample that ends in a bracket",
     "Diagnostic information for administrators:\n"
     "mx.example.net #551 User not local; please try <forward-path> ##\n",
     "refusals",
     "refused",
     Verdict::Inconclusive,
     2,
     "please try <forward-path>\""},
    {"blat",
     "The SMTP server does not like the sender name.\n"
     "*** Error ***  SMTP server error\n"
     "The SMTP server said -> 530 5.7.1 Client was not authenticated\n",
     "refusals",
     "auth.required",
     Verdict::Fault,
     3,
     "530 5.7.1"},
    {"two servers are silent, by name",
     "$ nc -vz mx.one.example 25\n"
     "nc: connect to mx.one.example port 25 (tcp) failed: Connection timed out\n"
     "$ nc -vz mx.two.test 25\n"
     "nc: connect to mx.two.test port 25 (tcp) failed: Connection timed out\n",
     "unreachable",
     "unreachable.port",
     Verdict::Fault,
     2,
     "2 addresses of 2 unrelated providers"},
    {"PowerShell reaches no port",
     "PS C:\\> Test-NetConnection mx.one.example -Port 25\n"
     "WARNING: TCP connect to (203.0.113.5 : 25) failed\n"
     "PingSucceeded          : True\n"
     "TcpTestSucceeded       : False\n",
     "unreachable",
     "unreachable",
     Verdict::Inconclusive,
     2,
     "203.0.113.5"},
    {"a refusal that is for good is not busy",
     "   ----- The following addresses had permanent fatal errors -----\n<eva@uni.example>\n"
     "    (reason: 553 5.3.0 <eva@uni.example>... Mailbox disabled for this recipient)\n\n"
     "   ----- Transcript of session follows -----\n... while talking to mail.uni.example.:\n"
     ">>> DATA\n<<< 553 5.3.0 <eva@uni.example>... Mailbox disabled for this recipient\n"
     "550 5.1.1 <eva@uni.example>... User unknown\n<<< 503 5.0.0 Need RCPT (recipient)\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     3,
     "once"},
    {"a transcript without the part before it",
     "   ----- Transcript of session follows -----\n... while talking to mail.uni.example.:\n"
     ">>> RCPT To:<eva@uni.example>\n<<< 552 5.2.2 Over quota\n",
     "refusals",
     "refused.mailbox-full",
     Verdict::Benign,
     4,
     "mail.uni.example refuses at RCPT"},
    {"SPF by whatever words, in another language's report",
     "Ihre Nachricht hat folgende Empfaenger nicht erreicht:\n\n  'Petra K' am 12.03.2021 08:44\n"
     "            Der Server hat den Absender abgelehnt. Die Antwort war: 550 5.7.1 SPF: MAIL FROM "
     "tour.example IP 198.51.100.9 not permitted\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     4,
     "the sender's domain"},
    {"a reply of several lines, alone",
     "550-5.7.26 Unauthenticated email from trade.example is not accepted due to\n"
     "550-5.7.26 domain's DMARC policy. Please contact the administrator of\n"
     "550 5.7.26  trade.example domain. ffacd0b85a97d-38a8e4c1 - gsmtp\n",
     "refusals",
     "refused.authentication",
     Verdict::Fault,
     1,
     "DMARC policy"},
    {"a reply of one line, alone, that names whom it is about",
     "550-5.7.25 [2001:db8:5::17] The IP address sending this message does not have a PTR "
     "record.\n",
     "refusals",
     "refused.policy",
     Verdict::Fault,
     1,
     "PTR"},
    {"a reply of one line, alone, about nobody",
     "550 5.7.1 Message refused\n",
     "refusals",
     "refused.policy",
     Verdict::Inconclusive,
     1,
     "the reply alone"},
    {"a reply told for people and for programs, its fields in another order",
     "The response from the remote server was:\n550 5.1.1 <x@big.example> no such user\n\n"
     "Diagnostic-Code: smtp; 550 5.1.1 <x@big.example> no such user\nRemote-MTA: dns; "
     "mx.big.example. (192.0.2.45, the server for the domain big.example.)\nStatus: 5.1.1\nAction: "
     "failed\nFinal-Recipient: rfc822; x@big.example\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     2,
     "mx.big.example refuses with 550 5.1.1 \"<x@big.example> no such user\" (line 2, once)"},
    {"a reply of which one telling has no words",
     "More Info for Email Admins\nStatus code: 550 5.1.10\n\nError Details\nError:\t550 5.1.10 "
     "RESOLVER.ADR.RecipientNotFound; Recipient a@f.example not found by SMTP address lookup\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     5,
     "once"},
    {"an address of one line is not the next one's",
     "<a@one.example>: host mx.one.example[192.0.2.1] said: 550 5.1.1 <a@one.example>: Recipient "
     "address rejected: User unknown (in reply to RCPT TO command)\n"
     "<b@two.example>: connect to mx.two.example[192.0.2.99]:25: Connection refused\n",
     "unreachable",
     "unreachable.refused",
     Verdict::Inconclusive,
     2,
     "to mx.two.example"},
    {"a name of one recipient is not the next one's, Exim's bounce",
     "This message was created automatically by mail delivery software.\n\n  a@one.example\n    "
     "host "
     "mx.one.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT "
     "TO:<a@one.example>:\n    550 5.1.1 no such user\n  b@two.example\n    retry timeout "
     "exceeded\n",
     "refusals",
     "unreachable.expired",
     Verdict::Inconclusive,
     8,
     "gives up for b@two.example with"},
    {"a codeless answer, PowerShell",
     "Send-MailMessage : Mailbox unavailable. The server response was: 5.7.60 SMTP; Client does "
     "not "
     "have permissions to send as this sender\nAt line:1 char:1\n",
     "refusals",
     "refused.sender",
     Verdict::Fault,
     1,
     "5.7.60 \"Client does not"},
    {"a codeless answer in the line behind, a mail program",
     "Sending of the message failed.\nAn error occurred while sending mail. The mail server "
     "responded:\n5.7.1 <chef@bistro.example>: Sender address rejected: not owned by user "
     "kitchen@bistro.example.\n",
     "refusals",
     "refused.sender",
     Verdict::Fault,
     3,
     "not owned"},
    {"a filter's code, in Chinese",
     "\xE9\x80\x80\xE4\xBF\xA1\xE5\x8E\x9F\xE5\x9B\xA0\xEF\xBC\x9A "
     "\xE5\xAF\xB9\xE6\x96\xB9\xE6\x8B\x92\xE6\x94\xB6\xEF\xBC\x9A"
     "554 DT:SPM mx12, yC0wBHaABbL1d2Y8TjA,please see http://mail.example/help?ip=203.0.113.5\n",
     "refusals",
     "refused.content",
     Verdict::Fault,
     1,
     "DT:SPM"},
    {"a report in a field of JSON",
     "{\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"bob@goal.example\",\"action\":"
     "\"failed\""
     ",\"diagnosticCode\":\"smtp; 550 5.1.1 user unknown\"}]}}\n",
     "refusals",
     "refused.recipient",
     Verdict::Benign,
     1,
     "\"user unknown\""},
    {"an answer with the program's own words behind it",
     "Your outgoing (SMTP) e-mail server has reported an internal error. The server responded: 452 "
     "4.3.1 Insufficient system storage. Account: 'mail.works.example', Server: "
     "'mail.works.example', Server Response: '452 4.3.1 Insufficient system storage',\n",
     "refusals",
     "deferred.busy",
     Verdict::Benign,
     1,
     "\"Insufficient system storage.\""},
};

} // namespace

BOOST_AUTO_TEST_SUITE(reported_errors)

BOOST_AUTO_TEST_CASE(OfReportsAndErrors)
{
    CheckAll(std::begin(REPORTS), std::end(REPORTS));
}

BOOST_AUTO_TEST_SUITE_END()
