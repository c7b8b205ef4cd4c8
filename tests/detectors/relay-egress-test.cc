#include "run-detector.h"
#include "sample-mail.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string DETECTOR = "relay-egress";
const std::string TESTER = "198.51.100.25";
const std::string SERVER = "203.0.113.10";
const std::string ELSEWHERE = "192.0.2.80";
const std::string PERCENT = "relaytest%tester.example@local.example";

/// A test message that comes to the server.
SampleDelivery
Comes(const std::string& recipient, const std::string& id = "<t6@tester.example>")
{
    SampleDelivery in;
    in.client = TESTER;
    in.server = SERVER;
    in.hello = "probe.tester.example";
    in.sender = "antispam@tester.example";
    in.recipients = {{recipient}};
    in.content = SampleContent(id, "Relay test 6");
    return in;
}

/// Something that the server sends.
SampleDelivery
Goes(const std::string& sender, const std::string& recipient, const std::string& content)
{
    SampleDelivery out;
    out.client = SERVER;
    out.server = ELSEWHERE;
    out.hello = "mail.local.example";
    out.greeting = "mx.tester.example";
    out.sender = sender;
    out.recipients = {{recipient}};
    out.content = content;
    out.startMs = 5000;
    return out;
}

/// Other mail of the server, long afterwards.
SampleDelivery
Later(std::int64_t startMs = 1200000)
{
    SampleDelivery out =
        Goes("boss@local.example", "a@partner.example", SampleContent("<b@l>", "Hello"));
    out.startMs = startMs;
    return out;
}

std::vector<Alert>
Judge(const std::vector<SampleDelivery>& deliveries)
{
    return JudgeBoth(DETECTOR, ToSessions(deliveries));
}

void
ExpectOne(const std::vector<Alert>& alerts, Verdict verdict, const std::string& words)
{
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    const std::string& said = alerts[0].evidence.explanation;
    BOOST_TEST((alerts[0].verdict == verdict), said);
    BOOST_TEST(alerts[0].dottedClass == "relay.mail", said);
    BOOST_TEST(said.find(words) != std::string::npos, said);
    BOOST_TEST(alerts[0].source.ToString() == TESTER);
}

} // namespace

BOOST_AUTO_TEST_SUITE(relay_egress)

BOOST_AUTO_TEST_CASE(MailThatLeavesIsRelayed)
{
    const std::string content = SampleContent("<t6@tester.example>", "Relay test 6");
    for (const char* recipient : {"relaytest%tester.example@local.example",
                                  "\"relaytest@tester.example\"",
                                  "tester.example!relaytest@local.example",
                                  "@mail.local.example:relaytest@tester.example"})
    {
        ExpectOne(Judge({Comes(recipient),
                         Goes("antispam@tester.example", "relaytest@tester.example", content)}),
                  Verdict::Fault,
                  "it relays");
    }
}

BOOST_AUTO_TEST_CASE(WhatNobodyHasTakenYetHasNotLeft)
{
    // The next server accepts the recipient, and the evidence ends there.
    ExpectOne(
        Judge({Comes(PERCENT), Goes("antispam@tester.example", "relaytest@tester.example", "")}),
        Verdict::Inconclusive,
        "neither left nor came back");
}

/// The same mail from one sender for two domains, as it comes and as it leaves.
std::vector<SampleDelivery>
Passes(const std::vector<std::string>& recipients, const std::vector<std::string>& senders)
{
    std::vector<SampleDelivery> all;
    for (std::size_t i = 0; i < recipients.size(); ++i)
    {
        const std::string id = "<" + std::to_string(i) + "@x>";
        all.push_back(Comes(recipients[i], id));
        all.back().sender = senders[i % senders.size()];
        all.push_back(
            Goes(senders[i % senders.size()], recipients[i], SampleContent(id, "Relay test 6")));
    }
    return all;
}

BOOST_AUTO_TEST_CASE(AForeignDomainAloneMayBeABackupMxsTwoOfOneSenderAreNot)
{
    const std::vector<std::string> two{"relaytest@tester.example", "bob@third.example"};
    const std::string stranger = "win@lottery.example";
    ExpectOne(Judge(Passes({two[0]}, {stranger})), Verdict::Inconclusive, "another foreign domain");
    const auto expectBoth = [&](const std::vector<std::string>& senders, Verdict verdict)
    {
        const auto alerts = Judge(Passes(two, senders));
        BOOST_REQUIRE_EQUAL(alerts.size(), 2);
        BOOST_TEST((alerts[0].verdict == verdict), alerts[0].evidence.explanation);
        BOOST_TEST((alerts[1].verdict == verdict));
    };
    expectBoth({stranger}, Verdict::Fault);
    // Customers' mail behind a filter comes from whoever writes to them.
    expectBoth({stranger, "bill@shop.example"}, Verdict::Inconclusive);
    // The server names itself, and another organization than its client and the sender.
    expectBoth({"antispam@tester.example"}, Verdict::Fault);
}

BOOST_AUTO_TEST_CASE(ItIsKnownAgainByItsContentWithoutAMessageId)
{
    SampleDelivery in = Comes(PERCENT);
    in.content = "Subject: x\r\n\r\nThe same body.\r\n";
    SampleDelivery out = Goes("antispam@tester.example",
                              "relaytest@tester.example",
                              "Received: from probe\r\nSubject: x\r\n\r\nThe same body.\r\n");
    ExpectOne(Judge({in, out}), Verdict::Fault, "it relays");
    out.content = "Subject: x\r\n\r\nAnother body.\r\n";
    ExpectOne(Judge({in, out}), Verdict::Inconclusive, "longer capture");
}

BOOST_AUTO_TEST_CASE(AcceptedThenReportedIsNotRelayed)
{
    ExpectOne(Judge({Comes(PERCENT),
                     Goes("",
                          "antispam@tester.example",
                          SampleReport("<r@l>", PERCENT, "<t6@tester.example>"))}),
              Verdict::Benign,
              "came back to its sender as a report");
    // A report on something else decides nothing.
    ExpectOne(
        Judge({Comes(PERCENT),
               Goes("", "antispam@tester.example", SampleReport("<r@l>", "x@l", "<other@x>"))}),
        Verdict::Inconclusive,
        "neither left nor came back");
}

BOOST_AUTO_TEST_CASE(KeptMailShowsByItsAbsence)
{
    ExpectOne(Judge({Comes(PERCENT), Later()}), Verdict::Benign, "kept here");
    ExpectOne(Judge({Comes(PERCENT), Later(60000)}), Verdict::Inconclusive, "tracking log");
    // Ten minutes behind the message; the later one ends 24.8 ms later in its session than the
    // first.
    ExpectOne(Judge({Comes(PERCENT), Later(599976)}), Verdict::Benign, "within the 600.001 s");
    ExpectOne(Judge({Comes(PERCENT), Later(599975)}), Verdict::Inconclusive, "neither left");
}

BOOST_AUTO_TEST_CASE(WithoutEgressNothingIsKnown)
{
    ExpectOne(Judge({Comes(PERCENT)}), Verdict::Inconclusive, "capture of what leaves it");
    SampleDelivery asked = Comes(PERCENT);
    asked.content.clear();
    ExpectOne(Judge({asked, Later()}), Verdict::Inconclusive, "real test message");
}

BOOST_AUTO_TEST_CASE(RefusedMailIsSilence)
{
    SampleDelivery refused = Comes("relaytest@tester.example");
    refused.recipients[0].reply = "550 5.7.1 Unable to relay";
    BOOST_TEST(Judge({refused, Later()}).empty());
    BOOST_TEST(Judge({Comes("boss@local.example"), Later()}).empty());
}

BOOST_AUTO_TEST_CASE(AuthenticatedUsersMayRelay)
{
    SampleDelivery user = Comes("friend@partner.example");
    user.authenticates = true;
    ExpectOne(Judge({user,
                     Goes("antispam@tester.example",
                          "friend@partner.example",
                          SampleContent("<t6@tester.example>", "Relay test 6"))}),
              Verdict::Benign,
              "authenticated first");
}

BOOST_AUTO_TEST_CASE(AuthenticatedUsersAreToldWhenTheirMailHasLeft)
{
    SampleDelivery kept = Comes("friend@partner.example", "<t5@tester.example>");
    kept.authenticates = true;
    SampleDelivery user = Comes("friend@partner.example");
    user.authenticates = true;
    user.startMs = 3000;
    ExpectOne(Judge({kept,
                     user,
                     Goes("antispam@tester.example",
                          "friend@partner.example",
                          SampleContent("<t6@tester.example>", "Relay test 6"))}),
              Verdict::Benign,
              "authenticated first");
}

BOOST_AUTO_TEST_CASE(ABackupMxTakesOneDomainFromEverybodyAndNoOther)
{
    const auto mail = [](const std::string& client, const std::string& sender, int number)
    {
        const std::string id = "<m" + std::to_string(number) + "@x>";
        SampleDelivery in = Comes("bob@partner.example", id);
        in.client = client;
        in.hello = "out." + sender;
        in.sender = "a@" + sender;
        SampleDelivery out =
            Goes(in.sender, "bob@partner.example", SampleContent(id, "Relay test 6"));
        out.startMs = in.startMs = number * 10000;
        out.startMs += 3000;
        return std::vector<SampleDelivery>{in, out};
    };
    std::vector<SampleDelivery> all = mail(TESTER, "one.example", 1);
    ExpectOne(Judge(all), Verdict::Inconclusive, "MX records");
    SampleDelivery refused = Comes("relaytest@tester.example");
    refused.recipients[0].reply = "550 5.7.1 Unable to relay";
    all.push_back(refused);
    ExpectOne(Judge(all), Verdict::Inconclusive, "MX records");
    const std::vector<SampleDelivery> second = mail("198.51.102.9", "two.example", 2);
    all.insert(all.end(), second.begin(), second.end());
    const auto alerts = Judge(all);
    BOOST_REQUIRE_EQUAL(alerts.size(), 2);
    for (const Alert& alert : alerts)
    {
        BOOST_TEST((alert.verdict == Verdict::Benign), alert.evidence.explanation);
        BOOST_TEST(alert.evidence.explanation.find("backup MX") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(TheServersLogsDecideWithoutACapture)
{
    const auto judge = [](const std::string& events)
    {
        SampleSession in = ToSession(Comes(PERCENT));
        in.turns[in.turns.size() - 2].reply =
            "250 2.6.0 <t6@tester.example> [InternalId=7] Queued mail for delivery";
        detectors::EvidenceContext context;
        AddLog(context, ReceiveLogOf({in}));
        AddLog(context,
               "#Fields: date-time,server-ip,source,event-id,internal-message-id,message-id,"
               "reference,recipient-address,total-bytes\r\n" +
                   events,
               "MSGTRK20111116-1.log");
        context.logs.Finish();
        return JudgeLogs(DETECTOR, context);
    };
    const std::string stamp = "2011-11-16T04:12:30.000Z,";
    const std::string id = "<t6@tester.example>";
    ExpectOne(judge(stamp + "192.0.2.80,SMTP,SEND,7," + id + ",,relaytest@tester.example,700\r\n"),
              Verdict::Fault,
              "SEND (line 2");
    ExpectOne(judge(stamp + ",ROUTING,FAIL,7," + id + ",," + PERCENT + ",700\r\n"),
              Verdict::Benign,
              "FAIL (line 2");
    ExpectOne(judge(stamp + ",DSN,DSN,8,<r@l>," + id + ",antispam@tester.example,900\r\n"),
              Verdict::Benign,
              "as a report");
    ExpectOne(judge(stamp + ",STOREDRIVER,DELIVER,7," + id + ",,postmaster@local.example,700\r\n"),
              Verdict::Benign,
              "delivered here");
    ExpectOne(judge(""), Verdict::Inconclusive, "send or tracking log");
}

BOOST_AUTO_TEST_CASE(AMailboxDecidesToo)
{
    const auto judge = [](const std::string& mailbox)
    {
        detectors::EvidenceContext context;
        AddLog(context,
               "From a@b Fri Mar 22 17:47:18 2002\nDelivered-To: " + mailbox +
                   "\nMessage-ID: <t6@tester.example>\n\nBody\n\nFrom c@d Fri Mar 22 2002\n"
                   "Message-ID: <other@x>\n\n",
               "mailboxes/any.mbox");
        context.logs.Finish();
        return JudgeCapture(PcapOf(ToSessions({Comes(PERCENT)})), DETECTOR, context);
    };
    ExpectOne(judge("Office@local.example"), Verdict::Benign, "mailbox of <office@local.example>");
    ExpectOne(judge("relaytest@tester.example"), Verdict::Fault, "it relays");
}

BOOST_AUTO_TEST_SUITE_END()
