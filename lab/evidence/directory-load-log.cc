#include "lab/evidence/directory-load-log.h"

#include "formats/clock.h"
#include "lab/evidence/exchange-texts.h"

#include <fmt/format.h>

#include <iterator>

namespace bouncelab::evidence
{

namespace
{

constexpr std::int64_t NANOSECONDS_PER_MILLISECOND = 1000000;

double
Share(std::int64_t part, std::int64_t whole)
{
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

} // namespace

void
DirectoryLoadLog::Write(const service::LoadSample& sample)
{
    if (m_file.GetSize() == 0)
    {
        m_file.Write("date-time,interval-ms,lookups,answered,busy,unavailable,timed-out,worked,"
                     "mean-ms,longest-queue,replicas-up\n");
    }
    std::string line;
    line += UtcStamp(m_clock.Read(sample.start.count()));
    fmt::format_to(std::back_inserter(line),
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
    m_file.Write(line);
}

} // namespace bouncelab::evidence
