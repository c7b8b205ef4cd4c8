#include "made-capture.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(phantom_ack)

BOOST_AUTO_TEST_CASE(CountsTheBytesThatOnlyTheForgerSent)
{
    const auto alerts = DocumentedSession().Judge("phantom-ack");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
    BOOST_TEST(alerts[0].frame == 11);
    BOOST_TEST(alerts[0].evidence.explanation.find("acknowledges 3 bytes") != std::string::npos,
               alerts[0].evidence.explanation);
}

BOOST_AUTO_TEST_CASE(SilentOnTheControl)
{
    SessionKnobs knobs;
    knobs.forged = false;
    BOOST_TEST(DocumentedSession(knobs).Judge("phantom-ack").empty());
}

BOOST_AUTO_TEST_CASE(CannotTellWithoutTheForgedPacket)
{
    MadeCapture capture = DocumentedSession();
    capture.packets.erase(capture.packets.begin() + 10);
    const auto alerts = capture.Judge("phantom-ack");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
    BOOST_TEST(alerts[0].dottedClass == "insufficient");
}

BOOST_AUTO_TEST_CASE(DoesNotConvictWhenTheServerGoesOnBelow)
{
    // At the server's end the forged packet is never seen, and the server says 221 from AA21 on.
    // But a reply that the capture missed, and its retransmission, look the same.
    MadeCapture capture = DocumentedSession();
    MadePacket farewell = capture.packets[11];
    capture.packets.erase(capture.packets.begin() + 10);
    farewell.timeNs = capture.packets.back().timeNs + 5 * MS;
    farewell.sequence += static_cast<std::uint32_t>(farewell.payload.size());
    farewell.payload = "221 bye\r\n";
    farewell.ipId += 1;
    capture.Add(farewell);
    const auto alerts = capture.Judge("phantom-ack");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
    BOOST_TEST(alerts[0].dottedClass == "insufficient");
}

BOOST_AUTO_TEST_CASE(CannotTellWhereTheCaptureHasAGap)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    const auto lost = std::find_if(capture.packets.begin(),
                                   capture.packets.end(),
                                   [](const MadePacket& packet)
                                   { return packet.payload == "250 mx.example.net\r\n"; });
    BOOST_REQUIRE(lost != capture.packets.end());
    capture.packets.erase(lost);
    const auto alerts = capture.Judge("phantom-ack");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
}

BOOST_AUTO_TEST_CASE(SilentWhenPacketsAreSwappedByTheCapture)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    capture.packets[10].timeNs = capture.packets[11].timeNs + 100000;
    std::swap(capture.packets[10], capture.packets[11]);
    BOOST_TEST(capture.Judge("phantom-ack").empty());
}

BOOST_AUTO_TEST_CASE(TimeAloneIsNoProof)
{
    // A reply that only time accuses: nothing contradicts it and its headers are the sender's.
    MadeCapture capture = ControlSession();
    capture.packets[10].timeNs = capture.packets[9].timeNs + 20 * MS;
    BOOST_TEST(CountFaults(capture.Judge("early-reply")) == 1);
    BOOST_TEST(CountFaults(capture.Judge("phantom-ack")) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
