// The incoming half of StackShim: what the profile's stack makes of a segment before ns-3 sees it.

#include "formats/sequence.h"
#include "models/host/profile-socket.h"
#include "models/host/socket-address.h"
#include "models/host/stack-shim.h"
#include "models/path/icmp-responder.h"
#include "models/path/rewrite.h"
#include "models/path/tcp-packet.h"
#include "models/provenance/origin-tag.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>
#include <ns3/tcp-option-sack-permitted.h>
#include <ns3/tcp-option-sack.h>
#include <ns3/tcp-option-winscale.h>

#include <algorithm>
#include <tuple>

namespace bouncelab::host
{

namespace
{

// Linux's net.ipv4.tcp_invalid_ratelimit, which bounds the answers of RFC 5961.
constexpr std::int64_t CHALLENGE_INTERVAL_NS = 500000000;

constexpr std::uint32_t LEAST_MTU_V4 = 552;  // Linux's net.ipv4.route.min_pmtu
constexpr std::uint32_t LEAST_MTU_V6 = 1280; // RFC 8200 5

} // namespace

bool
StackShim::Takes(const path::WirePacket& packet) const
{
    if (IsOwn(packet.header.GetDestination()))
    {
        return true;
    }
    if (!m_takesAnyAddress)
    {
        return false;
    }
    std::uint8_t ports[4];
    return packet.payload->CopyData(ports, sizeof(ports)) == sizeof(ports) &&
           m_listeners.count(Read16(ports + 2)) > 0;
}

bool
StackShim::Holds(const path::WirePacket& packet) const
{
    std::uint8_t ports[4];
    if (packet.payload->CopyData(ports, sizeof(ports)) != sizeof(ports))
    {
        return false;
    }
    const auto flow = m_flows.find(FlowKey{packet.header.GetSource(),
                                           Read16(ports),
                                           Read16(ports + 2),
                                           packet.header.GetDestination()});
    return flow != m_flows.end() && flow->second->socket;
}

void
StackShim::Receive(const path::WirePacket& packet)
{
    const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
    ++m_received;
    const std::int64_t latency =
        m_start.kernelLatency.count() +
        m_draws("kernel-latency", m_received).Between(0, m_start.latencyJitter.count());
    const std::int64_t at = std::max(now + latency, m_lastProcessNs);
    m_lastProcessNs = at;
    if (at == now)
    {
        Process(packet);
        return;
    }
    ns3::Simulator::Schedule(ns3::NanoSeconds(at - now), &StackShim::Process, this, packet);
}

void
StackShim::Process(path::WirePacket packet)
{
    if (m_isDown)
    {
        return;
    }
    if (const auto mtu = path::NextMtuOf(packet))
    {
        LearnPathMtu(packet, *mtu);
        return;
    }
    std::vector<std::uint8_t> octets;
    const auto segment = path::ReadSegment(packet, octets);
    if (!segment || TransportChecksum(packet.header.GetSource(),
                                      packet.header.GetDestination(),
                                      protocol::TCP,
                                      {octets.data(), octets.size()}) != 0)
    {
        return;
    }
    const provenance::Origin origin = provenance::OriginOf(packet.payload);
    const FlowKey key{packet.header.GetSource(),
                      segment->sourcePort,
                      segment->destinationPort,
                      packet.header.GetDestination()};
    StackFlow* flow = Find(key);
    if (flow && flow->opening)
    {
        return;
    }
    if ((!flow || !flow->socket) && Opens(*segment))
    {
        ProcessSyn(*segment, packet.header);
        return;
    }
    if (!flow)
    {
        if (DrawsReset(*segment))
        {
            SendReset(*segment, packet.header, origin.cause);
        }
        return;
    }
    if (HoldsBack(*flow, *segment, packet))
    {
        return;
    }
    if (segment->Has(tcp::RST))
    {
        if (TrustsReset(*flow, *segment, packet.header))
        {
            ProcessReset(*flow, *segment, origin);
        }
        return;
    }
    NoteTtl(*flow, *segment, packet.header);
    if (!flow->socket)
    {
        if (segment->SequenceLength() > 0)
        {
            SendBareAck(*flow);
        }
        return;
    }
    ProcessFlow(*flow, *segment, packet.header, origin);
}

bool
StackShim::Opens(const TcpSegment& segment) const
{
    const bool isSyn = segment.Has(tcp::SYN) && !segment.Has(tcp::ACK) && !segment.Has(tcp::RST) &&
                       (!segment.Has(tcp::FIN) || m_profile.synFin == SynFin::Accept);
    return isSyn && m_listeners.count(segment.destinationPort) > 0;
}

bool
StackShim::DrawsReset(const TcpSegment& segment) const
{
    if (segment.Has(tcp::RST) || !m_profile.resetsClosedPorts)
    {
        return false;
    }
    const bool isAsAtClosedPort =
        segment.Has(tcp::ACK) || m_listeners.count(segment.destinationPort) == 0;
    return isAsAtClosedPort || (segment.Has(tcp::SYN) ? m_profile.synFin == SynFin::Reset
                                                      : m_profile.resetsStraySegments);
}

/// Path MTU discovery (RFC 1191, RFC 8201), of a stack that sets DF; the others' packets are cut
/// up.
void
StackShim::LearnPathMtu(const path::WirePacket& error, std::uint32_t mtu)
{
    const auto quoted = path::QuotedEndpointsOf(error);
    if (!quoted || quoted->protocol != protocol::TCP)
    {
        return;
    }
    const auto& [remote, local] = std::tie(quoted->destination, quoted->source);
    const bool isIpv6 = remote.address.IsIpv6();
    StackFlow* flow = Find(FlowKey{remote.address, remote.port, local.port, local.address});
    if (!flow || !flow->socket || (!isIpv6 && !m_profile.dontFragment))
    {
        return;
    }
    m_pathMtus[remote.address] = std::max(mtu, isIpv6 ? LEAST_MTU_V6 : LEAST_MTU_V4);
    flow->socket->ShortenSegments(SegmentFor(*flow));
}

std::uint32_t
StackShim::SegmentFor(const StackFlow& flow) const
{
    const IpAddress& peer = flow.key.remoteAddress;
    std::uint32_t largest = std::min<std::uint32_t>(LargestSegment(peer), flow.peerMss);
    if (const auto known = m_pathMtus.find(peer); known != m_pathMtus.end())
    {
        const std::size_t headers = (peer.IsIpv6() ? IPV6_BYTES : IPV4_BYTES) + TCP_BYTES;
        largest = std::min(largest, known->second - static_cast<std::uint32_t>(headers));
    }
    return largest - (flow.timestamps ? 12 : 0);
}

void
StackShim::ProcessSyn(TcpSegment segment, const path::IpHeader& header)
{
    const FlowKey key{header.GetSource(),
                      segment.sourcePort,
                      segment.destinationPort,
                      header.GetDestination()};
    StackFlow& flow = Create(key);
    if (m_onTake && !IsOwn(header.GetDestination()))
    {
        flow.cause = m_onTake(key);
    }
    LearnPeer(flow, segment);
    flow.ecn = m_profile.ecn && segment.Has(tcp::ECE) && segment.Has(tcp::CWR);
    flow.opening = true;
    segment.flags &= static_cast<std::uint8_t>(~tcp::FIN);
    ProfileSocket* listener = m_listeners.at(segment.destinationPort);
    listener->ResetOffers(m_profile.scaling, m_profile.sackPermitted);
    DeliverPart(flow, *listener, segment, header);
}

bool
StackShim::AcceptsReset(const StackFlow& flow, const TcpSegment& segment) const
{
    if (!flow.socket || !flow.peerKnown)
    {
        return flow.socket && segment.Has(tcp::ACK) && segment.acknowledgment == flow.sendNext;
    }
    switch (m_profile.resetCheck)
    {
    case ResetCheck::Unchecked:
        return true;
    case ResetCheck::Exact:
    case ResetCheck::Challenge:
        return segment.sequence == flow.socket->NextReceive() + flow.peerIsn;
    case ResetCheck::Window:
        return IsInWindow(flow, segment);
    }
    return false;
}

bool
StackShim::IsInWindow(const StackFlow& flow, const TcpSegment& segment)
{
    const std::uint32_t next = flow.socket->NextReceive() + flow.peerIsn;
    return SequenceAtMost(next, segment.sequence) &&
           SequenceAtMost(segment.sequence, next + flow.socket->Room());
}

void
StackShim::ProcessReset(StackFlow& flow,
                        const TcpSegment& segment,
                        const provenance::Origin& origin)
{
    if (!AcceptsReset(flow, segment))
    {
        if (m_profile.resetCheck == ResetCheck::Challenge && flow.socket && flow.peerKnown &&
            IsInWindow(flow, segment))
        {
            SendChallenge(flow);
        }
        return;
    }
    NoteForgery(flow, segment, origin);
    flow.reset = true;
    ns3::TcpHeader reset;
    reset.SetFlags(ns3::TcpHeader::RST);
    auto packet = ns3::Create<ns3::Packet>();
    packet->AddHeader(reset);
    const ns3::Ptr<ProfileSocket> keep(flow.socket);
    keep->Deliver(packet,
                  SocketAddress(flow.key.remoteAddress, flow.key.remotePort),
                  SocketAddress(flow.key.localAddress, flow.key.localPort));
}

void
StackShim::LearnPeer(StackFlow& flow, const TcpSegment& syn) const
{
    flow.peerIsn = syn.sequence;
    flow.peerKnown = true;
    flow.peerMss = syn.options.mss.value_or(flow.key.remoteAddress.IsIpv6() ? 1220 : 536);
    // What a SYN-ACK has counts where it was offered.
    const bool isAnswer = syn.Has(tcp::ACK);
    const auto knows = [&](bool accepts, std::string_view option)
    { return isAnswer ? m_profile.Offers(option) : accepts; };
    flow.timestamps = knows(m_profile.timestamps, "ts") && syn.options.timestamp;
    flow.sack = knows(m_profile.sackPermitted, "sackok") && syn.options.sackPermitted;
    flow.scaling = knows(m_profile.scaling, "ws") && syn.options.windowScale.has_value();
    flow.peerScale = flow.scaling ? std::min<std::uint8_t>(*syn.options.windowScale, 14) : 0;
    flow.timestampRecent = syn.options.timestampValue;
    flow.lastAckSent = syn.sequence + 1;
    // A client's own SYN showed a window before it was known where that begins.
    flow.windowEdge = syn.sequence + 1 + m_profile.synWindow;
}

bool
StackShim::AcceptsTimestamp(StackFlow& flow, const TcpSegment& segment) const
{
    if (!flow.timestamps)
    {
        return true;
    }
    if (!segment.options.timestamp)
    {
        return m_profile.acceptsMissingTimestamp;
    }
    return SequenceAtMost(flow.timestampRecent, segment.options.timestampValue);
}

bool
StackShim::AcceptsAcknowledgment(StackFlow& flow, TcpSegment& segment)
{
    if (!segment.Has(tcp::ACK) || SequenceAtMost(segment.acknowledgment, flow.sendNext))
    {
        return true;
    }
    if (m_profile.ackOfUnsent == AckOfUnsent::Process)
    {
        segment.acknowledgment = flow.sendNext;
        return true;
    }
    if (m_profile.ackOfUnsent == AckOfUnsent::Discard)
    {
        SendBareAck(flow);
    }
    else
    {
        SendChallenge(flow);
    }
    return false;
}

void
StackShim::SendChallenge(StackFlow& flow)
{
    const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
    if (now >= flow.nextChallengeNs)
    {
        flow.nextChallengeNs = now + CHALLENGE_INTERVAL_NS;
        SendBareAck(flow);
    }
}

void
StackShim::RefreshTimestamp(StackFlow& flow,
                            const TcpSegment& segment,
                            std::uint32_t sequence) const
{
    if (flow.timestamps && segment.options.timestamp &&
        SequenceAtMost(sequence, flow.lastAckSent) &&
        SequenceAtMost(flow.timestampRecent, segment.options.timestampValue))
    {
        flow.timestampRecent = segment.options.timestampValue;
    }
}

void
StackShim::ProcessSynInFlow(StackFlow& flow,
                            const TcpSegment& segment,
                            const path::IpHeader& header,
                            const provenance::Origin& origin)
{
    if (!flow.peerKnown && segment.Has(tcp::ACK))
    {
        if (segment.acknowledgment != flow.sendNext)
        {
            SendReset(segment, header, origin.cause);
            return;
        }
        // Another host answered: the whole connection is its own, not single segments of it.
        flow.cause = origin.forged ? origin.cause : flow.cause;
        LearnPeer(flow, segment);
        flow.socket->LimitSegment(SegmentFor(flow));
        flow.ackAtOnce = true;
        Deliver(flow, segment, header);
    }
    else if (segment.Has(tcp::ACK))
    {
        SendBareAck(flow);
    }
    else
    {
        Deliver(flow, segment, header);
    }
}

void
StackShim::ProcessFlow(StackFlow& flow,
                       TcpSegment segment,
                       const path::IpHeader& header,
                       const provenance::Origin& origin)
{
    ProfileSocket& socket = *flow.socket;
    if (segment.Has(tcp::SYN))
    {
        ProcessSynInFlow(flow, segment, header, origin);
        return;
    }
    if (!flow.peerKnown)
    {
        return;
    }
    if (!AcceptsTimestamp(flow, segment))
    {
        if (segment.options.timestamp)
        {
            SendBareAck(flow);
        }
        return;
    }

    const std::uint32_t next = socket.NextReceive() + flow.peerIsn;
    const std::uint32_t end = segment.sequence + segment.SequenceLength();
    const std::uint32_t edge = next + std::max(socket.Room(), 1U);
    if (SequenceBefore(edge, segment.sequence))
    {
        SendBareAck(flow);
        return;
    }
    if (m_profile.timestampEcho == TimestampEcho::BeforeTrim)
    {
        RefreshTimestamp(flow, segment, segment.sequence);
    }
    const bool wasOld = SequenceBefore(segment.sequence, next) && SequenceAtMost(end, next);
    if (wasOld)
    {
        if (segment.payload.size > 0)
        {
            NoteDisplaced(flow, origin);
        }
        if (!m_profile.trimsOldSegments)
        {
            SendBareAck(flow);
            return;
        }
        segment.payload = {};
        segment.flags &= static_cast<std::uint8_t>(~tcp::FIN);
        segment.sequence = next;
    }
    else if (SequenceBefore(segment.sequence, next))
    {
        const std::uint32_t old = next - segment.sequence;
        segment.payload = segment.payload.From(old);
        segment.sequence = next;
    }
    if (m_profile.timestampEcho == TimestampEcho::AfterTrim)
    {
        RefreshTimestamp(flow, segment, segment.sequence);
    }
    if (flow.orphan && m_profile.resetsDataAfterClose && segment.payload.size > 0)
    {
        SendReset(segment, header, origin.cause != 0 ? origin.cause : flow.cause);
        segment.sequence = next;
        flow.orphan = false;
        ProcessReset(flow, segment, provenance::Origin{});
        return;
    }
    if (!AcceptsAcknowledgment(flow, segment))
    {
        return;
    }

    const bool inOrder = segment.sequence == next;
    if (segment.payload.size > 0 && inOrder)
    {
        NoteForgery(flow, segment, origin);
        const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
        flow.ackAtOnce = flow.acks.DataArrived(now);
    }
    else
    {
        flow.ackAtOnce = true;
    }
    if (segment.Has(tcp::FIN))
    {
        flow.ackAtOnce = !inOrder || flow.orphan || m_profile.acksFinAtOnce;
    }
    flow.wantsAck = wasOld;
    Deliver(flow, segment, header);
}

void
StackShim::Deliver(StackFlow& flow, const TcpSegment& segment, const path::IpHeader& header)
{
    const ns3::Ptr<ProfileSocket> keep(flow.socket);
    flow.receiving = true;
    if (segment.payload.size > 0 && segment.Has(tcp::FIN))
    {
        // ns-3 mistakes the place of a FIN that comes with data in the FIN-WAIT states.
        TcpSegment part = segment;
        part.flags &= static_cast<std::uint8_t>(~tcp::FIN);
        DeliverPart(flow, *keep, part, header);
        part.flags = segment.flags;
        part.sequence += static_cast<std::uint32_t>(part.payload.size);
        part.payload = {};
        DeliverPart(flow, *keep, part, header);
    }
    else
    {
        DeliverPart(flow, *keep, segment, header);
    }
    StackFlow* alive = keep->GetFlow();
    if (!alive)
    {
        return;
    }
    flow.receiving = false;
    if (keep->InTimeWait())
    {
        flow.timeWaitUntilNs =
            ns3::Simulator::Now().GetNanoSeconds() + 2 * m_profile.maximumSegmentLifetime.count();
    }
    if (!flow.wantsAck)
    {
        return;
    }
    flow.wantsAck = false;
    if (flow.ackAtOnce)
    {
        SendBareAck(flow);
    }
    else
    {
        HoldAck(flow);
    }
}

void
StackShim::DeliverPart(StackFlow& flow,
                       ProfileSocket& socket,
                       const TcpSegment& segment,
                       const path::IpHeader& header)
{
    ns3::TcpHeader tcp;
    tcp.SetSourcePort(segment.sourcePort);
    tcp.SetDestinationPort(segment.destinationPort);
    tcp.SetSequenceNumber(ns3::SequenceNumber32(segment.sequence - flow.peerIsn));
    tcp.SetAckNumber(
        ns3::SequenceNumber32(segment.Has(tcp::ACK) ? segment.acknowledgment - flow.isn : 0));
    tcp.SetFlags(segment.flags & (tcp::SYN | tcp::ACK | tcp::FIN));
    tcp.SetWindowSize(segment.window);
    if (segment.Has(tcp::SYN))
    {
        if (flow.scaling)
        {
            auto scale = ns3::CreateObject<ns3::TcpOptionWinScale>();
            scale->SetScale(flow.peerScale);
            tcp.AppendOption(scale);
        }
        if (flow.sack)
        {
            tcp.AppendOption(ns3::CreateObject<ns3::TcpOptionSackPermitted>());
        }
    }
    else if (segment.options.sackBlocks > 0 && flow.sack)
    {
        auto sack = ns3::CreateObject<ns3::TcpOptionSack>();
        for (std::size_t i = 0; i < segment.options.sackBlocks; ++i)
        {
            sack->AddSackBlock({ns3::SequenceNumber32(segment.options.sack[i].left - flow.isn),
                                ns3::SequenceNumber32(segment.options.sack[i].right - flow.isn)});
        }
        tcp.AppendOption(sack);
    }
    auto packet = segment.payload.size > 0
                      ? ns3::Create<ns3::Packet>(segment.payload.data,
                                                 static_cast<std::uint32_t>(segment.payload.size))
                      : ns3::Create<ns3::Packet>();
    packet->AddHeader(tcp);
    socket.Deliver(packet,
                   SocketAddress(header.GetSource(), segment.sourcePort),
                   SocketAddress(header.GetDestination(), segment.destinationPort));
}

void
StackShim::NoteForgery(StackFlow& flow, const TcpSegment& segment, const provenance::Origin& origin)
{
    if (origin.cause == 0)
    {
        return;
    }
    const bool isKnown = flow.cause == origin.cause;
    flow.cause = origin.cause;
    if (!origin.forged || isKnown)
    {
        return;
    }
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = segment.Has(tcp::RST) ? "forged.reset" : "forged.reply";
    action.cause = origin.cause;
    action.actor = m_actor;
    action.packet = origin.serial;
    action.did = TruthEvent::Accepted;
    action.params = {{"packet", std::to_string(origin.serial)},
                     {"sequence", std::to_string(segment.sequence)},
                     {"bytes", std::to_string(segment.payload.size)}};
    m_ledger.Record(action);
}

void
StackShim::NoteDisplaced(const StackFlow& flow, const provenance::Origin& origin)
{
    if (flow.cause == 0 || origin.forged || origin.cause == flow.cause)
    {
        return;
    }
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = "forged.reply";
    action.cause = flow.cause;
    action.actor = m_actor;
    action.packet = origin.serial;
    action.displaced = true;
    action.did = TruthEvent::DiscardedGenuine;
    action.params = {{"packet", std::to_string(origin.serial)}};
    m_ledger.Record(action);
}

} // namespace bouncelab::host
