#ifndef BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H

#include "models/mail/failover-persona.h"
#include "models/mail/queue-persona.h"
#include "models/mail/report-persona.h"
#include "models/mail/report-texts.h"
#include "models/mail/routing-persona.h"
#include "models/smtp/client-persona.h"

#include <array>
#include <string>
#include <string_view>

namespace bouncelab::mail
{

/// How a mail program logs what becomes of messages.
enum class QueueLog
{
    Qmail,
    Sendmail,
    Barracuda,
};

constexpr auto
EnumNames(QueueLog)
{
    return std::array<EnumName<QueueLog>, 3>{{{"qmail", QueueLog::Qmail},
                                              {"sendmail", QueueLog::Sendmail},
                                              {"barracuda", QueueLog::Barracuda}}};
}

/// What a host that sends mail runs: the program that speaks SMTP, and the queue behind it.
struct MtaPersona
{
    static constexpr std::string_view FOLDER = "mtas"; //!< Of personas.

    std::string description = Field(&description, "description") | "The program in a few words.";
    smtp::ClientPersona client = Field(&client, "client") | "How it speaks SMTP.";
    std::string helloWithoutName =
        Field(&helloWithoutName, "hello-without-name") |
        "What it greets as where its relay is set up by address and not by name; empty = as "
        "always, by its host's name.";
    QueuePersona queue =
        Field(&queue, "queue") | "When it tries again, how much at once, how it bounces.";
    bool returnsMail = Field(&returnsMail, "returns-mail", true) |
                       "Mail that is refused for good goes back to its sender; a user's mail "
                       "program keeps it and tries again with the next interval.";
    FailoverPersona failover =
        Field(&failover, "failover") | "How it goes through several hosts that take the same mail.";
    ReportTexts reports = Field(&reports, "reports") | "What it says about deliveries.";
    ReportPersona report =
        Field(&report, "report") | "How it tells a sender what became of a message.";
    QueueLog log = Field(&log, "log", QueueLog::Qmail) |
                   "How it logs what becomes of messages, where a log is kept.";
    RoutingPersona routing = Field(&routing, "routing") | "Where it takes addresses to lead.";
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H
