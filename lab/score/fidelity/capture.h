#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_CAPTURE_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_CAPTURE_H

#include "formats/clock.h"
#include "formats/packet.h"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// The IP header of a captured packet, of either family.
struct CapturedIp
{
    IpAddress source;
    IpAddress destination;
    std::uint8_t protocol = 0;
    ByteView payload;
    std::size_t payloadLength = 0; //!< On the wire.
    std::optional<Ipv4Fields> v4;  //!< What IPv4 has besides.
};

/// One captured Ethernet frame and what its headers say.
struct CaptureFrame
{
    std::uint64_t number = 0; //!< From 1.
    WallTime time{};          //!< As stamped.
    std::uint32_t wireLength = 0;
    std::vector<std::uint8_t> bytes;
    EthernetFields ethernet;
    std::optional<CapturedIp> ip;
    std::optional<TcpSegment> tcp;
    bool tcpChecksumGood = false;

    std::string_view Payload() const
    {
        return tcp ? std::string_view(reinterpret_cast<const char*>(tcp->payload.data),
                                      tcp->payload.size)
                   : std::string_view();
    }

    /// Sequence number behind the payload, SYN and FIN of a TCP segment.
    std::uint32_t EndSequence() const;
};

/// The frames of an Ethernet capture, all in memory.
class Capture
{
  public:
    /// \throws std::runtime_error when the file is no Ethernet capture or is damaged
    explicit Capture(const std::filesystem::path& path);

    const std::deque<CaptureFrame>& Frames() const { return m_frames; }

  private:
    std::deque<CaptureFrame> m_frames;
};

/// The options of a TCP header in their order: `MSS NOP WS NOP NOP TS SackOK EOL`.
std::string OptionLayout(const CaptureFrame& frame);

/// The control bits that are set, in snort's order: `AP`.
std::string FlagLetters(std::uint8_t flags);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_CAPTURE_H
