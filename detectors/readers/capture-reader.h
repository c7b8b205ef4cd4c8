#ifndef BOUNCELAB_DETECTORS_READERS_CAPTURE_READER_H
#define BOUNCELAB_DETECTORS_READERS_CAPTURE_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/kerberos-message.h"
#include "detectors/readers/time-exceeded.h"
#include "formats/clock.h"
#include "formats/encapsulation.h"

#include <array>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bouncelab::detectors
{

/// What became of reading a capture.
struct CaptureSummary
{
    std::uint64_t frames = 0;
    std::uint64_t tcpPackets = 0;
    std::uint64_t datagrams = 0;                  //!< Handed on to the reader of Kerberos.
    std::map<std::string, std::uint64_t> leftOut; //!< The same by their reason: "UDP".
    std::uint64_t truncated =
        0; //!< Frames that the snapshot length cut off, read as far as they go.
    /// Frames whose packet stood in each kind of tunnel, or behind tags.
    std::array<std::uint64_t, ENCAPSULATION_NAMES.size()> stripped{};
    std::uint64_t cutInside = 0; //!< Of those, whole frames with less than the packet had.
    std::size_t interfaces = 1;  //!< That frames were captured on.
    /// What a pcapng says that it missed, by interface and by who dropped it.
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> dropped;
    std::string format;            //!< "pcap", "pcapng"
    std::optional<WallTime> first; //!< Of the frames.
    std::optional<WallTime> last;
    bool isOfOtherProtocols = false; //!< Sound, and nobody was handed anything of it.
    /// One clause when reading ended early or nothing could be judged; else empty.
    std::string problem;
};

/// A frame of a capture; its bytes live during the call that hands it over.
struct CapturedFrame
{
    std::uint64_t number = 0; //!< From 1.
    WallTime time{};          //!< As stamped.
    std::uint32_t wireLength = 0;
    ByteView bytes; //!< As captured.
    InnerPacket inner;
    std::size_t interface = 0; //!< That it was captured on, by its number in a pcapng.
};

/// The TCP packet of a frame, of which the flow table needs no more. \param reason set where there
/// is none: "UDP"
std::optional<Packet> TcpPacketOf(const CapturedFrame& frame, std::string& reason);

/**
 * Reads the frames of a capture of any kind that ReadCapture() knows, whatever they hold.
 *
 * \param file is read to its end and closed.
 */
CaptureSummary ReadFrames(std::FILE* file,
                          const std::function<void(const CapturedFrame&)>& handler);

/**
 * Reads a capture, pcap or pcapng, in microseconds or nanoseconds, of Ethernet, raw IP, Linux
 * cooked (both), PPP or null link type, through what Decapsulate() takes off; of a pcapng each
 * interface by its own link type, snapshot length and resolution of time. Whatever is damaged ends
 * the reading with a sentence in the summary; what came before it has been handed over.
 *
 * \param file is read to its end and closed. \param kerberos gets what goes to and from port 88 by
 * other ways than TCP, \param expired what ICMP says of TCP packets whose TTL ended, if they are
 * given; the latter counts as left out all the same
 */
CaptureSummary ReadCapture(std::FILE* file,
                           const std::function<void(const Packet&)>& handler,
                           const std::function<void(const KerberosDatagram&)>& kerberos = {},
                           const std::function<void(const TimeExceeded&)>& expired = {});

/// What bytes are that are neither a capture nor a text: "compressed by gzip ..." where known.
std::string_view NameOfContent(const unsigned char* bytes, std::size_t size);

/// Whether bytes begin like a capture that ReadCapture knows. \param size four or more.
bool LooksLikeCapture(const unsigned char* bytes, std::size_t size);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CAPTURE_READER_H
