#include "models/dns/message.h"
#include "models/dns/name.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::dns;

namespace
{

Message
Query(const std::string& name, RecordType type)
{
    Message query;
    query.id = 12044;
    query.recursionDesired = true;
    query.question = {name, type};
    return query;
}

Message
AllKinds()
{
    Message message = Query("example.org", RecordType::Any);
    message.isResponse = true;
    message.authoritative = true;
    message.answers = {{"example.org", RecordType::A, 60, "192.0.2.1"},
                       {"example.org", RecordType::Aaaa, 60, "2001:db8::1"},
                       {"example.org", RecordType::Mx, 60, "10 mail.example.org"},
                       {"example.org", RecordType::Mx, 60, "0 "},
                       {"example.org", RecordType::Ns, 60, "ns.example.org"},
                       {"1.2.0.192.in-addr.arpa", RecordType::Ptr, 60, "mail.example.org"},
                       {"www.example.org", RecordType::Cname, 60, "example.org"},
                       {"example.org", RecordType::Txt, 60, "v=spf1 -all; \"quoted\" \x01\\"},
                       {"long.example.org", RecordType::Txt, 60, std::string(600, 'x')},
                       {"empty.example.org", RecordType::Txt, 60, ""}};
    message.authority = {{"example.org",
                          RecordType::Soa,
                          3600,
                          "ns.example.org hostmaster.example.org 7 3600 900 604800 300"}};
    return message;
}

std::string
Unhex(std::string_view hex)
{
    std::string octets;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    {
        octets += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return octets;
}

} // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_AUTO_TEST_CASE(QueriesHaveTheDocumentsLengths)
{
    BOOST_TEST(Encode(Query("mail.painclinic-nw.com", RecordType::A)).size() == 40); // S002-40
    BOOST_TEST(Encode(Query("mail.snyders-han.com", RecordType::A)).size() == 38);   // S002-41
    BOOST_TEST(Encode(Query(ReverseName(Ipv4{0xC0A80109}), RecordType::Ptr)).size() ==
               42); // S002-42
}

BOOST_AUTO_TEST_CASE(AQueryIsTheOctetsOfTheStandard)
{
    // RFC 1035 4.1: id, RD, one question, QNAME, QTYPE A, QCLASS IN.
    BOOST_TEST(Encode(Query("ab.c", RecordType::A)) == Unhex("2f0c01000001000000000000"
                                                             "0261620163000001"
                                                             "0001"));
}

BOOST_AUTO_TEST_CASE(EveryTypeSurvives)
{
    const Message sent = AllKinds();
    const auto read = Decode(Encode(sent));
    BOOST_REQUIRE(read);
    BOOST_TEST((read->answers == sent.answers));
    BOOST_TEST((read->authority == sent.authority));
    BOOST_TEST((read->question == sent.question));
    BOOST_TEST(read->id == sent.id);
    BOOST_TEST(read->authoritative);
    BOOST_TEST(!read->truncated);
    BOOST_TEST(ExchangeOf(read->answers[2]).host == "mail.example.org");
    BOOST_TEST(ExchangeOf(read->answers[2]).preference == 10U);
    BOOST_TEST(NegativeTtlOf(read->authority[0]) == 300U);
}

BOOST_AUTO_TEST_CASE(WhatDoesNotFitIsTruncated)
{
    Message message = AllKinds();
    message.additional = message.answers;
    const std::string octets = Encode(message, LARGEST_DATAGRAM);
    BOOST_TEST(octets.size() <= LARGEST_DATAGRAM);
    const auto read = Decode(octets);
    BOOST_REQUIRE(read);
    BOOST_TEST(read->truncated);
    BOOST_TEST(read->additional.empty());

    // Leaving out what is additional alone is no truncation (RFC 2181 9).
    message = Query("example.org", RecordType::A);
    message.answers = {{"example.org", RecordType::A, 60, "192.0.2.1"}};
    message.additional = Records(50, {"mail.example.org", RecordType::A, 60, "192.0.2.2"});
    const auto partial = Decode(Encode(message, LARGEST_DATAGRAM));
    BOOST_REQUIRE(partial);
    BOOST_TEST(!partial->truncated);
    BOOST_TEST(partial->answers.size() == 1);
    BOOST_TEST(partial->additional.size() < 50);
}

BOOST_AUTO_TEST_CASE(HostileOctetsAreRefused)
{
    const std::string good = Encode(AllKinds());
    for (std::size_t size = 0; size < good.size(); ++size)
    {
        BOOST_TEST(!Decode(std::string_view(good).substr(0, size)), "cut at " << size);
    }
    // A name that points at itself, a pointer past the end, two questions, none.
    BOOST_TEST(!Decode(Unhex("000101000001000000000000c00c00010001")));
    BOOST_TEST(!Decode(Unhex("000101000001000000000000c0ff00010001")));
    BOOST_TEST(!Decode(Unhex("000101000002000000000000016100000100010161000001"
                             "0001")));
    BOOST_TEST(!Decode(Unhex("000101000000000000000000")));
}

BOOST_AUTO_TEST_CASE(FramesAreTakenWhole)
{
    std::string arrived = Framed("abc") + Framed("") + Framed("defg").substr(0, 4);
    BOOST_TEST(*TakeFrame(arrived) == "abc");
    BOOST_TEST(*TakeFrame(arrived) == "");
    BOOST_TEST(!TakeFrame(arrived));
    arrived += "fg";
    BOOST_TEST(*TakeFrame(arrived) == "defg");
    BOOST_TEST(!TakeFrame(arrived));
}

BOOST_AUTO_TEST_CASE(Names)
{
    BOOST_TEST(*ReadName("Mail.Example.ORG.") == "mail.example.org");
    BOOST_TEST(*ReadName("") == "");
    BOOST_TEST(*ReadName(".") == "");
    BOOST_TEST(!ReadName("a..b"));
    BOOST_TEST(!ReadName(std::string(64, 'a') + ".org"));
    BOOST_TEST(ParentOf("mail.example.org") == "example.org");
    BOOST_TEST(ParentOf("org") == "");
    BOOST_TEST(ParentOf("a\\.b.org") == "org");
    BOOST_TEST(IsAtOrBelow("example.org", "example.org"));
    BOOST_TEST(IsAtOrBelow("a.example.org", "example.org"));
    BOOST_TEST(IsAtOrBelow("a", ""));
    BOOST_TEST(!IsAtOrBelow("badexample.org", "example.org"));
    BOOST_TEST(!IsAtOrBelow("a\\.example.org", "example.org"));
    BOOST_TEST(ReverseName(Ipv4{0xC0000203}) == "3.2.0.192.in-addr.arpa");
    BOOST_TEST((*AddressOfReverse("3.2.0.192.cbl.example", "cbl.example") == Ipv4{0xC0000203}));
    BOOST_TEST(!AddressOfReverse("2.0.192.cbl.example", "cbl.example"));
    BOOST_TEST(!AddressOfReverse("cbl.example", "cbl.example"));
}

BOOST_AUTO_TEST_SUITE_END()
