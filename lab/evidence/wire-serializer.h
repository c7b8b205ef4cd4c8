#ifndef BOUNCELAB_LAB_EVIDENCE_WIRE_SERIALIZER_H
#define BOUNCELAB_LAB_EVIDENCE_WIRE_SERIALIZER_H

#include "models/path/wire-packet.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bouncelab::evidence
{

/// Turns packets on the wire into the bytes that a capture shows, in one buffer used again.
class WireSerializer
{
  public:
    /**
     * The IP header with its right checksum and length (from the payload), then the payload as it
     * is. Headers have no options.
     * \return bytes in Data(), valid until the next call.
     */
    std::size_t Serialize(const path::WirePacket& packet);

    /// The payload alone, of what is no IP packet.
    std::size_t SerializePayload(const path::WirePacket& packet);

    const std::uint8_t* Data() const { return m_buffer.data(); }

  private:
    std::vector<std::uint8_t> m_buffer;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_WIRE_SERIALIZER_H
