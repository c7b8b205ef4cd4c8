#ifndef BOUNCELAB_FORMATS_TCP_SEGMENT_H
#define BOUNCELAB_FORMATS_TCP_SEGMENT_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace bouncelab
{

/// TCP flag bits as they stand in the header (RFC 9293 3.1).
namespace tcp
{
constexpr std::uint8_t FIN = 0x01;
constexpr std::uint8_t SYN = 0x02;
constexpr std::uint8_t RST = 0x04;
constexpr std::uint8_t PSH = 0x08;
constexpr std::uint8_t ACK = 0x10;
} // namespace tcp

/// The options that a simulated host may write or read.
enum class TcpOptionKind : std::uint8_t
{
    End = 0,
    Nop = 1,
    Mss = 2,
    WindowScale = 3,
    SackPermitted = 4,
    Sack = 5,
    Timestamp = 8,
};

struct SackBlock
{
    std::uint32_t left = 0;
    std::uint32_t right = 0;
};

/// The header of a TCP segment as fields, and where its payload lies.
struct TcpSegment
{
    static constexpr std::size_t MAX_HEADER = 60;
    static constexpr std::size_t MAX_SACK_BLOCKS = 4;

    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint8_t flags = 0;
    std::uint16_t window = 0;

    std::optional<std::uint16_t> mss;
    std::optional<std::uint8_t> windowScale;
    bool sackPermitted = false;
    bool hasTimestamp = false;
    std::uint32_t timestampValue = 0;
    std::uint32_t timestampEcho = 0;
    std::array<SackBlock, MAX_SACK_BLOCKS> sack{};
    std::size_t sackBlocks = 0;

    std::size_t headerSize = 20; //!< Set by ReadTcpSegment.
    const std::uint8_t* payload = nullptr;
    std::size_t payloadSize = 0;

    bool Has(std::uint8_t flag) const { return (flags & flag) != 0; }

    /// Sequence space that the segment takes: payload, and one each for SYN and FIN.
    std::uint32_t SequenceLength() const
    {
        return static_cast<std::uint32_t>(payloadSize) + (Has(tcp::SYN) ? 1 : 0) +
               (Has(tcp::FIN) ? 1 : 0);
    }
};

/**
 * Reads a segment. Unknown options are passed over.
 * \param bytes the segment, header first; has to outlive the result's payload pointer.
 * \return nothing if the header is cut or its lengths are impossible.
 */
std::optional<TcpSegment> ReadTcpSegment(const std::uint8_t* bytes, std::size_t size);

/**
 * Writes header and payload, with the right checksum.
 * \param order the options in wire order; the fields of the segment give their values. Padded with
 *        End options to a multiple of four.
 * \param out room for MAX_HEADER + payloadSize bytes. The payload is copied behind the header.
 * \return bytes written.
 */
std::size_t WriteTcpSegment(const TcpSegment& segment,
                            const TcpOptionKind* order,
                            std::size_t options,
                            std::uint32_t sourceAddress,
                            std::uint32_t destinationAddress,
                            std::uint8_t* out);

/// The TCP checksum over pseudo-header and segment (RFC 9293 3.1); 0 if the stored one is right.
std::uint16_t TcpChecksum(const std::uint8_t* segment,
                          std::size_t size,
                          std::uint32_t sourceAddress,
                          std::uint32_t destinationAddress);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_TCP_SEGMENT_H
