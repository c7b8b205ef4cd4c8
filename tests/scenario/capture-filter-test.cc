#include "lab/scenario/capture-filter.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <stdexcept>
#include <string>

using bouncelab::scenario::CaptureFilter;

namespace
{

/// An Ethernet frame with a TCP segment from 192.168.1.10, port 1026, to 203.0.113.25.
std::array<std::uint8_t, 54>
Frame(std::uint8_t port)
{
    std::array<std::uint8_t, 54> frame{};
    const std::array<std::uint8_t, 26> head{0x08, 0x00, 0x45, 0,  0, 40,  0,   0,   0,
                                            0,    64,   6,    0,  0, 192, 168, 1,   10,
                                            203,  0,    113,  25, 4, 2,   0,   port};
    std::copy(head.begin(), head.end(), frame.begin() + 12);
    frame[46] = 0x50;
    return frame;
}

bool
Takes(const std::string& expression, std::uint8_t port = 25)
{
    const auto frame = Frame(port);
    return CaptureFilter(expression).Takes(frame.data(), frame.size());
}

std::string
FaultOf(const std::string& expression)
{
    try
    {
        CaptureFilter{expression};
    }
    catch (const std::invalid_argument& fault)
    {
        return fault.what();
    }
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(capture_filter)

BOOST_AUTO_TEST_CASE(takes_what_tcpdump_takes)
{
    BOOST_TEST(Takes(""));
    BOOST_TEST(Takes("tcp port 25"));
    BOOST_TEST(!Takes("tcp port 25", 80));
    BOOST_TEST(Takes("not tcp port 25", 80));
    BOOST_TEST(Takes("host 203.0.113.25 and (port 25 or port 80)", 80));
    BOOST_TEST(Takes("src net 192.168.1.0/24 and tcp dst portrange 20-30"));
    BOOST_TEST(!Takes("udp or arp"));
    BOOST_TEST(!Takes("ether host 00:11:22:33:44:55"));
}

BOOST_AUTO_TEST_CASE(what_is_no_filter_is_told)
{
    BOOST_TEST(FaultOf("tcp prot 25") ==
               "\"prot\" is no word of a filter; hosts and ports are numbers");
    BOOST_TEST(!FaultOf("tcp port").empty());
    BOOST_TEST(!FaultOf("port 70000").empty());
    BOOST_TEST(!FaultOf("(tcp").empty());
}

/// The machine that runs this would be asked.
BOOST_AUTO_TEST_CASE(names_are_not_looked_up)
{
    BOOST_TEST(FaultOf("host localhost") ==
               "\"localhost\" is no word of a filter; hosts and ports are numbers");
    BOOST_TEST(!FaultOf("host mail.example.org").empty());
    BOOST_TEST(!FaultOf("port smtp").empty());
}

BOOST_AUTO_TEST_SUITE_END()
