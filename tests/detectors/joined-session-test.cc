#include "run-detector.h"
#include "sample-wire.h"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// The client's session as a log at the server has it where nobody interferes.
SampleSession
LoggedStraight(std::string client = "198.51.100.77")
{
    SampleSession session = DirectSession();
    session.client = client;
    session.server = "192.168.0.222";
    session.startUs = 77000;
    session.handshakeUs = 300;
    session.clientUs = 154000;
    session.thinkUs = 155500;
    for (SampleTurn& turn : session.turns)
    {
        turn.delayUs = 1000;
    }
    session.turns[1].reply = ExchangeEhlo(client);
    return session;
}

/// A relay that takes each command when it comes, seen at the client and at the server.
struct Relayed
{
    SampleSession client = ProxiedSession();
    SampleSession server = UpstreamSession();

    Relayed()
    {
        // MAIL waits for the whole opening; from then on each takes one way there and back.
        server.startUs = 190000;
        server.turns[5].delayUs = 320000;
        server.thinkUs = 158000;
    }
};

void
ExpectOne(const std::vector<Alert>& alerts, Verdict verdict, std::string_view word)
{
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == verdict), alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].evidence.explanation.find(word) != std::string::npos,
               alerts[0].evidence.explanation);
}

std::vector<Alert>
Judge(const std::vector<SampleSession>& captured, const std::vector<SampleSession>& logged)
{
    return JudgeBoth("joined-session", captured, logged);
}

} // namespace

BOOST_AUTO_TEST_SUITE(joined_session)

BOOST_AUTO_TEST_CASE(ARelayedSessionIsFoundOnBothSides)
{
    const Relayed relayed;
    const auto alerts = Judge({relayed.client}, {relayed.server});
    ExpectOne(alerts, Verdict::Fault, "the client calls itself jia-pc, the server was called by");
    const Alert& alert = alerts[0];
    BOOST_TEST(alert.dottedClass == "intercepted.proxy");
    BOOST_TEST(alert.source.ToString() == "198.51.100.77");
    BOOST_TEST(alert.sourcePort == 49152);
    BOOST_TEST(alert.destination.ToString() == "203.0.113.10");
    BOOST_TEST(alert.frame > 0);
    BOOST_TEST(alert.evidence.log.size() == 3);
    BOOST_TEST(alert.evidence.log[0].text.find("MAIL FROM:<jia@abc.com>") != std::string::npos);
    BOOST_TEST(alert.evidence.explanation.find("never saw SIZE") != std::string::npos,
               alert.evidence.explanation);
    BOOST_TEST(alert.evidence.explanation.find("each command while the client waits") !=
                   std::string::npos,
               alert.evidence.explanation);
}

BOOST_AUTO_TEST_CASE(ClocksMayDifferEitherWay)
{
    for (const std::int64_t seconds : {-90, -7, 7, 90})
    {
        Relayed relayed;
        relayed.server.startUs += seconds * 1000000;
        const auto alerts = Judge({relayed.client}, {relayed.server});
        ExpectOne(alerts, Verdict::Fault, seconds > 0 ? "ahead" : "behind");
    }
}

BOOST_AUTO_TEST_CASE(EachOfSeveralSessionsIsPairedOnce)
{
    std::vector<SampleSession> captured;
    std::vector<SampleSession> logged;
    for (int i = 0; i < 5; ++i)
    {
        Relayed relayed;
        relayed.client.startUs += i * 60000000LL;
        relayed.client.clientPort += i;
        relayed.server.startUs += i * 60000000LL + 3000000;
        relayed.server.clientPort += i;
        captured.push_back(relayed.client);
        logged.push_back(relayed.server);
    }
    const auto alerts = Judge(captured, logged);
    BOOST_TEST(CountFaults(alerts) == 5);
    std::set<int> ports;
    for (const Alert& alert : alerts)
    {
        ports.insert(alert.sourcePort);
    }
    BOOST_TEST(ports.size() == 5);
}

BOOST_AUTO_TEST_CASE(AStraightSessionIsSilent)
{
    BOOST_TEST(Judge({DirectSession()}, {LoggedStraight()}).empty());
}

BOOST_AUTO_TEST_CASE(ANatChangesAddressesOnly)
{
    SampleSession inside = DirectSession();
    inside.client = "192.168.1.20";
    inside.turns[1].reply = ExchangeEhlo("198.51.100.77");
    SampleSession logged = LoggedStraight();
    logged.clientPort = 61001;
    BOOST_TEST(Judge({inside}, {logged}).empty());
    // Without AUTH on either side, too.
    for (SampleSession* session : {&inside, &logged})
    {
        session->turns.erase(session->turns.begin() + 2, session->turns.begin() + 5);
    }
    BOOST_TEST(Judge({inside}, {logged}).empty());
}

BOOST_AUTO_TEST_CASE(AStrippedSessionDiffersInItsKeywords)
{
    SampleSession captured = DirectSession();
    captured.handshakeUs = 18000;
    captured.turns.erase(captured.turns.begin() + 2, captured.turns.begin() + 5);
    captured.turns[1].reply = ExchangeEhlo("69.46.103.200", false);
    SampleSession logged = LoggedStraight("69.46.103.200");
    logged.turns.erase(logged.turns.begin() + 2, logged.turns.begin() + 5);
    ExpectOne(Judge({captured}, {logged}),
              Verdict::Fault,
              "never saw STARTTLS, X-ANONYMOUSTLS, AUTH and X-EXPS");
}

BOOST_AUTO_TEST_CASE(StrippedTlsShowsWhereAuthGoesThrough)
{
    SampleSession captured = DirectSession();
    captured.handshakeUs = 18000;
    SampleSession logged = LoggedStraight("69.46.103.200");
    captured.turns[1].reply = logged.turns[1].reply;
    const std::string gone = "250-STARTTLS\n250-X-ANONYMOUSTLS\n";
    captured.turns[1].reply.erase(captured.turns[1].reply.find(gone), gone.size());
    ExpectOne(Judge({captured}, {logged}), Verdict::Fault, "never saw STARTTLS and X-ANONYMOUSTLS");
}

BOOST_AUTO_TEST_CASE(ASmarthostThatTheClientCallsIsSilent)
{
    Relayed relayed;
    relayed.client.server = "69.46.103.200";
    BOOST_TEST(Judge({relayed.client}, {relayed.server}).empty());
    // Also where it sends from another address, once the server's own is known.
    relayed.client.server = "198.51.100.9";
    SampleSession straight = DirectSession();
    straight.clientPort = 49500;
    straight.startUs = 50000000;
    straight.turns[5].command = "MAIL FROM:<li@abc.com>";
    SampleSession logged = LoggedStraight();
    logged.clientPort = 49500;
    logged.startUs = 50077000;
    logged.turns[5].command = "MAIL FROM:<li@abc.com>";
    BOOST_TEST(Judge({relayed.client, straight}, {relayed.server, logged}).empty());
}

BOOST_AUTO_TEST_CASE(TheSitesOwnFrontEndIsSilent)
{
    Relayed relayed;
    relayed.server.client = "192.168.0.5";
    BOOST_TEST(Judge({relayed.client}, {relayed.server}).empty());
}

BOOST_AUTO_TEST_CASE(MailSentOnLaterNeedsTheServersOutsideAddress)
{
    SampleSession client = ProxiedSession();
    for (SampleTurn& turn : client.turns)
    {
        turn.delayUs = 18700;
    }
    SampleSession server = UpstreamSession();
    server.startUs = 42000000;
    ExpectOne(Judge({client}, {server}), Verdict::Inconclusive, "public address");
    // Submission straight to the server shows it.
    SampleSession straight = DirectSession();
    straight.clientPort = 49500;
    straight.serverPort = 587;
    straight.startUs = 300000000;
    SampleSession logged = LoggedStraight();
    logged.clientPort = 49500;
    logged.serverPort = 587;
    logged.startUs = 300077000;
    const auto alerts = Judge({client, straight}, {server, logged});
    ExpectOne(alerts, Verdict::Fault, "later");
}

BOOST_AUTO_TEST_CASE(TheNearestOfManyAlikeIsTaken)
{
    std::vector<SampleSession> logged;
    for (int i = 0; i < 120; ++i)
    {
        Relayed relayed;
        relayed.server.startUs += (i - 60) * 3500000LL;
        relayed.server.clientPort += i;
        logged.push_back(relayed.server);
    }
    const Relayed relayed;
    ExpectOne(Judge({relayed.client}, logged), Verdict::Fault, "69.46.103.200:49820");
}

/// One client's mail, once as it comes to a NAT and once behind it, where only the server's address
/// is another.
struct BothSidesOfANat
{
    std::vector<SampleSession> outside;
    std::vector<SampleSession> inside;

    explicit BothSidesOfANat(std::int64_t clockUs = 0)
    {
        for (int i = 0; i < 6; ++i)
        {
            SampleSession before = DirectSession();
            SampleSession behind = LoggedStraight();
            for (SampleSession* session : {&before, &behind})
            {
                session->clientPort += i;
                session->startUs += i * 25700000LL;
                session->initial[0] = 1000 + 7919 * static_cast<std::uint32_t>(i);
                session->initial[1] = 5000 + 104729 * static_cast<std::uint32_t>(i);
                session->turns[0].reply =
                    "220 EX.abc.com Microsoft ESMTP MAIL Service ready at Wed, 16 Nov 2011 12:1" +
                    std::to_string(i) + ":56 +0800";
            }
            behind.startUs += clockUs;
            // The two do not take the same time, so that others seem to fit as well.
            behind.thinkUs += i % 2 ? -900 : 900;
            outside.push_back(before);
            inside.push_back(behind);
        }
    }
};

BOOST_AUTO_TEST_CASE(BothSidesOfANatAreOneSession)
{
    for (const std::int64_t clockUs : {0, 25700000, -51400000})
    {
        const BothSidesOfANat nat(clockUs);
        for (const bool straightFirst : {false, true})
        {
            const auto alerts = JudgeFiles("joined-session",
                                           straightFirst ? std::vector{nat.outside, nat.inside}
                                                         : std::vector{nat.inside, nat.outside});
            BOOST_TEST(alerts.empty());
        }
        BOOST_TEST(Judge(nat.outside, nat.inside).empty());
    }
}

BOOST_AUTO_TEST_CASE(OtherSessionsOfTheSameClientAreNotItsOwn)
{
    // Every second one is missing on one side, the others on the other.
    const BothSidesOfANat nat;
    std::vector<SampleSession> outside;
    std::vector<SampleSession> inside;
    for (std::size_t i = 0; i < nat.outside.size(); ++i)
    {
        (i % 2 ? outside : inside).push_back(i % 2 ? nat.outside[i] : nat.inside[i]);
        (i % 2 ? outside : inside).back().turns[1].command = i % 2 ? "EHLO a" : "EHLO b";
    }
    BOOST_TEST(JudgeFiles("joined-session", {outside, inside}).empty());
    BOOST_TEST(Judge(outside, inside).empty());
}

BOOST_AUTO_TEST_CASE(AnotherDateInTheGreetingIsNoDifference)
{
    const std::string greeting = "220 EX.abc.com Microsoft ESMTP MAIL Service ready at ";
    SampleSession captured = DirectSession();
    captured.client = "192.168.1.20";
    captured.turns[0].reply = greeting + "Wed, 16 Nov 2011 12:11:56 +0800";
    SampleSession logged = LoggedStraight();
    logged.clientPort = 61001;
    logged.turns[0].reply = greeting + "Wed, 16 Nov 2011 12:12:21 +0800";
    BOOST_TEST(Judge({captured}, {logged}).empty());
    // Another name is one.
    captured.turns[0].reply.replace(4, 2, "MX");
    ExpectOne(Judge({captured}, {logged}), Verdict::Fault, "greeted with \"220 MX.abc.com");
}

/// The proxy's own session on both sides of the NAT, beside the user's: only the user's is found.
BOOST_AUTO_TEST_CASE(TheProxysOwnSessionIsNotInterceptedOnceMore)
{
    std::vector<SampleSession> clients;
    std::vector<SampleSession> uplink;
    std::vector<SampleSession> inside;
    for (int i = 0; i < 4; ++i)
    {
        Relayed relayed;
        for (SampleSession* session : {&relayed.client, &relayed.server})
        {
            session->startUs += i * 31000000LL;
            session->clientPort += i;
            session->initial[0] += 7919 * static_cast<std::uint32_t>(i);
            session->initial[1] += 104729 * static_cast<std::uint32_t>(i);
        }
        clients.push_back(relayed.client);
        inside.push_back(relayed.server);
        relayed.server.server = relayed.client.server;
        relayed.server.handshakeUs = 137000;
        relayed.server.startUs -= 69000;
        uplink.push_back(relayed.server);
    }
    BOOST_TEST(JudgeFiles("joined-session", {uplink, inside}).empty());
    const auto alerts = JudgeFiles("joined-session", {clients, uplink, inside});
    BOOST_TEST(CountFaults(alerts) == 4);
    for (const Alert& alert : alerts)
    {
        BOOST_TEST(alert.source.ToString() == "198.51.100.77");
    }
}

/// The server's record of a session is judged, and the client's of the same one is not.
BOOST_AUTO_TEST_CASE(OtherDetectorsJudgeTheServersRecord)
{
    const std::string ban =
        "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were "
        "received from your IP address.";
    Relayed relayed;
    for (SampleSession* session : {&relayed.client, &relayed.server})
    {
        session->turns[3].reply = ban;
        session->turns.erase(session->turns.begin() + 4, session->turns.begin() + 6);
    }
    for (const bool both : {false, true})
    {
        const auto alerts = JudgeBoth("dha-ban",
                                      {relayed.client},
                                      both ? std::vector<SampleSession>{relayed.server}
                                           : std::vector<SampleSession>{});
        BOOST_REQUIRE_EQUAL(alerts.size(), 1);
        BOOST_TEST(alerts[0].destination.ToString() == (both ? "69.46.103.200" : "198.51.100.77"));
    }
}

BOOST_AUTO_TEST_CASE(OtherMailAndOneSideAloneAreSilent)
{
    const Relayed relayed;
    SampleSession other = relayed.server;
    other.turns[2].command = "MAIL FROM:<li@abc.com>";
    BOOST_TEST(Judge({relayed.client}, {other}).empty());
    other = relayed.server;
    other.startUs += 3600000000;
    BOOST_TEST(Judge({relayed.client}, {other}).empty());
    BOOST_TEST(Judge({relayed.client}, {}).empty());
    BOOST_TEST(Judge({relayed.client, relayed.server}, {}).empty());
}

BOOST_AUTO_TEST_CASE(ACutLogAndACutCaptureAreSurvived)
{
    const Relayed relayed;
    const std::string log = ReceiveLogOf({relayed.server});
    const std::string capture = PcapOf({relayed.client});
    for (std::size_t length = 0; length <= log.size(); length += 83)
    {
        EvidenceContext context;
        AddLog(context, log.substr(0, length));
        context.logs.Finish();
        JudgeCapture(capture, "joined-session", context);
    }
    EvidenceContext context;
    AddLog(context, log + "2011-11-16T04:11:56.442Z,EX\\Default");
    context.logs.Finish();
    BOOST_TEST(CountFaults(JudgeCapture(capture, "joined-session", context)) == 1);
    for (std::size_t length = 24; length < capture.size(); length += 97)
    {
        JudgeCapture(capture.substr(0, length), "joined-session", context);
    }
}

BOOST_AUTO_TEST_SUITE_END()
