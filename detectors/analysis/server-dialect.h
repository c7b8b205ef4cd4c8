#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SERVER_DIALECT_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SERVER_DIALECT_H

#include "detectors/analysis/smtp-session.h"

#include <string>

namespace bouncelab::detectors
{

/// Mail servers that are known by their words.
enum class ServerProgram
{
    Unknown,
    Exchange,
    Postfix,
    Sendmail,
    Exim,
    Qmail,
};

std::string_view NameOfProgram(ServerProgram program);

/// The program whose words a reply is made of, as shipped; Unknown for words that many share.
ServerProgram ProgramOf(const Turn& turn);

/**
 * How the opening of a session (greeting, EHLO or HELO reply) speaks another dialect than its other
 * replies: another program's words, or enhanced status codes that were never offered. One clause,
 * empty if one server may have said it all.
 */
std::string DialectBreak(const SmtpSession& session);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SERVER_DIALECT_H
