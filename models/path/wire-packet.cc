#include "models/path/wire-packet.h"

#include "models/path/ns3-header.h"

namespace bouncelab::path
{

ns3::Ipv4Header
ToNs3Ipv4(const IpHeader& header)
{
    ns3::Ipv4Header result;
    result.SetSource(ToNs3Ipv4(header.GetSource()));
    result.SetDestination(ToNs3Ipv4(header.GetDestination()));
    result.SetProtocol(header.GetProtocol());
    result.SetPayloadSize(header.GetPayloadSize());
    result.SetTtl(header.GetTtl());
    result.SetTos(header.GetTos());
    result.SetIdentification(header.GetIdentification());
    result.SetFragmentOffset(header.GetFragmentOffset());
    header.IsDontFragment() ? result.SetDontFragment() : result.SetMayFragment();
    header.IsLastFragment() ? result.SetLastFragment() : result.SetMoreFragments();
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
    result.SetProtocol(header.GetProtocol());
    result.SetPayloadSize(header.GetPayloadSize());
    result.SetTtl(header.GetTtl());
    result.SetTos(header.GetTos());
    result.SetIdentification(header.GetIdentification());
    result.SetFragmentOffset(header.GetFragmentOffset());
    header.IsDontFragment() ? result.SetDontFragment() : result.SetMayFragment();
    header.IsLastFragment() ? result.SetLastFragment() : result.SetMoreFragments();
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
    if (first >> 4 == 6)
    {
        ns3::Ipv6Header header;
        packet.payload->RemoveHeader(header);
        packet.header = FromNs3(header);
        return packet;
    }
    ns3::Ipv4Header header;
    packet.payload->RemoveHeader(header);
    packet.header = FromNs3(header);
    return packet;
}

} // namespace bouncelab::path
