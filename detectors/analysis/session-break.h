#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SESSION_BREAK_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SESSION_BREAK_H

#include "detectors/analysis/smtp-session.h"
#include "detectors/flow/flow.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// Where and how a session ended that was to go on.
struct SessionBreak
{
    enum class How
    {
        Refused,      //!< A reset answers the SYN.
        Reset,        //!< From the server's side.
        End,          //!< A FIN from the server's side, without a word.
        ClosedWindow, //!< The server's side takes no more bytes, for as long as it is seen.
        Waited,       //!< The client gives up waiting for words that it is owed.
        Silence,      //!< Nothing comes any more, however often the client sends its last words.
        Logged,       //!< A log's words.
    };

    How how = How::Reset;
    std::string stage; //!< "connect", "greeting", "EHLO", "TLS", "MAIL", "RCPT", "DATA", "content":
                       //!< what has no answer yet; "after MAIL"; "words unknown".
    EvidenceRef at;    //!< The segment or row that shows it; of several, the first.
    std::string words; //!< Logged: as the log has them.
    std::uint32_t segments = 0; //!< ClosedWindow: that close it; Silence: that say the same.
    std::int64_t lastedNs = 0;  //!< From the first of them to the last.
    bool endsDeaf = false;      //!< Silence: the server ends the connection, and acknowledges none.
    /// Reset, End and ClosedWindow: that of the server's other segments.
    std::optional<bool> hasUsualTtl;
};

/// Whether the last words that are known of a session want others.
bool IsUnfinished(const SmtpSession& session);

/**
 * Of a connection to a mail port: who opened it and spoke or was to speak SMTP. An end after QUIT,
 * after a last word of the server (221, 4yz, 5yz) or between two messages is none, nor is one that
 * the client begins, or the server after a minute in which it owed no answer, or that of a server
 * in whose name somebody else has answered the SYN, too.
 *
 * \param session of the flow; null where nobody speaks SMTP
 */
std::optional<SessionBreak> BreakOf(const Flow& flow, const SmtpSession* session);

/// The same of a session of a log that its client keeps.
std::optional<SessionBreak> BreakOf(const SmtpSession& logged);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SESSION_BREAK_H
