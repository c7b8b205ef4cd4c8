#include "detectors/readers/healing.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

void
HealingReport::Add(std::uint32_t line, const std::vector<Heal>& heals)
{
    for (const Heal& heal : heals)
    {
        auto known = std::find_if(m_all.begin(),
                                  m_all.end(),
                                  [&](const Healing& one) { return one.what == heal.what; });
        if (known == m_all.end())
        {
            m_all.push_back({heal.what, heal.why, 0, line, heal.from, heal.to});
            known = m_all.end() - 1;
        }
        ++known->lines;
    }
}

std::string
Healing::ToString() const
{
    return fmt::format("{} ({} time{}; in line {} \"{}\" {}): {}",
                       what,
                       lines,
                       lines == 1 ? "" : "s",
                       firstLine,
                       ForTerminal(from),
                       to.empty() ? "stays unknown"
                                  : fmt::format("is read as \"{}\"", ForTerminal(to)),
                       why);
}

} // namespace bouncelab::detectors
