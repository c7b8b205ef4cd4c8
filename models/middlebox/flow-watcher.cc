#include "models/middlebox/flow-watcher.h"

#include "formats/sequence.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::middlebox
{

namespace
{

ClosingPacket
ClosingOf(const TcpSegment& segment)
{
    const bool acknowledges = segment.Has(tcp::ACK);
    if (segment.Has(tcp::RST))
    {
        return acknowledges ? ClosingPacket::ResetAck : ClosingPacket::Reset;
    }
    return acknowledges ? ClosingPacket::FinishAck : ClosingPacket::Finish;
}

path::Direction
Opposite(path::Direction direction)
{
    return direction == path::Direction::Outbound ? path::Direction::Inbound
                                                  : path::Direction::Outbound;
}

} // namespace

FlowWatcher::Seen
FlowWatcher::Look(const Sight& sight)
{
    if (Overlooks(sight))
    {
        return {};
    }
    const TcpSegment& segment = sight.segment;
    if (m_config.forgetsBy == ClosingScope::Addresses && Closes(segment))
    {
        ForgetBetween(sight.Sent());
        return {};
    }
    const Seen seen = Find(sight);
    if (!seen.flow || seen.flow->second.isForgotten)
    {
        return {};
    }
    Flow& flow = seen.flow->second;
    (seen.fromClient ? flow.clientTtl : flow.serverTtl) = sight.packet.header.GetTtl();
    (seen.fromClient ? flow.clientLabel : flow.serverLabel) = sight.packet.header.GetFlowLabel();
    if (segment.options.timestamp)
    {
        (seen.fromClient ? flow.timestamps.client : flow.timestamps.server) =
            segment.options.timestampValue;
    }
    if (seen.fromClient)
    {
        Resynchronize(flow, segment);
    }
    NoteHandshake(seen, segment);
    return seen;
}

FlowWatcher::Seen
FlowWatcher::Find(const Sight& sight)
{
    const TcpSegment& segment = sight.segment;
    const Connection sent = sight.Sent();
    if (segment.Has(tcp::SYN) && !segment.Has(tcp::ACK))
    {
        return Learn(sent, sight.direction, segment.sequence + 1);
    }
    if (const auto flow = m_flows.find(sent); flow != m_flows.end())
    {
        return {&*flow, true};
    }
    if (const auto flow = m_flows.find(sent.Reversed()); flow != m_flows.end())
    {
        return {&*flow, false};
    }
    return LearnUnseen(sight);
}

FlowWatcher::Seen
FlowWatcher::LearnUnseen(const Sight& sight)
{
    const TcpSegment& segment = sight.segment;
    if (m_config.learnsFromSynAck && segment.Has(tcp::SYN))
    {
        Seen seen =
            Learn(sight.Sent().Reversed(), Opposite(sight.direction), segment.acknowledgment);
        seen.fromClient = false;
        return seen;
    }
    const Connection sent = sight.Sent();
    const bool tellsOfFlow = (!m_config.needsSyn && segment.payload.size > 0) ||
                             (m_config.resynchronizesOnAck && segment.flags == tcp::ACK);
    return tellsOfFlow && sent.serverPort <= sent.clientPort
               ? Learn(sent, sight.direction, segment.sequence)
               : Seen{};
}

FlowWatcher::Seen
FlowWatcher::Learn(const Connection& connection, path::Direction fromClient, std::uint32_t due)
{
    if (!Draw(connection.Hash()).Chance(m_config.flowSharePerMillion))
    {
        return {};
    }
    const auto [slot, fresh] =
        m_flows.insert_or_assign(connection, Flow{CommandWatcher(due), fromClient, due});
    slot->second.learnedNs = path::NowNs();
    if (fresh)
    {
        m_order.push_back(connection);
    }
    while (m_flows.size() > MAX_FLOWS)
    {
        m_flows.erase(m_order.front());
        m_order.pop_front();
    }
    return {&*slot, true};
}

void
FlowWatcher::NoteHandshake(const Seen& seen, const TcpSegment& segment) const
{
    Flow& flow = seen.flow->second;
    const bool opens = segment.Has(tcp::SYN);
    flow.isAnswered = flow.isAnswered || (opens && !seen.fromClient);
    flow.isOpen = flow.isOpen || (flow.isAnswered && !opens && seen.fromClient);
}

void
FlowWatcher::Resynchronize(Flow& flow, const TcpSegment& segment) const
{
    const bool isBareAck = segment.flags == tcp::ACK && segment.payload.size == 0;
    if (segment.Has(tcp::SYN) || Closes(segment) ||
        !(flow.isLost || (m_config.resynchronizesOnAck && isBareAck)))
    {
        return;
    }
    flow.isLost = false;
    if (flow.due != segment.sequence)
    {
        flow.due = segment.sequence;
        flow.stream = CommandWatcher(segment.sequence);
    }
}

bool
FlowWatcher::Match(const Seen& seen, const Sight& sight, const OnTrigger& onTrigger)
{
    const TcpSegment& segment = sight.segment;
    Flow& flow = seen.flow->second;
    const bool opens = segment.Has(tcp::SYN);
    const std::uint64_t before = m_matches;
    const Trigger trigger = TriggerOf(&flow, seen.fromClient, sight);
    if (opens && m_config.trigger == (seen.fromClient ? TriggerKind::Syn : TriggerKind::SynAck))
    {
        Fire(flow, trigger, seen.fromClient ? "SYN" : "SYN-ACK", onTrigger);
    }
    else if (m_config.trigger == TriggerKind::None)
    {
        flow.hasActed = flow.hasActed || (IsWhateverPasses(flow, segment) &&
                                          Fire(flow, trigger, "whatever passes", onTrigger));
    }
    else if (m_config.trigger == TriggerKind::Segment)
    {
        if (MatchesSegment(seen, segment))
        {
            Fire(flow, trigger, "segment", onTrigger);
        }
    }
    else if (seen.fromClient && !opens)
    {
        flow.stream.Pass(segment,
                         [&](std::string_view line, std::uint32_t end)
                         {
                             if (MatchesLine(line))
                             {
                                 Trigger here = trigger;
                                 here.triggerEnd = end;
                                 if (SequenceBefore(here.clientNext, end))
                                 {
                                     here.clientNext = end;
                                 }
                                 Fire(flow, here, std::string(line), onTrigger);
                             }
                         });
    }
    return m_matches != before;
}

bool
FlowWatcher::Fire(const Flow& flow, const Trigger& trigger, std::string text, const OnTrigger& call)
{
    if (m_config.needsHandshake && !flow.isOpen)
    {
        return false;
    }
    ++m_matches;
    if (m_draws("miss", m_matches).Chance(MissRate()))
    {
        return false;
    }
    call(trigger, std::move(text), m_matches);
    return true;
}

bool
FlowWatcher::IsWhateverPasses(const Flow& flow, const TcpSegment& segment) const
{
    return !flow.hasActed && !segment.Has(tcp::SYN) && !Closes(segment) &&
           path::NowNs() - flow.learnedNs >= m_config.actsAfter.count();
}

void
FlowWatcher::Finish(const Seen& seen, const Sight& sight)
{
    const TcpSegment& segment = sight.segment;
    Flow& flow = seen.flow->second;
    const bool isDue = seen.fromClient && segment.sequence == flow.due;
    if (isDue && !segment.Has(tcp::SYN))
    {
        flow.due += segment.SequenceLength();
    }
    const bool concerns = m_config.forgetsBy == ClosingScope::Client ? seen.fromClient
                          : m_config.forgetsBy == ClosingScope::Sequence
                              ? isDue
                              : m_config.forgetsBy == ClosingScope::Tuple;
    if (!concerns || !Closes(segment))
    {
        return;
    }
    if (m_config.resynchronizesAfterClose)
    {
        flow.isLost = true;
        return;
    }
    Forget(seen.flow->first);
}

void
FlowWatcher::Forget(const Connection& connection)
{
    const auto flow = m_flows.find(connection);
    if (!m_config.needsSyn && m_config.forgetsBy != ClosingScope::Client)
    {
        flow->second.isForgotten = true;
        return;
    }
    m_flows.erase(flow);
    while (!m_order.empty() && m_flows.count(m_order.front()) == 0)
    {
        m_order.pop_front();
    }
}

void
FlowWatcher::ForgetBetween(const Connection& ends)
{
    const std::deque<Connection> known = m_order;
    for (const Connection& flow : known)
    {
        if (m_flows.count(flow) != 0 &&
            ((flow.client == ends.client && flow.server == ends.server) ||
             (flow.client == ends.server && flow.server == ends.client)))
        {
            Forget(flow);
        }
    }
}

Trigger
FlowWatcher::TriggerOf(const Flow* flow, bool fromClient, const Sight& sight)
{
    const TcpSegment& segment = sight.segment;
    const std::uint32_t end = segment.sequence + segment.SequenceLength();
    const std::uint32_t acknowledged = segment.Has(tcp::ACK) ? segment.acknowledgment : 0;
    const std::uint8_t ttl = sight.packet.header.GetTtl();
    const std::uint32_t clientNext = fromClient ? end : acknowledged;
    return {clientNext,
            fromClient ? acknowledged : end,
            clientNext,
            ttl,
            sight.packet.header.GetIdentification(),
            segment.window,
            flow         ? flow->clientTtl
            : fromClient ? ttl
                         : std::uint8_t{0},
            flow         ? flow->serverTtl
            : fromClient ? std::uint8_t{0}
                         : ttl,
            flow ? flow->clientLabel : 0,
            flow ? flow->serverLabel : 0,
            flow ? flow->timestamps : TimestampPair{}};
}

bool
FlowWatcher::Overlooks(const Sight& sight) const
{
    const WatchedDirection way = sight.direction == path::Direction::Outbound
                                     ? WatchedDirection::Outward
                                     : WatchedDirection::Inward;
    return (m_config.sees != WatchedDirection::Both && m_config.sees != way) ||
           (m_config.plainHeadersOnly && sight.segment.headerLength != TCP_BYTES) ||
           (m_config.checksChecksums &&
            TransportChecksum(sight.packet.header.GetSource(),
                              sight.packet.header.GetDestination(),
                              protocol::TCP,
                              {sight.octets.data(), sight.octets.size()}) != 0);
}

bool
FlowWatcher::Closes(const TcpSegment& segment) const
{
    return (segment.Has(tcp::FIN) || segment.Has(tcp::RST)) &&
           std::find(m_config.closing.begin(), m_config.closing.end(), ClosingOf(segment)) !=
               m_config.closing.end();
}

bool
FlowWatcher::MatchesLine(std::string_view line) const
{
    return (m_config.trigger == TriggerKind::Line ||
            (m_config.trigger == TriggerKind::Command &&
             EqualIgnoringCase(line.substr(0, line.find(' ')), m_config.command))) &&
           ContainsIgnoringCase(line, m_config.pattern);
}

bool
FlowWatcher::MatchesSegment(const Seen& seen, const TcpSegment& segment) const
{
    const bool isDue = seen.fromClient && segment.sequence == seen.flow->second.due;
    return segment.payload.size > 0 && (isDue || !m_config.inOrderOnly) &&
           ContainsIgnoringCase(segment.payload.Text(), m_config.pattern);
}

std::uint32_t
FlowWatcher::MissRate() const
{
    if (m_config.missByHour.empty())
    {
        return m_config.missPerMillion;
    }
    const std::int64_t now = m_start.time_since_epoch().count() + path::NowNs();
    const std::int64_t second = FloorDivide(now, NANOSECONDS_PER_SECOND);
    return m_config.missByHour[CivilFromSeconds(second).hour];
}

} // namespace bouncelab::middlebox
