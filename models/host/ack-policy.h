#ifndef BOUNCELAB_MODELS_HOST_ACK_POLICY_H
#define BOUNCELAB_MODELS_HOST_ACK_POLICY_H

#include "models/host/stack-profile.h"

#include <cstdint>

namespace bouncelab::host
{

/**
 * Decides when received data are acknowledged by a segment of its own: at once, or held back in the
 * hope that an answer carries the acknowledgment (RFC 9293 3.8.6.3). Knows the quick-ACK and
 * ping-pong modes of Linux and the delayed ACK of BSD by their numbers in the profile only.
 */
class AckPolicy
{
  public:
    explicit AckPolicy(const StackProfile& profile)
        : m_delayNs(profile.ackDelay.count())
        , m_every(profile.ackEvery)
        , m_quickLeft(profile.quickAcks)
    {
    }

    /// In-order data arrived. \return true if they have to be acknowledged at once.
    bool DataArrived(std::int64_t nowNs)
    {
        m_received = true;
        m_lastReceiveNs = nowNs;
        ++m_unacknowledged;
        if (m_quickLeft > 0 && !m_pingPong)
        {
            --m_quickLeft;
            return true;
        }
        return m_unacknowledged >= m_every;
    }

    /// The application sent data, which carried an acknowledgment.
    void DataSent(std::int64_t nowNs)
    {
        if (m_received && nowNs - m_lastReceiveNs < m_delayNs)
        {
            m_pingPong = true;
        }
        m_unacknowledged = 0;
    }

    void AckSent() { m_unacknowledged = 0; }

    std::int64_t DelayNs() const { return m_delayNs; }

  private:
    std::int64_t m_delayNs;
    std::int64_t m_lastReceiveNs = 0;
    std::uint32_t m_every;
    std::uint32_t m_quickLeft;
    std::uint32_t m_unacknowledged = 0;
    bool m_received = false;
    bool m_pingPong = false;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_ACK_POLICY_H
