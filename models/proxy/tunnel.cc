#include "models/proxy/tunnel.h"

#include <algorithm>
#include <utility>

namespace bouncelab::proxy
{

TunnelEnd::TunnelEnd(std::shared_ptr<Tunnel> tunnel, bool atServer)
    : m_tunnel(std::move(tunnel))
    , m_in(atServer ? &m_tunnel->toClient : &m_tunnel->toServer)
    , m_out(atServer ? &m_tunnel->toServer : &m_tunnel->toClient)
    , m_atServer(atServer)
{
}

void
TunnelEnd::WakeOther() const
{
    const auto& wake = m_atServer ? m_tunnel->wakeClient : m_tunnel->wakeServer;
    if (wake)
    {
        wake();
    }
}

void
TunnelEnd::Connected(Nanoseconds now)
{
    m_tunnel->lastPassed = now;
    if (m_atServer && m_tunnel->onReached)
    {
        m_tunnel->onReached();
    }
}

void
TunnelEnd::Receive(std::string_view bytes, Nanoseconds now)
{
    m_in->octets += bytes;
    m_tunnel->lastPassed = now;
    WakeOther();
}

void
TunnelEnd::PeerClosed(Nanoseconds /* now */, bool /* reset */)
{
    m_isGone = true;
    m_in->ended = true;
    WakeOther();
}

void
TunnelEnd::Tick(Nanoseconds now)
{
    if (now >= m_tunnel->lastPassed + m_tunnel->idleTimeout && !m_out->ended)
    {
        m_tunnel->toClient.ended = true;
        m_tunnel->toServer.ended = true;
        WakeOther();
    }
}

std::string
TunnelEnd::TakeOutput(std::size_t limit)
{
    std::string taken = m_out->octets.substr(0, limit);
    m_out->octets.erase(0, taken.size());
    WakeOther();
    return taken;
}

std::optional<Nanoseconds>
TunnelEnd::NextTimer() const
{
    return WantsClose() || m_out->ended
               ? std::nullopt
               : std::optional(m_tunnel->lastPassed + m_tunnel->idleTimeout);
}

std::size_t
TunnelEnd::ReceiveRoom() const
{
    return Tunnel::MOST_HELD - std::min(Tunnel::MOST_HELD, m_in->octets.size());
}

ConnectSession::ConnectSession(std::shared_ptr<Tunnel> tunnel,
                               Nanoseconds requestTimeout,
                               RequestHandler onRequest)
    : TunnelEnd(std::move(tunnel), false)
    , m_requestTimeout(requestTimeout)
    , m_onRequest(std::move(onRequest))
{
}

void
ConnectSession::Establish()
{
    m_phase = Phase::Open;
    m_out->octets.insert(0, ConnectReply(HttpStatus::Ok));
}

void
ConnectSession::Refuse(HttpStatus status)
{
    m_phase = Phase::Refused;
    m_out->octets = ConnectReply(status);
    m_out->ended = true;
    m_in->octets.clear();
    m_in->ended = true;
}

void
ConnectSession::Connected(Nanoseconds now)
{
    TunnelEnd::Connected(now);
    m_deadline = now + m_requestTimeout;
}

void
ConnectSession::Receive(std::string_view bytes, Nanoseconds now)
{
    if (m_phase == Phase::Request)
    {
        m_head += bytes;
        ReadRequest();
    }
    else if (m_phase != Phase::Refused)
    {
        TunnelEnd::Receive(bytes, now);
    }
}

void
ConnectSession::ReadRequest()
{
    const auto length = HeadLength(m_head);
    if (!length)
    {
        if (m_head.size() >= MOST_HEAD)
        {
            Refuse(HttpStatus::HeadTooLarge);
        }
        return;
    }
    const auto request = ReadConnect(std::string_view(m_head).substr(0, *length));
    if (const auto* status = std::get_if<HttpStatus>(&request))
    {
        Refuse(*status);
        return;
    }
    m_phase = Phase::Opening;
    m_in->octets = m_head.substr(*length);
    m_onRequest(std::get<Authority>(request));
}

void
ConnectSession::Tick(Nanoseconds now)
{
    if (m_phase == Phase::Request && now >= m_deadline)
    {
        Refuse(HttpStatus::RequestTimeout);
    }
    else if (m_phase == Phase::Open)
    {
        TunnelEnd::Tick(now);
    }
}

std::optional<Nanoseconds>
ConnectSession::NextTimer() const
{
    switch (m_phase)
    {
    case Phase::Request:
        return m_deadline;
    case Phase::Open:
        return TunnelEnd::NextTimer();
    default:
        return std::nullopt;
    }
}

std::size_t
ConnectSession::ReceiveRoom() const
{
    return m_phase == Phase::Request ? MOST_HEAD - std::min(MOST_HEAD, m_head.size())
                                     : TunnelEnd::ReceiveRoom();
}

} // namespace bouncelab::proxy
