#include "judging.h"
#include "made-wire.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// The server itself at another port, from the client's.
MadeTalk
Control(int port = 587)
{
    MadeTalk talk = StraightTalk();
    talk.clientPort = 50000 + port;
    talk.serverPort = port;
    talk.startUs = 30000000;
    talk.initial[CLIENT] = 300000;
    talk.initial[SERVER] = 400000;
    return talk;
}

/// A proxy that takes mail over and answers all from near by.
MadeTalk
StoringProxy()
{
    MadeTalk talk = ProxiedTalk();
    for (MadeTurn& turn : talk.turns)
    {
        turn.delayUs = 18700;
    }
    talk.turns[2].reply = "250 2.1.0 Ok";
    talk.turns[3].reply = "250 2.1.5 Ok";
    talk.turns[4].reply = "354 End data with <CR><LF>.<CR><LF>";
    talk.turns[5].reply = "250 2.0.0 Ok: queued as 1";
    talk.turns[6].reply = "221 2.0.0 Bye";
    return talk;
}

/// All replies are the server's, less some keywords, and the connection is the proxy's.
MadeTalk
StrippingProxy()
{
    MadeTalk talk = StraightTalk();
    talk.handshakeUs = 18000;
    talk.ackUs = 18200;
    talk.stack = NEAR_STACK;
    talk.turns[1].reply = ExchangeEhlo("69.46.103.200", false);
    talk.turns.erase(talk.turns.begin() + 2, talk.turns.begin() + 5);
    return talk;
}

std::vector<Alert>
Judge(const std::vector<MadeTalk>& talks, const Surroundings& surroundings = {})
{
    return JudgeCapture(PcapOf(talks), "early-end", surroundings);
}

void
ExpectOne(const std::vector<Alert>& alerts, Verdict verdict, std::string_view word)
{
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == verdict), alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].dottedClass ==
               (verdict == Verdict::Fault ? "intercepted.proxy" : "insufficient"));
    BOOST_TEST(alerts[0].evidence.explanation.find(word) != std::string::npos,
               alerts[0].evidence.explanation);
}

Surroundings
WithRoute(std::int64_t roundTripMs, int hops)
{
    Surroundings surroundings;
    Route route;
    route.destination = *Ipv4::Parse("203.0.113.10");
    for (int i = 1; i <= hops; ++i)
    {
        route.hops.push_back(
            {i,
             i == hops ? route.destination : Ipv4{0xC6336400u + static_cast<std::uint32_t>(i)},
             roundTripMs * MS * i / hops});
    }
    surroundings.routes.push_back(route);
    return surroundings;
}

} // namespace

BOOST_AUTO_TEST_SUITE(early_end)

BOOST_AUTO_TEST_CASE(EachSessionHasItsOwnAlarm)
{
    MadeTalk second = StoringProxy();
    second.clientPort = 49153;
    second.startUs = 60000000;
    BOOST_TEST(CountFaults(Judge({StoringProxy(), second, Control(993)})) == 2);
}

BOOST_AUTO_TEST_CASE(JitterIsNoDistance)
{
    MadeTalk quick = StraightTalk();
    quick.handshakeUs = 120000;
    MadeTalk one = Control(587);
    MadeTalk two = Control(993);
    MadeTalk three = Control(143);
    one.handshakeUs = 140000;
    two.handshakeUs = 190000;
    three.handshakeUs = 151000;
    quick.stack = NEAR_STACK;
    BOOST_TEST(CountFaults(Judge({quick, one, two, three})) == 0);
}

BOOST_AUTO_TEST_CASE(WhoeverAnswersForOneServerAnswersForAnotherToo)
{
    MadeTalk other = StoringProxy();
    other.server = "192.0.2.99";
    other.clientPort = 49200;
    other.startUs = 9000000;
    const auto alerts = Judge({ProxiedTalk(), other, Control()});
    BOOST_TEST(CountFaults(alerts) == 2);
    // Servers of one provider greet alike; without a control that is nothing.
    BOOST_TEST(Judge({StoringProxy(), other}).empty());
}

BOOST_AUTO_TEST_CASE(BothLegsInOneCaptureAreProof)
{
    MadeTalk leg = ProxiedTalk();
    leg.handshakeUs = 100;
    leg.clientUs = 18000;
    leg.ackUs = 0;
    leg.thinkUs = 20000;
    leg.turns[0].delayUs = 400;
    leg.turns[1].delayUs = 400;
    MadeTalk own = UpstreamTalk();
    own.server = "203.0.113.10";
    own.startUs = 59000;
    own.handshakeUs = 138000;
    own.clientUs = 50;
    own.thinkUs = 400;
    own.turns = {{"", own.turns[0].reply, 138000},
                 {own.turns[1].command, own.turns[1].reply, 138000}};
    // Each command goes out 300 us after it came in, and its reply likewise.
    const auto elapsed = [](const MadeTalk& talk)
    {
        std::int64_t now = talk.startUs + talk.handshakeUs + talk.clientUs;
        for (const MadeTurn& turn : talk.turns)
        {
            now += (turn.command.empty() ? 0 : talk.thinkUs) + turn.delayUs;
        }
        return now;
    };
    const std::vector<MadeTurn> rest(leg.turns.begin() + 2, leg.turns.end());
    leg.turns.resize(2);
    own.thinkUs = 20600; // its client's pause and the two ways through the proxy
    const std::int64_t legNow = elapsed(leg) + leg.thinkUs;
    const std::int64_t ownNow = elapsed(own) + own.thinkUs;
    BOOST_REQUIRE(ownNow > legNow);
    std::int64_t wait = ownNow - legNow + 138000 + 300;
    for (const MadeTurn& turn : rest)
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
    MadeTalk taken = StoringProxy();
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
    MadeTalk inside = StraightTalk();
    inside.client = "192.168.1.20";
    inside.turns[1].reply = ExchangeEhlo("198.51.100.80");
    MadeTalk outside = inside;
    outside.client = "198.51.100.80";
    outside.startUs += 40;
    outside.handshakeUs -= 80;
    outside.clientUs += 80;
    outside.thinkUs += 80;
    for (MadeTurn& turn : outside.turns)
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
    MadeTalk own = UpstreamTalk();
    own.server = "203.0.113.10";
    const std::string capture = PcapOf({ProxiedTalk(), own, Control()});
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
    const std::string whole = PcapOf({ProxiedTalk(), Control()});
    for (std::size_t length = 24; length < whole.size(); length += 37)
    {
        JudgeCapture(whole.substr(0, length), "early-end");
    }
    BOOST_TEST(CountFaults(JudgeCapture(whole + std::string(9, '\xFF'), "early-end")) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
