#include "lab/cli/commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace bouncelab::cli
{

namespace
{

/// What may follow the name of a command.
struct Completions
{
    const CLI::App* command;
    std::vector<const CLI::Option*> options; //!< Those that help shows.
    bool takesScenarios = false;
};

std::vector<Completions>
CompletionsOf(const CLI::App& app)
{
    std::vector<Completions> all;
    for (const CLI::App* command :
         app.get_subcommands([](const CLI::App* c) { return !c->get_group().empty(); }))
    {
        Completions one{command, {}, false};
        for (const CLI::Option* option : command->get_options())
        {
            if (option->get_positional())
            {
                const std::string& name = option->get_name(true);
                one.takesScenarios =
                    one.takesScenarios || name == "NAME" || name == "SCENARIO" || name == "TARGET";
            }
            else if (!option->get_group().empty())
            {
                one.options.push_back(option);
            }
        }
        all.push_back(std::move(one));
    }
    return all;
}

/// bash completes file names where no word fits; zsh does the same through bashcompinit.
std::string
BashScript(const std::vector<Completions>& all, const std::string& scenarios)
{
    std::string commands;
    std::string cases;
    for (const Completions& one : all)
    {
        std::string words = one.takesScenarios ? " $scenarios" : "";
        for (const CLI::Option* option : one.options)
        {
            for (const std::string& name : option->get_lnames())
            {
                words += " --" + name;
            }
        }
        commands += " " + one.command->get_name();
        cases += fmt::format("    {}) words=\"{}\" ;;\n", one.command->get_name(), words);
    }
    return fmt::format(
        "_bouncelab()\n{{\n"
        "    local words scenarios=\"{}\"\n"
        "    case ${{COMP_WORDS[1]}} in\n{}"
        "    esac\n"
        "    [ \"$COMP_CWORD\" -gt 1 ] || words=\"{} --help --version\"\n"
        "    COMPREPLY=($(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\"))\n"
        "}}\ncomplete -o default -F _bouncelab bouncelab ./bouncelab\n",
        scenarios,
        cases,
        commands);
}

/// In single quotes, as fish reads them.
std::string
QuoteForFish(const std::string& text)
{
    std::string quoted = "'";
    for (const char c : text)
    {
        quoted += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    return quoted + "'";
}

std::string
FishScript(const std::vector<Completions>& all, const std::string& scenarios)
{
    std::string script;
    for (const Completions& one : all)
    {
        const std::string& name = one.command->get_name();
        script += fmt::format("complete -c bouncelab -n __fish_use_subcommand -a {} -d {}\n",
                              name,
                              QuoteForFish(one.command->get_description()));
        const std::string condition = fmt::format("-n '__fish_seen_subcommand_from {}'", name);
        if (one.takesScenarios)
        {
            script += fmt::format("complete -c bouncelab {} -a '{}'\n", condition, scenarios);
        }
        for (const CLI::Option* option : one.options)
        {
            for (const std::string& longName : option->get_lnames())
            {
                script += fmt::format("complete -c bouncelab {} -l {} -d {}\n",
                                      condition,
                                      longName,
                                      QuoteForFish(option->get_description()));
            }
        }
    }
    return script;
}

void
PrintCompletion(const CLI::App& app, Shell& shell, const std::string& interpreter)
{
    std::string scenarios;
    for (const ChosenVariant& choice : shell.Choose({}))
    {
        scenarios += (scenarios.empty() ? "" : " ") + choice.scenario + "/" + choice.variant;
    }
    const std::vector<Completions> all = CompletionsOf(app);
    if (interpreter == "fish")
    {
        fmt::print("{}", FishScript(all, scenarios));
        return;
    }
    if (interpreter == "zsh")
    {
        // Sourced, or as the file _bouncelab of a folder in $fpath, whose first call is by a key.
        fmt::print("#compdef bouncelab\nautoload -U +X bashcompinit && bashcompinit\n{}"
                   "if [ \"$funcstack[1]\" = _bouncelab ]; then "
                   "_bash_complete -o default -F _bouncelab; fi\n",
                   BashScript(all, scenarios));
        return;
    }
    fmt::print("{}", BashScript(all, scenarios));
}

} // namespace

void
AddCompletionCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command =
        app.add_subcommand("completion", "Prints a script by which a shell completes this command");
    auto interpreter = std::make_shared<std::string>();
    command->add_option("SHELL", *interpreter, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    command->footer("Example:\n  source <(bouncelab completion bash)");
    command->callback([&app, &shell, interpreter] { PrintCompletion(app, shell, *interpreter); });
}

} // namespace bouncelab::cli
