#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SESSION_REPLIES_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SESSION_REPLIES_H

#include "detectors/analysis/smtp-session.h"
#include "detectors/readers/server-logs.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// What ReportedReply::program is for a captured session.
constexpr const char* CAPTURE = "capture";
constexpr const char* PRINTED_PACKETS = "printed packets";
/// And its stage, where a capture shows that the client had been silent for long.
constexpr std::string_view SILENCE = "silence";

/**
 * The replies of class 4 and 5 by which a session refuses mail: at the greeting, EHLO, AUTH, MAIL,
 * RCPT, DATA and the message. Left out are an EHLO after which HELO was taken, STARTTLS and what
 * else is tried and may be missing, errors that follow from a refusal before them, and commands
 * that were mistyped and then taken. In captures, frames stand for lines.
 */
std::vector<InFile<ReportedReply>> RefusalsOf(const SmtpSession& session);

/// Whether a command that was mistyped, or came too early, is taken a little later.
bool IsMended(const std::vector<Turn>& turns, std::size_t index);

/// Whether a recorded dialog has begun before a line of its file, and has a sender or a recipient
/// accepted behind it: what was refused there was tried once more.
bool GoesOnBehind(const SmtpSession& session, const std::string& file, std::uint32_t line);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SESSION_REPLIES_H
