#ifndef BOUNCELAB_MODELS_PATH_LINK_LIMIT_H
#define BOUNCELAB_MODELS_PATH_LINK_LIMIT_H

#include "models/path/link-model.h"

#include <cstdint>
#include <deque>

namespace bouncelab::path
{

/**
 * Before one direction of one link: turns away what is too long for it, and what finds its queue
 * full (tail drop). The queue holds the packets that have not begun to be sent; one that comes in
 * the very nanosecond in which the link becomes free does not wait.
 */
class LinkLimit
{
  public:
    enum class Verdict : std::uint8_t
    {
        Takes,
        TooBig,
        Full,
    };

    /// \param hop its limits. \param link sends what it takes.
    LinkLimit(const HopConfig& hop, LinkModel link);

    /// Whether it turns away anything ever.
    static bool Limits(const HopConfig& hop)
    {
        return hop.mtu > 0 || hop.queuePackets > 0 || hop.queueBytes > 0;
    }

    /// Longest packet that it takes; 0 = any.
    std::uint16_t Mtu() const { return m_mtu; }

    /// A packet comes. In order of time.
    Verdict Take(std::uint32_t ipBytes, std::int64_t nowNs);

  private:
    struct Waiting
    {
        std::int64_t startNs;
        std::uint32_t bytes;
    };

    std::uint16_t m_mtu;
    std::uint32_t m_queuePackets;
    std::uint32_t m_queueBytes;
    LinkModel m_link;
    std::deque<Waiting> m_waiting;
    std::uint64_t m_waitingBytes = 0;
    std::int64_t m_freeNs = 0;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_LINK_LIMIT_H
