#ifndef BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H

#include "formats/describe.h"
#include "models/mail/queue-persona.h"
#include "models/smtp/client-persona.h"

#include <string>

namespace bouncelab::mail
{

/// A mail transfer agent that sends: how it speaks, and how it queues. Personas are data: a file
/// each.
struct MtaPersona
{
    std::string description;
    smtp::ClientPersona client;
    QueuePersona queue;
};

template <class Visitor>
void Describe(Visitor& v, MtaPersona& m)
{
    v.Field("description", m.description, {"The program in a few words."});
    v.Field("client", m.client, {"How it speaks SMTP."});
    v.Field("queue", m.queue, {"How it queues, tries again and bounces."});
}

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MTA_PERSONA_H
