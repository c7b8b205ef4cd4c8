#ifndef BOUNCELAB_MODELS_PATH_ETHERNET_FRAME_H
#define BOUNCELAB_MODELS_PATH_ETHERNET_FRAME_H

#include "formats/address.h"
#include "formats/packet.h"
#include "models/path/wire-packet.h"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace bouncelab::path
{

/// A frame on an Ethernet segment: an IP packet, or an ARP message (RFC 826).
struct EthernetFrame
{
    MacAddress source;
    MacAddress destination;
    std::uint16_t type = ethertype::IPV4;
    WirePacket packet;        //!< Of ARP the payload is the message, with its origin; no header.
    std::size_t paddedTo = 0; //!< On the wire, without the check sequence.
};

/// Sees a frame pass. \param received it comes off the wire; else the observer's own machine sends
/// it.
using FrameObserver = std::function<void(const EthernetFrame&, bool received)>;

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_ETHERNET_FRAME_H
