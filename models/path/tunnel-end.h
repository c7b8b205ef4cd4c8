#ifndef BOUNCELAB_MODELS_PATH_TUNNEL_END_H
#define BOUNCELAB_MODELS_PATH_TUNNEL_END_H

#include "formats/address.h"
#include "models/path/esp.h"
#include "models/path/ike.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::path
{

/// Packets inside that an end of a tunnel has handled.
struct TunnelEndCounts
{
    std::uint64_t sealed = 0;   //!< Sent into the tunnel.
    std::uint64_t opened = 0;   //!< Received from it.
    std::uint64_t dropped = 0;  //!< Not sent: no tunnel, no room to wait, or a foreign source.
    std::uint64_t rejected = 0; //!< Received, but repeated or damaged.
};

constexpr std::uint16_t IkePort = 500;
constexpr std::uint16_t NatPort = 4500; //!< IKE behind NAT, and ESP in UDP.

/// One end of an ESP tunnel in UDP: wraps packets and unwraps them, and makes its other messages.
class TunnelEnd
{
  public:
    struct Setup
    {
        std::string actor;
        std::uint64_t seed = 0;
        Ipv4 address; //!< Its own, outside.
        Ipv4 peer;    //!< The other end's.
        std::uint8_t ttl = 64;
        EspKeys out;
        EspKeys in;
        provenance::Ledger* ledger = nullptr; //!< Not owned.
    };

    explicit TunnelEnd(const Setup& setup);

    /// The packet on the wire that holds a whole packet. Its origin is this end, with the cause of
    /// the packet inside, which keeps its own origin for the other end.
    WirePacket Seal(const WirePacket& inner);

    /// The packet inside, or nothing if it is damaged, no IPv4 packet, or not newer than the last.
    std::optional<WirePacket> Open(const WirePacket& outer);

    /// A message of the handshake; on port 500 or, from IKE_AUTH on, port 4500.
    WirePacket Ike(const IkeSession& session, IkeMessage message);

    /// RFC 3948 2.3.
    WirePacket Keepalive();

    TunnelEndCounts& Counts() { return m_counts; }

    const TunnelEndCounts& Counts() const { return m_counts; }

    /// A UDP packet from the other end to this one, on one of the two ports.
    bool IsFromPeer(const WirePacket& packet) const;

    /// ESP rather than a message of the handshake or a keepalive; of a packet from the peer.
    static bool IsEsp(const WirePacket& outer);

    /// The handshake message in a packet from the peer, if it is one of this session.
    static std::optional<IkeMessage> IkeOf(const WirePacket& outer, const IkeSession& session);

  private:
    WirePacket Wrap(std::uint16_t port, bool checksum, provenance::CauseId cause);

    Setup m_setup;
    provenance::ActorId m_actor = 0;
    std::uint16_t m_nextId;
    std::uint32_t m_sequenceOut = 0;
    std::uint32_t m_sequenceIn = 0;
    std::vector<std::uint8_t> m_plain;
    std::vector<std::uint8_t> m_message;
    TunnelEndCounts m_counts;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TUNNEL_END_H
