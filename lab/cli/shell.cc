#include "lab/cli/shell.h"

#include "formats/machine-error.h"
#include "formats/text.h"
#include "lab/live/descriptor.h"
#include "lab/run/fault.h"
#include "lab/scenario/scenario-error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;

bool
IsDataRoot(const fs::path& folder)
{
    std::error_code error;
    return fs::is_directory(folder / "scenarios", error) &&
           fs::is_directory(folder / "models" / "personas", error);
}

bool
LooksLikeFile(const std::string& name)
{
    const std::string_view end = ".yaml";
    return name.size() > end.size() && name.substr(name.size() - end.size()) == end;
}

} // namespace

void
Shell::Attempt(const std::function<void()>& work)
{
    const auto fail = [this](ExitCode code, std::string_view sentence)
    {
        terminal.Error(sentence);
        Raise(code);
    };
    try
    {
        work();
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
        {
            throw MachineError::FromErrno("cannot write to standard output");
        }
    }
    catch (const InputError& error)
    {
        fail(BAD_INPUT, error.what());
    }
    catch (const live::LiveError& error)
    {
        fail(BAD_INPUT, error.what());
    }
    catch (...)
    {
        const run::Fault fault = run::CurrentFault();
        fail(static_cast<ExitCode>(fault.status), fault.sentence);
    }
}

void
Shell::Supervise(const fs::path& results, const std::function<void(const run::WorkFolders&)>& work)
{
    const int status = run::Supervised(results,
                                       [&](const run::WorkFolders& folders)
                                       {
                                           Attempt([&] { work(folders); });
                                           return exitCode;
                                       });
    Raise(static_cast<ExitCode>(status));
}

fs::path
Shell::ProgramFolder()
{
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path();
}

const fs::path&
Shell::DataRoot()
{
    if (!m_dataRoot.empty())
    {
        return m_dataRoot;
    }
    if (const char* named = std::getenv("BOUNCELAB_DATA"); named && *named)
    {
        if (!IsDataRoot(named))
        {
            throw InputError(fmt::format("BOUNCELAB_DATA is {}, expected a folder with scenarios "
                                         "and models/personas",
                                         named));
        }
        return m_dataRoot = named;
    }
    if (const fs::path installed = ProgramFolder() / BOUNCELAB_INSTALLED_DATA;
        IsDataRoot(installed))
    {
        return m_dataRoot = installed.lexically_normal();
    }
    for (fs::path folder = ProgramFolder(); !folder.empty(); folder = folder.parent_path())
    {
        if (IsDataRoot(folder))
        {
            return m_dataRoot = folder;
        }
        if (folder == folder.parent_path())
        {
            break;
        }
    }
    if (IsDataRoot(BOUNCELAB_BUILT_FROM))
    {
        return m_dataRoot = BOUNCELAB_BUILT_FROM;
    }
    throw InputError("found no scenarios above the program: set BOUNCELAB_DATA to the folder that "
                     "holds scenarios and models/personas");
}

void
Shell::AddData(const std::string& folder)
{
    std::error_code error;
    const auto has = [&](const fs::path& part)
    { return fs::is_directory(fs::path(folder) / part, error); };
    if (!has("scenarios") && !has("personas") && !has(fs::path("models") / "personas") &&
        !has("detectors"))
    {
        throw InputError(fmt::format("--data: found {}, expected a folder that has scenarios, "
                                     "personas or detectors in it",
                                     fs::exists(folder, error) ? folder
                                                               : folder + ", which is "
                                                                          "not there"));
    }
    m_data.emplace_back(folder);
}

std::vector<fs::path>
Shell::DataFolders()
{
    std::vector<fs::path> folders = m_data;
    folders.push_back(DataRoot());
    return folders;
}

const scenario::PersonaLibrary&
Shell::Personas()
{
    if (!m_personas)
    {
        m_personas = std::make_unique<scenario::PersonaLibrary>(DataFolders());
    }
    return *m_personas;
}

std::vector<fs::path>
Shell::ScenarioFiles(const std::string& name)
{
    std::vector<fs::path> files;
    for (const fs::path& folder : DataFolders())
    {
        const fs::path file = folder / "scenarios" / name / "scenario.yaml";
        if (!name.empty() && name[0] != '.' && fs::exists(file))
        {
            files.push_back(file);
        }
    }
    return files;
}

bool
Shell::IsShipped(const fs::path& scenarioFile)
{
    std::error_code error;
    const fs::path home = fs::weakly_canonical(scenarioFile, error).parent_path();
    return home.parent_path() == fs::weakly_canonical(DataRoot() / "scenarios", error);
}

fs::path
Shell::ScenarioOf(const score::RunFolder& run)
{
    if (run.ScenarioFile().empty())
    {
        return DataRoot() / "scenarios" / run.Scenario() / "scenario.yaml";
    }
    if (fs::exists(run.ScenarioFile()))
    {
        return run.ScenarioFile();
    }
    const std::vector<fs::path> files = ScenarioFiles(run.Scenario());
    if (files.empty() || IsShipped(files.front()))
    {
        throw InputError(fmt::format("{}: found no {}, of which it is a run: expected to be called "
                                     "in the same folder as the run, or with --data",
                                     run.Root().string(),
                                     run.ScenarioFile()));
    }
    return files.front();
}

std::vector<fs::path>
Shell::OwnDetectors() const
{
    std::vector<fs::path> files;
    for (const fs::path& folder : m_data)
    {
        const std::size_t first = files.size();
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder / "detectors", error))
        {
            if (entry.is_regular_file())
            {
                files.push_back(entry.path());
            }
        }
        std::sort(files.begin() + static_cast<std::ptrdiff_t>(first), files.end());
    }
    return files;
}

fs::path
Shell::AdapterFile(const std::string& adapter)
{
    if (LooksLikeFile(adapter) && fs::exists(adapter))
    {
        return adapter;
    }
    const std::string file = LooksLikeFile(adapter) ? adapter : adapter + ".yaml";
    for (const fs::path& folder : DataFolders())
    {
        for (const char* home : {"detectors", "detectors/adapters"})
        {
            if (fs::is_regular_file(folder / home / file))
            {
                return folder / home / file;
            }
        }
    }
    throw InputError(fmt::format("--adapter: found no {}, expected a file here, or the name of one "
                                 "in detectors or detectors/adapters",
                                 file));
}

std::string
Shell::OwnDetector(const std::string& command) const
{
    for (const fs::path& file : OwnDetectors())
    {
        if (!fs::exists(command) && (file.filename() == command ||
                                     (LooksLikeFile(file.string()) && file.stem() == command)))
        {
            return file.string();
        }
    }
    return command;
}

std::vector<std::string>
Shell::ScenarioNames()
{
    std::vector<std::string> names;
    for (const fs::path& folder : DataFolders())
    {
        for (const std::string& file : scenario::ListScenarios(folder.string()))
        {
            const std::string name = fs::path(file).parent_path().filename().string();
            if (std::find(names.begin(), names.end(), name) == names.end())
            {
                names.push_back(name);
            }
        }
    }
    return names;
}

std::string
Shell::FileFor(const std::string& scenario)
{
    const std::vector<fs::path> files = ScenarioFiles(scenario);
    if (files.empty())
    {
        const std::vector<std::string> known = ScenarioNames();
        throw InputError(fmt::format("there is no scenario \"{}\"{}",
                                     scenario,
                                     scenario::Suggest(scenario, {known.begin(), known.end()})));
    }
    return files.front().string();
}

std::vector<ChosenVariant>
Shell::Choose(const std::vector<std::string>& names)
{
    std::vector<ChosenVariant> choices;
    const auto add = [&](const std::string& path, const std::string& variant)
    {
        const scenario::ScenarioFile file = scenario::ScenarioFile::Load(path);
        const std::vector<std::string>& known = file.Variants();
        if (!variant.empty() && std::find(known.begin(), known.end(), variant) == known.end())
        {
            throw InputError(fmt::format("scenario {} has no variant \"{}\"{}",
                                         file.Name(),
                                         variant,
                                         scenario::Suggest(variant, {known.begin(), known.end()})));
        }
        for (const std::string& each : known)
        {
            const bool isKnown = std::any_of(choices.begin(),
                                             choices.end(),
                                             [&](const ChosenVariant& c)
                                             { return c.file == path && c.variant == each; });
            if (!isKnown && (variant.empty() || variant == each))
            {
                choices.push_back(
                    {path, file.Name(), each, IsShipped(path) ? "" : ShortPath(path)});
            }
        }
    };
    for (const std::string& name : names.empty() ? ScenarioNames() : names)
    {
        if (LooksLikeFile(name))
        {
            add(name, "");
            continue;
        }
        if (const std::size_t end = name.rfind('/');
            end != std::string::npos && LooksLikeFile(name.substr(0, end)))
        {
            add(name.substr(0, end), name.substr(end + 1));
            continue;
        }
        const std::size_t slash = name.find('/');
        add(FileFor(name.substr(0, slash)),
            slash == std::string::npos ? "" : name.substr(slash + 1));
    }
    return choices;
}

std::string
ShortPath(const fs::path& path)
{
    std::error_code error;
    const fs::path here = fs::current_path(error);
    const fs::path relative = fs::absolute(path, error).lexically_normal().lexically_relative(here);
    const std::string text = relative.generic_string();
    return text.empty() || StartsWith(text, "..") ? path.generic_string() : text;
}

} // namespace bouncelab::cli
