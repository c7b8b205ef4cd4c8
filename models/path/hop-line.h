#ifndef BOUNCELAB_MODELS_PATH_HOP_LINE_H
#define BOUNCELAB_MODELS_PATH_HOP_LINE_H

#include "models/path/icmp-responder.h"
#include "models/path/lane.h"
#include "models/path/path.h"

#include <ns3/event-impl.h>

#include <array>
#include <deque>

namespace bouncelab::path
{

/**
 * A path as one channel: no node, no device and no queue a hop, but the times that they would give.
 * One simulator event for each packet, and one more where it is observed or its TTL ends.
 */
class HopLine : public NetworkPath
{
  public:
    explicit HopLine(PathSetup setup);

    /// Packets under way in both directions; their memory is all that grows with traffic.
    std::size_t InFlight() const { return m_lanes[0].InFlight() + m_lanes[1].InFlight(); }

  private:
    class ArrivalEvent;

    void DoEnter(PathEnd end, const WirePacket& packet) override;
    void DoInsert(std::uint32_t hop, Direction direction, const WirePacket& packet) override;
    void DoObserve(std::uint32_t hop) override;

    std::uint32_t Position(Direction direction, std::uint32_t hop) const;
    /// Starts a packet that a node sends, or (outbound only) that arrives there from outside the
    /// line.
    void Send(Direction direction, std::uint32_t hop, const WirePacket& packet);
    void Arrive(std::uint32_t hop, const WirePacket& packet);
    void Schedule(Direction direction, Lane::Handle handle, bool again);
    void Reached(Direction direction, Lane::Handle handle);
    void Expired(std::uint32_t hop, const WirePacket& packet);

    Lane& LaneOf(Direction direction) { return m_lanes[static_cast<int>(direction)]; }

    std::array<Lane, 2> m_lanes; //!< By Direction.
    std::array<std::deque<ns3::Ptr<ns3::EventImpl>>, 2>
        m_arrivals;                       //!< By Direction and handle; reused.
    std::vector<IcmpResponder> m_routers; //!< Hop k at k - 1; the far end is none.
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_HOP_LINE_H
