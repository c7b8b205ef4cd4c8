#ifndef BOUNCELAB_MODELS_PATH_LANE_H
#define BOUNCELAB_MODELS_PATH_LANE_H

#include "models/path/link-model.h"
#include "models/path/wire-packet.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace bouncelab::path
{

/**
 * The packets under way in one direction of a line, in order, with their times at every node.
 *
 * Positions count along the direction of travel: 0 is the end where packets enter, n the other;
 * link p leads from position p to p + 1. No packet overtakes another, so one list orders them all,
 * by where they are now: of two packets that share a node, the one ahead in the list arrives there
 * first. Each packet's times follow from the state in which the packet ahead of it leaves every
 * link, which is kept with that packet; so a packet that is born in the middle takes its place and
 * moves those behind it, as far as their times change and no farther. What has left the list
 * no longer constrains any packet.
 *
 * Holds no events: its owner is told when to wake up for a packet.
 */
class Lane
{
  public:
    using Handle = std::uint32_t;
    static constexpr Handle None = ~Handle{0};

    enum class Ending : std::uint8_t
    {
        Arrive, //!< At the last position.
        Expire, //!< At a router where its TTL ends.
        Lose,   //!< On a link.
    };

    struct Flight
    {
        WirePacket packet;
        std::int64_t ttlBase = 0; //!< It arrives at position p with TTL ttlBase - p.
        std::uint64_t serial = 0; //!< Mixed origin serial.
        std::uint32_t size = 0;   //!< Of the IPv4 packet, in octets.
        std::uint32_t first = 0;  //!< Position where it was born.
        std::uint32_t reach = 0;  //!< Last position at which it arrives.
        std::uint32_t links = 0;  //!< It uses the links first .. links - 1.
        std::uint32_t stop = 0;   //!< Next position where it pauses; reach + 1 = lost there.
        Ending ending = Ending::Arrive;
        bool inserted = false; //!< At its first position by a station, and not from its node.
        Handle ahead = None;
        Handle behind = None;
        std::vector<std::int64_t> arrive; //!< By position: last arrival up to this packet.
        std::vector<std::int64_t> sent;   //!< By link: free again after this packet.
    };

    /// Asks the lane's owner for a call at a packet's DueNs(): for a new packet, or again, for
    /// one whose DueNs() changed.
    using Waker = std::function<void(Handle, bool again)>;

    /// \param links in order of travel.
    Lane(std::vector<LinkModel> links, Waker waker);

    /// Packets pause at a position (it is observed); before the first packet.
    void StopAt(std::uint32_t position);

    /**
     * A packet is born at a position, behind all that arrive there at or before now.
     * \param ttlBase the TTL with which it leaves the position, plus position + 1; or that with
     * which it arrives there, plus position. \param firstStop it pauses at no position before this.
     */
    Handle Insert(std::uint32_t position,
                  std::int64_t ttlBase,
                  std::uint32_t firstStop,
                  std::int64_t nowNs,
                  const WirePacket& packet);

    Flight& At(Handle handle) { return m_flights[handle]; }

    /// When it reaches its next stop or its end.
    std::int64_t DueNs(Handle handle) const;

    /// Its next stop is its last one.
    bool IsAtLastStop(Handle handle) const;

    /// A packet ahead that reaches the same stop in the same nanosecond, and so has to be served
    /// first whatever the order of the calls; None if there is none.
    Handle TiedAhead(Handle handle) const;

    /// It has been at its stop; the next one becomes due.
    void Advance(Handle handle);

    /// It is taken off at its stop, where it is now: those behind it find the links free.
    void Take(Handle handle);

    /// It has come to its end and leaves the list; its handle is free.
    void Remove(Handle handle);

    std::uint32_t Length() const { return static_cast<std::uint32_t>(m_links.size()); }

    std::size_t InFlight() const { return m_inFlight; }

  private:
    Handle Allocate();
    void Plan(Flight& flight) const;
    std::uint32_t NextStop(const Flight& flight, std::uint32_t from) const;
    bool Time(Flight& flight, std::uint32_t from);
    void Retime(Handle handle, std::uint32_t from);

    std::vector<LinkModel> m_links;
    Waker m_waker;
    std::vector<std::uint32_t> m_nextStop; //!< By position: first stop there or later.
    std::deque<Flight> m_flights;          //!< Pool; stable addresses.
    std::vector<Handle> m_free;
    std::vector<std::int64_t> m_idle; //!< State of the links when nothing is ahead.
    Handle m_head = None;
    Handle m_tail = None;
    std::size_t m_inFlight = 0;
    bool m_mayLose = false;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_LANE_H
