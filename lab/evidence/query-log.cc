#include "formats/dialects.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"

namespace bouncelab::evidence::queries
{

/// The questions that a name server gets, as BIND 9 logs its category "queries" with print-time.
class QueryLog : public LogWriter
{
  public:
    explicit QueryLog(const LogPlace& place)
        : m_folder(place.folder)
        , m_clock(place.clock)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* query = event.As<host::NameQuery>())
        {
            Write(event.time, *query);
        }
    }

  private:
    void Write(SimTime time, const host::NameQuery& query)
    {
        const WallTime reading = m_clock.Read(time);
        const CivilTime local = m_clock.Local(reading);
        const dns::Message& message = query.message;
        std::string line;
        Print(line,
              "{:02}-{}-{} {:02}:{:02}:{:02}.{:03} {}{}#{}: {}{} IN {} {}{}\n",
              local.day,
              MONTH_NAMES[local.month - 1],
              local.year,
              local.hour,
              local.minute,
              local.second,
              SecondFraction(reading) / NANOSECONDS_PER_MILLISECOND,
              dialects::QueryLog::CLIENT,
              query.client.ToString(),
              query.clientPort,
              dialects::QueryLog::QUERY,
              message.question.name.empty() ? "." : message.question.name,
              dns::NameOfType(message.question.type),
              message.recursionDesired ? "+" : "-",
              query.overTcp ? "T" : "");
        m_folder.Open("query.log").Write(line);
    }

    VantageFolder& m_folder;
    HostClock m_clock;
};

} // namespace bouncelab::evidence::queries

bouncelab::dialects::WriterPtr
bouncelab::dialects::QueryLog::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::queries::QueryLog>(place);
}
