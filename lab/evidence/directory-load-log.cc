#include "formats/clock.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"

namespace bouncelab::evidence::directory
{

constexpr std::int64_t NANOSECONDS_PER_MILLISECOND = 1000000;

double
Share(std::int64_t part, std::int64_t whole)
{
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

/// The load of a directory as a performance log keeps it: one line of CSV per interval, under a
/// line of names (docs/formats-relay-test.md). UTC by the host's clock.
class DirectoryLoadLog : public LogWriter
{
  public:
    explicit DirectoryLoadLog(const LogPlace& place)
        : m_folder(place.folder)
        , m_clock(place.clock)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* sample = event.As<service::LoadSample>())
        {
            Write(*sample);
        }
    }

  private:
    void Write(const service::LoadSample& sample)
    {
        OutputFile& file = m_folder.Open("directory-load.csv");
        if (file.GetSize() == 0)
        {
            file.Write("date-time,interval-ms,lookups,answered,busy,unavailable,timed-out,worked,"
                       "mean-ms,longest-queue,replicas-up\n");
        }
        std::string line;
        line += UtcStamp(m_clock.Read(SimTime(sample.start)));
        Print(line,
              ",{},{},{},{},{},{},{},{:.3f},{},{}\n",
              sample.length.count() / NANOSECONDS_PER_MILLISECOND,
              sample.asked,
              sample.answered,
              sample.busy,
              sample.unavailable,
              sample.timedOut,
              sample.worked,
              Share(sample.waited.count(), static_cast<std::int64_t>(sample.answered)) / 1e6,
              sample.longestQueue,
              sample.replicasUp);
        file.Write(line);
    }

    VantageFolder& m_folder;
    HostClock m_clock;
};

} // namespace bouncelab::evidence::directory

bouncelab::dialects::WriterPtr
bouncelab::dialects::DirectoryLoad::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::directory::DirectoryLoadLog>(place);
}
