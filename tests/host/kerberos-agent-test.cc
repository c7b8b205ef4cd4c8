// A client and a KDC over simulated sockets, and the clock of a host that follows another's.

#include "models/host/kdc-server.h"
#include "models/host/kerberos-agent.h"
#include "models/host/time-keeper.h"
#include "models/kerberos/domain.h"
#include "models/smtp/ntlm.h"
#include "models/smtp/spnego.h"
#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace bouncelab;
using namespace bouncelab::host;
using namespace std::chrono_literals;

namespace
{

kerberos::DomainConfig
OneController()
{
    kerberos::DomainConfig config;
    config.realm = "EXAMPLE.COM";
    config.controllers["dc"].site = "main";
    config.accounts["HUB1$"].machine = true;
    config.accounts["HUB2$"].machine = true;
    config.accounts["HUB2$"].serviceNames = {"SMTPSVC/hub2.example.com"};
    return config;
}

struct Fixture
{
    explicit Fixture(std::uint32_t udpBelow = 0)
    {
        persona.client.udpBelow = udpBelow;
        kdc = std::make_unique<KdcServer>(hosts.server,
                                          persona,
                                          "EXAMPLE.COM",
                                          domain.At("dc"),
                                          [this](const kerberos::KdcEvent& event)
                                          { answers.push_back(event.error); });
        agent = std::make_unique<KerberosAgent>(
            hosts.client,
            persona.client,
            "HUB1$",
            "EXAMPLE.COM",
            std::vector<KerberosAgent::Controller>{{"dc", Ipv4{0xCB83C650}}},
            [this](const kerberos::ClientEvent& event) { told.push_back(event.error); });
        agent->SetSecrets({domain.At("dc").Find("HUB1$")->secret.value});
    }

    ~Fixture()
    {
        agent.reset();
        kdc.reset();
    }

    std::string Ask(const std::string& server)
    {
        std::string token;
        agent->Ask(server, [&token](const std::string& got) { token = got; });
        ns3::Simulator::Stop(ns3::Minutes(5));
        ns3::Simulator::Run();
        return token;
    }

    kerberos::KerberosPersona persona;
    TwoHosts hosts;
    kerberos::Domain domain{OneController(), DrawKey(1, "domain")};
    std::vector<kerberos::ErrorCode> answers;
    std::vector<kerberos::ErrorCode> told;
    std::unique_ptr<KdcServer> kdc;
    std::unique_ptr<KerberosAgent> agent;
};

} // namespace

BOOST_AUTO_TEST_SUITE(kerberos_agent)

BOOST_AUTO_TEST_CASE(tickets_come_by_either_transport)
{
    for (const std::uint32_t limit : {0U, 1465U})
    {
        Fixture fixture(limit);
        const std::string token = fixture.Ask("hub2.example.com");
        BOOST_TEST(smtp::spnego::Unwrap(token).has_value());
        using kerberos::ErrorCode;
        const std::vector<ErrorCode> expected{ErrorCode::PreAuthRequired,
                                              ErrorCode::None,
                                              ErrorCode::None};
        BOOST_TEST((fixture.answers == expected));
    }
}

BOOST_AUTO_TEST_CASE(without_a_ticket_the_token_is_ntlms)
{
    {
        Fixture unknown;
        BOOST_TEST(smtp::ntlm::IsNegotiate(unknown.Ask("other.example.com")));
        BOOST_TEST((unknown.told.back() == kerberos::ErrorCode::ServiceUnknown));
    }
    Fixture nobody;
    nobody.hosts.drops = [](const Seen&) { return true; };
    BOOST_TEST(smtp::ntlm::IsNegotiate(nobody.Ask("hub2.example.com")));
    BOOST_TEST((nobody.told.back() == kerberos::ErrorCode::ServiceUnavailable));
}

BOOST_AUTO_TEST_CASE(who_does_not_wait_any_more_gets_nothing)
{
    Fixture fixture;
    bool called = false;
    fixture.agent->Forget(
        fixture.agent->Ask("hub2.example.com", [&called](const std::string&) { called = true; }));
    ns3::Simulator::Stop(ns3::Minutes(1));
    ns3::Simulator::Run();
    BOOST_TEST(!called);
    BOOST_TEST(fixture.answers.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_clock_follows_its_source)
{
    TwoHosts hosts;
    kerberos::Domain domain(OneController(), DrawKey(1, "domain"));
    const kerberos::Secret secret = domain.At("dc").Find("HUB1$")->secret.value;
    kerberos::DriftingClock own({}, 10min, 0);
    kerberos::DriftingClock right({}, 0s, 0);
    std::vector<kerberos::TimeEvent::Kind> told;
    TimeKeeper source(
        hosts.server,
        right,
        std::nullopt,
        1000,
        {},
        [&secret](std::uint32_t) { return &secret; },
        [](const kerberos::TimeEvent&) {});
    TimeKeeper keeper(hosts.client,
                      own,
                      kerberos::TimeServiceConfig(),
                      1000,
                      {{"dc", Ipv4{0xCB83C650}}},
                      {},
                      [&told](const kerberos::TimeEvent& event) { told.push_back(event.kind); });
    keeper.SetSecrets({secret});
    ns3::Simulator::Stop(ns3::Minutes(1));
    ns3::Simulator::Run();
    using Kind = kerberos::TimeEvent::Kind;
    const std::vector<Kind> expected{Kind::Synchronized, Kind::Set};
    BOOST_TEST((told == expected));
    BOOST_TEST(keeper.SourceName() == "dc");
    BOOST_TEST((std::chrono::abs(own.OffsetAt(SimTime(50s))) < 100ms));
}

BOOST_AUTO_TEST_SUITE_END()
