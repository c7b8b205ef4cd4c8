#include "models/mail/message-text.h"
#include "models/mail/qsbmf.h"
#include "models/mail/remote-report.h"
#include "tests/mail/queue-driver.h"
#include "tests/mail/sisimai.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// The bounce that a queue makes after a server said this to RCPT.
std::string
BounceAfter(std::uint32_t code, const std::string& reply)
{
    mail::MailQueue queue({}, Livedoor(), MailHostClock(), 1, "queue");
    mail::Submission submission = Mail("sales@livedoor.cn", {"user@mailbox.example.jp"});
    mail::MessageDraft draft;
    draft.from = "sales@livedoor.cn";
    draft.to = "user@mailbox.example.jp";
    draft.fromHost = "desk7";
    draft.byHost = "livedoor.cn";
    submission.content = mail::ComposeMessage(draft, MailHostClock(), {});
    queue.Submit(At(0), submission);
    mail::RemoteOutcome outcome;
    outcome.stage = smtp::Stage::Recipient;
    outcome.peer = *Ipv4::Parse("203.131.198.80");
    outcome.replyCode = code;
    outcome.replyText = reply;
    queue.Finish(At(SECOND), TakeOrders(queue).at(0).delivery, mail::RemoteReport(outcome));
    return *TakeOrders(queue).at(0).content;
}

} // namespace

BOOST_AUTO_TEST_SUITE(qsbmf)

BOOST_AUTO_TEST_CASE(the_bounce_has_qmail_sends_words)
{
    mail::QsbmfBounce bounce;
    bounce.date = "26 Sep 2006 06:46:24 -0000";
    bounce.bounceFrom = "MAILER-DAEMON";
    bounce.host = "livedoor.cn";
    bounce.sender = "sales@livedoor.cn";
    bounce.addressee = "sales@livedoor.cn";
    const std::string paragraph = mail::QsbmfParagraph("user@example.jp",
                                                       "203.131.198.80 does not like recipient.\n"
                                                       "Remote host said: 500 error\n"
                                                       "Giving up on 203.131.198.80.\n");
    bounce.paragraphs = paragraph;
    bounce.original = "Subject: test\n\nbody\n";
    BOOST_TEST(mail::ComposeQsbmf(bounce) ==
               "Date: 26 Sep 2006 06:46:24 -0000\n"
               "From: MAILER-DAEMON@livedoor.cn\n"
               "To: sales@livedoor.cn\n"
               "Subject: failure notice\n"
               "\n"
               "Hi. This is the qmail-send program at livedoor.cn.\n"
               "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
               "This is a permanent error; I've given up. Sorry it didn't work out.\n"
               "\n"
               "<user@example.jp>:\n"
               "203.131.198.80 does not like recipient.\n"
               "Remote host said: 500 error\n"
               "Giving up on 203.131.198.80.\n"
               "\n"
               "--- Below this line is a copy of the message.\n"
               "\n"
               "Return-Path: <sales@livedoor.cn>\n"
               "Subject: test\n\nbody\n");
}

BOOST_AUTO_TEST_CASE(empty_lines_of_a_report_do_not_end_its_paragraph)
{
    BOOST_TEST(mail::QsbmfParagraph("a\nb@c", "one\n\n\ntwo") == "<a_b@c>:\none\n//two\n\n");
    BOOST_TEST(mail::QsbmfParagraph("a@c", "") == "<a@c>:\n\n");
}

BOOST_AUTO_TEST_CASE(sisimai_names_qmail_and_the_reason,
                     *boost::unit_test::precondition(SISIMAI_IS_HERE))
{
    BOOST_TEST(Sisimai(BounceAfter(550, "550 5.1.1 User unknown")) ==
               "qmail|userunknown|user@mailbox.example.jp|550\n");
    // Sisimai 4.25 knows neither text, and takes qmail-remote's own "Giving up on" for a message
    // that grew too old.
    BOOST_TEST(Sisimai(BounceAfter(551, "551 User not local; please try <forward-path>")) ==
               "qmail|expired|user@mailbox.example.jp|551\n");
    BOOST_TEST(Sisimai(BounceAfter(500, "500 error")) ==
               "qmail|expired|user@mailbox.example.jp|500\n");
}

BOOST_AUTO_TEST_SUITE_END()
