#ifndef BOUNCELAB_LAB_CLI_SHELL_H
#define BOUNCELAB_LAB_CLI_SHELL_H

#include "lab/cli/exit-code.h"
#include "lab/cli/terminal.h"
#include "lab/run/supervisor.h"
#include "lab/scenario/load.h"
#include "lab/scenario/persona-library.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bouncelab::cli
{

/// One variant of a scenario file, chosen on the command line.
struct ChosenVariant
{
    std::string file; //!< The scenario.yaml.
    std::string scenario;
    std::string variant;
};

/// What every command is handed: the terminal, the shipped data, and where the verdict goes.
class Shell
{
  public:
    Terminal terminal;
    int exitCode = EXPECTED;

    /// Keeps the worst of the exit codes that a command met.
    void Raise(ExitCode code) { exitCode = code > exitCode ? code : exitCode; }

    /// Does something. What it throws becomes a line on standard error and an exit code, and so
    /// does output that standard output does not take.
    void Attempt(const std::function<void()>& work);

    /**
     * Does the part of a command that starts processes or writes folders, in a process of its own,
     * so that nothing of it is left behind (see run::Supervised()).
     *
     * \param results where its results go, or empty
     */
    void Supervise(const std::filesystem::path& results,
                   const std::function<void(const run::WorkFolders&)>& work);

    /**
     * The folder that holds scenarios/ and models/personas/: BOUNCELAB_DATA, else the nearest one
     * above the program.
     *
     * \throws InputError when there is none
     */
    const std::filesystem::path& DataRoot();

    const scenario::PersonaLibrary& Personas();

    /// The folder that the program itself lies in.
    static std::filesystem::path ProgramFolder();

    /**
     * What names mean: SCENARIO, SCENARIO/VARIANT, or the path of a scenario.yaml, with all its
     * variants; no name = everything shipped. Each once, in order.
     *
     * \throws InputError, scenario::ScenarioError
     */
    std::vector<ChosenVariant> Choose(const std::vector<std::string>& names);

  private:
    std::filesystem::path m_dataRoot;
    std::unique_ptr<scenario::PersonaLibrary> m_personas;
};

/// The path as people at this place would write it: relative where it lies below.
std::string ShortPath(const std::filesystem::path& path);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_SHELL_H
