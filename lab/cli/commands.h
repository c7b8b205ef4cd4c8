#ifndef BOUNCELAB_LAB_CLI_COMMANDS_H
#define BOUNCELAB_LAB_CLI_COMMANDS_H

#include "lab/cli/shell.h"

#include <cstdint>
#include <functional>

namespace CLI
{
class App;
}

namespace bouncelab::cli
{

/**
 * Each adds one sub-command to the program. A command's callback throws InputError,
 * scenario::ScenarioError or std::exception for what ends it, and raises the shell's exit code
 * otherwise. The shell has to outlive the app.
 */
void AddListCommand(CLI::App& app, Shell& shell);
void AddRunCommand(CLI::App& app, Shell& shell);
void AddLiveCommand(CLI::App& app, Shell& shell);
void AddValidateCommand(CLI::App& app, Shell& shell);
void AddShowCommand(CLI::App& app, Shell& shell);
void AddDetectCommand(CLI::App& app, Shell& shell);
void AddScoreCommand(CLI::App& app, Shell& shell);
void AddSweepCommand(CLI::App& app, Shell& shell);
void AddMeasureCommand(CLI::App& app, Shell& shell);
void AddDoctorCommand(CLI::App& app, Shell& shell);

/// Options that commands share; the shell's terminal hears of --quiet.
void AddQuietOption(CLI::App& command, Shell& shell);
void AddSeedOption(CLI::App& command, const std::function<void(std::uint64_t)>& set);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_COMMANDS_H
