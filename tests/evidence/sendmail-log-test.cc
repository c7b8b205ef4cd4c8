#include "tests/evidence/log-rig.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;
using Kind = mail::QueueEvent::Kind;

namespace
{

/// A log, a client, and the events of one message to a recipient.
struct Fixture : LogRig
{
    Fixture()
        : LogRig(1016819234 * SECOND, 3600, "mail.example.org") // 2002-03-22T17:47:14Z, UTC+1
    {
        connection.client = *Ipv4::Parse("192.0.2.7");
        place.reverseName = [this](const IpAddress&) { return clientName; };
        Open<dialects::Sendmail>();
    }

    void Command(smtp::Verb verb, std::string_view line, std::int64_t seconds = 0)
    {
        Say(smtp::CommandEvent{Nanoseconds(seconds * SECOND), verb, line});
    }

    void Reply(std::uint32_t code, std::string_view text)
    {
        Say(smtp::ReplyEvent{Nanoseconds(0), smtp::Step::Neutral, code, text});
    }

    mail::QueueEvent Event(Kind kind, std::uint64_t serial, std::int64_t seconds)
    {
        mail::QueueEvent event;
        event.kind = kind;
        event.serial = serial;
        event.time = At(seconds * SECOND);
        event.id = serial == 1 ? "g2MHlE8K001106" : "g2MHlF8K001110";
        return event;
    }

    void Begin(std::uint64_t serial, std::int64_t seconds, const std::string& sender)
    {
        mail::QueueEvent fresh = Event(Kind::NewMessage, serial, seconds);
        fresh.content = std::make_shared<const std::string>("Message-ID: <1@example.net>\n\nHi\n");
        Tell(fresh);
        mail::QueueEvent info = Event(Kind::MessageInfo, serial, seconds);
        info.sender = sender;
        info.bytes = 473;
        info.processId = 1106;
        info.recipients = {"a@b"};
        Tell(info);
    }

    void Result(std::int64_t seconds, mail::DeliveryOutcome outcome, const std::string& text)
    {
        mail::QueueEvent start = Event(Kind::DeliveryStart, 1, seconds - 2);
        start.delivery = 7;
        Tell(start);
        mail::QueueEvent result = Event(Kind::DeliveryResult, 1, seconds);
        result.delivery = 7;
        result.outcome = outcome;
        result.text = text;
        result.asked = "a%b@example.org";
        result.note.status = outcome == mail::DeliveryOutcome::Success ? "2.0.0" : "5.1.1";
        result.note.diagnostic =
            outcome == mail::DeliveryOutcome::Success ? "250 2.0.0 Ok: queued" : "550";
        result.note.remoteAddress = "192.0.2.9";
        result.note.remoteName = "mx.b";
        Tell(result);
    }

    /// Without process ids of children, which are drawn.
    std::string Text() { return LogRig::Text("maillog"); }

    std::string clientName;
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
    fixture.clientName = "tester.example.net";
    fixture.Say(host::ConnectedEvent{});
    fixture.Command(smtp::Verb::Ehlo, "EHLO tester.example.net");
    smtp::Envelope envelope;
    fixture.Say(smtp::MessageEvent{Nanoseconds(0), envelope, nullptr, "250 ok"});
    fixture.Begin(1, 0, "c@d");
    fixture.Result(3, mail::DeliveryOutcome::Success, "Sent\n");
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
    fixture.Result(3, mail::DeliveryOutcome::Failure, "550 5.1.1 <a@b>... User unknown\n");
    mail::QueueEvent bounced = fixture.Event(Kind::Bounced, 1, 3);
    bounced.bounceSerial = 2;
    fixture.Tell(bounced);
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
                   mail::DeliveryOutcome::Deferral,
                   "<a@b>... Deferred: Connection timed out with mx.b.\n");
    fixture.Result(3603, mail::DeliveryOutcome::Success, "Sent\n");
    const std::string text = fixture.Text();
    BOOST_TEST(Has(text, "stat=Deferred: Connection timed out with mx.b.\n"));
    BOOST_TEST(Has(text, "delay=01:00:03, xdelay=00:00:02, mailer=esmtp, pri=120473,"));
}

BOOST_AUTO_TEST_CASE(refused_recipients_leave_the_rulesets_line)
{
    Fixture fixture;
    fixture.Say(host::ConnectedEvent{});
    fixture.Command(smtp::Verb::Helo, "HELO tester");
    fixture.Reply(250, "250 hello");
    fixture.Command(smtp::Verb::Mail, "MAIL FROM:<c@d>");
    fixture.Reply(250, "250 2.1.0 <c@d>... Sender ok");
    fixture.Command(smtp::Verb::Rcpt, "RCPT TO:<x@y>");
    fixture.Reply(550, "550 5.7.1 <x@y>... Relaying denied");
    fixture.Command(smtp::Verb::Quit, "QUIT", 1);
    const std::string text = fixture.Text();
    const std::string id = text.substr(text.find("]: ") + 3, 14);
    const std::string process =
        text.substr(text.find('[') + 1, text.find(']') - text.find('[') - 1);
    BOOST_TEST(text == "Mar 22 18:47:14 mail sendmail[" + process + "]: " + id +
                           ": ruleset=check_rcpt, arg1=<x@y>, relay=[192.0.2.7], reject=550 5.7.1 "
                           "<x@y>... Relaying denied\nMar 22 18:47:15 mail sendmail[" +
                           process + "]: " + id +
                           ": from=<c@d>, size=0, class=0, nrcpts=0, proto=SMTP, daemon=MTA, "
                           "relay=[192.0.2.7]\n");
}

BOOST_FIXTURE_TEST_CASE(a_daemon_that_begins_says_so, Fixture)
{
    mail::QueueEvent stopped = Event(Kind::Stopped, 0, 0);
    Tell(stopped);
    mail::QueueEvent started = Event(Kind::Started, 0, 60);
    started.interval = std::chrono::minutes(15);
    Tell(started);
    const std::string text = LogRig::Text("maillog");
    BOOST_TEST(text.rfind("Mar 22 18:48:14 mail sendmail[", 0) == 0U);
    BOOST_TEST(text.find("]: starting daemon (8.12.2): SMTP+queueing@00:15:00\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
