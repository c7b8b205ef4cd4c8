#ifndef BOUNCELAB_LAB_LIVE_LIVE_ENDPOINT_H
#define BOUNCELAB_LAB_LIVE_LIVE_ENDPOINT_H

#include "lab/live/descriptor.h"
#include "lab/live/ethernet-bridge.h"
#include "lab/live/mail-drop.h"
#include "lab/live/network.h"
#include "lab/world/outside-machine.h"
#include "models/provenance/ledger.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace bouncelab::live
{

/// TCP connections that were asked for: a SYN that is sent again does not count again.
struct ConnectionCounts
{
    std::uint64_t opened = 0; //!< By the machine.
    std::uint64_t taken = 0;  //!< To it.
};

/**
 * Joins a machine behind a TAP to the world. Frames are read by a thread of their own and enter the
 * world as events at the time that the real-time engine has then; everything else happens in
 * events.
 */
class LiveEndpoint : public world::OutsideMachine
{
  public:
    /**
     * \param name of the host that it is: its actor
     * \param tap its wire, not blocking
     * \param ledger has to outlive this; \param mail takes what its users write
     */
    LiveEndpoint(const std::string& name,
                 Descriptor tap,
                 const NetworkSetup& network,
                 provenance::Ledger& ledger,
                 MailDrop mail);
    ~LiveEndpoint() override;

    void SetWire(path::WireHandler wire) override;
    void Receive(const path::WirePacket& packet) override;
    void Submit(const mail::Submission& submission) override;

    /// Begins to read, also what the machine sent before. In an event of the running simulation.
    void Start();

    /// Ends to read. Before the simulation goes.
    void Stop();

    const BridgeCounts& Counts() const { return m_bridge.Counts(); }

    const ConnectionCounts& Connections() const { return m_connections; }

    /// Frames that were thrown away because the simulation could not keep up.
    std::uint64_t Overruns() const { return m_overruns; }

    /// The furthest that the simulation was behind the clock when a packet went in or out, in ns.
    std::int64_t LargestLagNs() const { return m_largestLagNs; }

  private:
    using Frame = std::vector<std::uint8_t>;

    void Read();
    void Take(const Frame& frame);
    void Write(const Frame& frame);
    void NoteLag();
    bool IsNewConnection(const path::WirePacket& packet);

    EthernetBridge m_bridge;
    provenance::Ledger& m_ledger;
    provenance::ActorId m_actor;
    MailDrop m_mail;
    path::WireHandler m_wire;
    ConnectionCounts m_connections;
    std::set<std::array<std::uint8_t, 16>> m_openings; //!< Addresses, ports and numbers of SYNs.
    std::int64_t m_largestLagNs = 0;
    Descriptor m_tap;
    Descriptor m_stop;
    std::thread m_reader;
    std::atomic<std::uint64_t> m_waiting{0};
    std::atomic<std::uint64_t> m_overruns{0};
};

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_LIVE_ENDPOINT_H
