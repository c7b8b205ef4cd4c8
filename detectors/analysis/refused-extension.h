#ifndef BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_EXTENSION_H
#define BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_EXTENSION_H

#include "detectors/analysis/smtp-session.h"

#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// What a refusal of an offered command says.
enum class RefusalKind
{
    Nonsense,  //!< A code that is no answer to it at all: `200 STRIPTLS`.
    Unknown,   //!< That the command is not known, not implemented or not enabled.
    ForNow,    //!< That it cannot be had just now: 454.
    RateLimit, //!< That there is too much of it at the moment.
    Hello,     //!< EHLO is not known, and HELO is.
};

/// STARTTLS, AUTH or EHLO refused although it had been offered.
struct RefusedExtension
{
    const Turn* turn = nullptr;
    RefusalKind kind = RefusalKind::ForNow;
    std::string command;
    std::string offered; //!< "offered in the reply to EHLO", "offered by an ESMTP greeting"
};

/**
 * The first such refusal. Refused credentials, a policy's refusal, commands out of order and AUTH
 * that fails for now (454 4.7.0, a server's own trouble) are none.
 */
std::optional<RefusedExtension> FindRefusedExtension(const SmtpSession& session);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_REFUSED_EXTENSION_H
