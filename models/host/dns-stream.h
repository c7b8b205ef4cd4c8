#ifndef BOUNCELAB_MODELS_HOST_DNS_STREAM_H
#define BOUNCELAB_MODELS_HOST_DNS_STREAM_H

#include "models/smtp/session.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::host
{

/// One side of a TCP connection that carries DNS messages (RFC 1035 4.2.2), for a SessionLink. Each
/// side closes a connection on which nothing has come for a while.
class DnsStream final : public smtp::Session
{
  public:
    using MessageHandler = std::function<void(const std::string& message)>;

    static constexpr Nanoseconds PATIENCE = std::chrono::seconds(30);

    explicit DnsStream(MessageHandler onMessage)
        : m_onMessage(std::move(onMessage))
    {
    }

    void Send(const std::string& message); //!< It leaves at the next Tick, or when TCP stands.

    void Close() { m_closing = true; }

    void Connected(Nanoseconds now) override { m_timer = now + PATIENCE; }

    void Receive(std::string_view bytes, Nanoseconds now) override;

    void PeerClosed(Nanoseconds /* now */, bool /* reset */) override { m_closing = true; }

    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;

    bool HasOutput() const override { return !m_output.empty(); }

    std::optional<Nanoseconds> NextTimer() const override { return m_timer; }

    bool WantsClose() const override { return m_closing && m_output.empty(); }

    std::size_t ReceiveRoom() const override { return UNLIMITED; }

    std::size_t Unread() const override { return 0; }

  private:
    MessageHandler m_onMessage;
    std::string m_arrived;
    std::string m_output;
    std::optional<Nanoseconds> m_timer;
    bool m_closing = false;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_DNS_STREAM_H
