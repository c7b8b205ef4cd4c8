#include "lab/evidence/smtp-service-log.h"

#include "lab/evidence/print.h"

#include <utility>

namespace bouncelab::evidence
{

namespace
{

using namespace fields::smtpsvc;

} // namespace

SmtpServiceLog::SmtpServiceLog(VantageFolder& vantage,
                               const HostClock& clock,
                               TickCount ticks,
                               std::string computer,
                               std::string version)
    : m_vantage(vantage)
    , m_clock(clock)
    , m_ticks(ticks)
    , m_computer(std::move(computer))
    , m_version(std::move(version))
{
}

void
SmtpServiceLog::Write(const SmtpServiceRecord& record)
{
    const std::int64_t reading = m_clock.Read(record.timeNs);
    const CivilTime utc = CivilFromSeconds(FloorDivide(reading, NANOSECONDS_PER_SECOND));
    std::string stamp;
    Print(stamp,
          "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
          utc.year,
          utc.month,
          utc.day,
          utc.hour,
          utc.minute,
          utc.second);
    const std::int64_t day = FloorDivide(reading, NANOSECONDS_PER_DAY);
    if (!m_file || day > m_day)
    {
        Begin(day, stamp);
    }
    m_line = stamp;
    m_line += ' ';
    m_line += record.remote.ToString();
    Put(record.user);
    Put(SITE);
    Put(m_computer);
    Put(record.local ? record.local->ToString() : std::string());
    Print(m_line, " {}", record.port);
    Put(record.method);
    Put(NO_VALUE);
    Put(record.query);
    Print(m_line,
          " {} {} {} {} {}",
          record.status,
          record.win32Status,
          record.sentBytes,
          record.receivedBytes,
          TakenMs(record.sinceNs, record.timeNs));
    Put(fields::smtpsvc::PROTOCOL);
    m_line += " - - - -\r\n";
    m_file->Write(m_line);
}

void
SmtpServiceLog::Close()
{
    if (m_file)
    {
        m_file->Close();
    }
}

void
SmtpServiceLog::Begin(std::int64_t day, const std::string& stamp)
{
    Close();
    m_day = day;
    const CivilTime utc = CivilFromSeconds(day * 86400);
    std::string name;
    Print(name, "{}{}{:02}{:02}{:02}.log", FOLDER, FILE_PREFIX, utc.year % 100, utc.month, utc.day);
    m_file = m_vantage.Append(name);
    std::string header;
    Print(header,
          "{}{}\r\n{}\r\n{}{}\r\n{}{}\r\n",
          SOFTWARE,
          m_version,
          VERSION,
          DATE,
          stamp,
          FIELDS,
          fields::smtpsvc::FIELD_LIST);
    m_file->Write(header);
}

void
SmtpServiceLog::Put(std::string_view field)
{
    m_line += ' ';
    if (field.empty())
    {
        m_line += NO_VALUE;
    }
    for (const char c : field)
    {
        m_line += static_cast<unsigned char>(c) <= ' ' ? '+' : c;
    }
}

} // namespace bouncelab::evidence
