#ifndef BOUNCELAB_MODELS_HOST_HOST_H
#define BOUNCELAB_MODELS_HOST_HOST_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/random.h"
#include "models/host/echo-responder.h"
#include "models/host/profile-socket.h"
#include "models/host/stack-profile.h"
#include "models/host/stack-shim.h"
#include "models/host/udp-stack.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <ns3/node.h>
#include <ns3/ptr.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::host
{

/// What a host and the programs on it have from the run.
struct HostContext
{
    std::uint64_t seed = 0;
    provenance::Ledger& ledger; //!< Has to outlive the host.
    HostClock clock = {};       //!< The machine's, for dates and logs.
};

/// A machine on the wire: an ns-3 node whose TCP looks and behaves like its profile's stack.
class Host
{
  public:
    using AcceptHandler = std::function<void(ns3::Ptr<ProfileSocket>)>;

    /**
     * \param name names its actor and its random streams
     * \param profile stack persona; copied
     * \param start where its counters and clocks stand; copied
     */
    Host(const std::string& name,
         const IpAddress& address,
         const StackProfile& profile,
         const HostStart& start,
         const HostContext& context);
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    const std::string& Name() const { return m_name; }

    IpAddress Address() const { return m_address; }

    provenance::Ledger& Ledger() const { return m_context.ledger; }

    std::uint64_t Seed() const { return m_context.seed; } //!< Of the run.

    const HostClock& Clock() const { return m_context.clock; }

    /// The draws of a program of this host. \param name unique among them: "delivery/7"
    DrawKey Draws(std::string_view name) const;

    void SetWire(path::WireHandler wire);

    /// Gives a host of several interfaces the addresses of all of them. \param sourceTo the one
    /// under which it talks to another host.
    void SetAddresses(const std::vector<IpAddress>& addresses,
                      std::function<IpAddress(IpAddress)> sourceTo);

    /// The address under which it talks to another host.
    IpAddress SourceTo(IpAddress remote) const
    {
        return m_sourceTo ? m_sourceTo(remote) : m_address;
    }

    UdpStack& Udp() { return *m_udp; }

    /// What takes packets that are neither TCP nor a ping nor for a UDP port that is open (a probe
    /// to a closed port); none by default.
    void SetOtherProtocols(path::WireHandler handler) { m_other = std::move(handler); }

    void Receive(const path::WirePacket& packet);

    /// Takes a packet off the wire before the stack sees it, or leaves it.
    using RawHandler = std::function<bool(const path::WirePacket&)>;

    /// For a program that brings a stack of its own; it has to outlive the simulation's run.
    void AddRawSocket(RawHandler handler) { m_rawSockets.push_back(std::move(handler)); }

    /// Sends a packet as it is.
    void SendRaw(const path::WirePacket& packet);

    /// A socket with its flow ready; the caller sets its callbacks and then calls Connect() on it.
    ns3::Ptr<ProfileSocket> OpenSocket(IpAddress remote, std::uint16_t port);

    /// Takes connections to any address on the ports listened to (see StackShim::TakeAnyAddress).
    void TakeAnyAddress(StackShim::TakeHandler onTake = nullptr)
    {
        m_shim->TakeAnyAddress(std::move(onTake));
    }

    /// Whether a packet is this host's to deal with.
    bool Takes(const path::WirePacket& packet) const;

    /// Whether a TCP packet belongs to a connection that is open here.
    bool Holds(const path::WirePacket& packet) const { return m_shim->Holds(packet); }

    /// Starts the connection of a socket from OpenSocket().
    void Connect(ns3::Ptr<ProfileSocket> socket);

    /// Asks the other end of a connection that stands whether it is there.
    void KeepAlive(ns3::Ptr<ProfileSocket> socket);

    /// Accepts connections to a local port.
    void Listen(std::uint16_t port, AcceptHandler accept);

    /// The program that listens to a port has ended, or is there again. \pre Listen() was called
    void SetListening(std::uint16_t port, bool listening);

    /// The application is done with the connection: closes it and drops every callback.
    void Release(ns3::Ptr<ProfileSocket> socket);

    /// The same with SO_LINGER of 0: it is reset, and to what comes for it later the host answers
    /// as to what belongs to no connection.
    void Reset(ns3::Ptr<ProfileSocket> socket);

    /// Time that an application takes now from readable data to its next write, in ns.
    std::int64_t DrawApplicationLatencyNs();

    /**
     * The machine loses its power and runs again after a while. Its connections are gone without a
     * packet; until it runs again it takes and sends nothing, and then it answers segments of the
     * old connections like any that belong to none.
     *
     * \param down how long it takes until it runs again, 0 or more
     */
    void Restart(Nanoseconds down);

    bool IsDown() const { return m_shim->IsDown(); }

    /// Has a program of the host told of each restart, at the loss of power and when the host runs
    /// again. The program has to outlive the simulation's run.
    void OnRestart(std::function<void()> lost, std::function<void()> up);

    std::size_t FlowCount() const { return m_shim->FlowCount(); }

    provenance::ActorId Actor() const { return m_shim->Actor(); }

  private:
    std::string m_name;
    IpAddress m_address;
    StackProfile m_profile;
    HostStart m_start;
    HostContext m_context;
    path::WireHandler m_wire;
    path::WireHandler m_other;
    std::vector<RawHandler> m_rawSockets;
    std::function<IpAddress(IpAddress)> m_sourceTo; //!< Empty: it has one address.
    std::uint64_t m_latencies = 0;                  //!< Of applications, drawn so far.
    ns3::Ptr<ns3::Node> m_node;
    std::unique_ptr<StackShim> m_shim;
    std::unique_ptr<UdpStack> m_udp;
    std::unique_ptr<EchoResponder> m_echo;
    ns3::Ptr<ProfileSocket> m_prototype;
    std::map<std::uint16_t, ns3::Ptr<ProfileSocket>> m_listeners; //!< By port.
    std::vector<std::pair<std::function<void()>, std::function<void()>>> m_restartHandlers;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_HOST_H
