#ifndef BOUNCELAB_DETECTORS_FLOW_FLOW_H
#define BOUNCELAB_DETECTORS_FLOW_FLOW_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// Whether a port is one at which servers take mail.
constexpr bool
IsMailPort(std::uint16_t port)
{
    return port == 25 || port == 465 || port == 587;
}

/// Captures from several queues may swap packets this close together.
constexpr std::chrono::milliseconds SWAPPED(2);

/// A file that packets come from.
struct CaptureSource
{
    std::string name;    //!< Relative to the evidence folder.
    bool isText = false; //!< Packets were printed; `line` of a segment counts.
};

/// The two ends of a flow, as indices.
enum Side : std::uint8_t
{
    CLIENT = 0,
    SERVER = 1,
};

constexpr Side
Other(Side side)
{
    return side == CLIENT ? SERVER : CLIENT;
}

/// One captured TCP segment with what a header tells, 64 bits of time and its place in the stream.
struct Segment
{
    WallTime time{};
    std::int64_t start = 0; //!< Position in the sender's sequence space; 0 is the first one known.
    std::int64_t acknowledged = 0; //!< Position in the peer's space that `ack` stands for.
    std::uint32_t frame = 0;       //!< Number in its file, from 1.
    std::uint32_t line = 0;        //!< First line in a text file, from 1; else 0.
    std::uint32_t sequence = 0;
    std::uint32_t ack = 0;
    std::uint32_t timestampValue = 0;
    std::uint32_t timestampEcho = 0;
    std::uint32_t flowLabel = 0;       //!< Of IPv6; 0 = none, or not told.
    std::uint32_t payloadOffset = 0;   //!< Of the captured bytes in Flow::bytes.
    std::uint32_t payloadCaptured = 0; //!< Bytes at hand.
    std::uint32_t payloadLength = 0;   //!< Bytes on the wire.
    std::uint16_t ipId = 0;
    std::uint16_t window = 0;
    std::uint16_t maximumSegmentSize = 0; //!< Option of a SYN; 0 = none.
    std::uint8_t ttl = 0;
    std::uint8_t tos = 0;
    std::uint8_t flags = 0;
    std::uint8_t reserved = 0;
    std::uint8_t headerLength = 20;
    std::uint8_t copies = 0; //!< Further captures of this very packet; they are not kept.
    Side side = CLIENT;
    std::int8_t windowScale = -1; //!< Option of a SYN; -1 = none.
    bool sackPermitted = false;   //!< Ditto.
    bool dontFragment = false;
    bool timestamp = false;

    bool Has(std::uint8_t flag) const { return (flags & flag) != 0; }

    /// Sequence space that the segment takes.
    std::int64_t Span() const
    {
        return static_cast<std::int64_t>(payloadLength) + (Has(tcp::SYN) ? 1 : 0) +
               (Has(tcp::FIN) ? 1 : 0);
    }

    /// Position of the first payload byte.
    std::int64_t DataStart() const { return start + (Has(tcp::SYN) ? 1 : 0); }

    std::int64_t End() const { return start + Span(); }
};

/// Two segments of one side that carry different bytes for the same positions, or of which the
/// second, whose bytes were not printed, is too short to carry the same.
struct Conflict
{
    std::uint32_t first = 0;  //!< Index of the segment that was captured first.
    std::uint32_t second = 0; //!< Index of the other one.
    std::int64_t from = 0;    //!< First position that both claim.
    std::int64_t to = 0;      //!< Behind the last one.
};

/// A piece of a reassembled stream: bytes [start, end) as the segment brought them.
struct Piece
{
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::uint32_t segment = 0;
};

/// What one side sent, in order of its sequence space. The segment captured first fills a place.
struct Stream
{
    std::vector<Piece> pieces;       //!< Ascending, without overlap; gaps stay gaps.
    std::vector<Conflict> conflicts; //!< In order of the later segment.
    bool sawSyn = false;
    std::uint32_t initialSequence = 0; //!< The sequence number of position 0.
    std::uint32_t segments = 0;
    std::uint32_t dataSegments = 0;
    std::int64_t highest = 0; //!< Behind the last position of any segment.
    /// Positions that were acknowledged, or that later segments imply, but that were not captured.
    std::int64_t missing = 0;
    std::int64_t acknowledged = 0; //!< Highest position that the peer acknowledged.
};

/**
 * Which part of a connection a flow holds. One that is longer than is kept at a time is judged in
 * windows that overlap, each packet in the one that has the most around it. A later window is a
 * capture that began late: it holds no handshake.
 */
struct FlowWindow
{
    static constexpr std::uint32_t NO_FRAME = std::numeric_limits<std::uint32_t>::max();

    std::uint64_t connection = 0;      //!< The same for all windows of one, in its file.
    std::uint32_t number = 0;          //!< 0 = with the first packets.
    bool isLast = true;                //!< No packets come behind it.
    std::uint32_t firstFrame = 0;      //!< Of those that are judged here.
    std::uint32_t endFrame = NO_FRAME; //!< Behind the last of them.
    bool isSwapped = false; //!< The server's packet came first; the first window decides.
    bool isSmtp = false;    //!< As the window before has it.

    bool IsFirst() const { return number == 0; }

    /// Whether the frame is judged here, or in another window that holds it as well.
    bool Judges(std::uint32_t frame) const { return frame >= firstFrame && frame < endFrame; }
};

/**
 * One TCP connection as far as the evidence shows it, or a window of it. Filled packet by packet,
 * then completed once: after that positions, streams and conflicts are there and nothing changes
 * any more.
 */
class Flow
{
  public:
    HostAddress address[2];  //!< By side.
    std::uint16_t port[2]{}; //!< By side.
    const CaptureSource* source = nullptr;
    std::vector<Segment> segments; //!< In order of capture, copies left out.
    std::vector<std::uint8_t> bytes;
    Stream stream[2];       //!< By side.
    bool isGuessed = false; //!< Of some segments no sequence number is told.
    FlowWindow window;

    ByteView Payload(const Segment& segment) const
    {
        return {bytes.data() + segment.payloadOffset, segment.payloadCaptured};
    }

    std::string_view Text(const Segment& segment) const
    {
        return {reinterpret_cast<const char*>(bytes.data()) + segment.payloadOffset,
                segment.payloadCaptured};
    }

    const Segment& At(std::uint32_t index) const { return segments[index]; }

    /// Whether the flow speaks SMTP: by its port, or by a greeting and a command that only SMTP
    /// has.
    bool IsSmtp() const;

    /// Whether one side was not captured at all although the other one acknowledges its data.
    bool OneSided(Side& missingSide) const;

    /// Decides who is the client, then fills positions, streams and conflicts.
    void Complete();

  private:
    void DecideSides();
    void AssignPositions();
    void Reassemble(Side side);
    void CountMissing();
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_FLOW_FLOW_H
