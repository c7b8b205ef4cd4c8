#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H

#include "detectors/flow/flow.h"
#include "detectors/readers/server-logs.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace bouncelab::detectors
{

/// What ICMP says of flows whose client's packets are not let through.
class RefusedPackets
{
  public:
    /// Messages about one flow.
    struct Refusals
    {
        std::vector<TimeExceeded> first; //!< In order of capture, a few of them.
        std::size_t count = 0;           //!< Of all.

        /// "4 ICMP messages say that they are not let through ("host unreachable"), the first of
        /// 192.0.2.1, on the way (frame 7)". Whether the address is the real sender's, nothing
        /// here tells.
        std::string Tell(const Flow& flow) const;
    };

    /// What is said of the flow, as far as its capture has been read by now; null where nothing
    /// is. Valid until the next call.
    const Refusals* Of(const Flow& flow, const Records<TimeExceeded>& messages);

  private:
    /// A file, and the client's and the server's address and port.
    using Connection =
        std::tuple<std::string, HostAddress, std::uint16_t, HostAddress, std::uint16_t>;

    std::map<Connection, Refusals> m_refusals;
    std::size_t m_taken = 0; //!< Messages so far.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_PACKETS_H
