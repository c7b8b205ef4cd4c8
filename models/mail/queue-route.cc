#include "models/mail/queue-route.h"

#include <utility>

namespace bouncelab::mail
{

Router
RouterOf(AddressRouting routing)
{
    return [routing = std::move(routing)](std::string_view recipient)
    {
        RoutedAddress routed = routing.Route(recipient);
        Route route;
        route.channel =
            routed.kind == RoutedAddress::Kind::Mailbox ? Channel::Local : Channel::Remote;
        route.loops = routed.kind == RoutedAddress::Kind::Loop;
        route.address = std::move(routed.address);
        route.domain = std::move(routed.domain);
        return route;
    };
}

} // namespace bouncelab::mail
