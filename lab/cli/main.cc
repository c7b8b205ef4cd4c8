#include "formats/standard-descriptors.h"
#include "formats/text.h"
#include "lab/cli/commands.h"
#include "lab/scenario/scenario-error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

namespace
{

using namespace bouncelab;
using namespace bouncelab::cli;

/// Null where there is none.
const CLI::App*
FindCommand(const CLI::App& app, const std::string& name)
{
    try
    {
        return app.get_subcommand(name);
    }
    catch (const CLI::OptionNotFound&)
    {
        return nullptr;
    }
}

/// What is to be said of a first word that is neither a command nor an option; else nothing.
std::string
UnknownCommand(const CLI::App& app, const std::vector<std::string>& words)
{
    std::vector<std::string> commands;
    for (const CLI::App* command :
         app.get_subcommands([](const CLI::App* c) { return !c->get_group().empty(); }))
    {
        commands.push_back(command->get_name());
    }
    return words.empty() || words[0].empty() || words[0][0] == '-' || FindCommand(app, words[0])
               ? std::string()
               : fmt::format("there is no command \"{}\"{}",
                             words[0],
                             scenario::Suggest(words[0], {commands.begin(), commands.end()}));
}

/// CLI11 says only that a mistyped word is "not expected"; this says what was expected.
std::string
SuggestionFor(const CLI::App& app, const std::vector<std::string>& words)
{
    if (words.empty())
    {
        return "expected a command; `bouncelab --help` lists them";
    }
    const CLI::App* command = FindCommand(app, words[0]);
    if (!command)
    {
        return UnknownCommand(app, words);
    }
    std::vector<std::string> options;
    for (const CLI::Option* option : command->get_options())
    {
        for (const std::string& name : option->get_lnames())
        {
            options.push_back("--" + name);
        }
    }
    for (const std::string& word : words)
    {
        const std::string name = word.substr(0, word.find('='));
        if (StartsWith(name, "--") && name.size() > 2 &&
            std::find(options.begin(), options.end(), name) == options.end())
        {
            return fmt::format("{} has no option {}{}",
                               words[0],
                               name,
                               scenario::Suggest(name, {options.begin(), options.end()}));
        }
    }
    return {};
}

int
Parse(CLI::App& app, Shell& shell, int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    try
    {
        app.parse(argc, argv);
    }
    catch (const CLI::Success& wish)
    {
        // Help is no answer to a command that there is not.
        const std::string unknown = UnknownCommand(app, words);
        if (unknown.empty())
        {
            return app.exit(wish);
        }
        shell.terminal.Error(unknown);
        return BAD_INPUT;
    }
    catch (const CLI::ParseError& error)
    {
        const std::string suggestion = SuggestionFor(app, words);
        shell.terminal.Error(suggestion.empty() ? error.what() : suggestion);
        return BAD_INPUT;
    }
    return shell.exitCode;
}

} // namespace

int
main(int argc, char** argv)
{
    OpenStandardDescriptors();
    std::signal(SIGXFSZ, SIG_IGN); // A file that is too large is told by the write that fails.
    CLI::App app("Replays documented mail failures from their causes, and scores what detectors "
                 "make of the evidence.",
                 "bouncelab");
    app.set_version_flag("--version", BOUNCELAB_VERSION);
    app.require_subcommand(1);
    app.footer("Example:\n  bouncelab run forged-reply/error-500\n\n"
               "Exit status: 0 all as expected, 1 an expectation was missed, 2 bad input,\n"
               "2 also for what the machine refuses,\n3 a detector failed, 4 internal error.");
    Shell shell;
    AddListCommand(app, shell);
    AddRunCommand(app, shell);
    AddLiveCommand(app, shell);
    AddValidateCommand(app, shell);
    AddShowCommand(app, shell);
    AddNewCommand(app, shell);
    AddDetectCommand(app, shell);
    AddScoreCommand(app, shell);
    AddJudgeCommand(app, shell);
    AddRegressCommand(app, shell);
    AddMeasureCommand(app, shell);
    AddSweepCommand(app, shell);
    AddExportCommand(app);
    AddDoctorCommand(app, shell);
    AddCompletionCommand(app, shell);
    AddManualCommand(app);
    for (const char* command : {"list",
                                "run",
                                "live",
                                "validate",
                                "show",
                                "score",
                                "judge",
                                "regress",
                                "measure",
                                "sweep",
                                "completion"})
    {
        AddDataOption(*app.get_subcommand(command), shell);
    }
    shell.Attempt([&] { shell.exitCode = Parse(app, shell, argc, argv); });
    return shell.exitCode;
}
