#ifndef BOUNCELAB_DETECTORS_READERS_SERVICE_ROW_HEALER_H
#define BOUNCELAB_DETECTORS_READERS_SERVICE_ROW_HEALER_H

#include "detectors/readers/healing.h"

#include <optional>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * Mends what spreadsheets and translated pages do to rows of the SMTP service's log (S002-35,
 * S002-37, S002-38): dates written for people, cells at commas or tabs, translated commands,
 * replies and names, names that fell apart at spaces, arguments that became a formula's error,
 * addresses that a page took away.
 *
 * A row is known by its site (SMTPSVC), its protocol (SMTP) and the five numbers before that; one
 * that lacks any of them stays as it is. What was lost and follows from nothing stays unknown: "?"
 * stands for an address, and nothing for another argument.
 *
 * \return the row in the order of all columns; nothing where nothing was damaged, or it is no row
 */
std::optional<HealedLine> HealServiceRow(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SERVICE_ROW_HEALER_H
