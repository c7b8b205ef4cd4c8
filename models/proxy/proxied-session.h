#ifndef BOUNCELAB_MODELS_PROXY_PROXIED_SESSION_H
#define BOUNCELAB_MODELS_PROXY_PROXIED_SESSION_H

#include "models/proxy/connect.h"
#include "models/smtp/session.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace bouncelab::proxy
{

/// A client's session through a proxy: asks for a tunnel first, and runs the session in it.
class ProxiedSession final : public smtp::Session
{
  public:
    /// How long a proxy's answer is awaited.
    static constexpr Nanoseconds PATIENCE = std::chrono::minutes(1);

    /// \param inner hears that TCP stands when the tunnel does
    /// \param onRefused the tunnel will not be; called once, in place of that
    ProxiedSession(std::unique_ptr<smtp::Session> inner,
                   const Authority& target,
                   std::function<void()> onRefused);

    void Connected(Nanoseconds now) override;
    void Receive(std::string_view bytes, Nanoseconds now) override;
    void PeerClosed(Nanoseconds now, bool reset) override;
    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;
    bool HasOutput() const override;
    std::optional<Nanoseconds> NextTimer() const override;
    bool WantsClose() const override;

    bool WantsReset() const override { return m_phase == Phase::Open && m_inner->WantsReset(); }

    std::size_t ReceiveRoom() const override;
    std::size_t Unread() const override;

  private:
    enum class Phase
    {
        Asking,
        Open,
        Refused,
    };

    void Fail();

    std::unique_ptr<smtp::Session> m_inner;
    std::string m_request; //!< As far as it is not sent.
    std::function<void()> m_onRefused;
    Phase m_phase = Phase::Asking;
    Nanoseconds m_deadline{};
    std::string m_head;
};

} // namespace bouncelab::proxy

#endif // BOUNCELAB_MODELS_PROXY_PROXIED_SESSION_H
