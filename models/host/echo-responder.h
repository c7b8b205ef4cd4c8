#ifndef BOUNCELAB_MODELS_HOST_ECHO_RESPONDER_H
#define BOUNCELAB_MODELS_HOST_ECHO_RESPONDER_H

#include "formats/address.h"
#include "formats/random.h"
#include "models/host/stack-profile.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <map>
#include <string>

namespace bouncelab::host
{

class StackShim;

/// Answers pings as the host's stack does (RFC 792, RFC 1122 3.2.2.6; RFC 4443 4.2).
class EchoResponder
{
  public:
    /// \param tcp of the same host, which it shares power and a counter with; profile, ledger and
    /// tcp have to outlive it
    EchoResponder(const std::string& name,
                  const StackProfile& profile,
                  const HostStart& start,
                  std::uint64_t seed,
                  provenance::Ledger& ledger,
                  StackShim& tcp);

    void SetWire(path::WireHandler wire) { m_wire = std::move(wire); }

    /// Whether a packet for the host is an echo request, whole and sound.
    static bool Takes(const path::WirePacket& packet);

    /// It is answered after the kernel latency. \pre Takes() says so
    void Receive(const path::WirePacket& request);

  private:
    void Answer(const path::WirePacket& request);
    std::uint16_t NextIpId(const path::IpHeader& reply);

    const StackProfile& m_profile;
    HostStart m_start;
    provenance::Ledger& m_ledger;
    StackShim& m_tcp;
    path::WireHandler m_wire;
    DrawKey m_draws;
    std::uint64_t m_received = 0;
    std::map<IpAddress, std::uint16_t> m_nextIds; //!< By peer.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_ECHO_RESPONDER_H
