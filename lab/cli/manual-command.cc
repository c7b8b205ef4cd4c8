#include "lab/cli/commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace bouncelab::cli
{

namespace
{

/// Text as troff prints it: its escapes are none, and no line is a request.
std::string
Roff(std::string_view text)
{
    std::string escaped;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        const bool startsLine = i == 0 || text[i - 1] == '\n';
        if (startsLine && (text[i] == '.' || text[i] == '\''))
        {
            escaped += "\\&";
        }
        escaped += text[i] == '\\' ? "\\e" : text[i] == '-' ? "\\-" : std::string{text[i]};
    }
    return escaped;
}

/// What a command's help says below its options: "Example:" and a call, kept line by line.
std::string
FooterOf(const std::string& footer)
{
    return footer.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", Roff(footer));
}

/// `--seed UINT`, as the user types it.
std::string
CallOf(const CLI::Option& option)
{
    const std::string type = option.get_type_name();
    return option.get_name(false, true) +
           (option.get_type_size() == 0 ? "" : " " + type.substr(0, type.find(':')));
}

std::string
OptionsOf(const CLI::App& command)
{
    std::string text;
    for (const CLI::Option* option : command.get_options())
    {
        if (!option->get_group().empty())
        {
            const std::string call =
                option->get_positional() ? option->get_name(true) : CallOf(*option);
            text += fmt::format(".TP\n.B {}\n{}\n", Roff(call), Roff(option->get_description()));
        }
    }
    return text;
}

/// A command and those below it.
std::string
CommandText(const CLI::App& command, const std::string& above)
{
    const std::string name = above + command.get_name();
    std::string text = fmt::format(".SS {}\n{}.\n{}{}",
                                   Roff(name),
                                   Roff(command.get_description()),
                                   OptionsOf(command),
                                   FooterOf(command.get_footer()));
    for (const CLI::App* below : command.get_subcommands({}))
    {
        text += CommandText(*below, name + " ");
    }
    return text;
}

void
PrintManual(const CLI::App& app)
{
    std::string text = fmt::format(".TH BOUNCELAB 1 \"\" \"{}\"\n"
                                   ".SH NAME\n"
                                   "bouncelab \\- mail failures from their causes, and detectors "
                                   "judged against the truth\n"
                                   ".SH SYNOPSIS\n.B bouncelab\n.I COMMAND\n[OPTIONS] ...\n"
                                   ".SH DESCRIPTION\n{}\n{}{}.SH COMMANDS\n",
                                   Roff(app.version()),
                                   Roff(app.get_description()),
                                   OptionsOf(app),
                                   FooterOf(app.get_footer()));
    for (const CLI::App* command :
         app.get_subcommands([](const CLI::App* c) { return !c->get_group().empty(); }))
    {
        text += CommandText(*command, "");
    }
    text += ".SH ENVIRONMENT\n"
            ".TP\n.B BOUNCELAB_DATA\nFolder with scenarios and models/personas, in place of the "
            "shipped ones.\n"
            ".TP\n.B NO_COLOR\nNo colors.\n"
            ".TP\n.B TMPDIR\nWhere what is temporary goes.\n";
    fmt::print("{}", text);
}

} // namespace

void
AddManualCommand(CLI::App& app)
{
    CLI::App* command = app.add_subcommand("manual", "Prints the manual page of this command");
    command->footer("Example:\n  bouncelab manual | man -l -");
    command->callback([&app] { PrintManual(app); });
}

} // namespace bouncelab::cli
