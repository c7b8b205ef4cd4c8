#ifndef BOUNCELAB_MODELS_HOST_KERBEROS_AGENT_H
#define BOUNCELAB_MODELS_HOST_KERBEROS_AGENT_H

#include "models/host/host.h"
#include "models/host/session-link.h"
#include "models/host/token-source.h"
#include "models/kerberos/client.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::host
{

/// A host's Kerberos client: asks controllers by packets, and gives tokens for the SMTP service of
/// other servers.
class KerberosAgent final : public TokenSource
{
  public:
    using EventHandler = std::function<void(const kerberos::ClientEvent&)>;

    /// A controller that it may ask.
    struct Controller
    {
        std::string name;
        IpAddress address;
    };

    /**
     * \param host has to outlive the agent
     * \param account of the host: "HUB1$"
     * \param controllers in the order in which it asks them
     * \param onEvent hears of what comes of each wish
     */
    KerberosAgent(Host& host,
                  const kerberos::ClientPolicy& policy,
                  const std::string& account,
                  const std::string& realm,
                  const std::vector<Controller>& controllers,
                  EventHandler onEvent);
    ~KerberosAgent() override;
    KerberosAgent(const KerberosAgent&) = delete;
    KerberosAgent& operator=(const KerberosAgent&) = delete;

    /// What it proves its identity with, the newest first.
    void SetSecrets(const std::vector<kerberos::Secret>& newestFirst)
    {
        m_core.SetSecrets(newestFirst);
    }

    std::uint64_t Ask(const std::string& server, Handler handler) override;

    void Forget(std::uint64_t request) override { m_askers.erase(request); }

    void OnAnswered(const std::string& server, std::string_view answer) override;

    void OnRefused(const std::string& server,
                   const std::string& client,
                   const std::string& peer) override;

  private:
    struct Asker
    {
        std::string service;
        Handler handler;
    };

    /// The request that is open: over one of these.
    struct Request
    {
        std::uint16_t port = 0;            //!< UDP.
        std::unique_ptr<SessionLink> link; //!< TCP.
    };

    kerberos::Moment Now() const;
    void DrainSoon();
    void Drain();
    void Send(const kerberos::KdcSend& send);
    void SendOverTcp(const kerberos::KdcSend& send);
    void CloseRequests();
    void Serve(const kerberos::ClientEvent& event);
    void LosePower();

    Host& m_host;
    kerberos::Client m_core;
    std::map<std::string, IpAddress> m_addresses; //!< Of controllers.
    EventHandler m_onEvent;
    std::map<std::uint64_t, Asker> m_askers;
    std::uint64_t m_asked = 0;
    std::map<std::uint64_t, Request> m_requests; //!< By number.
    ns3::EventId m_drain;
    ns3::EventId m_timer;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_KERBEROS_AGENT_H
