#include "detectors/analysis/reset-history.h"

#include "detectors/analysis/flow-dialog.h"
#include "formats/initial-ttl.h"

#include <algorithm>
#include <cstdlib>

namespace bouncelab::detectors
{

namespace
{

/// The shortest time after which firewalls, NATs and balancers commonly forget a session.
constexpr std::chrono::seconds FORGETTING(60);

} // namespace

ResetHistory::ResetHistory(const Flow& flow, std::uint32_t index)
    : m_flow(flow)
    , m_reset(flow.At(index))
    , m_index(index)
{
    std::optional<std::uint32_t> syns[2];
    for (std::uint32_t i = 0; i < index; ++i)
    {
        const Segment& earlier = flow.At(i);
        Before& before = m_before[earlier.side];
        m_ended = m_ended || earlier.Has(tcp::FIN) || earlier.Has(tcp::RST);
        if (earlier.Has(tcp::SYN))
        {
            auto& syn = syns[earlier.side];
            m_isReused = m_isReused || (syn && *syn != earlier.sequence && earlier.side == CLIENT);
            syn = syn ? syn : earlier.sequence;
        }
        if (earlier.End() > before.highest)
        {
            before.highest = earlier.End();
            before.highestIn = i;
        }
        before.acknowledged = std::max(before.acknowledged, earlier.acknowledged);
        before.opened = before.opened || earlier.Has(tcp::SYN);
        before.spoke = before.spoke || !earlier.Has(tcp::SYN);
        before.last = i;
    }
}

bool
ResetHistory::IsOwn(const Segment& segment) const
{
    return segment.side == m_reset.side && !segment.Has(tcp::RST);
}

bool
ResetHistory::IsOrdinary() const
{
    return m_ended || m_isReused || (RefusesHandshake() && !SideGoesOn()) || RefusesStray() ||
           NeverTookPart();
}

bool
ResetHistory::AnswersWithin(Nanoseconds span) const
{
    return Peer().last && m_reset.time - m_flow.At(*Peer().last).time <= span;
}

bool
ResetHistory::SideGoesOn() const
{
    return std::any_of(m_flow.segments.begin() + m_index + 1,
                       m_flow.segments.end(),
                       [&](const Segment& later) { return IsOwn(later) && !later.Has(tcp::SYN); });
}

/// A SYN made by hand: the kernel knows nothing of it and resets what comes back.
bool
ResetHistory::RefusesHandshake() const
{
    return m_reset.side == CLIENT && Own().opened && !Own().spoke && !Peer().spoke && Peer().last;
}

/// What the peer acknowledges was never sent here: an answer to a connection that is no more.
bool
ResetHistory::RefusesStray() const
{
    if (!Peer().last)
    {
        return false;
    }
    const Segment& peer = m_flow.At(*Peer().last);
    return peer.Has(tcp::ACK) && !peer.Has(tcp::SYN) && m_reset.sequence == peer.ack &&
           m_flow.stream[m_reset.side].sawSyn &&
           (peer.acknowledged > Own().highest + 1 || peer.acknowledged < 0);
}

/// A closed port, or a policy's refusal in its name: there was no session. But one that calls,
/// resets before it was answered and goes on, has one.
bool
ResetHistory::NeverTookPart() const
{
    if (!Peer().last)
    {
        return !Own().opened || !SideGoesOn();
    }
    return !Peer().spoke && std::none_of(m_flow.segments.begin(),
                                         m_flow.segments.end(),
                                         [&](const Segment& segment) { return IsOwn(segment); });
}

bool
ResetHistory::HasNumberOfPeer(const Segment& reset, std::uint32_t first, std::uint32_t last) const
{
    return std::any_of(m_flow.segments.begin() + first,
                       m_flow.segments.begin() + last,
                       [&](const Segment& earlier) {
                           return earlier.side != reset.side && earlier.Has(tcp::ACK) &&
                                  earlier.ack == reset.sequence;
                       });
}

std::optional<Nanoseconds>
ResetHistory::SilenceBefore() const
{
    std::uint32_t resumed = m_index;
    while (resumed > 0 && m_flow.At(resumed).time - m_flow.At(resumed - 1).time < FORGETTING)
    {
        --resumed;
    }
    if (resumed == 0)
    {
        return std::nullopt;
    }
    std::optional<std::int64_t> said;
    for (std::uint32_t i = resumed; i < m_flow.segments.size(); ++i)
    {
        const Segment& segment = m_flow.At(i);
        if (segment.Has(tcp::RST))
        {
            continue;
        }
        if (segment.side == CLIENT && segment.Span() > 0 && !said)
        {
            said = segment.End();
        }
        if (segment.side == SERVER && segment.Has(tcp::ACK) && said &&
            segment.acknowledged >= *said)
        {
            return std::nullopt;
        }
    }
    return m_flow.At(resumed).time - m_flow.At(resumed - 1).time;
}

bool
ResetHistory::CutsOffBlindly() const
{
    const bool tells =
        std::any_of(m_flow.segments.begin(),
                    m_flow.segments.end(),
                    [](const Segment& segment) { return segment.ttl != 0 || segment.ipId != 0; });
    // Who waits so long has timers of his own.
    constexpr std::chrono::seconds PATIENT(30);
    const bool isTimer = Peer().last && m_reset.time - m_flow.At(*Peer().last).time >= PATIENT;
    const bool isEmpty =
        m_flow.stream[CLIENT].dataSegments == 0 && m_flow.stream[SERVER].dataSegments == 0;
    if (tells || isTimer || !m_flow.source->isText || !m_flow.IsSmtp() ||
        (isEmpty && m_reset.side == CLIENT)) // a test of whether anything listens
    {
        return false;
    }
    const FlowDialog dialog(m_flow);
    return std::none_of(dialog.Turns().begin(),
                        dialog.Turns().end(),
                        [](const FlowTurn& turn)
                        { return turn.command == "QUIT" || turn.code == 221; });
}

std::optional<std::uint32_t>
ResetHistory::RefusalOfFin() const
{
    bool finished = false;
    for (std::uint32_t i = m_index + 1; i < m_flow.segments.size(); ++i)
    {
        const Segment& later = m_flow.At(i);
        finished = finished || (later.side != m_reset.side && later.Has(tcp::FIN));
        if (finished && later.side == m_reset.side && later.Has(tcp::RST) &&
            std::abs(later.ttl - m_reset.ttl) <= 1 && later.window == m_reset.window &&
            later.dontFragment == m_reset.dontFragment &&
            later.Has(tcp::ACK) == m_reset.Has(tcp::ACK))
        {
            return i;
        }
    }
    return std::nullopt;
}

bool
ResetHistory::HasDataBehind() const
{
    return std::any_of(m_flow.segments.begin() + m_index + 1,
                       m_flow.segments.end(),
                       [&](const Segment& later) {
                           return IsOwn(later) && later.payloadLength > 0 &&
                                  later.End() > m_reset.start;
                       });
}

bool
ResetHistory::IsFrontEndOf(const Segment& later) const
{
    const auto opening = std::find_if(m_flow.segments.begin(),
                                      m_flow.segments.end(),
                                      [&](const Segment& segment)
                                      { return IsOwn(segment) && segment.Has(tcp::SYN); });
    return opening != m_flow.segments.end() && HopsApart(opening->ttl, m_reset.ttl) == 0 &&
           HopsApart(opening->ttl, later.ttl) >= 2;
}

} // namespace bouncelab::detectors
