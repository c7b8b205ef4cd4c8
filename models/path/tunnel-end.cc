#include "models/path/tunnel-end.h"

#include "formats/random.h"
#include "models/path/ns3-header.h"
#include "models/path/sealed-origin-tag.h"
#include "models/path/tcp-packet.h"

#include <ns3/udp-header.h>

#include <algorithm>
#include <array>

namespace bouncelab::path
{

namespace
{

constexpr std::uint32_t MarkerBytes = 4; //!< Four zeros where ESP has its SPI (RFC 3948 2.2).

bool
HasMarker(const std::uint8_t* octets)
{
    return std::all_of(octets, octets + MarkerBytes, [](std::uint8_t octet) { return octet == 0; });
}

std::uint16_t
DestinationPort(const std::array<std::uint8_t, 12>& head)
{
    return Read16(&head[2]);
}

} // namespace

TunnelEnd::TunnelEnd(const Setup& setup)
    : m_setup(setup)
    , m_nextId(static_cast<std::uint16_t>(DrawKey(setup.seed, setup.actor)("ip-id").Value()))
{
    if (m_setup.ledger)
    {
        m_actor = m_setup.ledger->RegisterActor(m_setup.actor);
    }
}

WirePacket
TunnelEnd::Seal(const WirePacket& inner)
{
    m_plain = OctetsOf(*Whole(inner));
    SealEsp(m_setup.out, ++m_sequenceOut, m_plain.data(), m_plain.size(), m_message);
    const provenance::Origin origin = provenance::OriginOf(inner.payload);
    const WirePacket outer = Wrap(NatPort, false, origin.cause);
    outer.payload->AddPacketTag(SealedOriginTag(origin));
    ++m_counts.sealed;
    return outer;
}

std::optional<WirePacket>
TunnelEnd::Open(const WirePacket& outer)
{
    m_message = OctetsOf(*outer.payload);
    const auto sequence =
        OpenEsp(m_setup.in, m_message.data() + UDP_BYTES, m_message.size() - UDP_BYTES, m_plain);
    if (!sequence || *sequence <= m_sequenceIn || m_plain.size() < IPV4_BYTES)
    {
        ++m_counts.rejected;
        return std::nullopt;
    }
    m_sequenceIn = *sequence;
    WirePacket inner = TakenApart(
        ns3::Create<ns3::Packet>(m_plain.data(), static_cast<std::uint32_t>(m_plain.size())));
    SealedOriginTag origin;
    if (outer.payload->PeekPacketTag(origin))
    {
        provenance::SetOrigin(inner.payload, origin.Get());
    }
    ++m_counts.opened;
    return inner;
}

WirePacket
TunnelEnd::Ike(const IkeSession& session, IkeMessage message)
{
    WriteIke(session, message, m_message);
    if (message == IkeMessage::InitRequest || message == IkeMessage::InitResponse)
    {
        return Wrap(IkePort, true, 0);
    }
    m_message.insert(m_message.begin(), MarkerBytes, 0);
    return Wrap(NatPort, true, 0);
}

WirePacket
TunnelEnd::Keepalive()
{
    m_message.assign(1, 0xFF);
    return Wrap(NatPort, true, 0);
}

WirePacket
TunnelEnd::Wrap(std::uint16_t port, bool checksum, provenance::CauseId cause)
{
    ns3::UdpHeader udp;
    udp.SetSourcePort(port);
    udp.SetDestinationPort(port);
    if (checksum)
    {
        udp.EnableChecksums();
        udp.InitializeChecksum(ToNs3Ipv4(m_setup.address), ToNs3Ipv4(m_setup.peer), protocol::UDP);
    }
    WirePacket packet;
    packet.payload =
        ns3::Create<ns3::Packet>(m_message.data(), static_cast<std::uint32_t>(m_message.size()));
    packet.payload->AddHeader(udp);
    if (m_setup.ledger)
    {
        provenance::SetOrigin(packet.payload, m_setup.ledger->Born(m_actor, cause));
    }
    packet.header.SetSource(m_setup.address);
    packet.header.SetDestination(m_setup.peer);
    packet.header.SetProtocol(protocol::UDP);
    packet.header.SetPayloadSize(static_cast<std::uint16_t>(packet.payload->GetSize()));
    packet.header.SetTtl(m_setup.ttl);
    packet.header.SetIdentification(m_nextId++);
    return packet;
}

bool
TunnelEnd::IsFromPeer(const WirePacket& packet) const
{
    std::array<std::uint8_t, 12> head{};
    return packet.header.GetProtocol() == protocol::UDP &&
           packet.header.GetSource() == m_setup.peer &&
           packet.header.GetDestination() == m_setup.address &&
           packet.payload->CopyData(head.data(), head.size()) > UDP_BYTES &&
           (DestinationPort(head) == IkePort || DestinationPort(head) == NatPort);
}

bool
TunnelEnd::IsEsp(const WirePacket& outer)
{
    std::array<std::uint8_t, 12> head{};
    return outer.payload->CopyData(head.data(), head.size()) == head.size() &&
           DestinationPort(head) == NatPort && !HasMarker(&head[UDP_BYTES]);
}

std::optional<IkeMessage>
TunnelEnd::IkeOf(const WirePacket& outer, const IkeSession& session)
{
    const std::vector<std::uint8_t> octets = OctetsOf(*outer.payload);
    const bool marked = octets.size() > 3 && Read16(&octets[2]) == NatPort;
    const std::size_t skip = UDP_BYTES + (marked ? MarkerBytes : 0);
    if (octets.size() < skip || (marked && !HasMarker(&octets[UDP_BYTES])))
    {
        return std::nullopt;
    }
    return ReadIke(session, octets.data() + skip, octets.size() - skip);
}

} // namespace bouncelab::path
