#ifndef BOUNCELAB_LAB_CLI_LIVE_TABLE_H
#define BOUNCELAB_LAB_CLI_LIVE_TABLE_H

#include "lab/cli/terminal.h"
#include "lab/live/live-run.h"

#include <nlohmann/json.hpp>

#include <string>

namespace bouncelab::cli
{

/// What a live run shows: its machines, and the messages from both sides. With line ends.
std::string LiveText(const live::LiveReport& report, const Terminal& terminal);

/// The same for programs.
nlohmann::ordered_json ToJson(const live::LiveReport& report);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_LIVE_TABLE_H
