#include "lab/score/fidelity/receive-log.h"

#include "detectors/readers/csv.h"
#include "detectors/readers/scan.h"
#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace bouncelab::score
{

namespace
{

using namespace detectors;
namespace words = fields::protocol;

bool
HasVerb(std::string_view line, std::string_view verb)
{
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    return line.size() >= verb.size() &&
           std::equal(verb.begin(),
                      verb.end(),
                      line.begin(),
                      [&](char a, char b) { return a == upper(b); }) &&
           (line.size() == verb.size() || line[verb.size()] == ' ');
}

bool
GoesOn(std::string_view reply)
{
    return reply.size() > 3 && reply[3] == '-';
}

} // namespace

LoggedDialogue::LoggedDialogue(const LogSession& session)
    : m_session(&session)
{
    std::deque<std::size_t> unanswered;
    for (const LogRow& row : session.rows)
    {
        if (row.event == words::RECEIVE)
        {
            unanswered.push_back(m_turns.size());
            m_turns.push_back({&row, {}});
        }
        else if (row.event == words::SEND && !m_turns.empty())
        {
            LoggedTurn& turn = unanswered.empty() ? m_turns.back() : m_turns[unanswered.front()];
            turn.answer.push_back(&row);
            if (!unanswered.empty() && !GoesOn(session.Data(row)))
            {
                unanswered.pop_front();
            }
        }
    }
}

const LoggedTurn*
LoggedDialogue::Find(std::string_view verb) const
{
    const auto found =
        std::find_if(m_turns.begin(),
                     m_turns.end(),
                     [&](const LoggedTurn& turn) { return HasVerb(TextOf(turn), verb); });
    return found == m_turns.end() ? nullptr : &*found;
}

const LoggedTurn*
LoggedDialogue::Hello() const
{
    const auto found =
        std::find_if(m_turns.rbegin(),
                     m_turns.rend(),
                     [&](const LoggedTurn& turn)
                     { return HasVerb(TextOf(turn), "EHLO") || HasVerb(TextOf(turn), "HELO"); });
    return found == m_turns.rend() ? nullptr : &*found;
}

std::string_view
LoggedDialogue::LastLineOf(const LoggedTurn& turn) const
{
    return turn.answer.empty() ? std::string_view() : m_session->Data(*turn.answer.back());
}

bool
LoggedDelay::IsOfReply() const
{
    return reason != words::DELAYED_ACK && reason != words::BACK_PRESSURE;
}

std::optional<LoggedDelay>
ParseLoggedDelay(std::string_view data)
{
    if (!scan::Skip(data, words::TARPIT_FOR))
    {
        return std::nullopt;
    }
    const auto days = scan::Number(data);
    const bool point = scan::Skip(data, ".");
    const auto hours = scan::Number(data);
    const bool first = scan::Skip(data, ":");
    const auto minutes = scan::Number(data);
    const bool second = scan::Skip(data, ":");
    const auto seconds = scan::Number(data);
    constexpr std::int64_t LONGEST = 1000;
    if (!days || !point || !hours || !first || !minutes || !second || !seconds || *days > LONGEST ||
        *hours > LONGEST || *minutes > LONGEST || *seconds > LONGEST)
    {
        return std::nullopt;
    }
    LoggedDelay delay;
    delay.delayNs =
        (((*days * 24 + *hours) * 60 + *minutes) * 60 + *seconds) * NANOSECONDS_PER_SECOND;
    delay.delayNs += scan::Skip(data, ".") ? scan::Decimals(data, 9) : 0;
    if (!scan::Skip(data, words::DUE_TO))
    {
        return std::nullopt;
    }
    delay.reason = data.substr(0, data.rfind('\''));
    return delay;
}

ReceiveLog::ReceiveLog(const std::filesystem::path& folder)
{
    for (const std::string& file : FilesBelow(folder))
    {
        if (std::filesystem::path(file).extension() == ".pcap")
        {
            continue;
        }
        const std::string text = ReadTextFile(folder / file);
        m_sessions.BeginFile(file);
        bool isRow = false;
        ProtocolLogReader reader(
            [&](const ProtocolRow& row)
            {
                isRow = row.type != ProtocolLogType::Send;
                if (isRow)
                {
                    m_sessions.Add(row);
                }
            });
        std::uint32_t number = 0;
        std::string names;
        for (const std::string_view line : LinesOf(text))
        {
            isRow = false;
            reader.Line(++number, line);
            std::string_view rest = line;
            if (scan::Skip(rest, fields::exchange::FIELDS))
            {
                names = rest;
            }
            if (isRow)
            {
                m_form.names = m_form.rows == 0 ? names : m_form.names;
                CountFields(line);
            }
        }
        reader.End();
    }
    m_sessions.Finish();
}

void
ReceiveLog::CountFields(std::string_view line)
{
    std::uint64_t fields = 0;
    std::string_view rest = line;
    std::string field;
    for (bool ended = false; !ended; ++fields)
    {
        field = csv::TakeField(rest, ended);
    }
    if (fields > m_form.mostFields)
    {
        m_form.fewer += m_form.rows;
        m_form.mostFields = fields;
    }
    else
    {
        m_form.fewer += fields < m_form.mostFields ? 1 : 0;
    }
    ++m_form.rows;
    const bool isWhole = fields == static_cast<std::uint64_t>(words::FIELD_COUNT);
    m_form.emptyContextComma =
        m_form.emptyContextComma && (!isWhole || !field.empty() || line.back() == ',');
}

std::string
EndpointText(const LoggedEndpoint& endpoint)
{
    return fmt::format("{}:{}", endpoint.address.ToString(), endpoint.port);
}

} // namespace bouncelab::score
