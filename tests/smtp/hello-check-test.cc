#include "models/smtp/hello-check.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::smtp;

BOOST_AUTO_TEST_SUITE(hello_check)

BOOST_AUTO_TEST_CASE(each_name_has_its_fault)
{
    const auto judge = [](std::string_view hello)
    {
        return NameOfHelloFault(
            JudgeHello(hello, Ipv4{0xC0000201}, Ipv4{0xC6336401}, "mail.example.org"));
    };
    BOOST_TEST(judge("mx.example.net") == "");
    BOOST_TEST(judge("MX.example.net.") == "");
    BOOST_TEST(judge("xn--bcher-kva.example") == "");
    BOOST_TEST(judge("[192.0.2.1]") == "");
    BOOST_TEST(judge("") == "missing");
    BOOST_TEST(judge("localhost") == "localhost");
    BOOST_TEST(judge("LocalHost.localdomain") == "localhost");
    BOOST_TEST(judge("a.localhost") == "localhost");
    BOOST_TEST(judge("127.0.0.1") == "bare-address");
    BOOST_TEST(judge("192.0.2.1") == "bare-address");
    BOOST_TEST(judge("2001:db8::1") == "bare-address");
    BOOST_TEST(judge("[127.0.0.1]") == "forged-literal");
    BOOST_TEST(judge("[IPv6:2001:db8::1]") == "forged-literal");
    BOOST_TEST(judge("[198.51.100.1]") == "servers-own");
    BOOST_TEST(judge("Mail.Example.org") == "servers-own");
    BOOST_TEST(judge("workstation") == "not-qualified");
    BOOST_TEST(judge("under_score.example.net") == "malformed");
    BOOST_TEST(judge("a..b") == "malformed");
    BOOST_TEST(judge("-a.example") == "malformed");
    BOOST_TEST(judge("[192.0.2.1") == "malformed");
    BOOST_TEST(judge("[]") == "malformed");
    BOOST_TEST(judge("two words.example") == "malformed");
}

BOOST_AUTO_TEST_SUITE_END()
