#include "formats/random.h"
#include "models/path/traceroute.h"
#include "models/path/unreachable-responder.h"
#include "models/provenance/origin-tag.h"
#include "tests/draw-sequence.h"
#include "tests/path/path-rig.h"
#include "tests/path/star.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::uint8_t Tcp = 6;
constexpr std::uint8_t Udp = 17;
constexpr std::uint8_t Icmp = 1;

enum class Family
{
    V4,
    V6,
};

/// The address, or the one of IPv6 that has it in its last octets.
IpAddress
In(Family family, const IpAddress& address)
{
    std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0D, 0xB8};
    const auto mapped = address.Bytes();
    std::copy(mapped.begin() + 12, mapped.end(), bytes.begin() + 12);
    return family == Family::V6 ? IpAddress::OfIpv6(bytes.data()) : address;
}

std::vector<HopConfig>
InsideHops(tests::DrawSequence& shape, bool lossy, Family family)
{
    std::vector<HopConfig> inside = RandomHops(shape, 2, lossy);
    inside.front().address = Ipv4{GatewayInside.value + 1};
    inside.back().address = GatewayInside;
    for (HopConfig& hop : inside)
    {
        hop.address = In(family, hop.address);
    }
    return inside;
}

enum class Links
{
    Plain,
    Disturbed, //!< And with gates.
};

/// Gives some hops what changes the number, order, size or TTL of packets.
void
Disturb(tests::DrawSequence& draws, std::vector<HopConfig>& hops)
{
    for (HopConfig& hop : hops)
    {
        hop.duplicatePerMillion = draws.Chance(200000) ? 200000 : 0;
        hop.duplicateDelay = Nanoseconds(draws.Chance(500000) ? 0 : draws.Between(1, 3000000));
        hop.reorderPerMillion = draws.Chance(200000) ? 200000 : 0;
        hop.reorderDelay = Nanoseconds(draws.Between(1, 4000000));
        hop.queuePackets =
            draws.Chance(200000) ? 1 + static_cast<std::uint32_t>(draws.Below(3)) : 0;
        hop.queueBytes = draws.Chance(200000) ? 2000 : 0;
        hop.mtu = draws.Chance(150000) ? 1000 : 0;
        hop.icmpTooBig = draws.Chance(700000);
        if (draws.Chance(200000))
        {
            DetourConfig& detour = hop.detour.emplace();
            detour.hops = static_cast<std::uint8_t>(1 + draws.Below(3));
            detour.delay = Nanoseconds(draws.Chance(500000) ? 0 : draws.Between(1, 2000000));
            detour.perMillion = 500000;
            detour.by = draws.Chance(500000) ? DetourUnit::Flow : DetourUnit::Packet;
            detour.direction = draws.Chance(700000)   ? DetourDirection::Both
                               : draws.Chance(500000) ? DetourDirection::Outward
                                                      : DetourDirection::Inward;
            detour.from = Nanoseconds(draws.Between(0, 10000000));
            detour.until =
                Nanoseconds(draws.Chance(500000) ? 0 : draws.Between(10000000, 30000000));
        }
    }
}

/// Overlapping random flows between the mail host and two servers, an injector and a tap on each
/// chain, and a traceroute to each server meanwhile; in one form.
class RandomWorld
{
  public:
    RandomWorld(PathForm form,
                std::uint64_t seed,
                Family family,
                Links links = Links::Plain,
                bool gated = false)
        : m_seed(seed)
        , m_family(family)
        , m_links(links)
        , m_gated(gated)
        , m_shape(seed, "shape")
        , m_lossy(m_shape.Chance(500000))
        , m_gateway({"gateway",
                     seed,
                     form,
                     In(family, MailHost),
                     InsideHops(m_shape, m_lossy, family),
                     In(family, GatewayOutside),
                     &m_ledger})
        , m_host(m_ledger.RegisterActor("host"))
        , m_injector(m_ledger.RegisterActor("injector"))
    {
        for (std::uint32_t i = 0; i < 2; ++i)
        {
            AddServer(In(family, Ipv4{Server.value + i}), "server-" + std::to_string(i));
        }
        m_gateway.ObserveInside(m_recorder.Observer("gateway-inside"));
        m_gateway.AddLocalHandler(m_recorder.Handler("gateway"));
        m_gateway.Inside().SetHandler(PathEnd::Near, m_recorder.Handler("mail-host"));
        tests::DrawSequence traffic(seed, "traffic");
        for (int i = 0; i < 120; ++i)
        {
            ScheduleBirth(traffic);
        }
    }

    /// Everything seen anywhere, in order, and the traceroutes' texts.
    std::vector<std::string> Run()
    {
        ns3::Simulator::Run();
        ns3::Simulator::Destroy();
        std::vector<std::string> records = m_recorder.Records();
        for (const Traceroute& trace : m_traces)
        {
            BOOST_TEST(trace.Result().finished);
            records.push_back(TracerouteText(trace.Result()));
        }
        return records;
    }

    PathCounts Counts() const
    {
        PathCounts sum;
        for (const NetworkPath* chain : m_chains)
        {
            const PathCounts& counts = chain->Counts();
            BOOST_TEST(counts.InFlight() == 0U);
            sum.entered += counts.entered;
            sum.inserted += counts.inserted;
            sum.icmp += counts.icmp;
            sum.delivered += counts.delivered;
            sum.lost += counts.lost;
            sum.expired += counts.expired;
            sum.copied += counts.copied;
            sum.dropped += counts.dropped;
            sum.taken += counts.taken;
        }
        return sum;
    }

  private:
    void AddServer(IpAddress address, const std::string& name)
    {
        const auto count = 2 + static_cast<std::uint32_t>(m_shape.Below(14));
        std::vector<HopConfig> hops = RandomHops(m_shape, count, m_lossy);
        for (HopConfig& hop : hops)
        {
            hop.address = In(m_family, hop.address);
        }
        hops.back().address = address;
        if (m_links == Links::Disturbed)
        {
            Disturb(m_shape, hops);
        }
        NetworkPath& chain = m_gateway.AddServer(name, hops);
        m_chains.push_back(&chain);

        UnreachableResponder& unreachable =
            m_unreachable.emplace_back(chain, PathEnd::Far, m_seed, name, hops.back(), &m_ledger);
        chain.SetHandler(PathEnd::Far,
                         [this, &chain, &unreachable, address, write = m_recorder.Handler(name)](
                             const WirePacket& packet)
                         {
                             write(packet);
                             if (!unreachable.Take(packet) && packet.header.GetProtocol() == Tcp)
                             {
                                 const IpAddress peer = packet.header.GetSource();
                                 chain.Enter(
                                     PathEnd::Far,
                                     MakePacket(m_ledger, m_host, address, peer, Tcp, 200, 64));
                             }
                         });

        const auto at = 1 + static_cast<std::uint32_t>(m_shape.Below(count));
        if (m_gated)
        {
            AddGate(chain, at, "gate-" + name);
            AddGate(chain, 1 + (at + 2) % count, "far-gate-" + name);
        }
        chain.ObserveAt(at, m_recorder.Observer("tap-" + name));
        chain.ObserveAt(at,
                        [this, &chain, at, moods = tests::DrawSequence(m_seed, "injector-" + name)](
                            Direction direction,
                            const WirePacket& packet) mutable
                        {
                            if (direction == Direction::Outbound &&
                                packet.header.GetProtocol() == Tcp && moods.Chance(500000))
                            {
                                Forge(chain, at, moods);
                            }
                        });

        TracerouteConfig trace;
        trace.target = address;
        trace.maxHops = 20;
        trace.timeout = Nanoseconds(100000000);
        Traceroute& traceroute = m_traces.emplace_back(m_gateway,
                                                       In(m_family, GatewayOutside),
                                                       m_ledger,
                                                       m_seed,
                                                       "traceroute-" + name,
                                                       trace);
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_shape.Between(0, 9999999)),
                                 [&traceroute] { traceroute.Start(); });
    }

    /// Keeps some packets of either direction, for a while or for good.
    void AddGate(NetworkPath& chain, std::uint32_t at, const std::string& name)
    {
        chain.GateAt(
            at,
            [this, &chain, at, name, write = m_recorder.Handler(name)](Direction direction,
                                                                       const WirePacket& packet)
            {
                write(packet);
                Draw draw =
                    DrawKey(m_seed, name)("fate", provenance::OriginOf(packet.payload).serial);
                const bool keeps = draw.Chance(250000);
                const bool releases = draw.Chance(600000);
                const std::int64_t held = draw.Between(0, 3) * 700000;
                if (keeps && releases)
                {
                    ns3::Simulator::Schedule(ns3::NanoSeconds(held),
                                             [&chain, at, direction, packet]
                                             { chain.InsertAt(at, direction, packet); });
                }
                return !keeps;
            });
    }

    /// Adds a packet either way, at once or later, some to die on the way.
    void Forge(NetworkPath& chain, std::uint32_t at, tests::DrawSequence& moods)
    {
        const bool asClient = moods.Chance(300000);
        const auto ttl = static_cast<std::uint8_t>(moods.Chance(500000) ? 64 : 1 + moods.Below(9));
        const auto insert = [this, &chain, at, asClient, ttl]
        {
            const IpAddress server = chain.Setup().hostAddress;
            chain.InsertAt(at,
                           asClient ? Direction::Outbound : Direction::Inbound,
                           MakePacket(m_ledger,
                                      m_injector,
                                      asClient ? In(m_family, MailHost) : server,
                                      asClient ? server : In(m_family, MailHost),
                                      Tcp,
                                      31,
                                      ttl));
        };
        if (moods.Chance(300000))
        {
            insert();
            return;
        }
        ns3::Simulator::Schedule(ns3::NanoSeconds(moods.Between(0, 4000000)), insert);
    }

    void ScheduleBirth(tests::DrawSequence& traffic)
    {
        const auto time = ns3::NanoSeconds(traffic.Between(0, 80000000));
        NetworkPath* chain = m_chains[traffic.Below(m_chains.size())];
        const bool outbound = traffic.Chance(600000);
        const bool atGateway = traffic.Chance(200000);
        const std::uint8_t protocol = traffic.Chance(600000)   ? Tcp
                                      : traffic.Chance(800000) ? Udp
                                                               : Icmp;
        const auto ttl =
            static_cast<std::uint8_t>(traffic.Chance(600000) ? 64 : 1 + traffic.Below(17));
        const auto bytes = static_cast<std::uint32_t>(8 + traffic.Below(1200));
        const bool fragment = traffic.Chance(50000) && m_family == Family::V4;
        ns3::Simulator::Schedule(time,
                                 [=]
                                 {
                                     const IpAddress site =
                                         In(m_family, atGateway ? GatewayOutside : MailHost);
                                     const IpAddress server = chain->Setup().hostAddress;
                                     WirePacket packet = MakePacket(m_ledger,
                                                                    m_host,
                                                                    outbound ? site : server,
                                                                    outbound ? server : site,
                                                                    protocol,
                                                                    bytes,
                                                                    ttl);
                                     packet.header.SetFragmentOffset(fragment ? 1480 : 0);
                                     if (!outbound)
                                     {
                                         chain->Enter(PathEnd::Far, packet);
                                     }
                                     else if (atGateway)
                                     {
                                         m_gateway.Send(packet);
                                     }
                                     else
                                     {
                                         m_gateway.Inside().Enter(PathEnd::Near, packet);
                                     }
                                 });
    }

    std::uint64_t m_seed;
    Family m_family;
    Links m_links;
    bool m_gated;
    tests::DrawSequence m_shape;
    bool m_lossy;
    PacketRecorder m_recorder;
    provenance::Ledger m_ledger;
    SiteGateway m_gateway;
    provenance::ActorId m_host;
    provenance::ActorId m_injector;
    std::vector<NetworkPath*> m_chains;
    std::deque<UnreachableResponder> m_unreachable;
    std::deque<Traceroute> m_traces;
};

/// \return what happened in all of them
PathCounts
CompareForms(Family family, std::uint64_t seeds, Links links = Links::Plain, bool gated = false)
{
    EnableChecksums();
    PathCounts sum;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    {
        RandomWorld channel(PathForm::Channel, seed, family, links, gated);
        const auto ours = channel.Run();
        RandomWorld routers(PathForm::Routers, seed, family, links, gated);
        const auto theirs = routers.Run();
        for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i)
        {
            BOOST_REQUIRE_MESSAGE(ours[i] == theirs[i],
                                  "seed " << seed << " record " << i << "\nchannel " << ours[i]
                                          << "\nrouters " << theirs[i]);
        }
        BOOST_REQUIRE(ours.size() == theirs.size());
        const PathCounts counts = channel.Counts();
        const PathCounts reference = routers.Counts();
        BOOST_TEST(counts.delivered == reference.delivered);
        BOOST_TEST(counts.lost == reference.lost);
        BOOST_TEST(counts.expired == reference.expired);
        BOOST_TEST(counts.icmp == reference.icmp);
        BOOST_TEST(counts.inserted == reference.inserted);
        BOOST_TEST(counts.copied == reference.copied);
        BOOST_TEST(counts.dropped == reference.dropped);
        BOOST_TEST(counts.taken == reference.taken);
        sum.icmp += counts.icmp;
        sum.lost += counts.lost;
        sum.expired += counts.expired;
        sum.inserted += counts.inserted;
        sum.copied += counts.copied;
        sum.dropped += counts.dropped;
        sum.taken += counts.taken;
    }
    return sum;
}

} // namespace

BOOST_AUTO_TEST_SUITE(form_identity)

BOOST_AUTO_TEST_CASE(random_worlds_are_the_same_bytes_in_both_forms)
{
    const PathCounts sum = CompareForms(Family::V4, 60);
    // The worlds were eventful enough to tell the forms apart.
    BOOST_TEST(sum.icmp > 2000U);
    BOOST_TEST(sum.lost > 100U);
    BOOST_TEST(sum.expired > sum.icmp + 50);
    BOOST_TEST(sum.inserted > 500U);
}

BOOST_AUTO_TEST_CASE(so_they_are_over_ipv6)
{
    const PathCounts sum = CompareForms(Family::V6, 20);
    BOOST_TEST(sum.icmp > 500U);
    BOOST_TEST(sum.lost > 30U);
    BOOST_TEST(sum.expired > sum.icmp);
    BOOST_TEST(sum.inserted > 100U);
}

BOOST_AUTO_TEST_CASE(so_they_are_where_links_disturb)
{
    for (const Family family : {Family::V4, Family::V6})
    {
        const PathCounts sum = CompareForms(family, 40, Links::Disturbed);
        BOOST_TEST(sum.icmp > 500U);
        BOOST_TEST(sum.copied > 100U);
        BOOST_TEST(sum.dropped > 100U);
        BOOST_TEST(sum.inserted > 100U);
    }
}

BOOST_AUTO_TEST_CASE(gates_that_hold_and_drop_are_the_same_in_both_forms)
{
    const PathCounts sum = CompareForms(Family::V4, 30, Links::Plain, true);
    BOOST_TEST(sum.taken > 1000U);
    BOOST_TEST(CompareForms(Family::V6, 10, Links::Plain, true).taken > 300U);
}

BOOST_AUTO_TEST_CASE(so_are_gates_on_links_that_disturb)
{
    const PathCounts sum = CompareForms(Family::V4, 30, Links::Disturbed, true);
    BOOST_TEST(sum.taken > 1000U);
    BOOST_TEST(sum.dropped > 100U);
}

BOOST_AUTO_TEST_CASE(the_same_world_twice_is_the_same_bytes)
{
    EnableChecksums();
    for (const PathForm form : {PathForm::Channel, PathForm::Routers})
    {
        RandomWorld first(form, 7, Family::V4);
        const auto once = first.Run();
        RandomWorld second(form, 7, Family::V4);
        BOOST_TEST((once == second.Run()));
        RandomWorld other(form, 8, Family::V4);
        BOOST_TEST((once != other.Run()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
