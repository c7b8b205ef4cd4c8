#include "lab/evidence/filter-log.h"

#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/print.h"

namespace bouncelab::evidence
{

FilterLog::FilterLog(OutputFile& file, const HostClock& clock)
    : m_file(file)
    , m_clock(clock)
{
    Print(m_line,
          "{}{}\n#{}\n",
          fields::filter::HEADER,
          fields::filter::VERSION,
          fields::filter::FIELD_LIST);
    m_file.Write(m_line);
}

void
FilterLog::Write(const FilterLogRecord& record)
{
    m_line.clear();
    m_line += UtcStamp(m_clock.Read(record.timeNs));
    Put(record.onArrival ? fields::filter::ON_ARRIVAL : fields::filter::BEFORE_ARRIVAL);
    Put(record.test);
    Put(NameOf(record.action));
    Put(record.remote.ToString());
    Put(record.ptr);
    Put(record.helo);
    Put(record.sender);
    Put(record.recipient);
    Put(record.authenticated);
    Put(record.reply);
    Put(record.comment);
    m_line += '\n';
    m_file.Write(m_line);
}

void
FilterLog::Put(std::string_view field)
{
    m_line += '\t';
    if (field.empty())
    {
        m_line += fields::filter::NO_VALUE;
    }
    for (const char c : field)
    {
        m_line += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
}

} // namespace bouncelab::evidence
