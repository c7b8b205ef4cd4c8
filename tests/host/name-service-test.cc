#include "models/host/name-resolver.h"
#include "models/host/name-server.h"

#include "formats/packet.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::host;
using namespace std::chrono_literals;

namespace
{

constexpr Ipv4 CLIENT{0x0A000001};
constexpr Ipv4 SERVER{0x0A000035};

StackProfile
Linux()
{
    StackProfile profile;
    profile.datagramsDontFragment = true;
    return profile;
}

StackProfile
Windows()
{
    StackProfile profile;
    profile.ttl = 128;
    profile.ipId = IpIdPolicy::HostCounter;
    profile.ephemeralPorts = EphemeralPorts::Sequential;
    profile.firstEphemeralPort = 1025;
    profile.lastEphemeralPort = 5000;
    return profile;
}

struct SeenDatagram
{
    path::IpHeader header;
    std::uint16_t sourcePort;
    std::uint16_t destinationPort;
    std::size_t size;
    provenance::Origin origin;
};

/// A resolver and the server that it asks, 10 ms apart.
struct Fixture
{
    Fixture()
        : client("client", CLIENT, Windows(), Start(), {1, ledger, {}})
        , server("server", SERVER, Linux(), Start(), {1, ledger, {}})
    {
        client.SetWire([this](const path::WirePacket& packet) { Carry(packet, server); });
        server.SetWire([this](const path::WirePacket& packet) { Carry(packet, client); });
        config.zones["example.org"].records = {"mail A 192.0.2.25"};
        for (int i = 1; i < 60; ++i)
        {
            config.zones["example.org"].records.push_back("many A 192.0.2." + std::to_string(i));
        }
        asks.servers = {SERVER};
    }

    ~Fixture()
    {
        resolver.reset();
        names.reset();
        ns3::Simulator::Destroy();
    }

    void Open()
    {
        names.emplace(server, config, NameServer::Handlers{[this](const NameQuery& query) {
                          queries += query.message.question.name + (query.overTcp ? "/tcp " : " ");
                      }});
        resolver.emplace(client,
                         asks,
                         "resolver",
                         [this](const NameLookup& lookup) {
                             lookups +=
                                 std::string(dns::NameOfOutcome(lookup.answer.outcome)) + " ";
                         });
    }

    dns::Answer Ask(const std::string& name)
    {
        dns::Answer result;
        bool done = false;
        resolver->Ask({name, dns::RecordType::A},
                      [&](const dns::Answer& answer)
                      {
                          result = answer;
                          done = true;
                          took = Nanoseconds(ns3::Simulator::Now().GetNanoSeconds()) - began;
                      });
        BOOST_TEST(!done); // Never inside the call.
        began = Nanoseconds(ns3::Simulator::Now().GetNanoSeconds());
        ns3::Simulator::Stop(ns3::Minutes(5));
        ns3::Simulator::Run();
        BOOST_TEST(done);
        return result;
    }

    static HostStart Start()
    {
        HostStart start;
        start.ipId = 1000;
        return start;
    }

    void Carry(const path::WirePacket& packet, Host& to)
    {
        if (packet.header.GetProtocol() == protocol::UDP)
        {
            const auto octets = path::OctetsOf(*packet.payload);
            const auto udp = ParseUdp({octets.data(), octets.size()});
            BOOST_REQUIRE(udp);
            seen.push_back({packet.header,
                            udp->sourcePort,
                            udp->destinationPort,
                            udp->payload.size,
                            provenance::OriginOf(packet.payload)});
            if (drops(seen.back()))
            {
                return;
            }
        }
        ns3::Simulator::Schedule(ns3::MilliSeconds(10), [&to, packet] { to.Receive(packet); });
    }

    provenance::Ledger ledger;
    Host client;
    Host server;
    dns::NameServerConfig config;
    dns::ResolverConfig asks;
    std::optional<NameServer> names;
    std::optional<NameResolver> resolver;
    std::vector<SeenDatagram> seen;
    std::function<bool(const SeenDatagram&)> drops = [](const SeenDatagram&) { return false; };
    std::string queries;
    std::string lookups;
    Nanoseconds began{0};
    Nanoseconds took{0};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(name_service, Fixture)

BOOST_AUTO_TEST_CASE(ANameIsFoundByPackets)
{
    config.delay = 3ms;
    Open();
    BOOST_TEST(Ask("mail.example.org").records.at(0).data == "192.0.2.25");
    BOOST_TEST((took == 23ms));
    BOOST_REQUIRE_EQUAL(seen.size(), 2);
    BOOST_TEST(seen[0].destinationPort == 53);
    BOOST_TEST(seen[1].sourcePort == 53);
    BOOST_TEST(seen[1].destinationPort == seen[0].sourcePort);
    BOOST_TEST(seen[0].size == 34);
    // Each stack's habits; each packet's maker.
    BOOST_TEST(seen[0].header.GetTtl() == 128);
    BOOST_TEST(seen[0].header.GetIdentification() == 1000);
    BOOST_TEST(!seen[0].header.IsDontFragment());
    BOOST_TEST(seen[1].header.GetTtl() == 64);
    BOOST_TEST(seen[1].header.IsDontFragment());
    BOOST_TEST(seen[1].header.GetIdentification() == 0);
    BOOST_TEST(ledger.ActorName(seen[0].origin.actor) == "client");
    BOOST_TEST(ledger.ActorName(seen[1].origin.actor) == "server");
    BOOST_TEST(queries == "mail.example.org ");
    BOOST_TEST(lookups == "found ");
}

BOOST_AUTO_TEST_CASE(PortsAreDrawnOrTheStacks)
{
    Open();
    Ask("a.example.org");
    Ask("b.example.org");
    const auto step = static_cast<int>(seen[2].sourcePort) - seen[0].sourcePort;
    BOOST_TEST(step != 0);
    BOOST_TEST(step != 1);

    asks.sourcePorts = dns::SourcePorts::Stack;
    resolver.emplace(client, asks, "another");
    seen.clear();
    Ask("c.example.org");
    Ask("d.example.org");
    BOOST_TEST(seen[0].sourcePort >= 1025);
    BOOST_TEST(seen[0].sourcePort <= 5000);
    BOOST_TEST(seen[2].sourcePort == (seen[0].sourcePort == 5000 ? 1025 : seen[0].sourcePort + 1));
}

BOOST_AUTO_TEST_CASE(WhatDoesNotFitComesByTcp)
{
    Open();
    BOOST_TEST(Ask("many.example.org").records.size() == 59);
    BOOST_TEST(queries == "many.example.org many.example.org/tcp ");
    BOOST_TEST(seen[1].size <= 512);
    BOOST_TEST(client.FlowCount() + server.FlowCount() <= 1); // At most one in TIME-WAIT.
    BOOST_TEST(Ask("mail.example.org").records.size() == 1);
}

BOOST_AUTO_TEST_CASE(LostPacketsAreRepeatedFromAnotherPort)
{
    int left = 2;
    drops = [&left](const SeenDatagram&) { return left-- > 0; };
    Open();
    BOOST_TEST(Ask("mail.example.org").records.size() == 1);
    BOOST_REQUIRE_EQUAL(seen.size(), 4);
    BOOST_TEST((took == 2s + 4s + 20ms));
    BOOST_TEST((std::set<std::uint16_t>{seen[0].sourcePort, seen[1].sourcePort, seen[2].sourcePort})
                   .size() == 3);
}

BOOST_AUTO_TEST_CASE(AHostWithoutPowerDoesNotAnswer)
{
    Open();
    server.Restart(5s);
    BOOST_TEST(Ask("mail.example.org").records.size() == 1);
    BOOST_TEST((took == 2s + 4s + 20ms));
    client.Restart(1s);
    BOOST_TEST((Ask("other.example.org").outcome == dns::Outcome::NoName));
}

BOOST_AUTO_TEST_CASE(GarbageGetsAnErrorOrNothing)
{
    Open();
    std::vector<std::string> answers;
    client.Udp().Open(4000, [&](const Datagram& datagram) { answers.push_back(datagram.payload); });
    const auto send = [this](const std::string& octets)
    {
        client.Udp().Send({SERVER, 53, 4000, octets});
        ns3::Simulator::Stop(ns3::Seconds(1));
        ns3::Simulator::Run();
    };
    send("");
    send("short");
    send(std::string("\x12\x34\x01\x00\x00\x09rubbish", 13));
    BOOST_REQUIRE_EQUAL(answers.size(), 1);
    BOOST_TEST(answers[0].substr(0, 4) == "\x12\x34\x81\x01");
    send(answers[0]);
    BOOST_TEST(answers.size() == 1);
    client.Udp().Close(4000);
    send(std::string("\x12\x34\x01\x00\x00\x09rubbish", 13));
    BOOST_TEST(answers.size() == 1);
}

BOOST_AUTO_TEST_CASE(AnExpiredZoneIsAServersFailure)
{
    config.zones["example.org"].expired = true;
    Open();
    BOOST_TEST((Ask("mail.example.org").outcome == dns::Outcome::Failed));
    BOOST_TEST(queries == "mail.example.org mail.example.org mail.example.org ");
}

BOOST_AUTO_TEST_SUITE_END()
