// A path prober over a raw socket, beside the stack of its host.

#include "models/host/path-probing.h"
#include "models/path/icmp-responder.h"
#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

/// A router halfway at which a probe's TTL of 1 ends.
struct Fixture
{
    explicit Fixture(const TwoAddresses& addresses = {})
        : hosts(LinuxProfile(), LinuxProfile(), 1, {}, addresses)
    {
        hosts.server.Listen(25, [](ns3::Ptr<ProfileSocket>) {});
        hop.address = addresses.client.Plus(1);
        hosts.drops = [this](const Seen& s) { return Ends(s); };
        config.lines = {"NOOP KEYWORD"};
        config.keyword = "a";
        config.control = "b";
        config.awaitsGreeting = false;
        config.repetitions = 1;
        config.lastTtl = 2;
    }

    bool Ends(const Seen& s)
    {
        const bool ends = s.fromClient && s.header.GetTtl() == 1;
        if (ends)
        {
            const path::WirePacket probe{
                s.header,
                ns3::Create<ns3::Packet>(s.bytes.data(),
                                         static_cast<std::uint32_t>(s.bytes.size()))};
            path::IcmpResponder router(1, "router", hop, nullptr);
            const path::WirePacket message = router.TimeExceeded(probe);
            BOOST_TEST(path::IsTimeExceeded(message));
            BOOST_TEST(!path::IsTimeExceeded(probe));
            hosts.client.Receive(message);
        }
        return ends;
    }

    void Run()
    {
        PathProbing probing(hosts.client,
                            "north",
                            hosts.server.Address(),
                            25,
                            config,
                            [this](const probe::PathMeasurement& measurement)
                            { measured.push_back(measurement); });
        probing.StartAt(Nanoseconds(1000000000));
        ns3::Simulator::Stop(ns3::Seconds(600));
        ns3::Simulator::Run();
    }

    TwoHosts hosts;
    path::HopConfig hop;
    probe::PathProberConfig config;
    std::vector<probe::PathMeasurement> measured;
};

void
CheckMeasurement(Fixture& fixture)
{
    fixture.Run();
    BOOST_REQUIRE(fixture.measured.size() == 1u);
    const probe::PathTrace& trace = fixture.measured[0].test;
    BOOST_REQUIRE(trace.size() == 2u);
    BOOST_REQUIRE(trace[0].replies.size() == 1u);
    BOOST_TEST((trace[0].replies[0].kind == probe::PathReplyKind::TimeExceeded));
    BOOST_TEST(trace[0].replies[0].from.ToString() == fixture.hop.address.ToString());
    BOOST_REQUIRE(!trace[1].replies.empty());
    BOOST_TEST((trace[1].replies[0].kind == probe::PathReplyKind::Acknowledgment));
}

} // namespace

BOOST_AUTO_TEST_SUITE(path_probing)

BOOST_AUTO_TEST_CASE(TheStackOfItsHostKeepsOut)
{
    Fixture fixture;
    CheckMeasurement(fixture);
    BOOST_TEST(fixture.hosts.client.FlowCount() == 0u);
    for (const Seen& s : fixture.hosts.seen)
    {
        BOOST_TEST(!s.segment.Has(tcp::RST));
        const int whole = 64;
        BOOST_TEST(
            (s.header.GetTtl() == whole || s.Text() == "NOOP a\r\n" || s.Text() == "NOOP b\r\n"));
    }
}

BOOST_AUTO_TEST_CASE(OverIpv6Too)
{
    Fixture fixture({*IpAddress::Parse("2001:db8:1::25"), *IpAddress::Parse("2001:db8:2::25")});
    CheckMeasurement(fixture);
}

BOOST_AUTO_TEST_SUITE_END()
