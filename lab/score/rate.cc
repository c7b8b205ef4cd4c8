#include "lab/score/rate.h"

#include "formats/random.h"

#include <algorithm>
#include <cmath>

namespace bouncelab::score
{

namespace
{

constexpr double TAIL = 0.025; //!< On either side of 95 %.
constexpr std::size_t RESAMPLES = 2000;

} // namespace

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

Interval
Rate::Bounds() const
{
    if (m_runs.empty())
    {
        return {};
    }
    if (m_hits == 0 || IsFull())
    {
        const double bound = std::pow(TAIL, 1 / static_cast<double>(m_runs.size()));
        return m_hits == 0 ? Interval{0, 1 - bound} : Interval{bound, 1};
    }
    const DrawKey draws(0, "bootstrap");
    std::uint64_t drawn = 0;
    std::vector<double> rates(RESAMPLES);
    for (double& rate : rates)
    {
        std::uint64_t hits = 0;
        std::uint64_t trials = 0;
        for (std::size_t i = 0; i < m_runs.size(); ++i)
        {
            ++drawn;
            const auto& [runHits, runTrials] = m_runs[draws("run", drawn).Below(m_runs.size())];
            hits += runHits;
            trials += runTrials;
        }
        rate = static_cast<double>(hits) / static_cast<double>(trials);
    }
    std::sort(rates.begin(), rates.end());
    const auto cut = static_cast<std::size_t>(TAIL * RESAMPLES);
    return {rates[cut], rates[RESAMPLES - 1 - cut]};
}

} // namespace bouncelab::score
