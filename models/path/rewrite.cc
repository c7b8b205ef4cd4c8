#include "models/path/rewrite.h"

#include "formats/packet.h"

#include <ns3/abort.h>
#include <ns3/header.h>

#include <algorithm>
#include <array>

namespace bouncelab::path
{

namespace
{

constexpr std::uint8_t EchoReply = 0;
constexpr std::uint8_t EchoRequest = 8;
constexpr std::uint32_t QuotedBytes = 8;

/// The first octets of a payload, to be read and changed.
struct PayloadHead
{
    std::array<std::uint8_t, 60> octets{};
    std::uint32_t size = 0;

    explicit PayloadHead(const WirePacket& packet)
        : size(packet.payload->CopyData(octets.data(), octets.size()))
    {
    }

    std::uint16_t At(std::uint32_t offset) const { return Read16(&octets[offset]); }

    void Put(std::uint32_t offset, std::uint16_t value) { Write16(&octets[offset], value); }
};

/// Puts octets in front of a packet, whatever they mean.
class OctetHeader : public ns3::Header
{
  public:
    explicit OctetHeader(const PayloadHead& head)
        : m_head(head)
    {
    }

    ns3::TypeId GetInstanceTypeId() const override
    {
        static ns3::TypeId tid = ns3::TypeId("bouncelab::OctetHeader")
                                     .SetParent<ns3::Header>()
                                     .SetGroupName("bouncelab");
        return tid;
    }

    std::uint32_t GetSerializedSize() const override { return m_head.size; }

    void Serialize(ns3::Buffer::Iterator start) const override
    {
        start.Write(m_head.octets.data(), m_head.size);
    }

    std::uint32_t Deserialize(ns3::Buffer::Iterator start) override
    {
        start.Read(m_head.octets.data(), m_head.size);
        return m_head.size;
    }

    void Print(std::ostream& os) const override { os << m_head.size << " octets"; }

  private:
    PayloadHead m_head;
};

void
ReplaceHead(WirePacket& packet, const PayloadHead& head)
{
    packet.payload = packet.payload->Copy();
    packet.payload->RemoveAtStart(head.size);
    packet.payload->AddHeader(OctetHeader(head));
}

/// Adjusts the checksum at an offset for an endpoint that changes. Zero means none in UDP.
void
AdjustTransport(PayloadHead& head,
                std::uint32_t offset,
                std::uint8_t protocol,
                Endpoint before,
                Endpoint after)
{
    std::uint16_t checksum = head.At(offset);
    if (protocol == protocol::UDP && checksum == 0)
    {
        return;
    }
    if (protocol != protocol::ICMP)
    {
        checksum = AdjustedChecksum(checksum, before.address, after.address);
    }
    checksum = AdjustedChecksum(checksum, before.port, after.port);
    head.Put(offset, protocol == protocol::UDP && checksum == 0 ? 0xFFFF : checksum);
}

std::uint32_t
ChecksumOffset(std::uint8_t protocol)
{
    return protocol == protocol::TCP ? 16 : protocol == protocol::UDP ? 6 : 2;
}

bool
IsFragment(const IpHeader& header)
{
    return header.GetFragmentOffset() != 0 || !header.IsLastFragment();
}

bool
IsError(std::uint8_t type)
{
    return type == 3 || type == 4 || type == 11 || type == 12; // RFC 792
}

/// Ports, or the identifier of an echo, in the transport header at an offset.
std::optional<Endpoints>
ReadPorts(const PayloadHead& head, std::uint32_t offset, Endpoints endpoints)
{
    if (endpoints.protocol == protocol::TCP || endpoints.protocol == protocol::UDP)
    {
        endpoints.source.port = head.At(offset);
        endpoints.destination.port = head.At(offset + 2);
        return endpoints;
    }
    const bool isIpv6 = endpoints.protocol == protocol::ICMPV6;
    if (!isIpv6 && endpoints.protocol != protocol::ICMP)
    {
        return std::nullopt;
    }
    if (head.octets[offset] == (isIpv6 ? icmpv6::ECHO_REQUEST : EchoRequest))
    {
        endpoints.source.port = head.At(offset + 4);
        return endpoints;
    }
    if (head.octets[offset] == (isIpv6 ? icmpv6::ECHO_REPLY : EchoReply))
    {
        endpoints.destination.port = head.At(offset + 4);
        return endpoints;
    }
    return std::nullopt;
}

/// Where the port of an endpoint stands in a transport header; that of an echo has one place.
std::uint32_t
PortOffset(std::uint8_t protocol, bool ofSource)
{
    return protocol == protocol::ICMP ? 4 : ofSource ? 0 : 2;
}

/// The identifier of an echo belongs to the one who asks: the other side has none to change.
/// \param first octet of the transport header.
bool
HasPort(std::uint8_t protocol, std::uint8_t first, bool ofSource)
{
    return protocol != protocol::ICMP || (first == EchoRequest) == ofSource;
}

WirePacket
WithEndpoint(const WirePacket& packet, Endpoint after, bool ofSource)
{
    const std::optional<Endpoints> endpoints = EndpointsOf(packet);
    NS_ABORT_MSG_UNLESS(endpoints, "a packet without ports is to get others");
    const Endpoint before = ofSource ? endpoints->source : endpoints->destination;
    WirePacket changed = packet;
    ofSource ? changed.header.SetSource(after.address)
             : changed.header.SetDestination(after.address);
    PayloadHead head(packet);
    if (!HasPort(endpoints->protocol, head.octets[0], ofSource))
    {
        return changed;
    }
    head.Put(PortOffset(endpoints->protocol, ofSource), after.port);
    AdjustTransport(head, ChecksumOffset(endpoints->protocol), endpoints->protocol, before, after);
    ReplaceHead(changed, head);
    return changed;
}

WirePacket
WithQuotedEndpoint(const WirePacket& packet, Endpoint after, bool ofSource)
{
    const std::optional<Endpoints> quoted = QuotedEndpointsOf(packet);
    NS_ABORT_MSG_UNLESS(quoted, "an ICMP message that quotes no ports is to quote others");
    const Endpoint before = ofSource ? quoted->source : quoted->destination;
    constexpr std::uint32_t Transport = ICMP_BYTES + IPV4_BYTES;
    PayloadHead head(packet);
    const PayloadHead arrived = head;

    const std::uint32_t address = ICMP_BYTES + (ofSource ? 12 : 16);
    Write32(&head.octets[address], after.address.AsIpv4().value);
    head.Put(ICMP_BYTES + 10,
             AdjustedChecksum(head.At(ICMP_BYTES + 10), before.address, after.address));
    if (HasPort(quoted->protocol, head.octets[Transport], ofSource))
    {
        head.Put(Transport + PortOffset(quoted->protocol, ofSource), after.port);
        if (quoted->protocol != protocol::TCP) // whose checksum the eight octets do not reach
        {
            AdjustTransport(head,
                            Transport + ChecksumOffset(quoted->protocol),
                            quoted->protocol,
                            before,
                            after);
        }
    }
    std::uint16_t checksum = head.At(2);
    for (std::uint32_t offset = ICMP_BYTES; offset < Transport + QuotedBytes; offset += 2)
    {
        checksum = AdjustedChecksum(checksum, arrived.At(offset), head.At(offset));
    }
    head.Put(2, checksum);
    WirePacket changed = packet;
    ReplaceHead(changed, head);
    return changed;
}

std::optional<Endpoints>
QuotedEndpointsV6(const PayloadHead& head)
{
    const std::uint8_t* const quoted = head.octets.data() + ICMP_BYTES;
    constexpr std::uint8_t FIRST_INFORMATIVE = 128; // RFC 4443 2.1
    if (head.size < ICMP_BYTES + IPV6_BYTES + QuotedBytes || head.octets[0] >= FIRST_INFORMATIVE ||
        quoted[0] >> 4 != 6)
    {
        return std::nullopt;
    }
    return ReadPorts(
        head,
        ICMP_BYTES + IPV6_BYTES,
        {quoted[6], {IpAddress::OfIpv6(quoted + 8)}, {IpAddress::OfIpv6(quoted + 24)}});
}

} // namespace

std::optional<Endpoints>
EndpointsOf(const WirePacket& packet)
{
    const std::uint8_t protocol = packet.header.GetProtocol();
    const PayloadHead head(packet);
    if (IsFragment(packet.header) || head.size < (protocol == protocol::TCP ? 20U : 8U))
    {
        return std::nullopt;
    }
    return ReadPorts(head,
                     0,
                     {protocol, {packet.header.GetSource()}, {packet.header.GetDestination()}});
}

std::optional<Endpoints>
QuotedEndpointsOf(const WirePacket& packet)
{
    if (IsFragment(packet.header))
    {
        return std::nullopt;
    }
    const PayloadHead head(packet);
    if (packet.header.GetProtocol() == protocol::ICMPV6)
    {
        return QuotedEndpointsV6(head);
    }
    if (packet.header.GetProtocol() != protocol::ICMP ||
        head.size < ICMP_BYTES + IPV4_BYTES + QuotedBytes || !IsError(head.octets[0]) ||
        head.octets[ICMP_BYTES] != 0x45 || (head.At(ICMP_BYTES + 6) & 0x1FFF) != 0)
    {
        return std::nullopt;
    }
    const auto address = [&head](std::uint32_t offset)
    { return Ipv4{std::uint32_t{head.At(offset)} << 16 | head.At(offset + 2)}; };
    return ReadPorts(
        head,
        ICMP_BYTES + IPV4_BYTES,
        {head.octets[ICMP_BYTES + 9], {address(ICMP_BYTES + 12)}, {address(ICMP_BYTES + 16)}});
}

std::uint8_t
TcpFlagsOf(const WirePacket& packet)
{
    return PayloadHead(packet).octets[13];
}

WirePacket
WithSource(const WirePacket& packet, Endpoint source)
{
    return WithEndpoint(packet, source, true);
}

WirePacket
WithDestination(const WirePacket& packet, Endpoint destination)
{
    return WithEndpoint(packet, destination, false);
}

WirePacket
WithQuotedSource(const WirePacket& packet, Endpoint source)
{
    return WithQuotedEndpoint(packet, source, true);
}

WirePacket
WithQuotedDestination(const WirePacket& packet, Endpoint destination)
{
    return WithQuotedEndpoint(packet, destination, false);
}

WirePacket
WithSynOptions(const WirePacket& packet, const SynRules& rules)
{
    if (packet.header.GetProtocol() != protocol::TCP || IsFragment(packet.header))
    {
        return packet;
    }
    PayloadHead head(packet);
    if (head.size < 20 || !(head.octets[13] & tcp::SYN))
    {
        return packet;
    }
    const PayloadHead arrived = head;
    ForEachTcpOption(
        ByteView{arrived.octets.data(), arrived.size}.First(arrived.octets[12] / 16 * 4U).From(20),
        [&](ByteView option)
        {
            std::uint8_t* const own = head.octets.data() + (option.data - arrived.octets.data());
            const auto kind = static_cast<TcpOptionKind>(option.data[0]);
            if (kind == TcpOptionKind::Mss && option.size == 4 && rules.mssLimit > 0)
            {
                Write16(own + 2, std::min(Read16(own + 2), rules.mssLimit));
            }
            if (kind == TcpOptionKind::Timestamp && rules.stripsTimestamps)
            {
                std::fill_n(own, option.size, static_cast<std::uint8_t>(TcpOptionKind::Nop));
            }
        });
    if (head.octets == arrived.octets)
    {
        return packet;
    }
    std::uint16_t checksum = head.At(16);
    for (std::uint32_t offset = 20; offset + 1 < head.size; offset += 2)
    {
        checksum = AdjustedChecksum(checksum, arrived.At(offset), head.At(offset));
    }
    head.Put(16, checksum);
    WirePacket changed = packet;
    ReplaceHead(changed, head);
    return changed;
}

} // namespace bouncelab::path
