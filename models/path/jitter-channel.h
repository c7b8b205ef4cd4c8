#ifndef BOUNCELAB_MODELS_PATH_JITTER_CHANNEL_H
#define BOUNCELAB_MODELS_PATH_JITTER_CHANNEL_H

#include "models/path/link-model.h"

#include <ns3/point-to-point-channel.h>

#include <array>
#include <functional>
#include <optional>

namespace bouncelab::path
{

/// A point-to-point link with the delay, jitter, order and loss of a LinkModel in each direction.
class JitterChannel : public ns3::PointToPointChannel
{
  public:
    static ns3::TypeId GetTypeId();

    /// \param outbound from the device attached first. \param lost told of each packet lost.
    void Configure(LinkModel outbound, LinkModel inbound, std::function<void()> lost);

    bool TransmitStart(ns3::Ptr<const ns3::Packet> packet,
                       ns3::Ptr<ns3::PointToPointNetDevice> source,
                       ns3::Time transmission) override;

  private:
    struct ChannelDirection
    {
        std::optional<LinkModel> model;
        std::int64_t lastArrivalNs = 0;
    };

    std::array<ChannelDirection, 2> m_directions;
    std::function<void()> m_lost;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_JITTER_CHANNEL_H
