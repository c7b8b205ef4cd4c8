#include "tests/evidence/log-rig.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;
using Kind = mail::QueueEvent::Kind;

namespace
{

/// A server's log, and a user's message in its queue.
struct Fixture : LogRig
{
    Fixture()
        : LogRig(1321416715 * SECOND, 0, "EX.example.org")
    {
        place.address = *Ipv4::Parse("10.0.0.2");
        Open<dialects::ExchangeTracking>();
    }

    void Enqueue(std::uint64_t serial, const std::string& sender, const std::string& recipient)
    {
        mail::QueueEvent fresh;
        fresh.kind = Kind::NewMessage;
        fresh.serial = serial;
        fresh.internalId = 40 + serial;
        fresh.content = std::make_shared<const std::string>(
            "Message-ID: <" + std::to_string(serial) + "@x>\nSubject: Hello\n\nHi\n");
        Tell(fresh);
        mail::QueueEvent info;
        info.kind = Kind::MessageInfo;
        info.serial = serial;
        info.sender = sender;
        info.recipients = {recipient};
        info.bytes = 50;
        Tell(info);
    }

    void Result(mail::DeliveryOutcome outcome,
                mail::Channel channel,
                const std::string& text,
                const mail::StatusNote& note = {})
    {
        mail::QueueEvent event;
        event.kind = Kind::DeliveryResult;
        event.serial = 1;
        event.time = At(SECOND);
        event.recipient = "b@y";
        event.outcome = outcome;
        event.channel = channel;
        event.text = text;
        event.note = note;
        Tell(event);
    }

    /// The rows behind the header, without the fields from original-client-ip on.
    std::vector<std::string> Rows()
    {
        const std::string text = Text("MSGTRK20111116-1.log");
        std::vector<std::string> rows;
        for (std::size_t at = text.find("\r\n2011-") + 2; at < text.size();)
        {
            const std::size_t end = text.find("\r\n", at);
            rows.push_back(text.substr(at, end - at));
            at = end + 2;
        }
        return rows;
    }
};

mail::StatusNote
Remote(const std::string& status)
{
    mail::StatusNote note;
    note.status = status;
    note.remoteAddress = "192.0.2.9";
    note.remoteName = "mx.y";
    return note;
}

} // namespace

BOOST_AUTO_TEST_SUITE(message_tracking_log)

BOOST_AUTO_TEST_CASE(EveryEndHasItsEventAndItsSource)
{
    Fixture fixture;
    fixture.Enqueue(1, "a@x", "b@y");
    const auto remote = mail::Channel::Remote;
    const auto local = mail::Channel::Local;
    fixture.Result(mail::DeliveryOutcome::Deferral, remote, "451 4.4.0 DNS query failed");
    fixture.Result(mail::DeliveryOutcome::Success, remote, "250 2.0.0 Ok\n", Remote("2.0.0"));
    fixture.Result(mail::DeliveryOutcome::Success, local, "Delivered to the store");
    fixture.Result(mail::DeliveryOutcome::Failure, local, "550 5.1.1 not found");
    fixture.Result(mail::DeliveryOutcome::Failure,
                   remote,
                   "550 5.1.1 User unknown",
                   Remote("5.1.1"));
    fixture.Result(mail::DeliveryOutcome::Failure,
                   remote,
                   "550 4.4.7 QUEUE.Expired",
                   Remote("4.4.7"));
    fixture.Result(mail::DeliveryOutcome::Failure, remote, "554 5.4.4 nonexistent domain");
    const std::vector<std::string> rows = fixture.Rows();
    const std::string mail = "41,<1@x>,b@y,";
    const std::string rest = ",50,1,,,Hello,a@x,a@x,";
    const std::string own = "2011-11-16T04:11:56.000Z,";
    const std::string to = own + "10.0.0.2,EX,192.0.2.9,mx.y,,,";
    BOOST_REQUIRE_EQUAL(rows.size(), 8);
    BOOST_TEST(rows[0] ==
               "2011-11-16T04:11:55.000Z,10.0.0.2,EX,10.0.0.2,EX,,,STOREDRIVER,RECEIVE," + mail +
                   rest + ",,,,,");
    BOOST_TEST(rows[1] == own + ",,10.0.0.2,EX,,,SMTP,DEFER," + mail +
                              "451 4.4.0 DNS query failed" + rest + ",,,,,");
    BOOST_TEST(rows[2] ==
               to + "SMTP,SEND," + mail + "250 2.0.0 Ok" + rest + "2011-11-16T04:11:55.000Z,,,,,");
    BOOST_TEST(rows[3] == own + ",,10.0.0.2,EX,,,STOREDRIVER,DELIVER," + mail + rest +
                              "2011-11-16T04:11:55.000Z,,,,,");
    BOOST_TEST(rows[4] == own + ",,10.0.0.2,EX,,,ROUTING,FAIL," + mail + "550 5.1.1 not found" +
                              rest + ",,,,,");
    BOOST_TEST(rows[5] == to + "SMTP,FAIL," + mail + "550 5.1.1 User unknown" + rest + ",,,,,");
    BOOST_TEST(rows[6] == to + "QUEUE,FAIL," + mail + "550 4.4.7 QUEUE.Expired" + rest + ",,,,,");
    BOOST_TEST(rows[7] == own + ",,10.0.0.2,EX,,,DNS,FAIL," + mail +
                              "554 5.4.4 nonexistent domain" + rest + ",,,,,");
}

BOOST_AUTO_TEST_CASE(AReportNamesWhatItIsAbout)
{
    Fixture fixture;
    fixture.Enqueue(1, "a@x", "b@y");
    mail::QueueEvent bounced;
    bounced.kind = Kind::Bounced;
    bounced.serial = 1;
    bounced.bounceSerial = 2;
    fixture.Tell(bounced);
    fixture.Enqueue(2, "", "a@x");
    const std::vector<std::string> rows = fixture.Rows();
    BOOST_REQUIRE_EQUAL(rows.size(), 2);
    BOOST_TEST(rows[1] ==
               "2011-11-16T04:11:55.000Z,,,10.0.0.2,EX,,,DSN,DSN,42,<2@x>,a@x,,50,1,,<1@x>,"
               "Hello,,<>,,,,,,");
}

BOOST_AUTO_TEST_SUITE_END()
