#ifndef BOUNCELAB_MODELS_PROXY_TUNNEL_H
#define BOUNCELAB_MODELS_PROXY_TUNNEL_H

#include "models/proxy/connect.h"
#include "models/proxy/proxy-config.h"
#include "models/smtp/session.h"

#include <functional>
#include <memory>
#include <string>

namespace bouncelab::proxy
{

/// What both ends of a tunnel share. Once either connection has ended, what came from there is
/// still sent to the other one, which is then closed, and the rest is discarded (RFC 9110 9.3.6).
struct Tunnel
{
    /// Octets on their way to one end.
    struct Pipe
    {
        std::string octets;
        bool ended = false; //!< Nothing will follow.
    };

    static constexpr std::size_t MOST_HELD = 65536; //!< Octets, in either direction.

    Pipe toServer;
    Pipe toClient;
    Nanoseconds lastPassed{};
    Nanoseconds idleTimeout{};
    std::function<void()> onReached;  //!< The connection to the server stands. May be empty, as
    std::function<void()> wakeClient; //!< these: there is something new for that end, which calls
    std::function<void()> wakeServer; //!< for its session later, not from within.
};

/// The connection from a proxy to a server, and what both ends have in common.
class TunnelEnd : public smtp::Session
{
  public:
    /// The end at the server. \param tunnel shared with the other end
    explicit TunnelEnd(std::shared_ptr<Tunnel> tunnel)
        : TunnelEnd(std::move(tunnel), true)
    {
    }

    void Connected(Nanoseconds now) override;
    void Receive(std::string_view bytes, Nanoseconds now) override;
    void PeerClosed(Nanoseconds now, bool reset) override;
    void Tick(Nanoseconds now) override;
    std::string TakeOutput(std::size_t limit = UNLIMITED) override;

    bool HasOutput() const override { return !m_out->octets.empty(); }

    std::optional<Nanoseconds> NextTimer() const override;

    bool WantsClose() const override { return m_isGone || (m_out->ended && !HasOutput()); }

    std::size_t ReceiveRoom() const override;

    std::size_t Unread() const override { return 0; }

  protected:
    TunnelEnd(std::shared_ptr<Tunnel> tunnel, bool atServer);

    void WakeOther() const;

    std::shared_ptr<Tunnel> m_tunnel;
    Tunnel::Pipe* m_in;  //!< From this connection; the tunnel's.
    Tunnel::Pipe* m_out; //!< To it.

  private:
    bool m_atServer;
    bool m_isGone = false; //!< The peer has closed.
};

/// The connection from a client to a proxy: reads one request, answers it, and is an end of the
/// tunnel from then on.
class ConnectSession final : public TunnelEnd
{
  public:
    /// Hears where the client wants to go, once. Exactly one of Establish() and Refuse() follows,
    /// inside the call or later.
    using RequestHandler = std::function<void(const Authority& target)>;

    ConnectSession(std::shared_ptr<Tunnel> tunnel,
                   Nanoseconds requestTimeout,
                   RequestHandler onRequest);

    void Establish(); //!< The server is there.
    void Refuse(HttpStatus status);

    void Connected(Nanoseconds now) override;
    void Receive(std::string_view bytes, Nanoseconds now) override;
    void Tick(Nanoseconds now) override;
    std::optional<Nanoseconds> NextTimer() const override;
    std::size_t ReceiveRoom() const override;

  private:
    enum class Phase
    {
        Request,
        Opening,
        Open,
        Refused,
    };

    void ReadRequest();

    Nanoseconds m_requestTimeout;
    RequestHandler m_onRequest;
    Phase m_phase = Phase::Request;
    Nanoseconds m_deadline{};
    std::string m_head;
};

} // namespace bouncelab::proxy

#endif // BOUNCELAB_MODELS_PROXY_TUNNEL_H
