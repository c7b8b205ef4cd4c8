#include "models/path/rewrite.h"

#include <ns3/abort.h>
#include <ns3/header.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace bouncelab::path
{

namespace
{

constexpr std::uint8_t Icmp = 1;
constexpr std::uint8_t Tcp = 6;
constexpr std::uint8_t Udp = 17;
constexpr std::uint8_t EchoReply = 0;
constexpr std::uint8_t EchoRequest = 8;
constexpr std::uint8_t Syn = 2;
constexpr std::uint32_t IpBytes = 20;
constexpr std::uint32_t IcmpBytes = 8;
constexpr std::uint32_t QuotedBytes = 8;

/// The first octets of a payload, to be read and changed.
struct Head
{
    std::array<std::uint8_t, 60> octets{};
    std::uint32_t size = 0;

    explicit Head(const WirePacket& packet)
        : size(packet.payload->CopyData(octets.data(), octets.size()))
    {
    }

    std::uint16_t At(std::uint32_t offset) const
    {
        return static_cast<std::uint16_t>(octets[offset] << 8 | octets[offset + 1]);
    }

    void Put(std::uint32_t offset, std::uint16_t value)
    {
        octets[offset] = static_cast<std::uint8_t>(value >> 8);
        octets[offset + 1] = static_cast<std::uint8_t>(value);
    }
};

/// Puts octets in front of a packet, whatever they mean.
class OctetHeader : public ns3::Header
{
  public:
    explicit OctetHeader(const Head& head)
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
    Head m_head;
};

void
ReplaceHead(WirePacket& packet, const Head& head)
{
    packet.payload = packet.payload->Copy();
    packet.payload->RemoveAtStart(head.size);
    packet.payload->AddHeader(OctetHeader(head));
}

/// RFC 1624, equation 3.
std::uint16_t
Adjusted(std::uint16_t checksum, std::uint16_t before, std::uint16_t after)
{
    std::uint32_t sum = static_cast<std::uint16_t>(~checksum);
    sum += static_cast<std::uint16_t>(~before);
    sum += after;
    sum = (sum & 0xFFFF) + (sum >> 16);
    sum = (sum & 0xFFFF) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

std::uint16_t
Adjusted(std::uint16_t checksum, Ipv4 before, Ipv4 after)
{
    checksum = Adjusted(checksum,
                        static_cast<std::uint16_t>(before.value >> 16),
                        static_cast<std::uint16_t>(after.value >> 16));
    return Adjusted(checksum,
                    static_cast<std::uint16_t>(before.value),
                    static_cast<std::uint16_t>(after.value));
}

/// Adjusts the checksum at an offset for an endpoint that changes. Zero means none in UDP.
void
AdjustTransport(Head& head,
                std::uint32_t offset,
                std::uint8_t protocol,
                Endpoint before,
                Endpoint after)
{
    std::uint16_t checksum = head.At(offset);
    if (protocol == Udp && checksum == 0)
    {
        return;
    }
    if (protocol != Icmp)
    {
        checksum = Adjusted(checksum, before.address, after.address);
    }
    checksum = Adjusted(checksum, before.port, after.port);
    head.Put(offset, protocol == Udp && checksum == 0 ? 0xFFFF : checksum);
}

std::uint32_t
ChecksumOffset(std::uint8_t protocol)
{
    return protocol == Tcp ? 16 : protocol == Udp ? 6 : 2;
}

bool
IsFragment(const ns3::Ipv4Header& header)
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
ReadPorts(const Head& head, std::uint32_t offset, Endpoints endpoints)
{
    if (endpoints.protocol == Tcp || endpoints.protocol == Udp)
    {
        endpoints.source.port = head.At(offset);
        endpoints.destination.port = head.At(offset + 2);
        return endpoints;
    }
    if (endpoints.protocol == Icmp && head.octets[offset] == EchoRequest)
    {
        endpoints.source.port = head.At(offset + 4);
        return endpoints;
    }
    if (endpoints.protocol == Icmp && head.octets[offset] == EchoReply)
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
    return protocol == Icmp ? 4 : ofSource ? 0 : 2;
}

/// The identifier of an echo belongs to the one who asks: the other side has none to change.
/// \param first octet of the transport header.
bool
HasPort(std::uint8_t protocol, std::uint8_t first, bool ofSource)
{
    return protocol != Icmp || (first == EchoRequest) == ofSource;
}

WirePacket
WithEndpoint(const WirePacket& packet, Endpoint after, bool ofSource)
{
    const std::optional<Endpoints> endpoints = EndpointsOf(packet);
    NS_ABORT_MSG_UNLESS(endpoints, "a packet without ports is to get others");
    const Endpoint before = ofSource ? endpoints->source : endpoints->destination;
    WirePacket changed = packet;
    const ns3::Ipv4Address address(after.address.value);
    ofSource ? changed.header.SetSource(address) : changed.header.SetDestination(address);
    Head head(packet);
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
    constexpr std::uint32_t Transport = IcmpBytes + IpBytes;
    Head head(packet);
    const Head arrived = head;

    const std::uint32_t address = IcmpBytes + (ofSource ? 12 : 16);
    head.Put(address, static_cast<std::uint16_t>(after.address.value >> 16));
    head.Put(address + 2, static_cast<std::uint16_t>(after.address.value));
    head.Put(IcmpBytes + 10, Adjusted(head.At(IcmpBytes + 10), before.address, after.address));
    if (HasPort(quoted->protocol, head.octets[Transport], ofSource))
    {
        head.Put(Transport + PortOffset(quoted->protocol, ofSource), after.port);
        if (quoted->protocol != Tcp) // whose checksum the eight octets do not reach
        {
            AdjustTransport(head,
                            Transport + ChecksumOffset(quoted->protocol),
                            quoted->protocol,
                            before,
                            after);
        }
    }
    std::uint16_t checksum = head.At(2);
    for (std::uint32_t offset = IcmpBytes; offset < Transport + QuotedBytes; offset += 2)
    {
        checksum = Adjusted(checksum, arrived.At(offset), head.At(offset));
    }
    head.Put(2, checksum);
    WirePacket changed = packet;
    ReplaceHead(changed, head);
    return changed;
}

} // namespace

std::optional<Endpoints>
EndpointsOf(const WirePacket& packet)
{
    const std::uint8_t protocol = packet.header.GetProtocol();
    const Head head(packet);
    if (IsFragment(packet.header) || head.size < (protocol == Tcp ? 20U : 8U))
    {
        return std::nullopt;
    }
    return ReadPorts(head,
                     0,
                     {protocol,
                      {Ipv4{packet.header.GetSource().Get()}},
                      {Ipv4{packet.header.GetDestination().Get()}}});
}

std::optional<Endpoints>
QuotedEndpointsOf(const WirePacket& packet)
{
    if (packet.header.GetProtocol() != Icmp || IsFragment(packet.header))
    {
        return std::nullopt;
    }
    const Head head(packet);
    if (head.size < IcmpBytes + IpBytes + QuotedBytes || !IsError(head.octets[0]) ||
        head.octets[IcmpBytes] != 0x45 || (head.At(IcmpBytes + 6) & 0x1FFF) != 0)
    {
        return std::nullopt;
    }
    const auto address = [&head](std::uint32_t offset)
    { return Ipv4{std::uint32_t{head.At(offset)} << 16 | head.At(offset + 2)}; };
    return ReadPorts(
        head,
        IcmpBytes + IpBytes,
        {head.octets[IcmpBytes + 9], {address(IcmpBytes + 12)}, {address(IcmpBytes + 16)}});
}

std::uint8_t
TcpFlagsOf(const WirePacket& packet)
{
    return Head(packet).octets[13];
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
WithSegmentLimit(const WirePacket& packet, std::uint16_t limit)
{
    if (packet.header.GetProtocol() != Tcp || IsFragment(packet.header))
    {
        return packet;
    }
    Head head(packet);
    if (head.size < 20 || !(head.octets[13] & Syn))
    {
        return packet;
    }
    const std::uint32_t end = std::min<std::uint32_t>(head.size, (head.octets[12] >> 4) * 4U);
    for (std::uint32_t at = 20; at + 4 <= end;)
    {
        const std::uint8_t kind = head.octets[at];
        const std::uint8_t length = kind == 1 ? 1 : head.octets[at + 1];
        if (kind == 0 || length == 0)
        {
            break;
        }
        if (kind == 2 && length == 4)
        {
            const std::uint16_t offered = head.At(at + 2);
            if (offered <= limit)
            {
                break;
            }
            head.Put(at + 2, limit);
            // The sum goes by 16-bit words of the header: an option may begin inside one.
            std::uint16_t checksum = head.At(16);
            const auto swapped = [](std::uint16_t v)
            { return static_cast<std::uint16_t>(v << 8 | v >> 8); };
            checksum = at % 2 == 0 ? Adjusted(checksum, offered, limit)
                                   : Adjusted(checksum, swapped(offered), swapped(limit));
            head.Put(16, checksum);
            WirePacket changed = packet;
            ReplaceHead(changed, head);
            return changed;
        }
        at += length;
    }
    return packet;
}

} // namespace bouncelab::path
