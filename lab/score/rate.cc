#include "lab/score/rate.h"

#include <nlohmann/json.hpp>

namespace bouncelab::score
{

void
Rate::Add(std::uint64_t hits, std::uint64_t trials)
{
    m_hits += hits;
    m_trials += trials;
    if (trials > 0)
    {
        m_runs.emplace_back(hits, trials);
    }
}

std::optional<Interval>
Rate::Bounds() const
{
    if (m_runs.empty())
    {
        return Interval();
    }
    if (m_hits == 0 || IsFull())
    {
        const double bound = LeastRate(m_runs.size());
        return m_hits == 0 ? Interval{0, 1 - bound} : Interval{bound, 1};
    }
    if (m_runs.size() == 1)
    {
        return std::nullopt;
    }
    return Bootstrap(m_runs.size(),
                     [this](const std::vector<std::size_t>& sample)
                     {
                         std::uint64_t hits = 0;
                         std::uint64_t trials = 0;
                         for (const std::size_t run : sample)
                         {
                             hits += m_runs[run].first;
                             trials += m_runs[run].second;
                         }
                         return static_cast<double>(hits) / static_cast<double>(trials);
                     });
}

nlohmann::ordered_json
ToJson(const Rate& rate)
{
    const std::optional<Interval> bounds = rate.Bounds();
    return {{"hits", rate.Hits()},
            {"of", rate.Trials()},
            {"low", bounds ? nlohmann::ordered_json(Rounded(bounds->low)) : nullptr},
            {"high", bounds ? nlohmann::ordered_json(Rounded(bounds->high)) : nullptr}};
}

} // namespace bouncelab::score
