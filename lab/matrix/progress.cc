#include "lab/matrix/progress.h"

#include <fmt/format.h>

namespace bouncelab::matrix
{

std::string
FormatSpan(std::chrono::milliseconds span)
{
    const auto seconds = span.count() / 1000;
    if (seconds >= 3600)
    {
        return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
    }
    return seconds >= 60 ? fmt::format("{} min {} s", seconds / 60, seconds % 60)
                         : fmt::format("{:.1f} s", static_cast<double>(span.count()) / 1000);
}

std::string
Progress::Text(Clock::time_point now) const
{
    const auto gone = std::chrono::duration_cast<std::chrono::milliseconds>(now - m_start);
    std::string text = fmt::format("{} of {} runs", m_done, m_total);
    if (m_made == 0 || gone.count() <= 0)
    {
        return text + ", " + FormatSpan(gone);
    }
    const double perSecond =
        1000.0 * static_cast<double>(m_made) / static_cast<double>(gone.count());
    const double left = static_cast<double>(m_total - m_done) / perSecond;
    text += perSecond >= 1 ? fmt::format(", {:.1f} a second", perSecond)
                           : fmt::format(", {:.1f} a minute", 60 * perSecond);
    return text + ", " +
           FormatSpan(std::chrono::milliseconds(static_cast<long long>(1000 * left))) + " left";
}

} // namespace bouncelab::matrix
