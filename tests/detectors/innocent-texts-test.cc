#include "pasted-text.h"
#include "run-detector.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// What looks like a report of a fault and is none, or says less than it seems to.

BOOST_AUTO_TEST_SUITE(innocent_texts)

BOOST_AUTO_TEST_CASE(NobodyIsAccusedByAnAddressOfAnotherLine)
{
    const std::vector<Alert> alerts =
        JudgeText("<a@one.example>: host mx.one.example[192.0.2.1] said: 550 5.1.1 "
                  "<a@one.example>: User unknown (in reply to RCPT TO command)\n"
                  "<c@old.example>: Host or domain name not found. Name service error for "
                  "name=old.example type=A: Host not found\n");
    BOOST_TEST_REQUIRE(alerts.size() == 2u, Told(alerts));
    for (const Alert& alert : alerts)
    {
        const bool isOfFirst = alert.dottedClass == "refused.recipient";
        BOOST_TEST((alert.source == *HostAddress::Parse("192.0.2.1")) == isOfFirst, Told(alerts));
        BOOST_TEST(!alert.destination.IsKnown());
    }
}

BOOST_AUTO_TEST_CASE(MentionsOfRepliesAreNoFaults)
{
    for (const char* text : {
             // How-tos and letters.
             "What does \"550 5.1.1 User unknown\" mean? It means that the mailbox does not exist. "
             "\"421 Too many connections\" means that you should slow down.\n",
             "If you see 550 5.1.1 User unknown, the mailbox does not exist.\n",
             "He said: 550 euros is too much. Our office rejected it. Please deliver again.\n",
             "The server said: 450 items were refused by the customer.\n",
             "Ticket 4711: he sees \"550 Mailbox unavailable\" sometimes. 550 means a refusal.\n",
             "      550 Requested action not taken: mailbox unavailable\n"
             "      451 Requested action aborted: error in processing\n"
             "      551 User not local; please try <forward-path>\n",
             "550 5.1.1 User unknown\n421 4.7.0 Try again later\n452 4.2.2 Mailbox full\n",
             "code;enhanced;meaning\n550;5.1.1;User unknown\n",
             "Postfix says it of Sendmail's line `reject=550 <a@b.example>... Relaying denied` and "
             "of `dsn=5.1.1, stat=User unknown` alike.\n",
             "* `550 5.1.1 User unknown`: no mailbox of that name.\n",
             // Settings, rules and source.
             "unknown_local_recipient_reject_code = 550\n/^spam@/  REJECT 554 5.7.1 go away\n",
             "require [\"reject\"];\nif header :contains \"subject\" \"win\" { reject \"554 5.7.1 "
             "Message content rejected\"; stop; }\n",
             "deny message = 550 5.7.1 blocked using zen.spamhaus.org\n",
             "spammer.example  ERROR:\"550 5.7.1 go away\"\n",
             "    raise SMTPError(550, \"5.1.1 no such user\")\n",
             "    return \"550 5.1.1 User unknown\";\n",
             // Other protocols.
             "upstream status: 502 Bad Gateway\nerror: 503 Service Unavailable\n",
             "10.0.0.1 - - [12/Oct/2023:07:01:55 +0000] \"GET /a HTTP/1.1\" 550 157\n",
         })
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(alerts.empty(), text << "\n" << Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(AMessageIsNoReply)
{
    const std::string head = "220 mx.ok.example ESMTP\nHELO a.b.example\n250 mx.ok.example\n"
                             "MAIL FROM:<a@b.example>\n250 Ok\nRCPT TO:<c@ok.example>\n250 Ok\n"
                             "DATA\n354 go\n";
    const std::string body = "Subject: why 550 5.7.1 blocked using zen.spamhaus.org\n\n"
                             "550 5.7.1 <a@b.example> blocked using zen.spamhaus.org\n";
    BOOST_TEST(JudgeText(head + body + ".\n250 Ok queued\nQUIT\n221 Bye\n").empty());
    // Where the message itself is refused it counts, with a body or with the body left out.
    for (const std::string& content : {body + ".\n", std::string(".\n"), std::string()})
    {
        const std::vector<Alert> alerts =
            JudgeText(head + content + "554 5.7.1 Message content rejected\nQUIT\n221 Bye\n");
        BOOST_TEST(
            IsTold(alerts, {"", "", nullptr, "refused.content", Verdict::Fault, 0, "at content"}),
            Told(alerts));
    }
    // A bounce returns the message that it is about.
    const std::vector<Alert> alerts =
        JudgeText("Hi. This is the qmail-send program at mx3.paper.example.\n\n<x@y.example>:\n"
                  "192.0.2.91 does not like recipient.\nRemote host said: 550 5.1.1 no such user\n"
                  "Giving up on 192.0.2.91.\n\n--- Below this line is a copy of the message.\n\n"
                  "Subject: help\n\n554 5.7.1 <q@r.example>: Relay access denied\n");
    BOOST_TEST(alerts.size() == 1u, Told(alerts));
}

BOOST_AUTO_TEST_CASE(SuccessesAreNoFaults)
{
    for (const char* text :
         {"2023-11-02 08:15:02 1qyTfE-0004Kq-1c <= b@wine.example H=(d) [10.20.0.17] P=esmtp S=4\n"
          "2023-11-02 08:25:07 1qyTfE-0004Kq-1c => i@works.example R=dnslookup T=remote_smtp "
          "H=mx01.works.example [203.0.113.80] C=\"250 2.0.0 Ok\"\n"
          "2023-11-02 08:25:07 1qyTfE-0004Kq-1c Completed\n",
          "Reporting-MTA: dns; mx.ok.example\nFinal-Recipient: rfc822; a@ok.example\nAction: "
          "delivered\nStatus: 2.0.0\nDiagnostic-Code: smtp; 250 2.0.0 Ok: queued as 4ABC\n",
          "Oct  2 02:03:02 gw sm-mta[1000]: 4922x1ab001000: to=<o@l.example>, delay=00:00:01, "
          "mailer=esmtp, relay=mx.l.example. [192.0.2.55], dsn=2.0.0, stat=Sent (ok 550 bytes)\n",
          "Sep  2 07:11:00 mx postfix/smtpd[51]: NOQUEUE: reject_warning: RCPT from "
          "a.b.example[198.51.100.12]: 554 5.7.1 blocked using bl.list.example; from=<e@b.example> "
          "to=<v@own.example> proto=ESMTP helo=<a.b.example>\n",
          "Aug 20 04:11:09 puffy smtpd[5]: 0a1b mta delivery evpid=3f from=<r@p.example> "
          "to=<l@h.example> relay=\"198.51.100.10 (mx.h.example)\" result=\"Ok\" stat=\"250 2.0.0 "
          "Ok\"\n"})
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(alerts.empty(), text << "\n" << Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(WhatALogDoesNotShowIsNotSaid)
{
    const std::string bounced =
        "Nov  5 13:00:00 out postfix/smtp[11]: 7C2B41A0F3: to=<x@big.example>, "
        "relay=mx.big.example[192.0.2.26]:25, delay=1.3, dsn=5.7.1, status=bounced (host "
        "mx.big.example[192.0.2.26] said: 550 5.7.1 looks like spam (in reply to end of DATA "
        "command))\n";
    const std::string told = "Nov  5 13:00:01 out postfix/bounce[12]: 7C2B41A0F3: sender "
                             "non-delivery notification: 7C2B41A0F9\n";
    const std::string removed = "Nov  5 13:00:02 out postfix/qmgr[9]: 7C2B41A0F3: removed\n";
    const auto says = [](const std::string& log)
    {
        return IsTold(JudgeText(log),
                      {"", "", "refusals", "refused.content", Verdict::Fault, 1, "not told"});
    };
    BOOST_TEST(says(bounced + removed));
    BOOST_TEST(!says(bounced));
    BOOST_TEST(!says(bounced + told));
    BOOST_TEST(!says(bounced + told + removed));
}

BOOST_AUTO_TEST_SUITE_END()
