#ifndef BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H

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

    std::string description;
    smtp::ClientPersona client;
    QueuePersona queue;
    bool returnsMail = true;
    ReportTexts reports;
    ReportPersona report;
    RoutingPersona routing;
    QueueLog log = QueueLog::Qmail;
};

template <class Visitor>
void
Describe(Visitor& v, MtaPersona& p)
{
    v.Field("description", p.description, {"The program in a few words."});
    v.Field("client", p.client, {"How it speaks SMTP."});
    v.Field("queue", p.queue, {"When it tries again, how much at once, how it bounces."});
    v.Field(
        "returns-mail",
        p.returnsMail,
        {"Mail that is refused for good goes back to its sender; a user's mail program keeps it "
         "and tries again with the next interval."});
    v.Field("reports", p.reports, {"What it says about deliveries."});
    v.Field("report", p.report, {"How it tells a sender what became of a message."});
    v.Field("log", p.log, {"How it logs what becomes of messages, where a log is kept."});
    v.Field("routing", p.routing, {"Where it takes addresses to lead."});
}

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H
