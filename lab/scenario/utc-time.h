#ifndef BOUNCELAB_LAB_SCENARIO_UTC_TIME_H
#define BOUNCELAB_LAB_SCENARIO_UTC_TIME_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace bouncelab::scenario
{

/**
 * Reads `2006-09-26T06:44:52Z`, with up to nine decimals of a second before the Z.
 *
 * \return ns since 1970-01-01T00:00:00Z; nothing unless the text is of that form and the date, of
 * 1970 to 2199, exists
 */
std::optional<std::int64_t> ParseUtc(std::string_view text);

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_UTC_TIME_H
