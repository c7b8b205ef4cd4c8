#include "run-detector.h"
#include "sample-wire.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// The server itself at another port, from the client's.
SampleSession
Control(int port = 587)
{
    SampleSession session = DirectSession();
    session.clientPort = 50000 + port;
    session.serverPort = port;
    session.startUs = 30000000;
    session.initial[CLIENT] = 300000;
    session.initial[SERVER] = 400000;
    return session;
}

/// A proxy that takes mail over and answers all from near by.
SampleSession
StoringProxy()
{
    SampleSession session = ProxiedSession();
    for (SampleTurn& turn : session.turns)
    {
        turn.delayUs = 18700;
    }
    session.turns[2].reply = "250 2.1.0 Ok";
    session.turns[3].reply = "250 2.1.5 Ok";
    session.turns[4].reply = "354 End data with <CR><LF>.<CR><LF>";
    session.turns[5].reply = "250 2.0.0 Ok: queued as 1";
    session.turns[6].reply = "221 2.0.0 Bye";
    return session;
}

/// All replies are the server's, less some keywords, and the connection is the proxy's.
SampleSession
StrippingProxy()
{
    SampleSession session = DirectSession();
    session.handshakeUs = 18000;
    session.ackUs = 18200;
    session.stack = NEAR_STACK;
    session.turns[1].reply = ExchangeEhlo("69.46.103.200", false);
    session.turns.erase(session.turns.begin() + 2, session.turns.begin() + 5);
    return session;
}

std::vector<Alert>
Judge(const std::vector<SampleSession>& sessions, const EvidenceContext& context = {})
{
    return JudgeCapture(PcapOf(sessions), "early-end", context);
}

void
ExpectOne(const std::vector<Alert>& alerts, Verdict verdict, std::string_view word)
{
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == verdict), alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].dottedClass == "intercepted.proxy");
    BOOST_TEST(alerts[0].evidence.explanation.find(word) != std::string::npos,
               alerts[0].evidence.explanation);
}

EvidenceContext
WithRoute(std::int64_t roundTripMs, int hops)
{
    EvidenceContext context;
    TracedRoute route;
    route.destination = *Ipv4::Parse("203.0.113.10");
    for (int i = 1; i <= hops; ++i)
    {
        route.hops.push_back(
            {i,
             i == hops ? route.destination : Ipv4{0xC6336400u + static_cast<std::uint32_t>(i)},
             roundTripMs * MS * i / hops});
    }
    context.routes.push_back(route);
    return context;
}

} // namespace

BOOST_AUTO_TEST_SUITE(early_end)

BOOST_AUTO_TEST_CASE(EachSessionHasItsOwnAlarm)
{
    SampleSession second = StoringProxy();
    second.clientPort = 49153;
    second.startUs = 60000000;
    BOOST_TEST(CountFaults(Judge({StoringProxy(), second, Control(587), Control(993)})) == 2);
}

BOOST_AUTO_TEST_CASE(OnePortAloneMayBeForwarded)
{
    BOOST_TEST(CountFaults(Judge({StoringProxy(), Control(587)})) == 0);
    BOOST_TEST(CountFaults(Judge({StoringProxy(), Control(587), Control(587)})) == 0);
    BOOST_TEST(CountFaults(Judge({StoringProxy(), Control(587), Control(993)})) == 1);
}

BOOST_AUTO_TEST_CASE(JitterIsNoDistance)
{
    SampleSession quick = DirectSession();
    quick.handshakeUs = 120000;
    SampleSession one = Control(587);
    SampleSession two = Control(993);
    SampleSession three = Control(143);
    one.handshakeUs = 140000;
    two.handshakeUs = 190000;
    three.handshakeUs = 151000;
    quick.stack = NEAR_STACK;
    BOOST_TEST(CountFaults(Judge({quick, one, two, three})) == 0);
}

BOOST_AUTO_TEST_CASE(WhoeverAnswersForOneServerAnswersForAnotherToo)
{
    SampleSession other = StoringProxy();
    other.server = "192.0.2.99";
    other.clientPort = 49200;
    other.startUs = 9000000;
    const auto alerts = Judge({ProxiedSession(), other, Control()});
    BOOST_TEST(CountFaults(alerts) == 2);
    // Servers of one provider greet alike; without a control that is nothing.
    BOOST_TEST(Judge({StoringProxy(), other}).empty());
}

BOOST_AUTO_TEST_CASE(BothLegsInOneCaptureAreProof)
{
    SampleSession leg = ProxiedSession();
    leg.handshakeUs = 100;
    leg.clientUs = 18000;
    leg.ackUs = 0;
    leg.thinkUs = 20000;
    leg.turns[0].delayUs = 400;
    leg.turns[1].delayUs = 400;
    SampleSession own = UpstreamSession();
    own.server = "203.0.113.10";
    own.startUs = 59000;
    own.handshakeUs = 138000;
    own.clientUs = 50;
    own.thinkUs = 400;
    own.turns = {{"", own.turns[0].reply, 138000},
                 {own.turns[1].command, own.turns[1].reply, 138000}};
    // Each command goes out 300 us after it came in, and its reply likewise.
    const auto elapsed = [](const SampleSession& session)
    {
        std::int64_t now = session.startUs + session.handshakeUs + session.clientUs;
        for (const SampleTurn& turn : session.turns)
        {
            now += (turn.command.empty() ? 0 : session.thinkUs) + turn.delayUs;
        }
        return now;
    };
    const std::vector<SampleTurn> rest(leg.turns.begin() + 2, leg.turns.end());
    leg.turns.resize(2);
    own.thinkUs = 20600; // its client's pause and the two ways through the proxy
    const std::int64_t legNow = elapsed(leg) + leg.thinkUs;
    const std::int64_t ownNow = elapsed(own) + own.thinkUs;
    BOOST_REQUIRE(ownNow > legNow);
    std::int64_t wait = ownNow - legNow + 138000 + 300;
    for (const SampleTurn& turn : rest)
    {
        own.turns.push_back({turn.command, turn.reply, 138000});
        leg.turns.push_back({turn.command, turn.reply, wait});
        wait = 138600;
    }
    const auto alerts = Judge({leg, own});
    ExpectOne(alerts, Verdict::Fault, "69.46.103.200:49760");
    BOOST_TEST(alerts[0].source.ToString() == "198.51.100.77");
    BOOST_TEST(alerts[0].evidence.explanation.find("between its commands") != std::string::npos,
               alerts[0].evidence.explanation);
    // A station's two sides are two captures, and what passes it is in both.
    const auto apart = JudgeFiles("early-end", {{leg, Control()}, {own, Control()}});
    ExpectOne(apart, Verdict::Fault, "of 1.pcap");
    BOOST_TEST(apart[0].evidence.file == "0.pcap");
    BOOST_TEST(apart[0].source.ToString() == "198.51.100.77");
    // Taken over and sent on under the name that greeted the client.
    SampleSession taken = StoringProxy();
    taken.handshakeUs = 100;
    taken.clientUs = 18000;
    own.startUs = 30000000;
    ExpectOne(Judge({taken, own}), Verdict::Fault, "after that");
    // The client's smarthost speaks to the server as it should.
    taken.server = "69.46.103.200";
    BOOST_TEST(Judge({taken, own}).empty());
}

BOOST_AUTO_TEST_CASE(BothSidesOfANatAreOneConnection)
{
    SampleSession inside = DirectSession();
    inside.client = "192.168.1.20";
    inside.turns[1].reply = ExchangeEhlo("198.51.100.80");
    SampleSession outside = inside;
    outside.client = "198.51.100.80";
    outside.startUs += 40;
    outside.handshakeUs -= 80;
    outside.clientUs += 80;
    outside.thinkUs += 80;
    for (SampleTurn& turn : outside.turns)
    {
        turn.delayUs -= 80;
    }
    BOOST_TEST(Judge({inside, outside}).empty());
    // Also where it draws sequence numbers of its own.
    outside.initial[CLIENT] += 12345;
    outside.initial[SERVER] += 54321;
    BOOST_TEST(Judge({inside, outside}).empty());
}

/// A machine that answers for all of a connection is consistent with itself.
BOOST_AUTO_TEST_CASE(NothingIsForgedInAnInterceptedSession)
{
    SampleSession own = UpstreamSession();
    own.server = "203.0.113.10";
    const std::string capture = PcapOf({ProxiedSession(), own, Control()});
    const std::string others = PcapOf({StoringProxy(), Control(993)});
    const std::string stripped = PcapOf({StrippingProxy(), Control()});
    for (const char* detector : {"early-reply",
                                 "overlap-conflict",
                                 "header-outlier",
                                 "phantom-ack",
                                 "forged-reset",
                                 "hop-locator"})
    {
        for (const std::string& bytes : {capture, others, stripped})
        {
            BOOST_TEST(JudgeCapture(bytes, detector).empty(), detector);
            BOOST_TEST(JudgeCapture(bytes, detector, WithRoute(150, 12)).empty(), detector);
        }
    }
}

BOOST_AUTO_TEST_CASE(CutEvidenceIsSurvived)
{
    const std::string whole = PcapOf({ProxiedSession(), Control()});
    for (std::size_t length = 24; length < whole.size(); length += 37)
    {
        JudgeCapture(whole.substr(0, length), "early-end");
    }
    BOOST_TEST(CountFaults(JudgeCapture(whole + std::string(9, '\xFF'), "early-end")) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
