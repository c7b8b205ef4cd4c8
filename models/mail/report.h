#ifndef BOUNCELAB_MODELS_MAIL_REPORT_H
#define BOUNCELAB_MODELS_MAIL_REPORT_H

#include "formats/clock.h"
#include "formats/random.h"
#include "models/mail/queue-event.h"
#include "models/mail/report-persona.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::mail
{

/// A recipient that a report tells of.
struct ReportedRecipient
{
    std::string address;
    std::string original; //!< ORCPT as it came; may be empty.
    ReportAction action = ReportAction::Failed;
    DeliveryReport last; //!< Of its last attempt.
    SimTime time{};      //!< Of that.
};

/// The message that a report is about.
struct ReportedMessage
{
    std::string sender;     //!< Envelope sender.
    std::string id;         //!< What the queue calls it.
    std::string envelopeId; //!< ENVID as it came; may be empty.
    std::string returned;   //!< RET as it came: "FULL", "HDRS" or empty.
    SimTime arrived{};
    SimTime expires{}; //!< When the queue gives up.
    Content content;
};

/// The program that reports, and the report itself.
struct Reporter
{
    std::string host;
    std::string domain;     //!< Of the host's own mail.
    std::string bounceFrom; //!< Local part.
    std::string addressee;
    HostClock clock;
    SimTime now{};
    std::string id; //!< What the queue calls the report.
    std::uint64_t number = 0;
    std::uint32_t processId = 0;
};

/**
 * A report as RFC 3464 has it, in the words of a persona; lines end in LF.
 *
 * \param recipients one or more, all of one action, or of the two of success
 * \param draws for what the persona draws: boundaries and message ids
 */
std::string ComposeReport(const ReportPersona& persona,
                          const Reporter& reporter,
                          const ReportedMessage& message,
                          const std::vector<ReportedRecipient>& recipients,
                          DrawKey draws);

/// The words that a persona has for an action.
const ReportForm& FormOf(const ReportPersona& persona, ReportAction action);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_REPORT_H
