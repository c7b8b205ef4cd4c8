#include "models/probe/path-prober.h"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <set>

namespace
{

using namespace bouncelab;
using namespace bouncelab::probe;
using namespace std::chrono_literals;

const IpAddress SERVER = Ipv4{0xCB007119};

/// A path of three routers and a server that takes whatever it is told, and a device before the
/// second router that answers the keyword.
struct Fixture : PathProberObserver
{
    struct Sent
    {
        ProbePacket packet;
        std::string text;
    };

    Fixture()
    {
        config.lines = {"HELO probe.example", "RCPT TO:<KEYWORD>"};
        config.keyword = "lawyer@far.example";
        config.control = "desk@far.example";
        config.lastTtl = 9;
        config.repetitions = 2;
    }

    void OnSend(const ProbePacket& packet) override
    {
        sent.push_back({packet, std::string(packet.segment.payload.Text())});
        arriving.push_back(sent.back());
    }

    void OnMeasured(const PathMeasurement& measurement) override
    {
        measured.push_back(measurement);
    }

    void Run()
    {
        greeted.clear();
        arriving.clear();
        PathProber prober(config, SERVER, 25, DrawKey(1, "prober"), *this);
        prober.Start(now);
        for (auto due = prober.Due(); due; due = prober.Due())
        {
            if (arriving.empty())
            {
                now = *due;
                prober.Advance(now);
                continue;
            }
            const Sent next = arriving.front();
            arriving.pop_front();
            now += 1ms;
            Answer(prober, next);
        }
    }

    void Answer(PathProber& prober, const Sent& what)
    {
        const TcpSegment& asked = what.packet.segment;
        BOOST_TEST(prober.Owns(asked.sourcePort));
        const std::uint32_t end = asked.sequence + asked.SequenceLength();
        const bool isTest = what.text.find(config.keyword) != std::string::npos;
        if (isTest && what.packet.ttl >= 2 && resets)
        {
            Say(prober, asked, tcp::RST, 5001, end, "");
        }
        const bool isKept = isTest && what.packet.ttl >= 2 && keeps;
        if (what.packet.ttl < 4 && !isKept && !what.text.empty())
        {
            prober.Expired(Ipv4{0xC0000200U + what.packet.ttl}, asked.sourcePort);
        }
        else if (asked.Has(tcp::SYN))
        {
            refuses ? Say(prober, asked, tcp::RST | tcp::ACK, 0, end, "")
                    : Say(prober, asked, tcp::SYN | tcp::ACK, 4996, end, "");
        }
        else if (asked.Has(tcp::FIN))
        {
            Say(prober, asked, tcp::FIN | tcp::ACK, asked.acknowledgment, end, "");
        }
        else if (!what.text.empty() && !isKept)
        {
            Say(prober, asked, tcp::ACK, asked.acknowledgment, end, "250 Ok\r\n");
        }
        else if (asked.acknowledgment == 4997 && greeted.insert(asked.sourcePort).second)
        {
            Say(prober, asked, tcp::ACK, 4997, end, "220 mx\r\n");
        }
    }

    void Say(PathProber& prober,
             const TcpSegment& to,
             std::uint8_t flags,
             std::uint32_t sequence,
             std::uint32_t acknowledgment,
             const std::string& text)
    {
        TcpSegment segment;
        segment.sourcePort = 25;
        segment.destinationPort = to.sourcePort;
        segment.flags = flags;
        segment.sequence = sequence;
        segment.acknowledgment = acknowledgment;
        segment.payload = ViewOf(text);
        prober.Receive(now, segment);
    }

    /// "1:router 2:router+reset"
    static std::string Shown(const PathTrace& trace)
    {
        std::string shown;
        for (const PathProbeResult& probe : trace)
        {
            std::string replies;
            for (const PathReply& reply : probe.replies)
            {
                const char* const names[] = {"router", "reset", "finish", "reply"};
                replies += (replies.empty() ? "" : "+");
                replies += names[static_cast<int>(reply.kind)];
            }
            shown += (shown.empty() ? "" : " ") + std::to_string(probe.ttl) + ":" +
                     (!probe.isConnected ? "refused"
                      : replies.empty()  ? "silence"
                                         : replies);
        }
        return shown;
    }

    PathProberConfig config;
    bool resets = false; //!< The device.
    bool keeps = false;
    bool refuses = false; //!< The server.
    Nanoseconds now{0};
    std::deque<Sent> sent;
    std::deque<Sent> arriving;
    std::set<std::uint16_t> greeted;
    std::vector<PathMeasurement> measured;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(path_prober, Fixture)

BOOST_AUTO_TEST_CASE(AnOpenPathEndsAtTheServer)
{
    Run();
    BOOST_REQUIRE(measured.size() == 2u);
    BOOST_TEST(Shown(measured[0].control) == "1:router 2:router 3:router 4:reply");
    BOOST_TEST(Shown(measured[1].test) == "1:router 2:router 3:router 4:reply");
    BOOST_TEST(measured[0].test[1].replies[0].from.ToString() == "192.0.2.2");
    BOOST_TEST(measured[0].test[3].replies[0].payload == "250 Ok\r\n");
    BOOST_TEST(measured[0].keyword == "lawyer@far.example");
}

BOOST_AUTO_TEST_CASE(OnlyThePayloadHasALimitedTtlAndAConnectionOfItsOwn)
{
    Run();
    std::set<std::uint16_t> ports;
    std::string order;
    for (const Sent& one : sent)
    {
        const bool isProbe = !one.text.empty();
        if (isProbe)
        {
            ports.insert(one.packet.segment.sourcePort);
            order += one.text.find("lawyer@") != std::string::npos ? 't' : 'c';
            order += std::to_string(one.packet.ttl);
        }
        BOOST_TEST((isProbe || one.packet.ttl == 64));
    }
    BOOST_TEST(ports.size() == 16u);
    BOOST_TEST(order == "c1c2c3c4c1c2c3c4t1t2t3t4t1t2t3t4");
    BOOST_TEST(sent[2].text == ""); // of the greeting
    BOOST_TEST(sent[3].text == "HELO probe.example\r\nRCPT TO:<desk@far.example>\r\n");
}

BOOST_AUTO_TEST_CASE(ADeviceThatSeesCopiesAndOneThatKeepsThem)
{
    resets = true;
    Run();
    BOOST_TEST(Shown(measured.at(0).test) ==
               "1:router 2:reset+router 3:reset+router 4:reset+reply");
    BOOST_TEST(Shown(measured.at(0).control) == "1:router 2:router 3:router 4:reply");
}

BOOST_AUTO_TEST_CASE(WhatIsKeptEndsTheRunWithAnAnswerOrGoesToItsLastTtl)
{
    resets = true;
    keeps = true;
    Run();
    BOOST_TEST(Shown(measured.at(0).test) == "1:router 2:reset");
    measured.clear();
    resets = false;
    Run();
    BOOST_TEST(Shown(measured.at(0).test) == "1:router 2:silence 3:silence 4:silence 5:silence "
                                             "6:silence 7:silence 8:silence 9:silence");
}

BOOST_AUTO_TEST_CASE(WithoutAConnectionNothingIsAsked)
{
    refuses = true;
    config.lastTtl = 2;
    Run();
    BOOST_TEST(Shown(measured.at(0).control) == "1:refused 2:refused");
    BOOST_TEST(sent.size() == 8u);
}

BOOST_AUTO_TEST_CASE(RunsAreApart)
{
    Run();
    const Nanoseconds together = now;
    now = 0ns;
    measured.clear();
    config.separation = 300s;
    Run();
    BOOST_TEST((now - together).count() == (3 * 180s / 1ns));
}

BOOST_AUTO_TEST_CASE(FaultsAreNamed)
{
    BOOST_TEST(CheckPathProber(config).empty());
    config.lines = {"QUIT"};
    config.control = config.keyword;
    config.firstTtl = 10;
    BOOST_TEST(CheckPathProber(config) ==
                   (std::vector<std::string>{"lines: found none with KEYWORD, expected one",
                                             "control: found the keyword itself, expected another",
                                             "last-ttl: found 9, expected at least first-ttl, 10"}),
               boost::test_tools::per_element());
    config.keyword = "a|b";
    BOOST_TEST(CheckPathProber(config).at(1) ==
               "keyword: found \"a|b\", expected text without bars and line ends");
}

BOOST_AUTO_TEST_SUITE_END()
