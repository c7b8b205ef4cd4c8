#ifndef BOUNCELAB_LAB_EVIDENCE_SNORT_TEXT_H
#define BOUNCELAB_LAB_EVIDENCE_SNORT_TEXT_H

#include "formats/address.h"
#include "formats/clock.h"
#include "lab/evidence/frame.h"

#include <cstdint>
#include <string>

namespace bouncelab::evidence
{

/// Which addresses snort takes for its own side (-h). Prefix 0 is snort's default: all of them.
struct HomeNet
{
    Ipv4 address;
    std::uint32_t prefix = 0; //!< 0 to 32.

    bool Contains(Ipv4 other) const
    {
        const std::uint32_t mask = prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
        return (address.value & mask) == (other.value & mask);
    }
};

/**
 * Appends what snort 2 writes for a packet with `-d -e -K ascii` (S003-10 to S003-19; snort 2's
 * PrintIPPkt): stamp and Ethernet line, IP line, transport lines, payload dump, separator.
 * \param reading the capturing machine's clock; printed in microseconds.
 * \param zoneSeconds what its local time is ahead of UTC.
 */
void AppendSnortBlock(std::string& out,
                      const Frame& frame,
                      WallTime reading,
                      std::int64_t zoneSeconds);

/// The file below the log folder that snort appends the packet to ("203.131.198.80/TCP:60661-25"):
/// the directory is the address outside the home net, or else the one with the higher port.
void SnortLogName(std::string& out, const Frame& frame, const HomeNet& home);

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_SNORT_TEXT_H
