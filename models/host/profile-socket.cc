#include "models/host/profile-socket.h"

#include "models/host/socket-address.h"
#include "models/host/stack-shim.h"

#include <ns3/simulator.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-rx-buffer.h>
#include <ns3/tcp-tx-buffer.h>

#include <algorithm>

namespace bouncelab::host
{

namespace
{

const ns3::Time LONGEST_RTO = ns3::Seconds(60);

} // namespace

NS_OBJECT_ENSURE_REGISTERED(ProfileSocket);

ns3::TypeId
ProfileSocket::GetTypeId()
{
    static ns3::TypeId tid = ns3::TypeId("bouncelab::ProfileSocket")
                                 .SetParent<ns3::TcpSocketBase>()
                                 .SetGroupName("bouncelab")
                                 .AddConstructor<ProfileSocket>();
    return tid;
}

ns3::TypeId
ProfileSocket::GetInstanceTypeId() const
{
    return GetTypeId();
}

ProfileSocket::ProfileSocket(const ProfileSocket& other)
    : ns3::TcpSocketBase(other)
    , m_shim(other.m_shim)
{
}

ProfileSocket::~ProfileSocket()
{
    if (m_flow)
    {
        m_shim->SocketGone(*m_flow);
    }
}

void
ProfileSocket::Reset()
{
    const ns3::Ptr<ProfileSocket> alive(this);
    SendRST();
    if (m_flow)
    {
        m_shim->SocketGone(*m_flow);
        m_flow = nullptr;
    }
}

bool
ProfileSocket::WasReset() const
{
    return m_flow && m_flow->reset;
}

ns3::Ptr<ProfileSocket>
ProfileSocket::Clone()
{
    ns3::Ptr<ProfileSocket> socket = ns3::CopyObject<ProfileSocket>(this);
    m_tcp->AddSocket(socket);
    return socket;
}

void
ProfileSocket::Deliver(ns3::Ptr<ns3::Packet> packet,
                       const ns3::Address& from,
                       const ns3::Address& to)
{
    DoForwardUp(packet, from, to);
}

void
ProfileSocket::ResetOffers(bool scaling, bool sack)
{
    m_winScalingEnabled = scaling;
    m_sackEnabled = sack;
    m_txBuffer->SetSackEnabled(sack);
}

void
ProfileSocket::LimitSegment(std::uint32_t bytes)
{
    m_tcb->m_segmentSize = bytes;
    m_txBuffer->SetSegmentSize(bytes);
}

void
ProfileSocket::ShortenSegments(std::uint32_t bytes)
{
    if (bytes >= m_tcb->m_segmentSize)
    {
        return;
    }
    LimitSegment(bytes);
    if (m_retxEvent.IsRunning())
    {
        m_retxEvent.Cancel();
        ReTxTimeout();
    }
}

std::uint32_t
ProfileSocket::NextReceive() const
{
    return m_tcb->m_rxBuffer->NextRxSequence().GetValue();
}

std::uint32_t
ProfileSocket::HighestSent() const
{
    return m_tcb->m_highTxMark.Get().GetValue();
}

std::uint32_t
ProfileSocket::QueueTail() const
{
    return m_txBuffer->TailSequence().GetValue();
}

std::uint32_t
ProfileSocket::Room() const
{
    // Behind a FIN the end of the buffer lies before the next sequence number.
    const std::int32_t room =
        m_tcb->m_rxBuffer->MaxRxSequence() - m_tcb->m_rxBuffer->NextRxSequence();
    return room > 0 ? static_cast<std::uint32_t>(room) : 0;
}

bool
ProfileSocket::HasFin() const
{
    return m_tcb->m_rxBuffer->GotFin();
}

bool
ProfileSocket::InTimeWait() const
{
    return m_state == TIME_WAIT;
}

bool
ProfileSocket::IsConnected() const
{
    return m_connected;
}

ns3::Ptr<ns3::TcpSocketBase>
ProfileSocket::Fork()
{
    return ns3::CopyObject<ProfileSocket>(this);
}

void
ProfileSocket::CompleteFork(ns3::Ptr<ns3::Packet> packet,
                            const ns3::TcpHeader& header,
                            const ns3::Address& from,
                            const ns3::Address& to)
{
    const auto [remote, remotePort] = FromSocketAddress(from);
    const auto [local, localPort] = FromSocketAddress(to);
    m_shim->SocketForked(FlowKey{remote, remotePort, localPort, local}, *this);
    ns3::TcpSocketBase::CompleteFork(packet, header, from, to);
}

void
ProfileSocket::PersistTimeout()
{
    // ns-3 would probe with a byte that does not exist when there is nothing to send.
    if (m_txBuffer->SizeFromSequence(m_tcb->m_nextTxSequence) == 0)
    {
        m_persistEvent =
            ns3::Simulator::Schedule(m_persistTimeout, &ProfileSocket::PersistTimeout, this);
        return;
    }
    ns3::TcpSocketBase::PersistTimeout();
}

void
ProfileSocket::SendEmptyPacket(std::uint8_t flags)
{
    if (!(flags & ns3::TcpHeader::FIN))
    {
        ns3::TcpSocketBase::SendEmptyPacket(flags);
        return;
    }
    if (m_finsSent > m_dataRetries)
    {
        const ns3::Ptr<ProfileSocket> alive(this);
        CloseAndNotify();
        return;
    }
    ns3::TcpSocketBase::SendEmptyPacket(flags);
    if (m_retxEvent.IsRunning() && m_finsSent > 0)
    {
        m_retxEvent.Cancel();
        m_retxEvent = ns3::Simulator::Schedule(
            std::min(ns3::NanoSeconds(m_rto.Get().GetNanoSeconds() << m_finsSent), LONGEST_RTO),
            &ProfileSocket::SendEmptyPacket,
            this,
            flags);
    }
    ++m_finsSent;
}

void
ProfileSocket::Die()
{
    const ns3::Ptr<ProfileSocket> alive(this);
    m_flow = nullptr;
    m_state = CLOSED;
    DeallocateEndPoint();
    CancelAllTimers();
}

} // namespace bouncelab::host
