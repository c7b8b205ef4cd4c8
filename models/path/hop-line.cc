#include "models/path/hop-line.h"

#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::path
{

namespace
{

std::vector<LinkModel>
InOrderOfTravel(const PathSetup& setup, Direction direction)
{
    std::vector<LinkModel> links = MakeLinks(setup.seed, setup.name, direction, setup.hops);
    if (direction == Direction::Inbound)
    {
        std::reverse(links.begin(), links.end());
    }
    return links;
}

} // namespace

/// Wakes the line for one packet; rescheduled until it is cancelled.
class HopLine::ArrivalEvent : public ns3::EventImpl
{
  public:
    ArrivalEvent(HopLine* line, Direction direction, Lane::Handle handle)
        : m_line(line)
        , m_direction(direction)
        , m_handle(handle)
    {
    }

  private:
    void Notify() override { m_line->Reached(m_direction, m_handle); }

    HopLine* m_line;
    Direction m_direction;
    Lane::Handle m_handle;
};

HopLine::HopLine(PathSetup setup)
    : NetworkPath(std::move(setup))
    , m_lanes{Lane(InOrderOfTravel(Setup(), Direction::Outbound),
                   [this](Lane::Handle h, bool again) { Schedule(Direction::Outbound, h, again); }),
              Lane(InOrderOfTravel(Setup(), Direction::Inbound),
                   [this](Lane::Handle h, bool again) { Schedule(Direction::Inbound, h, again); })}
{
    for (std::uint32_t hop = 1; hop < HopCount(); ++hop)
    {
        m_routers.emplace_back(Setup().seed,
                               IcmpResponder::NameOfHop(Setup().name, hop),
                               Setup().hops[hop - 1],
                               Setup().ledger);
    }
}

void
HopLine::DoEnter(PathEnd end, const WirePacket& packet)
{
    if (end == PathEnd::Near)
    {
        Send(Direction::Outbound, 0, packet);
        return;
    }
    Send(Direction::Inbound, HopCount(), packet);
}

void
HopLine::DoInsert(std::uint32_t hop, Direction direction, const WirePacket& packet)
{
    if (direction == Direction::Inbound)
    {
        Send(direction, hop, packet);
        return;
    }
    Arrive(hop, packet);
}

void
HopLine::DoObserve(std::uint32_t hop)
{
    LaneOf(Direction::Outbound).StopAt(Position(Direction::Outbound, hop));
    LaneOf(Direction::Inbound).StopAt(Position(Direction::Inbound, hop));
}

std::uint32_t
HopLine::Position(Direction direction, std::uint32_t hop) const
{
    return direction == Direction::Outbound ? hop : HopCount() - hop;
}

void
HopLine::Send(Direction direction, std::uint32_t hop, const WirePacket& packet)
{
    const std::uint32_t position = Position(direction, hop);
    // Outbound it does not pass the segment that leads to its sender; inbound it does.
    const std::uint32_t firstStop = direction == Direction::Outbound ? position + 1 : position;
    LaneOf(direction).Insert(position,
                             packet.header.GetTtl() + std::int64_t{position} + 1,
                             firstStop,
                             NowNs(),
                             packet);
}

void
HopLine::Arrive(std::uint32_t hop, const WirePacket& packet)
{
    LaneOf(Direction::Outbound)
        .Insert(hop, packet.header.GetTtl() + std::int64_t{hop}, hop, NowNs(), packet);
}

void
HopLine::Schedule(Direction direction, Lane::Handle handle, bool again)
{
    auto& arrivals = m_arrivals[static_cast<int>(direction)];
    if (handle >= arrivals.size())
    {
        arrivals.resize(handle + 1);
    }
    ns3::Ptr<ns3::EventImpl>& arrival = arrivals[handle];
    if (again)
    {
        arrival->Cancel();
        arrival = nullptr;
    }
    if (!arrival)
    {
        arrival = ns3::Create<ArrivalEvent>(this, direction, handle);
    }
    const std::int64_t wait = LaneOf(direction).DueNs(handle) - NowNs();
    ns3::Simulator::Schedule(ns3::TimeStep(static_cast<std::uint64_t>(wait)), arrival);
}

void
HopLine::Reached(Direction direction, Lane::Handle handle)
{
    Lane& lane = LaneOf(direction);
    for (Lane::Handle tied; (tied = lane.TiedAhead(handle)) != Lane::None;)
    {
        ns3::Ptr<ns3::EventImpl>& arrival = m_arrivals[static_cast<int>(direction)][tied];
        arrival->Cancel();
        arrival = nullptr;
        Reached(direction, tied);
    }
    Lane::Flight& flight = lane.At(handle);
    const bool atLastStop = lane.IsAtLastStop(handle);
    if (atLastStop && flight.ending == Lane::Ending::Lose)
    {
        ++m_counts.lost;
        lane.Remove(handle);
        return;
    }

    const bool outbound = direction == Direction::Outbound;
    const std::uint32_t node = Position(direction, flight.stop);
    const std::int64_t arrivingTtl = flight.ttlBase - flight.stop;
    flight.packet.header.SetTtl(
        static_cast<std::uint8_t>(outbound || atLastStop ? arrivingTtl : arrivingTtl - 1));
    if (!atLastStop)
    {
        lane.Advance(handle);
        Schedule(direction, handle, false);
        Observe(node, direction, flight.packet);
        return;
    }
    if (outbound && node > 0)
    {
        Observe(node, direction, flight.packet);
    }
    const Lane::Ending ending = flight.ending;
    const WirePacket packet = std::move(flight.packet);
    lane.Remove(handle);
    if (ending == Lane::Ending::Expire)
    {
        Expired(node, packet);
        return;
    }
    Deliver(outbound ? PathEnd::Far : PathEnd::Near, packet);
}

void
HopLine::Expired(std::uint32_t hop, const WirePacket& packet)
{
    ++m_counts.expired;
    IcmpResponder& router = m_routers[hop - 1];
    if (!router.Answers(packet.header))
    {
        return;
    }
    const Direction direction = Toward(packet.header.GetSource());
    ns3::Simulator::Schedule(ns3::NanoSeconds(router.ReplyDelay(packet).count()),
                             [this, hop, direction, packet]
                             {
                                 const WirePacket answer = m_routers[hop - 1].TimeExceeded(packet);
                                 ++m_counts.icmp;
                                 Send(direction, hop, answer);
                             });
}

} // namespace bouncelab::path
