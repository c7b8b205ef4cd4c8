#include "detectors/readers/firewall-log-reader.h"
#include "formats/packet.h"
#include "tests/evidence/log-rig.h"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;
using detectors::FirewallEvent;
using path::FilterAction;
using path::FilterDirection;

namespace
{

struct Fixture : LogRig
{
    Fixture()
        : LogRig(1278043203 * SECOND, -4 * 3600, "fw.site.example") // 2010-07-02T04:00:03Z
    {
        place.gateway = evidence::GatewayFacts{
            "firewall",
            *Ipv4::Parse("203.0.113.5"),
            *MacAddress::Parse("00:06:b1:a1:b2:c3"),
            {*IpPrefix::Parse("192.168.1.0/24"), *IpPrefix::Parse("192.168.2.0/24")},
            {"mail-by-exchange", "no-other-mail"}};
        Open<dialects::FirewallLog>();
    }

    void Add(FilterAction action,
             FilterDirection direction,
             std::string_view rule,
             std::uint8_t protocol,
             const char* source,
             std::uint16_t sourcePort,
             const char* destination,
             std::uint16_t destinationPort)
    {
        host::PacketFiltered event;
        event.gateway = "firewall";
        event.rule = rule;
        event.action = action;
        event.direction = direction;
        event.protocol = protocol;
        event.source = *Ipv4::Parse(source);
        event.destination = *Ipv4::Parse(destination);
        event.sourcePort = sourcePort;
        event.destinationPort = destinationPort;
        event.bytes = 48;
        Tell(event);
    }

    void AddAll()
    {
        const auto out = FilterDirection::Outbound;
        Add(FilterAction::Accept,
            out,
            "mail-by-exchange",
            6,
            "192.168.1.2",
            23111,
            "64.18.6.14",
            25);
        Add(FilterAction::Drop, out, "no-other-mail", 6, "192.168.2.77", 1042, "198.51.100.7", 25);
        Add(FilterAction::Accept,
            FilterDirection::Inbound,
            "",
            6,
            "208.65.144.247",
            4000,
            "192.168.1.2",
            25);
        Add(FilterAction::Accept,
            FilterDirection::Any,
            "",
            17,
            "192.168.1.2",
            17177,
            "192.168.2.9",
            53);
        Add(FilterAction::Reject,
            FilterDirection::Inbound,
            "no-other-mail",
            17,
            "198.51.100.7",
            5000,
            "192.168.1.9",
            5060);
        Add(FilterAction::Drop,
            FilterDirection::Inbound,
            "no-other-mail",
            1,
            "198.51.100.7",
            0,
            "192.168.1.9",
            0);
        Add(FilterAction::Accept,
            out,
            "mail-by-exchange",
            6,
            "192.168.1.2",
            23112,
            "64.18.6.14",
            8025);
    }

    std::vector<std::string> Rows()
    {
        AddAll();
        std::istringstream text(Text("firewall.log"));
        std::vector<std::string> rows;
        for (std::string row; std::getline(text, row);)
        {
            rows.push_back(row);
        }
        return rows;
    }
};

/// What a reader has to know of a row.
std::string
Told(const FirewallEvent& event)
{
    const std::string action = event.action == FirewallEvent::Action::Permitted ? "permitted"
                               : event.action == FirewallEvent::Action::Denied  ? "denied"
                                                                                : "?";
    return action + " " + event.protocol + " " + event.sourceInterface + " " +
           event.source.ToString() + " " + std::to_string(event.sourcePort) + " > " +
           event.destinationInterface + " " + event.destination.ToString() + " " +
           std::to_string(event.destinationPort) + " rule " + event.rule;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(firewall_log, Fixture)

BOOST_AUTO_TEST_CASE(rows_are_those_of_a_sonicwall)
{
    const std::vector<std::string> rows = Rows();
    BOOST_REQUIRE_EQUAL(rows.size(), 7);
    const std::string head = "id=firewall sn=0006B1A1B2C3 time=\"2010-07-02 00:00:03\" "
                             "fw=203.0.113.5 ";
    const auto begins = [&](const std::string& row, const std::string& rest)
    { return row.rfind(head + rest, 0) == 0; };
    BOOST_TEST(begins(rows[0], "pri=6 c=262144 m=98 msg=\"Connection Opened\" n="), rows[0]);
    BOOST_TEST(begins(rows[1], "pri=5 c=64 m=36 msg=\"TCP connection dropped\" n="), rows[1]);
    BOOST_TEST(begins(rows[4], "pri=5 c=128 m=37 msg=\"UDP packet dropped\" n="), rows[4]);
    BOOST_TEST(begins(rows[5], "pri=5 c=256 m=38 msg=\"ICMP packet dropped\" n="), rows[5]);
    const auto ends = [](const std::string& row) { return row.substr(row.find(" src=")); };
    BOOST_TEST(ends(rows[0]) ==
               " src=192.168.1.2:23111:X0: dst=64.18.6.14:25:X1: proto=tcp/smtp rule=1");
    BOOST_TEST(ends(rows[6]) ==
               " src=192.168.1.2:23112:X0: dst=64.18.6.14:8025:X1: proto=tcp/8025 rule=1");
}

/// A message's number of rows goes on from what it was at the start.
BOOST_AUTO_TEST_CASE(rows_of_a_message_are_counted)
{
    const std::vector<std::string> rows = Rows();
    const auto count = [&](std::size_t row)
    { return std::stol(rows.at(row).substr(rows.at(row).find(" n=") + 3)); };
    BOOST_TEST(count(0) > 0);
    BOOST_TEST(count(2) == count(0) + 1);
    BOOST_TEST(count(3) == count(0) + 2);
    BOOST_TEST(count(6) == count(0) + 3);
    BOOST_TEST(count(1) != count(0));
}

BOOST_AUTO_TEST_CASE(every_field_is_read_back)
{
    const std::vector<std::string> expected{
        "permitted tcp X0 192.168.1.2 23111 > X1 64.18.6.14 25 rule 1",
        "denied tcp X2 192.168.2.77 1042 > X1 198.51.100.7 25 rule 2",
        "permitted tcp X1 208.65.144.247 4000 > X0 192.168.1.2 25 rule ",
        "permitted udp X0 192.168.1.2 17177 > X2 192.168.2.9 53 rule ",
        "denied udp X1 198.51.100.7 5000 > X0 192.168.1.9 5060 rule 2",
        "denied icmp X1 198.51.100.7 0 > X0 192.168.1.9 0 rule 2",
        "permitted tcp X0 192.168.1.2 23112 > X1 64.18.6.14 8025 rule 1"};
    const std::vector<std::string> rows = Rows();
    BOOST_REQUIRE_EQUAL(rows.size(), expected.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        const auto event = detectors::ParseFirewallRow(rows[i]);
        BOOST_REQUIRE_MESSAGE(event, rows[i]);
        BOOST_TEST(Told(*event) == expected[i]);
        BOOST_REQUIRE(event->time.has_value());
        BOOST_TEST(UnixSeconds(*event->time) == 1278043203 - 4 * 3600);
    }
}

BOOST_AUTO_TEST_CASE(a_place_that_is_no_gateway_has_none)
{
    place.gateway.reset();
    BOOST_TEST(!dialects::FirewallLog::Writer(place));
}

BOOST_AUTO_TEST_SUITE_END()
