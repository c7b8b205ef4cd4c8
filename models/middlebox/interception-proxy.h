#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_H

#include "models/host/host.h"
#include "models/middlebox/interception-proxy-config.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

class ProxyConnection;
class StoreAndForward;

/**
 * An interception proxy on a machine of its own (S000): in-path, it is handed what passes, takes
 * TCP to its ports of any destination, answers with its machine's stack and the server's address,
 * and opens its own connections from the machine's address. Everything else is not its business.
 *
 * The truth: each connection that it takes is an `intercepted.session`; what it sends in the
 * server's name is forged, and what either side's genuine connection carries because of it is
 * affected.
 */
class InterceptionProxy final : public Middlebox
{
  public:
    /// The address of the host that takes a domain's mail, for the proxy's own bounces.
    using Resolver = std::function<std::optional<IpAddress>(std::string_view domain)>;

    static constexpr std::string_view CLASS = "intercepted.session";

    /**
     * \param host the machine; nothing else may listen on its ports or set its wire; outlives the
     * proxy
     * \param config without fault (Faults); copied
     */
    InterceptionProxy(host::Host& host, const InterceptionProxyConfig& config, Resolver resolver);
    ~InterceptionProxy() override;

    /// Where its packets leave: those in a server's name, and those in its own.
    void SetWires(path::WireHandler toClients, path::WireHandler toServers);

    /**
     * Whether a packet that passes is for the proxy, which is then to be handed to Receive() and
     * goes no further.
     *
     * \param fromClients it comes from the side whose connections are intercepted
     */
    bool Takes(const path::WirePacket& packet, bool fromClients) const;

    void Receive(const path::WirePacket& packet) { m_host.Receive(packet); }

    std::size_t OpenSessions() const { return m_connections.size(); }

    /// Messages that it has taken over and neither delivered nor given up (store-and-forward).
    std::size_t QueuedMessages() const;

  private:
    friend class ProxyConnection;

    provenance::CauseId Take(const host::FlowKey& key);
    void Accept(ns3::Ptr<host::ProfileSocket> socket);
    /// The proxy's own connection to the server has an end of its own.
    void RecordReached(const host::FlowKey& key, provenance::CauseId cause);
    void Record(provenance::CauseId cause, TruthEvent did, std::string_view detail);
    provenance::Action FlowAction(TruthEvent did,
                                  provenance::CauseId cause,
                                  std::string client,
                                  std::string server) const;
    InterceptionMode ModeFor(IpAddress client) const;

    host::Host& m_host;
    InterceptionProxyConfig m_config;
    std::unique_ptr<StoreAndForward> m_store;
    std::uint64_t m_count = 0;
    std::map<std::uint64_t, std::unique_ptr<ProxyConnection>> m_connections;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INTERCEPTION_PROXY_H
