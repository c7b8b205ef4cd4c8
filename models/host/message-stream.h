#ifndef BOUNCELAB_MODELS_HOST_MESSAGE_STREAM_H
#define BOUNCELAB_MODELS_HOST_MESSAGE_STREAM_H

#include "models/smtp/session.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::host
{

/// How messages stand in a stream of octets.
struct Framing
{
    std::function<std::string(const std::string& message)> frame;

    /// Takes the first whole message off what has arrived; nothing if there is none.
    std::function<std::optional<std::string>(std::string& arrived)> take;
};

/// Behind their length in two octets (RFC 1035 4.2.2).
Framing DnsFraming();

/// One side of a TCP connection that carries messages, for a SessionLink. Each side closes a
/// connection on which nothing has come for a while.
class MessageStream final : public smtp::Session
{
  public:
    using MessageHandler = std::function<void(const std::string& message)>;

    static constexpr Nanoseconds PATIENCE = std::chrono::seconds(30);

    MessageStream(Framing framing, MessageHandler onMessage)
        : m_framing(std::move(framing))
        , m_onMessage(std::move(onMessage))
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
    Framing m_framing;
    MessageHandler m_onMessage;
    std::string m_arrived;
    std::string m_output;
    std::optional<Nanoseconds> m_timer;
    bool m_closing = false;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_MESSAGE_STREAM_H
