#ifndef BOUNCELAB_MODELS_HOST_FLOW_H
#define BOUNCELAB_MODELS_HOST_FLOW_H

#include "formats/packet.h"
#include "formats/random.h"
#include "models/host/ack-policy.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <ns3/event-id.h>

#include <cstddef>
#include <cstdint>
#include <map>

namespace bouncelab::host
{

class ProfileSocket;

/// A connection as its host names it. The local address is the host's own, or, at a device that
/// takes connections meant for others, the address that the peer believes to speak to.
struct FlowKey
{
    IpAddress remoteAddress;
    std::uint16_t remotePort = 0;
    std::uint16_t localPort = 0;
    IpAddress localAddress;

    friend bool operator==(const FlowKey& a, const FlowKey& b)
    {
        return a.remoteAddress == b.remoteAddress && a.remotePort == b.remotePort &&
               a.localPort == b.localPort && a.localAddress == b.localAddress;
    }
};

struct FlowKeyHash
{
    std::size_t operator()(const FlowKey& key) const
    {
        return static_cast<std::size_t>(
            Mix((key.remoteAddress.Digest() << 32 |
                 static_cast<std::uint64_t>(key.remotePort) << 16 | key.localPort) ^
                key.localAddress.Digest() << 21));
    }
};

/**
 * What the shim knows of one connection beyond what ns-3's socket knows. Sequence numbers are those
 * of the wire; ns-3 counts from 0 on both sides.
 */
struct StackFlow
{
    StackFlow(const FlowKey& k, const StackProfile& profile)
        : key(k)
        , acks(profile)
    {
    }

    FlowKey key;
    ProfileSocket* socket = nullptr; //!< Null while the peer's SYN waits, and in TIME-WAIT.
    std::uint32_t isn = 0;
    std::uint32_t peerIsn = 0;
    std::uint32_t sendNext = 0; //!< One past the highest sequence number sent.
    std::uint32_t lastAckSent = 0;
    std::uint32_t timestampRecent = 0;
    std::uint32_t timestampOffset = 0; //!< On top of the host's clock.
    std::uint32_t windowEdge = 0;      //!< Right edge of the last window shown.
    std::uint16_t lastWindow = 0;      //!< Window field of the last segment sent.
    std::uint16_t nextIpId = 0;
    std::uint16_t peerMss = 536;
    std::uint8_t peerScale = 0;
    bool peerKnown = false;
    bool timestamps = false;
    bool sack = false;
    bool scaling = false;
    bool ecn = false;              //!< The peer offered ECN, and is told that it is accepted.
    bool orphan = false;           //!< The application closed it for both directions.
    bool reset = false;            //!< The peer reset it.
    bool opening = false;          //!< The peer's SYN waits for its socket.
    bool receiving = false;        //!< A segment is being handed to the socket right now.
    bool wantsAck = false;         //!< The socket asked for an ACK meanwhile,
    bool ackAtOnce = false;        //!< and it may not be held back.
    provenance::CauseId cause = 0; //!< Of the forged data that it took; 0 = none.
    std::int64_t timeWaitUntilNs = 0;
    std::int64_t nextChallengeNs = 0; //!< No challenge ACK before that.
    std::uint8_t peerTtl = 0;         //!< Of the peer's last segment but resets; 0 = none yet.
    std::int64_t sentNs = 0;          //!< When it last sent what the peer has to answer.
    std::int64_t roundTripNs = 0;     //!< Of the handshake; 0 = not known.
    std::map<std::uint64_t, path::WirePacket> early; //!< Held back, in order.
    AckPolicy acks;
    ns3::EventId heldAck;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_FLOW_H
