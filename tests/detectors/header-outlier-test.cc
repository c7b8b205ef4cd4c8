#include "made-capture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// The control session with every packet of the server changed by hand.
template <class Change>
MadeCapture
Changed(Change change)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    int reply = 0;
    for (MadePacket& packet : capture.packets)
    {
        if (packet.side == SERVER)
        {
            change(reply++, packet);
        }
    }
    return capture;
}

} // namespace

BOOST_AUTO_TEST_SUITE(header_outlier)

BOOST_AUTO_TEST_CASE(ConvictsTheDocumentedReply)
{
    const auto alerts = DocumentedSession().Judge("header-outlier");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].frame == 11);
    BOOST_TEST(alerts[0].score == 1.0);
    for (const char* reason : {"TTL 57 against 49",
                               "no timestamp though negotiated",
                               "IP ID 64",
                               "DF cleared",
                               "window 0 against 5792"})
    {
        BOOST_TEST(alerts[0].evidence.explanation.find(reason) != std::string::npos, reason);
    }
}

BOOST_AUTO_TEST_CASE(ConvictsWithACopiedTtl)
{
    SessionKnobs knobs;
    knobs.forgedTtl = knobs.serverTtl;
    BOOST_TEST(CountFaults(DocumentedSession(knobs).Judge("header-outlier")) == 1);
}

BOOST_AUTO_TEST_CASE(SilentWhenTtlDiffersByOne)
{
    for (const int step : {-1, 1})
    {
        const auto capture = Changed(
            [&](int reply, MadePacket& packet)
            {
                // With another TTL these would be three deviations.
                packet.ttl += reply == 2 ? step : 0;
                packet.timestamp = reply != 2;
                packet.window = reply == 2 ? 0 : packet.window;
            });
        BOOST_TEST(capture.Judge("header-outlier").empty());
    }
}

BOOST_AUTO_TEST_CASE(SilentOnARouteChange)
{
    const auto capture =
        Changed([](int reply, MadePacket& packet) { packet.ttl += reply >= 3 ? 2 : 0; });
    BOOST_TEST(capture.Judge("header-outlier").empty());
}

BOOST_AUTO_TEST_CASE(SilentWhereAProxyAnswersTheSyn)
{
    const auto capture = Changed(
        [](int reply, MadePacket& packet)
        {
            packet.ttl = reply == 0 ? 240 : 49;
            packet.dontFragment = reply != 0;
            packet.timestamp = false;
        });
    BOOST_TEST(capture.Judge("header-outlier").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnALoadBalancerPairWithOneClock)
{
    const auto capture = Changed(
        [](int reply, MadePacket& packet)
        {
            if (reply == 2)
            {
                packet.ttl = 52;
                packet.ipId = 11000;
                packet.dontFragment = false;
            }
        });
    BOOST_TEST(capture.Judge("header-outlier").empty());
}

BOOST_AUTO_TEST_CASE(SilentWhereTimestampsAreStrippedFromTheStart)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    for (MadePacket& packet : capture.packets)
    {
        packet.timestamp = packet.side == CLIENT && (packet.flags & tcpflag::SYN);
    }
    BOOST_TEST(capture.Judge("header-outlier").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnAServerWithoutFlagAndOptions)
{
    // A genuine 500 behind a NAT: TTL 128, no DF, no options, IP IDs counting.
    const auto capture = Changed(
        [](int, MadePacket& packet)
        {
            packet.ttl = 128;
            packet.dontFragment = false;
            packet.timestamp = false;
        });
    BOOST_TEST(capture.Judge("header-outlier").empty());
}

BOOST_AUTO_TEST_CASE(TakesIpIdZeroOfASynAckAsNormal)
{
    SessionKnobs knobs;
    knobs.forged = false;
    BOOST_TEST(DocumentedSession(knobs).Judge("header-outlier").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnAFullWindowAlone)
{
    const auto capture =
        Changed([](int reply, MadePacket& packet) { packet.window = reply == 3 ? 0 : 5792; });
    BOOST_TEST(capture.Judge("header-outlier").empty());
}

BOOST_AUTO_TEST_CASE(TwoForgeriesDoNotVouchForEachOther)
{
    MadeCapture capture = TwiceForged();
    const auto alerts = capture.Judge("header-outlier");
    BOOST_TEST(CountFaults(alerts) == 2);
    for (const Alert& alert : alerts)
    {
        BOOST_TEST((alert.frame == 8 || alert.frame == 12), alert.frame);
        BOOST_TEST(alert.evidence.explanation.find("no timestamp though negotiated") !=
                       std::string::npos,
                   alert.evidence.explanation);
    }
    BOOST_TEST(CountFaults(capture.Judge("early-reply")) == 2);
    BOOST_TEST(CountFaults(capture.Judge("overlap-conflict")) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
