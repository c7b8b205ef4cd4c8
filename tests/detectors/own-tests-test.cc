#include "pasted-text.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

// What tools print with which somebody tests the way to a server, retyped with invented names.

namespace
{

const PastedText PORTS[] = {
    {"nc, two providers and another port",
     "$ nc -vz -w 5 mx.one.example 25\nnc: connect to mx.one.example (192.0.2.27) port 25 (tcp) "
     "timed out: Operation now in progress\n$ nc -vz -w 5 mx.two.test 25\nnc: connect to "
     "mx.two.test (198.51.100.35) port 25 (tcp) timed out: Operation now in progress\n$ nc -vz -w "
     "5 "
     "smtp.one.example 587\nConnection to smtp.one.example (192.0.2.109) 587 port "
     "[tcp/submission] succeeded!\n",
     nullptr,
     "unreachable.port",
     Verdict::Fault,
     2,
     "sender's network"},
    {"Ncat, two providers",
     "$ ncat -vz mx.one.example 25\nNcat: Connection timed out.\n$ ncat -vz mx.two.test 25\nNcat: "
     "Connection timed out.\n",
     "own-tests",
     "unreachable.port",
     Verdict::Fault,
     2,
     "2 unrelated providers"},
    {"netcat, one host that is up",
     "$ nc -vz mx.one.example 25\nmx.one.example [192.0.2.27] 25 (smtp) : Connection timed out\n"
     "$ nc -vz mx.one.example 443\nmx.one.example [192.0.2.27] 443 (https) open\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     2,
     "the host is up"},
    {"nc, it answers",
     "$ nc -vz mx.one.example 25\nConnection to mx.one.example 25 port [tcp/smtp] succeeded!\n",
     "own-tests",
     "unreachable.port",
     Verdict::Benign,
     2,
     "the way to it is free"},
    {"PowerShell, one host that is up",
     "PS C:\\> Test-NetConnection mx.one.example -Port 25\n\nComputerName           : "
     "mx.one.example\nRemoteAddress          : 192.0.2.27\nRemotePort             : 25\n"
     "TcpTestSucceeded       : False\n\nPS C:\\> Test-NetConnection mx.one.example -Port 443\n"
     "ComputerName           : mx.one.example\nRemoteAddress          : 192.0.2.27\n"
     "RemotePort             : 443\nTcpTestSucceeded       : True\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     6,
     "the host is up"},
    {"tcptraceroute ends near the sender",
     "Tracing the path to mx.one.example (192.0.2.120) on TCP port 25 (smtp), 30 hops max\n"
     " 1  192.168.1.1  0.412 ms  0.388 ms  0.401 ms\n 2  198.51.100.1  8.102 ms  8.201 ms  8.011 "
     "ms\n 3  * * *\n 4  * * *\n"
     "Tracing the path to mx.one.example (192.0.2.120) on TCP port 443 (https), 30 hops max\n"
     " 1  192.168.1.1  0.402 ms\n 2  198.51.100.1  8.112 ms\n 3  198.51.100.33  9.102 ms\n"
     " 4  192.0.2.1  18.102 ms\n 5  mx.one.example (192.0.2.120) [open]  19.102 ms\n",
     "own-tests",
     "unreachable.port",
     Verdict::Fault,
     1,
     "behind hop 2"},
    {"traceroute ends at the server's side",
     "# traceroute -T -p 25 mx.one.example\n"
     "traceroute to mx.one.example (192.0.2.120), 30 hops max, 60 byte packets\n"
     " 1  192.168.1.1 (192.168.1.1)  0.412 ms\n 2  198.51.100.1 (198.51.100.1)  8.1 ms\n"
     " 3  198.51.100.33 (198.51.100.33)  9.1 ms\n 4  192.0.2.1 (192.0.2.1)  18.1 ms\n 5  * * *\n"
     "# traceroute -T -p 443 mx.one.example\n"
     "traceroute to mx.one.example (192.0.2.120), 30 hops max, 60 byte packets\n"
     " 1  192.168.1.1 (192.168.1.1)  0.412 ms\n 2  198.51.100.1 (198.51.100.1)  8.1 ms\n"
     " 3  198.51.100.33 (198.51.100.33)  9.1 ms\n 4  192.0.2.1 (192.0.2.1)  18.1 ms\n"
     " 5  mx.one.example (192.0.2.120)  19.1 ms\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "the server's side"},
    {"mtr ends near the sender, and names the goal",
     "# mtr -T -P 25 -r mx.one.example\nStart: 2024-11-12T15:55:01+0100\n"
     "HOST: gw                Loss%   Snt   Last   Avg  Best  Wrst StDev\n"
     "  1.|-- 192.168.1.1      0.0%    10    0.4   0.5   0.3   0.9   0.1\n"
     "  2.|-- 198.51.100.1     0.0%    10    8.1   8.3   7.9   9.9   0.4\n"
     "  3.|-- ???             100.0    10    0.0   0.0   0.0   0.0   0.0\n"
     "# mtr -T -P 443 -r mx.one.example\n"
     "HOST: gw                Loss%   Snt   Last   Avg  Best  Wrst StDev\n"
     "  1.|-- 192.168.1.1      0.0%    10    0.4   0.5   0.3   0.9   0.1\n"
     "  2.|-- 198.51.100.1     0.0%    10    8.1   8.3   7.9   9.9   0.4\n"
     "  3.|-- 198.51.100.33    0.0%    10    9.1   9.3   8.9   9.9   0.4\n"
     "  4.|-- 192.0.2.1        0.0%    10   18.1  18.3  17.9  19.9   0.4\n"
     "  5.|-- mx.one.example   0.0%    10   19.1  19.3  18.9  19.9   0.4\n",
     "own-tests",
     "unreachable.port",
     Verdict::Fault,
     1,
     "behind hop 2"},
    {"mtr alone",
     "$ mtr -rwzbc 20 -T -P 25 mx.one.example\nStart: 2024-11-12T15:55:01+0100\n"
     "HOST: gw                          Loss%   Snt   Last   Avg  Best  Wrst StDev\n"
     "  1. AS???    192.168.1.1          0.0%    20    0.4   0.5   0.3   0.9   0.1\n"
     "  2. AS64500  bras1.isp.example (198.51.100.1)   0.0%    20    8.1   8.3   7.9   9.9   0.4\n"
     "  3. AS???    ???                 100.0    20    0.0   0.0   0.0   0.0   0.0\n",
     "own-tests",
     "unreachable.port",
     Verdict::Inconclusive,
     1,
     "443"},
};

const PastedText NAMES[] = {
    {"a list that refuses the resolver, nslookup",
     "C:\\Users\\admin>nslookup 10.113.0.203.zen.spamhaus.org 192.0.2.8\nServer:  dns.one.example\n"
     "Address:  192.0.2.8\n\nNon-authoritative answer:\nName:    10.113.0.203.zen.spamhaus.org\n"
     "Address:  127.255.255.254\n",
     "own-tests",
     "refused.lookup",
     Verdict::Inconclusive,
     7,
     "no listing"},
    {"a list that refuses the resolver, dig",
     "$ dig +short 10.113.0.203.zen.spamhaus.org\n127.255.255.254\n",
     "own-tests",
     "refused.lookup",
     Verdict::Inconclusive,
     2,
     "nobody has to be delisted"},
    {"a list that refuses the resolver, host",
     "$ host 10.113.0.203.zen.spamhaus.org\n10.113.0.203.zen.spamhaus.org has address "
     "127.255.255.252\n",
     "own-tests",
     "refused.lookup",
     Verdict::Inconclusive,
     2,
     "no listing"},
    {"a listing, dig",
     ";; QUESTION SECTION:\n;10.113.0.203.zen.spamhaus.org.\tIN\tA\n\n;; ANSWER SECTION:\n"
     "10.113.0.203.zen.spamhaus.org. 60 IN\tA\t127.0.0.3\n",
     "own-tests",
     "blacklist.listed",
     Verdict::Inconclusive,
     5,
     "203.0.113.10 is listed"},
    {"a listing by policy, host",
     "10.113.0.203.zen.spamhaus.org has address 127.0.0.11\n",
     "own-tests",
     "blacklist.listed",
     Verdict::Inconclusive,
     1,
     "by policy alone"},
    {"no listing, dig",
     "; <<>> DiG 9.18.28 <<>> 10.113.0.203.zen.spamhaus.org\n;; Got answer:\n"
     ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 40211\n"
     ";; QUESTION SECTION:\n;10.113.0.203.zen.spamhaus.org.\tIN\tA\n",
     "own-tests",
     "blacklist.listed",
     Verdict::Benign,
     0,
     "is not listed"},
    {"no listing, host",
     "Host 10.113.0.203.zen.spamhaus.org not found: 3(NXDOMAIN)\n",
     "own-tests",
     "blacklist.listed",
     Verdict::Benign,
     1,
     "is not listed"},
    {"an MX that does not exist, dig",
     "$ dig +short MX club.example\n10 mail.club.example.\n$ dig +short A mail.club.example\n"
     "$ dig A mail.club.example\n\n; <<>> DiG 9.18.28 <<>> A mail.club.example\n"
     ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4411\n",
     "own-tests",
     "unreachable.name",
     Verdict::Fault,
     2,
     "the recipient's domain"},
    {"an MX that does not exist, nslookup",
     "> nslookup -type=mx club.example\nServer:  dns.one.example\nAddress:  192.0.2.8\n\n"
     "club.example\tMX preference = 10, mail exchanger = mail.club.example\n"
     "> nslookup mail.club.example\n*** dns.one.example can't find mail.club.example: Non-existent "
     "domain\n",
     "own-tests",
     "unreachable.name",
     Verdict::Fault,
     5,
     "does not exist"},
    {"an MX that is sound",
     "$ dig +short MX club.example\n10 mail.club.example.\n$ dig +short A mail.club.example\n"
     "192.0.2.7\n",
     "own-tests",
     "unreachable.name",
     Verdict::Benign,
     2,
     "mail.club.example"},
    {"a domain that takes no mail",
     "$ dig MX club.example +short\n0 .\n",
     "own-tests",
     "unreachable.name",
     Verdict::Fault,
     2,
     "takes no mail"},
    {"a name server that fails",
     "$ host -t MX club.example\nHost club.example not found: 2(SERVFAIL)\n",
     "own-tests",
     "unreachable.name",
     Verdict::Inconclusive,
     0,
     "SERVFAIL"},
    {"two SPF records",
     "$ dig +short TXT club.example\n\"v=spf1 include:_spf.one.example -all\"\n\"v=spf1 "
     "ip4:198.51.100.20 -all\"\n",
     "own-tests",
     "refused.authentication",
     Verdict::Fault,
     2,
     "2 SPF records"},
};

const PastedText OTHERS[] = {
    {"a path that swallows large packets",
     "$ ping -M do -s 1472 -c 2 203.0.113.120\nPING 203.0.113.120 (203.0.113.120) 1472(1500) bytes "
     "of data.\n\n--- 203.0.113.120 ping statistics ---\n2 packets transmitted, 0 received, 100% "
     "packet loss, time 1018ms\n\n$ ping -M do -s 1372 -c 2 203.0.113.120\nPING 203.0.113.120 "
     "(203.0.113.120) 1372(1400) bytes of data.\n1380 bytes from 203.0.113.120: icmp_seq=1 ttl=52 "
     "time=40.1 ms\n--- 203.0.113.120 ping statistics ---\n2 packets transmitted, 2 received, 0% "
     "packet loss, time 1001ms\n",
     "own-tests",
     "unreachable.path-mtu",
     Verdict::Fault,
     2,
     "swallows large packets"},
    {"a path that swallows large packets, Windows",
     "C:\\>ping -f -l 1472 203.0.113.120\n\nPinging 203.0.113.120 with 1472 bytes of "
     "data:\nRequest "
     "timed out.\nRequest timed out.\n\nPing statistics for 203.0.113.120:\n    Packets: Sent = 2, "
     "Received = 0, Lost = 2 (100% loss),\nC:\\>ping -f -l 1300 203.0.113.120\n\nPinging "
     "203.0.113.120 with 1300 bytes of data:\nReply from 203.0.113.120: bytes=1300 time=40ms "
     "TTL=52\n\nPing statistics for 203.0.113.120:\n    Packets: Sent = 2, Received = 2, Lost = 0 "
     "(0% loss),\n",
     "own-tests",
     "unreachable.path-mtu",
     Verdict::Fault,
     3,
     "swallows large packets"},
    {"a path that says its size",
     "$ ping -M do -s 1472 -c 2 203.0.113.120\nPING 203.0.113.120 (203.0.113.120) 1472(1500) bytes "
     "of data.\nFrom 198.51.100.1 icmp_seq=1 Frag needed and DF set (mtu = 1492)\n2 packets "
     "transmitted, 0 received, +1 errors, 100% packet loss, time 1018ms\n",
     "own-tests",
     "unreachable.path-mtu",
     Verdict::Benign,
     2,
     "it says so"},
    {"a host that answers no ping",
     "$ ping -M do -s 1472 -c 2 203.0.113.120\nPING 203.0.113.120 (203.0.113.120) 1472(1500) bytes "
     "of data.\n2 packets transmitted, 0 received, 100% packet loss, time 1018ms\n",
     "own-tests",
     "unreachable.path-mtu",
     Verdict::Inconclusive,
     2,
     "answers no ping"},
    {"TLS that is reset",
     "$ openssl s_client -starttls smtp -connect mx.bank.example:25\nCONNECTED(00000003)\n"
     "write:errno=104\n---\nno peer certificate available\n---\nNew, (NONE), Cipher is (NONE)\n"
     "Verify return code: 0 (ok)\n---\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Inconclusive,
     3,
     "reset in the middle"},
    {"TLS that is sound",
     "CONNECTED(00000003)\ndepth=0 CN = mail.one.example\nverify return:1\n---\nNew, TLSv1.3, "
     "Cipher "
     "is TLS_AES_256_GCM_SHA384\n    Verify return code: 0 (ok)\n---\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Benign,
     1,
     "certificate holds"},
    {"a certificate whose time is over",
     "CONNECTED(00000003)\ndepth=0 CN = mail.one.example\n---\nNew, TLSv1.3, Cipher is "
     "TLS_AES_256_GCM_SHA384\n    Verify return code: 10 (certificate has expired)\n---\n",
     "own-tests",
     "unreachable.tls",
     Verdict::Fault,
     5,
     "certificate"},
    {"a signature without its key",
     "Authentication-Results: mx.one.example;\n       dkim=permerror (no key for signature) "
     "header.i=@club.example header.s=s1;\n       spf=softfail smtp.mailfrom=i@club.example;\n"
     "       dmarc=fail (p=NONE) header.from=club.example\n",
     "own-tests",
     "refused.authentication",
     Verdict::Fault,
     1,
     "the key"},
    {"nothing passes",
     "Authentication-Results: mx.one.example; spf=fail smtp.mailfrom=i@club.example; dkim=none; "
     "dmarc=fail header.from=club.example\n",
     "own-tests",
     "refused.authentication",
     Verdict::Inconclusive,
     1,
     "forged"},
    {"what passes is another domain's",
     "Authentication-Results: mx.one.example; spf=pass smtp.mailfrom=b@crm.example; dkim=none; "
     "dmarc=fail header.from=club.example\n",
     "own-tests",
     "refused.authentication",
     Verdict::Inconclusive,
     1,
     "no alignment"},
    {"all passes",
     "Authentication-Results: mx.one.example;\n\tdkim=pass header.i=@club.example;\n\tspf=pass "
     "smtp.mailfrom=i@club.example;\n\tdmarc=pass header.from=club.example\n",
     "own-tests",
     "refused.authentication",
     Verdict::Benign,
     1,
     "its sender's domain's"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(own_tests)

BOOST_AUTO_TEST_CASE(ConnectionsToPorts)
{
    CheckAll(std::begin(PORTS), std::end(PORTS));
}

BOOST_AUTO_TEST_CASE(NamesAndLists)
{
    CheckAll(std::begin(NAMES), std::end(NAMES));
}

BOOST_AUTO_TEST_CASE(SizesTlsAndSenders)
{
    CheckAll(std::begin(OTHERS), std::end(OTHERS));
}

BOOST_AUTO_TEST_SUITE_END()
