#ifndef BOUNCELAB_LAB_SCORE_ALERT_FILE_H
#define BOUNCELAB_LAB_SCORE_ALERT_FILE_H

#include "formats/alert.h"

#include <filesystem>
#include <vector>

namespace bouncelab::score
{

/**
 * The alerts of a JSON Lines file, the lab's own or Suricata's.
 *
 * \throws std::runtime_error "FILE:LINE: ..." on the first line that is neither
 */
std::vector<Alert> ReadAlerts(const std::filesystem::path& path);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_ALERT_FILE_H
