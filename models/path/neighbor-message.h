#ifndef BOUNCELAB_MODELS_PATH_NEIGHBOR_MESSAGE_H
#define BOUNCELAB_MODELS_PATH_NEIGHBOR_MESSAGE_H

#include "models/path/ethernet-frame.h"

#include <optional>

namespace bouncelab::path
{

/// How machines of a segment learn each other's hardware addresses: ARP (RFC 826), or of IPv6
/// neighbor solicitation and advertisement (RFC 4861 4.3, 4.4).
struct NeighborMessage
{
    bool isReply = false;
    MacAddress senderMac;
    IpAddress sender;
    MacAddress targetMac; //!< Unset in a request.
    IpAddress target;
};

/// The frame that carries it: a request goes to all, or to the group that the target listens to.
/// Its origin is the caller's.
EthernetFrame FrameOf(const NeighborMessage& message);

/// Nothing if the frame is another.
std::optional<NeighborMessage> NeighborMessageIn(const EthernetFrame& frame);

/// Whether it is for several machines.
inline bool
IsGroup(const MacAddress& address)
{
    return (address.bytes[0] & 1) != 0;
}

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_NEIGHBOR_MESSAGE_H
