#include "formats/random.h"
#include "made-capture.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

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
    // The fit in docs/documents/s003.md: at (8, 9] the reply comes 103.65 ms after RCPT.
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

BOOST_AUTO_TEST_CASE(SilentWhateverFrameIsMissing)
{
    for (const bool timestamps : {true, false})
    {
        for (const MadeCapture& whole : LossySessions(timestamps))
        {
            for (std::size_t missing = 0; missing <= whole.packets.size(); ++missing)
            {
                MadeCapture capture = whole;
                if (missing < whole.packets.size())
                {
                    capture.packets.erase(capture.packets.begin() +
                                          static_cast<std::ptrdiff_t>(missing));
                }
                for (const char* detector :
                     {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack"})
                {
                    const auto alerts = capture.Judge(detector);
                    BOOST_TEST(CountFaults(alerts) == 0,
                               detector << " without frame " << missing + 1 << ": "
                                        << alerts[0].evidence.explanation);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(SilentWhateverPartOfTheFramesIsMissing)
{
    RandomStream random(7, "missing frames");
    for (const std::uint32_t percent : {10u, 40u})
    {
        for (const MadeCapture& whole : LossySessions(true))
        {
            for (int round = 0; round < 5; ++round)
            {
                MadeCapture capture = whole;
                capture.packets.erase(std::remove_if(capture.packets.begin(),
                                                     capture.packets.end(),
                                                     [&](const MadePacket&)
                                                     { return random.Below(100) < percent; }),
                                      capture.packets.end());
                for (const char* detector : {"early-reply", "overlap-conflict", "phantom-ack"})
                {
                    BOOST_TEST(CountFaults(capture.Judge(detector)) == 0, detector);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(AnEchoOfAnOlderCopySaysThatItAnswersThat)
{
    // RCPT TO was sent a second before, which was not captured; the reply echoes that copy.
    MadeCapture capture = ControlSession();
    MadePacket& command = capture.packets[9];
    BOOST_REQUIRE_EQUAL(command.payload.substr(0, 4), "RCPT");
    capture.packets[10].timeNs = command.timeNs + 20 * MS;
    BOOST_TEST(CountFaults(capture.Judge("early-reply")) == 1);
    capture.packets[10].timestampEcho = command.timestampValue - 80;
    BOOST_TEST(capture.Judge("early-reply").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnStampsOfACoarseClock)
{
    for (const std::int64_t tick : {10 * MS, 100 * MS})
    {
        for (std::int64_t phase = 0; phase < tick; phase += tick / 20)
        {
            for (const std::int64_t roundTrip : {16 * MS, 100 * MS})
            {
                SessionKnobs knobs;
                knobs.forged = false;
                knobs.roundTripNs = roundTrip;
                knobs.genuineDelayNs = roundTrip + MS;
                MadeCapture capture = DocumentedSession(knobs);
                for (MadePacket& packet : capture.packets)
                {
                    packet.timeNs = (packet.timeNs + phase) / tick * tick;
                }
                BOOST_TEST(CountFaults(capture.Judge("early-reply")) == 0);
                BOOST_TEST(CountFaults(capture.Judge("phantom-ack")) == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(SilentOnJitter)
{
    RandomStream random(11, "jitter");
    for (const std::uint32_t jitterMs : {15u, 30u, 60u})
    {
        for (int round = 0; round < 200; ++round)
        {
            MadeCapture capture = ControlSession();
            std::int64_t shift = 0;
            for (MadePacket& packet : capture.packets)
            {
                shift += packet.side == SERVER
                             ? static_cast<std::int64_t>(random.Below(jitterMs * 1000)) * 1000
                             : 0;
                packet.timeNs += shift;
            }
            BOOST_TEST(CountFaults(capture.Judge("early-reply")) == 0, jitterMs);
            BOOST_TEST(CountFaults(capture.Judge("phantom-ack")) == 0, jitterMs);
        }
    }
}

BOOST_AUTO_TEST_CASE(TenSecondsOfLossesAreNoRoundTrip)
{
    // Every answer but the last waited ten seconds for a retransmission that was not captured.
    MadeCapture capture = ControlSession();
    std::int64_t shift = 0;
    for (std::size_t i = 0; i < capture.packets.size(); ++i)
    {
        shift += capture.packets[i].side == SERVER && i < 10 ? 10000 * MS : 0;
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
