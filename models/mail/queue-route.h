#ifndef BOUNCELAB_MODELS_MAIL_QUEUE_ROUTE_H
#define BOUNCELAB_MODELS_MAIL_QUEUE_ROUTE_H

#include "models/mail/address-routing.h"
#include "models/mail/queue-event.h"

#include <functional>
#include <string>
#include <string_view>

namespace bouncelab::mail
{

/// Where a recipient's mail goes.
struct Route
{
    Channel channel = Channel::Remote;
    std::string address; //!< To deliver to: a mailbox, or what the next server is given.
    std::string domain;  //!< Remote: whose mail server is asked.
    bool loops = false;  //!< It leads back to this host, and so fails at once.
};

/// \param recipient as the message was accepted for it: a mailbox, with its source route if it came
/// with one ("@a,@b:user@c").
using Router = std::function<Route(std::string_view recipient)>;

/// Mailboxes of local domains on the local channel, whether they exist or not.
Router RouterOf(AddressRouting routing);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QUEUE_ROUTE_H
