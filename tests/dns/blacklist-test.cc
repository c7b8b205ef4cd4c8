#include "models/dns/blacklist.h"
#include "models/dns/name.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::dns;
using namespace std::chrono_literals;

namespace
{

constexpr Ipv4 CLIENT{0xC0000219};
constexpr Ipv4 RESOLVER{0xC6336401};

struct Fixture
{
    Fixture()
    {
        policy.title = "the CBL";
        policy.reason = "Blocked - see http://cbl.abuseat.org/lookup.cgi?ip={address}";
        policy.helloHits = 3;
        policy.window = 240h;
        policy.expiry = 168h;
        policy.updateInterval = 30min;
        Open();
    }

    void Open() { list.emplace("cbl.abuseat.org", policy); }

    void Say(const std::string& fault = "bare-address")
    {
        list->Sight({CLIENT, false, "127.0.0.1", fault}, now);
    }

    /// Lets time pass, timer by timer. \return the changes, joined
    std::string After(Nanoseconds time)
    {
        const Nanoseconds end = now + time;
        while (list->NextTimer() && *list->NextTimer() <= end)
        {
            now = *list->NextTimer();
            list->Advance(now);
        }
        now = end;
        list->Advance(now);
        std::string changes;
        while (const auto event = list->TakeEvent())
        {
            last = *event;
            changes += (changes.empty() ? "" : " ") + std::string(NameOfChange(event->change));
        }
        return changes;
    }

    Message Ask(IpAddress address,
                RecordType type = RecordType::A,
                IpAddress client = RESOLVER) const
    {
        Message query;
        query.question = {ReverseName(address, "cbl.abuseat.org"), type};
        Message response = ResponseTo(query);
        list->Answer(response, client);
        return response;
    }

    bool Shows(IpAddress address) const { return !Ask(address).answers.empty(); }

    BlacklistPolicy policy;
    std::optional<Blacklist> list;
    Nanoseconds now = 10h + 7min;
    ListingEvent last;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(blacklist, Fixture)

BOOST_AUTO_TEST_CASE(TestPoints)
{
    BOOST_TEST(Ask(Ipv4{0x7F000002}).answers.at(0).data == "127.0.0.2"); // RFC 5782 5
    BOOST_TEST(Ask(Ipv4{0x7F000002}, RecordType::Txt).answers.size() == 1);
    list->Sight({Ipv4{0x7F000001}, true, "localhost", {}}, now);
    BOOST_TEST(After(1h) == "");
    const Message never = Ask(Ipv4{0x7F000001});
    BOOST_TEST((never.code == ResponseCode::NoSuchName));
    BOOST_TEST(NegativeTtlOf(never.authority.at(0)) == 2100U);
    BOOST_TEST(CheckBlacklistPolicy(policy).empty());
    policy.code = {0x7F000001};
    policy.refusalCode = {0x7F000002};
    BOOST_TEST(CheckBlacklistPolicy(policy).size() == 2);
}

BOOST_AUTO_TEST_CASE(AddressesOfIpv6AreAskedForByNibbles)
{
    const IpAddress client = *IpAddress::Parse("2001:db8:1:2:3:4:567:89ab");
    BOOST_TEST(ReverseName(client, "list.example") ==
               "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.list.example");
    BOOST_TEST((AddressOfReverse(ReverseName(client), "ip6.arpa") == client));
    BOOST_TEST(!Shows(client));
    list->Sight({client, true, "mail.example", {}}, now);
    BOOST_TEST(After(1h) == "hit listed published");
    BOOST_TEST(Shows(client));
    BOOST_TEST(!Shows(*IpAddress::Parse("2001:db8:1:2:3:4:567:89ac")));
    BOOST_TEST(Ask(client, RecordType::Txt).answers.at(0).data ==
               "Blocked - see http://cbl.abuseat.org/lookup.cgi?ip=2001:db8:1:2:3:4:567:89ab");
    // RFC 5782 5: ::FFFF:7F00:2 is listed, ::FFFF:7F00:1 is not.
    const auto test = [this](const std::string& last)
    {
        Message query;
        query.question = {last + ".0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
                                 "cbl.abuseat.org",
                          RecordType::A};
        Message response = ResponseTo(query);
        list->Answer(response, RESOLVER);
        return response.answers.size();
    };
    BOOST_TEST(test("2") == 1U);
    BOOST_TEST(test("1") == 0U);
}

BOOST_AUTO_TEST_CASE(SeveralHitsListAndTheZoneFollows)
{
    Say();
    Say("");
    Say();
    BOOST_TEST(After(1h) == "hit hit");
    BOOST_TEST(!list->IsListed(CLIENT));
    Say();
    BOOST_TEST(After(0s) == "hit listed");
    BOOST_TEST(last.hits == 3U);
    BOOST_TEST(last.reason == "bare-address");
    BOOST_TEST(!Shows(CLIENT)); // The zone lags behind: it is 11:07.
    BOOST_TEST(After(23min - 1s) == "");
    BOOST_TEST(!Shows(CLIENT));
    BOOST_TEST(After(1s) == "published");
    BOOST_TEST((last.time == 11h + 30min));
    const Message message = Ask(CLIENT, RecordType::Any);
    BOOST_TEST(message.authoritative);
    BOOST_TEST(message.answers.at(0).data == "127.0.0.2");
    BOOST_TEST(message.answers.at(1).data ==
               "Blocked - see http://cbl.abuseat.org/lookup.cgi?ip=192.0.2.25");
    BOOST_TEST((Ask(CLIENT, RecordType::Mx).code == ResponseCode::NoError));
}

BOOST_AUTO_TEST_CASE(OneMessageToATrapLists)
{
    list->Sight({CLIENT, true, "mail.example.org", {}}, now);
    BOOST_TEST(After(1h) == "hit listed published");
    BOOST_TEST(last.reason == "spam-trap");
}

BOOST_AUTO_TEST_CASE(OldHitsDoNotCount)
{
    Say();
    Say();
    BOOST_TEST(After(240h) == "hit hit");
    Say();
    BOOST_TEST(After(1h) == "hit");
    BOOST_TEST(last.hits == 1U);
}

BOOST_AUTO_TEST_CASE(ExpiresAfterTheLastHit)
{
    Say();
    Say();
    Say();
    After(100h);
    Say();
    BOOST_TEST(After(167h) == "hit");
    BOOST_TEST(list->IsListed(CLIENT));
    BOOST_TEST(After(2h) == "expired withdrawn");
    BOOST_TEST(!Shows(CLIENT));
    BOOST_TEST(!list->NextTimer());
}

BOOST_AUTO_TEST_CASE(RemovedAndRelistedWhereTheCausePersists)
{
    Say();
    Say();
    Say();
    After(24h);
    list->Remove(CLIENT, now);
    BOOST_TEST(Shows(CLIENT));
    BOOST_TEST(After(30min) == "removed withdrawn");
    BOOST_TEST(!Shows(CLIENT));
    list->Remove(CLIENT, now);
    BOOST_TEST(After(30min) == "");
    const Nanoseconds removed = now - 60min;
    for (int night = 0; night < 2; ++night)
    {
        Say();
        BOOST_TEST(After(24h) == "hit"); // What was before the removal does not count.
    }
    Say();
    BOOST_TEST(After(24h) == "hit listed published");
    BOOST_TEST(last.listings == 2U);
    BOOST_TEST((last.removed == std::optional<Nanoseconds>(removed)));

    policy.selfService = false;
    Open();
    list->Sight({CLIENT, true, {}, {}}, now);
    After(1h);
    list->Remove(CLIENT, now);
    BOOST_TEST(After(1h) == "refused");
    BOOST_TEST(Shows(CLIENT));
}

BOOST_AUTO_TEST_CASE(SomeMayNotAsk)
{
    policy.refusedClients = {RESOLVER};
    Open();
    BOOST_TEST(Ask(CLIENT).answers.at(0).data == "127.255.255.254");
    BOOST_TEST((Ask(CLIENT, RecordType::A, CLIENT).code == ResponseCode::NoSuchName));
}

BOOST_AUTO_TEST_CASE(TheZoneItself)
{
    Message query;
    query.question = {"cbl.abuseat.org", RecordType::Soa};
    Message response = ResponseTo(query);
    list->Answer(response, RESOLVER);
    BOOST_TEST(response.answers.size() == 1);
    query.question = {"no.such.cbl.abuseat.org", RecordType::A};
    response = ResponseTo(query);
    list->Answer(response, RESOLVER);
    BOOST_TEST((response.code == ResponseCode::NoSuchName));
}

BOOST_AUTO_TEST_SUITE_END()
