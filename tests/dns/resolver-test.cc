#include "models/dns/resolver.h"
#include "models/dns/zone.h"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <set>

using namespace bouncelab;
using namespace bouncelab::dns;
using namespace std::chrono_literals;

namespace
{

constexpr Ipv4 ROOT{0xC6336401};
constexpr Ipv4 ORG{0xC6336402};
constexpr Ipv4 EXAMPLE{0xC6336403};
constexpr Ipv4 SILENT{0xC6336404};

/// Servers that answer at once, or as a test has it, and one resolver.
class Internet
{
  public:
    explicit Internet(ResolverConfig config)
        : resolver(config, DrawKey(1, "resolver"))
    {
    }

    void Zone(IpAddress server, const std::string& name, std::vector<std::string> records)
    {
        ZoneConfig config;
        config.records = std::move(records);
        BOOST_REQUIRE(CheckZone(name, config).empty());
        m_servers[server].Add(std::make_unique<dns::Zone>(name, config));
    }

    Ticket Ask(const std::string& name, RecordType type)
    {
        const Ticket ticket = resolver.Ask({name, type}, now);
        Run();
        return ticket;
    }

    Answer Resolve(const std::string& name, RecordType type)
    {
        const Ticket ticket = Ask(name, type);
        while (answers.count(ticket) == 0)
        {
            const auto timer = resolver.NextTimer();
            BOOST_REQUIRE(timer);
            now = *timer;
            resolver.Advance(now);
            Run();
        }
        return answers.at(ticket);
    }

    std::string Text(const std::string& name, RecordType type)
    {
        const Answer answer = Resolve(name, type);
        std::string text(NameOfOutcome(answer.outcome));
        for (const Record& record : answer.records)
        {
            text += " " + NameOfType(record.type) + ":" + record.data;
        }
        return text;
    }

    void Run()
    {
        while (const auto request = resolver.TakeRequest())
        {
            requests.push_back(*request);
            Message query = *Decode(request->octets);
            const auto server = m_servers.find(request->server);
            if (server != m_servers.end())
            {
                Message response = server->second.Answer(query, {});
                response.recursionAvailable = recursionAvailable;
                meddle(response, *request);
                resolver.Receive(
                    request->number,
                    Encode(response, request->overTcp ? LARGEST_MESSAGE : LARGEST_DATAGRAM),
                    now);
            }
        }
        while (const auto answer = resolver.TakeAnswer())
        {
            BOOST_TEST(answers.emplace(answer->first, answer->second).second);
        }
    }

    Resolver resolver;
    Nanoseconds now{0};
    bool recursionAvailable = false;
    std::vector<Resolver::Request> requests;
    std::map<Ticket, Answer> answers;
    std::function<void(Message&, const Resolver::Request&)> meddle = [](Message&, const auto&) {};

  private:
    std::map<IpAddress, Authority> m_servers;
};

ResolverConfig
FromRoot()
{
    ResolverConfig config;
    config.roots = {ROOT};
    return config;
}

ResolverConfig
Forwarding(std::vector<IpAddress> servers)
{
    ResolverConfig config;
    config.servers = std::move(servers);
    return config;
}

void
Fill(Internet& net)
{
    net.Zone(ROOT, "", {"org NS ns.org", "ns.org A 198.51.100.2", "com NS ns.example.org."});
    net.Zone(ORG,
             "org",
             {"example NS ns.example", "ns.example A 198.51.100.3", "other NS ns.example"});
    net.Zone(
        EXAMPLE,
        "example.org",
        {"@ MX 10 mail", "ns A 198.51.100.3", "mail 60 A 192.0.2.25", "www CNAME mail.other.org."});
    net.Zone(EXAMPLE, "other.org", {"mail A 192.0.2.26"});
    net.Zone(EXAMPLE, "com", {"shop A 192.0.2.80"});
}

} // namespace

BOOST_AUTO_TEST_SUITE(resolver)

BOOST_AUTO_TEST_CASE(FindsItsWayFromTheRoot)
{
    Internet net(FromRoot());
    Fill(net);
    BOOST_TEST(net.Text("example.org", RecordType::Mx) == "found MX:10 mail.example.org");
    BOOST_TEST(net.requests.size() == 3);
    BOOST_TEST(net.Text("mail.example.org", RecordType::A) == "found A:192.0.2.25");
    BOOST_TEST(net.requests.size() == 4); // It knows the zone's servers by now.
    BOOST_TEST(net.Text("www.example.org", RecordType::A) ==
               "found CNAME:mail.other.org A:192.0.2.26");
    BOOST_TEST(net.Text("nobody.example.org", RecordType::A) == "no-name");
    BOOST_TEST(net.Text("mail.example.org", RecordType::Txt) == "no-data");
}

BOOST_AUTO_TEST_CASE(AsksForServersWithoutGlue)
{
    Internet net(FromRoot());
    Fill(net);
    BOOST_TEST(net.Text("shop.com", RecordType::A) == "found A:192.0.2.80");
}

BOOST_AUTO_TEST_CASE(KeepsAnswersForTheirTime)
{
    Internet net(FromRoot());
    Fill(net);
    net.Text("mail.example.org", RecordType::A);
    net.Text("nobody.example.org", RecordType::A);
    const std::size_t asked = net.requests.size();
    net.now += 59s;
    const Answer kept = net.Resolve("mail.example.org", RecordType::A);
    BOOST_TEST(kept.records.at(0).ttl == 1U);
    BOOST_TEST(net.requests.size() == asked);
    net.now += 1s;
    net.Text("mail.example.org", RecordType::A);
    BOOST_TEST(net.requests.size() == asked + 1);
    BOOST_TEST(net.Text("nobody.example.org", RecordType::Mx) == "no-name"); // Whatever the type.
    BOOST_TEST(net.requests.size() == asked + 1);
    net.now += 900s;
    net.Text("nobody.example.org", RecordType::A);
    BOOST_TEST(net.requests.size() == asked + 2);
}

BOOST_AUTO_TEST_CASE(AsksAgainAndThenTheNextOne)
{
    Internet net(Forwarding({SILENT, EXAMPLE}));
    Fill(net);
    BOOST_TEST(net.Text("mail.example.org", RecordType::A) == "found A:192.0.2.25");
    BOOST_TEST(net.requests.size() == 2);
    BOOST_TEST((net.now == 2s));
    BOOST_TEST(Decode(net.requests[0].octets)->recursionDesired);

    Internet alone(Forwarding({SILENT}));
    BOOST_TEST(alone.Text("mail.example.org", RecordType::A) == "failed");
    BOOST_TEST(alone.requests.size() == 3);
    BOOST_TEST((alone.now == 2s + 4s + 8s));
    BOOST_TEST(alone.resolver.OpenQuestions() == 0);
}

BOOST_AUTO_TEST_CASE(RefusalsAndFailuresAreNoAnswer)
{
    Internet net(Forwarding({EXAMPLE}));
    Fill(net);
    net.meddle = [](Message& response, const auto&)
    {
        response = ResponseTo(response);
        response.code = ResponseCode::ServerFailure;
    };
    BOOST_TEST(net.Text("mail.example.org", RecordType::A) == "failed");
    BOOST_TEST(net.requests.size() == 3);
    net.meddle = [](Message&, const auto&) {};
    BOOST_TEST(net.Text("mail.example.org", RecordType::A) == "found A:192.0.2.25");
}

BOOST_AUTO_TEST_CASE(TruncatedAnswersAreFetchedByTcp)
{
    Internet net(Forwarding({EXAMPLE}));
    std::vector<std::string> records;
    for (int i = 1; i < 60; ++i)
    {
        records.push_back("many A 192.0.2." + std::to_string(i));
    }
    net.Zone(EXAMPLE, "example.org", records);
    const Answer answer = net.Resolve("many.example.org", RecordType::A);
    BOOST_TEST(answer.records.size() == 59);
    BOOST_REQUIRE(net.requests.size() == 2);
    BOOST_TEST(!net.requests[0].overTcp);
    BOOST_TEST(net.requests[1].overTcp);
}

BOOST_AUTO_TEST_CASE(WhatDoesNotAnswerIsIgnored)
{
    Internet net(Forwarding({SILENT}));
    net.Ask("mail.example.org", RecordType::A);
    const Resolver::Request request = net.requests.at(0);
    Message forged = ResponseTo(*Decode(request.octets));
    forged.recursionAvailable = true;
    forged.answers = {{"mail.example.org", RecordType::A, 60, "203.0.113.66"}};
    const auto send = [&](const Message& message)
    {
        net.resolver.Receive(request.number, Encode(message), net.now);
        net.Run();
    };
    Message wrong = forged;
    wrong.id ^= 1;
    send(wrong);
    wrong = forged;
    wrong.question.name = "mail.example.net";
    send(wrong);
    wrong = forged;
    wrong.isResponse = false;
    send(wrong);
    net.resolver.Receive(request.number, "garbage", net.now);
    net.Run();
    BOOST_TEST(net.answers.empty());
    send(forged);
    BOOST_TEST(net.answers.size() == 1);
}

BOOST_AUTO_TEST_CASE(StrangersRecordsAreNotBelieved)
{
    Internet net(FromRoot());
    Fill(net);
    net.meddle = [](Message& response, const Resolver::Request& request)
    {
        if (request.server == EXAMPLE && response.question.name == "mail.example.org")
        {
            response.answers.push_back({"bank.org", RecordType::A, 9999, "203.0.113.66"});
        }
    };
    net.Text("mail.example.org", RecordType::A);
    BOOST_TEST(net.Text("bank.org", RecordType::A) == "no-name");
}

BOOST_AUTO_TEST_CASE(EndlessWaysEnd)
{
    Internet net(FromRoot());
    net.Zone(ROOT, "", {"org NS ns.com", "com NS ns.org"});
    net.Zone(ROOT, "a", {"x CNAME x.b."});
    net.Zone(ROOT, "b", {"x CNAME x.a."});
    BOOST_TEST(net.Text("x.a", RecordType::A).substr(0, 6) == "failed");
    BOOST_TEST(net.Text("x.org", RecordType::A) == "failed");
    BOOST_TEST(net.resolver.OpenQuestions() == 0);
    BOOST_TEST(!net.resolver.NextTimer());
}

BOOST_AUTO_TEST_CASE(AQuestionIsAskedOnceForAll)
{
    Internet net(Forwarding({SILENT}));
    const Ticket first = net.Ask("mail.example.org", RecordType::A);
    const Ticket second = net.Ask("mail.example.org", RecordType::A);
    const Ticket forgotten = net.Ask("mail.example.org", RecordType::A);
    net.resolver.Forget(forgotten);
    BOOST_TEST(net.requests.size() == 1);
    net.Resolve("other.example.org", RecordType::A);
    BOOST_TEST(net.answers.count(first) == 1);
    BOOST_TEST(net.answers.count(second) == 1);
    BOOST_TEST(net.answers.count(forgotten) == 0);
}

BOOST_AUTO_TEST_CASE(PortsAndIdsAreDrawn)
{
    Internet net(Forwarding({SILENT}));
    for (int i = 0; i < 20; ++i)
    {
        net.Text("a" + std::to_string(i) + ".org", RecordType::A);
    }
    std::set<std::uint16_t> ports;
    std::set<std::uint16_t> ids;
    for (const Resolver::Request& request : net.requests)
    {
        BOOST_TEST(request.port >= 1025);
        ports.insert(request.port);
        ids.insert(Decode(request.octets)->id);
    }
    BOOST_TEST(ports.size() > 55);
    BOOST_TEST(ids.size() > 55);
}

BOOST_AUTO_TEST_SUITE_END()
