#include "detectors/analysis/server-dialect.h"

#include "detectors/analysis/hello-keywords.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <array>

namespace bouncelab::detectors
{

namespace
{

struct Phrase
{
    std::string_view verb; //!< "" for the greeting.
    std::string_view words;
    ServerProgram program;
};

/// Each program's own words (facts F14 to F18; the programs' sources).
constexpr std::array<Phrase, 28> PHRASES{{
    {"", "Microsoft ESMTP MAIL Service", ServerProgram::Exchange},
    {"", "ESMTP Postfix", ServerProgram::Postfix},
    {"", "ESMTP Sendmail", ServerProgram::Sendmail},
    {"", "ESMTP Exim", ServerProgram::Exim},
    {"EHLO", "pleased to meet you", ServerProgram::Sendmail},
    {"EHLO", " Hello [", ServerProgram::Exchange},
    {"EHLO", "X-ANONYMOUSTLS", ServerProgram::Exchange},
    {"HELO", "pleased to meet you", ServerProgram::Sendmail},
    {"HELO", " Hello [", ServerProgram::Exchange},
    {"MAIL", "2.1.0 Sender OK", ServerProgram::Exchange},
    {"MAIL", "2.1.0 Ok", ServerProgram::Postfix},
    {"MAIL", "... Sender ok", ServerProgram::Sendmail},
    {"RCPT", "2.1.5 Recipient OK", ServerProgram::Exchange},
    {"RCPT", "2.1.5 Ok", ServerProgram::Postfix},
    {"RCPT", "... Recipient ok", ServerProgram::Sendmail},
    {"RCPT", "250 Accepted", ServerProgram::Exim},
    {"RCPT", "Recipient address rejected", ServerProgram::Postfix},
    {"DATA", "Start mail input; end with", ServerProgram::Exchange},
    {"DATA", "End data with <CR><LF>.<CR><LF>", ServerProgram::Postfix},
    {"DATA", "Enter mail, end with", ServerProgram::Sendmail},
    {"DATA", "Enter message, ending with", ServerProgram::Exim},
    {"DATA", "354 go ahead", ServerProgram::Qmail},
    {".", "Queued mail for delivery", ServerProgram::Exchange},
    {".", "Ok: queued as", ServerProgram::Postfix},
    {".", "Message accepted for delivery", ServerProgram::Sendmail},
    {".", "250 OK id=", ServerProgram::Exim},
    {"QUIT", "Service closing transmission channel", ServerProgram::Exchange},
    {"QUIT", "2.0.0 Bye", ServerProgram::Postfix},
}};

/// "250 2.1.0 ..." has an enhanced status code.
bool
IsEnhanced(std::string_view reply)
{
    return reply.size() > 9 && (reply[4] == '2' || reply[4] == '4' || reply[4] == '5') &&
           reply[5] == '.' && IsDigit(reply[6]) && reply[7] == '.' && IsDigit(reply[8]);
}

std::string
FirstLine(std::string_view reply)
{
    return std::string(reply.substr(0, std::min<std::size_t>(60, reply.find('\n'))));
}

} // namespace

std::string_view
NameOfProgram(ServerProgram program)
{
    switch (program)
    {
    case ServerProgram::Exchange:
        return "Exchange";
    case ServerProgram::Postfix:
        return "Postfix";
    case ServerProgram::Sendmail:
        return "Sendmail";
    case ServerProgram::Exim:
        return "Exim";
    case ServerProgram::Qmail:
        return "qmail";
    case ServerProgram::Unknown:
        break;
    }
    return "an unknown program";
}

ServerProgram
ProgramOf(const Turn& turn)
{
    for (const Phrase& phrase : PHRASES)
    {
        if (turn.verb == phrase.verb && turn.reply.find(phrase.words) != turn.reply.npos)
        {
            return phrase.program;
        }
    }
    return ServerProgram::Unknown;
}

std::string
DialectBreak(const SmtpSession& session)
{
    ServerProgram opening = ServerProgram::Unknown;
    std::string openingWords;
    const Turn* ehlo = AcceptedEhlo(session);
    const bool offersEnhanced = !ehlo || HasKeyword(KeywordsIn(ehlo->reply), "ENHANCEDSTATUSCODES");
    for (const Turn& turn : session.turns)
    {
        const bool opens = turn.verb.empty() || turn.Is("EHLO") || turn.Is("HELO");
        const ServerProgram program = ProgramOf(turn);
        if (opens)
        {
            if (program != ServerProgram::Unknown && opening == ServerProgram::Unknown)
            {
                opening = program;
                openingWords = FirstLine(turn.reply);
            }
            continue;
        }
        if (program != ServerProgram::Unknown && opening != ServerProgram::Unknown &&
            program != opening)
        {
            return fmt::format("the session opens with the wording of {} (\"{}\") and continues "
                               "with that of {} (\"{}\")",
                               NameOfProgram(opening),
                               openingWords,
                               NameOfProgram(program),
                               FirstLine(turn.reply));
        }
        // Exchange offers the codes that it uses; without its keywords it is not Exchange that
        // answered EHLO.
        if (program == ServerProgram::Exchange && ehlo && opening == ServerProgram::Unknown &&
            !offersEnhanced && IsEnhanced(turn.reply))
        {
            return fmt::format("EHLO is answered without Exchange's words and keywords (\"{}\"), "
                               "later replies are Exchange's (\"{}\")",
                               FirstLine(ehlo->reply),
                               FirstLine(turn.reply));
        }
    }
    return {};
}

} // namespace bouncelab::detectors
