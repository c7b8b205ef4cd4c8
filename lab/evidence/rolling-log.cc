#include "lab/evidence/rolling-log.h"

#include "formats/clock.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/print.h"

#include <utility>

namespace bouncelab::evidence
{

RollingLog::RollingLog(VantageFolder& vantage,
                       std::string_view prefix,
                       std::string_view type,
                       std::string_view fieldList,
                       RollingLogOptions options)
    : m_vantage(vantage)
    , m_prefix(prefix)
    , m_type(type)
    , m_fieldList(fieldList)
    , m_options(std::move(options))
{
}

void
RollingLog::Write(WallTime reading, std::string_view line)
{
    const std::int64_t day = FloorDivide(UnixSeconds(reading), SECONDS_PER_DAY);
    if (!m_file || day > m_day)
    {
        m_number = 0;
        Begin(reading, day);
    }
    else if (m_file->GetSize() >= m_options.maxBytes)
    {
        Begin(reading, m_day);
    }
    m_file->Write(line);
}

void
RollingLog::Close()
{
    if (m_file)
    {
        m_file->Close();
    }
}

void
RollingLog::Begin(WallTime reading, std::int64_t day)
{
    Close();
    m_day = day;
    ++m_number;
    const CivilTime utc = CivilFromSeconds(day * 86400);
    std::string name = m_options.folder;
    Print(name, "{}{:04}{:02}{:02}-{}.log", m_prefix, utc.year, utc.month, utc.day, m_number);
    m_file = m_vantage.Append(name);

    std::string header;
    Print(header,
          "{}{}\r\n{}{}\r\n{}{}\r\n{}",
          fields::exchange::SOFTWARE,
          fields::exchange::SOFTWARE_NAME,
          fields::exchange::VERSION,
          m_options.version,
          fields::exchange::LOG_TYPE,
          m_type,
          fields::exchange::DATE);
    header += UtcStamp(reading);
    Print(header, "\r\n{}{}\r\n", fields::exchange::FIELDS, m_fieldList);
    m_file->Write(header);
}

} // namespace bouncelab::evidence
