#ifndef BOUNCELAB_MODELS_MIDDLEBOX_RELAY_SESSION_H
#define BOUNCELAB_MODELS_MIDDLEBOX_RELAY_SESSION_H

#include "models/middlebox/smtp-relay.h"
#include "models/smtp/session.h"

#include <functional>
#include <memory>
#include <utility>

namespace bouncelab::middlebox
{

/// One side of a relay in the shape that a host's link runs.
class RelaySession final : public smtp::Session
{
  public:
    /// \param onChange called after every call that may have changed the other side; not from const
    /// ones
    RelaySession(std::shared_ptr<SmtpRelay> relay, RelaySide side, std::function<void()> onChange)
        : m_relay(std::move(relay))
        , m_side(side)
        , m_onChange(std::move(onChange))
    {
    }

    void Connected(Nanoseconds now) override
    {
        m_relay->Connected(m_side, now);
        m_onChange();
    }

    void Receive(std::string_view bytes, Nanoseconds now) override
    {
        m_relay->Receive(m_side, bytes, now);
        m_onChange();
    }

    void PeerClosed(Nanoseconds now, bool reset) override
    {
        m_relay->PeerClosed(m_side, now, reset);
        m_onChange();
    }

    void Tick(Nanoseconds now) override
    {
        m_relay->Tick(now);
        m_onChange();
    }

    std::string TakeOutput(std::size_t limit) override
    {
        std::string out = m_relay->TakeOutput(m_side, limit);
        m_onChange();
        return out;
    }

    bool HasOutput() const override { return m_relay->HasOutput(m_side); }

    std::optional<Nanoseconds> NextTimer() const override { return m_relay->NextTimer(m_side); }

    bool WantsClose() const override { return m_relay->WantsClose(m_side); }

    std::size_t ReceiveRoom() const override { return m_relay->ReceiveRoom(m_side); }

    std::size_t Unread() const override { return m_relay->Unread(m_side); }

  private:
    std::shared_ptr<SmtpRelay> m_relay;
    RelaySide m_side;
    std::function<void()> m_onChange;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_RELAY_SESSION_H
