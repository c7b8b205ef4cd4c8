#ifndef BOUNCELAB_MODELS_SMTP_COMMAND_H
#define BOUNCELAB_MODELS_SMTP_COMMAND_H

#include <string_view>

namespace bouncelab::smtp
{

/// The commands that the grammar knows by name. A new one is a value here and a row in command.cc.
enum class Verb
{
    Unknown,
    Helo,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
    Auth,
    StartTls,
    Bdat,
    Expn,
    Etrn,
    XExps,         //!< Exchange's AUTH between servers.
    XAnonymousTls, //!< Exchange's STARTTLS between servers.
};

/// A command line, cut but not yet understood. The views are into the line.
struct Command
{
    Verb verb = Verb::Unknown;
    std::string_view word;     //!< The verb as it was written.
    std::string_view argument; //!< What follows it, without spaces at both ends.
};

/**
 * Cuts a command line (without its end) at the first space. Never fails: an empty or unknown word
 * gives Verb::Unknown.
 */
Command ParseCommand(std::string_view line);

Verb FindVerb(std::string_view word);   //!< In any case; Unknown if the grammar has none.
std::string_view NameOfVerb(Verb verb); //!< "MAIL"; "" for Unknown.

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_COMMAND_H
