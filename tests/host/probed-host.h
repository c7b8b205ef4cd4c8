#ifndef BOUNCELAB_TESTS_HOST_PROBED_HOST_H
#define BOUNCELAB_TESTS_HOST_PROBED_HOST_H

#include "formats/packet.h"
#include "models/host/host.h"
#include "models/path/tcp-packet.h"
#include "models/path/unreachable-responder.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::host
{

/// What a probe drew.
struct ProbeAnswer
{
    path::IpHeader header;
    std::vector<std::uint8_t> octets; //!< Behind the IP header.
    TcpSegment segment;               //!< Of TCP.
    IcmpFields icmp;                  //!< Of ICMP.
};

/// A host that listens to one port and gets probes as `nmap -O` sends them (nmap's book, "TCP/IP
/// Fingerprinting Methods"); they come from ports of their own.
class ProbedHost
{
  public:
    static constexpr std::uint16_t OPEN = 25;
    static constexpr std::uint16_t CLOSED = 26;
    static constexpr std::uint32_t SEQUENCE = 1000;
    static constexpr std::uint32_t ACKNOWLEDGMENT = 5000;

    explicit ProbedHost(const StackProfile& profile)
        : m_host("server", ADDRESS, profile, HostStart(), {1, m_ledger})
        , m_unreachable([this](const path::WirePacket& p) { m_sent.push_back(p); },
                        1,
                        "server",
                        FiguresOf(profile),
                        nullptr)
    {
        m_unreachable.QuoteOctets(profile.quotedOctets);
        m_host.SetWire([this](const path::WirePacket& p) { m_sent.push_back(p); });
        m_host.SetOtherProtocols([this](const path::WirePacket& p) { m_unreachable.Take(p); });
        m_host.Listen(OPEN, [](ns3::Ptr<ProfileSocket>) {});
    }

    ~ProbedHost() { ns3::Simulator::Destroy(); }

    /// The n-th of the six SYNs, or 7: the probe for ECN. Only options, ports and flags differ.
    std::optional<ProbeAnswer> Syn(int number, std::uint16_t port = OPEN)
    {
        TcpSegment segment = Segment(tcp::SYN, port);
        segment.options.mss = 1460;
        segment.options.windowScale = 10;
        segment.options.sackPermitted = number != 3;
        segment.options.timestamp = number != 7;
        std::vector<TcpOptionKind> order{TcpOptionKind::Nop, TcpOptionKind::Mss};
        if (number != 6)
        {
            order.push_back(TcpOptionKind::WindowScale);
        }
        order.push_back(number == 3 ? TcpOptionKind::Nop : TcpOptionKind::SackPermitted);
        order.push_back(number == 7 ? TcpOptionKind::Nop : TcpOptionKind::Timestamp);
        segment.flags |= number == 7 ? tcp::ECE | tcp::CWR : 0;
        return Tcp(segment, order);
    }

    /// T2 to T7 but for their options.
    std::optional<ProbeAnswer> Tcp(std::uint8_t flags, std::uint16_t port)
    {
        return Tcp(Segment(flags, port), {});
    }

    /// U1: 300 octets to a port that nothing listens to.
    std::optional<ProbeAnswer> Udp()
    {
        std::vector<std::uint8_t> octets(UDP_BYTES + 300, 'C');
        Write16(&octets[0], ++m_port);
        Write16(&octets[2], 40000);
        Write16(&octets[4], static_cast<std::uint16_t>(octets.size()));
        Write16(&octets[6], 0);
        return Send(octets, protocol::UDP, false);
    }

    /// IE: the first has DF and a code, the second has none of them.
    std::optional<ProbeAnswer> Ping(bool isFirst)
    {
        std::vector<std::uint8_t> octets(ICMP_BYTES + (isFirst ? 120 : 150), 0);
        octets[0] = 8;
        octets[1] = isFirst ? 9 : 0;
        Write16(&octets[4], 77);
        Write16(&octets[6], isFirst ? 295 : 296);
        Write16(&octets[2], InternetChecksum({octets.data(), octets.size()}));
        return Send(octets, protocol::ICMP, isFirst);
    }

  private:
    static constexpr Ipv4 ADDRESS{0xCB83C650};
    static constexpr Ipv4 SCANNER{0x0A040104};

    static path::HopConfig FiguresOf(const StackProfile& profile)
    {
        path::HopConfig figures;
        figures.address = ADDRESS;
        figures.icmpTtl = profile.ttl;
        return figures;
    }

    TcpSegment Segment(std::uint8_t flags, std::uint16_t port)
    {
        TcpSegment segment;
        segment.sourcePort = ++m_port;
        segment.destinationPort = port;
        segment.sequence = SEQUENCE;
        segment.acknowledgment = ACKNOWLEDGMENT;
        segment.flags = flags;
        segment.window = 1024;
        segment.options.timestampValue = 0xFFFFFFFF;
        return segment;
    }

    std::optional<ProbeAnswer> Tcp(const TcpSegment& segment,
                                   const std::vector<TcpOptionKind>& order)
    {
        const path::WirePacket packet = path::PacketOf(segment, order, SCANNER, ADDRESS);
        return Send(path::OctetsOf(*packet.payload), protocol::TCP, true);
    }

    std::optional<ProbeAnswer> Send(const std::vector<std::uint8_t>& octets,
                                    std::uint8_t protocol,
                                    bool dontFragment)
    {
        path::WirePacket probe;
        probe.payload =
            ns3::Create<ns3::Packet>(octets.data(), static_cast<std::uint32_t>(octets.size()));
        probe.header.SetSource(SCANNER);
        probe.header.SetDestination(ADDRESS);
        probe.header.SetProtocol(protocol);
        probe.header.SetPayloadSize(static_cast<std::uint16_t>(octets.size()));
        probe.header.SetTtl(55);
        probe.header.SetIdentification(0x1042);
        dontFragment ? probe.header.SetDontFragment() : probe.header.SetMayFragment();
        provenance::SetOrigin(probe.payload, m_ledger.Born(9));
        m_sent.clear();
        m_host.Receive(probe);
        ns3::Simulator::Stop(ns3::MilliSeconds(100));
        ns3::Simulator::Run();
        if (m_sent.empty())
        {
            return std::nullopt;
        }
        ProbeAnswer answer;
        answer.header = m_sent.front().header;
        answer.octets = path::OctetsOf(*m_sent.front().payload);
        const ByteView all{answer.octets.data(), answer.octets.size()};
        answer.segment = ParseTcp(all).value_or(TcpSegment());
        answer.icmp = ParseIcmp(all).value_or(IcmpFields());
        return answer;
    }

    provenance::Ledger m_ledger;
    std::vector<path::WirePacket> m_sent;
    Host m_host;
    path::UnreachableResponder m_unreachable;
    std::uint16_t m_port = 40000;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_TESTS_HOST_PROBED_HOST_H
