#include "detectors/readers/protocol-sessions.h"

#include "formats/exchange-fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <tuple>

namespace bouncelab::detectors
{

namespace
{

using namespace fields::protocol;

constexpr std::size_t MOST_BYTES = std::size_t{512} << 20;
constexpr std::size_t MOST_FILES = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t LONGEST_TEXT = std::numeric_limits<std::uint16_t>::max();

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
                     { return std::tie(a.sequence, a.timeNs) < std::tie(b.sequence, b.timeNs); });
    std::vector<LogRow> kept;
    for (const LogRow& row : session.rows)
    {
        if (kept.empty() || row.sequence != kept.back().sequence)
        {
            session.missing += kept.empty() ? 0 : row.sequence - kept.back().sequence - 1;
            kept.push_back(row);
        }
        else if (session.Data(row) != session.Data(kept.back()) || row.timeNs != kept.back().timeNs)
        {
            ++session.conflicting;
        }
    }
    session.rows = std::move(kept);
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
        if ((row.event == SEND && IsGreeting(Data(row))) ||
            (row.event == RECEIVE && IsHello(Data(row))))
        {
            return true;
        }
        if ((row.event == RECEIVE && IsGreeting(Data(row))) ||
            (row.event == SEND && IsHello(Data(row))))
        {
            return false;
        }
    }
    return local.port == 25 || local.port == 587;
}

std::string
LogSession::Quote(const LogRow& row) const
{
    return fmt::format("{:016X},{},{},{},{}",
                       id,
                       row.sequence,
                       row.event ? row.event : ' ',
                       Data(row),
                       Context(row));
}

void
ProtocolSessions::BeginFile(std::string_view name)
{
    if (m_files.size() < MOST_FILES)
    {
        m_files.emplace_back(name);
    }
}

void
ProtocolSessions::Add(const ProtocolRow& row)
{
    const std::size_t dataLength = std::min(row.data.size(), LONGEST_TEXT);
    const std::size_t contextLength = std::min(row.context.size(), LONGEST_TEXT);
    m_bytes += sizeof(LogRow) + dataLength + contextLength;
    if (m_bytes > MOST_BYTES || m_files.empty())
    {
        ++m_dropped;
        return;
    }
    LogSession& session = m_open[{row.type, row.session}];
    if (session.rows.empty())
    {
        session.id = row.session;
        session.type = row.type;
        session.connector = row.connector;
        m_bytes += sizeof(LogSession);
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
    kept.timeNs = row.timeNs;
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
    for (auto& [key, session] : m_open)
    {
        Settle(session);
        m_sessions.push_back(std::move(session));
    }
    m_open.clear();
    std::stable_sort(m_sessions.begin(),
                     m_sessions.end(),
                     [](const LogSession& a, const LogSession& b)
                     { return a.rows.front().timeNs < b.rows.front().timeNs; });
}

} // namespace bouncelab::detectors
