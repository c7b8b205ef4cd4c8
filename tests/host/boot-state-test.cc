#include "models/host/boot-state.h"
#include "models/host/port-chooser.h"

#include <boost/test/unit_test.hpp>

#include <set>

namespace
{

using namespace bouncelab;
using namespace bouncelab::host;

constexpr std::int64_t SECOND_NS = 1000000000;
constexpr std::int64_t DAY_NS = 86400 * SECOND_NS;

bool
Free(std::uint16_t)
{
    return true;
}

StackProfile
WithPorts(EphemeralPorts habit, std::uint16_t first, std::uint16_t last)
{
    StackProfile profile;
    profile.ephemeralPorts = habit;
    profile.firstEphemeralPort = first;
    profile.lastEphemeralPort = last;
    return profile;
}

BOOST_AUTO_TEST_SUITE(boot_state)

BOOST_AUTO_TEST_CASE(MachinesThatNothingIsSaidOfDiffer)
{
    StackProfile profile = WithPorts(EphemeralPorts::Sequential, 1025, 5000);
    profile.timestampHz = 100;
    std::set<std::uint16_t> ports;
    std::set<std::uint16_t> ids;
    std::set<std::uint32_t> ticks;
    for (std::uint64_t seed = 1; seed <= 200; ++seed)
    {
        const BootState state = BootStateOf(profile, {}, DrawKey(seed, "host"));
        ports.insert(state.port);
        ids.insert(state.ipId);
        ticks.insert(state.clock.At(0));
    }
    BOOST_TEST(ports.size() > 180U);
    BOOST_TEST(*ports.begin() >= 1025);
    BOOST_TEST(*ports.rbegin() <= 5000);
    BOOST_TEST(ids.size() > 190U);
    BOOST_TEST(ticks.size() > 190U);
    BOOST_TEST(*ticks.begin() >= 3600U * 100);        // An hour,
    BOOST_TEST(*ticks.rbegin() <= 60U * 86400 * 100); // to 60 days.
}

BOOST_AUTO_TEST_CASE(WhatIsGivenCounts)
{
    StackProfile profile;
    profile.timestampHz = 1000;
    HostStart start;
    start.firstPort = 60661;
    start.ipId = 32988;
    start.uptime = Nanoseconds(DAY_NS + 2500000);
    BootState state = BootStateOf(profile, start, DrawKey(1, "host"));
    BOOST_TEST(state.port == 60661);
    BOOST_TEST(state.ipId == 32988);
    BOOST_TEST(state.clock.At(0) == 86400002U);
    BOOST_TEST(state.clock.At(500000) == 86400003U);
    start.timestamp = 121484705;
    start.timestampPhase = Nanoseconds(640000);
    state = BootStateOf(profile, start, DrawKey(1, "host"));
    BOOST_TEST(state.clock.At(0) == 121484705U);
    BOOST_TEST(state.clock.At(360000) == 121484706U);
}

BOOST_AUTO_TEST_CASE(SequentialPortsGoRound)
{
    PortChooser ports(WithPorts(EphemeralPorts::Sequential, 1025, 1028),
                      1027,
                      std::nullopt,
                      DrawKey(1, "p"));
    for (const int port : {1027, 1028, 1025, 1026, 1027})
    {
        BOOST_TEST(ports.Next(static_cast<std::uint64_t>(port), Free).value() == port);
    }
    const auto busy = [](std::uint16_t port) { return port == 1026; };
    BOOST_TEST(ports.Next(0, busy).value() == 1026);
    BOOST_TEST(!ports.Next(0, [](std::uint16_t) { return false; }));
}

BOOST_AUTO_TEST_CASE(PortsOfOneDestinationAreNeighbours)
{
    const StackProfile profile = WithPorts(EphemeralPorts::PerDestination, 32768, 61000);
    PortChooser ports(profile, 40000, std::nullopt, DrawKey(1, "p"));
    const int a = *ports.Next(1, Free);
    const int b = *ports.Next(2, Free);
    const int next = *ports.Next(1, Free);
    BOOST_TEST(next == 32768 + (a - 32768 + 2) % 28233); // One counter, two offsets.
    BOOST_TEST(b != a + 1);
}

BOOST_AUTO_TEST_CASE(AGivenPortIsTheFirst)
{
    for (const EphemeralPorts habit : {EphemeralPorts::Sequential, EphemeralPorts::PerDestination})
    {
        PortChooser ports(WithPorts(habit, 32768, 61000), 49757, 49757, DrawKey(1, "p"));
        for (const int port : {49757, 49758, 49759, 49760})
        {
            BOOST_TEST(ports.Next(7, Free).value() == port);
        }
    }
    PortChooser ports(WithPorts(EphemeralPorts::Random, 49152, 65535), 1, 60661, DrawKey(1, "p"));
    BOOST_TEST(ports.Next(7, Free).value() == 60661);
    const int second = *ports.Next(7, Free);
    const int third = *ports.Next(7, Free);
    BOOST_TEST(second != 60662);
    BOOST_TEST(third != second + 1);
    BOOST_TEST(second >= 49152);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
