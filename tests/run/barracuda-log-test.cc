#include "detectors/readers/server-logs.h"
#include "detectors/readers/text-file.h"
#include "tests/evidence/log-rig.h"
#include "tests/run/run-fixture.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <regex>

using namespace bouncelab;
using namespace bouncelab::test;
using detectors::TrackedEvent;

namespace
{

std::vector<TrackedEvent>
Read(const std::string& text)
{
    const std::string name = "barracuda.log";
    std::vector<std::unique_ptr<detectors::TextLineReader>> readers;
    detectors::ServerLogs logs;
    dialects::Barracuda::Readers(logs, name, readers);
    detectors::ReadText(fmemopen(const_cast<char*>(text.data()), text.size(), "rb"),
                        {readers.front().get()});
    std::vector<TrackedEvent> events;
    for (const auto& filed : logs.tracked)
    {
        events.push_back(filed.record);
    }
    return events;
}

/// A gateway that a client speaks to.
struct Fixture : LogRig
{
    Fixture()
        : LogRig(1382041744 * SECOND, -18000, "gw.example.org") // 2013-10-17T20:29:04Z, UTC-5
    {
        place.reverseName = [this](const IpAddress&) { return clientName; };
        Open<dialects::Barracuda>();
        Say(connector::OpenedEvent{});
        Say(smtp::CommandEvent{Nanoseconds(0), smtp::Verb::Mail, "MAIL FROM:<a@b.example>"});
    }

    /// The log with what is drawn as '#': process, message and queue ids.
    std::string Text()
    {
        std::string text = LogRig::Text("barracuda.log");
        const std::regex drawn("(/pass1|scan|/smtp)\\[\\d+\\]|\\d{10}-[0-9a-f]{12}-\\w{6}|"
                               "\\b[0-9A-F]{10}\\b(?= 550| 250)");
        return std::regex_replace(text, drawn, "$1#");
    }

    std::string clientName;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(barracuda_log, Fixture)

BOOST_AUTO_TEST_CASE(a_refusal_is_received_and_no_more)
{
    Say(smtp::CommandEvent{Nanoseconds(0), smtp::Verb::Rcpt, "RCPT TO:<c@d.example>"});
    Say(connector::RefusalEvent{Nanoseconds(2 * SECOND),
                                connector::Refusal::UserUnknown,
                                smtp::Step::Recipient,
                                "550 5.1.1 User unknown"});
    Say(connector::RefusalEvent{Nanoseconds(2 * SECOND),
                                connector::Refusal::MessageRate,
                                smtp::Step::Recipient,
                                "421 4.7.0 Too many"});
    BOOST_TEST(Text() ==
               "Oct 17 15:29:06 gw inbound/pass1#: unknown[69.46.103.200] # 1382041744 1382041746 "
               "RECV a@b.example c@d.example 2 8 -\n"
               "Oct 17 15:29:06 gw inbound/pass1#: unknown[69.46.103.200] # 1382041744 1382041746 "
               "RECV a@b.example c@d.example 5 4 -\n");
}

BOOST_AUTO_TEST_CASE(a_message_is_scanned_for_each_recipient_and_sent)
{
    clientName = "mail.b.example";
    smtp::Envelope envelope;
    envelope.sender.path = {"a", "b.example", {}};
    envelope.recipients.resize(2);
    envelope.recipients[0].path = {"c", "d.example", {}};
    envelope.recipients[1].path = {"e", "d.example", {}};
    connector::QueuedEvent taken;
    taken.time = Nanoseconds(SECOND);
    taken.internalId = 7;
    taken.subject = "Hello\tyou";
    taken.envelope = &envelope;
    taken.size = 18402;
    Say(taken);
    mail::QueueEvent queued;
    queued.serial = 1;
    queued.internalId = 7;
    Tell(queued);
    queued.kind = mail::QueueEvent::Kind::DeliveryResult;
    queued.time = At(3 * SECOND);
    queued.text = "250 2.6.0 Queued mail for delivery\n";
    Tell(queued);
    queued.outcome = mail::DeliveryOutcome::Failure;
    queued.text = "550 5.1.1 User unknown\n";
    Tell(queued);
    const std::string scanned = "Oct 17 15:29:05 gw scan#: mail.b.example[69.46.103.200] # "
                                "1382041744 1382041745 SCAN - a@b.example ";
    BOOST_TEST(Text() == scanned + "c@d.example - 0 0 - SZ:18402 SUBJ:Hello?you\n" + scanned +
                             "e@d.example - 0 0 - SZ:18402 SUBJ:Hello?you\n"
                             "Oct 17 15:29:07 gw outbound/smtp#: 127.0.0.1 # 0 0 SEND - 1 # 250 "
                             "2.6.0 Queued mail for delivery\n"
                             "Oct 17 15:29:07 gw outbound/smtp#: 127.0.0.1 # 0 0 SEND - 2 # 550 "
                             "5.1.1 User unknown\n");
}

/// In the shape of lines that the vendor shows.
BOOST_AUTO_TEST_CASE(lines_are_read_as_events_of_messages)
{
    const auto events = Read(
        "Oct 17 13:29:04 gw scan[5125]: mail.b.example[192.0.2.7] 1382041743-0f8241420001-6AQV5q "
        "1382041743 1382041744 SCAN - a@b.example c@d.example - 7 11 - SZ:18402 SUBJ:Hello! - all\n"
        "Oct 17 13:29:04 gw scan[5125]: mail.b.example[192.0.2.7] 1382041743-0f8241420001-6AQV5q "
        "1382041743 1382041744 SCAN - a@b.example e@d.example - 0 0 - SZ:18402 SUBJ:Hello! - all\n"
        "Oct 17 13:29:06 gw outbound/smtp[13266]: 127.0.0.1 1382041743-0f8241420001-6AQV5q 0 0 "
        "SEND ENC 1 8B2052296C 250 2.6.0 Queued mail\n"
        "Oct 17 13:15:48 gw inbound/pass1[3970]: unknown[192.0.2.8] 1382040948-0f823dad0000-LuzkN2 "
        "1382040948 1382040948 RECV - - 5 4 -\n"
        "Oct 17 13:15:48 gw inbound/pass1[3970]: unknown[192.0.2.8] 1382040948-0f823dad0000-LuzkN2 "
        "1382040948 1382040948 RECV - f@d.example 2 8 -\n"
        "Oct 17 13:29:06 gw outbound/smtp[13266]: 127.0.0.1 1382041743-ffffffffffff-6AQV5q 0 0 "
        "SEND ENC 1 8B2052296C 250 of something older\n"
        "Oct 17 13:29:06 gw scan[1]: cut[192.0.2.7] 1382041743-0f8241420001-6AQV5q 13820\n");
    BOOST_REQUIRE_EQUAL(events.size(), 3);
    BOOST_TEST(events[0].event == "RECEIVE");
    BOOST_TEST(events[0].clientName == "mail.b.example");
    BOOST_TEST(events[0].client->ToString() == "192.0.2.7");
    BOOST_TEST(events[0].sender == "a@b.example");
    BOOST_TEST((events[0].recipients == std::vector<std::string>{"c@d.example", "e@d.example"}));
    BOOST_TEST(events[0].octets == 18402);
    BOOST_TEST(events[0].time == Reading(1382041744 * SECOND));
    BOOST_TEST(events[1].event == "SEND");
    BOOST_TEST(events[1].time == Reading(1382041746 * SECOND));
    BOOST_TEST(events[1].statuses.at(0) == "250 2.6.0 Queued mail");
    BOOST_TEST(events[2].event == "REFUSE");
    BOOST_TEST(events[2].returnPath == "<>");
    BOOST_TEST(events[2].clientName == "");
    BOOST_TEST(events[2].recipients.at(0) == "f@d.example");
}

/// A gateway in front of a server, in a world of its own.
BOOST_AUTO_TEST_CASE(a_gateway_at_work_writes_it)
{
    run::Runs runs;
    run::RunSpec spec = runs.Spec("mail");
    spec.scenarioFile = (scratch / "scenario.yaml").string();
    std::ofstream(spec.scenarioFile) << R"(
name: gateway
base:
  description: Mail reaches a server through a gateway.
  start: 2013-10-17T20:29:00Z
  duration: 120 s
  site:
    gateway-address: 10.10.10.1
    from: filter
    inside: [{address: 10.10.10.1, delay: 100 us}]
  hosts:
    filter:
      address: 10.10.10.10
      hostname: gw.example.org
      stack: linux-2.6
      serves: postfix
      sends: {persona: postfix, log: barracuda}
      connectors: {smtp: {port: 25, policy: unix-mta}}
      organization: {relay-domains: [example.org]}
    server:
      address: 198.51.100.25
      hostname: mail.example.org
      stack: windows-2008
      serves: exchange-2003
      connectors: {smtp: {port: 25, policy: exchange-2003}}
      organization: {accepted-domains: [example.org], mailboxes: [anna@example.org]}
    sender:
      address: 192.0.2.20
      hostname: mail.fabrikam.example
      reverse-name: mail.fabrikam.example
      stack: linux-2.6
      serves: postfix
      sends: postfix
      relay: {address: 10.10.10.10, name: gw.example.org}
  paths:
    server: {to: server, hops: [{address: 198.51.100.25, delay: 4 ms}]}
    sender: {to: sender, hops: [{address: 192.0.2.20, delay: 7 ms}]}
  mail:
    exchangers: {example.org: server, example.net: server, fabrikam.example: sender}
    messages:
      taken: {from: ken@fabrikam.example, to: anna@example.org, via: sender, at: 5 s}
      refused: {from: ken@fabrikam.example, to: info@example.net, via: sender, at: 10 s}
  vantages:
    gateway: {place: filter, mail-log: true}
variants:
  mail: {description: One message is taken and one refused.}
)";
    const auto results = run::RunMany({spec}, {});
    BOOST_REQUIRE_MESSAGE(results[0].status == 0, results[0].error);
    const auto events = Read(ReadFile(spec.out / "evidence/gateway/barracuda.log"));
    BOOST_REQUIRE_EQUAL(events.size(), 3);
    BOOST_TEST(events[0].event == "RECEIVE");
    BOOST_TEST(events[0].recipients.at(0) == "anna@example.org");
    BOOST_TEST(events[0].clientName == "mail.fabrikam.example");
    BOOST_TEST(events[1].event == "SEND");
    BOOST_TEST(events[1].internalId == events[0].internalId);
    BOOST_TEST(events[2].event == "REFUSE");
    BOOST_TEST(events[2].recipients.at(0) == "info@example.net");
    BOOST_TEST(events[2].statuses.at(0) == "550");
}

BOOST_AUTO_TEST_SUITE_END()
