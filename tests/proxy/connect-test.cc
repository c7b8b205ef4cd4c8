#include "models/proxy/connect.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::proxy;

namespace
{

/// "mail.example.org:25", or the status of the refusal.
std::string
Read(std::string_view head)
{
    const auto request = ReadConnect(head);
    if (const auto* status = std::get_if<HttpStatus>(&request))
    {
        return std::to_string(static_cast<unsigned>(*status));
    }
    const auto& target = std::get<Authority>(request);
    return target.host + ":" + std::to_string(target.port);
}

} // namespace

BOOST_AUTO_TEST_SUITE(connect)

BOOST_AUTO_TEST_CASE(what_a_client_asks_is_what_a_proxy_reads)
{
    BOOST_TEST(Read(ConnectRequest({"203.0.113.25", 25})) == "203.0.113.25:25");
    BOOST_TEST(
        Read("CONNECT mail.example.org:465 HTTP/1.1\r\nHost: mail.example.org:465\r\n\r\n") ==
        "mail.example.org:465");
}

/// RFC 9110 9.3.6: an empty or invalid port is refused.
BOOST_AUTO_TEST_CASE(refusals_of_requests)
{
    BOOST_TEST(Read("CONNECT mail.example.org HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT mail.example.org: HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT mail.example.org:0 HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT mail.example.org:65536 HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT mail.example.org:25x HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT :25 HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT a/b:25 HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT " + std::string(254, 'a') + ":25 HTTP/1.0\r\n\r\n") == "400");
    BOOST_TEST(Read("CONNECT mail.example.org:25\r\n\r\n") == "400");
    BOOST_TEST(Read("EHLO mail.example.org\r\n\r\n") == "400");
    BOOST_TEST(Read("GET http://www.example.org/ HTTP/1.0\r\n\r\n") == "405");
    BOOST_TEST(Read("CONNECT mail.example.org:25 HTTP/2.0\r\n\r\n") == "505");
}

BOOST_AUTO_TEST_CASE(replies)
{
    for (const HttpStatus status : {HttpStatus::Ok,
                                    HttpStatus::BadRequest,
                                    HttpStatus::Forbidden,
                                    HttpStatus::MethodNotAllowed,
                                    HttpStatus::RequestTimeout,
                                    HttpStatus::HeadTooLarge,
                                    HttpStatus::BadGateway,
                                    HttpStatus::Unavailable,
                                    HttpStatus::GatewayTimeout,
                                    HttpStatus::VersionNotSupported})
    {
        const std::string reply = ConnectReply(status);
        BOOST_TEST(ReadStatus(reply).value_or(0) == static_cast<unsigned>(status));
        BOOST_REQUIRE(HeadLength(reply));
        const bool hasContent = *HeadLength(reply) < reply.size();
        BOOST_TEST(hasContent == (status != HttpStatus::Ok));
    }
    BOOST_TEST((ConnectReply(HttpStatus::MethodNotAllowed).find("Allow: CONNECT\r\n") !=
                std::string::npos));
    BOOST_TEST(!ReadStatus("220 mail.example.org ESMTP\r\n"));
    BOOST_TEST(!ReadStatus("HTTP/1.0 2"));
}

BOOST_AUTO_TEST_CASE(where_a_head_ends)
{
    BOOST_TEST(!HeadLength("CONNECT a:25 HTTP/1.0\r\n"));
    BOOST_TEST(!HeadLength("CONNECT a:25 HTTP/1.0\r\n\r"));
    BOOST_TEST(HeadLength("A\r\n\r\nrest").value_or(0) == 5u);
    BOOST_TEST(HeadLength("A\n\nrest").value_or(0) == 3u);
    BOOST_TEST(HeadLength("A\r\nB\r\n\r\n").value_or(0) == 8u);
}

BOOST_AUTO_TEST_SUITE_END()
