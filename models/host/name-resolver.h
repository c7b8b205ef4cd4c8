#ifndef BOUNCELAB_MODELS_HOST_NAME_RESOLVER_H
#define BOUNCELAB_MODELS_HOST_NAME_RESOLVER_H

#include "models/dns/lookup-client.h"
#include "models/host/host.h"
#include "models/host/name-events.h"
#include "models/host/session-link.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

namespace bouncelab::host
{

class MessageStream;

/// The resolver of a host: asks by packets, over UDP, and over TCP what does not fit.
class NameResolver final : public dns::LookupClient
{
  public:
    using LookupHandler = std::function<void(const NameLookup&)>;

    /**
     * \param host has to outlive the resolver
     * \param draws names its draws; unique on the host
     * \param onLookup hears of every question that has come to an end; may be empty
     */
    NameResolver(Host& host,
                 const dns::ResolverConfig& config,
                 const std::string& draws,
                 LookupHandler onLookup = {});
    ~NameResolver() override;
    NameResolver(const NameResolver&) = delete;
    NameResolver& operator=(const NameResolver&) = delete;

    dns::Ticket Ask(const dns::Question& question, Handler onAnswer) override;
    void Forget(dns::Ticket ticket) override;

  private:
    /// A request over TCP.
    struct Connection
    {
        MessageStream* stream; //!< The link's.
        std::unique_ptr<SessionLink> link;
    };

    struct Asker
    {
        dns::Question question;
        Nanoseconds asked;
        Handler onAnswer;
    };

    void DrainSoon();
    void Drain();
    void Send(const dns::Resolver::Request& request);
    void SendOverTcp(const dns::Resolver::Request& request);
    void CloseSockets();
    void LosePower();

    Host& m_host;
    dns::Resolver m_core;
    LookupHandler m_onLookup;
    std::map<dns::Ticket, Asker> m_askers;
    std::map<std::uint64_t, std::uint16_t> m_ports; //!< Of requests over UDP.
    std::map<std::uint64_t, Connection> m_connections;
    ns3::EventId m_drain;
    ns3::EventId m_timer;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_NAME_RESOLVER_H
