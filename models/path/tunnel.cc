#include "models/path/tunnel.h"

#include "formats/packet.h"
#include "models/path/rewrite.h"

#include <ns3/simulator.h>

namespace bouncelab::path
{

Tunnel::Tunnel(Router& gateway,
               Ipv4 address,
               NetworkPath& chain,
               const std::string& name,
               const TunnelConfig& config,
               std::uint64_t seed,
               provenance::Ledger& ledger)
    : m_gateway(gateway)
    , m_inside(gateway.AddInterface(gateway.Address(), Direction::Outbound))
    , m_chain(chain)
    , m_config(config)
    , m_session(IkeSession::Draw(seed, name))
    , m_remote({name + "/remote",
                seed,
                chain.Setup().hostAddress.AsIpv4(),
                address,
                config.remoteTtl,
                EspKeys::Draw(seed, name + "/inward"),
                EspKeys::Draw(seed, name + "/outward"),
                &ledger})
    , m_site({name + "/gateway",
              seed,
              address,
              chain.Setup().hostAddress.AsIpv4(),
              config.gatewayTtl,
              EspKeys::Draw(seed, name + "/outward"),
              EspKeys::Draw(seed, name + "/inward"),
              &ledger})
{
    if (!m_config.handshake)
    {
        m_phase = Phase::Up;
        m_siteUp = true;
    }
    m_chain.SetHandler(PathEnd::Far, [this](const WirePacket& packet) { AtRemote(packet); });
    m_gateway.AddLocalHandler([this](const WirePacket& packet) { AtGateway(packet); });
    m_gateway.AddRoute(m_config.insideAddress,
                       m_inside,
                       [this](const WirePacket& packet) { FromInside(packet); });
    m_gateway.ReservePort(protocol::UDP, IkePort);
    m_gateway.ReservePort(protocol::UDP, NatPort);
}

void
Tunnel::Connect()
{
    if (m_phase == Phase::Down)
    {
        m_phase = Phase::Init;
        m_attempt = 0;
        Request();
    }
}

void
Tunnel::Send(const WirePacket& inner)
{
    if (m_phase == Phase::Up && IsRemotes(inner))
    {
        Seal(inner);
        return;
    }
    if (!IsRemotes(inner) || m_waiting.size() >= m_config.queue)
    {
        ++m_remote.Counts().dropped;
        return;
    }
    m_waiting.push_back(inner);
    Connect();
}

bool
Tunnel::IsRemotes(const WirePacket& inner) const
{
    return inner.header.GetSource() == m_config.insideAddress;
}

void
Tunnel::Request()
{
    m_chain.Enter(
        PathEnd::Far,
        m_remote.Ike(m_session,
                     m_phase == Phase::Init ? IkeMessage::InitRequest : IkeMessage::AuthRequest));
    m_lastSentNs = NowNs();
    m_retransmission =
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_config.retransmit.count() << m_attempt),
                                 &Tunnel::Unanswered,
                                 this);
}

void
Tunnel::Unanswered()
{
    if (++m_attempt < m_config.attempts)
    {
        Request();
        return;
    }
    m_phase = Phase::Down;
    m_remote.Counts().dropped += m_waiting.size();
    m_waiting.clear();
}

void
Tunnel::AtRemote(const WirePacket& outer)
{
    if (!m_remote.IsFromPeer(outer))
    {
        if (m_outerHandler)
        {
            m_outerHandler(outer);
        }
        return;
    }
    if (TunnelEnd::IsEsp(outer))
    {
        const auto inner = m_phase == Phase::Up ? m_remote.Open(outer) : std::nullopt;
        if (inner && m_handler)
        {
            m_handler(Limited(*inner));
        }
        return;
    }
    const auto message = TunnelEnd::IkeOf(outer, m_session);
    if (m_phase == Phase::Init && message == IkeMessage::InitResponse)
    {
        m_retransmission.Cancel();
        m_phase = Phase::Auth;
        m_attempt = 0;
        Request();
    }
    else if (m_phase == Phase::Auth && message == IkeMessage::AuthResponse)
    {
        m_retransmission.Cancel();
        Establish();
    }
}

void
Tunnel::Establish()
{
    m_phase = Phase::Up;
    AwaitSilence();
    for (; !m_waiting.empty(); m_waiting.pop_front())
    {
        Seal(m_waiting.front());
    }
}

void
Tunnel::Seal(const WirePacket& inner)
{
    m_chain.Enter(PathEnd::Far, m_remote.Seal(Limited(inner)));
    m_lastSentNs = NowNs();
    AwaitSilence();
}

void
Tunnel::AwaitSilence()
{
    if (m_config.keepalive.count() > 0 && !m_silence.IsRunning())
    {
        m_silence = ns3::Simulator::Schedule(
            ns3::NanoSeconds(m_lastSentNs + m_config.keepalive.count() - NowNs()),
            &Tunnel::Keepalive,
            this);
    }
}

void
Tunnel::Keepalive()
{
    if (NowNs() - m_lastSentNs >= m_config.keepalive.count())
    {
        m_chain.Enter(PathEnd::Far, m_remote.Keepalive());
        m_lastSentNs = NowNs();
    }
    AwaitSilence();
}

WirePacket
Tunnel::Limited(const WirePacket& inner) const
{
    return m_config.segmentLimit ? WithSynOptions(inner, {m_config.segmentLimit, false}) : inner;
}

void
Tunnel::AtGateway(const WirePacket& outer)
{
    if (!m_site.IsFromPeer(outer))
    {
        return;
    }
    if (TunnelEnd::IsEsp(outer))
    {
        const auto inner = m_siteUp ? m_site.Open(outer) : std::nullopt;
        if (inner && IsRemotes(*inner))
        {
            m_gateway.Receive(m_inside, *inner);
        }
        return;
    }
    const auto message = TunnelEnd::IkeOf(outer, m_session);
    if (message == IkeMessage::InitRequest || message == IkeMessage::AuthRequest)
    {
        ns3::Simulator::Schedule(ns3::NanoSeconds(m_config.gatewayDelay.count()),
                                 &Tunnel::Answer,
                                 this,
                                 *message);
    }
}

void
Tunnel::Answer(IkeMessage request)
{
    const bool first = request == IkeMessage::InitRequest;
    m_siteUp |= !first;
    m_gateway.Send(
        m_site.Ike(m_session, first ? IkeMessage::InitResponse : IkeMessage::AuthResponse));
}

void
Tunnel::FromInside(const WirePacket& inner)
{
    if (!m_siteUp)
    {
        ++m_site.Counts().dropped;
        return;
    }
    m_gateway.Send(m_site.Seal(inner));
}

} // namespace bouncelab::path
