#include "models/proxy/proxied-session.h"

#include <algorithm>
#include <utility>

namespace bouncelab::proxy
{

ProxiedSession::ProxiedSession(std::unique_ptr<smtp::Session> inner,
                               const Authority& target,
                               std::function<void()> onRefused)
    : m_inner(std::move(inner))
    , m_request(ConnectRequest(target))
    , m_onRefused(std::move(onRefused))
{
}

void
ProxiedSession::Connected(Nanoseconds now)
{
    m_deadline = now + PATIENCE;
}

void
ProxiedSession::Receive(std::string_view bytes, Nanoseconds now)
{
    if (m_phase == Phase::Open)
    {
        m_inner->Receive(bytes, now);
        return;
    }
    m_head += bytes;
    const auto length = HeadLength(m_head);
    const auto status = length ? ReadStatus(m_head) : std::nullopt;
    if (status && *status / 100 == 2)
    {
        m_phase = Phase::Open;
        m_inner->Connected(now);
        if (m_head.size() > *length)
        {
            m_inner->Receive(std::string_view(m_head).substr(*length), now);
        }
    }
    else if (length || m_head.size() >= MOST_HEAD)
    {
        Fail();
    }
}

void
ProxiedSession::Fail()
{
    if (m_phase == Phase::Asking)
    {
        m_phase = Phase::Refused;
        m_onRefused();
    }
}

void
ProxiedSession::PeerClosed(Nanoseconds now, bool reset)
{
    m_phase == Phase::Open ? m_inner->PeerClosed(now, reset) : Fail();
}

void
ProxiedSession::Tick(Nanoseconds now)
{
    if (m_phase == Phase::Open)
    {
        m_inner->Tick(now);
    }
    else if (now >= m_deadline)
    {
        Fail();
    }
}

std::string
ProxiedSession::TakeOutput(std::size_t limit)
{
    if (m_phase == Phase::Open)
    {
        return m_inner->TakeOutput(limit);
    }
    std::string taken = m_request.substr(0, limit);
    m_request.erase(0, taken.size());
    return taken;
}

bool
ProxiedSession::HasOutput() const
{
    return m_phase == Phase::Open ? m_inner->HasOutput()
                                  : m_phase == Phase::Asking && !m_request.empty();
}

std::optional<Nanoseconds>
ProxiedSession::NextTimer() const
{
    switch (m_phase)
    {
    case Phase::Asking:
        return m_deadline;
    case Phase::Open:
        return m_inner->NextTimer();
    default:
        return std::nullopt;
    }
}

bool
ProxiedSession::WantsClose() const
{
    return m_phase == Phase::Open ? m_inner->WantsClose() : m_phase == Phase::Refused;
}

std::size_t
ProxiedSession::ReceiveRoom() const
{
    return m_phase == Phase::Open ? m_inner->ReceiveRoom()
                                  : MOST_HEAD - std::min(MOST_HEAD, m_head.size());
}

std::size_t
ProxiedSession::Unread() const
{
    return m_phase == Phase::Open ? m_inner->Unread() : 0;
}

} // namespace bouncelab::proxy
