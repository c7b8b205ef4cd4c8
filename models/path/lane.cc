#include "models/path/lane.h"

#include "models/provenance/origin-tag.h"

#include <algorithm>

namespace bouncelab::path
{

Lane::Lane(std::vector<LinkModel> links, Waker waker)
    : m_links(std::move(links))
    , m_waker(std::move(waker))
    , m_nextStop(m_links.size() + 1, Length())
    , m_idle(m_links.size() + 1, 0)
{
    m_mayLose = std::any_of(m_links.begin(),
                            m_links.end(),
                            [](const LinkModel& link) { return link.MayLose(); });
}

void
Lane::StopAt(std::uint32_t position)
{
    for (std::uint32_t p = 0; p <= position; ++p)
    {
        m_nextStop[p] = std::min(m_nextStop[p], position);
    }
}

Lane::Handle
Lane::Insert(std::uint32_t position,
             std::int64_t ttlBase,
             std::uint32_t firstStop,
             std::int64_t nowNs,
             const WirePacket& packet)
{
    const Handle handle = Allocate();
    Flight& flight = m_flights[handle];
    flight.packet = packet;
    flight.ttlBase = ttlBase;
    flight.serial = LinkModel::MixSerial(provenance::OriginOf(packet.payload).serial);
    flight.size = packet.header.GetSerializedSize() + packet.payload->GetSize();
    flight.first = position;
    Plan(flight);
    flight.stop = NextStop(flight, firstStop);
    flight.inserted = false;

    Handle behind = None;
    Handle ahead = m_tail;
    for (Handle h = m_tail; h != None; h = m_flights[h].ahead)
    {
        const Flight& other = m_flights[h];
        if (other.first > position || (other.reach >= position && other.arrive[position] <= nowNs))
        {
            break;
        }
        behind = h;
        ahead = other.ahead;
    }
    flight.ahead = ahead;
    flight.behind = behind;
    (ahead == None ? m_head : m_flights[ahead].behind) = handle;
    (behind == None ? m_tail : m_flights[behind].ahead) = handle;
    ++m_inFlight;

    const std::vector<std::int64_t>& before = ahead == None ? m_idle : m_flights[ahead].arrive;
    std::copy(before.begin(), before.begin() + position, flight.arrive.begin());
    const std::vector<std::int64_t>& free = ahead == None ? m_idle : m_flights[ahead].sent;
    std::copy(free.begin(), free.begin() + position, flight.sent.begin());
    flight.arrive[position] = nowNs;
    Time(flight, position);
    m_waker(handle, false);
    if (behind != None)
    {
        Retime(handle, position);
    }
    return handle;
}

std::int64_t
Lane::DueNs(Handle handle) const
{
    const Flight& flight = m_flights[handle];
    return flight.stop <= flight.reach ? flight.arrive[flight.stop] : flight.sent[flight.links - 1];
}

bool
Lane::IsAtLastStop(Handle handle) const
{
    const Flight& flight = m_flights[handle];
    return flight.stop >= flight.reach + (flight.ending == Ending::Lose ? 1 : 0);
}

Lane::Handle
Lane::TiedAhead(Handle handle) const
{
    const Flight& flight = m_flights[handle];
    if (flight.stop > flight.reach)
    {
        return None;
    }
    const std::int64_t due = flight.arrive[flight.stop];
    for (Handle h = flight.ahead; h != None; h = m_flights[h].ahead)
    {
        const Flight& other = m_flights[h];
        if (other.arrive[flight.stop] != due)
        {
            break;
        }
        if (other.stop == flight.stop && other.stop <= other.reach)
        {
            return h;
        }
    }
    return None;
}

void
Lane::Advance(Handle handle)
{
    Flight& flight = m_flights[handle];
    flight.stop = NextStop(flight, flight.stop + 1);
}

void
Lane::Take(Handle handle)
{
    Flight& flight = m_flights[handle];
    flight.reach = flight.stop;
    flight.links = flight.stop;
    if (Time(flight, flight.stop))
    {
        Retime(handle, flight.stop);
    }
    Remove(handle);
}

void
Lane::Remove(Handle handle)
{
    Flight& flight = m_flights[handle];
    (flight.ahead == None ? m_head : m_flights[flight.ahead].behind) = flight.behind;
    (flight.behind == None ? m_tail : m_flights[flight.behind].ahead) = flight.ahead;
    flight.packet.payload = nullptr;
    m_free.push_back(handle);
    --m_inFlight;
}

Lane::Handle
Lane::Allocate()
{
    if (m_free.empty())
    {
        m_flights.emplace_back();
        m_flights.back().arrive.resize(m_links.size() + 1);
        m_flights.back().sent.resize(m_links.size());
        return static_cast<Handle>(m_flights.size() - 1);
    }
    const Handle handle = m_free.back();
    m_free.pop_back();
    return handle;
}

void
Lane::Plan(Flight& flight) const
{
    const std::int64_t ends = flight.ttlBase - 1;
    flight.ending = ends < Length() ? Ending::Expire : Ending::Arrive;
    flight.reach = ends < Length() ? static_cast<std::uint32_t>(ends) : Length();
    flight.links = flight.reach;
    if (!m_mayLose)
    {
        return;
    }
    for (std::uint32_t p = flight.first; p < flight.links; ++p)
    {
        if (m_links[p].Loses(flight.serial))
        {
            flight.ending = Ending::Lose;
            flight.reach = p;
            flight.links = p + 1;
        }
    }
}

std::uint32_t
Lane::NextStop(const Flight& flight, std::uint32_t from) const
{
    const std::uint32_t end = flight.reach + (flight.ending == Ending::Lose ? 1 : 0);
    return from >= end ? end : std::min(m_nextStop[from], end);
}

bool
Lane::Time(Flight& flight, std::uint32_t from)
{
    const Flight* ahead = flight.ahead == None ? nullptr : &m_flights[flight.ahead];
    bool changed = false;
    for (std::uint32_t p = from; p < m_links.size(); ++p)
    {
        const std::int64_t freeAt = ahead ? ahead->sent[p] : 0;
        const std::int64_t lastArrival = ahead ? ahead->arrive[p + 1] : 0;
        std::int64_t sent = freeAt;
        std::int64_t arrival = lastArrival;
        if (p >= flight.first && p < flight.links)
        {
            const LinkModel& link = m_links[p];
            const std::int64_t start = std::max(flight.arrive[p], freeAt);
            sent = start + link.Transmission(flight.size);
            if (p < flight.reach)
            {
                arrival = std::max(
                    {sent + link.Propagation(flight.serial), start + MinimumHopNs, lastArrival});
            }
        }
        changed |= sent != flight.sent[p] || arrival != flight.arrive[p + 1];
        flight.sent[p] = sent;
        flight.arrive[p + 1] = arrival;
    }
    return changed;
}

void
Lane::Retime(Handle handle, std::uint32_t from)
{
    for (Handle h = m_flights[handle].behind; h != None; h = m_flights[h].behind)
    {
        const std::int64_t due = DueNs(h);
        if (!Time(m_flights[h], from))
        {
            return;
        }
        if (DueNs(h) != due)
        {
            m_waker(h, true);
        }
    }
}

} // namespace bouncelab::path
