#include "lab/run/frame-tap.h"

#include "models/provenance/sim-now.h"

#include <utility>

namespace bouncelab::run
{

FrameTap::FrameTap(const scenario::VantageConfig& config,
                   DrawKey draws,
                   path::Direction receives,
                   Handler handler)
    : m_outbound{config.outwardSource,
                 config.outwardDestination,
                 receives == path::Direction::Outbound ? evidence::Frame::ETHERNET_MINIMUM : 0}
    , m_inbound{config.inwardSource,
                config.inwardDestination,
                receives == path::Direction::Inbound ? evidence::Frame::ETHERNET_MINIMUM : 0}
    , m_filter(config.filter)
    , m_from(config.from)
    , m_until(config.until.count() > 0 ? SimTime(config.until) : SimTime::max())
    , m_flaws(config.flaws)
    , m_draws(draws)
    , m_handler(std::move(handler))
{
}

void
FrameTap::Pass(path::Direction direction, const path::WirePacket& packet)
{
    evidence::Frame frame;
    frame.link = direction == path::Direction::Outbound ? m_outbound : m_inbound;
    frame.type = path::EtherTypeOf(packet);
    Take(frame, direction, packet);
}

void
FrameTap::Pass(const path::EthernetFrame& passing, bool received)
{
    evidence::Frame frame;
    frame.link = {passing.source, passing.destination, received ? passing.paddedTo : 0};
    frame.type = passing.type;
    Take(frame, received ? path::Direction::Inbound : path::Direction::Outbound, passing.packet);
}

void
FrameTap::Take(evidence::Frame& frame, path::Direction direction, const path::WirePacket& packet)
{
    using scenario::CaptureSide;
    frame.time = SimNow();
    const CaptureSide side =
        direction == path::Direction::Outbound ? CaptureSide::Outward : CaptureSide::Inward;
    if (frame.time < m_from || frame.time >= m_until ||
        (m_flaws.takes != CaptureSide::Both && m_flaws.takes != side))
    {
        return;
    }
    const bool isIp = frame.type == ethertype::IPV4 || frame.type == ethertype::IPV6;
    frame.ipSize = isIp ? m_serializer.Serialize(packet) : m_serializer.SerializePayload(packet);
    frame.ip = m_serializer.Data();
    const std::size_t size = evidence::SerializeFrame(frame, m_frame);
    if (!m_filter.Takes(m_frame.data(), size) || Misses(frame.time))
    {
        return;
    }
    for (unsigned i = 0; i < m_flaws.copies; ++i)
    {
        m_handler(frame, {m_frame.data(), size}, packet);
    }
}

bool
FrameTap::Misses(SimTime time)
{
    const std::uint64_t index = m_passed++;
    return (time >= SimTime(m_flaws.missesFrom) && time < SimTime(m_flaws.missesUntil)) ||
           m_draws("missed", index).Chance(m_flaws.missedPerMillion);
}

} // namespace bouncelab::run
