#include "lab/evidence/exchange-protocol-log.h"

#include "formats/clock.h"
#include "lab/evidence/csv.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/print.h"

namespace bouncelab::evidence
{

namespace
{

using namespace fields::protocol;

void
AppendEndpoint(std::string& out, const LogEndpoint& end)
{
    if (end.port != 0)
    {
        const std::uint32_t a = end.address.value;
        Print(out, "{}.{}.{}.{}:{}", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255, end.port);
    }
}

} // namespace

ExchangeProtocolLog::ExchangeProtocolLog(VantageFolder& vantage,
                                         const HostClock& clock,
                                         ProtocolLogKind kind,
                                         const ProtocolLogOptions& options)
    : m_files(vantage,
              kind == ProtocolLogKind::Receive ? RECEIVE_PREFIX : SEND_PREFIX,
              kind == ProtocolLogKind::Receive ? RECEIVE_TYPE : SEND_TYPE,
              FIELD_LIST,
              options)
    , m_clock(clock)
    , m_documentCut(options.documentCut)
{
}

void
ExchangeProtocolLog::Write(const ProtocolLogRecord& record)
{
    std::uint32_t& next = m_next[record.session];
    std::string_view rest = record.data;
    for (;;)
    {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        if (!line.empty() && line.back() == '\r')
        {
            line.remove_suffix(1);
        }
        PutRow(record, next++, line);
        if (end == std::string_view::npos)
        {
            break;
        }
        rest.remove_prefix(end + 1);
    }
    if (record.event == DISCONNECT)
    {
        m_next.erase(record.session);
    }
}

std::string
ExchangeProtocolLog::ReceivingMessage(std::uint64_t session,
                                      std::int64_t connectedNs,
                                      int count) const
{
    std::string data;
    AppendSessionId(data, session);
    data += ';';
    data += UtcStamp(m_clock.Read(connectedNs));
    Print(data, ";{}", count);
    return data;
}

void
ExchangeProtocolLog::PutRow(const ProtocolLogRecord& record,
                            std::uint32_t sequence,
                            std::string_view data)
{
    const std::int64_t reading = m_clock.Read(record.timeNs);
    m_line.clear();
    m_line += UtcStamp(reading);
    m_line += ',';
    AppendCsv(m_line, record.connector);
    m_line += ',';
    AppendSessionId(m_line, record.session);
    Print(m_line, ",{},", sequence);
    AppendEndpoint(m_line, record.local);
    m_line += ',';
    AppendEndpoint(m_line, record.remote);
    m_line += ',';
    m_line += record.event;
    m_line += ',';
    if (m_documentCut && record.context == RECEIVING_MESSAGE)
    {
        m_line += data.substr(0, data.find(';') + 1);
    }
    else
    {
        AppendCsv(m_line, data);
        m_line += ',';
        AppendCsv(m_line, record.context);
    }
    m_line += "\r\n";
    m_files.Write(reading, m_line);
}

} // namespace bouncelab::evidence
