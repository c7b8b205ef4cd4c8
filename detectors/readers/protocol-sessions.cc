#include "detectors/readers/protocol-sessions.h"

#include "detectors/readers/caps.h"
#include "formats/exchange-fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_LOG_FILES = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t LONGEST_TEXT = std::numeric_limits<std::uint16_t>::max();

constexpr std::size_t MOST_SAME_ID = 16; //!< That are looked through for each row.

bool
IsGreeting(std::string_view data)
{
    return data.substr(0, 3) == "220";
}

bool
IsHello(std::string_view data)
{
    return data.substr(0, 5) == "EHLO " || data.substr(0, 5) == "HELO ";
}

void
Settle(LogSession& session)
{
    std::stable_sort(session.rows.begin(),
                     session.rows.end(),
                     [](const LogRow& a, const LogRow& b)
                     { return std::tie(a.sequence, a.time) < std::tie(b.sequence, b.time); });
    std::vector<LogRow> kept;
    for (const LogRow& row : session.rows)
    {
        if (kept.empty() || row.sequence != kept.back().sequence)
        {
            session.missing += kept.empty() ? 0 : row.sequence - kept.back().sequence - 1;
            kept.push_back(row);
        }
        else if (session.Data(row) != session.Data(kept.back()) || row.time != kept.back().time)
        {
            ++session.conflicting;
        }
    }
    session.rows = std::move(kept);
}

bool
MayHold(const LogSession& session, const ProtocolRow& row)
{
    const LoggedEndpoint& remote = session.remote;
    if (row.remote.port != 0 && remote.port != 0 &&
        (row.remote.port != remote.port || row.remote.address != remote.address))
    {
        return false;
    }
    return row.sequence != 0 || !session.start || *session.start == row.time;
}

/// Whether two sessions, both settled, have rows in common and differ in none that both have.
bool
IsCopy(const LogSession& a, const LogSession& b)
{
    if (a.remote.port != b.remote.port || a.remote.address != b.remote.address ||
        a.local.port != b.local.port || a.local.address != b.local.address)
    {
        return false;
    }
    bool any = false;
    for (auto x = a.rows.begin(), y = b.rows.begin(); x != a.rows.end() && y != b.rows.end();)
    {
        if (x->sequence != y->sequence)
        {
            ++(x->sequence < y->sequence ? x : y);
            continue;
        }
        if (x->time != y->time || a.Data(*x) != b.Data(*y))
        {
            return false;
        }
        any = true;
        ++x;
        ++y;
    }
    return any;
}

/// Adds the rows that only the copy has.
void
TakeFrom(const LogSession& copy, LogSession& session)
{
    for (LogRow row : copy.rows)
    {
        const std::string_view data = copy.Data(row);
        const std::string_view context = copy.Context(row);
        row.text = static_cast<std::uint32_t>(session.text.size());
        session.text.append(data);
        session.text.append(context);
        session.rows.push_back(row);
    }
    session.missing = 0;
    session.conflicting += copy.conflicting;
    Settle(session);
}

} // namespace

bool
LogSession::IsServerSide() const
{
    if (type != ProtocolLogType::Unknown)
    {
        return type == ProtocolLogType::Receive;
    }
    for (const LogRow& row : rows)
    {
        if ((row.event == fields::protocol::SEND && IsGreeting(Data(row))) ||
            (row.event == fields::protocol::RECEIVE && IsHello(Data(row))))
        {
            return true;
        }
        if ((row.event == fields::protocol::RECEIVE && IsGreeting(Data(row))) ||
            (row.event == fields::protocol::SEND && IsHello(Data(row))))
        {
            return false;
        }
    }
    return local.port == 25 || local.port == 587;
}

std::string
LogSession::Quote(const LogRow& row) const
{
    if (detail != LogDetail::Dialog || quotesLines)
    {
        return std::string(Context(row));
    }
    return fmt::format("{:016X},{},{},{},{}",
                       id,
                       row.sequence,
                       row.event ? row.event : ' ',
                       Data(row),
                       Context(row));
}

void
LogSession::Append(LogRow row, char event, std::string_view data, std::string_view line)
{
    data = data.substr(0, LONGEST_TEXT);
    line = line.substr(0, LONGEST_TEXT);
    row.event = event;
    row.sequence = static_cast<std::uint32_t>(rows.size());
    row.text = static_cast<std::uint32_t>(text.size());
    row.dataLength = static_cast<std::uint16_t>(data.size());
    row.contextLength = static_cast<std::uint16_t>(line.size());
    text.append(data);
    text.append(line);
    rows.push_back(row);
}

void
ProtocolSessions::Adopt(std::vector<LogSession>&& sessions)
{
    for (LogSession& session : sessions)
    {
        if (!session.rows.empty())
        {
            m_sessions.push_back(std::move(session));
        }
    }
}

void
ProtocolSessions::BeginFile(std::string_view name)
{
    if (m_files.size() < MOST_LOG_FILES)
    {
        m_files.emplace_back(name);
        const std::size_t slash = name.rfind('/');
        m_folder =
            *m_folders.emplace(slash == name.npos ? std::string_view() : name.substr(0, slash))
                 .first;
    }
}

LogSession&
ProtocolSessions::SessionOf(const ProtocolRow& row)
{
    SameIdSessions& sameId = m_open[{row.type, row.session, m_folder}];
    std::vector<LogSession>& all = sameId.sessions;
    if (!all.empty() && MayHold(all[sameId.current], row))
    {
        return all[sameId.current];
    }
    const std::size_t oldest = all.size() - std::min(all.size(), MOST_SAME_ID);
    for (std::size_t i = all.size(); i-- > oldest;)
    {
        if (MayHold(all[i], row))
        {
            sameId.current = i;
            return all[i];
        }
    }
    sameId.current = all.size();
    LogSession& session = all.emplace_back();
    session.id = row.session;
    session.type = row.type;
    session.connector = row.connector;
    m_bytes += sizeof(LogSession);
    return session;
}

void
ProtocolSessions::Add(const ProtocolRow& row)
{
    const std::size_t dataLength = std::min(row.data.size(), LONGEST_TEXT);
    const std::size_t contextLength = std::min(row.context.size(), LONGEST_TEXT);
    m_bytes += sizeof(LogRow) + dataLength + contextLength;
    if (m_bytes > GetCaps().logOctets || m_files.empty())
    {
        ++m_dropped;
        return;
    }
    LogSession& session = SessionOf(row);
    if (row.sequence == 0 && !session.start)
    {
        session.start = row.time;
    }
    if (session.local.port == 0)
    {
        session.local = row.local;
    }
    if (session.remote.port == 0)
    {
        session.remote = row.remote;
    }
    LogRow kept;
    kept.time = row.time;
    kept.line = row.line;
    kept.sequence = row.sequence;
    kept.text = static_cast<std::uint32_t>(session.text.size());
    kept.dataLength = static_cast<std::uint16_t>(dataLength);
    kept.contextLength = static_cast<std::uint16_t>(contextLength);
    kept.file = static_cast<std::uint16_t>(m_files.size() - 1);
    kept.event = row.event;
    kept.cut = row.cut;
    session.text.append(row.data, 0, dataLength);
    session.text.append(row.context, 0, contextLength);
    session.rows.push_back(kept);
}

void
ProtocolSessions::Finish()
{
    std::vector<LogSession> adopted = std::exchange(m_sessions, {});
    std::size_t first = 0; // of the sessions with the same type and id
    for (auto& [key, sameId] : m_open)
    {
        if (first < m_sessions.size() &&
            (m_sessions[first].id != key.id || m_sessions[first].type != key.type))
        {
            first = m_sessions.size();
        }
        const std::size_t others = m_sessions.size(); // of other folders come before
        for (LogSession& session : sameId.sessions)
        {
            Settle(session);
            const auto end = m_sessions.begin() + static_cast<std::ptrdiff_t>(others);
            const auto begin =
                m_sessions.begin() + static_cast<std::ptrdiff_t>(
                                         std::max(first, others - std::min(others, MOST_SAME_ID)));
            const auto same =
                std::find_if(begin,
                             end,
                             [&](const LogSession& other) { return IsCopy(other, session); });
            if (same == end)
            {
                m_sessions.push_back(std::move(session));
            }
            else
            {
                TakeFrom(session, *same);
            }
        }
    }
    m_open.clear();
    m_sessions.insert(m_sessions.end(),
                      std::make_move_iterator(adopted.begin()),
                      std::make_move_iterator(adopted.end()));
    std::stable_sort(m_sessions.begin(),
                     m_sessions.end(),
                     [](const LogSession& a, const LogSession& b)
                     { return a.rows.front().time < b.rows.front().time; });
    // An end that somebody masked is nobody else's: unknown is never equal to unknown.
    std::uint64_t number = 0;
    for (LogSession& session : m_sessions)
    {
        HostAddress& remote = session.remote.address;
        HostAddress& local = session.local.address;
        remote = remote.IsMasked() || !remote.IsKnown() ? HostAddress::Masked(++number) : remote;
        local = local.IsMasked() ? HostAddress::Masked(++number) : local;
    }
}

} // namespace bouncelab::detectors
