#ifndef BOUNCELAB_DETECTORS_READERS_PACKET_LINE_HEALER_H
#define BOUNCELAB_DETECTORS_READERS_PACKET_LINE_HEALER_H

#include "detectors/readers/healing.h"

#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/// A packet's line as tcpdump printed it, but for what cannot be known again.
struct HealedPacketLine
{
    HealedLine line;
    bool isHourless = false; //!< Its stamp has only minutes and seconds.
    bool isCut = false;      //!< It ends behind the packet's ends.
};

/**
 * Mends what spreadsheets and translated pages do to lines of tcpdump (S002-32 to S002-37):
 * columns cut through words, at fixed widths, at commas or at tabs; ports that became times; stamps
 * that lost their hour or their fraction; words in other languages; full-width characters; a line
 * cut off behind the packet's ends.
 *
 * A line is mended only if it then is, word by word, what tcpdump prints, in one way alone and by
 * the fewest joins; everything else stays as it is.
 *
 * \return nothing where nothing was damaged, or it cannot be mended
 */
std::optional<HealedPacketLine> HealPacketLine(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKET_LINE_HEALER_H
