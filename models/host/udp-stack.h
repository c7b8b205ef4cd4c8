#ifndef BOUNCELAB_MODELS_HOST_UDP_STACK_H
#define BOUNCELAB_MODELS_HOST_UDP_STACK_H

#include "formats/address.h"
#include "formats/random.h"
#include "models/host/port-chooser.h"
#include "models/host/stack-profile.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace bouncelab::host
{

class StackShim;

/// What a program sends or gets by UDP.
struct Datagram
{
    IpAddress remote;
    std::uint16_t remotePort = 0;
    std::uint16_t localPort = 0;
    std::string payload;
    provenance::CauseId cause = 0; //!< Why it was sent; 0 = ordinary.
};

/// UDP as the host's stack has it: which ports it chooses, and what its datagrams look like. None
/// is longer than a packet; nothing is fragmented.
class UdpStack
{
  public:
    using Handler = std::function<void(const Datagram&)>;

    static constexpr std::size_t LARGEST_PAYLOAD = 1472; //!< Of an Ethernet frame.

    /// \param tcp of the same host, which it shares power and a counter with; profile and both
    /// others have to outlive it
    UdpStack(const std::string& name,
             IpAddress address,
             const StackProfile& profile,
             const HostStart& start,
             std::uint64_t seed,
             provenance::Ledger& ledger,
             StackShim& tcp);

    void SetWire(path::WireHandler wire) { m_wire = std::move(wire); }

    /// Several addresses in place of the one. \param sourceTo from which a remote one is written to
    void SetAddresses(std::vector<IpAddress> addresses,
                      std::function<IpAddress(IpAddress)> sourceTo);

    /// Takes what comes to a port. \return whether it was free
    bool Open(std::uint16_t port, Handler handler);

    /// Takes what comes to a port that the stack chooses by its habit. \return the port
    std::uint16_t OpenAny(IpAddress remote, std::uint16_t remotePort, Handler handler);

    void Close(std::uint16_t port) { m_ports.erase(port); }

    /// \pre the payload is no longer than LARGEST_PAYLOAD
    void Send(const Datagram& datagram);

    /// Whether a UDP packet is for a port that is open.
    bool Takes(const path::WirePacket& packet) const;

    /// It reaches the program after the kernel latency.
    void Receive(const path::WirePacket& packet);

  private:
    void Process(const path::WirePacket& packet);
    std::uint16_t NextIpId(IpAddress remote);

    std::vector<IpAddress> m_addresses;
    std::function<IpAddress(IpAddress)> m_sourceTo; //!< Empty: from the one that there is.
    const StackProfile& m_profile;
    HostStart m_start;
    provenance::Ledger& m_ledger;
    StackShim& m_tcp;
    path::WireHandler m_wire;
    DrawKey m_draws;
    PortChooser m_chooser;
    std::uint64_t m_received = 0;
    std::map<std::uint16_t, Handler> m_ports;
    std::map<IpAddress, std::uint16_t> m_nextIds; //!< By peer.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_UDP_STACK_H
