#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

const std::vector<std::string> REPLIES{"220 mx ready\r\n",
                                       "250 mx\r\n",
                                       "250 Ok\r\n",
                                       "250 Ok\r\n"};
const std::vector<std::string> COMMANDS{"HELO a\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n"};

} // namespace

BOOST_AUTO_TEST_SUITE(stack_shim)

BOOST_AUTO_TEST_CASE(handshake_looks_like_the_profiles)
{
    TwoHosts hosts;
    HostDialog dialog(hosts, REPLIES, COMMANDS);
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();
    BOOST_REQUIRE_GE(hosts.seen.size(), 5U);

    const Seen& syn = hosts.seen[0];
    BOOST_TEST(syn.segment.sequence == 0x2E68FF24U);
    BOOST_TEST(syn.segment.flags == tcp::SYN);
    BOOST_TEST(syn.segment.window == 65535);
    BOOST_TEST(syn.segment.headerLength == 44U);
    BOOST_TEST(syn.segment.options.timestampValue == 121485349U);
    BOOST_TEST(syn.segment.options.timestampEcho == 0U);
    BOOST_TEST(syn.header.GetTtl() == 128);
    BOOST_TEST(syn.header.IsDontFragment());
    const std::vector<std::uint8_t> options(syn.bytes.begin() + 20, syn.bytes.begin() + 44);
    const std::vector<std::uint8_t> expected{2,    4,    5,    0xB4, 1, 3, 3, 1, 1, 1, 8, 10,
                                             0x07, 0x3D, 0xB8, 0x25, 0, 0, 0, 0, 4, 2, 0, 0};
    BOOST_TEST(options == expected, boost::test_tools::per_element());

    const Seen& synAck = hosts.seen[1];
    BOOST_TEST(synAck.segment.sequence == 0x1527A9A1U);
    BOOST_TEST(synAck.segment.acknowledgment == 0x2E68FF25U);
    BOOST_TEST(synAck.segment.window == 5792);
    BOOST_TEST(synAck.segment.headerLength == 40U);
    BOOST_TEST(synAck.header.GetIdentification() == 0);
    BOOST_TEST(synAck.segment.options.timestampEcho == 121485349U);

    const Seen& ack = hosts.seen[2];
    BOOST_TEST(ack.segment.flags == tcp::ACK);
    BOOST_TEST(ack.segment.window == 33304);
    BOOST_TEST(ack.segment.options.timestampValue - syn.segment.options.timestampValue == 100U);
}

BOOST_AUTO_TEST_CASE(acknowledgments_ride_on_answers_but_for_the_first_quick_one)
{
    TwoHosts hosts;
    HostDialog dialog(hosts, REPLIES, COMMANDS);
    ns3::Simulator::Stop(ns3::MilliSeconds(520));
    ns3::Simulator::Run();
    std::vector<std::string> wire;
    for (const Seen& s : hosts.seen)
    {
        wire.push_back((s.fromClient ? "> " : "< ") + (s.segment.payload.size > 0
                                                           ? s.Text().substr(0, 4)
                                                           : std::to_string(s.segment.flags)));
    }
    const std::vector<std::string> expected{"> 2",
                                            "< 18",
                                            "> 16",
                                            "< 220 ",
                                            "> HELO",
                                            "< 16",
                                            "< 250 ",
                                            "> MAIL",
                                            "< 250 ",
                                            "> RCPT",
                                            "< 250 "};
    BOOST_TEST(wire == expected, boost::test_tools::per_element());
    for (const Seen& s : hosts.seen)
    {
        if (s.segment.payload.size > 0)
        {
            BOOST_TEST(s.segment.Has(tcp::PSH));
        }
        if (s.fromClient && !s.segment.Has(tcp::SYN))
        {
            BOOST_TEST(s.segment.window == 33304);
        }
        BOOST_TEST(TransportChecksum(s.header.GetSource(),
                                     s.header.GetDestination(),
                                     protocol::TCP,
                                     {s.bytes.data(), s.bytes.size()}) == 0);
        BOOST_TEST(s.origin.serial > 0U);
        BOOST_TEST(!s.origin.forged);
    }
    BOOST_TEST(dialog.clientRead == "220 mx ready\r\n250 mx\r\n250 Ok\r\n250 Ok\r\n");
}

BOOST_AUTO_TEST_CASE(a_held_acknowledgment_leaves_when_nothing_carries_it)
{
    TwoHosts hosts;
    HostDialog dialog(hosts, REPLIES, {COMMANDS[0]});
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();
    const Seen& last = hosts.seen.back();
    BOOST_TEST(last.fromClient);
    BOOST_TEST(last.segment.flags == tcp::ACK);
    const Seen& reply = hosts.seen[hosts.seen.size() - 2];
    BOOST_TEST(last.ns - reply.ns == 2 * TwoHosts::HALF_NS + 100000000);
}

BOOST_AUTO_TEST_CASE(a_window_that_moves_in_steps_begins_at_the_peers_first_number)
{
    StackProfile steps = FreeBsdProfile();
    steps.windowUpdate = WindowUpdate::MssSteps;
    TwoHosts hosts(steps, LinuxProfile(), 0x9527A9A1);
    HostDialog dialog(hosts, REPLIES, COMMANDS);
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();
    std::size_t shown = 0;
    for (const Seen& s : hosts.seen)
    {
        if (s.fromClient && !s.segment.Has(tcp::SYN))
        {
            BOOST_TEST(s.segment.window <= 33304);
            BOOST_TEST(s.segment.window > 32000);
            ++shown;
        }
    }
    BOOST_TEST(shown > 0U);
}

BOOST_AUTO_TEST_CASE(who_closed_first_acknowledges_the_others_fin_at_once)
{
    // Linux lets the application's answer carry the ACK of a FIN; here nobody answers any more.
    TwoHosts hosts;
    HostDialog dialog(hosts, {REPLIES[0]}, {});
    ns3::Simulator::Schedule(ns3::MilliSeconds(300),
                             [&] { hosts.server.Release(dialog.serverSocket); });
    ns3::Simulator::Schedule(ns3::MilliSeconds(500),
                             [&] { hosts.client.Release(dialog.clientSocket); });
    ns3::Simulator::Stop(ns3::Seconds(5));
    ns3::Simulator::Run();
    std::vector<const Seen*> fins;
    for (const Seen& s : hosts.seen)
    {
        if (s.segment.Has(tcp::FIN))
        {
            fins.push_back(&s);
        }
    }
    BOOST_REQUIRE_EQUAL(fins.size(), 2U);
    BOOST_TEST(fins[1]->fromClient);
    const Seen& last = hosts.seen.back();
    BOOST_TEST(!last.fromClient);
    BOOST_TEST(last.segment.acknowledgment == fins[1]->segment.sequence + 1);
    BOOST_TEST(last.ns - fins[1]->ns < 2 * TwoHosts::HALF_NS + 1000000);
}

BOOST_AUTO_TEST_CASE(a_lost_segment_comes_again_unchanged_but_for_id_and_clock)
{
    TwoHosts hosts;
    bool dropped = false;
    hosts.drops = [&](const Seen& s)
    {
        const bool drop = !dropped && !s.fromClient && s.Text() == "250 Ok\r\n";
        dropped = dropped || drop;
        return drop;
    };
    HostDialog dialog(hosts, REPLIES, COMMANDS);
    ns3::Simulator::Stop(ns3::Seconds(4));
    ns3::Simulator::Run();
    BOOST_TEST(dropped);
    BOOST_TEST(dialog.clientRead == "220 mx ready\r\n250 mx\r\n250 Ok\r\n250 Ok\r\n");
    std::vector<const Seen*> copies;
    for (const Seen& s : hosts.seen)
    {
        if (!s.fromClient && s.Text() == "250 Ok\r\n")
        {
            copies.push_back(&s);
        }
    }
    BOOST_REQUIRE_EQUAL(copies.size(), 3U);
    BOOST_TEST(copies[0]->segment.sequence == copies[1]->segment.sequence);
}

BOOST_AUTO_TEST_CASE(a_syn_that_comes_twice_in_an_instant_opens_one_connection)
{
    TwoHosts hosts;
    hosts.onSeen = [&](const Seen& s)
    {
        if (s.segment.flags == tcp::SYN)
        {
            path::WirePacket copy;
            copy.header = s.header;
            copy.payload = ns3::Create<ns3::Packet>(s.bytes.data(),
                                                    static_cast<std::uint32_t>(s.bytes.size()));
            hosts.Inject(copy, true);
            hosts.Inject(copy, true);
        }
    };
    HostDialog dialog(hosts, REPLIES, COMMANDS);
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();
    BOOST_TEST(dialog.clientRead == "220 mx ready\r\n250 mx\r\n250 Ok\r\n250 Ok\r\n");
    BOOST_TEST(hosts.server.FlowCount() == 1U);
}

BOOST_AUTO_TEST_CASE(a_closed_port_answers_with_reset)
{
    TwoHosts hosts;
    auto socket = hosts.client.OpenSocket(hosts.server.Address(), 26);
    bool failed = false;
    socket->SetConnectCallback(ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>(),
                               [&](ns3::Ptr<ns3::Socket>) { failed = true; });
    bool closed = false;
    socket->SetCloseCallbacks([&](ns3::Ptr<ns3::Socket>) { closed = true; },
                              [&](ns3::Ptr<ns3::Socket>) { closed = true; });
    hosts.client.Connect(socket);
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();
    BOOST_REQUIRE_EQUAL(hosts.seen.size(), 2U);
    BOOST_TEST(hosts.seen[1].segment.Has(tcp::RST));
    BOOST_TEST((failed || closed));
    BOOST_TEST(socket->WasReset());
}

/// A reset belongs to no connection, so it has the host's counter, or nothing to count by.
BOOST_AUTO_TEST_CASE(a_resets_ip_id_is_of_the_hosts_counter_or_zero)
{
    const auto resets = [](IpIdPolicy policy)
    {
        StackProfile profile = LinuxProfile();
        profile.ipId = policy;
        TwoHosts hosts(FreeBsdProfile(), profile);
        std::vector<int> ids;
        hosts.onSeen = [&](const Seen& s)
        {
            if (s.segment.Has(tcp::RST))
            {
                ids.push_back(s.header.GetIdentification());
            }
        };
        for (int i = 0; i < 2; ++i)
        {
            hosts.client.Connect(hosts.client.OpenSocket(hosts.server.Address(), 26));
            ns3::Simulator::Stop(ns3::Seconds(2));
            ns3::Simulator::Run();
        }
        return ids;
    };
    BOOST_TEST(resets(IpIdPolicy::HostCounter) == (std::vector<int>{1000, 1001}),
               boost::test_tools::per_element());
    BOOST_TEST(resets(IpIdPolicy::FlowCounter) == (std::vector<int>{0, 0}),
               boost::test_tools::per_element());
    BOOST_TEST(resets(IpIdPolicy::Zero) == (std::vector<int>{0, 0}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_blackholed_port_answers_with_silence)
{
    StackProfile blackholed = LinuxProfile();
    blackholed.resetsClosedPorts = false;
    TwoHosts hosts(FreeBsdProfile(), blackholed);
    auto socket = hosts.client.OpenSocket(hosts.server.Address(), 26);
    hosts.client.Connect(socket);
    ns3::Simulator::Stop(ns3::Seconds(20));
    ns3::Simulator::Run();
    BOOST_TEST(hosts.seen.size() > 1U);
    for (const Seen& s : hosts.seen)
    {
        BOOST_TEST(s.fromClient);
    }
}

BOOST_AUTO_TEST_CASE(after_an_abort_each_segment_on_the_way_draws_a_reset)
{
    TwoHosts hosts;
    HostDialog dialog(hosts, {REPLIES[0]}, {});
    ns3::Simulator::Schedule(ns3::MilliSeconds(300),
                             [&] { WriteText(dialog.clientSocket, std::string(4000, 'x')); });
    ns3::Simulator::Schedule(ns3::MilliSeconds(340),
                             [&] { WriteText(dialog.serverSocket, "421 x\r\n"); });
    ns3::Simulator::Schedule(ns3::MilliSeconds(341),
                             [&] { hosts.server.Reset(dialog.serverSocket); });
    ns3::Simulator::Stop(ns3::Seconds(60));
    ns3::Simulator::Run();
    std::vector<const Seen*> data;
    std::vector<const Seen*> resets;
    for (const Seen& s : hosts.seen)
    {
        if (s.fromClient && s.segment.payload.size > 0)
        {
            data.push_back(&s);
        }
        if (s.segment.Has(tcp::RST))
        {
            BOOST_TEST(!s.fromClient);
            BOOST_TEST(int(s.header.GetTtl()) == 64);
            resets.push_back(&s);
        }
    }
    BOOST_REQUIRE_EQUAL(data.size(), 3U);
    BOOST_REQUIRE_EQUAL(resets.size(), 5U);
    const Seen& abort = *resets.front();
    const auto greeted =
        static_cast<std::uint32_t>(0x1527A9A1 + 1 + std::string_view(REPLIES[0]).size());
    BOOST_TEST(int(abort.segment.flags) == int(tcp::RST | tcp::ACK));
    BOOST_TEST(abort.segment.sequence == greeted + 7);
    BOOST_TEST(abort.segment.window > 0);
    BOOST_TEST(abort.header.GetIdentification() != 0);
    for (std::size_t i = 0; i < data.size(); ++i)
    {
        // Below the first, as what it answers had not heard of the last reply.
        BOOST_TEST(int(resets[i + 1]->segment.flags) == int(tcp::RST));
        BOOST_TEST(resets[i + 1]->segment.sequence == greeted);
        BOOST_TEST(resets[i + 1]->header.GetIdentification() == 0);
    }
    // The acknowledgment of that reply.
    BOOST_TEST(resets.back()->segment.sequence == greeted + 7);
    BOOST_TEST(dialog.clientClosed);
    BOOST_TEST(hosts.server.FlowCount() == 0U);
}

BOOST_AUTO_TEST_CASE(flows_are_forgotten_when_they_end)
{
    TwoHosts hosts;
    {
        HostDialog dialog(hosts, REPLIES, COMMANDS);
        ns3::Simulator::Stop(ns3::Seconds(1));
        ns3::Simulator::Run();
        hosts.client.Release(dialog.clientSocket);
        hosts.server.Release(dialog.serverSocket);
        dialog.clientSocket = nullptr;
        dialog.serverSocket = nullptr;
        ns3::Simulator::Stop(ns3::Seconds(5));
        ns3::Simulator::Run();
        BOOST_TEST(hosts.client.FlowCount() + hosts.server.FlowCount() <= 2U);
    }
    auto another = hosts.client.OpenSocket(hosts.server.Address(), 25);
    another = nullptr;
    ns3::Simulator::Stop(ns3::Seconds(100));
    ns3::Simulator::Run();
    for (const Seen& s : hosts.seen)
    {
        BOOST_TEST(!s.segment.Has(tcp::RST));
    }
}

BOOST_AUTO_TEST_CASE(window_moves_in_full_segments_where_the_profile_says_so)
{
    StackProfile windows;
    windows.windowUpdate = WindowUpdate::MssSteps;
    windows.synOptions = {"mss", "nop", "nop", "sackok"};
    windows.timestamps = false;
    windows.scaling = false;
    TwoHosts hosts(windows);
    HostDialog dialog(hosts, REPLIES, COMMANDS);
    ns3::Simulator::Stop(ns3::Seconds(1));
    ns3::Simulator::Run();
    std::uint32_t received = 0;
    for (const Seen& s : hosts.seen)
    {
        if (s.fromClient && !s.segment.Has(tcp::SYN))
        {
            received = s.segment.acknowledgment - 0x1527A9A2U;
            BOOST_TEST(s.segment.window == 65535 - received);
        }
    }
    BOOST_TEST(received == 38U);
}

BOOST_AUTO_TEST_SUITE_END()
