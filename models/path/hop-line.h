#ifndef BOUNCELAB_MODELS_PATH_HOP_LINE_H
#define BOUNCELAB_MODELS_PATH_HOP_LINE_H

#include "models/path/icmp-responder.h"
#include "models/path/lane.h"
#include "models/path/link-limit.h"
#include "models/path/path.h"

#include <ns3/event-impl.h>

#include <array>
#include <deque>
#include <functional>
#include <optional>

namespace bouncelab::path
{

/**
 * A path as one channel: no node, no device and no queue a hop, but the times that they would give.
 * One simulator event for each packet, and one more where it is observed, its TTL ends, or its
 * order may change: the line is cut behind a link that disturbs and before one with a limit.
 */
class HopLine : public NetworkPath
{
  public:
    explicit HopLine(PathSetup setup);

    /// Packets under way in both directions; their memory is all that grows with traffic.
    std::size_t InFlight() const;

  private:
    class ArrivalEvent;

    /// Links of one direction between two cuts.
    struct Stretch
    {
        Direction direction;
        std::uint32_t begin; //!< Position along the direction of travel, as in a lane of all links.
        Lane lane;
        std::optional<LinkLimit> limit;                //!< Before the first link.
        std::optional<LinkModel> disturbed;            //!< The last link, if it disturbs.
        std::deque<ns3::Ptr<ns3::EventImpl>> arrivals; //!< By handle; reused.
    };

    using AnswerMaker = std::function<WirePacket(IcmpResponder&, const WirePacket& offending)>;

    void DoEnter(PathEnd end, const WirePacket& packet) override;
    void DoInsert(std::uint32_t hop, Direction direction, const WirePacket& packet) override;

    void DoObserve(std::uint32_t hop) override { StopAt(hop); }

    void DoGate(std::uint32_t hop) override { StopAt(hop); }

    void StopAt(std::uint32_t hop);
    void Cut(Direction direction);
    void AddStretch(Direction direction, std::uint32_t begin, std::uint32_t end);
    const HopConfig& HopOf(Direction direction, std::uint32_t position) const;
    /// Of hop 0..n along the way, and the other way round.
    std::uint32_t Position(Direction direction, std::uint32_t hop) const;
    /// With the link that leads on from a position; the last one for the end.
    Stretch& StretchAt(Direction direction, std::uint32_t position);
    bool IsCut(Direction direction, std::uint32_t position);

    /// Starts a packet that a node sends, or (outbound only) that arrives there from outside the
    /// line.
    /// \param inserted by a station: no gate there is asked
    void Send(Direction direction, std::uint32_t hop, const WirePacket& packet, bool inserted);
    void Arrive(std::uint32_t hop, const WirePacket& packet);
    void Schedule(Stretch& stretch, Lane::Handle handle, bool again);
    void Reached(Stretch& stretch, Lane::Handle handle);
    void Disturb(Stretch& stretch, std::uint32_t position, const WirePacket& packet);
    /// A packet arrives at a cut or at the end.
    void AtNode(Direction direction,
                std::uint32_t position,
                const WirePacket& packet,
                bool inserted);
    /// A packet leaves a cut, or enters where a limit is.
    void Leave(Direction direction,
               std::uint32_t position,
               const WirePacket& packet,
               bool inserted);
    void Expired(std::uint32_t hop, const WirePacket& packet);
    void TooBig(const Stretch& stretch, const WirePacket& packet);
    void Answer(std::uint32_t hop, const WirePacket& offending, const AnswerMaker& make);

    std::array<std::deque<Stretch>, 2> m_stretches; //!< By Direction; in order of travel.
    std::vector<IcmpResponder> m_routers;           //!< Hop k at k - 1; the far end is none.
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_HOP_LINE_H
