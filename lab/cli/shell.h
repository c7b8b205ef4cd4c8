#ifndef BOUNCELAB_LAB_CLI_SHELL_H
#define BOUNCELAB_LAB_CLI_SHELL_H

#include "lab/cli/exit-code.h"
#include "lab/cli/terminal.h"
#include "lab/run/supervisor.h"
#include "lab/scenario/load.h"
#include "lab/scenario/persona-library.h"
#include "lab/score/run-folder.h"

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
    std::string namedFile = {}; //!< See run::RunSpec.
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

    /**
     * A folder of the user's: scenarios/, personas/ or models/personas/, detectors/, or some of
     * these. What stands in it comes before the shipped, and before folders that are added later.
     *
     * \throws InputError if it has none of them
     */
    void AddData(const std::string& folder);

    /// The user's folders in their order, then DataRoot().
    std::vector<std::filesystem::path> DataFolders();

    /// The personas in all of these.
    const scenario::PersonaLibrary& Personas();

    /// The scenario.yaml of every scenario of a name; the first is meant.
    std::vector<std::filesystem::path> ScenarioFiles(const std::string& name);

    /**
     * The file of the scenario that a run is of, beside which its claims and measurements stand.
     *
     * \throws InputError if it was the user's, and is found neither where it was nor by its name
     */
    std::filesystem::path ScenarioOf(const score::RunFolder& run);

    /// The files in the detectors/ of the user's folders, sorted in each.
    std::vector<std::filesystem::path> OwnDetectors() const;

    /// What starts a detector: the file among OwnDetectors() that bears the name, with or without
    /// .yaml; a command that is none of them, or a file here, stays as it is.
    std::string OwnDetector(const std::string& command) const;

    /// A file here, or NAME.yaml in a folder detectors/ or detectors/adapters/.
    /// \throws InputError
    std::filesystem::path AdapterFile(const std::string& adapter);

    /// The folder that the program itself lies in.
    static std::filesystem::path ProgramFolder();

    /**
     * What names mean: SCENARIO, SCENARIO/VARIANT, or the path of a scenario.yaml, with all its
     * variants; no name = everything there is. Each once, in order.
     *
     * \throws InputError, scenario::ScenarioError
     */
    std::vector<ChosenVariant> Choose(const std::vector<std::string>& names);

    std::vector<std::string> ScenarioNames();

  private:
    std::string FileFor(const std::string& scenario);
    bool IsShipped(const std::filesystem::path& scenarioFile);

    std::filesystem::path m_dataRoot;
    std::vector<std::filesystem::path> m_data; //!< The user's.
    std::unique_ptr<scenario::PersonaLibrary> m_personas;
};

/// The path as people at this place would write it: relative where it lies below.
std::string ShortPath(const std::filesystem::path& path);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_SHELL_H
