#ifndef BOUNCELAB_LAB_CLI_COMMANDS_H
#define BOUNCELAB_LAB_CLI_COMMANDS_H

#include "lab/cli/shell.h"
#include "lab/judge/subject.h"

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
void AddNewCommand(CLI::App& app, Shell& shell);
void AddShowCommand(CLI::App& app, Shell& shell);
void AddDetectCommand(CLI::App& app, Shell& shell);
void AddJudgeCommand(CLI::App& app, Shell& shell);
void AddRegressCommand(CLI::App& app, Shell& shell);
void AddScoreCommand(CLI::App& app, Shell& shell);
void AddSweepCommand(CLI::App& app, Shell& shell);
void AddMeasureCommand(CLI::App& app, Shell& shell);
void AddDoctorCommand(CLI::App& app, Shell& shell);
void AddExportCommand(CLI::App& app);
void AddCompletionCommand(CLI::App& app, Shell& shell);
void AddManualCommand(CLI::App& app);

/// How a detector from outside is started: --env, --bare, --memory, --timeout.
void AddDetectorOptions(CLI::App& command, judge::DetectorChoice& detector);

/// What else is said of a detector that is judged: --finds, --reads, --detector, and the above.
void AddSubjectOptions(CLI::App& command,
                       judge::DetectorChoice& choice,
                       judge::Declaration& declaration);

/// Who a COMMAND is: the built-in detectors, a filter, or a program, whose alerts an adapter may
/// translate. \throws InputError, scenario::ScenarioError
void ReadCommand(Shell& shell,
                 const std::string& command,
                 const std::string& adapter,
                 judge::DetectorChoice& choice);

/**
 * What is judged, with an empty folder below `judged` for what it says, which it does not see.
 *
 * \throws InputError if nothing says what it looks for
 */
judge::Subject PrepareSubject(const judge::DetectorChoice& choice,
                              const judge::Declaration& declaration,
                              const std::filesystem::path& judged,
                              const std::filesystem::path& temporary);

/// Options that commands share; the shell hears of --data and --quiet.

/// --data, for commands that look for scenarios, personas, detectors or measurements.
void AddDataOption(CLI::App& command, Shell& shell);

/// A check of options whose value has to say something. \return what is wrong, or nothing
std::string RefuseEmpty(const std::string& text);

void AddQuietOption(CLI::App& command, Shell& shell);
void AddSeedOption(CLI::App& command, const std::function<void(std::uint64_t)>& set);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_COMMANDS_H
