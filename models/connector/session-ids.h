#ifndef BOUNCELAB_MODELS_CONNECTOR_SESSION_IDS_H
#define BOUNCELAB_MODELS_CONNECTOR_SESSION_IDS_H

#include "formats/clock.h"
#include "formats/duration.h"

#include <cstdint>
#include <string>

namespace bouncelab::connector
{

/// .NET's ticks (100 ns since the year 1).
constexpr std::uint64_t
TicksOf(WallTime time)
{
    return static_cast<std::uint64_t>(621355968000000000 + time.time_since_epoch().count() / 100);
}

/**
 * Numbers a transport service's sessions: the ticks of the service's start, and one more for each
 * session (S000-26).
 */
class SessionIds
{
  public:
    /// \param started the service's start by the host's clock
    /// \param before sessions that are numbered already
    SessionIds(WallTime started, std::uint64_t before)
        : m_next(TicksOf(started) + before)
    {
    }

    std::uint64_t Next() { return m_next++; }

    static std::string Text(std::uint64_t id); //!< "08CE6E5DA8B26408"

  private:
    std::uint64_t m_next;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_SESSION_IDS_H
