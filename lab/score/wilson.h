#ifndef BOUNCELAB_LAB_SCORE_WILSON_H
#define BOUNCELAB_LAB_SCORE_WILSON_H

#include <cmath>
#include <cstdint>

namespace bouncelab::score
{

/// Bounds of a rate, 0..1.
struct Interval
{
    double low = 0;
    double high = 1;
};

/**
 * The score interval of a rate (Wilson 1927), 95 % by default. It stays inside 0..1 and says
 * something even about 0 of n and n of n; about 0 of 0 it says 0..1.
 *
 * \param hits at most trials
 * \param z quantile of the normal distribution
 */
inline Interval
WilsonInterval(std::uint64_t hits, std::uint64_t trials, double z = 1.959963984540054)
{
    if (trials == 0)
    {
        return {};
    }
    const double n = static_cast<double>(trials);
    const double p = static_cast<double>(hits) / n;
    const double denominator = 1 + z * z / n;
    const double center = (p + z * z / (2 * n)) / denominator;
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / denominator;
    return {hits == 0 ? 0 : center - half, hits == trials ? 1 : center + half};
}

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_WILSON_H
