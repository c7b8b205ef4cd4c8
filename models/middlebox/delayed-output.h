#ifndef BOUNCELAB_MODELS_MIDDLEBOX_DELAYED_OUTPUT_H
#define BOUNCELAB_MODELS_MIDDLEBOX_DELAYED_OUTPUT_H

#include "formats/duration.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

/// Octets that leave in order, each not before its time.
class DelayedOutput
{
  public:
    /// A time before that of what waits already is moved to it.
    void Put(std::string_view octets, Nanoseconds due)
    {
        if (octets.empty())
        {
            return;
        }
        m_size += octets.size();
        if (!m_parts.empty() && due <= m_parts.back().due)
        {
            m_parts.back().octets += octets;
            return;
        }
        m_parts.push_back({due, std::string(octets)});
    }

    std::string Take(Nanoseconds now, std::size_t limit)
    {
        std::string out;
        while (!m_parts.empty() && m_parts.front().due <= now && out.size() < limit)
        {
            std::string& front = m_parts.front().octets;
            const std::size_t count = std::min(limit - out.size(), front.size() - m_taken);
            out.append(front, m_taken, count);
            m_taken += count;
            if (m_taken == front.size())
            {
                m_parts.pop_front();
                m_taken = 0;
            }
        }
        m_size -= out.size();
        return out;
    }

    bool HasDue(Nanoseconds now) const { return !m_parts.empty() && m_parts.front().due <= now; }

    std::optional<Nanoseconds> Next() const
    {
        return m_parts.empty() ? std::nullopt : std::optional(m_parts.front().due);
    }

    std::size_t Size() const { return m_size; }

    void Clear() { *this = DelayedOutput(); }

  private:
    struct Part
    {
        Nanoseconds due;
        std::string octets;
    };

    std::deque<Part> m_parts;
    std::size_t m_taken = 0; //!< Octets of the first part that are gone.
    std::size_t m_size = 0;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_DELAYED_OUTPUT_H
