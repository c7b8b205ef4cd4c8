#include "models/smtp/command.h"

#include "formats/text.h"

#include <array>
#include <utility>

namespace bouncelab::smtp
{

namespace
{

constexpr std::array<std::pair<std::string_view, Verb>, 17> VERBS{{
    {"HELO", Verb::Helo},
    {"EHLO", Verb::Ehlo},
    {"MAIL", Verb::Mail},
    {"RCPT", Verb::Rcpt},
    {"DATA", Verb::Data},
    {"RSET", Verb::Rset},
    {"NOOP", Verb::Noop},
    {"VRFY", Verb::Vrfy},
    {"HELP", Verb::Help},
    {"QUIT", Verb::Quit},
    {"AUTH", Verb::Auth},
    {"STARTTLS", Verb::StartTls},
    {"BDAT", Verb::Bdat},
    {"EXPN", Verb::Expn},
    {"ETRN", Verb::Etrn},
    {"X-EXPS", Verb::XExps},
    {"X-ANONYMOUSTLS", Verb::XAnonymousTls},
}};

} // namespace

Verb
FindVerb(std::string_view word)
{
    for (const auto& [name, verb] : VERBS)
    {
        if (EqualIgnoringCase(word, name))
        {
            return verb;
        }
    }
    return Verb::Unknown;
}

std::string_view
NameOfVerb(Verb verb)
{
    for (const auto& [name, candidate] : VERBS)
    {
        if (candidate == verb)
        {
            return name;
        }
    }
    return "";
}

Command
ParseCommand(std::string_view line)
{
    line = Trim(line);
    const std::size_t space = line.find_first_of(" \t");
    Command command;
    command.word = line.substr(0, space);
    command.argument =
        space == std::string_view::npos ? std::string_view() : Trim(line.substr(space));
    command.verb = FindVerb(command.word);
    return command;
}

} // namespace bouncelab::smtp
