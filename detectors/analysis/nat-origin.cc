#include "detectors/analysis/nat-origin.h"

#include "detectors/analysis/clock-offset.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace bouncelab::detectors
{

namespace
{

constexpr std::uint16_t SMTP_PORT = 25;
constexpr std::chrono::seconds ONE_CAPTURE(5); //!< Between two captures of one connection.
constexpr std::chrono::seconds ONE_MINUTE(30); //!< Around a session's start, in the firewall's log.
constexpr std::size_t LEAST_TIMES = 2;         //!< Of which nobody inside is to be found.

bool
IsOutside(const HostAddress& address)
{
    return address.IsNumeric() && !address.IsPrivate();
}

bool
IsNear(WallTime a, WallTime b, Nanoseconds most)
{
    return a - b <= most && b - a <= most;
}

/// The end outside of two.
HostAddress
FarEnd(const HostAddress& client, const HostAddress& server)
{
    return IsOutside(server) ? server : client;
}

/// "4 h behind", "5:30 h ahead of"
std::string
Distance(std::chrono::minutes ahead)
{
    const std::int64_t minutes = std::llabs(ahead.count());
    const std::string hours = minutes % 60 == 0
                                  ? fmt::format("{}", minutes / 60)
                                  : fmt::format("{}:{:02}", minutes / 60, minutes % 60);
    return fmt::format("{} h {}", hours, ahead.count() < 0 ? "behind" : "ahead of");
}

} // namespace

NatOrigins::NatOrigins(const Analysis& analysis)
    : m_analysis(analysis)
{
    std::vector<Stamped> rows;
    for (const Row& row : analysis.GetContext().logs.firewall)
    {
        const FirewallEvent& event = row.record;
        if (event.action != FirewallEvent::Action::Permitted ||
            event.destinationPort != SMTP_PORT || event.protocol != "tcp" || !event.time)
        {
            continue;
        }
        rows.push_back({FarEnd(event.source, event.destination), *event.time});
        if (IsOutside(event.destination))
        {
            m_opened.push_back(&row);
        }
    }
    std::stable_sort(m_opened.begin(),
                     m_opened.end(),
                     [](const Row* a, const Row* b) { return *a->record.time < *b->record.time; });
    if (rows.empty())
    {
        return;
    }
    std::vector<Stamped> sessions[2];
    for (const SmtpSession& session : analysis.Sessions(LogDetail::Codes))
    {
        if (session.Start() != WallTime())
        {
            sessions[session.log ? 0 : 1].push_back(
                {FarEnd(session.client, session.server), session.Start()});
        }
    }
    m_ahead[0] = OffsetBetween(sessions[0], rows);
    m_ahead[1] = OffsetBetween(sessions[1], rows);
}

std::optional<NatOrigin>
NatOrigins::Of(const std::vector<const SmtpSession*>& sessions) const
{
    for (const SmtpSession* const session : sessions)
    {
        auto origin = ByTranslation(*session);
        origin = origin ? origin : ByCapture(*session);
        if (origin)
        {
            return origin;
        }
    }
    return ByTimes(sessions);
}

std::optional<NatOrigin>
NatOrigins::ByTranslation(const SmtpSession& session) const
{
    for (const Row& row : m_analysis.GetContext().logs.firewall)
    {
        const FirewallEvent& event = row.record;
        if (event.translated == session.client && event.translated.IsKnown() &&
            event.translatedPort == session.clientPort && session.clientPort != 0)
        {
            return NatOrigin{event.source,
                             fmt::format("Behind that address it is {}, by the firewall's log ({}, "
                                         "line {}).",
                                         event.source.ToString(),
                                         row.file,
                                         event.line)};
        }
    }
    return std::nullopt;
}

std::optional<NatOrigin>
NatOrigins::ByCapture(const SmtpSession& session) const
{
    if (!IsOutside(session.client) || session.Hello().empty())
    {
        return std::nullopt;
    }
    for (const SmtpSession& other : m_analysis.Sessions(LogDetail::Codes))
    {
        const bool isSame = !other.log && other.client.IsNumeric() && other.client.IsPrivate() &&
                            other.server == session.server &&
                            EqualIgnoringCase(other.Hello(), session.Hello()) &&
                            IsNear(other.Start(), session.Start(), ONE_CAPTURE);
        if (isSame)
        {
            return NatOrigin{other.client,
                             fmt::format("Behind that address it is {}, which says the same to the "
                                         "same server at that time in a capture inside ({}).",
                                         other.client.ToString(),
                                         other.file)};
        }
    }
    return std::nullopt;
}

std::optional<NatOrigin>
NatOrigins::ByTimes(const std::vector<const SmtpSession*>& sessions) const
{
    const auto ahead = FirewallAhead(!sessions.front()->log);
    if (!ahead || m_opened.empty())
    {
        return std::nullopt;
    }
    std::set<HostAddress> hosts;
    std::size_t times = 0;
    std::size_t empty = 0;
    const Row* quoted = nullptr;
    for (const SmtpSession* const session : sessions)
    {
        const WallTime time = session->Start() + *ahead;
        if (!IsOutside(session->client) || !IsOutside(session->server) ||
            time < *m_opened.front()->record.time || time > *m_opened.back()->record.time)
        {
            continue;
        }
        std::set<HostAddress> then;
        for (const Row* const row : m_opened)
        {
            if (row->record.destination == session->server &&
                IsNear(*row->record.time, time, ONE_MINUTE))
            {
                then.insert(row->record.source);
                quoted = quoted ? quoted : row;
            }
        }
        std::set<HostAddress> both;
        std::set_intersection(hosts.begin(),
                              hosts.end(),
                              then.begin(),
                              then.end(),
                              std::inserter(both, both.end()));
        hosts = times == 0 ? then : both;
        ++times;
        empty += then.empty() ? 1 : 0;
    }
    const std::string clock =
        ahead->count() == 0
            ? std::string()
            : fmt::format("; its clock is {} that of these stamps", Distance(*ahead));
    if (hosts.size() == 1)
    {
        return NatOrigin{*hosts.begin(),
                         fmt::format("Behind that address it is {}: {} opened a connection to that "
                                     "server {}, by the firewall's log ({}, line {}{}).",
                                     hosts.begin()->ToString(),
                                     "it alone",
                                     times == 1 ? "then" : fmt::format("each of {} times", times),
                                     quoted->file,
                                     quoted->record.line,
                                     clock)};
    }
    if (times >= LEAST_TIMES && empty == times)
    {
        return NatOrigin{{},
                         fmt::format("At none of {} times did a host inside open a connection to "
                                     "that server, by the firewall's log, which has others ({}{}): "
                                     "it is the firewall itself, or something beside it.",
                                     times,
                                     m_opened.front()->file,
                                     clock)};
    }
    return std::nullopt;
}

} // namespace bouncelab::detectors
