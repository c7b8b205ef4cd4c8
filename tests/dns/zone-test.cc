#include "models/dns/zone.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::dns;

namespace
{

ZoneConfig
Of(std::vector<std::string> records)
{
    ZoneConfig config;
    config.records = std::move(records);
    return config;
}

const ZoneConfig EXAMPLE = Of({"@ MX 10 mail",
                               "@ NS ns",
                               "ns A 192.0.2.53",
                               "mail 300 A 192.0.2.25",
                               "mail 300 AAAA 2001:db8::25",
                               "www CNAME mail",
                               "far CNAME mail.example.net.",
                               "gone CNAME nobody",
                               "deep.below A 192.0.2.9",
                               "*.wild TXT \"any\" \" name\"",
                               "branch NS ns.branch",
                               "ns.branch A 192.0.2.54"});

Message
Ask(const std::string& name, RecordType type, const ZoneConfig& config = EXAMPLE)
{
    Authority authority;
    authority.Add(std::make_unique<Zone>("Example.org", config));
    Message query;
    query.id = 5;
    query.question = {name, type};
    return authority.Answer(query, {});
}

/// "A 192.0.2.1" of each record, joined.
std::string
Text(const Records& records)
{
    std::string text;
    for (const Record& record : records)
    {
        text += (text.empty() ? "" : ", ") + NameOfType(record.type) + " " + record.data;
    }
    return text;
}

std::string
FirstFault(std::vector<std::string> records, const std::string& zone = "example.org")
{
    const auto faults = CheckZone(zone, Of(std::move(records)));
    return faults.empty() ? "" : faults.front();
}

} // namespace

BOOST_AUTO_TEST_SUITE(zone)

BOOST_AUTO_TEST_CASE(Answers)
{
    BOOST_TEST(CheckZone("example.org", EXAMPLE).empty());
    const Message mx = Ask("example.org", RecordType::Mx);
    BOOST_TEST(mx.isResponse);
    BOOST_TEST(mx.authoritative);
    BOOST_TEST(mx.id == 5);
    BOOST_TEST(Text(mx.answers) == "MX 10 mail.example.org");
    BOOST_TEST(Text(mx.additional) == "A 192.0.2.25, AAAA 2001:db8::25");
    BOOST_TEST(mx.additional.front().ttl == 300U);
    BOOST_TEST(Text(Ask("www.example.org", RecordType::A).answers) ==
               "CNAME mail.example.org, A 192.0.2.25");
    BOOST_TEST(Text(Ask("far.example.org", RecordType::A).answers) == "CNAME mail.example.net");
    const Message wild = Ask("some.thing.wild.example.org", RecordType::Txt);
    BOOST_TEST(Text(wild.answers) == "TXT any name");
    BOOST_TEST(wild.answers.front().owner == "some.thing.wild.example.org");
}

BOOST_AUTO_TEST_CASE(Denies)
{
    const Message noName = Ask("nobody.example.org", RecordType::A);
    BOOST_TEST((noName.code == ResponseCode::NoSuchName));
    BOOST_TEST(noName.authoritative);
    BOOST_TEST(noName.authority.size() == 1);
    BOOST_TEST(NegativeTtlOf(noName.authority[0]) == 900U);
    BOOST_TEST(noName.authority[0].ttl == 900U); // RFC 2308 3
    const Message noData = Ask("mail.example.org", RecordType::Txt);
    BOOST_TEST((noData.code == ResponseCode::NoError));
    BOOST_TEST(noData.answers.empty());
    // An empty name between others exists (RFC 8020), and stops a wildcard above it.
    BOOST_TEST((Ask("below.example.org", RecordType::A).code == ResponseCode::NoError));
    const Message alias = Ask("gone.example.org", RecordType::A);
    BOOST_TEST((alias.code == ResponseCode::NoSuchName));
    BOOST_TEST(Text(alias.answers) == "CNAME nobody.example.org");
    BOOST_TEST((Ask("example.net", RecordType::A).code == ResponseCode::Refused));
}

BOOST_AUTO_TEST_CASE(Refers)
{
    const Message message = Ask("a.b.branch.example.org", RecordType::A);
    BOOST_TEST(!message.authoritative);
    BOOST_TEST(message.answers.empty());
    BOOST_TEST(Text(message.authority) == "NS ns.branch.example.org");
    BOOST_TEST(Text(message.additional) == "A 192.0.2.54");
}

BOOST_AUTO_TEST_CASE(OtherOperationsAndGarbage)
{
    Authority authority;
    Message query;
    query.operation = 5;
    query.question = {"example.org", RecordType::Soa};
    BOOST_TEST((authority.Answer(query, {}).code == ResponseCode::NotImplemented));
    BOOST_TEST(ResponseToGarbage("short").empty());
    const std::string reply =
        ResponseToGarbage(std::string("\x12\x34\x01\x00\x00\x09junkjunk", 14));
    BOOST_TEST(reply == std::string("\x12\x34\x81\x01\0\0\0\0\0\0\0\0", 12));
    BOOST_TEST(ResponseToGarbage(reply).empty()); // Else two servers would never end.
}

BOOST_AUTO_TEST_CASE(BadZones)
{
    const auto has = [](const std::string& fault, std::string_view text)
    { return fault.find(text) != fault.npos; };
    BOOST_TEST(has(FirstFault({"a A 192.0.2.1", "a CNAME b"}),
                   "records.2: found CNAME of a.example.org beside its A in records.1"));
    BOOST_TEST(has(FirstFault({"a CNAME b", "a CNAME c"}), "expected no other record beside"));
    BOOST_TEST(
        has(FirstFault({"@ SOA ns h 1 2 3 4 5", "@ SOA ns h 2 2 3 4 5"}), "expected one SOA"));
    BOOST_TEST(has(FirstFault({"a SOA ns h 1 2 3 4 5"}), "expected one of the zone itself"));
    BOOST_TEST(has(FirstFault({"@ MX 10 192.0.2.1"}), "found MX to the address 192.0.2.1"));
    BOOST_TEST(has(FirstFault({"@ MX 10 192.0.2.1."}), "found MX to the address 192.0.2.1"));
    BOOST_TEST(has(FirstFault({"@ NS 192.0.2.1"}), "found NS to the address"));
    BOOST_TEST(has(FirstFault({"1 PTR 192.0.2.1"}), "found PTR to the address"));
    BOOST_TEST(has(FirstFault({"@ MX 10 2001:db8::1"}), "found MX to the address 2001:db8::1"));
    BOOST_TEST(has(FirstFault({"a.example.net. A 192.0.2.1"}), "outside the zone"));
    BOOST_TEST(has(FirstFault({"@ MX 10 mail"}), "has no address in the zone"));
    BOOST_TEST(has(FirstFault({"@ NS ns"}), "has no address in the zone"));
    BOOST_TEST(has(FirstFault({"m CNAME n", "n A 192.0.2.1", "@ MX 1 m"}), "which is a CNAME"));
    BOOST_TEST(has(FirstFault({"a A 192.0.2.1", "a A 192.0.2.1"}), "found records.1 again"));
    BOOST_TEST(has(FirstFault({"a 60 A 192.0.2.1", "a 30 A 192.0.2.2"}), "found TTL 30"));
    BOOST_TEST(has(FirstFault({"b NS x.example.net.", "c.b TXT hello"}), "is delegated"));
    BOOST_TEST(has(FirstFault({"a A 192.0.2.256"}), "expected a line of a zone file"));
    BOOST_TEST(has(FirstFault({"a A"}), "expected a line of a zone file"));
    BOOST_TEST(has(FirstFault({""}), "expected a line of a zone file"));
    BOOST_TEST(has(FirstFault({"a SRV 0 0 25 b"}), "expected A, AAAA"));
    BOOST_TEST(has(FirstFault({"a CH A 192.0.2.1"}), "expected A, AAAA"));
    BOOST_TEST(has(FirstFault({"a A 192.0.2.1"}, "a..b"), "expected the name of a zone"));
    // What is in order.
    BOOST_TEST(FirstFault({"a A 192.0.2.1", "a A 192.0.2.2", "@ MX 10 mail.example.net."}) == "");
    BOOST_TEST(FirstFault({"@ MX 0 ."}) == ""); // RFC 7505
    BOOST_TEST(FirstFault({"@ MX 10 a.b", "* A 192.0.2.1"}) == "");
    BOOST_TEST(FirstFault({"1.2.0.192.in-addr.arpa. PTR mail.example.org."}, "in-addr.arpa") == "");
}

BOOST_AUTO_TEST_SUITE_END()
