#include "models/mail/address-routing.h"

#include "tests/draw-sequence.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

using namespace bouncelab;
using mail::AddressRouting;
using mail::LocalPartPolicy;
using Kind = mail::RoutedAddress::Kind;

namespace
{

mail::RoutingSite
Site()
{
    mail::RoutingSite site;
    site.localDomains = {"northwindtraders.com", "nw.example"};
    site.addresses = {*Ipv4::Parse("10.10.10.10")};
    return site;
}

/// An old Unix host: every route in a local part is followed.
mail::RoutingPersona
UnixHost()
{
    mail::RoutingPersona persona;
    persona.percent = persona.bang = persona.nested = LocalPartPolicy::Route;
    return persona;
}

/// "local <address>", "remote <domain> <address>" or "loop".
std::string
Where(const AddressRouting& routing, const std::string& recipient)
{
    const mail::RoutedAddress routed = routing.Route(recipient);
    return routed.kind == Kind::Loop     ? "loop"
           : routed.kind == Kind::Remote ? "remote " + routed.domain + " " + routed.address
                                         : "local " + routed.address;
}

} // namespace

BOOST_AUTO_TEST_SUITE(address_routing)

BOOST_AUTO_TEST_CASE(exchange_goes_by_the_domain_alone)
{
    const AddressRouting routing({}, Site());
    const std::pair<const char*, const char*> cases[] = {
        {"relaytest%example.org@northwindtraders.com",
         "local relaytest%example.org@northwindtraders.com"},
        {"\"relaytest@example.org\"@NorthwindTraders.com",
         "local \"relaytest@example.org\"@NorthwindTraders.com"},
        {"relaytest@example.org@northwindtraders.com",
         "local relaytest@example.org@northwindtraders.com"},
        {"example.org!relaytest@nw.example", "local example.org!relaytest@nw.example"},
        {"relaytest%example.org", "local relaytest%example.org@northwindtraders.com"},
        {"\"relaytest@example.org\"", "local \"relaytest@example.org\"@northwindtraders.com"},
        {"staff", "local staff@northwindtraders.com"},
        {"staff@[10.10.10.10]", "local staff@northwindtraders.com"},
        {"@northwindtraders.com:staff@nw.example", "local staff@nw.example"},
        {"@nw.example:relaytest@example.org", "remote example.org relaytest@example.org"},
        {"relaytest@[192.0.2.1]", "remote [192.0.2.1] relaytest@[192.0.2.1]"},
        {"relaytest@example.org", "remote example.org relaytest@example.org"},
        {"", "local @northwindtraders.com"}};
    for (const auto& [recipient, expected] : cases)
    {
        BOOST_TEST(Where(routing, recipient) == expected, recipient);
    }
}

BOOST_AUTO_TEST_CASE(an_old_unix_host_follows_routes_in_local_parts)
{
    const AddressRouting routing(UnixHost(), Site());
    const std::pair<const char*, const char*> cases[] = {
        {"relaytest%example.org@northwindtraders.com", "remote example.org relaytest@example.org"},
        {"a%b.example%c.example@nw.example", "remote c.example a%b.example@c.example"},
        {"a%b.example%nw.example@northwindtraders.com", "remote b.example a@b.example"},
        {"\"relaytest@example.org\"@northwindtraders.com",
         "remote example.org relaytest@example.org"},
        {"relaytest@example.org@nw.example", "remote example.org relaytest@example.org"},
        {"example.org!relaytest@nw.example", "remote example.org relaytest@example.org"},
        {"nw.example!example.org!relaytest@nw.example", "remote example.org relaytest@example.org"},
        {"relaytest%example.org", "remote example.org relaytest@example.org"},
        {"\"relaytest%example.org\"", "remote example.org relaytest@example.org"},
        {"\"two words%example.org\"@nw.example", "remote example.org \"two words\"@example.org"},
        {"100%@nw.example", "local 100%@nw.example"},
        {"%example.org@nw.example", "local %example.org@nw.example"},
        {"wow!@nw.example", "local wow!@nw.example"},
        {"staff@[10.10.10.10]", "local staff@northwindtraders.com"}};
    for (const auto& [recipient, expected] : cases)
    {
        BOOST_TEST(Where(routing, recipient) == expected, recipient);
    }
}

BOOST_AUTO_TEST_CASE(a_source_route_is_followed_where_the_persona_does)
{
    mail::RoutingPersona persona;
    persona.sourceRoute = mail::SourceRoutePolicy::Follow;
    const AddressRouting routing(persona, Site());
    BOOST_TEST(Where(routing, "@nw.example,@a.example,@b.example:user@c.example") ==
               "remote a.example @a.example,@b.example:user@c.example");
    BOOST_TEST(Where(routing, "@nw.example:staff@nw.example") == "local staff@nw.example");
    BOOST_TEST(Where(AddressRouting({}, Site()), "@a.example,@b.example:user@c.example") ==
               "remote c.example user@c.example");
}

BOOST_AUTO_TEST_CASE(what_leads_back_here_is_a_loop)
{
    mail::RoutingPersona persona = UnixHost();
    persona.literals = false;
    const AddressRouting routing(persona, Site());
    BOOST_TEST(Where(routing, "staff@[10.10.10.10]") == "loop");
    BOOST_TEST(Where(routing, "staff%[10.10.10.10]@nw.example") == "loop");
    std::string hops = "staff";
    for (int i = 0; i < 200; ++i)
    {
        hops += "%nw.example";
    }
    BOOST_TEST(Where(routing, hops) == "loop");
}

BOOST_AUTO_TEST_CASE(mailboxes_are_looked_up_and_a_catch_all_takes_the_rest)
{
    const auto has = [](std::string_view mailbox) { return mailbox == "staff@nw.example"; };
    const AddressRouting plain({}, Site());
    BOOST_TEST((plain.Verify(plain.Route("staff@nw.example"), has).kind == Kind::Mailbox));
    BOOST_TEST((plain.Verify(plain.Route("nobody@nw.example"), has).kind == Kind::Unknown));
    BOOST_TEST((plain.Verify(plain.Route("nobody@example.org"), has).kind == Kind::Remote));
    mail::RoutingPersona persona;
    persona.catchAll = "all@nw.example";
    const AddressRouting open(persona, Site());
    const auto caught = open.Verify(open.Route("relaytest%example.org@nw.example"), has);
    BOOST_TEST((caught.kind == Kind::Mailbox));
    BOOST_TEST(caught.address == "all@nw.example");
}

BOOST_AUTO_TEST_CASE(any_address_leads_somewhere_and_a_route_does_so_for_good)
{
    const bool held = rc::check(
        [](std::uint64_t seed)
        {
            tests::DrawSequence random(seed, "addresses");
            mail::RoutingPersona persona;
            const auto choice = [&]
            { return random.Chance(500000) ? LocalPartPolicy::Route : LocalPartPolicy::Name; };
            persona.percent = choice();
            persona.bang = choice();
            persona.nested = choice();
            persona.literals = random.Chance(500000);
            persona.sourceRoute = random.Chance(500000) ? mail::SourceRoutePolicy::Follow
                                                        : mail::SourceRoutePolicy::Strip;
            const AddressRouting routing(persona, Site());
            static const std::vector<std::string> words{"user",
                                                        "%",
                                                        "!",
                                                        "@",
                                                        "\"",
                                                        "\\",
                                                        ":",
                                                        ",",
                                                        "nw.example",
                                                        "a.example",
                                                        "[10.10.10.10]",
                                                        " ",
                                                        ".",
                                                        "",
                                                        "northwindtraders.com",
                                                        "\n",
                                                        "[",
                                                        "\x80"};
            std::string recipient;
            for (auto count = random.Below(14); count > 0; --count)
            {
                recipient += words[random.Below(words.size())];
            }
            const mail::RoutedAddress routed = routing.Route(recipient);
            RC_ASSERT(routed.kind != Kind::Unknown);
            if (routed.kind == Kind::Remote)
            {
                RC_ASSERT(!routed.domain.empty());
                RC_ASSERT(!routing.IsLocalDomain(routed.domain));
                // The next server is not given what leads elsewhere.
                const mail::RoutedAddress again = routing.Route(routed.address);
                RC_ASSERT(again.kind == Kind::Remote);
            }
            if (routed.kind == Kind::Mailbox && persona.percent == LocalPartPolicy::Route)
            {
                RC_ASSERT(routing.IsLocalDomain(routed.domain));
            }
        });
    BOOST_TEST(held);
}

BOOST_AUTO_TEST_SUITE_END()
