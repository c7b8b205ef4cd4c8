#ifndef BOUNCELAB_MODELS_HOST_KDC_SERVER_H
#define BOUNCELAB_MODELS_HOST_KDC_SERVER_H

#include "models/host/host.h"
#include "models/host/session-link.h"
#include "models/kerberos/kdc.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace bouncelab::host
{

class MessageStream;

/// A key distribution center on port 88 of a domain controller, UDP and TCP.
class KdcServer
{
  public:
    using EventHandler = std::function<void(const kerberos::KdcEvent&)>;

    /// \param host,replica have to outlive the server. \param onEvent hears of each answer
    KdcServer(Host& host,
              kerberos::KerberosPersona persona,
              const std::string& realm,
              const kerberos::Replica& replica,
              EventHandler onEvent);
    ~KdcServer();
    KdcServer(const KdcServer&) = delete;
    KdcServer& operator=(const KdcServer&) = delete;

  private:
    /// A client's TCP connection.
    struct Connection
    {
        MessageStream* stream; //!< The link's.
        std::unique_ptr<SessionLink> link;
    };

    void OnDatagram(const Datagram& datagram);
    void Accept(ns3::Ptr<ProfileSocket> socket);
    std::string Answer(const std::string& request, kerberos::Transport transport);

    Host& m_host;
    kerberos::Kdc m_core;
    EventHandler m_onEvent;
    std::map<std::uint64_t, Connection> m_connections;
    std::uint64_t m_accepted = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_KDC_SERVER_H
