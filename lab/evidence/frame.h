#ifndef BOUNCELAB_LAB_EVIDENCE_FRAME_H
#define BOUNCELAB_LAB_EVIDENCE_FRAME_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bouncelab::evidence
{

/// The Ethernet side of frames that pass a vantage in one direction.
struct LinkHeader
{
    MacAddress source;
    MacAddress destination;
    /// What the frame is padded to where the capturing machine received it from the wire, without
    /// the check sequence; 0 = it sends the frame itself, and captures it before the padding.
    std::size_t paddedTo = 0;
};

/// A frame as it is seen at a vantage: an IP packet, or what another type says. The bytes are
/// borrowed for the time of a call.
struct Frame
{
    SimTime time{};
    LinkHeader link;
    std::uint16_t type = ethertype::IPV4; //!< EtherType of what follows.
    const std::uint8_t* ip = nullptr;
    std::size_t ipSize = 0;

    /// Length on the wire without the check sequence, as captures count it.
    std::size_t GetSize() const { return std::max(ETHERNET_HEADER + ipSize, link.paddedTo); }

    static constexpr std::size_t ETHERNET_HEADER = 14;
    static constexpr std::size_t ETHERNET_MINIMUM = 60;
};

/// Writes the whole Ethernet frame into a buffer that grows as needed; returns its size.
std::size_t SerializeFrame(const Frame& frame, std::vector<std::uint8_t>& buffer);

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_FRAME_H
