#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// What firewalls' own logs say of connections for mail, alone and beside a mail log.

namespace
{

constexpr const char* DENIED = "unreachable.firewall";

const PastedText DENIALS[] = {
    {"netfilter, of the host itself",
     "Nov 12 15:20:01 gw kernel: [81231.1] [UFW BLOCK] IN= OUT=eth0 SRC=198.51.100.20 "
     "DST=203.0.113.120 LEN=60 TTL=64 ID=5121 DF PROTO=TCP SPT=41022 DPT=25 WINDOW=64240 "
     "RES=0x00 SYN URGP=0\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "this network's own firewall"},
    {"netfilter, forwarded",
     "Nov 12 15:20:01 gw kernel: DROP-OUT IN=lan0 OUT=wan0 MAC=00:11 SRC=10.0.0.5 "
     "DST=203.0.113.120 LEN=60 TTL=63 ID=5121 DF PROTO=TCP SPT=41022 DPT=587 WINDOW=64240 "
     "RES=0x00 SYN URGP=0\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "port 587"},
    {"Cisco",
     "Nov 12 2024 15:00:01: %ASA-4-106023: Deny tcp src inside:10.0.0.5/31022 dst "
     "outside:203.0.113.120/25 by access-group \"inside_out\" [0x0, 0x0]\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "10.0.0.5"},
    {"FortiGate",
     "date=2024-11-12 time=15:10:01 devname=\"FGT\" type=\"traffic\" srcip=198.51.100.20 "
     "srcport=31022 srcintf=\"internal\" srcintfrole=\"lan\" dstip=203.0.113.120 dstport=25 "
     "dstintf=\"wan1\" dstintfrole=\"wan\" proto=6 action=\"deny\" policyid=0 service=\"SMTP\"\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "this network's own firewall"},
    {"Windows",
     "2024-11-12 15:40:01 DROP TCP 198.51.100.20 203.0.113.120 51022 25 52 S 1211212 0 64240 - - - "
     "SEND\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "this network's own firewall"},
    {"pf, old tcpdump",
     "Nov 12 15:30:01.101001 rule 12/(match) block out on em0: 198.51.100.20.41022 > "
     "203.0.113.120.25: S 1211212:1211212(0) win 16384 <mss 1460> (DF)\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "this network's own firewall"},
    {"pf, today's tcpdump",
     " 00:00:00.000000 rule 5/0(match): block out on em0: 198.51.100.20.41022 > "
     "203.0.113.120.25: Flags [S], seq 1211212, win 64240, options [mss 1460], length 0\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "this network's own firewall"},
    {"pfSense",
     "Nov 12 15:30:01 fw filterlog[123]: 5,,,1000000103,em0,match,block,out,4,0x0,,64,0,0,DF,6,"
     "tcp,60,198.51.100.20,203.0.113.120,41022,25,0,S,1211212,,64240,,mss\n",
     "own-firewall",
     DENIED,
     Verdict::Fault,
     1,
     "this network's own firewall"},
    // Innocent, or not shown.
    {"scanners that are dropped",
     "Nov 12 15:20:01 gw kernel: [UFW BLOCK] IN=eth0 OUT= MAC=00:11 SRC=203.0.113.9 "
     "DST=198.51.100.20 LEN=40 TTL=244 ID=1 PROTO=TCP SPT=41022 DPT=25 WINDOW=1024 RES=0x00 SYN "
     "URGP=0\n",
     "own-firewall",
     DENIED,
     Verdict::Benign,
     1,
     "scanners"},
    {"another host may send",
     "Nov 12 2024 15:00:01: %ASA-6-302013: Built outbound TCP connection 7 for "
     "outside:203.0.113.120/25 (203.0.113.120/25) to inside:10.0.0.5/31022 (198.51.100.20/31022)\n"
     "Nov 12 2024 15:00:02: %ASA-4-106023: Deny tcp src inside:10.0.0.88/31022 dst "
     "outside:203.0.113.7/25 by access-group \"inside_out\" [0x0, 0x0]\n",
     "own-firewall",
     DENIED,
     Verdict::Inconclusive,
     2,
     "on purpose"},
    {"guests that may not send",
     "Nov 12 2024 15:00:01: %ASA-4-106023: Deny tcp src guest:172.16.9.44/51022 dst "
     "outside:203.0.113.99/25 by access-group \"guest_in\" [0x0, 0x0]\n"
     "Nov 12 2024 15:00:02: %ASA-4-106023: Deny tcp src guest:172.16.9.51/51023 dst "
     "outside:203.0.113.26/25 by access-group \"guest_in\" [0x0, 0x0]\n",
     "own-firewall",
     DENIED,
     Verdict::Inconclusive,
     1,
     "which of these hosts sends the mail"},
    {"let out and never answered",
     "Nov 12 2024 15:00:31: %ASA-6-302014: Teardown TCP connection 90 for "
     "outside:203.0.113.120/25 to inside:10.0.0.5/31024 duration 0:00:30 bytes 0 SYN Timeout\n",
     "own-firewall",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "not this firewall"},
};

const PastedText INSPECTIONS[] = {
    {"a teardown",
     "Nov 12 2024 15:00:01: %ASA-6-302014: Teardown TCP connection 90 for outside:203.0.113.120/25 "
     "to inside:10.0.0.5/31022 duration 0:00:00 bytes 512 Flow closed by inspection\n",
     "own-firewall",
     "intercepted.inspection",
     Verdict::Fault,
     1,
     "its inspection of SMTP"},
    {"a reset",
     "Nov 12 2024 15:00:01: %ASA-4-108004: ESMTP Classification: Reset connection for ESMTP "
     "Request "
     "from inside:10.0.0.5/31022 to outside:203.0.113.120/25; matched Class 30: cmd line length gt "
     "512\n",
     "own-firewall",
     "intercepted.inspection",
     Verdict::Fault,
     1,
     "cmd line length"},
};

/// What has to leave no alert of this detector.
const char* const QUIET[] = {
    // A connection that ends as it should.
    "Nov 12 2024 15:00:03: %ASA-6-302014: Teardown TCP connection 9 for outside:203.0.113.120/25 "
    "to "
    "inside:10.0.0.5/31022 duration 0:00:02 bytes 9121 TCP FINs\n",
    // What is left of one.
    "Nov 12 15:20:01 gw kernel: [UFW BLOCK] IN= OUT=eth0 SRC=198.51.100.20 DST=203.0.113.120 "
    "LEN=40 "
    "TTL=64 ID=1 DF PROTO=TCP SPT=41022 DPT=25 WINDOW=501 RES=0x00 ACK FIN URGP=0\n",
    "%ASA-6-106015: Deny TCP (no connection) from 10.0.0.5/31022 to 203.0.113.120/25 flags FIN ACK "
    "on interface inside\n",
    // Another port.
    "Nov 12 2024 15:00:01: %ASA-4-106023: Deny tcp src inside:10.0.0.5/31022 dst "
    "outside:203.0.113.120/445 by access-group \"inside_out\" [0x0, 0x0]\n",
    // Let out.
    "2024-11-12 15:40:01 ALLOW TCP 10.0.0.5 203.0.113.120 51022 25 0 - 0 0 0 - - - SEND\n",
};

} // namespace

BOOST_AUTO_TEST_SUITE(own_firewall)

BOOST_AUTO_TEST_CASE(DenialsOnTheWayOut)
{
    CheckAll(std::begin(DENIALS), std::end(DENIALS));
}

BOOST_AUTO_TEST_CASE(InspectionsOfSmtp)
{
    CheckAll(std::begin(INSPECTIONS), std::end(INSPECTIONS));
}

BOOST_AUTO_TEST_CASE(WhatSaysNothing)
{
    for (const char* const text : QUIET)
    {
        const std::vector<Alert> alerts = JudgeText(text);
        BOOST_TEST(Told(alerts).find("own-firewall") == std::string::npos, Told(alerts));
    }
}

BOOST_AUTO_TEST_CASE(TheMailLogBesideProvesIt)
{
    const std::string denied = DENIALS[0].text;
    const std::string failed =
        "Nov 12 15:20:31 gw postfix/smtp[811]: 4Xnh0A2Qz3: to=<a@goal.example>, relay=none, "
        "delay=30, dsn=4.4.1, status=deferred (connect to mx.goal.example[203.0.113.120]:25: "
        "Connection timed out)\n";
    std::vector<Alert> alerts = JudgeText(denied + failed);
    BOOST_TEST_REQUIRE(alerts.size() == 1u, Told(alerts));
    BOOST_TEST(IsTold(alerts, {"", "", "own-firewall", DENIED, Verdict::Fault, 1, "mail log"}),
               Told(alerts));
    // It proves the rule wrong even where others may send, and says nothing of another server.
    alerts = JudgeText(std::string(DENIALS[9].text) +
                       "Nov 12 15:20:31 gw postfix/smtp[811]: 4Xnh0A2Qz3: to=<a@goal.example>, "
                       "relay=none, delay=30, dsn=4.4.1, status=deferred (connect to "
                       "mx.goal.example[203.0.113.7]:25: Connection timed out)\n");
    BOOST_TEST(IsTold(alerts, {"", "", "own-firewall", DENIED, Verdict::Fault, 0, "mail log"}),
               Told(alerts));
    alerts = JudgeText(std::string(DENIALS[9].text) + failed);
    BOOST_TEST(
        IsTold(alerts,
               {"", "", "unreachable", "unreachable.port", Verdict::Inconclusive, 0, "No server"}),
        Told(alerts));
}

BOOST_AUTO_TEST_SUITE_END()
