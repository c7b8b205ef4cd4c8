#ifndef BOUNCELAB_LAB_SCORE_RATE_H
#define BOUNCELAB_LAB_SCORE_RATE_H

#include "lab/score/bootstrap.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace bouncelab::score
{

/**
 * So many of so many, over runs. What happens in one run hangs together, so that the run is the
 * unit of chance, however many trials it had.
 */
class Rate
{
  public:
    /// One more run. \param hits at most trials
    void Add(std::uint64_t hits, std::uint64_t trials);

    std::uint64_t Hits() const { return m_hits; }

    std::uint64_t Trials() const { return m_trials; }

    bool IsFull() const { return m_hits == m_trials; }

    /**
     * 95 % bounds. Percentiles of a cluster bootstrap over the runs (Davison and Hinkley 1997,
     * 3.8), with the same draws whenever the counts are the same; where no trial or every one hit,
     * the exact bounds (Clopper and Pearson 1934) on the runs that had trials; 0..1 where none had.
     * Nothing where a single run had some: it says nothing of how far others would lie from it.
     */
    std::optional<Interval> Bounds() const;

  private:
    std::vector<std::pair<std::uint64_t, std::uint64_t>> m_runs; //!< Those that had trials.
    std::uint64_t m_hits = 0;
    std::uint64_t m_trials = 0;
};

/// Hits, trials and bounds.
nlohmann::ordered_json ToJson(const Rate& rate);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_RATE_H
