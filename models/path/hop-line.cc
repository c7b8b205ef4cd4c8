#include "models/path/hop-line.h"

#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::path
{

namespace
{

std::vector<LinkModel>
InOrderOfTravel(const PathSetup& setup, Heading heading)
{
    std::vector<LinkModel> links = MakeLinks(setup.seed, setup.name, heading, setup.hops);
    if (heading == Heading::Inward)
    {
        std::reverse(links.begin(), links.end());
    }
    return links;
}

} // namespace

/// Wakes the line for one packet; scheduled again and again as long as nobody cancels it.
class HopLine::Arrival : public ns3::EventImpl
{
  public:
    Arrival(HopLine* line, Heading heading, Lane::Handle handle)
        : m_line(line)
        , m_heading(heading)
        , m_handle(handle)
    {
    }

  private:
    void Notify() override { m_line->Reached(m_heading, m_handle); }

    HopLine* m_line;
    Heading m_heading;
    Lane::Handle m_handle;
};

HopLine::HopLine(PathSetup setup)
    : Path(std::move(setup))
    , m_lanes{Lane(InOrderOfTravel(Setup(), Heading::Outward),
                   [this](Lane::Handle h, bool again) { Schedule(Heading::Outward, h, again); }),
              Lane(InOrderOfTravel(Setup(), Heading::Inward),
                   [this](Lane::Handle h, bool again) { Schedule(Heading::Inward, h, again); })}
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
HopLine::DoEnter(End end, const WirePacket& packet)
{
    if (end == End::Near)
    {
        Send(Heading::Outward, 0, packet);
        return;
    }
    Send(Heading::Inward, HopCount(), packet);
}

void
HopLine::DoInsert(std::uint32_t hop, Heading heading, const WirePacket& packet)
{
    if (heading == Heading::Inward)
    {
        Send(heading, hop, packet);
        return;
    }
    Arrive(hop, packet);
}

void
HopLine::DoObserve(std::uint32_t hop)
{
    LaneOf(Heading::Outward).StopAt(Position(Heading::Outward, hop));
    LaneOf(Heading::Inward).StopAt(Position(Heading::Inward, hop));
}

std::uint32_t
HopLine::Position(Heading heading, std::uint32_t hop) const
{
    return heading == Heading::Outward ? hop : HopCount() - hop;
}

void
HopLine::Send(Heading heading, std::uint32_t hop, const WirePacket& packet)
{
    const std::uint32_t position = Position(heading, hop);
    // Outward it does not pass the segment that leads to its sender; inward it does.
    const std::uint32_t firstStop = heading == Heading::Outward ? position + 1 : position;
    LaneOf(heading).Insert(position,
                           packet.header.GetTtl() + std::int64_t{position} + 1,
                           firstStop,
                           NowNs(),
                           packet);
}

void
HopLine::Arrive(std::uint32_t hop, const WirePacket& packet)
{
    LaneOf(Heading::Outward)
        .Insert(hop, packet.header.GetTtl() + std::int64_t{hop}, hop, NowNs(), packet);
}

void
HopLine::Schedule(Heading heading, Lane::Handle handle, bool again)
{
    auto& arrivals = m_arrivals[static_cast<int>(heading)];
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
        arrival = ns3::Create<Arrival>(this, heading, handle);
    }
    const std::int64_t wait = LaneOf(heading).DueNs(handle) - NowNs();
    ns3::Simulator::Schedule(ns3::TimeStep(static_cast<std::uint64_t>(wait)), arrival);
}

void
HopLine::Reached(Heading heading, Lane::Handle handle)
{
    Lane& lane = LaneOf(heading);
    for (Lane::Handle tied; (tied = lane.TiedAhead(handle)) != Lane::None;)
    {
        ns3::Ptr<ns3::EventImpl>& arrival = m_arrivals[static_cast<int>(heading)][tied];
        arrival->Cancel();
        arrival = nullptr;
        Reached(heading, tied);
    }
    Lane::Flight& flight = lane.At(handle);
    const bool atFate = lane.AtFate(handle);
    if (atFate && flight.fate == Lane::Fate::Lose)
    {
        ++m_counts.lost;
        lane.Remove(handle);
        return;
    }

    const bool outward = heading == Heading::Outward;
    const std::uint32_t node = Position(heading, flight.stop);
    const std::int64_t arrivingTtl = flight.ttlBase - flight.stop;
    flight.packet.header.SetTtl(
        static_cast<std::uint8_t>(outward || atFate ? arrivingTtl : arrivingTtl - 1));
    if (!atFate)
    {
        lane.Advance(handle);
        Schedule(heading, handle, false);
        Observe(node, heading, flight.packet);
        return;
    }
    if (outward && node > 0)
    {
        Observe(node, heading, flight.packet);
    }
    const Lane::Fate fate = flight.fate;
    const WirePacket packet = std::move(flight.packet);
    lane.Remove(handle);
    if (fate == Lane::Fate::Expire)
    {
        Expired(node, packet);
        return;
    }
    Deliver(outward ? End::Far : End::Near, packet);
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
    const Heading heading = Toward(packet.header.GetSource());
    ns3::Simulator::Schedule(ns3::NanoSeconds(router.ReplyDelay(packet).count()),
                             [this, hop, heading, packet]
                             {
                                 const WirePacket answer = m_routers[hop - 1].TimeExceeded(packet);
                                 ++m_counts.icmp;
                                 Send(heading, hop, answer);
                             });
}

} // namespace bouncelab::path
