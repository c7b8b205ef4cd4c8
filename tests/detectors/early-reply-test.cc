#include "made-capture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(early_reply)

BOOST_AUTO_TEST_CASE(ConvictsTheDocumentedReply)
{
    const auto alerts = DocumentedSession().Judge("early-reply");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].frame == 11);
    BOOST_TEST(alerts[0].dottedClass == "forged.reply");
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
    BOOST_TEST(alerts[0].sourcePort == 25);
    BOOST_TEST(alerts[0].evidence.explanation.find("54.053 ms after its command RCPT TO in frame "
                                                   "10") != std::string::npos,
               alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].evidence.explanation.find("path RTT at least 100.783 ms") !=
                   std::string::npos,
               alerts[0].evidence.explanation);
}

BOOST_AUTO_TEST_CASE(SilentOnTheControl)
{
    SessionKnobs knobs;
    knobs.forged = false;
    BOOST_TEST(DocumentedSession(knobs).Judge("early-reply").empty());
}

BOOST_AUTO_TEST_CASE(SilentWhenTheInjectorStandsBeyondTheSea)
{
    // EVIDENCE 4.4: at (8, 9] the reply comes 103.65 ms after RCPT.
    SessionKnobs knobs;
    knobs.forgedTtl = 55;
    knobs.forgedDelayNs = 103650000;
    BOOST_TEST(DocumentedSession(knobs).Judge("early-reply").empty());
    Surroundings surroundings;
    surroundings.routes.push_back(DocumentedRoute());
    BOOST_TEST(DocumentedSession(knobs).Judge("early-reply", surroundings).empty());
}

BOOST_AUTO_TEST_CASE(ConvictsWithALeadOfTwentyMilliseconds)
{
    SessionKnobs knobs;
    knobs.forgedDelayNs = 54053000 + 30975000;
    BOOST_TEST(CountFaults(DocumentedSession(knobs).Judge("early-reply")) == 1);
}

BOOST_AUTO_TEST_CASE(ConvictsWhenEveryDelayIsDoubled)
{
    SessionKnobs knobs;
    knobs.roundTripNs *= 2;
    knobs.forgedDelayNs *= 2;
    knobs.genuineDelayNs *= 2;
    BOOST_TEST(CountFaults(DocumentedSession(knobs).Judge("early-reply")) == 1);
}

BOOST_AUTO_TEST_CASE(ConvictsWithHeadersCopied)
{
    SessionKnobs knobs;
    knobs.forgedTtl = knobs.serverTtl;
    knobs.forgedDontFragment = true;
    knobs.forgedIpId = 37319;
    knobs.forgedWindow = 5792;
    knobs.forgedTimestamp = true;
    BOOST_TEST(CountFaults(DocumentedSession(knobs).Judge("early-reply")) == 1);
}

BOOST_AUTO_TEST_CASE(SilentWhereAFrontEndAnswersTheWholeConnectionEarly)
{
    // The traceroute says 99.676 ms, the connection never took more than 54.
    SessionKnobs knobs;
    knobs.forged = false;
    knobs.roundTripNs = 54000000;
    knobs.genuineDelayNs = 54053000;
    Surroundings surroundings;
    surroundings.routes.push_back(DocumentedRoute());
    BOOST_TEST(DocumentedSession(knobs).Judge("early-reply", surroundings).empty());
}

BOOST_AUTO_TEST_CASE(SilentBehindAGatewayThatAcknowledgesNearBy)
{
    // SYN-ACK after 100 ms, acknowledgments after 0.2 ms, data whenever the far side gave them.
    MadeCapture capture;
    const auto add = [&](std::int64_t ms,
                         Side side,
                         std::uint8_t flags,
                         unsigned sequence,
                         unsigned ack,
                         const std::string& text)
    {
        MadePacket packet;
        packet.timeNs = ms * MS / 10;
        packet.side = side;
        packet.flags = flags;
        packet.sequence = sequence;
        packet.ack = ack;
        packet.payload = text;
        capture.Add(packet);
    };
    add(0, CLIENT, tcpflag::SYN, 0, 0, "");
    add(1000, SERVER, tcpflag::SYN | tcpflag::ACK, 0, 1, "");
    add(1001, CLIENT, tcpflag::ACK, 1, 1, "");
    add(1002, SERVER, tcpflag::ACK, 1, 1, "220 a\r\n");
    add(1010, CLIENT, tcpflag::ACK, 1, 8, "HELO b\r\n");
    add(1012, SERVER, tcpflag::ACK, 8, 9, "");
    add(1400, SERVER, tcpflag::ACK, 8, 9, "250 a\r\n");
    add(1410, CLIENT, tcpflag::ACK, 9, 15, "QUIT\r\n");
    add(1412, SERVER, tcpflag::ACK, 15, 15, "221 a\r\n");
    BOOST_TEST(capture.Judge("early-reply").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnAGreetingThatAGatewayHeldReady)
{
    // The gateway ends the far handshake first and has the greeting when the near one ends.
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    const std::int64_t earlier = knobs.roundTripNs - 2 * MS;
    for (std::size_t i = 3; i < capture.packets.size(); ++i)
    {
        capture.packets[i].timeNs -= earlier;
    }
    BOOST_TEST(capture.Judge("early-reply").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnAJitteryPath)
{
    // Round trips of a real mobile path: 476, 409, 325, 245 ms.
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    std::int64_t shift = 0;
    for (std::size_t i = 1; i < capture.packets.size(); ++i)
    {
        const std::int64_t extra[] = {375, 0, 308, 0, 224, 0, 395, 0, 0, 140};
        shift += i < 11 ? extra[i - 1] * MS : 0;
        capture.packets[i].timeNs += shift;
    }
    BOOST_TEST(capture.Judge("early-reply").empty());
}

BOOST_AUTO_TEST_CASE(SaysInsufficientOfAOneSidedCapture)
{
    MadeCapture capture = DocumentedSession();
    MadeCapture half;
    for (const MadePacket& packet : capture.packets)
    {
        if (packet.side == CLIENT)
        {
            half.Add(packet);
        }
    }
    for (const char* detector :
         {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack"})
    {
        const auto alerts = half.Judge(detector);
        BOOST_REQUIRE_EQUAL(alerts.size(), 1);
        BOOST_TEST(alerts[0].dottedClass == "insufficient");
        BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
    }
}

BOOST_AUTO_TEST_SUITE_END()
