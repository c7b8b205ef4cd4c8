#include "models/path/traceroute.h"

#include "formats/packet.h"
#include "formats/random.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/icmpv4-l4-protocol.h>
#include <ns3/simulator.h>
#include <ns3/udp-header.h>
#include <ns3/udp-l4-protocol.h>

#include <algorithm>

namespace bouncelab::path
{

namespace
{

/// The program's port: its process number with the top bit set.
std::uint16_t
PortOfProcess(std::uint64_t seed, const std::string& actor)
{
    const std::int64_t process = DrawKey(seed, actor)("process").Between(100, 99999);
    return static_cast<std::uint16_t>(process | 0x8000);
}

void
PutLittleEndian(std::uint8_t* at, std::uint32_t value)
{
    for (int i = 0; i < 4; ++i)
    {
        at[i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

} // namespace

Traceroute::Traceroute(Router& gateway,
                       Ipv4 source,
                       provenance::Ledger& ledger,
                       std::uint64_t seed,
                       const std::string& actor,
                       const TracerouteConfig& config)
    : m_gateway(gateway)
    , m_source(source)
    , m_ledger(ledger)
    , m_actor(ledger.RegisterActor(actor))
    , m_ident(config.sourcePort ? config.sourcePort : PortOfProcess(seed, actor))
{
    m_result.config = config;
    m_gateway.AddLocalHandler([this](const WirePacket& packet) { Take(packet); });
}

void
Traceroute::Start()
{
    m_result.hops.push_back({1, {}});
    NextProbe();
}

void
Traceroute::OnFinished(std::function<void(const TracerouteResult&)> finished)
{
    m_finished = std::move(finished);
}

void
Traceroute::NextProbe()
{
    ++m_sequence;
    TracerouteHop& hop = m_result.hops.back();
    hop.probes.push_back({SimNow(), std::nullopt});
    m_waiting = true;
    m_timeout = ns3::Simulator::Schedule(ns3::NanoSeconds(m_result.config.timeout.count()),
                                         [this] { Settle(nullptr); });
    m_gateway.Send(MakeProbe(hop.ttl, hop.probes.back().sent));
}

WirePacket
Traceroute::MakeProbe(std::uint8_t ttl, SimTime sent) const
{
    // struct outdata: sequence, TTL, two octets of padding, the time of sending.
    const std::uint32_t dataBytes = std::max<std::uint32_t>(m_result.config.packetBytes, 40) -
                                    static_cast<std::uint32_t>(IPV4_BYTES + UDP_BYTES);
    std::vector<std::uint8_t> data(dataBytes, 0);
    data[0] = static_cast<std::uint8_t>(m_sequence);
    data[1] = ttl;
    const std::int64_t stamp = sent.time_since_epoch() / std::chrono::microseconds(1);
    PutLittleEndian(&data[4], static_cast<std::uint32_t>(stamp / 1000000));
    PutLittleEndian(&data[8], static_cast<std::uint32_t>(stamp % 1000000));

    const ns3::Ipv4Address source(m_source.value);
    const ns3::Ipv4Address target(m_result.config.target.value);
    ns3::UdpHeader udp;
    udp.SetSourcePort(m_ident);
    udp.SetDestinationPort(static_cast<std::uint16_t>(m_result.config.basePort + m_sequence));
    udp.EnableChecksums();
    udp.InitializeChecksum(source, target, ns3::UdpL4Protocol::PROT_NUMBER);

    WirePacket probe;
    probe.payload = ns3::Create<ns3::Packet>(data.data(), dataBytes);
    probe.payload->AddHeader(udp);
    provenance::SetOrigin(probe.payload, m_ledger.Born(m_actor));
    probe.header.SetSource(source);
    probe.header.SetDestination(target);
    probe.header.SetProtocol(ns3::UdpL4Protocol::PROT_NUMBER);
    probe.header.SetPayloadSize(static_cast<std::uint16_t>(probe.payload->GetSize()));
    probe.header.SetTtl(ttl);
    probe.header.SetIdentification(static_cast<std::uint16_t>(m_ident + m_sequence));
    probe.header.SetMayFragment();
    probe.header.EnableChecksum();
    return probe;
}

void
Traceroute::Take(const WirePacket& packet)
{
    if (!m_waiting || packet.header.GetProtocol() != ns3::Icmpv4L4Protocol::PROT_NUMBER ||
        packet.payload->GetSize() < 36)
    {
        return;
    }
    const ns3::Ptr<ns3::Packet> message = packet.payload->Copy();
    ns3::Icmpv4Header icmp;
    message->RemoveHeader(icmp);
    std::uint8_t udp[8];
    bool answers = false;
    if (icmp.GetType() == ns3::Icmpv4Header::ICMPV4_TIME_EXCEEDED &&
        icmp.GetCode() == ns3::Icmpv4TimeExceeded::ICMPV4_TIME_TO_LIVE)
    {
        ns3::Icmpv4TimeExceeded error;
        message->RemoveHeader(error);
        error.GetData(udp);
        answers = AnswersLastProbe(error.GetHeader(), udp);
    }
    else if (icmp.GetType() == ns3::Icmpv4Header::ICMPV4_DEST_UNREACH)
    {
        ns3::Icmpv4DestinationUnreachable error;
        message->RemoveHeader(error);
        error.GetData(udp);
        answers = AnswersLastProbe(error.GetHeader(), udp);
    }
    if (answers)
    {
        const TracerouteAnswer answer{Ipv4{packet.header.GetSource().Get()},
                                      SimNow(),
                                      icmp.GetType(),
                                      icmp.GetCode(),
                                      packet.header.GetTtl()};
        Settle(&answer);
    }
}

bool
Traceroute::AnswersLastProbe(const ns3::Ipv4Header& quoted, const std::uint8_t (&udp)[8]) const
{
    const auto port = static_cast<std::uint16_t>(m_result.config.basePort + m_sequence);
    return quoted.GetProtocol() == ns3::UdpL4Protocol::PROT_NUMBER &&
           quoted.GetDestination().Get() == m_result.config.target.value &&
           (udp[0] << 8 | udp[1]) == m_ident && (udp[2] << 8 | udp[3]) == port;
}

void
Traceroute::Settle(const TracerouteAnswer* answer)
{
    m_waiting = false;
    m_timeout.Cancel();
    TracerouteHop& hop = m_result.hops.back();
    if (answer)
    {
        hop.probes.back().answer = *answer;
    }
    if (hop.probes.size() == m_result.config.probes)
    {
        if (EndsHere(hop))
        {
            m_result.finished = true;
            if (m_finished)
            {
                m_finished(m_result);
            }
            return;
        }
        m_result.hops.push_back({static_cast<std::uint8_t>(hop.ttl + 1), {}});
    }
    ns3::Simulator::Schedule(ns3::NanoSeconds(m_result.config.turnround.count()),
                             &Traceroute::NextProbe,
                             this);
}

bool
Traceroute::EndsHere(const TracerouteHop& hop) const
{
    bool there = false;
    int unreachable = 0;
    for (const TracerouteProbe& probe : hop.probes)
    {
        if (probe.answer && probe.answer->icmpType == ns3::Icmpv4Header::ICMPV4_DEST_UNREACH)
        {
            const std::uint8_t code = probe.answer->icmpCode;
            const bool reached =
                code == ns3::Icmpv4DestinationUnreachable::ICMPV4_PORT_UNREACHABLE ||
                code == ns3::Icmpv4DestinationUnreachable::ICMPV4_PROTOCOL_UNREACHABLE;
            there |= reached;
            unreachable += !reached;
        }
    }
    return there || (unreachable > 0 && unreachable >= m_result.config.probes - 1) ||
           hop.ttl >= m_result.config.maxHops;
}

} // namespace bouncelab::path
