#include "tests/smtp/server-fixture.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::smtp;

ServerPersona
Appends()
{
    ServerPersona persona;
    persona.acceptWithoutDomain = true;
    persona.appendDomain = true;
    persona.replies.mail = "250 2.1.0 {null-or-address}....Sender OK";
    persona.replies.rcpt = "250 2.1.5 {address}";
    return persona;
}

BOOST_AUTO_TEST_SUITE(append_domain)

BOOST_AUTO_TEST_CASE(WhatHasNoDomainGetsTheServers)
{
    Server server(Appends());
    server.Start();
    server.Hear("EHLO a.example.net\r\n");
    BOOST_TEST(server.Hear("MAIL FROM:<user>\r\n") ==
               "250 2.1.0 user@example.org....Sender OK\r\n");
    BOOST_TEST(server.Hear("rcpt to: <\"relaytest@example.net\">\r\n") ==
               "250 2.1.5 \"relaytest@example.net\"@example.org\r\n"); // S004-07
    BOOST_TEST(server.Hear("RCPT TO:<a@example.com>\r\n") == "250 2.1.5 a@example.com\r\n");
    server.Hear("DATA\r\nx\r\n.\r\n");
    BOOST_REQUIRE(server.recorder.messages.size() == 1u);
    const Envelope& envelope = server.recorder.messages[0].envelope;
    BOOST_TEST(envelope.sender.path.domain == "example.org");
    BOOST_TEST(envelope.recipients[0].path.Mailbox() == "\"relaytest@example.net\"@example.org");
}

BOOST_AUTO_TEST_CASE(TheNullSenderStaysNull)
{
    Server server(Appends());
    server.Start();
    server.Hear("EHLO a.example.net\r\n");
    BOOST_TEST(server.Hear("MAIL FROM:<>\r\n") == "250 2.1.0 <>....Sender OK\r\n"); // S004-03
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
