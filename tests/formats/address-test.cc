#include "formats/address.h"
#include "formats/packet.h"
#include "formats/prefix.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bouncelab;

BOOST_AUTO_TEST_SUITE(address)

BOOST_AUTO_TEST_CASE(OfEitherFamilyAreRead)
{
    for (const char* text : {"192.0.2.7", "2001:db8::7", "::1", "fe80::1"})
    {
        const auto parsed = HostAddress::Parse(text);
        BOOST_REQUIRE_MESSAGE(parsed, text);
        BOOST_TEST(parsed->IsNumeric());
        BOOST_TEST(parsed->ToString() == text);
    }
    BOOST_TEST(HostAddress::Parse("[IPv6:2001:db8::7]")->ToString() == "2001:db8::7");
    BOOST_TEST(HostAddress::Parse("fe80::1%eth0")->ToString() == "fe80::1");
    for (const char* text : {"", "mail.example", "1.2.3", "2001:db8", "x.x.x.x", "12:34:56"})
    {
        BOOST_TEST(!HostAddress::Parse(text), text);
    }
}

BOOST_AUTO_TEST_CASE(PacketsHaveAddressesOfEitherFamily)
{
    for (const char* text : {"192.0.2.7", "2001:db8::7", "::1", "fe80::1", "2001:db8:0:1::"})
    {
        const auto parsed = IpAddress::Parse(text);
        BOOST_REQUIRE_MESSAGE(parsed, text);
        BOOST_TEST(parsed->ToString() == text);
        BOOST_TEST(parsed->IsIpv6() == (std::string(text).find(':') != std::string::npos));
        BOOST_TEST(HostAddress(*parsed).ToString() == text);
    }
    // RFC 5952: lower case, the longest run of zeros, the first of equal ones.
    BOOST_TEST(IpAddress::Parse("2001:DB8:0:0:1:0:0:1")->ToString() == "2001:db8::1:0:0:1");
    for (const char* text :
         {"", "mail.example", "1.2.3", "[::1]", "fe80::1%eth0", "::ffff:1.2.3.4"})
    {
        BOOST_TEST(!IpAddress::Parse(text), text);
    }
    BOOST_TEST(!IpAddress().IsSet());
    BOOST_TEST(!IpAddress(Ipv4{}).IsSet());
    BOOST_TEST((IpAddress(Ipv4{7}) < *IpAddress::Parse("::1")));
    BOOST_TEST(IpAddress::Parse("2001:db8::ff")->Plus(1).ToString() == "2001:db8::100");
    BOOST_TEST(IpAddress::Parse("ff02::1")->IsGroup());
    BOOST_TEST(!IpAddress::Parse("2001:db8::1")->IsGroup());
}

BOOST_AUTO_TEST_CASE(PrefixesHoldAddressesOfTheirFamily)
{
    const auto holds = [](const char* prefix, const char* address)
    { return IpPrefix::Parse(prefix)->Contains(*IpAddress::Parse(address)); };
    BOOST_TEST(holds("2001:db8:1::/64", "2001:db8:1::25"));
    BOOST_TEST(!holds("2001:db8:1::/64", "2001:db8:1:1::25"));
    BOOST_TEST(holds("2001:db8:1:80::/57", "2001:db8:1:ff::1"));
    BOOST_TEST(!holds("2001:db8:1:80::/57", "2001:db8:1:7f::1"));
    BOOST_TEST(holds("::/0", "2001:db8::1"));
    BOOST_TEST(!holds("::/0", "192.0.2.1"));
    BOOST_TEST(!holds("0.0.0.0/0", "2001:db8::1"));
    BOOST_TEST(holds("192.0.2.0/25", "192.0.2.127"));
    BOOST_TEST(!holds("192.0.2.0/25", "192.0.2.128"));
    BOOST_TEST(IpPrefix().Contains(*IpAddress::Parse("2001:db8::1")));
    BOOST_TEST(IpPrefix::Parse("2001:DB8::/32")->ToString() == "2001:db8::/32");
    for (const char* text : {"", "2001:db8::1/64", "2001:db8::/129", "192.0.2.0/33", "::/x", "/64"})
    {
        BOOST_TEST(!IpPrefix::Parse(text), text);
    }
}

BOOST_AUTO_TEST_CASE(UnknownIsNeverEqualToUnknown)
{
    BOOST_TEST(!HostAddress(Ipv4{}).IsKnown());
    for (const char* text : {"x.x.x.x", "xxx.xxx.xxx.xxx", "203.0.113.x", "***.***.***.***"})
    {
        const auto masked = HostAddress::ParseAny(text);
        BOOST_REQUIRE_MESSAGE(masked, text);
        BOOST_TEST(masked->IsMasked());
        BOOST_TEST(!masked->AsIpv4());
    }
    BOOST_TEST((HostAddress::Masked(1) != HostAddress::Masked(2)));
    BOOST_TEST((HostAddress::Masked(1) == HostAddress::Masked(1)));
    BOOST_TEST(HostAddress::ParseAny("Mail.Example")->ToString() == "mail.example");
    BOOST_TEST(!HostAddress::ParseAny("no name"));
}

BOOST_AUTO_TEST_CASE(OneNetworkIsOneSite)
{
    const auto at = [](const char* text) { return *HostAddress::Parse(text); };
    BOOST_TEST(at("192.0.2.1").IsNeighborOf(at("192.0.2.200")));
    BOOST_TEST(!at("192.0.2.1").IsNeighborOf(at("192.0.3.1")));
    BOOST_TEST(at("2001:db8:1:2::1").IsNeighborOf(at("2001:db8:1:2:ff::9")));
    BOOST_TEST(!at("2001:db8:1:2::1").IsNeighborOf(at("2001:db8:1:3::1")));
    BOOST_TEST(at("10.1.2.3").IsPrivate());
    BOOST_TEST(at("fd00::1").IsPrivate());
    BOOST_TEST(!at("2001:db8::1").IsPrivate());
}

BOOST_AUTO_TEST_CASE(AnIpv6HeaderIsReadBehindItsExtensions)
{
    std::vector<std::uint8_t> packet(40 + 8 + 20);
    packet[0] = 0x60;
    packet[5] = 28; // payload length
    packet[6] = 0;  // hop-by-hop options
    packet[7] = 50;
    packet[23] = 1;
    packet[39] = 2;
    packet[40] = protocol::TCP;
    const auto fields = ParseIpv6({packet.data(), packet.size()});
    BOOST_REQUIRE(fields);
    BOOST_TEST(fields->source.ToString() == "::1");
    BOOST_TEST(fields->destination.ToString() == "::2");
    BOOST_TEST(fields->hopLimit == 50);
    BOOST_TEST(fields->protocol == protocol::TCP);
    BOOST_TEST(fields->payloadLength == 20u);
    BOOST_TEST(fields->payload.size == 20u);
    BOOST_TEST(!ParseIpv6({packet.data(), 39}));
    packet[41] = 200; // longer than the packet
    BOOST_TEST(!ParseIpv6({packet.data(), packet.size()}));
}

BOOST_AUTO_TEST_SUITE_END()
