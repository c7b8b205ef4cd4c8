// One capture on two interfaces that stand at different places of a connection's path.
#include "packet-script.h"
#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

/// A session as its client sees it.
PacketScript
SeenAtClient(const std::string& keyword = "STARTTLS")
{
    return ScriptOf("client  10.4.1.4:40000    ttl 128 isn 0x1000 id 1\n"
                    "server  198.51.100.25:25  ttl 47 isn 0x5000 id 500\n"
                    "        0      client > server  S\n"
                    "        0.05s  server > client  S.\n"
                    "        0.051s client > server  .\n"
                    "        0.10s  server > client  \"220 mx.example.net ESMTP\\r\\n\"\n"
                    "        0.101s client > server  \"EHLO mail.example.com\\r\\n\"\n"
                    "        0.15s  server > client  \"250-mx.example.net\\r\\n250 " +
                    keyword +
                    "\\r\\n\"\n"
                    "        0.151s client > server  \"QUIT\\r\\n\"\n"
                    "        0.20s  server > client  \"221 Bye\\r\\n\"\n");
}

/// The same packets at the server, 25 ms away and 17 hops, before anything was changed.
PacketScript
SeenAtServer()
{
    PacketScript packets = SeenAtClient();
    for (ScriptPacket& packet : packets)
    {
        const bool isServers = packet.sourcePort == 25;
        packet.timeNs += (isServers ? -25 : 25) * MS;
        packet.ttl += isServers ? 17 : -17;
    }
    return packets;
}

std::vector<Alert>
JudgeAll(const std::vector<PacketScript>& interfaces, const std::string& detector = "")
{
    const EvidenceScratch scratch;
    scratch.Write("capture.pcapng", PcapNgOn(interfaces));
    return JudgePath(scratch.Path(), detector);
}

std::string
ToldBy(const std::vector<Alert>& alerts)
{
    std::string told;
    for (const Alert& alert : alerts)
    {
        told += alert.detector + " " + std::string(NameOf(alert.verdict)) + ": " +
                alert.evidence.explanation + "\n";
    }
    return told;
}

/// What a machine in between says to the client in the server's name, and to the server in the
/// client's.
const std::vector<PacketScript>&
LegsOfAProxy()
{
    const auto leg = [](const std::string& numbers,
                        const std::string& banner,
                        std::int64_t start,
                        std::int64_t opened,
                        std::int64_t roundTrip,
                        std::int64_t waits)
    {
        std::string script = numbers;
        const auto at = [](std::int64_t us) { return std::to_string(us) + "us "; };
        std::int64_t now = start;
        const auto turn = [&](const std::string& said, const std::string& reply)
        {
            script += at(now) + "client > server " + said + "\n";
            now += roundTrip;
            script += at(now) + "server > client " + reply + "\n";
            now += waits;
        };
        script += at(start) + "client > server S\n";
        script += at(start + opened) + "server > client S.\n";
        script += at(start + opened + 10) + "client > server .\n";
        now = 165000 + start;
        script += at(now) + "server > client \"220 " + banner + "\\r\\n\"\n";
        now += 1000;
        turn("\"EHLO mail.example.com\\r\\n\"", "\"250 mx.example.net\\r\\n\"");
        turn("\"MAIL FROM:<a@example.com>\\r\\n\"", "\"250 Ok\\r\\n\"");
        turn("\"RCPT TO:<b@example.net>\\r\\n\"", "\"250 Ok\\r\\n\"");
        turn("\"QUIT\\r\\n\"", "\"221 Bye\\r\\n\"");
        return ScriptOf(script);
    };
    static const std::vector<PacketScript> LEGS{
        leg("client 10.4.1.4:40000 ttl 64 isn 0x1000 id 1\n"
            "server 198.51.100.25:25 ttl 62 isn 0x5000 id 500\n",
            "smtp-proxy ready",
            0,
            2000,
            84000,
            1000),
        leg("client 10.4.1.4:40000 ttl 64 isn 0x810000 id 1001\n"
            "server 198.51.100.25:25 ttl 53 isn 0x950000 id 9500\n",
            "mx.example.net ESMTP",
            900,
            80000,
            82000,
            3000)};
    return LEGS;
}

} // namespace

BOOST_AUTO_TEST_SUITE(vantages)

BOOST_AUTO_TEST_CASE(WhatIsMaskedOnTheWayIsToldAsAtTheClientAlone)
{
    const auto both = JudgeAll({SeenAtClient("XXXXXXXA"), SeenAtServer()}, "stripped-keywords");
    BOOST_REQUIRE_MESSAGE(both.size() == 1u, ToldBy(both));
    BOOST_TEST(NameOf(both[0].verdict) == "fault");
    BOOST_TEST(both[0].dottedClass == "intercepted.masked");
    BOOST_TEST(JudgeAll({SeenAtClient("XXXXXXXA"), SeenAtServer()}, "overlap-conflict").empty());
}

BOOST_AUTO_TEST_CASE(BothEndsOfAnUntouchedSessionAccuseNobody)
{
    const auto alerts = JudgeAll({SeenAtClient(), SeenAtServer()});
    BOOST_TEST(CountFaults(alerts) == 0u, ToldBy(alerts));
    BOOST_TEST(JudgeAll({SeenAtClient(), SeenAtServer()}, "overlap-conflict").empty());
}

BOOST_AUTO_TEST_CASE(AConnectionThatAProxyEndedIsTold)
{
    const auto alerts = JudgeAll(LegsOfAProxy(), "early-end");
    BOOST_REQUIRE_MESSAGE(alerts.size() == 1u, ToldBy(alerts));
    BOOST_TEST(NameOf(alerts[0].verdict) == "fault");
    BOOST_TEST(alerts[0].dottedClass == "intercepted.proxy");
    const std::string& told = alerts[0].evidence.explanation;
    BOOST_TEST(told.find("the client's own address, with numbers of its own") != told.npos, told);
}

/// A firewall that renumbers both directions has no answer before the server's.
BOOST_AUTO_TEST_CASE(OneThatOnlyRenumbersIsNone)
{
    const PacketScript inside = ReadSession("control");
    PacketScript outside = inside;
    for (ScriptPacket& packet : outside)
    {
        const bool isServers = packet.sourcePort == 25;
        packet.timeNs += isServers ? -MS / 10 : MS / 10;
        packet.sequence += isServers ? 0x777000 : 0x999000;
        packet.ack += packet.ack == 0 ? 0 : isServers ? 0x999000 : 0x777000;
    }
    const auto alerts = JudgeAll({inside, outside});
    BOOST_TEST(CountFaults(alerts) == 0u, ToldBy(alerts));
}

/// One interface a direction, or packets spread over both: one flow, as it was.
BOOST_AUTO_TEST_CASE(DirectionsOnTwoInterfacesAreOneFlow)
{
    PacketScript out;
    PacketScript in;
    for (const ScriptPacket& packet : ReadSession("documented"))
    {
        (packet.sourcePort == 25 ? in : out).push_back(packet);
    }
    const auto alerts = JudgeAll({out, in}, "early-reply");
    BOOST_REQUIRE_MESSAGE(alerts.size() == 1u, ToldBy(alerts));
    BOOST_TEST(NameOf(alerts[0].verdict) == "fault");
}

/// A mirror that copies each packet to the other interface.
BOOST_AUTO_TEST_CASE(CopiesOnAnotherInterfaceAreOneFlow)
{
    PacketScript copies = ReadSession("documented");
    for (ScriptPacket& packet : copies)
    {
        packet.timeNs += MS / 100;
        --packet.ttl;
    }
    const auto alerts = JudgeAll({ReadSession("documented"), copies}, "early-reply");
    BOOST_TEST(alerts.size() == 1u, ToldBy(alerts));
}

BOOST_AUTO_TEST_SUITE_END()
