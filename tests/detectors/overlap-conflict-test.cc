#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(overlap_conflict)

BOOST_AUTO_TEST_CASE(SilentOnAMirrorThatCapturesEverythingFourTimes)
{
    PacketScript fourfold;
    for (const ScriptPacket& packet : ReadSession("control"))
    {
        fourfold.insert(fourfold.end(), 4, packet);
    }
    for (const char* detector :
         {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack", "hop-locator"})
    {
        BOOST_TEST(Judge(fourfold, detector).empty(), detector);
    }
}

BOOST_AUTO_TEST_SUITE_END()
