#ifndef BOUNCELAB_LAB_EVIDENCE_FRAME_H
#define BOUNCELAB_LAB_EVIDENCE_FRAME_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"

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
    /// The capturing machine received the frame from the wire: short ones show their padding. What
    /// it sends itself is captured before the padding.
    bool padded = false;
};

/// A frame as it is seen at a vantage: an IPv4 packet, or what another type says. The bytes are
/// borrowed for the time of a call.
struct Frame
{
    SimTime time{};
    LinkHeader link;
    std::uint16_t type = ethertype::IPV4; //!< EtherType of what follows.
    const std::uint8_t* ip = nullptr;
    std::size_t ipSize = 0;

    /// Length on the wire without the check sequence, as captures count it.
    std::size_t GetSize() const
    {
        const std::size_t size = ETHERNET_HEADER + ipSize;
        return link.padded && size < ETHERNET_MINIMUM ? ETHERNET_MINIMUM : size;
    }

    static constexpr std::size_t ETHERNET_HEADER = 14;
    static constexpr std::size_t ETHERNET_MINIMUM = 60;
};

/// Writes the whole Ethernet frame into a buffer that grows as needed; returns its size.
std::size_t SerializeFrame(const Frame& frame, std::vector<std::uint8_t>& buffer);

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_FRAME_H
