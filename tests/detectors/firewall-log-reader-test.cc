#include "detectors/readers/firewall-log-reader.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <string>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

using Action = FirewallEvent::Action;

/// "tcp a:p > b:q as c:r"
std::string
Told(const std::string& row, Action action)
{
    const auto event = ParseFirewallRow(row);
    BOOST_REQUIRE_MESSAGE(event, row);
    BOOST_TEST((event->action == action), row);
    std::string told = fmt::format("{} {}:{} > {}:{}",
                                   event->protocol,
                                   event->source.ToString(),
                                   event->sourcePort,
                                   event->destination.ToString(),
                                   event->destinationPort);
    return event->translated.IsKnown() ? fmt::format("{} as {}:{}",
                                                     told,
                                                     event->translated.ToString(),
                                                     event->translatedPort)
                                       : told;
}

const std::string PLAIN = "tcp 192.168.1.77:1042 > 198.51.100.7:25";

} // namespace

BOOST_AUTO_TEST_SUITE(firewall_log_reader)

BOOST_AUTO_TEST_CASE(rows_of_cisco)
{
    for (const char* head : {"Jul  2 00:00:03 fw %ASA-4-",
                             "Jul 02 2010 00:00:03: %PIX-4-",
                             "<164>Jul 02 2010 00:00:03 fw : %ASA-4-",
                             "2010-07-02T00:00:03Z fw %FWSM-4-",
                             "%ASA-4-"})
    {
        BOOST_TEST(Told(std::string(head) +
                            "106023: Deny tcp src inside:192.168.1.77/1042 dst "
                            "outside:198.51.100.7/25 by access-group \"inside_out\" [0x0, 0x0]",
                        Action::Denied) == PLAIN);
    }
    BOOST_TEST(Told("%ASA-4-106100: access-list out denied tcp inside/192.168.1.77(1042) -> "
                    "outside/198.51.100.7(25) hit-cnt 1 first hit [0x0, 0x0]",
                    Action::Denied) == PLAIN);
    BOOST_TEST(Told("%ASA-6-106100: access-list out permitted tcp inside/192.168.1.77(1042) -> "
                    "outside/198.51.100.7(25) hit-cnt 1",
                    Action::Permitted) == PLAIN);
    BOOST_TEST(Told("%ASA-2-106001: Inbound TCP connection denied from 192.0.2.9/3000 to "
                    "203.0.113.5/25 flags SYN on interface outside",
                    Action::Denied) == "tcp 192.0.2.9:3000 > 203.0.113.5:25");
    BOOST_TEST(Told("%ASA-6-106015: Deny TCP (no connection) from 192.168.1.77/1042 to "
                    "198.51.100.7/25 flags RST on interface inside",
                    Action::Denied) == PLAIN);
}

BOOST_AUTO_TEST_CASE(connections_of_cisco_are_told_from_whom_they_began)
{
    BOOST_TEST(Told("%ASA-6-302013: Built outbound TCP connection 12 for outside:198.51.100.7/25 "
                    "(198.51.100.7/25) to inside:192.168.1.77/1042 (203.0.113.5/2042)",
                    Action::Permitted) == PLAIN + " as 203.0.113.5:2042");
    BOOST_TEST(Told("%ASA-6-302013: Built inbound TCP connection 13 for outside:192.0.2.9/3000 "
                    "(192.0.2.9/3000) to inside:192.168.1.2/25 (203.0.113.5/25)",
                    Action::Permitted) == "tcp 192.0.2.9:3000 > 192.168.1.2:25");
    BOOST_TEST(Told("%ASA-6-302014: Teardown TCP connection 12 for outside:198.51.100.7/25 to "
                    "inside:192.168.1.77/1042 duration 0:00:12 bytes 4512 TCP FINs",
                    Action::Ended) == PLAIN);
    BOOST_TEST(Told("%ASA-6-305011: Built dynamic TCP translation from inside:192.168.1.77/1042 to "
                    "outside:203.0.113.5/2042",
                    Action::Translated) ==
               "tcp 192.168.1.77:1042 > unknown address:0 as 203.0.113.5:2042");
}

BOOST_AUTO_TEST_CASE(rows_of_other_firewalls)
{
    BOOST_TEST(
        Told("Jul  2 00:00:03 gw kernel: [12.5] FW-DROP IN=eth1 OUT=eth0 "
             "MAC=00:11:22:33:44:55 SRC=192.168.1.77 DST=198.51.100.7 LEN=48 TTL=127 ID=9 DF "
             "PROTO=TCP SPT=1042 DPT=25 WINDOW=65535 SYN",
             Action::Denied) == PLAIN);
    BOOST_TEST(Told("Jul  2 00:00:03 gw kernel: ACCEPT IN=eth1 OUT=eth0 SRC=192.168.1.77 "
                    "DST=198.51.100.7 PROTO=TCP SPT=1042 DPT=25",
                    Action::Permitted) == PLAIN);
    BOOST_TEST(Told("Jul  2 00:00:03 gw kernel: IN=eth1 OUT=eth0 SRC=192.168.1.77 DST=198.51.100.7 "
                    "PROTO=TCP SPT=1042 DPT=25",
                    Action::Seen) == PLAIN);
    BOOST_TEST(Told("2010-07-02 00:00:03 DROP TCP 192.168.1.77 198.51.100.7 1042 25 48 S 1 0 65535",
                    Action::Denied) == PLAIN);
    BOOST_TEST(Told("2010-07-02 00:00:03 OPEN TCP 192.168.1.77 198.51.100.7 1042 25 - - - -",
                    Action::Permitted) == PLAIN);
    BOOST_TEST(Told("date=2010-07-02 time=00:00:03 devname=fw type=traffic srcip=192.168.1.77 "
                    "srcport=1042 dstip=198.51.100.7 dstport=25 proto=6 action=\"deny\"",
                    Action::Denied) == PLAIN);
}

BOOST_AUTO_TEST_CASE(stamps_are_the_rows_own)
{
    const auto second = [](const std::string& row) -> std::int64_t
    {
        const auto event = ParseFirewallRow(row);
        return event && event->time ? UnixSeconds(*event->time) : -1;
    };
    const std::string row = "%ASA-4-106023: Deny tcp src inside:192.168.1.77/1042 dst "
                            "outside:198.51.100.7/25 by access-group \"x\"";
    BOOST_TEST(second("Jul 02 2010 00:00:03: " + row) == 1278028803);
    BOOST_TEST(second("<164>Jul  2 2010 00:00:03 fw : " + row) == 1278028803);
    BOOST_TEST(second(row) == -1);
    BOOST_TEST(second("date=2010-07-02 time=00:00:03 srcip=192.168.1.77 dstip=192.0.2.1 proto=6 "
                      "action=deny") == 1278028803);
}

BOOST_AUTO_TEST_CASE(other_rows_are_none)
{
    for (const char* row : {"%ASA-5-111008: User 'admin' executed the 'write' command.",
                            "%ASA-4-106023: Deny",
                            "%ASA-4-106023: Deny tcp src inside: dst outside:198.51.100.7/25",
                            "2010-07-02 00:00:03 DROP TCP somewhere 198.51.100.7 1042 25",
                            "2010-07-02 00:00:03 192.0.2.7 EHLO - 250",
                            "SRC=192.168.1.77 DPT=25",
                            "We deny tcp from 192.168.1.77 to port 25",
                            ""})
    {
        BOOST_TEST(!ParseFirewallRow(row), row);
    }
}

BOOST_AUTO_TEST_SUITE_END()
