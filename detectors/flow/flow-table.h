#ifndef BOUNCELAB_DETECTORS_FLOW_FLOW_TABLE_H
#define BOUNCELAB_DETECTORS_FLOW_FLOW_TABLE_H

#include "detectors/flow/flow.h"
#include "detectors/readers/caps.h"
#include "formats/clock.h"

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace bouncelab::detectors
{

/// One TCP packet as a reader hands it over.
struct Packet
{
    WallTime time{};
    std::uint32_t frame = 0;
    std::uint32_t line = 0;
    std::size_t interface = 0; //!< That it was captured on, of a capture on several.
    HostAddress source;
    HostAddress destination;
    /// Its addresses are unused. Of an IPv6 packet: the hop limit, the class and the length; it has
    /// no IP ID, and is never fragmented on the way.
    Ipv4Fields ip;
    std::uint32_t flowLabel = 0; //!< Of an IPv6 packet.
    bool isPlaced = true; //!< Its sequence number is told; else it is guessed by what came before.
    TcpSegment tcp; //!< Its payload is what was captured; ip.payloadLength says what was sent.
};

/// A flow while its packets come.
struct GrowingFlow
{
    Flow flow;
    std::size_t payload[2]{}; //!< Bytes kept, by side.

    /// Whether a segment fits into this window.
    bool HasRoomFor(const Segment& segment) const;

    /// The window up to here, completed; what is left is the beginning of the next one.
    Flow TakeWindow();

    std::size_t Memory() const
    {
        return flow.segments.size() * sizeof(Segment) + flow.bytes.size();
    }

    /// Takes a segment with what was captured of it, but for further captures of one that is here.
    /// \return how many bytes that takes
    std::size_t Add(Segment segment, ByteView captured);

  private:
    void CopyEnd(const Flow& from, std::size_t segments);

    /// The same packet where it was captured just before, as a mirror does that may have kept less
    /// or more of a frame; else null.
    Segment* FindCopied(const Segment& segment, ByteView captured);
};

/// A flow as one interface of a capture saw it.
struct InterfaceView
{
    std::size_t interface = 0;
    GrowingFlow seen;
};

/**
 * Whether several interfaces stand at different places of a connection's path, so that each tells a
 * flow of its own: all saw its handshake, and most of their packets are not one another's copies.
 *
 * \param merged the same packets together
 */
bool AreVantages(const std::vector<InterfaceView>& views, const Flow& merged);

/**
 * Sorts packets into flows and hands each flow on, completed, once it has ended: closed for a
 * minute of capture time, reset for longer than either side may wait for the other, idle for longer
 * than keep-alives are apart, its ports taken by a new connection, or the capture over. A long one
 * is handed on in windows (flow.h). Holds live flows only; when they exceed the memory limit, those
 * idle longest are handed on. A connection that interfaces of one capture saw from different places
 * is handed on once for each.
 */
class FlowTable
{
  public:
    using Handler = std::function<void(Flow&)>;

    /// \param source named in every flow; has to outlive them. \param handler gets each flow.
    FlowTable(const CaptureSource& source, Handler handler);

    void Add(const Packet& packet);

    /// Hands on everything that is left, in order of first packets.
    void Finish();

    /// Most bytes of segments and payload that live flows hold together.
    void SetMemoryLimit(std::size_t bytes) { m_memoryLimit = bytes; }

    /// Flows that were handed on before they had ended, because of the memory limit.
    std::uint64_t Displaced() const { return m_displaced; }

  private:
    struct Key
    {
        std::uint64_t low = 0;  //!< Address and port of the smaller end.
        std::uint64_t high = 0; //!< Of the other one.

        bool operator==(const Key& other) const { return low == other.low && high == other.high; }
    };

    struct KeyHash
    {
        std::size_t operator()(const Key& key) const;
    };

    enum State
    {
        OPEN,
        RESET,
        CLOSED
    };

    struct FlowEntry
    {
        State GetState() const
        {
            return finished[CLIENT] && finished[SERVER] ? CLOSED : reset ? RESET : OPEN;
        }

        Key key;
        GrowingFlow all;
        std::vector<InterfaceView> views; //!< Where there are several interfaces.
        std::optional<bool> areVantages;  //!< Of the views; decided with the first window.
        std::size_t firstInterface = 0;
        std::uint64_t serial = 0; //!< Order of first packets.
        WallTime last{};
        std::uint64_t firstEnd = 0; //!< Whichever end sent the first packet is CLIENT until known.
        std::size_t memory = 0;
        bool finished[2]{};
        bool reset = false;
    };

    using Entries = std::list<FlowEntry>;

    Entries& ListOf(const FlowEntry& entry) { return m_entries[entry.GetState()]; }

    void HandOn(Entries& listed, Entries::iterator entry);
    /// Makes room in a live flow.
    void HandOnWindow(FlowEntry& entry);
    static bool AreVantagesOf(FlowEntry& entry);
    void Expire(WallTime now);
    /// Hands on those idle longest, down to the limit; the newest stays.
    void Limit();
    static bool IsReuse(const FlowEntry& entry, const Packet& packet, Side side);
    static std::size_t AddToView(FlowEntry& entry,
                                 std::size_t interface,
                                 const Segment& segment,
                                 ByteView captured);

    const CaptureSource& m_source;
    Handler m_handler;
    std::array<Entries, 3> m_entries; //!< By state; least recently active first.
    std::unordered_map<Key, Entries::iterator, KeyHash> m_index;
    std::uint64_t m_serial = 0;
    std::uint64_t m_displaced = 0;
    std::size_t m_memory = 0;
    std::size_t m_memoryLimit = GetCaps().flowOctets;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_FLOW_FLOW_TABLE_H
