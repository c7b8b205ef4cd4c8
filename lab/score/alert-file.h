#ifndef BOUNCELAB_LAB_SCORE_ALERT_FILE_H
#define BOUNCELAB_LAB_SCORE_ALERT_FILE_H

#include "formats/alert.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::score
{

/**
 * The alerts of a JSON Lines file, the lab's own or Suricata's.
 *
 * \param evidence a folder or file that they are about; empty = whatever they speak of is taken
 * \throws std::runtime_error "FILE:LINE: ..." on the first line that is neither, or that speaks of
 * what is not in the evidence
 */
std::vector<Alert> ReadAlerts(const std::filesystem::path& path,
                              const std::filesystem::path& evidence = {});

/// What a program left as its alerts: the file as it stands, and what it says.
struct AlertFile
{
    std::string text;
    std::vector<Alert> alerts;
};

/**
 * An alerts file of a program that nobody vouches for; no file is no alerts. It has to be a regular
 * file and no link, of at most 64 MiB and 200,000 lines, and is read once.
 *
 * \param evidence as of ReadAlerts()
 * \throws std::runtime_error one sentence that begins with the file's name, without its folder
 */
AlertFile ReadForeignAlerts(const std::filesystem::path& path,
                            const std::filesystem::path& evidence = {});

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_ALERT_FILE_H
