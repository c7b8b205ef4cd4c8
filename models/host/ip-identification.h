#ifndef BOUNCELAB_MODELS_HOST_IP_IDENTIFICATION_H
#define BOUNCELAB_MODELS_HOST_IP_IDENTIFICATION_H

#include "formats/random.h"

#include <cstdint>

namespace bouncelab::host
{

/**
 * A host's global IP identification counter. The packets that the host sends elsewhere, which no
 * vantage of the lab sees, advance it too: they arrive at uniformly drawn intervals around their
 * mean, so that the steps between two visible packets follow from the time between them (S003-37).
 */
class IpIdentification
{
  public:
    /**
     * \param first value of the first packet
     * \param otherPerSecond mean rate of the host's other packets; 0 = none
     */
    IpIdentification(std::uint16_t first, double otherPerSecond, DrawKey draws);

    /// The identification of a packet that leaves now; times must not go backwards.
    std::uint16_t Next(std::int64_t nowNs);

  private:
    void DrawNextOther();

    std::uint16_t m_next;
    std::int64_t m_doubleMeanNs;
    std::int64_t m_nextOtherNs = 0;
    bool m_started = false;
    DrawKey m_draws;
    std::uint64_t m_others = 0; //!< Packets elsewhere.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_IP_IDENTIFICATION_H
