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
    ArrivalEvent(HopLine* line, Stretch* stretch, Lane::Handle handle)
        : m_line(line)
        , m_stretch(stretch)
        , m_handle(handle)
    {
    }

  private:
    void Notify() override { m_line->Reached(*m_stretch, m_handle); }

    HopLine* m_line;
    Stretch* m_stretch;
    Lane::Handle m_handle;
};

HopLine::HopLine(PathSetup setup)
    : NetworkPath(std::move(setup))
{
    Cut(Direction::Outbound);
    Cut(Direction::Inbound);
    for (std::uint32_t hop = 1; hop < HopCount(); ++hop)
    {
        m_routers.emplace_back(Setup().seed,
                               IcmpResponder::NameOfHop(Setup().name, hop),
                               Setup().hops[hop - 1],
                               Setup().ledger);
    }
}

void
HopLine::Cut(Direction direction)
{
    const std::vector<LinkModel> links = InOrderOfTravel(Setup(), direction);
    std::uint32_t begin = 0;
    for (std::uint32_t p = 1; p <= HopCount(); ++p)
    {
        if (p == HopCount() || links[p - 1].Disturbs() || LinkLimit::Limits(HopOf(direction, p)))
        {
            AddStretch(direction, begin, p);
            begin = p;
        }
    }
}

void
HopLine::AddStretch(Direction direction, std::uint32_t begin, std::uint32_t end)
{
    const std::vector<LinkModel> links = InOrderOfTravel(Setup(), direction);
    auto& stretches = m_stretches[static_cast<int>(direction)];
    const std::size_t index = stretches.size();
    stretches.push_back({direction,
                         begin,
                         Lane({links.begin() + begin, links.begin() + end},
                              [this, &stretches, index](Lane::Handle h, bool again)
                              { Schedule(stretches[index], h, again); }),
                         std::nullopt,
                         std::nullopt,
                         {}});
    Stretch& stretch = stretches.back();
    if (LinkLimit::Limits(HopOf(direction, begin)))
    {
        stretch.limit.emplace(HopOf(direction, begin), links[begin]);
    }
    if (links[end - 1].Disturbs())
    {
        stretch.disturbed = links[end - 1];
    }
}

/// The figures of the link that leads on from a position.
const HopConfig&
HopLine::HopOf(Direction direction, std::uint32_t position) const
{
    return Setup().hops[direction == Direction::Outbound ? position : HopCount() - 1 - position];
}

std::size_t
HopLine::InFlight() const
{
    std::size_t count = 0;
    for (const auto& stretches : m_stretches)
    {
        for (const Stretch& stretch : stretches)
        {
            count += stretch.lane.InFlight();
        }
    }
    return count;
}

void
HopLine::DoEnter(PathEnd end, const WirePacket& packet)
{
    if (end == PathEnd::Near)
    {
        Send(Direction::Outbound, 0, packet, false);
        return;
    }
    Send(Direction::Inbound, HopCount(), packet, false);
}

void
HopLine::DoInsert(std::uint32_t hop, Direction direction, const WirePacket& packet)
{
    if (direction == Direction::Inbound)
    {
        Send(direction, hop, packet, true);
        return;
    }
    Arrive(hop, packet);
}

void
HopLine::StopAt(std::uint32_t hop)
{
    for (const Direction direction : {Direction::Outbound, Direction::Inbound})
    {
        const std::uint32_t position = Position(direction, hop);
        if (!IsCut(direction, position))
        {
            Stretch& stretch = StretchAt(direction, position);
            stretch.lane.StopAt(position - stretch.begin);
        }
    }
}

std::uint32_t
HopLine::Position(Direction direction, std::uint32_t hop) const
{
    return direction == Direction::Outbound ? hop : HopCount() - hop;
}

HopLine::Stretch&
HopLine::StretchAt(Direction direction, std::uint32_t position)
{
    auto& stretches = m_stretches[static_cast<int>(direction)];
    std::size_t i = stretches.size() - 1;
    while (stretches[i].begin > position)
    {
        --i;
    }
    return stretches[i];
}

/// Whether order may change there: what is born there waits for what arrives in that nanosecond.
bool
HopLine::IsCut(Direction direction, std::uint32_t position)
{
    const Stretch& stretch = StretchAt(direction, position);
    return position == HopCount() ? stretch.disturbed.has_value()
                                  : stretch.begin == position && (position > 0 || stretch.limit);
}

void
HopLine::Send(Direction direction, std::uint32_t hop, const WirePacket& packet, bool inserted)
{
    const std::uint32_t position = Position(direction, hop);
    if (IsCut(direction, position))
    {
        ns3::Simulator::ScheduleNow([this, direction, position, packet, inserted]
                                    { Leave(direction, position, packet, inserted); });
        return;
    }
    Stretch& stretch = StretchAt(direction, position);
    const std::uint32_t at = position - stretch.begin;
    // Outbound it does not pass the segment that leads to its sender; inbound it does.
    const Lane::Handle handle = stretch.lane.Insert(at,
                                                    packet.header.GetTtl() + std::int64_t{at} + 1,
                                                    direction == Direction::Outbound ? at + 1 : at,
                                                    NowNs(),
                                                    packet);
    stretch.lane.At(handle).inserted = inserted;
}

void
HopLine::Arrive(std::uint32_t hop, const WirePacket& packet)
{
    if (IsCut(Direction::Outbound, hop))
    {
        ns3::Simulator::ScheduleNow([this, hop, packet]
                                    { AtNode(Direction::Outbound, hop, packet, true); });
        return;
    }
    Stretch& stretch = StretchAt(Direction::Outbound, hop);
    const std::uint32_t at = hop - stretch.begin;
    const Lane::Handle handle =
        stretch.lane.Insert(at, packet.header.GetTtl() + std::int64_t{at}, at, NowNs(), packet);
    stretch.lane.At(handle).inserted = true;
}

void
HopLine::Schedule(Stretch& stretch, Lane::Handle handle, bool again)
{
    if (handle >= stretch.arrivals.size())
    {
        stretch.arrivals.resize(handle + 1);
    }
    ns3::Ptr<ns3::EventImpl>& arrival = stretch.arrivals[handle];
    if (again)
    {
        arrival->Cancel();
        arrival = nullptr;
    }
    if (!arrival)
    {
        arrival = ns3::Create<ArrivalEvent>(this, &stretch, handle);
    }
    const std::int64_t wait = stretch.lane.DueNs(handle) - NowNs();
    ns3::Simulator::Schedule(ns3::TimeStep(static_cast<std::uint64_t>(wait)), arrival);
}

void
HopLine::Reached(Stretch& stretch, Lane::Handle handle)
{
    Lane& lane = stretch.lane;
    for (Lane::Handle tied; (tied = lane.TiedAhead(handle)) != Lane::None;)
    {
        ns3::Ptr<ns3::EventImpl>& arrival = stretch.arrivals[tied];
        arrival->Cancel();
        arrival = nullptr;
        Reached(stretch, tied);
    }
    Lane::Flight& flight = lane.At(handle);
    const bool atLastStop = lane.IsAtLastStop(handle);
    if (atLastStop && flight.ending == Lane::Ending::Lose)
    {
        ++m_counts.lost;
        lane.Remove(handle);
        return;
    }

    const bool outbound = stretch.direction == Direction::Outbound;
    const std::uint32_t position = stretch.begin + flight.stop;
    const std::int64_t arrivingTtl = flight.ttlBase - flight.stop;
    flight.packet.header.SetTtl(
        static_cast<std::uint8_t>(outbound || atLastStop ? arrivingTtl : arrivingTtl - 1));
    const bool isAddedHere = flight.inserted && flight.stop == flight.first;
    if (!atLastStop)
    {
        const std::uint32_t node = Position(stretch.direction, position);
        if (!isAddedHere && !Passes(node, stretch.direction, flight.packet))
        {
            lane.Take(handle);
            return;
        }
        lane.Advance(handle);
        Schedule(stretch, handle, false);
        Observe(node, stretch.direction, flight.packet);
        return;
    }
    const WirePacket packet = std::move(flight.packet);
    lane.Remove(handle);
    if (stretch.disturbed && position == stretch.begin + lane.Length())
    {
        Disturb(stretch, position, packet);
        return;
    }
    AtNode(stretch.direction, position, packet, isAddedHere);
}

void
HopLine::Disturb(Stretch& stretch, std::uint32_t position, const WirePacket& packet)
{
    const std::vector<Delivery> deliveries = stretch.disturbed->Deliver(packet, NowNs());
    m_counts.copied += deliveries.size() > 1 ? 1 : 0;
    m_counts.expired += deliveries.empty() ? 1 : 0;
    for (const Delivery& delivery : deliveries)
    {
        const auto arrive = [this, direction = stretch.direction, position, late = delivery.packet]
        { AtNode(direction, position, late, false); };
        if (delivery.laterNs == 0)
        {
            arrive();
            continue;
        }
        // What comes late comes behind all that arrives in that nanosecond.
        ns3::Simulator::Schedule(ns3::NanoSeconds(delivery.laterNs),
                                 [arrive] { ns3::Simulator::ScheduleNow(arrive); });
    }
}

void
HopLine::AtNode(Direction direction,
                std::uint32_t position,
                const WirePacket& packet,
                bool inserted)
{
    const std::uint32_t node = Position(direction, position);
    const bool outbound = direction == Direction::Outbound;
    if (outbound && node > 0)
    {
        if (!inserted && !Passes(node, direction, packet))
        {
            return;
        }
        Observe(node, direction, packet);
    }
    if (position == HopCount())
    {
        Deliver(outbound ? PathEnd::Far : PathEnd::Near, packet);
        return;
    }
    if (packet.header.GetTtl() <= 1)
    {
        Expired(node, packet);
        return;
    }
    WirePacket forwarded = packet;
    forwarded.header.SetTtl(static_cast<std::uint8_t>(packet.header.GetTtl() - 1));
    Leave(direction, position, forwarded, false);
}

void
HopLine::Leave(Direction direction, std::uint32_t position, const WirePacket& packet, bool inserted)
{
    const std::uint32_t node = Position(direction, position);
    if (direction == Direction::Inbound && !inserted && !Passes(node, direction, packet))
    {
        return;
    }
    Stretch& stretch = StretchAt(direction, position);
    const std::uint32_t bytes = packet.header.GetSerializedSize() + packet.payload->GetSize();
    const LinkLimit::Verdict verdict =
        stretch.limit ? stretch.limit->Take(bytes, NowNs()) : LinkLimit::Verdict::Takes;
    if (verdict == LinkLimit::Verdict::Takes)
    {
        if (direction == Direction::Inbound)
        {
            Observe(node, direction, packet);
        }
        stretch.lane.Insert(0, packet.header.GetTtl() + std::int64_t{1}, 1, NowNs(), packet);
        return;
    }
    ++m_counts.dropped;
    if (verdict == LinkLimit::Verdict::TooBig)
    {
        TooBig(stretch, packet);
    }
}

void
HopLine::Expired(std::uint32_t hop, const WirePacket& packet)
{
    ++m_counts.expired;
    Answer(hop,
           packet,
           [](IcmpResponder& router, const WirePacket& expired)
           { return router.TimeExceeded(expired); });
}

void
HopLine::TooBig(const Stretch& stretch, const WirePacket& packet)
{
    const std::uint32_t hop = Position(stretch.direction, stretch.begin);
    if (!HopOf(stretch.direction, stretch.begin).icmpTooBig || hop == 0 || hop == HopCount())
    {
        SignSilentDrop(hop, packet);
        return;
    }
    WirePacket arrived = packet;
    arrived.header.SetTtl(static_cast<std::uint8_t>(packet.header.GetTtl() + 1));
    Answer(hop,
           arrived,
           [mtu = stretch.limit->Mtu()](IcmpResponder& router, const WirePacket& offending)
           { return router.TooBig(offending, mtu); });
}

/// A router makes an ICMP error about a packet, in its time. \param offending as it arrived
void
HopLine::Answer(std::uint32_t hop, const WirePacket& offending, const AnswerMaker& make)
{
    IcmpResponder& router = m_routers[hop - 1];
    if (!IcmpResponder::Answers(offending.header))
    {
        return;
    }
    const Direction direction = Toward(offending.header.GetSource());
    ns3::Simulator::Schedule(ns3::NanoSeconds(router.ReplyDelay(offending).count()),
                             [this, hop, direction, offending, make]
                             {
                                 const WirePacket answer = make(m_routers[hop - 1], offending);
                                 ++m_counts.icmp;
                                 Send(direction, hop, answer, false);
                             });
}

} // namespace bouncelab::path
