#include "models/path/traceroute.h"

#include "formats/packet.h"
#include "formats/random.h"
#include "models/path/octets.h"
#include "models/path/rewrite.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

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

// What an answer is: as IPv4 numbers it (RFC 792), and ICMPv6's that means the same (RFC 4443).
constexpr std::uint8_t UNREACHABLE = 3;
constexpr std::uint8_t TIME_EXCEEDED = 11;
constexpr std::uint8_t HOST_CODE = 1;
constexpr std::uint8_t PROTOCOL_CODE = 2;
constexpr std::uint8_t PORT_CODE = 3;

TracerouteAnswer
AnswerOf(const WirePacket& packet)
{
    const std::vector<std::uint8_t> octets = OctetsOf(*packet.payload);
    TracerouteAnswer answer{packet.header.GetSource(),
                            SimNow(),
                            octets[0],
                            octets[1],
                            packet.header.GetTtl()};
    if (packet.header.IsIpv6())
    {
        const bool isUnreachable = octets[0] == icmpv6::UNREACHABLE;
        answer.icmpType = isUnreachable                        ? UNREACHABLE
                          : octets[0] == icmpv6::TIME_EXCEEDED ? TIME_EXCEEDED
                                                               : std::uint8_t{0};
        answer.icmpCode = !isUnreachable                          ? octets[1]
                          : octets[1] == icmpv6::PORT_UNREACHABLE ? PORT_CODE
                                                                  : HOST_CODE;
    }
    return answer;
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
                       IpAddress source,
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
    m_result.source = source;
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
    std::vector<std::uint8_t> data(m_result.DataBytes(), 0);
    data[0] = static_cast<std::uint8_t>(m_sequence);
    data[1] = ttl;
    const std::int64_t stamp = sent.time_since_epoch() / std::chrono::microseconds(1);
    PutLittleEndian(&data[4], static_cast<std::uint32_t>(stamp / 1000000));
    PutLittleEndian(&data[8], static_cast<std::uint32_t>(stamp % 1000000));

    std::vector<std::uint8_t> octets;
    AppendNumber(octets, m_ident, 2);
    AppendNumber(octets, static_cast<std::uint16_t>(m_result.config.basePort + m_sequence), 2);
    AppendNumber(octets, UDP_BYTES + data.size(), 2);
    AppendNumber(octets, 0, 2);
    octets.insert(octets.end(), data.begin(), data.end());
    Write16(&octets[6],
            TransportChecksum(m_source,
                              m_result.config.target,
                              protocol::UDP,
                              {octets.data(), octets.size()}));

    WirePacket probe;
    probe.payload =
        ns3::Create<ns3::Packet>(octets.data(), static_cast<std::uint32_t>(octets.size()));
    provenance::SetOrigin(probe.payload, m_ledger.Born(m_actor));
    probe.header.SetSource(m_source);
    probe.header.SetDestination(m_result.config.target);
    probe.header.SetProtocol(protocol::UDP);
    probe.header.SetPayloadSize(static_cast<std::uint16_t>(probe.payload->GetSize()));
    probe.header.SetTtl(ttl);
    probe.header.SetIdentification(static_cast<std::uint16_t>(m_ident + m_sequence));
    return probe;
}

void
Traceroute::Take(const WirePacket& packet)
{
    const auto quoted = m_waiting ? QuotedEndpointsOf(packet) : std::nullopt;
    if (!quoted || !IsLastProbe(*quoted))
    {
        return;
    }
    const TracerouteAnswer answer = AnswerOf(packet);
    if (answer.icmpType == UNREACHABLE ||
        (answer.icmpType == TIME_EXCEEDED && answer.icmpCode == 0))
    {
        Settle(&answer);
    }
}

bool
Traceroute::IsLastProbe(const Endpoints& quoted) const
{
    const auto port = static_cast<std::uint16_t>(m_result.config.basePort + m_sequence);
    return quoted.protocol == protocol::UDP && quoted.source.port == m_ident &&
           quoted.destination == Endpoint{m_result.config.target, port};
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
        if (probe.answer && probe.answer->icmpType == UNREACHABLE)
        {
            const std::uint8_t code = probe.answer->icmpCode;
            const bool reached = code == PORT_CODE || code == PROTOCOL_CODE;
            there |= reached;
            unreachable += !reached;
        }
    }
    return there || (unreachable > 0 && unreachable >= m_result.config.probes - 1) ||
           hop.ttl >= m_result.config.maxHops;
}

} // namespace bouncelab::path
