#ifndef BOUNCELAB_MODELS_HOST_HTTP_PROXY_H
#define BOUNCELAB_MODELS_HOST_HTTP_PROXY_H

#include "formats/prefix.h"
#include "models/host/flow.h"
#include "models/host/host.h"
#include "models/host/session-link.h"
#include "models/proxy/proxy-config.h"
#include "models/proxy/tunnel.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace bouncelab::host
{

/// An HTTP proxy that opens tunnels (CONNECT): for each a connection from a client, and one to the
/// server that the client names.
class HttpProxy
{
  public:
    /// Answers once, at once or later: the address of a name, nothing if there is none.
    using NameAnswer = std::function<void(std::optional<IpAddress>)>;

    /// What it asks and whom it tells; all may be empty.
    struct Handlers
    {
        std::function<void(const std::string& name, const NameAnswer& answer)> findName = {};
        /// Of a tunnel's two connections, before the first packet of the second.
        std::function<void(const FlowKey& client, const FlowKey& server)> onTunnel = {};
    };

    /// \param host has to outlive the proxy \param config its `clients` are an address or network
    HttpProxy(Host& host, const proxy::ProxyConfig& config, Handlers handlers);
    ~HttpProxy();
    HttpProxy(const HttpProxy&) = delete;
    HttpProxy& operator=(const HttpProxy&) = delete;

    std::size_t OpenConnections() const { return m_connections.size(); }

  private:
    /// What belongs to one client's connection.
    struct Connection
    {
        ~Connection();

        FlowKey key;
        std::shared_ptr<proxy::Tunnel> tunnel;
        proxy::ConnectSession* session = nullptr; //!< The client link's.
        std::unique_ptr<SessionLink> client;
        std::unique_ptr<SessionLink> server;
        bool isOpening = false; //!< The server is not reached yet.
        ns3::EventId wakeClient;
        ns3::EventId wakeServer;
        ns3::EventId giveUp;
    };

    void Accept(ns3::Ptr<ProfileSocket> socket);
    void Request(std::uint64_t number, const proxy::Authority& target);
    void Open(std::uint64_t number, IpAddress server, std::uint16_t port);
    void Refuse(std::uint64_t number, proxy::HttpStatus status);
    void ClientGone(std::uint64_t number);
    void ServerGone(std::uint64_t number);
    void Wake(ns3::EventId& event, std::uint64_t number, bool atServer);

    Host& m_host;
    proxy::ProxyConfig m_config;
    IpPrefix m_clients;
    Handlers m_handlers;
    std::map<std::uint64_t, Connection> m_connections;
    std::uint64_t m_accepted = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_HTTP_PROXY_H
