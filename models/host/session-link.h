#ifndef BOUNCELAB_MODELS_HOST_SESSION_LINK_H
#define BOUNCELAB_MODELS_HOST_SESSION_LINK_H

#include "models/host/host.h"
#include "models/smtp/session.h"

#include <ns3/event-id.h>

#include <functional>
#include <memory>

namespace bouncelab::host
{

/**
 * Runs one SMTP session over one socket of a host: moves octets and time between them, with the
 * host's application latency in front of every read. The link ends by itself: when the session
 * wants to close, or when the connection is gone and the session has heard of it.
 */
class SessionLink
{
  public:
    /// Called once when the link has ended; it may destroy the link.
    using EndHandler = std::function<void(SessionLink&)>;

    /**
     * \param host has to outlive the link
     * \param socket its callbacks are taken over
     * \param onEnd see EndHandler
     */
    SessionLink(Host& host,
                ns3::Ptr<ProfileSocket> socket,
                std::unique_ptr<smtp::Session> session,
                EndHandler onEnd);
    ~SessionLink();
    SessionLink(const SessionLink&) = delete;
    SessionLink& operator=(const SessionLink&) = delete;

    /// The connection stands already (a server's side).
    void StartAccepted();

    /// Opens the connection (a client's side). \param onFailure the handshake failed.
    void StartConnecting(std::function<void()> onFailure);

    /// Something other than this connection changed what the session wants to say or read.
    void Wake();

    /// The cause whose forged data the connection has taken; 0 = none.
    provenance::CauseId Cause() const;

  private:
    static Nanoseconds Now();
    void Readable();
    void Read();
    void PeerGone(bool reset);
    void Pump();
    void Arm();
    void Fire();
    void Close();
    void End();
    void Failed();

    Host& m_host;
    ns3::Ptr<ProfileSocket> m_socket;
    std::unique_ptr<smtp::Session> m_session;
    EndHandler m_onEnd;
    std::function<void()> m_onFailure;
    ns3::EventId m_readEvent;
    ns3::EventId m_closeEvent;
    ns3::EventId m_nearTimer; //!< A think time: replaced often.
    ns3::EventId m_farTimer;  //!< A timeout: left standing, and checked when it fires.
    ns3::EventId m_endEvent;
    bool m_peerClosed = false;
    bool m_peerReset = false;
    bool m_toldPeerClosed = false;
    bool m_ended = false;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_SESSION_LINK_H
