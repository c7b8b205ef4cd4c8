#ifndef BOUNCELAB_MODELS_MAIL_RETRY_SCHEDULE_H
#define BOUNCELAB_MODELS_MAIL_RETRY_SCHEDULE_H

#include "models/mail/queue-event.h"
#include "models/mail/queue-persona.h"

#include <cstdint>

namespace bouncelab::mail
{

/// A channel of a message whose deliveries are tried now.
struct RetryPoint
{
    Channel channel = Channel::Remote;
    std::int64_t birthSecond = 0; //!< When the message came in, by the host's clock.
    std::int64_t nowSecond = 0;
    std::uint32_t attempt = 1; //!< Which one this is, from 1.
};

/// The second of the next attempt, if this one does not end the matter; after `nowSecond` but for a
/// clock that went backwards.
std::int64_t NextAttemptSecond(const QueuePersona& persona, const RetryPoint& point);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_RETRY_SCHEDULE_H
