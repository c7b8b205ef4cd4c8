#ifndef BOUNCELAB_MODELS_MAIL_REMOTE_REPORT_H
#define BOUNCELAB_MODELS_MAIL_REMOTE_REPORT_H

#include "formats/address.h"
#include "models/mail/queue-event.h"
#include "models/mail/report-texts.h"
#include "models/smtp/transaction.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::mail
{

/// Where an attempt ended and what the server had said.
struct RemoteOutcome
{
    smtp::Stage stage = smtp::Stage::Connect;
    std::string host;            //!< Resolve: the domain.
    std::string name;            //!< From Connect on: the server's name, if it is known.
    std::string recipient;       //!< Whom the attempt was for.
    IpAddress peer;              //!< From Connect on.
    std::uint32_t replyCode = 0; //!< The reply that decided; 0: none did, the connection was lost.
    std::string replyText;       //!< Its lines with their codes, joined by LF.
    bool possibleDuplicate = false; //!< The message was out when the connection was lost.
    smtp::HelloStep opening = smtp::HelloStep::Hello; //!< At Stage::Hello.
    bool authNotOffered = false;
    bool lookupFailed = false; //!< Resolve: no answer, which is not an answer "no".
};

/**
 * What the queue hears of an attempt: the judgement of codes of qmail-remote 1.03 (500 and more is
 * for good, 400 and more for now; a greeting other than 220 and a HELO reply other than 250 are for
 * now), as qmail-rspawn puts the recipient's part and the message's part together.
 */
DeliveryReport RemoteReport(const RemoteOutcome& outcome, const ReportTexts& texts = {});

/// A delivery to a mailbox of the host itself.
DeliveryReport LocalDeliveryReport(const ReportTexts& texts = {});

/// The enhanced status code (RFC 3463) in a reply: "5.1.1"; empty if it has none.
std::string_view EnhancedStatusOf(std::string_view reply);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_REMOTE_REPORT_H
