#include "lab/evidence/sendmail-log.h"
#include "lab/evidence/vantage-folder.h"
#include "tests/evidence/scratch-folder.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::evidence;
using namespace bouncelab::test;
using Kind = mail::QueueEvent::Kind;

namespace
{

constexpr std::int64_t SECOND = 1000000000;

/// A log, and the events of one message to two recipients.
struct Fixture
{
    ScratchFolder scratch;
    VantageFolder vantage{scratch.GetPath()};
    HostClock clock{1016819234 * SECOND, 0, 1, 3600}; // 2002-03-22T17:47:14Z, UTC+1
    SendmailLog log{vantage.Open("maillog"), clock, "mail.example.org", 1, "mail/maillog"};

    mail::QueueEvent Event(Kind kind, std::uint64_t serial, std::int64_t seconds)
    {
        mail::QueueEvent event;
        event.kind = kind;
        event.serial = serial;
        event.timeNs = seconds * SECOND;
        event.id = serial == 1 ? "g2MHlE8K001106" : "g2MHlF8K001110";
        return event;
    }

    void Begin(std::uint64_t serial, std::int64_t seconds, const std::string& sender)
    {
        mail::QueueEvent fresh = Event(Kind::NewMessage, serial, seconds);
        fresh.content = std::make_shared<const std::string>("Message-ID: <1@example.net>\n\nHi\n");
        log.Write(fresh);
        mail::QueueEvent info = Event(Kind::MessageInfo, serial, seconds);
        info.sender = sender;
        info.bytes = 473;
        info.processId = 1106;
        info.recipients = {"a@b"};
        log.Write(info);
    }

    void Result(std::int64_t seconds, mail::Outcome outcome, const std::string& text)
    {
        mail::QueueEvent start = Event(Kind::DeliveryStart, 1, seconds - 2);
        start.delivery = 7;
        log.Write(start);
        mail::QueueEvent result = Event(Kind::DeliveryResult, 1, seconds);
        result.delivery = 7;
        result.outcome = outcome;
        result.text = text;
        result.asked = "a%b@example.org";
        result.note.status = outcome == mail::Outcome::Success ? "2.0.0" : "5.1.1";
        result.note.diagnostic = outcome == mail::Outcome::Success ? "250 2.0.0 Ok: queued" : "550";
        result.note.remoteAddress = "192.0.2.9";
        result.note.remoteName = "mx.b";
        log.Write(result);
    }

    /// Without process ids of children, which are drawn.
    std::string Text()
    {
        vantage.Close();
        return ReadFile(scratch / "maillog");
    }
};

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sendmail_log)

BOOST_AUTO_TEST_CASE(a_relayed_message_has_two_lines)
{
    Fixture fixture;
    fixture.log.Expect({"tester.example.net", "192.0.2.7", "ESMTP"});
    fixture.Begin(1, 0, "c@d");
    fixture.Result(3, mail::Outcome::Success, "Sent\n");
    const std::string text = fixture.Text();
    BOOST_TEST(
        text.substr(0, text.find('\n')) ==
        "Mar 22 18:47:14 mail sendmail[1106]: g2MHlE8K001106: from=<c@d>, size=473, class=0, "
        "nrcpts=1, msgid=<1@example.net>, proto=ESMTP, daemon=MTA, relay=tester.example.net "
        "[192.0.2.7]");
    BOOST_TEST(Has(text, "Mar 22 18:47:17 mail sendmail["));
    BOOST_TEST(Has(text,
                   "]: g2MHlE8K001106: to=<a%b@example.org>, delay=00:00:03, xdelay=00:00:02, "
                   "mailer=esmtp, pri=30473, relay=mx.b [192.0.2.9], dsn=2.0.0, stat=Sent (2.0.0 "
                   "Ok: queued)\n"));
}

BOOST_AUTO_TEST_CASE(a_failure_is_reported_under_a_new_id)
{
    Fixture fixture;
    fixture.Begin(1, 0, "c@d");
    fixture.Result(3, mail::Outcome::Failure, "550 5.1.1 <a@b>... User unknown\n");
    mail::QueueEvent bounced = fixture.Event(Kind::Bounced, 1, 3);
    bounced.bounceSerial = 2;
    fixture.log.Write(bounced);
    fixture.Begin(2, 3, "");
    const std::string text = fixture.Text();
    BOOST_TEST(Has(text, "relay=c@localhost\n"));
    BOOST_TEST(Has(text, "dsn=5.1.1, stat=User unknown\n"));
    BOOST_TEST(Has(text, "]: g2MHlE8K001106: g2MHlF8K001110: DSN: User unknown\n"));
}

BOOST_AUTO_TEST_CASE(a_second_attempt_costs_priority)
{
    Fixture fixture;
    fixture.Begin(1, 0, "c@d");
    fixture.Result(3,
                   mail::Outcome::Deferral,
                   "<a@b>... Deferred: Connection timed out with mx.b.\n");
    fixture.Result(3603, mail::Outcome::Success, "Sent\n");
    const std::string text = fixture.Text();
    BOOST_TEST(Has(text, "stat=Deferred: Connection timed out with mx.b.\n"));
    BOOST_TEST(Has(text, "delay=01:00:03, xdelay=00:00:02, mailer=esmtp, pri=120473,"));
}

BOOST_AUTO_TEST_CASE(refused_recipients_leave_the_rulesets_line)
{
    Fixture fixture;
    const SendmailArrival arrival{"", "192.0.2.7", "SMTP"};
    fixture.log
        .Reject(0, "g2MHjp00018312", 18312, "x@y", arrival, "550 5.7.1 <x@y>... Relaying denied");
    fixture.log.Drop(SECOND, "g2MHjp00018312", 18312, "c@d", arrival);
    BOOST_TEST(fixture.Text() ==
               "Mar 22 18:47:14 mail sendmail[18312]: g2MHjp00018312: ruleset=check_rcpt, "
               "arg1=<x@y>, relay=[192.0.2.7], reject=550 5.7.1 <x@y>... Relaying denied\n"
               "Mar 22 18:47:15 mail sendmail[18312]: g2MHjp00018312: from=<c@d>, size=0, class=0, "
               "nrcpts=0, proto=SMTP, daemon=MTA, relay=[192.0.2.7]\n");
}

BOOST_AUTO_TEST_SUITE_END()
