#ifndef BOUNCELAB_LAB_MATRIX_PROGRESS_H
#define BOUNCELAB_LAB_MATRIX_PROGRESS_H

#include <chrono>
#include <cstddef>
#include <string>

namespace bouncelab::matrix
{

/// "1 h 3 min", "1 min 51 s", "4.2 s".
std::string FormatSpan(std::chrono::milliseconds span);

/// How far long work has come.
class Progress
{
  public:
    using Clock = std::chrono::steady_clock;

    explicit Progress(std::size_t total, Clock::time_point start = Clock::now())
        : m_total(total)
        , m_start(start)
    {
    }

    /// One more is done; one that stood already tells nothing about the rate.
    void Add(bool stood = false)
    {
        ++m_done;
        m_made += stood ? 0 : 1;
    }

    /// "12 of 405 runs, 3.1 a second, 2 min 7 s left"
    std::string Text(Clock::time_point now = Clock::now()) const;

  private:
    std::size_t m_total;
    Clock::time_point m_start;
    std::size_t m_done = 0;
    std::size_t m_made = 0;
};

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_PROGRESS_H
