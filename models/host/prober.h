#ifndef BOUNCELAB_MODELS_HOST_PROBER_H
#define BOUNCELAB_MODELS_HOST_PROBER_H

#include "formats/address.h"
#include "models/host/flow.h"
#include "models/host/host.h"
#include "models/host/session-link.h"
#include "models/probe/campaign.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace bouncelab::host
{

/// Runs a campaign against one server: its connections, one after another, when it wants them.
class Prober
{
  public:
    struct Target
    {
        IpAddress address;
        std::uint16_t port = 25;
    };

    /// Hears of a connection before its first packet. \param number from 1
    using ConnectionHandler = std::function<void(std::uint32_t number, const FlowKey& key)>;

    /// Host and campaign have to outlive the prober. \param onConnection may be empty
    Prober(Host& host, Target peer, probe::Campaign& campaign, ConnectionHandler onConnection);
    ~Prober();
    Prober(const Prober&) = delete;
    Prober& operator=(const Prober&) = delete;

    /// \param time simulated time, not before now. Called once.
    void StartAt(Nanoseconds time);

  private:
    static Nanoseconds Now();
    void Await();
    void Connect();

    Host& m_host;
    Target m_peer;
    probe::Campaign& m_campaign;
    ConnectionHandler m_onConnection;
    std::unique_ptr<SessionLink> m_link; //!< Kept until the next one, or the end.
    ns3::EventId m_event;
    std::uint32_t m_connections = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_PROBER_H
