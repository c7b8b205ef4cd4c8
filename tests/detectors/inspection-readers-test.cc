#include "detectors/readers/inspection-readers.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

using Lines = std::vector<std::string>;

void
Feed(TextLineReader& reader, std::string_view text)
{
    std::uint32_t number = 0;
    while (!text.empty())
    {
        const std::size_t end = text.find('\n');
        reader.Line(++number, text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    reader.End();
}

Lines
Queues(std::string_view text)
{
    Lines told;
    QueueReader reader(
        [&](const QueueStatus& queue)
        {
            told.push_back(fmt::format("{} {} {} {} [{}]",
                                       queue.line,
                                       queue.identity,
                                       queue.nextHop,
                                       queue.lastRetry ? UtcStamp(*queue.lastRetry) : "never",
                                       queue.lastError));
        });
    Feed(reader, text);
    return told;
}

Lines
Clocks(std::string_view text)
{
    Lines told;
    ClockReader reader(
        [&](const ClockReading& reading)
        {
            told.push_back(fmt::format("{} {} {} of {}",
                                       reading.line,
                                       reading.host,
                                       reading.ahead.count(),
                                       reading.reference));
        });
    Feed(reader, text);
    return told;
}

Lines
Names(std::string_view text)
{
    Lines told;
    ServiceNameReader reader(
        [&](const RegisteredName& name)
        { told.push_back(fmt::format("{} {} {}", name.line, name.account, name.name)); });
    Feed(reader, text);
    return told;
}

Lines
Links(std::string_view text)
{
    Lines told;
    ReplicationReader reader(
        [&](const ReplicaLink& link)
        {
            told.push_back(fmt::format("{} {} from {}: {} {} {}",
                                       link.line,
                                       link.controller,
                                       link.source,
                                       link.hasFailed ? "failed" : "well",
                                       link.failures,
                                       link.lastSuccess));
        });
    Feed(reader, text);
    return told;
}

const std::string MONITOR = "dc1.example.com *** PDC ***[10.1.2.10:123]:\n"
                            "    ICMP: 0ms delay\n"
                            "    NTP: +0.0000000s offset from dc1.example.com\n"
                            "        RefID: 'LOCL' [0x4C434F4C]\n"
                            "dc2.example.com[10.2.2.10:123]:\n"
                            "    NTP: -301.5000000s offset from dc1.example.com\n";

const std::string CHART = "C:\\>w32tm /stripchart /computer:dc1.example.com /samples:1 /dataonly\n"
                          "Tracking dc1.example.com [10.1.2.10:123].\n"
                          "The current time is 1/4/2010 9:49:59 AM.\n"
                          "09:49:59, -599.9460000s\n";

const std::string REPADMIN = "Repadmin: running command /showrepl against full DC localhost\n"
                             "Main\\DC1\n"
                             "==== INBOUND NEIGHBORS ======================================\n"
                             "\n"
                             "DC=example,DC=com\n"
                             "    Branch\\DC2 via RPC\n"
                             "        Last attempt @ 2010-01-04 09:35:00 failed, result 1722:\n"
                             "            The RPC server is unavailable.\n"
                             "        19 consecutive failure(s).\n"
                             "        Last success @ (never).\n"
                             "    DC3 via RPC\n"
                             "        Last attempt @ 2010-01-04 09:35:00 was successful.\n";

} // namespace

BOOST_AUTO_TEST_SUITE(inspection_readers)

BOOST_AUTO_TEST_CASE(queues)
{
    const std::string text = "Identity         : HUB1\\1\n"
                             "NextHopDomain    : branch.example.com\n"
                             "Status           : Retry\n"
                             "LastError        : 451 4.4.0 Primary target IP address responded "
                             "with: \"454 4.7.0\n"
                             "                   Temporary authentication failure.\"\n"
                             "LastRetryTime    : 1/4/2010 9:39:14 AM\n"
                             "\n"
                             "Identity         : HUB1\\2\n"
                             "NextHopDomain    : partner.example\n"
                             "LastError        :\n";
    const Lines expected{"4 HUB1\\1 branch.example.com 2010-01-04T09:39:14.000Z [451 4.4.0 Primary "
                         "target IP address responded with: \"454 4.7.0 Temporary authentication "
                         "failure.\"]"};
    BOOST_TEST(Queues(text) == expected, boost::test_tools::per_element());
    BOOST_TEST(Queues("LastError : 451 4.4.0 a\nIdentity : HUB1\\1\nLastError : 451 4.4.0 b\n") ==
                   (Lines{"1   never [451 4.4.0 a]", "3 HUB1\\1  never [451 4.4.0 b]"}),
               boost::test_tools::per_element());
    BOOST_TEST(Queues("Status : Retry\nIdentityCard : none\n").empty());
}

BOOST_AUTO_TEST_CASE(clocks)
{
    BOOST_TEST(Clocks(CHART) == (Lines{"4 dc1.example.com -599946000000 of "}),
               boost::test_tools::per_element());
    BOOST_TEST(Clocks("Tracking dc1 [10.1.2.10:123].\n"
                      "09:49:59 d:+00.0156250s o:+00.2500000s  [       *       ]\n"
                      "09:50:01 error: 0x800705B4\n") == (Lines{"2 dc1 250000000 of "}),
               boost::test_tools::per_element());
    BOOST_TEST(Clocks(MONITOR) == (Lines{"3 dc1.example.com 0 of dc1.example.com",
                                         "6 dc2.example.com -301500000000 of dc1.example.com"}),
               boost::test_tools::per_element());
    BOOST_TEST(Clocks("09:49:59, -599.9460000s\n").empty()); // Of whom?
}

BOOST_AUTO_TEST_CASE(service_names)
{
    BOOST_TEST(Names("Registered ServicePrincipalNames for CN=HUB2,CN=Computers,DC=example:\n"
                     "\tSMTP/hub2.example.com\n"
                     "\n"
                     "\tHTTP/other\n") == (Lines{"1 HUB2 ", "2 HUB2 smtp/hub2.example.com"}),
               boost::test_tools::per_element());
    BOOST_TEST(
        Names("Registered ServicePrincipalNames for CN=HUB2,CN=Computers,DC=example: SMTP/hub2 "
              "HTTP/hub2\n") == (Lines{"1 HUB2 ", "1 HUB2 smtp/hub2", "1 HUB2 http/hub2"}),
        boost::test_tools::per_element());
    BOOST_TEST(Names("SMTPSVC/hub2 is registered on these accounts:\n"
                     "\tCN=FILE1,CN=Computers,DC=example\n"
                     "\tCN=HUB2,CN=Computers,DC=example\n"
                     "\n"
                     "found 1 group of duplicate SPNs.\n") ==
                   (Lines{"2 FILE1 smtpsvc/hub2", "3 HUB2 smtpsvc/hub2"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(replication)
{
    BOOST_TEST(Links(REPADMIN) ==
                   (Lines{"7 DC1 from DC2: failed 19 (never)", "12 DC1 from DC3: well 0 "}),
               boost::test_tools::per_element());
    BOOST_TEST(Links("Last attempt @ 2010-01-04 09:35:00 failed, result 1722:\n").empty());
}

BOOST_AUTO_TEST_CASE(no_part_tells_more_than_the_whole)
{
    for (std::size_t length = 0; length < REPADMIN.size(); ++length)
    {
        BOOST_TEST(Links(REPADMIN.substr(0, length)).size() <= 2u);
    }
    for (std::size_t length = 0; length + 2 < CHART.size(); ++length)
    {
        BOOST_TEST(Clocks(CHART.substr(0, length)).empty()); // Without its unit it is no offset.
    }
}

BOOST_AUTO_TEST_SUITE_END()
