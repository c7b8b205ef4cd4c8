#include "models/path/segment.h"

#include "models/provenance/origin-tag.h"
#include "tests/path/path-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::int64_t DELAY = 20000;
constexpr std::int64_t TIMEOUT = 600000000000;
const Ipv4 Third{0x0A010105};

struct Lan
{
    Lan()
        : segment({Nanoseconds(DELAY), Nanoseconds(TIMEOUT), &ledger})
        , mail(Join("mail", MailHost, 1))
        , gateway(Join("gateway", GatewayInside, 2))
        , third(Join("third", Third, 3))
    {
        segment.Mirror([this](const EthernetFrame& frame, bool received)
                       { Note(mirrored, frame, received); });
        segment.Observe(third,
                        [this](const EthernetFrame& frame, bool received)
                        { Note(atThird, frame, received); });
        segment.Observe(mail,
                        [this](const EthernetFrame& frame, bool received)
                        { Note(atMail, frame, received); });
    }

    ~Lan() { ns3::Simulator::Destroy(); }

    struct Seen
    {
        std::int64_t ns;
        EthernetFrame frame;
        bool received;
    };

    Segment::Port& Join(const std::string& name, IpAddress address, std::uint8_t mac)
    {
        return segment.Join(name,
                            address,
                            MacAddress{{0, 0x14, 0x22, 0, 0, mac}},
                            [this, name](const WirePacket&) { arrived.push_back(name); });
    }

    static void Note(std::vector<Seen>& seen, const EthernetFrame& frame, bool received)
    {
        seen.push_back({NowNs(), frame, received});
    }

    void Send(std::int64_t atNs, IpAddress to = GatewayInside, std::uint8_t protocol = 17)
    {
        ns3::Simulator::Schedule(
            ns3::NanoSeconds(atNs),
            [this, to, protocol]
            { segment.Send(mail, to, MakePacket(ledger, 1, MailHost, Server, protocol, 40, 64)); });
    }

    static std::size_t Count(const std::vector<Seen>& seen, std::uint16_t type)
    {
        return static_cast<std::size_t>(std::count_if(seen.begin(),
                                                      seen.end(),
                                                      [type](const Seen& s)
                                                      { return s.frame.type == type; }));
    }

    provenance::Ledger ledger;
    Segment segment;
    Segment::Port& mail;
    Segment::Port& gateway;
    Segment::Port& third;
    std::vector<std::string> arrived;
    std::vector<Seen> mirrored;
    std::vector<Seen> atThird;
    std::vector<Seen> atMail;
};

std::vector<std::uint8_t>
Octets(const EthernetFrame& frame)
{
    std::vector<std::uint8_t> octets(frame.packet.payload->GetSize());
    frame.packet.payload->CopyData(octets.data(), frame.packet.payload->GetSize());
    return octets;
}

} // namespace

BOOST_AUTO_TEST_SUITE(segment)

BOOST_AUTO_TEST_CASE(the_first_packet_waits_for_arp_and_the_next_ones_do_not)
{
    Lan lan;
    lan.Send(0);
    lan.Send(1000);
    lan.Send(1000000000);
    ns3::Simulator::Run();
    BOOST_TEST(lan.arrived == std::vector<std::string>(3, "gateway"));
    BOOST_REQUIRE(lan.mirrored.size() == 5U);
    BOOST_TEST(lan.mirrored[0].ns == DELAY / 2);
    BOOST_TEST(lan.mirrored[1].ns == DELAY + DELAY / 2);
    BOOST_TEST(lan.mirrored[2].ns == 2 * DELAY + DELAY / 2);
    BOOST_TEST(lan.mirrored[4].ns == 1000000000 + DELAY / 2);
    BOOST_TEST(Lan::Count(lan.mirrored, ethertype::ARP) == 2U);
    // Sent, answered, and the packets as they leave.
    BOOST_REQUIRE(lan.atMail.size() == 5U);
    BOOST_TEST(!lan.atMail[0].received);
    BOOST_TEST(lan.atMail[1].received);
    BOOST_TEST(!lan.atMail[2].received);
}

BOOST_AUTO_TEST_CASE(over_ipv6_neighbors_are_solicited_and_advertise_themselves)
{
    const IpAddress own = *IpAddress::Parse("2001:db8:1::4");
    const IpAddress next = *IpAddress::Parse("2001:db8:1::aa:bbcc");
    Lan lan;
    Segment::Port& desk = lan.Join("desk", own, 4);
    lan.Join("router", next, 5);
    lan.segment.Send(desk, next, MakePacket(lan.ledger, 1, own, next, 17, 40, 64));
    ns3::Simulator::Run();
    BOOST_TEST(lan.arrived == std::vector<std::string>{"router"});
    BOOST_REQUIRE(lan.mirrored.size() == 3U);
    BOOST_TEST(Lan::Count(lan.mirrored, ethertype::IPV6) == 3U);
    const EthernetFrame& request = lan.mirrored[0].frame;
    const EthernetFrame& answer = lan.mirrored[1].frame;
    BOOST_TEST(request.destination.ToString() == "33:33:ff:aa:bb:cc");
    BOOST_TEST(request.packet.header.GetDestination().ToString() == "ff02::1:ffaa:bbcc");
    BOOST_TEST(int(request.packet.header.GetTtl()) == 255);
    BOOST_TEST(answer.destination.ToString() == "00:14:22:00:00:04");
    BOOST_TEST(answer.packet.header.GetSource().ToString() == "2001:db8:1::aa:bbcc");
    const std::vector<std::uint8_t> solicitation{
        135, 0, 0, 0, 0, 0,    0,    0,    0x20, 0x01, 0x0D, 0xB8, 0,    1, 0, 0,
        0,   0, 0, 0, 0, 0xAA, 0xBB, 0xCC, 1,    1,    0,    0x14, 0x22, 0, 0, 4};
    for (const EthernetFrame* frame : {&request, &answer})
    {
        std::vector<std::uint8_t> octets = Octets(*frame);
        BOOST_TEST(TransportChecksum(frame->packet.header.GetSource(),
                                     frame->packet.header.GetDestination(),
                                     protocol::ICMPV6,
                                     {octets.data(), octets.size()}) == 0U);
        octets[2] = octets[3] = 0;
        BOOST_TEST((frame == &answer || octets == solicitation));
    }
    BOOST_TEST(int(Octets(answer)[0]) == 136);
    BOOST_TEST(int(Octets(answer)[4]) == 0x60); // solicited, overriding
    BOOST_TEST(int(Octets(answer)[24]) == 2);   // target's link-layer address
    // Who is on the group's segment sees the question as a broadcast, not the answer.
    BOOST_TEST(lan.atThird.size() == 1U);
}

BOOST_AUTO_TEST_CASE(arp_messages_are_those_of_rfc_826)
{
    Lan lan;
    lan.Send(0);
    ns3::Simulator::Run();
    const std::vector<std::uint8_t> request{0,  1, 8, 0, 6, 4, 0, 1, 0, 0x14, 0x22, 0, 0, 1,
                                            10, 1, 1, 4, 0, 0, 0, 0, 0, 0,    10,   1, 1, 1};
    const std::vector<std::uint8_t> answer{0,  1, 8, 0, 6, 4,    0,    2, 0, 0x14, 0x22, 0, 0, 2,
                                           10, 1, 1, 1, 0, 0x14, 0x22, 0, 0, 1,    10,   1, 1, 4};
    BOOST_TEST(Octets(lan.mirrored[0].frame) == request);
    BOOST_TEST(Octets(lan.mirrored[1].frame) == answer);
    BOOST_TEST(lan.mirrored[0].frame.destination.ToString() == "ff:ff:ff:ff:ff:ff");
    BOOST_TEST(lan.mirrored[1].frame.destination.ToString() == "00:14:22:00:00:01");
    BOOST_TEST(lan.ledger.ActorName(
                   provenance::OriginOf(lan.mirrored[1].frame.packet.payload).actor) == "gateway");
    // Who is asked has learned who asks.
    lan.segment.Send(lan.gateway, MailHost, MakePacket(lan.ledger, 1, Server, MailHost, 6, 40, 64));
    ns3::Simulator::Run();
    BOOST_TEST(Lan::Count(lan.mirrored, ethertype::ARP) == 2U);
    BOOST_TEST(lan.arrived.back() == "mail");
}

BOOST_AUTO_TEST_CASE(what_is_learned_is_forgotten_in_time)
{
    Lan lan;
    lan.Send(0);
    lan.Send(TIMEOUT - 1000000);
    lan.Send(TIMEOUT + 1000000);
    ns3::Simulator::Run();
    BOOST_TEST(lan.arrived.size() == 3U);
    BOOST_TEST(Lan::Count(lan.mirrored, ethertype::ARP) == 4U);
}

BOOST_AUTO_TEST_CASE(a_card_may_remember_longer_and_pad_more_than_others)
{
    Lan lan;
    CardConfig card;
    card.arpTimeout = Nanoseconds(2 * TIMEOUT);
    card.shortestFrame = 106;
    const Ipv4 disk{MailHost.value + 7};
    Segment::Port& port = lan.segment.Join(
        "disk",
        disk,
        MacAddress{{0, 0x15, 0x17, 0x22, 0xB2, 0x44}},
        [](const WirePacket&) {},
        card);
    const auto fromDisk = [&lan, &port]
    { lan.segment.Send(port, MailHost, MakePacket(lan.ledger, 1, Server, MailHost, 6, 40, 64)); };
    fromDisk();
    ns3::Simulator::Schedule(ns3::NanoSeconds(TIMEOUT + 1000000), fromDisk);
    lan.Send(TIMEOUT + 2000000, disk);
    ns3::Simulator::Run();
    // It asks once; the mail host, which was told then, has to ask when it answers.
    BOOST_REQUIRE(Lan::Count(lan.mirrored, ethertype::ARP) == 4U);
    BOOST_TEST(lan.mirrored[0].frame.source.ToString() == "00:15:17:22:b2:44");
    BOOST_TEST(lan.mirrored[0].frame.paddedTo == 106U);
    BOOST_TEST(lan.mirrored[1].frame.paddedTo == 60U);
    BOOST_TEST(lan.mirrored[3].frame.type == ethertype::IPV4);
    BOOST_TEST(lan.mirrored[4].frame.source.ToString() == "00:14:22:00:00:01");
    BOOST_TEST(lan.mirrored[4].frame.destination.ToString() == "ff:ff:ff:ff:ff:ff");
    BOOST_TEST(lan.mirrored[5].frame.paddedTo == 106U);
}

BOOST_AUTO_TEST_CASE(nobody_answers_for_an_address_that_nobody_has)
{
    Lan lan;
    lan.Send(0, Ipv4{MailHost.value + 100});
    ns3::Simulator::Run();
    BOOST_TEST(lan.arrived.empty());
    BOOST_REQUIRE(lan.mirrored.size() == 3U);
    BOOST_TEST(lan.mirrored[2].ns == 2000000000 + DELAY / 2);
    // It is asked for again when there is a packet again.
    lan.Send(0, Ipv4{MailHost.value + 100});
    ns3::Simulator::Run();
    BOOST_TEST(lan.mirrored.size() == 6U);
}

BOOST_AUTO_TEST_CASE(others_see_broadcasts_only)
{
    Lan lan;
    lan.Send(0);
    ns3::Simulator::Run();
    BOOST_REQUIRE(lan.atThird.size() == 1U);
    BOOST_TEST(lan.atThird[0].frame.type == ethertype::ARP);
    BOOST_TEST(lan.atThird[0].ns == DELAY);
    BOOST_TEST(lan.atThird[0].received);
}

BOOST_AUTO_TEST_SUITE_END()
