#ifndef BOUNCELAB_LAB_LIVE_REPLACEMENT_H
#define BOUNCELAB_LAB_LIVE_REPLACEMENT_H

#include "lab/live/network.h"
#include "lab/live/sandbox.h"
#include "lab/scenario/scenario.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::live
{

/// A host of a scenario, and the program that takes its place.
struct Replacement
{
    std::string node;
    std::string program;  //!< Short name: of the folder in peers/, or of the command.
    ShellCommand command; //!< Runs it, in the foreground.
    Readiness readiness = Readiness::Assumed;
    std::filesystem::path peer; //!< peers/NAME; empty for any other command.
};

/// As one word of the shell.
std::string Quoted(const std::string& text);

/**
 * Reads NODE=COMMAND. A command whose first word is the name of a folder in peers/ stands for that
 * folder's program `run`, with the other words as its arguments.
 *
 * \param data folder that holds peers/
 * \throws LiveError
 */
Replacement ParseReplacement(std::string_view text, const std::filesystem::path& data);

/// Whether the hosts can be replaced: known, each once, and at the plain end of a path.
/// \throws LiveError
void CheckReplacements(const scenario::Scenario& scenario,
                       const std::vector<Replacement>& replacements);

/// How a host's machine is connected: its address, and the router next to it.
NetworkSetup NetworkOf(const scenario::Scenario& scenario, const std::string& node);

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_REPLACEMENT_H
