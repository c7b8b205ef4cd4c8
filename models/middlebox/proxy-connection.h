#ifndef BOUNCELAB_MODELS_MIDDLEBOX_PROXY_CONNECTION_H
#define BOUNCELAB_MODELS_MIDDLEBOX_PROXY_CONNECTION_H

#include "models/host/session-link.h"
#include "models/middlebox/interception-proxy.h"
#include "models/middlebox/smtp-relay.h"
#include "models/smtp/session.h"

#include <ns3/event-id.h>

#include <memory>
#include <string>

namespace bouncelab::middlebox
{

/// One connection that the proxy has taken, with its own connection to the server if it has one.
class ProxyConnection final : public ProxyObserver,
                              public smtp::SessionObserver
{
  public:
    /// \param number of the connection at this proxy, from 1
    ProxyConnection(InterceptionProxy& proxy,
                    std::uint64_t number,
                    ns3::Ptr<host::ProfileSocket> socket);
    ~ProxyConnection() override;

    void Start(ns3::Ptr<host::ProfileSocket> socket);

    void OnTruth(TruthEvent did, std::string_view detail) override;
    void OnMessage(const smtp::MessageEvent& event) override;
    void OnCommand(const smtp::CommandEvent& event) override;

  private:
    void Changed();
    void Settle();
    void OpenServer();

    InterceptionProxy& m_proxy;
    std::uint64_t m_number;
    provenance::CauseId m_cause;
    std::uint16_t m_port;
    smtp::ConnectionInfo m_connection;
    smtp::ServerPolicy m_policy;
    std::string m_helo;                 //!< Store-and-forward: the client's name for itself.
    bool m_extended = false;            //!< It said EHLO.
    std::shared_ptr<SmtpRelay> m_relay; //!< Null with store-and-forward.
    std::unique_ptr<host::SessionLink> m_client;
    std::unique_ptr<host::SessionLink> m_server;
    bool m_clientEnded = false;
    bool m_serverEnded = false;
    ns3::EventId m_settle;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_PROXY_CONNECTION_H
