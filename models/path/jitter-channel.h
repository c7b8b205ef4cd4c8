#ifndef BOUNCELAB_MODELS_PATH_JITTER_CHANNEL_H
#define BOUNCELAB_MODELS_PATH_JITTER_CHANNEL_H

#include "models/path/link-model.h"
#include "models/path/path.h"

#include <ns3/point-to-point-channel.h>

#include <array>
#include <optional>

namespace bouncelab::path
{

/// A point-to-point link with the delay, jitter, order, loss and disturbance of a LinkModel in each
/// direction.
class JitterChannel : public ns3::PointToPointChannel
{
  public:
    static ns3::TypeId GetTypeId();

    /// \param outbound from the device attached first. \param counts of the path that it is in
    void Configure(LinkModel outbound, LinkModel inbound, PathCounts& counts);

    bool TransmitStart(ns3::Ptr<const ns3::Packet> packet,
                       ns3::Ptr<ns3::PointToPointNetDevice> source,
                       ns3::Time transmission) override;

  private:
    struct ChannelDirection
    {
        std::optional<LinkModel> model;
        std::int64_t lastArrivalNs = 0;
    };

    using Device = ns3::Ptr<ns3::PointToPointNetDevice>;

    void Disturb(LinkModel& link,
                 const Device& destination,
                 ns3::Ptr<const ns3::Packet> packet,
                 std::int64_t arrivalNs);
    static void Receive(const Device& device,
                        std::int64_t atNs,
                        std::int64_t laterNs,
                        const ns3::Ptr<ns3::Packet>& packet);

    std::array<ChannelDirection, 2> m_directions;
    PathCounts* m_counts = nullptr;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_JITTER_CHANNEL_H
