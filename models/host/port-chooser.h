#ifndef BOUNCELAB_MODELS_HOST_PORT_CHOOSER_H
#define BOUNCELAB_MODELS_HOST_PORT_CHOOSER_H

#include "formats/random.h"
#include "models/host/stack-profile.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace bouncelab::host
{

/// A host's choice of source ports, by the habit of its stack (RFC 6056).
class PortChooser
{
  public:
    /**
     * \param profile its habit and its range, which is not empty
     * \param counter port at which its counter stands
     * \param given of the first connection, where a counter goes on from; else its port is chosen,
     * too
     */
    PortChooser(const StackProfile& profile,
                std::uint16_t counter,
                std::optional<std::uint16_t> given,
                DrawKey draws);

    /**
     * \param destination what an offset goes by: anything that tells peers apart
     * \param isFree whether no connection holds a port
     * \return a free port; nothing if there is none
     */
    std::optional<std::uint16_t> Next(std::uint64_t destination,
                                      const std::function<bool(std::uint16_t)>& isFree);

  private:
    std::uint32_t Offset(std::uint64_t destination) const;

    EphemeralPorts m_habit;
    std::uint32_t m_first;
    std::uint32_t m_size;
    std::uint32_t m_counter; //!< From the first port of the range.
    std::optional<std::uint16_t> m_given;
    DrawKey m_draws;
    std::uint64_t m_choices = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_PORT_CHOOSER_H
