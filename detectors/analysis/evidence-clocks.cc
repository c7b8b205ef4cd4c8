#include "detectors/analysis/evidence-clocks.h"

#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace
{

constexpr Nanoseconds STAMP_STEP(std::chrono::milliseconds(1)); //!< Logs cut their stamps to it.
constexpr std::size_t MOST_COMPARED = 8;                        //!< That are compared of one thing.

/// A command and its reply, by one clock; what is not known is empty.
struct Span
{
    std::optional<WallTime> said;
    std::optional<WallTime> answered;
};

using Spans = std::vector<std::pair<Span, Span>>; //!< The same, by two clocks.

bool
IsToldWhole(const ClockInterval& ahead)
{
    const ClockInterval any = ClockInterval::Any();
    return ahead.least > any.least && ahead.most < any.most;
}

/// What the second clock, which is nearer to the server, is ahead of the first one.
std::optional<ClockInterval>
AheadInside(const Spans& spans)
{
    ClockInterval ahead = ClockInterval::Any();
    for (const auto& [outer, inner] : spans)
    {
        if (outer.said && inner.said)
        {
            ahead.most = std::min(ahead.most, *inner.said - *outer.said);
        }
        if (outer.answered && inner.answered)
        {
            ahead.least = std::max(ahead.least, *inner.answered - *outer.answered);
        }
    }
    ahead = ahead.Widened(STAMP_STEP);
    return IsToldWhole(ahead) && ahead.IsPossible() ? std::optional(ahead) : std::nullopt;
}

/// The same of two clocks somewhere on the way: the one or the other is nearer to the server.
std::optional<ClockInterval>
AheadEitherWay(const Spans& spans)
{
    Spans turned;
    for (const auto& [one, other] : spans)
    {
        turned.emplace_back(other, one);
    }
    const auto inside = AheadInside(spans);
    const auto outside = AheadInside(turned);
    if (!inside || !outside)
    {
        return inside ? inside : outside ? std::optional(-*outside) : std::nullopt;
    }
    const ClockInterval other = -*outside;
    return ClockInterval{std::min(inside->least, other.least), std::max(inside->most, other.most)};
}

/// How near to the server a session's record was written.
int
PlaceOf(const SmtpSession& session)
{
    return session.IsOwnersCall() ? 0 : session.atServer ? 2 : 1;
}

Span
SpanOf(const Turn& turn)
{
    const auto timeOf = [](const EvidenceRef& ref)
    { return ref.number > 0 ? std::optional(ref.time) : std::nullopt; };
    return {timeOf(turn.said), timeOf(turn.answered)};
}

/// What two records of a connection have in common from its beginning on.
Spans
CommonTurns(const SmtpSession& one, const SmtpSession& other)
{
    Spans spans;
    const std::size_t most = std::min(one.turns.size(), other.turns.size());
    for (std::size_t i = 0; i < most && one.turns[i].verb == other.turns[i].verb; ++i)
    {
        spans.emplace_back(SpanOf(one.turns[i]), SpanOf(other.turns[i]));
    }
    return spans;
}

/// Takes out what one file has twice: which is which is not told.
template <class Thing, class FileOf>
std::vector<const Thing*>
OncePerFile(const std::vector<const Thing*>& all, FileOf fileOf)
{
    std::map<std::string, std::size_t> count;
    for (const Thing* const thing : all)
    {
        ++count[fileOf(*thing)];
    }
    std::vector<const Thing*> once;
    std::copy_if(all.begin(),
                 all.end(),
                 std::back_inserter(once),
                 [&](const Thing* thing) { return count[fileOf(*thing)] == 1; });
    once.resize(std::min(once.size(), MOST_COMPARED));
    return once;
}

/// Calls each(one, other) for what different files have of the same thing.
template <class Thing, class Each>
void
ForEachPair(const std::vector<const Thing*>& things, Each each)
{
    for (std::size_t i = 0; i < things.size(); ++i)
    {
        for (std::size_t j = i + 1; j < things.size(); ++j)
        {
            each(*things[i], *things[j]);
        }
    }
}

} // namespace

std::string
ClockEstimate::Basis() const
{
    constexpr std::array<std::string_view, 3> NAMES{"session", "message", "request"};
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < NAMES.size(); ++i)
    {
        if (shared[i] > 0)
        {
            parts.push_back(fmt::format("{} {}{}", shared[i], NAMES[i], shared[i] == 1 ? "" : "s"));
        }
    }
    return Enumerate(parts) +
           (between.empty() ? " that both saw" : " by way of " + Enumerate(between));
}

EvidenceClocks::EvidenceClocks(SessionTable& table,
                               const EvidenceContext& context,
                               const std::vector<KerberosExchange>& exchanges)
{
    Sessions sessions;
    for (const auto* const list :
         {&table.Complete(context), &table.LoggedFlows(), &table.RepeatedFlows()})
    {
        for (const SmtpSession& session : *list)
        {
            if (session.Detail() == LogDetail::Dialog && !session.turns.empty())
            {
                sessions.push_back(&session);
            }
        }
    }
    AddSessions(sessions);
    AddTransfers(sessions, context.logs);
    AddMessages(context.logs);
    AddRequests(exchanges);
}

void
EvidenceClocks::Add(Shared shared,
                    const std::pair<const std::string&, WallTime>& one,
                    const std::pair<const std::string&, WallTime>& other,
                    const ClockInterval& ahead)
{
    const auto add = [&](Link& link, WallTime time, const ClockInterval& interval)
    {
        link.ahead.Add(time, interval);
        link.tightest = interval.Width() < link.tightest.Width() ? interval : link.tightest;
        ++link.shared[static_cast<std::size_t>(shared)];
    };
    add(m_links[other.first][one.first], other.second, ahead);
    add(m_links[one.first][other.first], one.second, -ahead);
}

void
EvidenceClocks::AddSessions(const Sessions& sessions)
{
    using Ends = std::tuple<HostAddress, std::uint16_t, HostAddress, std::uint16_t>;
    std::map<Ends, Sessions> byEnds;
    for (const SmtpSession* const session : sessions)
    {
        if (session->clientPort != 0 && session->serverPort != 0)
        {
            byEnds[{session->client, session->clientPort, session->server, session->serverPort}]
                .push_back(session);
        }
    }
    for (const auto& [ends, all] : byEnds)
    {
        const auto once = OncePerFile(all, [](const SmtpSession& session) { return session.file; });
        ForEachPair(once,
                    [&](const SmtpSession& a, const SmtpSession& b)
                    {
                        const bool isOrdered = PlaceOf(a) <= PlaceOf(b);
                        const SmtpSession& outer = isOrdered ? a : b;
                        const SmtpSession& inner = isOrdered ? b : a;
                        const Spans spans = CommonTurns(outer, inner);
                        const auto ahead =
                            PlaceOf(a) == PlaceOf(b) ? AheadEitherWay(spans) : AheadInside(spans);
                        if (ahead)
                        {
                            Add(Shared::Session,
                                {inner.file, inner.Start()},
                                {outer.file, outer.Start()},
                                *ahead);
                        }
                    });
    }
}

namespace
{

/// A Message-ID in the reply to content.
std::string
AcceptedId(const Turn& turn)
{
    const std::size_t open = turn.reply.find('<');
    const std::size_t close = turn.reply.find('>', open == turn.reply.npos ? 0 : open);
    return turn.Is(".") && open != turn.reply.npos && close != turn.reply.npos
               ? turn.reply.substr(open, close + 1 - open)
               : std::string();
}

bool
IsBySmtp(const TrackedEvent& event, std::string_view what)
{
    return event.source == "SMTP" && event.event == what && !event.messageId.empty();
}

using Entry = InFile<TrackedEvent>;

std::map<std::string, std::vector<const Entry*>>
ById(const ServerLogs& logs)
{
    std::map<std::string, std::vector<const Entry*>> byId;
    for (const Entry& entry : logs.tracked)
    {
        if (!entry.record.messageId.empty())
        {
            byId[entry.record.messageId].push_back(&entry);
        }
    }
    return byId;
}

/// The last that a log tells of a message before it left.
const Entry*
BeforeSending(const std::vector<const Entry*>& events, const Entry& sent)
{
    const Entry* before = nullptr;
    for (const Entry* const event : events)
    {
        const bool isEarlier = event->file == sent.file && event->record.line < sent.record.line &&
                               event->record.time <= sent.record.time;
        before = isEarlier ? event : before;
    }
    return before;
}

} // namespace

void
EvidenceClocks::AddTransfers(const Sessions& sessions, const ServerLogs& logs)
{
    constexpr std::chrono::seconds WRITTEN(5); // From the reply, at its server, to what tracks it.
    std::map<std::string, std::vector<const Entry*>> byId = ById(logs);
    for (const SmtpSession* const session : sessions)
    {
        for (const Turn& turn : session->turns)
        {
            const auto found = byId.find(AcceptedId(turn));
            if (found == byId.end() || turn.said.number == 0 || turn.answered.number == 0)
            {
                continue;
            }
            for (const Entry* const entry : found->second)
            {
                const TrackedEvent& event = entry->record;
                const bool isSent = IsBySmtp(event, "SEND") && event.server == session->server;
                const bool isTaken = IsBySmtp(event, "RECEIVE") && event.client == session->client;
                if (isSent || isTaken)
                {
                    Add(Shared::Message,
                        {entry->file, event.time},
                        {session->file, turn.said.time},
                        {event.time - turn.answered.time - WRITTEN, event.time - turn.said.time});
                }
            }
        }
    }
}

void
EvidenceClocks::AddMessages(const ServerLogs& logs)
{
    for (const auto& [id, events] : ById(logs))
    {
        std::vector<const Entry*> sent;
        std::vector<const Entry*> taken;
        for (const Entry* const event : events)
        {
            if (IsBySmtp(event->record, "SEND"))
            {
                sent.push_back(event);
            }
            else if (IsBySmtp(event->record, "RECEIVE"))
            {
                taken.push_back(event);
            }
        }
        const auto fileOf = [](const Entry& entry) { return entry.file; };
        for (const Entry* const left : OncePerFile(sent, fileOf))
        {
            const Entry* const before = BeforeSending(events, *left);
            for (const Entry* const came : OncePerFile(taken, fileOf))
            {
                const bool isThere = came->file != left->file && left->record.server &&
                                     left->record.server == came->record.server;
                if (isThere && before)
                {
                    Add(Shared::Message,
                        {came->file, came->record.time},
                        {left->file, left->record.time},
                        ClockInterval{came->record.time - left->record.time,
                                      came->record.time - before->record.time}
                            .Widened(STAMP_STEP));
                }
            }
        }
    }
}

void
EvidenceClocks::AddRequests(const std::vector<KerberosExchange>& exchanges)
{
    using Ends = std::tuple<HostAddress, std::uint16_t, HostAddress, KerberosMessage::Type>;
    std::map<Ends, std::vector<const KerberosExchange*>> byEnds;
    for (const KerberosExchange& exchange : exchanges)
    {
        if (exchange.request && exchange.answer)
        {
            byEnds[{exchange.client, exchange.clientPort, exchange.server, exchange.request->type}]
                .push_back(&exchange);
        }
    }
    for (const auto& [ends, all] : byEnds)
    {
        const auto once =
            OncePerFile(all, [](const KerberosExchange& exchange) { return exchange.file; });
        ForEachPair(once,
                    [&](const KerberosExchange& a, const KerberosExchange& b)
                    {
                        const Spans spans{{{b.time, b.answerTime}, {a.time, a.answerTime}}};
                        if (const auto ahead = AheadEitherWay(spans))
                        {
                            Add(Shared::Request, {a.file, a.time}, {b.file, b.time}, *ahead);
                        }
                    });
    }
}

std::vector<std::string>
EvidenceClocks::WayTo(const std::string& file, const std::string& from) const
{
    std::map<std::string, std::pair<Nanoseconds, std::string>> reached; // how wide, whence
    std::set<std::pair<Nanoseconds, std::string>> next{{Nanoseconds(0), from}};
    reached[from] = {Nanoseconds(0), from};
    while (!next.empty())
    {
        const auto [width, here] = *next.begin();
        next.erase(next.begin());
        const auto links = m_links.find(here);
        if (here == file || links == m_links.end())
        {
            continue;
        }
        for (const auto& [there, link] : links->second)
        {
            const Nanoseconds wider = width + link.tightest.Width();
            const auto known = reached.find(there);
            if (known == reached.end() || wider < known->second.first)
            {
                next.insert({wider, there});
                reached[there] = {wider, here};
            }
        }
    }
    std::vector<std::string> way;
    for (std::string at = file; reached.count(at) > 0; at = reached.at(at).second)
    {
        way.insert(way.begin(), at);
        if (at == from)
        {
            return way;
        }
    }
    return {};
}

std::optional<ClockEstimate>
EvidenceClocks::Ahead(const std::string& file, const std::string& reference, WallTime time) const
{
    ClockEstimate estimate;
    if (file == reference)
    {
        return estimate;
    }
    auto known = m_ways.find({file, reference});
    if (known == m_ways.end())
    {
        known = m_ways.emplace(std::pair(file, reference), WayTo(file, reference)).first;
    }
    const std::vector<std::string>& way = known->second;
    for (std::size_t i = 0; i + 1 < way.size(); ++i)
    {
        const Link& link = m_links.at(way[i]).at(way[i + 1]);
        const ClockInterval ahead = *link.ahead.At(time);
        estimate.ahead = estimate.ahead + ahead;
        time += ahead.least + ahead.Width() / 2;
        for (std::size_t kind = 0; kind < link.shared.size(); ++kind)
        {
            estimate.shared[kind] += link.shared[kind];
        }
    }
    if (way.size() > 2)
    {
        estimate.between.assign(std::next(way.begin()), std::prev(way.end()));
    }
    return way.empty() ? std::nullopt : std::optional(estimate);
}

} // namespace bouncelab::detectors
