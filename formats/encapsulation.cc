#include "formats/encapsulation.h"

#include <algorithm>

namespace bouncelab
{

namespace
{

constexpr int MOST_HEADERS = 16;

constexpr std::uint16_t MPLS_UNICAST = 0x8847;
constexpr std::uint16_t MPLS_MULTICAST = 0x8848;
constexpr std::uint16_t ERSPAN = 0x88BE;
constexpr std::uint16_t ERSPAN_III = 0x22EB;

/// One header off.
struct Step
{
    std::optional<Encapsulation> kind; //!< None: an Ethernet header, which every frame has.
    CarriedOctets inside;
};

bool
IsIp(std::uint16_t type)
{
    return type == ethertype::IPV4 || type == ethertype::IPV6;
}

bool
IsMpls(std::uint16_t type)
{
    return type == MPLS_UNICAST || type == MPLS_MULTICAST;
}

bool
IsTag(std::uint16_t type)
{
    constexpr std::uint16_t OLD_OUTER_TAGS[] = {0x9100, 0x9200, 0x9300};
    return type == ethertype::VLAN || type == ethertype::VLAN_OUTER ||
           std::find(std::begin(OLD_OUTER_TAGS), std::end(OLD_OUTER_TAGS), type) !=
               std::end(OLD_OUTER_TAGS);
}

CarriedOctets
InEthernet(ByteView frame)
{
    return frame.size < ETHERNET_BYTES
               ? CarriedOctets{}
               : CarriedOctets{Read16(frame.data + 12), frame.From(ETHERNET_BYTES)};
}

/// Behind all tags.
Step
InTags(CarriedOctets tag)
{
    constexpr std::size_t TAG = 4;
    int tags = 0;
    for (; IsTag(tag.type) && tag.bytes.size >= TAG && tags < MOST_HEADERS; ++tags)
    {
        tag = {Read16(tag.bytes.data + 2), tag.bytes.From(TAG)};
    }
    return {tags > 1 ? Encapsulation::StackedVlan : Encapsulation::Vlan,
            IsTag(tag.type) ? CarriedOctets{} : tag};
}

/// Behind the address and control octets, where a frame has them; its protocol may have one octet.
CarriedOctets
InPpp(ByteView frame)
{
    constexpr std::uint16_t IPV4 = 0x0021;
    constexpr std::uint16_t IPV6 = 0x0057;
    constexpr std::uint16_t MPLS = 0x0281;
    if (frame.size > 2 && Read16(frame.data) == 0xFF03)
    {
        frame = frame.From(2);
    }
    const bool isShort = frame.size > 0 && (frame.data[0] & 1) != 0;
    if (frame.size < 2)
    {
        return {};
    }
    const std::uint16_t protocol = isShort ? frame.data[0] : Read16(frame.data);
    const ByteView rest = frame.From(isShort ? 1 : 2);
    return {protocol == IPV4   ? ethertype::IPV4
            : protocol == IPV6 ? ethertype::IPV6
            : protocol == MPLS ? MPLS_UNICAST
                               : CarriedOctets::NOTHING,
            rest};
}

CarriedOctets
InPppoe(ByteView bytes)
{
    constexpr std::size_t HEADER = 6;
    if (bytes.size < HEADER || bytes.data[0] != 0x11 || bytes.data[1] != 0)
    {
        return {};
    }
    return {CarriedOctets::PPP, bytes.From(HEADER).First(Read16(bytes.data + 4))};
}

/// Behind the last label nothing tells what follows but its first octet: IP by its version, or
/// Ethernet, with a control word of zeros in front or without.
CarriedOctets
InMpls(ByteView bytes)
{
    constexpr std::size_t LABEL = 4;
    bool isLast = false;
    while (!isLast && bytes.size >= LABEL)
    {
        isLast = (bytes.data[2] & 1) != 0;
        bytes = bytes.From(LABEL);
    }
    const CarriedOctets ip = AsIp(bytes);
    if (!isLast || bytes.size == 0 || ParseIpv4(bytes) || ParseIpv6(bytes))
    {
        return isLast ? ip : CarriedOctets{};
    }
    const bool hasControlWord =
        bytes.data[0] >> 4 == 0 && !IsIp(InEthernet(bytes).type) && !IsTag(InEthernet(bytes).type);
    return {CarriedOctets::ETHERNET, hasControlWord ? bytes.From(LABEL) : bytes};
}

/// \param isNumbered GRE's header had a sequence number: without one, it is type I.
CarriedOctets
InErspan(ByteView bytes, bool isNumbered)
{
    constexpr std::size_t TYPE_2_HEADER = 8;
    if (!isNumbered)
    {
        return {CarriedOctets::ETHERNET, bytes};
    }
    const bool isType2 = bytes.size >= TYPE_2_HEADER && bytes.data[0] >> 4 == 1;
    return isType2 ? CarriedOctets{CarriedOctets::ETHERNET, bytes.From(TYPE_2_HEADER)}
                   : CarriedOctets{};
}

CarriedOctets
InErspan3(ByteView bytes)
{
    constexpr std::size_t HEADER = 12;
    constexpr std::size_t SUBHEADER = 8;
    constexpr unsigned IP_FRAME = 2;
    if (bytes.size < HEADER || bytes.data[0] >> 4 != 2)
    {
        return {};
    }
    const unsigned frameType = bytes.data[10] >> 2 & 0x1F;
    const bool hasSubheader = (bytes.data[11] & 1) != 0;
    const ByteView rest = bytes.From(HEADER + (hasSubheader ? SUBHEADER : 0));
    return frameType == 0          ? CarriedOctets{CarriedOctets::ETHERNET, rest}
           : frameType == IP_FRAME ? AsIp(rest)
                                   : CarriedOctets{};
}

/// PPTP's header, of version 1.
CarriedOctets
InEnhancedGre(ByteView bytes, std::uint16_t flags)
{
    constexpr std::size_t HEADER = 8;
    constexpr std::uint16_t SEQUENCE = 0x1000, ACKNOWLEDGMENT = 0x0080;
    const std::size_t header =
        HEADER + ((flags & SEQUENCE) != 0 ? 4 : 0) + ((flags & ACKNOWLEDGMENT) != 0 ? 4 : 0);
    if (bytes.size < header || Read16(bytes.data + 2) != CarriedOctets::PPP)
    {
        return {};
    }
    return {CarriedOctets::PPP, bytes.From(header).First(Read16(bytes.data + 4))};
}

Step
InGre(ByteView bytes)
{
    constexpr std::uint16_t CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000;
    constexpr std::uint16_t VERSION = 0x0007;
    constexpr std::size_t HEADER = 4;
    Step step{Encapsulation::Gre, {}};
    if (bytes.size < HEADER)
    {
        return step;
    }
    const std::uint16_t flags = Read16(bytes.data);
    const std::uint16_t type = Read16(bytes.data + 2);
    const bool isNumbered = (flags & SEQUENCE) != 0;
    std::size_t header = HEADER;
    for (const std::uint16_t field : {CHECKSUM, KEY, SEQUENCE})
    {
        header += (flags & field) != 0 ? 4 : 0;
    }
    const ByteView rest = bytes.From(header);
    if ((flags & VERSION) == 1)
    {
        step.inside = InEnhancedGre(bytes, flags);
    }
    else if ((flags & (VERSION | ROUTING)) != 0)
    {
        return step;
    }
    else if (type == ERSPAN || type == ERSPAN_III)
    {
        step.kind = Encapsulation::Erspan;
        step.inside = type == ERSPAN ? InErspan(rest, isNumbered) : InErspan3(rest);
    }
    else
    {
        step.inside = {type, rest};
    }
    return step;
}

std::optional<Step>
InVxlan(ByteView bytes)
{
    constexpr std::size_t HEADER = 8;
    constexpr std::uint8_t HAS_NETWORK = 0x08, HAS_POLICY = 0x80;
    const bool is = bytes.size >= HEADER && (bytes.data[0] & ~HAS_POLICY & 0xFF) == HAS_NETWORK &&
                    bytes.data[7] == 0;
    return is ? std::optional<Step>(
                    Step{Encapsulation::Vxlan, {CarriedOctets::ETHERNET, bytes.From(HEADER)}})
              : std::nullopt;
}

std::optional<Step>
InGeneve(ByteView bytes)
{
    constexpr std::size_t HEADER = 8;
    if (bytes.size < HEADER || bytes.data[0] >> 6 != 0 || bytes.data[7] != 0)
    {
        return std::nullopt;
    }
    const std::size_t options = (bytes.data[0] & 0x3F) * std::size_t{4};
    return Step{Encapsulation::Geneve, {Read16(bytes.data + 2), bytes.From(HEADER + options)}};
}

std::optional<Step>
InGtp(ByteView bytes)
{
    constexpr std::size_t HEADER = 8;
    constexpr std::size_t OPTIONAL = 4;
    constexpr std::uint8_t VERSION_1 = 0x30, FIXED_BITS = 0xF0, USER_DATA = 0xFF;
    constexpr std::uint8_t EXTENSION = 0x04, ANY_OPTIONAL = 0x07;
    if (bytes.size < HEADER || (bytes.data[0] & FIXED_BITS) != VERSION_1 ||
        bytes.data[1] != USER_DATA)
    {
        return std::nullopt;
    }
    const std::uint8_t flags = bytes.data[0];
    ByteView rest = bytes.From(HEADER).First(Read16(bytes.data + 2));
    if ((flags & ANY_OPTIONAL) != 0)
    {
        std::uint8_t next = rest.size >= OPTIONAL && (flags & EXTENSION) != 0 ? rest.data[3] : 0;
        rest = rest.From(OPTIONAL);
        while (next != 0)
        {
            const std::size_t length = rest.size > 0 ? rest.data[0] * std::size_t{4} : 0;
            if (length == 0 || length > rest.size)
            {
                return Step{Encapsulation::Gtp, {}};
            }
            next = rest.data[length - 1];
            rest = rest.From(length);
        }
    }
    return Step{Encapsulation::Gtp, AsIp(rest)};
}

std::optional<Step>
InL2tp(ByteView bytes)
{
    constexpr std::uint16_t CONTROL = 0x8000, LENGTH = 0x4000, SEQUENCE = 0x0800, OFFSET = 0x0200;
    constexpr std::uint16_t VERSION = 0x000F;
    constexpr std::size_t HEADER = 6;
    const std::uint16_t flags = bytes.size >= HEADER ? Read16(bytes.data) : CONTROL;
    if ((flags & (CONTROL | VERSION)) != 2)
    {
        return std::nullopt;
    }
    std::size_t header = HEADER + ((flags & LENGTH) != 0 ? 2 : 0);
    header += (flags & SEQUENCE) != 0 ? 4 : 0;
    if ((flags & OFFSET) != 0)
    {
        const bool hasSize = bytes.size >= header + 2;
        header += 2 + (hasSize ? Read16(bytes.data + header) : std::size_t{0});
    }
    const std::size_t length = (flags & LENGTH) != 0 ? Read16(bytes.data + 2) : bytes.size;
    return Step{Encapsulation::L2tp, {CarriedOctets::PPP, bytes.First(length).From(header)}};
}

std::optional<Step>
InTzsp(ByteView bytes)
{
    constexpr std::size_t HEADER = 4;
    constexpr std::uint8_t VERSION = 1, PACKET_SEEN = 0, ETHERNET = 1, PADDING = 0, END = 1;
    if (bytes.size < HEADER || bytes.data[0] != VERSION || bytes.data[1] != PACKET_SEEN ||
        Read16(bytes.data + 2) != ETHERNET)
    {
        return std::nullopt;
    }
    ByteView rest = bytes.From(HEADER);
    while (rest.size > 1 && rest.data[0] != END)
    {
        rest = rest.From(rest.data[0] == PADDING ? std::size_t{1} : rest.data[1] + std::size_t{2});
    }
    return Step{Encapsulation::Tzsp, {CarriedOctets::ETHERNET, rest.From(1)}};
}

/// By the port that a datagram goes to; L2TP answers from its own to any.
std::optional<Step>
InUdp(ByteView bytes)
{
    constexpr std::uint16_t VXLAN = 4789, LINUX_VXLAN = 8472, GENEVE = 6081, GTP = 2152;
    constexpr std::uint16_t L2TP = 1701, TZSP = 37008;
    const auto udp = ParseUdp(bytes);
    if (!udp)
    {
        return std::nullopt;
    }
    switch (udp->destinationPort)
    {
    case VXLAN:
    case LINUX_VXLAN:
        return InVxlan(udp->payload);
    case GENEVE:
        return InGeneve(udp->payload);
    case GTP:
        return InGtp(udp->payload);
    case TZSP:
        return InTzsp(udp->payload);
    default:
        return udp->destinationPort == L2TP || udp->sourcePort == L2TP ? InL2tp(udp->payload)
                                                                       : std::nullopt;
    }
}

std::optional<Step>
InIp(ByteView bytes)
{
    constexpr std::uint8_t IPV4 = 4, IPV6 = 41, GRE = 47, ETHER_IP = 97, MPLS = 137;
    constexpr std::size_t ETHER_IP_HEADER = 2;
    const auto v4 = ParseIpv4(bytes);
    const auto v6 = v4 ? std::nullopt : ParseIpv6(bytes);
    if ((!v4 && !v6) || (v4 ? v4->fragmentOffset != 0 : v6->isFragment))
    {
        return std::nullopt;
    }
    const ByteView payload = v4 ? v4->payload : v6->payload;
    switch (v4 ? v4->protocol : v6->protocol)
    {
    case IPV4:
        return Step{Encapsulation::IpInIp, {ethertype::IPV4, payload}};
    case IPV6:
        return Step{Encapsulation::IpInIp, {ethertype::IPV6, payload}};
    case GRE:
        return InGre(payload);
    case ETHER_IP:
        return Step{Encapsulation::EtherIp,
                    {CarriedOctets::ETHERNET, payload.From(ETHER_IP_HEADER)}};
    case MPLS:
        return Step{Encapsulation::Mpls, {MPLS_UNICAST, payload}};
    case protocol::UDP:
        return InUdp(payload);
    default:
        return std::nullopt;
    }
}

std::optional<Step>
InOne(const CarriedOctets& outer)
{
    if (IsIp(outer.type))
    {
        return InIp(outer.bytes);
    }
    if (IsTag(outer.type))
    {
        return InTags(outer);
    }
    if (IsMpls(outer.type))
    {
        return Step{Encapsulation::Mpls, InMpls(outer.bytes)};
    }
    switch (outer.type)
    {
    case CarriedOctets::ETHERNET:
        return Step{std::nullopt, InEthernet(outer.bytes)};
    case CarriedOctets::PPP:
        return Step{std::nullopt, InPpp(outer.bytes)};
    case ethertype::PPPOE_SESSION:
        return Step{Encapsulation::Pppoe, InPppoe(outer.bytes)};
    default:
        return std::nullopt;
    }
}

/// Whether octets begin with an IP header; one that is cut off within it counts nowhere.
bool
IsPacket(const CarriedOctets& octets)
{
    return octets.type == ethertype::IPV4   ? ParseIpv4(octets.bytes).has_value()
           : octets.type == ethertype::IPV6 ? ParseIpv6(octets.bytes).has_value()
                                            : false;
}

bool
HasLess(ByteView network)
{
    if (const auto v4 = ParseIpv4(network))
    {
        return v4->payload.size < v4->payloadLength;
    }
    const auto v6 = ParseIpv6(network);
    return v6 && v6->payload.size < v6->payloadLength;
}

} // namespace

CarriedOctets
AsIp(ByteView bytes)
{
    const int version = bytes.size > 0 ? bytes.data[0] >> 4 : 0;
    return {version == 4   ? ethertype::IPV4
            : version == 6 ? ethertype::IPV6
                           : CarriedOctets::NOTHING,
            bytes};
}

InnerPacket
Decapsulate(CarriedOctets outer)
{
    InnerPacket found;
    std::array<bool, ENCAPSULATION_NAMES.size()> passed{};
    for (int headers = 0; headers <= MOST_HEADERS; ++headers)
    {
        const bool isPacket = IsPacket(outer);
        if (isPacket || (IsIp(outer.type) && found.network.size == 0))
        {
            found.network = outer.bytes;
            found.closed.reset();
        }
        if (isPacket)
        {
            found.stripped = passed;
        }
        const auto step = InOne(outer);
        if (!step)
        {
            break;
        }
        if (step->kind)
        {
            passed[static_cast<std::size_t>(*step->kind)] = true;
            found.closed = step->kind;
        }
        outer = step->inside;
    }
    const bool isInside = std::find(passed.begin(), passed.end(), true) != passed.end();
    found.isCut = isInside && !found.closed && HasLess(found.network);
    return found;
}

} // namespace bouncelab
