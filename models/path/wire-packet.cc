#include "models/path/wire-packet.h"

#include "models/path/ns3-header.h"

namespace bouncelab::path
{

namespace
{

/// What both types name alike; ns-3 has no common one for the families.
template <class From, class To>
void
CopyIpv4Fields(const From& from, To& to)
{
    to.SetProtocol(from.GetProtocol());
    to.SetPayloadSize(from.GetPayloadSize());
    to.SetTtl(from.GetTtl());
    to.SetTos(from.GetTos());
    to.SetIdentification(from.GetIdentification());
    to.SetFragmentOffset(from.GetFragmentOffset());
    from.IsDontFragment() ? to.SetDontFragment() : to.SetMayFragment();
    from.IsLastFragment() ? to.SetLastFragment() : to.SetMoreFragments();
}

template <class Header>
IpHeader
TakeHeader(ns3::Packet& packet)
{
    Header header;
    packet.RemoveHeader(header);
    return FromNs3(header);
}

} // namespace

ns3::Ipv4Header
ToNs3Ipv4(const IpHeader& header)
{
    ns3::Ipv4Header result;
    result.SetSource(ToNs3Ipv4(header.GetSource()));
    result.SetDestination(ToNs3Ipv4(header.GetDestination()));
    CopyIpv4Fields(header, result);
    result.EnableChecksum();
    return result;
}

ns3::Ipv6Header
ToNs3Ipv6(const IpHeader& header)
{
    ns3::Ipv6Header result;
    result.SetSource(ToNs3Ipv6(header.GetSource()));
    result.SetDestination(ToNs3Ipv6(header.GetDestination()));
    result.SetNextHeader(header.GetProtocol());
    result.SetPayloadLength(header.GetPayloadSize());
    result.SetHopLimit(header.GetTtl());
    result.SetTrafficClass(header.GetTos());
    result.SetFlowLabel(header.GetFlowLabel());
    return result;
}

IpHeader
FromNs3(const ns3::Ipv4Header& header)
{
    IpHeader result;
    result.SetSource(FromNs3(header.GetSource()));
    result.SetDestination(FromNs3(header.GetDestination()));
    CopyIpv4Fields(header, result);
    return result;
}

IpHeader
FromNs3(const ns3::Ipv6Header& header)
{
    IpHeader result;
    result.SetSource(FromNs3(header.GetSource()));
    result.SetDestination(FromNs3(header.GetDestination()));
    result.SetProtocol(header.GetNextHeader());
    result.SetPayloadSize(header.GetPayloadLength());
    result.SetTtl(header.GetHopLimit());
    result.SetTos(header.GetTrafficClass());
    result.SetFlowLabel(header.GetFlowLabel());
    return result;
}

IpAddress
Traded(const IpAddress& address)
{
    auto bytes = address.Bytes();
    const bool trades = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D &&
                        (bytes[3] == 0xB8 || bytes[3] == 0xB9);
    bytes[3] ^= 1;
    return trades ? IpAddress::OfIpv6(bytes.data()) : address;
}

WirePacket
Traded(WirePacket packet)
{
    packet.header.SetSource(Traded(packet.header.GetSource()));
    packet.header.SetDestination(Traded(packet.header.GetDestination()));
    return packet;
}

ns3::Ptr<ns3::Packet>
Whole(const WirePacket& packet)
{
    ns3::Ptr<ns3::Packet> whole = packet.payload->Copy();
    if (packet.header.IsIpv6())
    {
        whole->AddHeader(ToNs3Ipv6(packet.header));
    }
    else
    {
        whole->AddHeader(ToNs3Ipv4(packet.header));
    }
    return whole;
}

WirePacket
TakenApart(const ns3::Ptr<const ns3::Packet>& whole)
{
    WirePacket packet;
    packet.payload = whole->Copy();
    std::uint8_t first = 0;
    whole->CopyData(&first, 1);
    packet.header = first >> 4 == 6 ? TakeHeader<ns3::Ipv6Header>(*packet.payload)
                                    : TakeHeader<ns3::Ipv4Header>(*packet.payload);
    return packet;
}

} // namespace bouncelab::path
