#include "detectors/analysis/evidence-clocks.h"

#include "detectors/detector.h"
#include "formats/text.h"

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
    constexpr std::array<std::string_view, SHARED_KINDS> NAMES{"session",
                                                               "message",
                                                               "request",
                                                               "refused log-on"};
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
                               const std::vector<KerberosExchange>& exchanges,
                               const std::vector<SealedSession>& sealed)
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
    AddRefusals(context.logs, sealed);
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

namespace
{

using Refusals = std::map<std::string, std::vector<Stamped>>; //!< By file.

/// As event logs tell them, which name no port.
Refusals
RefusalsInEvents(const ServerLogs& logs)
{
    std::map<std::pair<std::string_view, std::uint32_t>, WallTime> times;
    for (const auto& [file, event] : logs.events)
    {
        if (event.time)
        {
            times[{file, event.line}] = *event.time;
        }
    }
    Refusals refusals;
    for (const auto& [file, failure] : logs.authFailures)
    {
        const auto time = times.find({file, failure.line});
        if (time != times.end() && failure.source.IsNumeric())
        {
            refusals[file].push_back({failure.source, time->second});
        }
    }
    return refusals;
}

/// As receive logs have the replies, and captures those that were held back under TLS.
Refusals
RefusalsInSessions(const ServerLogs& logs, const std::vector<SealedSession>& sealed)
{
    Refusals refusals;
    for (const LogSession& session : logs.protocol.All())
    {
        for (const LogRow& row : session.rows)
        {
            const std::string_view data = session.Data(row);
            const bool isRefusal =
                row.event == '>' && session.type == ProtocolLogType::Receive &&
                (StartsWith(data, "535 ") || StartsWith(data, "454 4.7.0 Temporary auth"));
            if (isRefusal)
            {
                refusals[logs.protocol.FileOf(row)].push_back({session.remote.address, row.time});
            }
        }
    }
    for (const SealedSession& session : sealed)
    {
        refusals[session.file].push_back({session.client, session.time});
    }
    for (auto& [file, all] : refusals)
    {
        std::sort(all.begin(),
                  all.end(),
                  [](const Stamped& a, const Stamped& b) { return a.time < b.time; });
    }
    return refusals;
}

/// How far the clock of an event is ahead, by what refusals there were of its host at about its
/// time: nothing where there were none. \param refusals in order of time
std::optional<ClockInterval>
AheadOfRefusals(const Stamped& event, const std::vector<Stamped>& refusals, Nanoseconds offset)
{
    constexpr std::chrono::seconds NEAR(20);      // OffsetBetween() finds partners up to here.
    constexpr std::chrono::seconds HELD(10);      // From the event to the reply: a tarpit.
    constexpr std::chrono::seconds EVENT_STEP(1); // Events are stamped to the second.
    std::optional<ClockInterval> ahead;
    auto refusal =
        std::lower_bound(refusals.begin(),
                         refusals.end(),
                         event.time - offset - NEAR,
                         [](const Stamped& one, WallTime time) { return one.time < time; });
    for (; refusal != refusals.end() && refusal->time <= event.time - offset + NEAR; ++refusal)
    {
        const Nanoseconds apart = event.time - refusal->time;
        if (refusal->host == event.host)
        {
            ahead = ahead
                        ? ClockInterval{std::min(ahead->least, apart), std::max(ahead->most, apart)}
                        : ClockInterval{apart, apart};
        }
    }
    return ahead
               ? std::optional(ClockInterval{ahead->least - HELD, ahead->most + EVENT_STEP + HELD})
               : std::nullopt;
}

} // namespace

/// Which event is of which session is told by their times alone; so two files are compared where
/// their refusals fit at one distance only, which is a time zone and little more.
void
EvidenceClocks::AddRefusals(const ServerLogs& logs, const std::vector<SealedSession>& sealed)
{
    constexpr std::size_t MOST_PAIRS = 64; // Of files.
    constexpr std::size_t MOST_EVENTS = 1000;
    const Refusals bySessions = RefusalsInSessions(logs, sealed);
    std::size_t pairs = 0;
    for (const auto& [file, events] : RefusalsInEvents(logs))
    {
        for (const auto& [other, refusals] : bySessions)
        {
            const auto offset =
                ++pairs > MOST_PAIRS ? std::nullopt : OffsetBetween(refusals, events);
            for (std::size_t i = 0; offset && i < std::min(events.size(), MOST_EVENTS); ++i)
            {
                if (const auto ahead = AheadOfRefusals(events[i], refusals, *offset))
                {
                    Add(Shared::Refusal,
                        {file, events[i].time},
                        {other, events[i].time - *offset},
                        *ahead);
                }
            }
        }
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
