#include "run-detector.h"
#include "sessions.h"
#include "tests/times.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(capture_reader)

BOOST_AUTO_TEST_CASE(ReadsEveryLinkTypeAndResolution)
{
    const PacketScript session = ReadSession("documented");
    for (const int linkType : {1, 101, 12, 113, 276, 9, 0})
    {
        for (const bool nanoseconds : {true, false})
        {
            const auto packets = ReadPackets(PcapOf(session, {nanoseconds, linkType}));
            BOOST_REQUIRE_EQUAL(packets.size(), session.size());
            for (std::size_t i = 0; i < packets.size(); ++i)
            {
                BOOST_TEST(packets[i].time == Reading(session[i].timeNs));
                BOOST_TEST(packets[i].frame == i + 1);
                BOOST_TEST(packets[i].ip.ttl == session[i].ttl);
                BOOST_TEST(packets[i].tcp.options.timestamp == session[i].HasTimestamp());
            }
        }
    }
    BOOST_TEST(ReadPackets(PcapNgOf(session)).size() == session.size());
    BOOST_TEST(ReadPackets(PcapNgOf(session))[4].time == Reading(session[4].timeNs));
}

BOOST_AUTO_TEST_CASE(AFileCutAnywhereYieldsWhatWasThere)
{
    const std::string whole = PcapOf(ReadSession("documented"));
    std::size_t before = 0;
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        std::string problem;
        const std::size_t packets = ReadPackets(whole.substr(0, size), &problem).size();
        BOOST_TEST(packets >= before);
        before = packets;
    }
    BOOST_TEST(before == ReadSession("documented").size() - 1);
}

BOOST_AUTO_TEST_CASE(APcapNgCutAnywhereDoesNoHarm)
{
    const std::string whole = PcapNgOf(ReadSession("documented"));
    for (std::size_t size = 0; size < whole.size(); ++size)
    {
        ReadPackets(whole.substr(0, size));
    }
}

BOOST_AUTO_TEST_CASE(EveryByteMayBeWrong)
{
    const std::string whole = PcapOf(ReadSession("documented"));
    for (std::size_t at = 0; at < whole.size(); ++at)
    {
        for (const char value : {'\0', '\xFF', '\x7F'})
        {
            std::string damaged = whole;
            damaged[at] = value;
            for (const char* detector : {"early-reply", "phantom-ack", "hop-locator"})
            {
                JudgeCapture(damaged, detector);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(ShortSnapsKeepTheHeaders)
{
    const PacketScript session = ReadSession("documented");
    const auto packets = ReadPackets(PcapOf(session, {true, 1, 54}));
    BOOST_REQUIRE_EQUAL(packets.size(), session.size());
    // Without the payload no bytes can disagree; headers still tell.
    BOOST_TEST(JudgeCapture(PcapOf(session, {true, 1, 54}), "overlap-conflict").empty());
    BOOST_TEST(CountFaults(JudgeCapture(PcapOf(session, {true, 1, 66}), "header-outlier")) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
