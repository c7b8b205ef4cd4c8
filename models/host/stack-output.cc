// The outgoing half of StackShim: the header that the profile's stack would have written.

#include "formats/sequence.h"
#include "models/host/profile-socket.h"
#include "models/host/stack-shim.h"
#include "models/path/ns3-header.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"

#include <ns3/simulator.h>
#include <ns3/tcp-option-sack.h>

#include <algorithm>
#include <iterator>

namespace bouncelab::host
{

namespace
{

/// What the options of a SYN take.
std::size_t
OctetsOf(const std::vector<TcpOptionKind>& options)
{
    const auto octets = [](TcpOptionKind kind) -> std::size_t
    {
        switch (kind)
        {
        case TcpOptionKind::Mss:
            return 4;
        case TcpOptionKind::WindowScale:
            return 3;
        case TcpOptionKind::SackPermitted:
            return 2;
        case TcpOptionKind::Timestamp:
            return 10;
        default:
            return 1;
        }
    };
    std::size_t sum = 0;
    for (const TcpOptionKind kind : options)
    {
        sum += octets(kind);
    }
    return sum;
}

} // namespace

void
StackShim::DownIpv4(ns3::Ptr<ns3::Packet> packet,
                    ns3::Ipv4Address source,
                    ns3::Ipv4Address destination,
                    std::uint8_t /* protocol */,
                    ns3::Ptr<ns3::Ipv4Route> /* route */)
{
    Down(packet, path::FromNs3(source), path::FromNs3(destination));
}

void
StackShim::DownIpv6(ns3::Ptr<ns3::Packet> packet,
                    ns3::Ipv6Address source,
                    ns3::Ipv6Address destination,
                    std::uint8_t /* protocol */,
                    ns3::Ptr<ns3::Ipv6Route> /* route */)
{
    Down(packet, path::FromNs3(source), path::FromNs3(destination));
}

void
StackShim::Down(const ns3::Ptr<ns3::Packet>& packet,
                const IpAddress& source,
                const IpAddress& destination)
{
    ns3::TcpHeader header;
    packet->RemoveHeader(header);
    StackFlow* flow =
        Find(FlowKey{destination, header.GetDestinationPort(), header.GetSourcePort(), source});
    if (!flow || !flow->socket)
    {
        return;
    }
    const std::uint8_t flags = header.GetFlags() & (tcp::SYN | tcp::FIN | tcp::RST | tcp::ACK);
    const bool isBareAck = flags == tcp::ACK && packet->GetSize() == 0;
    if (isBareAck && flow->receiving)
    {
        flow->wantsAck = true;
        return;
    }

    TcpSegment segment;
    const std::vector<std::uint8_t> payload = path::OctetsOf(*packet);
    segment.payload = {payload.data(), payload.size()};
    segment.sequence = header.GetSequenceNumber().GetValue() + flow->isn;
    segment.flags = flags;
    // A connection that its own host aborts is reset with the ACK, one that never stood without.
    if (flow->peerKnown && (!segment.Has(tcp::RST) || flow->socket->IsConnected()))
    {
        segment.flags |= tcp::ACK;
    }
    if (segment.payload.size > 0 &&
        header.GetSequenceNumber().GetValue() + segment.payload.size == flow->socket->QueueTail())
    {
        segment.flags |= tcp::PSH;
    }
    if (isBareAck)
    {
        segment.sequence = flow->sendNext;
    }
    if (flow->sack && !segment.Has(tcp::SYN))
    {
        if (const auto option = header.GetOption(ns3::TcpOption::SACK))
        {
            const auto sack = ns3::DynamicCast<const ns3::TcpOptionSack>(option);
            for (const auto& [left, right] : sack->GetSackList())
            {
                if (segment.options.sackBlocks < (flow->timestamps ? 3U : 4U))
                {
                    segment.options.sack[segment.options.sackBlocks++] = {
                        left.GetValue() + flow->peerIsn,
                        right.GetValue() + flow->peerIsn};
                }
            }
        }
    }
    Send(*flow, segment, OrderFor(*flow, segment));
}

const StackShim::OptionOrder&
StackShim::OrderFor(const StackFlow& flow, const TcpSegment& segment) const
{
    if (!segment.Has(tcp::SYN))
    {
        return m_timestampOrder;
    }
    if (!flow.peerKnown)
    {
        return m_synOrder;
    }
    return flow.timestamps ? m_synAckOrder : m_plainSynAckOrder;
}

void
StackShim::HoldAck(StackFlow& flow)
{
    if (!flow.heldAck.IsRunning())
    {
        flow.heldAck = ns3::Simulator::Schedule(ns3::NanoSeconds(flow.acks.DelayNs()),
                                                &StackShim::SendBareAck,
                                                this,
                                                std::ref(flow));
    }
}

void
StackShim::SendBareAck(StackFlow& flow)
{
    TcpSegment segment;
    segment.flags = tcp::ACK;
    segment.sequence = flow.sendNext;
    Send(flow, segment, m_timestampOrder);
}

void
StackShim::KeepAlive(StackFlow& flow)
{
    static constexpr std::uint8_t OCTET = 0;
    TcpSegment segment;
    segment.flags = tcp::ACK;
    segment.sequence = flow.sendNext - 1;
    segment.payload = {&OCTET, 1};
    Send(flow, segment, m_timestampOrder);
}

void
StackShim::SendReset(const TcpSegment& cause,
                     const path::IpHeader& header,
                     provenance::CauseId because)
{
    TcpSegment reset;
    reset.sourcePort = cause.destinationPort;
    reset.destinationPort = cause.sourcePort;
    if (cause.Has(tcp::ACK))
    {
        reset.flags = tcp::RST;
        reset.sequence = cause.acknowledgment;
        reset.acknowledgment = m_profile.resetsRepeatSequence ? cause.acknowledgment : 0;
    }
    else
    {
        reset.flags = tcp::RST | tcp::ACK;
        const bool leavesFin = cause.Has(tcp::FIN) && !m_profile.resetsCountFin;
        reset.acknowledgment = cause.sequence + cause.SequenceLength() - (leavesFin ? 1 : 0);
    }
    const bool counts = m_profile.ipId == IpIdPolicy::HostCounter && !header.IsIpv6();
    const std::uint16_t id = counts ? NextHostIpId() : static_cast<std::uint16_t>(0);
    Emit(reset,
         {},
         header.GetDestination(),
         header.GetSource(),
         id,
         Sign(header.GetDestination(), because));
}

void
StackShim::FillOptions(const StackFlow& flow, TcpSegment& segment) const
{
    const bool offers = segment.Has(tcp::SYN) && !flow.peerKnown;
    TcpOptions& options = segment.options;
    if (segment.Has(tcp::SYN))
    {
        options.mss = static_cast<std::uint16_t>(LargestSegment(flow.key.remoteAddress));
        if (offers ? m_profile.Offers("ws") : flow.scaling)
        {
            options.windowScale = m_profile.windowScale;
        }
        options.sackPermitted = offers ? m_profile.Offers("sackok") : flow.sack;
    }
    options.timestamp = offers ? m_profile.Offers("ts") : flow.timestamps;
    if (options.timestamp)
    {
        const bool isBlank = segment.Has(tcp::SYN) && !offers && m_profile.zeroTimestampOnSynAck;
        const std::uint32_t now =
            m_boot.clock.At(ns3::Simulator::Now().GetNanoSeconds()) + flow.timestampOffset;
        options.timestampValue = isBlank ? 0 : now;
        options.timestampEcho = segment.Has(tcp::ACK) && !isBlank ? flow.timestampRecent : 0;
    }
}

StackShim::OptionOrder
StackShim::Negotiated(const OptionOrder& order, const TcpSegment& segment) const
{
    const TcpOptions& options = segment.options;
    OptionOrder result;
    std::size_t nops = 0;
    for (auto kind = order.begin(); kind != order.end(); ++kind)
    {
        const bool present = *kind == TcpOptionKind::Nop || *kind == TcpOptionKind::End ||
                             (*kind == TcpOptionKind::Mss && options.mss) ||
                             (*kind == TcpOptionKind::WindowScale && options.windowScale) ||
                             (*kind == TcpOptionKind::SackPermitted && options.sackPermitted) ||
                             (*kind == TcpOptionKind::Timestamp && options.timestamp);
        if (present)
        {
            result.push_back(*kind);
            nops = *kind == TcpOptionKind::Nop ? nops + 1 : 0;
            continue;
        }
        result.resize(result.size() - nops);
        nops = 0;
        const auto next = std::next(kind);
        if (*kind == TcpOptionKind::SackPermitted && next != order.end() &&
            *next == TcpOptionKind::Timestamp && options.timestamp)
        {
            result.insert(result.end(), 2, TcpOptionKind::Nop);
        }
    }
    if (!result.empty() && result.back() == TcpOptionKind::End && OctetsOf(result) % 4 == 1)
    {
        result.pop_back();
    }
    if (segment.options.sackBlocks > 0)
    {
        result.insert(result.end(), {TcpOptionKind::Nop, TcpOptionKind::Nop, TcpOptionKind::Sack});
    }
    return result;
}

std::uint32_t
StackShim::OpeningWindow(const StackFlow& flow) const
{
    if (!flow.peerKnown)
    {
        return m_profile.synWindow;
    }
    const std::uint32_t usual = m_profile.synAckWindow.value_or(m_profile.synWindow);
    return flow.timestamps ? usual : m_profile.plainSynAckWindow.value_or(usual);
}

std::uint16_t
StackShim::ShownWindow(StackFlow& flow)
{
    const ProfileSocket* socket = flow.socket;
    if (!socket || socket->HasFin())
    {
        return flow.lastWindow;
    }
    std::uint32_t room = socket->Room();
    const std::uint32_t next = socket->NextReceive() + flow.peerIsn;
    if (m_profile.windowUpdate == WindowUpdate::Clamped)
    {
        room = std::min(room, m_profile.receiveBuffer);
    }
    const std::uint8_t scale = flow.scaling ? m_profile.windowScale : 0;
    const auto shown = static_cast<std::int32_t>(flow.windowEdge - next);
    const std::uint32_t step = std::min<std::uint32_t>(m_profile.mss, m_profile.receiveBuffer / 2);
    const bool keeps = m_profile.windowUpdate == WindowUpdate::MssSteps && shown >= 0 &&
                       room < static_cast<std::uint32_t>(shown) + step;
    if (keeps)
    {
        room = static_cast<std::uint32_t>(shown);
    }
    else
    {
        flow.windowEdge = next + room;
    }
    return static_cast<std::uint16_t>(std::min<std::uint32_t>(room >> scale, 65535));
}

/// One label for all of a flow's packets (RFC 6437 3), where the stack sets any.
std::uint32_t
StackShim::FlowLabelOf(const FlowKey& key) const
{
    if (!m_profile.flowLabels)
    {
        return 0;
    }
    return 1 + static_cast<std::uint32_t>(m_draws("flow-label", FlowKeyHash()(key)).Below(0xFFFFF));
}

std::uint16_t
StackShim::NextHostIpId()
{
    return m_hostIpId.Next(ns3::Simulator::Now().GetNanoSeconds());
}

std::uint16_t
StackShim::NextIpId(StackFlow& flow, const TcpSegment& segment)
{
    const bool isZero = segment.Has(tcp::SYN) && segment.Has(tcp::ACK) && m_profile.zeroIdOnSynAck;
    if (isZero || flow.key.remoteAddress.IsIpv6())
    {
        return 0;
    }
    switch (m_profile.ipId)
    {
    case IpIdPolicy::HostCounter:
        return NextHostIpId();
    case IpIdPolicy::FlowCounter:
        return flow.nextIpId++;
    case IpIdPolicy::Zero:
        break;
    }
    return 0;
}

void
StackShim::Send(StackFlow& flow, TcpSegment& segment, const OptionOrder& order)
{
    segment.sourcePort = flow.key.localPort;
    segment.destinationPort = flow.key.remotePort;
    if (segment.Has(tcp::SYN))
    {
        segment.flags |= flow.ecn ? tcp::ECE : std::uint8_t{0};
        const std::uint32_t window = OpeningWindow(flow);
        segment.window = static_cast<std::uint16_t>(window);
        flow.windowEdge = flow.peerIsn + 1 + window;
    }
    else if (!segment.Has(tcp::RST) || segment.Has(tcp::ACK))
    {
        segment.window = ShownWindow(flow);
    }
    flow.lastWindow = segment.window;
    if (segment.Has(tcp::ACK))
    {
        segment.acknowledgment =
            flow.socket ? flow.socket->NextReceive() + flow.peerIsn : flow.lastAckSent;
        flow.lastAckSent = segment.acknowledgment;
        flow.wantsAck = false;
        flow.heldAck.Cancel();
        if (segment.payload.size > 0)
        {
            flow.acks.DataSent(ns3::Simulator::Now().GetNanoSeconds());
        }
        else
        {
            flow.acks.AckSent();
        }
    }
    FillOptions(flow, segment);
    const std::uint32_t end = segment.sequence + segment.SequenceLength();
    const bool isNew = SequenceBefore(flow.sendNext, end);
    flow.sendNext = isNew ? end : flow.sendNext;
    if (isNew || segment.Has(tcp::SYN))
    {
        flow.sentNs = ns3::Simulator::Now().GetNanoSeconds();
    }
    const IpAddress from = flow.key.localAddress;
    const provenance::Origin origin = Sign(from, flow.cause);
    const IpAddress to = flow.key.remoteAddress;
    const std::uint16_t id = NextIpId(flow, segment);
    if (segment.Has(tcp::RST))
    {
        segment.options.timestamp = false;
        Emit(segment, {}, from, to, id, origin);
    }
    else if (segment.Has(tcp::SYN) || segment.options.sackBlocks > 0 || !segment.options.timestamp)
    {
        Emit(segment, Negotiated(order, segment), from, to, id, origin);
    }
    else
    {
        Emit(segment, order, from, to, id, origin);
    }
}

provenance::Origin
StackShim::Sign(const IpAddress& from, provenance::CauseId cause)
{
    return m_ledger.Born(m_actor, cause, !IsOwn(from));
}

void
StackShim::Emit(const TcpSegment& segment,
                const OptionOrder& order,
                const IpAddress& from,
                const IpAddress& to,
                std::uint16_t ipId,
                const provenance::Origin& origin)
{
    path::WirePacket packet = path::PacketOf(segment, order, from, to);
    packet.payload->AddPacketTag(provenance::OriginTag(origin));
    packet.header.SetTtl(m_profile.ttl);
    if (to.IsIpv6())
    {
        packet.header.SetFlowLabel(
            FlowLabelOf({to, segment.destinationPort, segment.sourcePort, from}));
    }
    packet.header.SetIdentification(ipId);
    if (m_profile.dontFragment && (m_profile.resetsDontFragment || !segment.Has(tcp::RST)))
    {
        packet.header.SetDontFragment();
    }
    if (!m_isDown)
    {
        m_wire(packet);
    }
}

} // namespace bouncelab::host
