#include "lab/cli/commands.h"

#include <CLI/CLI.hpp>

namespace bouncelab::cli
{

void
AddQuietOption(CLI::App& command, Shell& shell)
{
    command.add_flag_callback(
        "--quiet,-q",
        [&shell] { shell.terminal.SetQuiet(true); },
        "No progress and no remarks");
}

} // namespace bouncelab::cli
