// A host that loses its power, and what its peer makes of that (RFC 9293 3.5.1, 3.8.3).

#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numeric>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

constexpr std::int64_t SECOND = 1000000000;

struct Halfway
{
    Halfway()
        : dialog(hosts,
                 {"220 mx ready\r\n", "250 mx\r\n", "250 Ok\r\n"},
                 {"HELO a\r\n", "MAIL FROM:<a@b>\r\n"})
    {
        ns3::Simulator::Schedule(ns3::Seconds(5), [this] { hosts.server.Restart(down); });
    }

    void Run()
    {
        ns3::Simulator::Stop(ns3::Seconds(2000));
        ns3::Simulator::Run();
    }

    std::size_t Count(bool fromClient, std::uint8_t flag, std::int64_t fromNs = 5 * SECOND) const
    {
        return static_cast<std::size_t>(std::count_if(
            hosts.seen.begin(),
            hosts.seen.end(),
            [&](const Seen& s)
            { return s.fromClient == fromClient && s.ns >= fromNs && s.segment.Has(flag); }));
    }

    TwoHosts hosts;
    HostDialog dialog;
    Nanoseconds down{10 * SECOND};
};

} // namespace

BOOST_AUTO_TEST_SUITE(restart)

BOOST_AUTO_TEST_CASE(ConnectionsAreGoneWithoutAPacket)
{
    Halfway halfway;
    halfway.Run();
    BOOST_TEST(halfway.dialog.clientRead == "220 mx ready\r\n250 mx\r\n250 Ok\r\n");
    BOOST_TEST(!halfway.dialog.clientClosed);
    BOOST_TEST(halfway.hosts.server.FlowCount() == 0u);
    BOOST_TEST(halfway.Count(false, tcp::ACK) == 0u);
}

BOOST_AUTO_TEST_CASE(WhatComesAfterwardsBelongsToNoConnection)
{
    Halfway halfway;
    ns3::Simulator::Schedule(ns3::Seconds(8),
                             [&] { WriteText(halfway.dialog.clientSocket, "RSET\r\n"); });
    halfway.Run();
    BOOST_TEST(halfway.Count(true, tcp::PSH) >= 2u);
    BOOST_TEST(halfway.Count(false, tcp::RST, 15 * SECOND) == 1u);
    BOOST_TEST(halfway.Count(false, tcp::ACK) == 0u);
    BOOST_TEST(halfway.dialog.clientClosed);
}

BOOST_AUTO_TEST_CASE(ANewConnectionIsTaken)
{
    Halfway halfway;
    std::size_t accepted = 0;
    halfway.hosts.server.Listen(26, [&](ns3::Ptr<ProfileSocket>) { ++accepted; });
    ns3::Simulator::Schedule(
        ns3::Seconds(14),
        [&]
        {
            auto socket = halfway.hosts.client.OpenSocket(halfway.hosts.server.Address(), 26);
            halfway.hosts.client.Connect(socket);
        });
    halfway.Run();
    BOOST_TEST(accepted == 1u); // By a repeated SYN.
}

BOOST_AUTO_TEST_CASE(AFinThatNobodyTakesIsGivenUp)
{
    Halfway halfway;
    halfway.down = Nanoseconds(5000 * SECOND);
    ns3::Simulator::Schedule(ns3::Seconds(8),
                             [&] { halfway.hosts.client.Release(halfway.dialog.clientSocket); });
    halfway.Run();
    const std::size_t fins = halfway.Count(true, tcp::FIN);
    BOOST_TEST(fins >= 4u);
    BOOST_TEST(fins <= 8u);
    std::vector<std::int64_t> gaps;
    for (const Seen& s : halfway.hosts.seen)
    {
        if (s.fromClient && s.segment.Has(tcp::FIN))
        {
            gaps.push_back(s.ns);
        }
    }
    std::adjacent_difference(gaps.begin(), gaps.end(), gaps.begin());
    BOOST_TEST(std::is_sorted(gaps.begin() + 1, gaps.end()));
    BOOST_TEST(gaps.back() >= 4 * gaps[1]);
    halfway.dialog.clientSocket = nullptr;
    BOOST_TEST(halfway.hosts.client.FlowCount() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
