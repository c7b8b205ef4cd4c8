#include "run-detector.h"
#include "sessions.h"
#include "tests/draw-sequence.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

BOOST_AUTO_TEST_SUITE(early_reply)

BOOST_AUTO_TEST_CASE(SilentWhateverFrameIsMissing)
{
    for (const bool timestamps : {true, false})
    {
        for (const PacketScript& whole : LossySessions(timestamps))
        {
            for (std::size_t missing = 0; missing <= whole.size(); ++missing)
            {
                PacketScript capture = whole;
                if (missing < whole.size())
                {
                    capture.erase(capture.begin() + static_cast<std::ptrdiff_t>(missing));
                }
                for (const char* detector :
                     {"early-reply", "overlap-conflict", "header-outlier", "phantom-ack"})
                {
                    const auto alerts = Judge(capture, detector);
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
    tests::DrawSequence random(7, "missing frames");
    for (const std::uint32_t percent : {10u, 40u})
    {
        for (const PacketScript& whole : LossySessions(true))
        {
            for (int round = 0; round < 5; ++round)
            {
                PacketScript capture = whole;
                capture.erase(std::remove_if(capture.begin(),
                                             capture.end(),
                                             [&](const ScriptPacket&)
                                             { return random.Below(100) < percent; }),
                              capture.end());
                for (const char* detector : {"early-reply", "overlap-conflict", "phantom-ack"})
                {
                    BOOST_TEST(CountFaults(Judge(capture, detector)) == 0, detector);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(SilentOnStampsOfACoarseClock)
{
    for (const std::int64_t tick : {10 * MS, 100 * MS})
    {
        for (std::int64_t phase = 0; phase < tick; phase += tick / 20)
        {
            for (const char* distance : {"near", "far"})
            {
                PacketScript capture = ReadSession(distance);
                for (ScriptPacket& packet : capture)
                {
                    packet.timeNs = (packet.timeNs + phase) / tick * tick;
                }
                BOOST_TEST(CountFaults(Judge(capture, "early-reply")) == 0);
                BOOST_TEST(CountFaults(Judge(capture, "phantom-ack")) == 0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(SilentOnJitter)
{
    tests::DrawSequence random(11, "jitter");
    for (const std::uint32_t jitterMs : {15u, 30u, 60u})
    {
        for (int round = 0; round < 200; ++round)
        {
            PacketScript capture = ReadSession("control");
            std::int64_t shift = 0;
            for (ScriptPacket& packet : capture)
            {
                shift += packet.side == SERVER
                             ? static_cast<std::int64_t>(random.Below(jitterMs * 1000)) * 1000
                             : 0;
                packet.timeNs += shift;
            }
            BOOST_TEST(CountFaults(Judge(capture, "early-reply")) == 0, jitterMs);
            BOOST_TEST(CountFaults(Judge(capture, "phantom-ack")) == 0, jitterMs);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
