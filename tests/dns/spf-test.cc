// The public test cases of RFC 7208 (its schema of "zonedata" and "tests"), as facts: what is in
// the zone, who sends, what the result is. Their names stand beside them.

#include "models/dns/spf.h"
#include "tests/dns/known-names.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::dns;

namespace
{

class Spf
{
  public:
    explicit Spf(std::vector<std::string> records)
        : names(std::move(records))
    {
    }

    std::string operator()(const std::string& client,
                           const std::string& sender,
                           const std::string& helo = "mail.example.net") const
    {
        const std::string domain = sender.substr(sender.rfind('@') + 1);
        const SpfQuery query{*IpAddress::Parse(client), domain, sender, helo};
        return std::string(NameOfSpfResult(
            names.Run([&query](AnswerBook& book) { return CheckSpf(book, query); })));
    }

    KnownNames names;
};

std::string
Txt(const std::string& name, const std::string& text)
{
    return name + ". TXT \"" + text + "\"";
}

/// What one record says of 1.2.3.4, with these further names.
std::string
Of(const std::string& record, std::vector<std::string> more = {})
{
    more.push_back(Txt("e.example.com", record));
    return Spf(std::move(more))("1.2.3.4", "foo@e.example.com");
}

} // namespace

BOOST_AUTO_TEST_SUITE(spf)

BOOST_AUTO_TEST_CASE(InitialProcessing)
{
    Spf check(
        {Txt("example.com", "v=spf1 -all"), Txt("example.net", "v=spf1 -all exp=exp.example.net")});
    const std::string longLabel(64, 'a');
    BOOST_TEST(check("1.2.3.5", "lyme.eater@" + longLabel + ".example.com") ==
               "none");                                            // toolonglabel
    BOOST_TEST(check("1.2.3.5", "foo@A...example.com") == "none"); // emptylabel
    BOOST_TEST(check("1.2.3.5", "@example.net") == "fail");        // helo-not-fqdn's like
    BOOST_TEST(check("1.2.3.5", "A2345678") == "none");            // helo-not-fqdn
    BOOST_TEST(check("1.2.3.5", "foo@example.com") == "fail");
    BOOST_TEST(check("1.2.3.5", "foo@nobody.example.com") == "none");
}

BOOST_AUTO_TEST_CASE(RecordLookup)
{
    Spf check({Txt("both.example.net", "v=spf1 -all"), Txt("timeout.example.net", "v=spf1 -all")});
    check.names.Fail("timeout.example.net");
    BOOST_TEST(check("1.2.3.4", "foo@both.example.net") == "fail");
    BOOST_TEST(check("1.2.3.4", "foo@timeout.example.net") == "temperror"); // txttimeout
}

BOOST_AUTO_TEST_CASE(SelectingRecords)
{
    BOOST_TEST(Of("v=spf10") == "none");                                             // nospace1
    BOOST_TEST(Of("v=spf1", {"e.example.com. TXT \"v=spf1 -all\""}) == "permerror"); // multispf
    BOOST_TEST(Of("v=spf1 a:foo.com/24") != "none");
    BOOST_TEST(Of("V=sPf1 -ALL") == "fail"); // case
    BOOST_TEST(Of("v=spf1") == "neutral");   // empty
    BOOST_TEST(Of("hello", {"e.example.com. TXT \"v=spf1 -all\""}) == "fail");
    BOOST_TEST(Of("\" \"v=spf1\" \" -all") == "fail"); // Strings are joined (3.3).
    BOOST_TEST(Of("v=spf1\" \"-all") == "none");
}

BOOST_AUTO_TEST_CASE(RecordEvaluation)
{
    BOOST_TEST(Of("v=spf1 ip4:1.2.3.5 -a:example.net") == "neutral"); // default
    BOOST_TEST(Of("v=spf1 -all moo:host") == "permerror");            // detect-errors-anywhere
    BOOST_TEST(Of("v=spf1 -all a:example.com/") == "permerror");
    BOOST_TEST(Of("v=spf1 %%all") == "permerror");
    BOOST_TEST(Of("v=spf1 -all=foo -all") == "permerror"); // modifier-charset-bad1's like
    BOOST_TEST(Of("v=spf1 moo.cow-far_out=man:dog/cat ip4:1.2.3.4 -all") == "pass"); // good1
    BOOST_TEST(Of("v=spf1 a=ip4:1.2.3.4 -all") == "fail");
    BOOST_TEST(Of("v=spf1 tom=%{d} -all") == "fail");
    BOOST_TEST(Of("v=spf1 redirect=t5.example.com ip4:1.2.3.4 -all") == "pass"); // redirect-after
    BOOST_TEST(Of("v=spf1 -all redirect=") == "permerror");
    BOOST_TEST(Of("v=spf1 a:xn--e-ckh.example.com -all", {"xn--e-ckh.example.com. A 1.2.3.4"}) ==
               "pass");
}

BOOST_AUTO_TEST_CASE(All)
{
    BOOST_TEST(Of("v=spf1 -all.") == "permerror");       // all-dot
    BOOST_TEST(Of("v=spf1 -all:foobar") == "permerror"); // all-arg
    BOOST_TEST(Of("v=spf1 -all/8") == "permerror");      // all-cidr
    BOOST_TEST(Of("v=spf1 ?all") == "neutral");
    BOOST_TEST(Of("v=spf1 ~all") == "softfail");
    BOOST_TEST(Of("v=spf1 all -all") == "pass"); // all-double
    BOOST_TEST(Of("v=spf1 -all -all") == "fail");
}

BOOST_AUTO_TEST_CASE(Ip4)
{
    BOOST_TEST(Of("v=spf1 ip4:1.1.1.1/0 -all") == "pass");        // cidr4-0
    BOOST_TEST(Of("v=spf1 ip4:1.2.3.4/32 -all") == "pass");       // cidr4-32
    BOOST_TEST(Of("v=spf1 ip4:1.2.3.4/33 -all") == "permerror");  // cidr4-33
    BOOST_TEST(Of("v=spf1 ip4:1.2.3.4/032 -all") == "permerror"); // cidr4-032
    BOOST_TEST(Of("v=spf1 ip4") == "permerror");                  // bare-ip4
    BOOST_TEST(Of("v=spf1 ip4:1.2.3.4:8080") == "permerror");     // bad-ip4-port
    BOOST_TEST(Of("v=spf1 ip4:1.2.3") == "permerror");            // bad-ip4-short
    BOOST_TEST(Of("v=spf1 ip4:1.2.3.4//32") == "permerror");
    BOOST_TEST(Of("v=spf1 -ip4:1.2.3.4 ip6:::FFFF:1.2.3.4") == "fail");
    BOOST_TEST(Of("v=spf1 ip4:1.2.0.0/16 -all") == "pass");
    BOOST_TEST(Of("v=spf1 ip4:1.3.0.0/16 -all") == "fail");
}

BOOST_AUTO_TEST_CASE(Ip6)
{
    BOOST_TEST(Of("v=spf1 -all ip6") == "permerror");              // bare-ip6
    BOOST_TEST(Of("v=spf1 ip6:::1.1.1.1/0") == "neutral");         // cidr6-0-ip4
    BOOST_TEST(Of("v=spf1 ip6:::1.1.1.1/129") == "permerror");     // cidr6-129
    BOOST_TEST(Of("v=spf1 ip6:::1.1.1.1//33") == "permerror");     // cidr6-bad
    BOOST_TEST(Of("v=spf1 ip6:Cafe:Babe:8000::/33") == "neutral"); // cidr6-33
    BOOST_TEST(Of("v=spf1 ip6::CAFE::BABE") == "permerror");       // ip6-bad1
    BOOST_TEST(Of("v=spf1 ip6:1.2.3.4") == "permerror");
}

BOOST_AUTO_TEST_CASE(ClientsOfIpv6)
{
    const auto of = [](const std::string& record, std::vector<std::string> more = {})
    {
        more.push_back(Txt("e.example.com", record));
        return Spf(std::move(more))("CAFE:BABE::1", "foo@e.example.com");
    };
    BOOST_TEST(of("v=spf1 ip4:1.1.1.1/0 -all") == "fail"); // cidr4-0 is for IPv4
    BOOST_TEST(of("v=spf1 ip6:::1.1.1.1/0") == "pass");    // cidr6-0-ip6
    BOOST_TEST(of("v=spf1 ip6:Cafe:Babe:8000::/33 -all") == "fail");
    BOOST_TEST(of("v=spf1 ip6:Cafe:Babe::/33 -all") == "pass");
    const std::vector<std::string> host{"h.example.com. A 1.2.3.4",
                                        "h.example.com. AAAA CAFE:BABE::2"};
    BOOST_TEST(of("v=spf1 a:h.example.com -all", host) == "fail");
    BOOST_TEST(of("v=spf1 a:h.example.com/0//64 -all", host) == "pass");
    BOOST_TEST(of("v=spf1 a:h.example.com/0//128 -all", host) == "fail"); // a-cidr6
    // The macros of RFC 7208 7.4 for 2001:db8::cb01.
    std::vector<std::string> names{
        Txt("e.example.com", "v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all"),
        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com. A "
        "127.0.0.2"};
    BOOST_TEST(Spf(names)("2001:db8::cb01", "foo@e.example.com") == "pass");
    BOOST_TEST(Spf(names)("2001:db8::cb02", "foo@e.example.com") == "fail");
}

BOOST_AUTO_TEST_CASE(AMechanism)
{
    const std::vector<std::string> zone{"e1.example.com. A 1.1.1.1", "a.example.com. A 1.2.3.4"};
    BOOST_TEST(Of("v=spf1 a/0 -all", {"e.example.com. A 1.1.1.1"}) == "pass"); // a-cidr4-0
    BOOST_TEST(Of("v=spf1 a:nobody.example.com/0") == "neutral");              // a-nxdomain's
    BOOST_TEST(Of("v=spf1 a:a.example.com -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 a:e1.example.com -all", zone) == "fail");
    BOOST_TEST(Of("v=spf1 a:e1.example.com/8 -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 a:a.example.com//33 -all", zone) == "pass"); // a-ip6-dualstack's
    BOOST_TEST(Of("v=spf1 a//33 -all", {"e.example.com. A 1.2.3.4"}) == "pass");
    BOOST_TEST(Of("v=spf1 a/33 -all") == "permerror");   // a-bad-cidr4
    BOOST_TEST(Of("v=spf1 a//129 -all") == "permerror"); // a-bad-cidr6
    BOOST_TEST(Of("v=spf1 a/24//129 -all") == "permerror");
    BOOST_TEST(Of("v=spf1 a:") == "permerror");                 // a-empty
    BOOST_TEST(Of("v=spf1 a:111.222.33.44") == "permerror");    // a-numeric
    BOOST_TEST(Of("v=spf1 a:abc.123") == "permerror");          // a-numeric-top
    BOOST_TEST(Of("v=spf1 a:example.com:8080") == "permerror"); // a-colon-domain's
    BOOST_TEST(Of("v=spf1 a:museum") == "permerror");           // a-only-toplabel
    BOOST_TEST(Of("v=spf1 a:museum.") == "permerror");
    BOOST_TEST(Of("v=spf1 a:example.-com") == "permerror"); // dash-toplabel
    BOOST_TEST(Of("v=spf1 a:a.example.com. -all", zone) == "pass");
    Spf failing({Txt("e.example.com", "v=spf1 a:slow.example.com -all")});
    failing.names.Fail("slow.example.com");
    BOOST_TEST(failing("1.2.3.4", "foo@e.example.com") == "temperror");
}

BOOST_AUTO_TEST_CASE(MxMechanism)
{
    const std::vector<std::string> zone{"m.example.com. MX 5 x.example.com.",
                                        "m.example.com. MX 6 a.example.com.",
                                        "x.example.com. A 1.1.1.1",
                                        "a.example.com. A 1.2.3.4"};
    BOOST_TEST(Of("v=spf1 mx:m.example.com -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 mx -all", zone) == "fail");               // mx-nxdomain's
    BOOST_TEST(Of("v=spf1 mx:a.example.com -all", zone) == "fail"); // mx-implicit
    BOOST_TEST(Of("v=spf1 mx: -all", zone) == "permerror");         // mx-empty
    std::vector<std::string> many;
    for (int i = 0; i < 11; ++i)
    {
        many.push_back("m.example.com. MX 5 h" + std::to_string(i) + ".example.com.");
        many.push_back("h" + std::to_string(i) + ".example.com. A 1.1.1." + std::to_string(i));
    }
    BOOST_TEST(Of("v=spf1 mx:m.example.com -all", many) == "permerror"); // mx-limit
}

BOOST_AUTO_TEST_CASE(PtrMechanism)
{
    const std::vector<std::string> zone{"4.3.2.1.in-addr.arpa. PTR mail.e.example.com.",
                                        "4.3.2.1.in-addr.arpa. PTR lies.example.net.",
                                        "mail.e.example.com. A 1.2.3.4",
                                        "lies.example.net. A 9.9.9.9"};
    BOOST_TEST(Of("v=spf1 ptr -all", zone) == "pass"); // ptr-match-ip's
    BOOST_TEST(Of("v=spf1 ptr:example.net -all", zone) == "fail");
    BOOST_TEST(Of("v=spf1 ptr/0 -all", zone) == "permerror"); // ptr-cidr
    BOOST_TEST(Of("v=spf1 ptr:") == "permerror");             // ptr-empty-domain
    BOOST_TEST(Of("v=spf1 ptr -all") == "fail");
}

BOOST_AUTO_TEST_CASE(ExistsAndMacros)
{
    const std::vector<std::string> zone{"mail.example.com. A 1.1.1.1",
                                        "4.3.2.1.in-addr._spf.example.com. A 127.0.0.2",
                                        "foo._user.e.example.com. A 127.0.0.2",
                                        "com.example.e._r.example.com. A 127.0.0.2",
                                        "net.mail._h.example.com. A 127.0.0.2"};
    BOOST_TEST(Of("v=spf1 exists:mail.example.com -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 exists:mail.example.com/24 -all", zone) == "permerror"); // exists-cidr
    BOOST_TEST(Of("v=spf1 exists: -all", zone) == "permerror");                    // exists-empty
    BOOST_TEST(Of("v=spf1 exists -all", zone) == "permerror");
    BOOST_TEST(Of("v=spf1 exists:%{ir}.%{v}._spf.example.com -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 exists:%{l}._user.%{d} -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 exists:%{dr}._r.%{d2} -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 exists:%{h2r}.nowhere._h.example.com -all", zone) == "fail");
    BOOST_TEST(Of("v=spf1 exists:%{hr2}.example.com -all", zone) == "permerror");
    BOOST_TEST(Of("v=spf1 exists:%(ir).sbl.example.com -all", zone) ==
               "permerror");                                                    // invalid-expansion
    BOOST_TEST(Of("v=spf1 exists:%{c}.example.com -all", zone) == "permerror"); // exp-only-macro
    BOOST_TEST(Of("v=spf1 exists:%{d0}.example.com -all", zone) == "permerror");
    BOOST_TEST(Of("v=spf1 exists:%{d.example.com -all", zone) == "permerror");
    BOOST_TEST(Of("v=spf1 exists:foo%.example.com -all", zone) == "permerror");
    BOOST_TEST(Of("v=spf1 a:%%.example.com -all", zone) == "fail");
    // RFC 7208 7.4, with its sender and client.
    Spf rfc({Txt("email.example.com", "v=spf1 exists:%{lr-}.lp._spf.%{d2} -all"),
             "bad.strong.lp._spf.example.com. A 127.0.0.2"});
    BOOST_TEST(rfc("192.0.2.3", "strong-bad@email.example.com") == "pass");
}

BOOST_AUTO_TEST_CASE(IncludeAndRedirect)
{
    const std::vector<std::string> zone{Txt("ip5.example.com", "v=spf1 ip4:1.2.3.5 -all"),
                                        Txt("ip4.example.com", "v=spf1 ip4:1.2.3.4 -all"),
                                        Txt("soft.example.com", "v=spf1 ~all"),
                                        Txt("bad.example.com", "v=spf1 nonsense"),
                                        Txt("loop.example.com", "v=spf1 include:loop.example.com")};
    BOOST_TEST(Of("v=spf1 include:ip5.example.com ~all", zone) == "softfail"); // include-fail
    BOOST_TEST(Of("v=spf1 include:soft.example.com ?all", zone) == "neutral"); // include-softfail
    BOOST_TEST(Of("v=spf1 include:ip4.example.com -all", zone) == "pass");
    BOOST_TEST(Of("v=spf1 include:bad.example.com -all", zone) == "permerror"); // include-permerror
    BOOST_TEST(Of("v=spf1 include:nobody.example.com ?all", zone) == "permerror"); // include-none
    BOOST_TEST(Of("v=spf1 include -all", zone) == "permerror"); // include-syntax-error
    BOOST_TEST(Of("v=spf1 include:ip5.example.com/24 -all", zone) == "permerror"); // include-cidr
    BOOST_TEST(Of("v=spf1 include:loop.example.com", zone) == "permerror");        // include-loop
    BOOST_TEST(Of("v=spf1 redirect=ip4.example.com", zone) == "pass");
    BOOST_TEST(Of("v=spf1 redirect=nobody.example.com", zone) == "permerror"); // redirect-none
    BOOST_TEST(Of("v=spf1 redirect=e.example.com", zone) == "permerror");      // redirect-loop
    BOOST_TEST(Of("v=spf1 redirect=ip4.example.com redirect=ip4.example.com", zone) ==
               "permerror"); // redirect-twice
    BOOST_TEST(Of("v=spf1 redirect=ip4.example.com -all", zone) == "fail");
    BOOST_TEST(Of("v=spf1 exp=a.example.com exp=a.example.com -all", zone) ==
               "permerror"); // exp-twice
}

BOOST_AUTO_TEST_CASE(Limits)
{
    std::vector<std::string> zone{"yes.example.com. A 1.2.3.4", "no.example.com. A 9.9.9.9"};
    std::string ten = "v=spf1";
    for (int i = 0; i < 9; ++i)
    {
        ten += " a:no.example.com";
    }
    BOOST_TEST(Of(ten + " a:yes.example.com -all", zone) == "pass"); // mech-at-limit
    BOOST_TEST(Of(ten + " a:no.example.com a:yes.example.com -all", zone) ==
               "permerror"); // over-limit
    BOOST_TEST(Of("v=spf1 a:n1.example.com a:n2.example.com a:yes.example.com -all", zone) ==
               "pass"); // void-at-limit
    BOOST_TEST(Of("v=spf1 a:n1.example.com a:n2.example.com a:n3.example.com ?all", zone) ==
               "permerror"); // void-over-limit
}

BOOST_AUTO_TEST_SUITE_END()
