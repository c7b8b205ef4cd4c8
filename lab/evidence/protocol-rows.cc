#include "lab/evidence/protocol-rows.h"

#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/evidence/csv.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/print.h"

namespace bouncelab::evidence
{

ProtocolRows::ProtocolRows(const LogPlace& place, std::string_view prefix, std::string_view type)
    : m_files(place.folder, prefix, type, fields::protocol::FIELD_LIST, {})
    , m_clock(place.clock)
{
}

void
ProtocolRows::Write(const ProtocolSession& session,
                    Nanoseconds time,
                    char event,
                    std::string_view data,
                    std::string_view context)
{
    const WallTime reading = m_clock.Read(SimTime(time));
    std::uint32_t& next = m_next[session.id];
    std::string line;
    for (bool more = true; more;)
    {
        const std::string_view row = FirstLine(data);
        more = row.size() < data.size();
        data.remove_prefix(more ? row.size() + 1 : row.size());
        line.clear();
        line += UtcStamp(reading);
        line += ',';
        AppendCsv(line, session.connector);
        line += ',';
        AppendSessionId(line, session.id);
        Print(line, ",{},{},{},{},", next++, session.local, session.remote, event);
        AppendCsv(line, row.substr(0, row.size() - (EndsWith(row, "\r") ? 1 : 0)));
        line += ',';
        AppendCsv(line, context);
        line += "\r\n";
        m_files.Write(reading, line);
    }
}

void
ProtocolRows::WriteCommand(const ProtocolSession& session,
                           const smtp::CommandEvent& event,
                           char sign)
{
    if (!event.authResponse)
    {
        Write(session, event.time, sign, event.line);
    }
}

void
ProtocolRows::WriteReply(const ProtocolSession& session, const smtp::ReplyEvent& event, char sign)
{
    const bool isChallenge = event.step == smtp::Step::Auth && event.code == 334;
    Write(session,
          event.time,
          sign,
          isChallenge ? fields::protocol::AUTHENTICATION_RESPONSE : event.text);
}

} // namespace bouncelab::evidence
