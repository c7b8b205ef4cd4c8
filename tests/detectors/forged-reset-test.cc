#include "made-capture.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// The control session with resets put in behind the frame of RCPT TO.
MadeCapture
WithResets(std::initializer_list<MadePacket> resets)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    const MadePacket& asked = capture.packets[9];
    std::size_t at = 10;
    for (MadePacket reset : resets)
    {
        reset.side = SERVER;
        reset.timeNs += asked.timeNs;
        reset.sequence += asked.ack;
        reset.ack = asked.sequence + static_cast<std::uint32_t>(asked.payload.size());
        capture.packets.insert(capture.packets.begin() + static_cast<std::ptrdiff_t>(at++), reset);
    }
    return capture;
}

MadePacket
Reset(std::int64_t delayNs, int ttl, std::uint32_t beyond = 0)
{
    MadePacket packet;
    packet.timeNs = delayNs;
    packet.flags = tcpflag::RST | tcpflag::ACK;
    packet.sequence = beyond;
    packet.ttl = ttl;
    packet.ipId = 64;
    packet.window = 0;
    return packet;
}

} // namespace

BOOST_AUTO_TEST_SUITE(forged_reset)

BOOST_AUTO_TEST_CASE(ConvictsAResetAfterWhichItsSideGoesOn)
{
    const auto alerts = WithResets({Reset(54 * MS, 57)}).Judge("forged-reset");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].frame == 11);
    BOOST_TEST(alerts[0].dottedClass == "forged.reset");
}

BOOST_AUTO_TEST_CASE(AccusesATripleOnce)
{
    const auto alerts = WithResets({Reset(54 * MS, 57),
                                    Reset(54 * MS + 20000, 57, 1460),
                                    Reset(54 * MS + 40000, 57, 4380)})
                            .Judge("forged-reset");
    BOOST_TEST(CountFaults(alerts) == 1);
}

BOOST_AUTO_TEST_CASE(SilentOnTheServersOwnReset)
{
    MadeCapture capture = WithResets({Reset(105 * MS, 49)});
    capture.packets.resize(11);
    BOOST_TEST(capture.Judge("forged-reset").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnAFirewallThatAnswersAFin)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    MadePacket reset = Reset(0, 237);
    reset.side = SERVER;
    reset.timeNs = capture.packets.back().timeNs + 20 * MS;
    reset.sequence = capture.packets.back().ack;
    capture.Add(reset);
    BOOST_TEST(capture.Judge("forged-reset").empty());
}

BOOST_AUTO_TEST_CASE(SilentOnAClientsDoubleResetOneApart)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    for (const std::uint32_t step : {0u, 1u})
    {
        MadePacket reset = capture.packets[9];
        reset.timeNs = capture.packets.back().timeNs + 30 * MS;
        reset.flags = tcpflag::RST;
        reset.sequence += static_cast<std::uint32_t>(reset.payload.size()) + step;
        reset.payload.clear();
        reset.ipId = 0;
        capture.Add(reset);
    }
    BOOST_TEST(capture.Judge("forged-reset").empty());
}

BOOST_AUTO_TEST_CASE(SilentWithOneMarkAlone)
{
    // Another TTL and nothing else: a balancer's way of closing.
    MadeCapture capture = WithResets({Reset(105 * MS, 52)});
    capture.packets.resize(11);
    BOOST_TEST(capture.Judge("forged-reset").empty());
}

BOOST_AUTO_TEST_SUITE_END()
