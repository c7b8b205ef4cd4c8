#ifndef BOUNCELAB_MODELS_MAIL_QUEUE_ID_H
#define BOUNCELAB_MODELS_MAIL_QUEUE_ID_H

#include "formats/clock.h"
#include "models/mail/queue-persona.h"

#include <cstdint>
#include <string>

namespace bouncelab::mail
{

/**
 * What a program calls a message. \param number of its queue file. \param processId that took the
 * message. \param taken when, by the host's clock. \param zoneSeconds its local time.
 */
std::string QueueIdOf(QueueIdForm form,
                      std::uint64_t number,
                      std::uint32_t processId,
                      WallTime taken,
                      std::int64_t zoneSeconds);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QUEUE_ID_H
