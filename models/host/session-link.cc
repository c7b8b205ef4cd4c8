#include "models/host/session-link.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::host
{

namespace
{

constexpr std::int64_t FAR_NS = 1000000000;

} // namespace

SessionLink::SessionLink(Host& host,
                         ns3::Ptr<ProfileSocket> socket,
                         std::unique_ptr<smtp::Session> session,
                         EndHandler onEnd)
    : m_host(host)
    , m_socket(std::move(socket))
    , m_session(std::move(session))
    , m_onEnd(std::move(onEnd))
{
    m_socket->SetRecvCallback([this](ns3::Ptr<ns3::Socket>) { Readable(); });
    m_socket->SetSendCallback(
        [this](ns3::Ptr<ns3::Socket>, std::uint32_t)
        {
            if (m_session->HasOutput() && !m_ended)
            {
                m_session->Tick(Now());
                Pump();
            }
        });
    m_socket->SetCloseCallbacks([this](ns3::Ptr<ns3::Socket>) { PeerGone(m_socket->WasReset()); },
                                [this](ns3::Ptr<ns3::Socket>) { PeerGone(true); });
}

SessionLink::~SessionLink()
{
    for (ns3::EventId* event :
         {&m_readEvent, &m_closeEvent, &m_nearTimer, &m_farTimer, &m_endEvent})
    {
        ns3::Simulator::Remove(*event);
    }
    if (!m_ended)
    {
        m_host.Release(m_socket);
    }
}

provenance::CauseId
SessionLink::Cause() const
{
    const StackFlow* flow = m_socket->GetFlow();
    return flow ? flow->cause : 0;
}

Nanoseconds
SessionLink::Now()
{
    return Nanoseconds(ns3::Simulator::Now().GetNanoSeconds());
}

void
SessionLink::StartAccepted()
{
    const std::int64_t latency = m_host.DrawApplicationLatencyNs();
    m_readEvent = ns3::Simulator::Schedule(ns3::NanoSeconds(latency),
                                           [this]
                                           {
                                               m_session->Connected(Now());
                                               Pump();
                                               Read();
                                           });
}

void
SessionLink::StartConnecting(std::function<void()> onFailure)
{
    m_onFailure = std::move(onFailure);
    m_socket->SetConnectCallback(
        [this](ns3::Ptr<ns3::Socket>)
        {
            m_onFailure = nullptr;
            m_session->Connected(Now());
            Pump();
        },
        [this](ns3::Ptr<ns3::Socket>) { Failed(); });
    m_host.Connect(m_socket);
}

void
SessionLink::Failed()
{
    if (m_ended || !m_onFailure)
    {
        return;
    }
    const auto onFailure = std::exchange(m_onFailure, nullptr);
    onFailure();
    End();
}

void
SessionLink::Readable()
{
    if (!m_ended && !m_readEvent.IsRunning())
    {
        m_readEvent = ns3::Simulator::Schedule(ns3::NanoSeconds(m_host.DrawApplicationLatencyNs()),
                                               &SessionLink::Read,
                                               this);
    }
}

void
SessionLink::Read()
{
    while (!m_ended && m_socket->GetRxAvailable() > 0)
    {
        const std::size_t room = m_session->ReceiveRoom();
        if (room == 0)
        {
            break;
        }
        const auto packet =
            m_socket->Recv(static_cast<std::uint32_t>(std::min<std::size_t>(room, 65536)), 0);
        if (!packet || packet->GetSize() == 0)
        {
            break;
        }
        char small[2048];
        std::string large;
        char* bytes = small;
        const std::uint32_t size = packet->GetSize();
        if (size > sizeof(small))
        {
            large.resize(size);
            bytes = large.data();
        }
        packet->CopyData(reinterpret_cast<std::uint8_t*>(bytes), size);
        m_session->Receive(std::string_view(bytes, size), Now());
        Pump();
    }
    if (!m_ended && m_peerClosed && !m_toldPeerClosed && m_socket->GetRxAvailable() == 0)
    {
        m_toldPeerClosed = true;
        m_session->PeerClosed(Now(), m_peerReset);
        Pump();
        if (!m_ended && !m_closeEvent.IsRunning() && m_session->WantsClose())
        {
            Close();
        }
    }
}

void
SessionLink::PeerGone(bool reset)
{
    if (m_onFailure)
    {
        Failed();
        return;
    }
    m_peerClosed = true;
    m_peerReset = m_peerReset || reset;
    Readable();
}

void
SessionLink::Pump()
{
    if (m_ended)
    {
        return;
    }
    while (m_session->HasOutput())
    {
        const std::uint32_t room = m_socket->GetTxAvailable();
        if (room == 0)
        {
            break;
        }
        const std::string output = m_session->TakeOutput(room);
        if (output.empty())
        {
            break;
        }
        m_socket->Send(
            ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>(output.data()),
                                     static_cast<std::uint32_t>(output.size())),
            0);
    }
    if (m_session->WantsClose() && !m_closeEvent.IsRunning())
    {
        m_closeEvent = ns3::Simulator::Schedule(ns3::NanoSeconds(m_host.DrawApplicationLatencyNs()),
                                                &SessionLink::Close,
                                                this);
        return;
    }
    Arm();
}

void
SessionLink::Arm()
{
    const auto next = m_session->NextTimer();
    if (!next || m_ended)
    {
        return;
    }
    const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
    const std::int64_t at = std::max(next->count(), now);
    if (at - now > FAR_NS)
    {
        if (m_farTimer.IsRunning() && m_farTimer.GetTs() <= static_cast<std::uint64_t>(at))
        {
            return;
        }
        ns3::Simulator::Remove(m_farTimer);
        m_farTimer = ns3::Simulator::Schedule(ns3::NanoSeconds(at - now), &SessionLink::Fire, this);
        return;
    }
    if (m_nearTimer.IsRunning() && m_nearTimer.GetTs() == static_cast<std::uint64_t>(at))
    {
        return;
    }
    ns3::Simulator::Remove(m_nearTimer);
    m_nearTimer = ns3::Simulator::Schedule(ns3::NanoSeconds(at - now), &SessionLink::Fire, this);
}

void
SessionLink::Fire()
{
    if (m_ended)
    {
        return;
    }
    const auto next = m_session->NextTimer();
    if (next && *next <= Now())
    {
        m_session->Tick(Now());
        Pump();
        Read();
        return;
    }
    Arm();
}

void
SessionLink::Wake()
{
    if (!m_ended && !m_onFailure)
    {
        m_session->Tick(Now());
        Pump();
        Read();
    }
}

void
SessionLink::Close()
{
    if (m_ended)
    {
        return;
    }
    if (m_session->WantsReset())
    {
        m_host.Reset(m_socket);
    }
    else
    {
        m_host.Release(m_socket);
    }
    End();
}

void
SessionLink::End()
{
    if (m_ended)
    {
        return;
    }
    m_ended = true;
    m_endEvent = ns3::Simulator::ScheduleNow(
        [this]
        {
            const EndHandler onEnd = std::move(m_onEnd);
            onEnd(*this);
        });
}

} // namespace bouncelab::host
