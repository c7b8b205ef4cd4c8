#ifndef BOUNCELAB_MODELS_HOST_NAME_SERVER_H
#define BOUNCELAB_MODELS_HOST_NAME_SERVER_H

#include "models/dns/name-server-config.h"
#include "models/dns/zone.h"
#include "models/host/host.h"
#include "models/host/name-resolver.h"
#include "models/host/session-link.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace bouncelab::host
{

class MessageStream;

/// A name server on port 53 of a host, UDP and TCP: its own zones, and, where it is told how, other
/// names for those who ask with RD set.
class NameServer
{
  public:
    /// Who hears what happens; each may be empty.
    struct Handlers
    {
        std::function<void(const NameQuery&)> onQuery = {}; //!< As it comes in.
        NameResolver::LookupHandler onLookup = {};          //!< Of its own questions.
    };

    /// \param host has to outlive the server
    NameServer(Host& host, const dns::NameServerConfig& config, Handlers handlers);
    ~NameServer();
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    /// Zones beside those of the config. Before the simulation runs.
    dns::Authority& Zones() { return m_zones; }

    /// What others on this host ask, if it finds other names at all; else null.
    dns::LookupClient* Resolver() { return m_resolver.get(); }

  private:
    using ResponseHandler = std::function<void(const dns::Message&)>;
    struct Connection;

    void OnDatagram(const Datagram& datagram);
    void Accept(ns3::Ptr<ProfileSocket> socket);
    void OnTcpMessage(std::uint64_t connection, const std::string& octets);
    void Answer(IpAddress client, const dns::Message& query, const ResponseHandler& respond);
    void Later(const dns::Message& response, const ResponseHandler& respond);

    Host& m_host;
    Nanoseconds m_delay;
    Nanoseconds m_delayJitter;
    Handlers m_handlers;
    DrawKey m_draws;
    dns::Authority m_zones;
    std::unique_ptr<NameResolver> m_resolver;
    std::map<std::uint64_t, std::unique_ptr<Connection>> m_connections;
    std::uint64_t m_accepted = 0;
    std::uint64_t m_queries = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_NAME_SERVER_H
