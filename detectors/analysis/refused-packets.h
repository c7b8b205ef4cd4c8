#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H

#include "detectors/flow/flow.h"
#include "detectors/readers/server-logs.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace bouncelab::detectors
{

/// What ICMP says of flows whose client's packets are not let through.
class RefusedPackets
{
  public:
    /**
     * "; 4 ICMP messages say that they are not let through, the first of 192.0.2.1 (frame 7)", as
     * far as the flow's capture has been read by now. Whether the address is the real sender's,
     * nothing here tells.
     *
     * \return empty where there is none
     */
    std::string Tell(const Flow& flow, const Records<TimeExceeded>& messages);

  private:
    /// A file, and the client's and the server's address and port.
    using Connection =
        std::tuple<std::string, HostAddress, std::uint16_t, HostAddress, std::uint16_t>;

    struct Refusal
    {
        HostAddress router; //!< Of the first message.
        std::uint64_t frame = 0;
        std::size_t count = 0;
    };

    std::map<Connection, Refusal> m_refusals;
    std::size_t m_taken = 0; //!< Messages so far.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H
