#include "made-capture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(overlap_conflict)

BOOST_AUTO_TEST_CASE(AccusesTheOneWithForeignHeaders)
{
    const auto alerts = DocumentedSession().Judge("overlap-conflict");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].frame == 11);
    BOOST_TEST(alerts[0].dottedClass == "forged.reply");
    BOOST_TEST((alerts[0].evidence.frames == std::vector<std::uint64_t>{11, 12}));
}

BOOST_AUTO_TEST_CASE(AccusesTheForgerThatCameTooLate)
{
    SessionKnobs knobs;
    knobs.forgedDelayNs = knobs.genuineDelayNs + 2 * MS;
    const auto alerts = DocumentedSession(knobs).Judge("overlap-conflict");
    BOOST_REQUIRE_EQUAL(CountFaults(alerts), 1);
    BOOST_TEST(alerts[0].frame == 12);
}

BOOST_AUTO_TEST_CASE(SilentOnARetransmission)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    MadePacket again = capture.packets[10];
    BOOST_REQUIRE_EQUAL(again.payload, knobs.genuineText);
    again.timeNs += 300 * MS;
    again.ipId += 5;
    capture.Add(again);
    BOOST_TEST(capture.Judge("overlap-conflict").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnAMirrorThatCapturesEverythingFourTimes)
{
    SessionKnobs knobs;
    knobs.forged = false;
    const MadeCapture once = DocumentedSession(knobs);
    MadeCapture fourfold;
    for (const MadePacket& packet : once.packets)
    {
        for (int copy = 0; copy < 4; ++copy)
        {
            fourfold.Add(packet);
        }
    }
    for (const char* detector :
         {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack", "hop-locator"})
    {
        BOOST_TEST(fourfold.Judge(detector).empty(), detector);
    }
}

BOOST_AUTO_TEST_CASE(CallsBytesOfOneStreamInconsistent)
{
    SessionKnobs knobs;
    knobs.forgedTtl = knobs.serverTtl;
    knobs.forgedDontFragment = true;
    knobs.forgedIpId = 37319;
    knobs.forgedWindow = 5792;
    knobs.forgedTimestamp = true;
    knobs.forgedDelayNs = knobs.genuineDelayNs - MS;
    const auto alerts = DocumentedSession(knobs).Judge("overlap-conflict");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].dottedClass == "inconsistent");
    BOOST_TEST((alerts[0].verdict == Verdict::Benign));
}

BOOST_AUTO_TEST_CASE(CannotTellWhenNoHeaderTells)
{
    SessionKnobs knobs;
    knobs.forgedTtl = knobs.serverTtl;
    knobs.forgedDontFragment = true;
    knobs.forgedIpId = 9000;
    knobs.forgedWindow = 5792;
    knobs.forgedTimestamp = true;
    knobs.forgedDelayNs = knobs.genuineDelayNs - MS;
    MadeCapture capture = DocumentedSession(knobs);
    // A server that draws its IP IDs.
    const int drawn[] = {0, 0, 0, 51234, 0, 1023, 0, 40111, 0, 0, 9000, 30007, 0};
    for (std::size_t i = 0; i < capture.packets.size(); ++i)
    {
        if (capture.packets[i].side == SERVER)
        {
            capture.packets[i].ipId = drawn[i];
        }
    }
    const auto alerts = capture.Judge("overlap-conflict");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].dottedClass == "insufficient");
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
}

BOOST_AUTO_TEST_CASE(SaysInWhatTheTwoDiffer)
{
    // A server of drawn IP IDs; the forgery bears another TTL and the sender's own clock.
    SessionKnobs knobs;
    knobs.forgedTtl = 51;
    knobs.forgedDontFragment = true;
    knobs.forgedIpId = 9000;
    knobs.forgedWindow = 5792;
    knobs.forgedTimestamp = true;
    knobs.forgedDelayNs = knobs.genuineDelayNs - MS;
    MadeCapture capture = DocumentedSession(knobs);
    const int drawn[] = {0, 0, 0, 51234, 0, 1023, 0, 40111, 0, 0, 9000, 30007, 0};
    for (std::size_t i = 0; i < capture.packets.size(); ++i)
    {
        if (capture.packets[i].side == SERVER)
        {
            capture.packets[i].ipId = drawn[i];
        }
    }
    const auto alerts = capture.Judge("overlap-conflict");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    const std::string& text = alerts[0].evidence.explanation;
    BOOST_TEST(text.find("no header and no time") == std::string::npos, text);
    BOOST_TEST(text.find("TTL 51 and 49") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(SilentOnAKeepAlive)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    MadePacket probe = capture.packets[10];
    probe.timeNs += 10000 * MS;
    probe.sequence += static_cast<std::uint32_t>(probe.payload.size()) - 1;
    probe.payload = std::string(1, '\0');
    capture.Add(probe);
    BOOST_TEST(capture.Judge("overlap-conflict").empty());
}

BOOST_AUTO_TEST_SUITE_END()
