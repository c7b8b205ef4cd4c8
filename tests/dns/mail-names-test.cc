#include "models/dns/mail-names.h"
#include "tests/dns/known-names.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::dns;

namespace
{

std::string
Text(const MailRoute& route)
{
    std::string text = route.failed ? "later" : "";
    for (const MailTaker& taker : route.takers)
    {
        text += (text.empty() ? "" : " ") + taker.name + "=" + taker.address.ToString();
    }
    return text;
}

struct Fixture
{
    std::string Route(const std::string& domain,
                      const std::string& self = "me.example.net",
                      RecordType type = RecordType::A) const
    {
        return Text(
            names.Run([&](AnswerBook& book) { return FindMailRoute(book, domain, self, type); }));
    }

    ClientNames NamesOf(const IpAddress& client) const
    {
        return names.Run([client](AnswerBook& book) { return FindClientNames(book, client); });
    }

    KnownNames names{
        {"example.org. MX 20 b.example.org.",
         "example.org. MX 10 c.example.org.",
         "example.org. MX 10 a.example.org.",
         "a.example.org. A 192.0.2.1",
         "b.example.org. A 192.0.2.2",
         "c.example.org. A 192.0.2.3",
         "c.example.org. A 192.0.2.4",
         "c.example.org. AAAA 2001:db8::3",
         "3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR "
         "c.example.org.",
         "alone.example. A 192.0.2.9",
         "closed.example. MX 0 .",
         "half.example. MX 5 slow.example.",
         "half.example. MX 9 b.example.org.",
         "slow.example. A 192.0.2.7",
         "stuck.example. MX 5 slow.example.",
         "1.2.0.192.in-addr.arpa. PTR a.example.org.",
         "2.2.0.192.in-addr.arpa. PTR a.example.org.",
         "2.2.0.192.in-addr.arpa. PTR b.example.org."}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mail_names, Fixture)

BOOST_AUTO_TEST_CASE(ExchangersByPreference)
{
    BOOST_TEST(Route("Example.org") ==
               "a.example.org=192.0.2.1 c.example.org=192.0.2.3 c.example.org=192.0.2.4 "
               "b.example.org=192.0.2.2");
    BOOST_TEST(Route("example.org", "b.example.org") ==
               "a.example.org=192.0.2.1 c.example.org=192.0.2.3 c.example.org=192.0.2.4");
    BOOST_TEST(Route("example.org", "a.example.org") == "");
}

BOOST_AUTO_TEST_CASE(AddressesOfTheFamilyThatIsAskedFor)
{
    BOOST_TEST(Route("example.org", "me.example.net", RecordType::Aaaa) ==
               "c.example.org=2001:db8::3");
    BOOST_TEST(Route("alone.example", "me.example.net", RecordType::Aaaa) == "");
    const ClientNames found = NamesOf(*IpAddress::Parse("2001:db8::3"));
    BOOST_TEST(found.confirmed == std::vector<std::string>{"c.example.org"});
}

BOOST_AUTO_TEST_CASE(WithoutExchangers)
{
    BOOST_TEST(Route("alone.example") == "alone.example=192.0.2.9");
    BOOST_TEST(Route("nobody.example") == "");
    BOOST_TEST(Route("closed.example") == ""); // RFC 7505
    BOOST_TEST(Route("not a name..") == "");
}

BOOST_AUTO_TEST_CASE(WhereNobodyAnswers)
{
    names.Fail("slow.example");
    names.Fail("example.org");
    BOOST_TEST(Route("example.org") == "later");
    BOOST_TEST(Route("half.example") == "b.example.org=192.0.2.2");
    BOOST_TEST(Route("stuck.example") == "later");
}

BOOST_AUTO_TEST_CASE(NamesOfClients)
{
    BOOST_TEST(NamesOf(Ipv4{0xC0000201}).confirmed.at(0) == "a.example.org");
    const ClientNames two = NamesOf(Ipv4{0xC0000202});
    BOOST_TEST(two.claimed.size() == 2);
    BOOST_TEST(two.confirmed.size() == 1);
    BOOST_TEST(two.confirmed.at(0) == "b.example.org");
    BOOST_TEST(NamesOf(Ipv4{0xC0000203}).claimed.empty());
    BOOST_TEST(!NamesOf(Ipv4{0xC0000203}).failed);
    names.Fail("3.2.0.192.in-addr.arpa");
    BOOST_TEST(NamesOf(Ipv4{0xC0000203}).failed);
}

BOOST_AUTO_TEST_SUITE_END()
