#ifndef BOUNCELAB_LAB_CLI_DETECT_SUMMARY_H
#define BOUNCELAB_LAB_CLI_DETECT_SUMMARY_H

#include "formats/alert.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace bouncelab::cli
{

/// The last word of `detect`, for whoever has to act: three sentences.
struct DetectSummary
{
    std::string failed; //!< What failed.
    std::string side;   //!< On whose side.
    std::string next;   //!< What to collect or send.
};

/**
 * Sums a case up by its weightiest alert: a fault before what cannot be decided, that before an
 * explanation; alerts that name a side before others.
 *
 * \param alerts without those of baselines
 * \param reading what `bouncelab-detect --reading` wrote; null if somebody else's detector judged
 */
DetectSummary Summarize(const std::vector<Alert>& alerts, const nlohmann::ordered_json& reading);

/// "Nothing found in 3 sessions and 12 flows of mail.log and a.pcap."
std::string NothingFound(const nlohmann::ordered_json& reading);

/// One line for each file: what it was recognized as, how much of it was used, what was left out.
std::string DescribeReading(const nlohmann::ordered_json& reading);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_DETECT_SUMMARY_H
