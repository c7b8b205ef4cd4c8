#ifndef BOUNCELAB_MODELS_HOST_PATH_PROBING_H
#define BOUNCELAB_MODELS_HOST_PATH_PROBING_H

#include "models/host/host.h"
#include "models/probe/path-prober.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>

namespace bouncelab::host
{

/// Runs a path prober on a host, over a raw socket: its connections are none of the host's own.
class PathProbing : private probe::PathProberObserver
{
  public:
    using MeasuredHandler = std::function<void(const probe::PathMeasurement&)>;

    /// \param host has to outlive it. \param name of the program, unique on the host
    PathProbing(Host& host,
                const std::string& name,
                const IpAddress& server,
                std::uint16_t port,
                const probe::PathProberConfig& config,
                MeasuredHandler onMeasured);
    ~PathProbing() override;
    PathProbing(const PathProbing&) = delete;
    PathProbing& operator=(const PathProbing&) = delete;

    /// \param time simulated time, not before now. Called once.
    void StartAt(Nanoseconds time);

  private:
    static Nanoseconds Now();
    void OnSend(const probe::ProbePacket& packet) override;
    void OnMeasured(const probe::PathMeasurement& measurement) override;
    bool Take(const path::WirePacket& packet);
    void Await();

    Host& m_host;
    IpAddress m_server;
    probe::PathProber m_prober;
    MeasuredHandler m_onMeasured;
    ns3::EventId m_event;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_PATH_PROBING_H
