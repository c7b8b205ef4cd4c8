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

const scenario::PersonaLibrary&
Shell::Personas()
{
    if (!m_personas)
    {
        m_personas = std::make_unique<scenario::PersonaLibrary>(DataRoot().string());
    }
    return *m_personas;
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
                choices.push_back({path, file.Name(), each});
            }
        }
    };
    const auto shipped = [&] { return scenario::ListScenarios(DataRoot().string()); };
    if (names.empty())
    {
        for (const std::string& path : shipped())
        {
            add(path, "");
        }
    }
    for (const std::string& name : names)
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
        const std::string scenario = name.substr(0, slash);
        const fs::path path = DataRoot() / "scenarios" / scenario / "scenario.yaml";
        if (scenario.empty() || scenario[0] == '.' || !fs::exists(path))
        {
            std::vector<std::string> known;
            for (const std::string& each : shipped())
            {
                known.push_back(fs::path(each).parent_path().filename().string());
            }
            throw InputError(
                fmt::format("there is no scenario \"{}\"{}",
                            scenario,
                            scenario::Suggest(scenario, {known.begin(), known.end()})));
        }
        add(path.string(), slash == std::string::npos ? "" : name.substr(slash + 1));
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
