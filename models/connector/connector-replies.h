#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_REPLIES_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_REPLIES_H

#include "formats/describe.h"

#include <string>

namespace bouncelab::connector
{

/// What a connector answers of its own; the server's persona has the rest. Words in braces as
/// there.
struct ConnectorReplies
{
    std::string notAuthenticated = "530 5.7.1 Client was not authenticated";
    std::string sendAsDenied = "550 5.7.1 Client does not have permissions to send as this sender";
    std::string unableToRelay = "550 5.7.1 Unable to relay";
    std::string userUnknown = "550 5.1.1 User unknown";
    std::string directoryDown = "451 4.3.0 Requested action aborted: directory unavailable";
    std::string queued =
        "250 2.6.0 {message-id} [InternalId={internal-id}] Queued mail for delivery";
    std::string hopCount = "554 5.4.6 Hop count exceeded - possible mail loop";
    std::string insufficientResources = "452 4.3.1 Insufficient system resources";
    std::string tooManyConnections =
        "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, "
        "closing transmission channel";
    std::string tooManyFromSource =
        "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing "
        "transmission channel";
    std::string connectionRate = "421 4.3.2 Service not available";
    std::string messageRate = "421 4.4.2 Message submission rate for this client has exceeded the "
                              "configured limit";
};

template <class Visitor>
void
Describe(Visitor& v, ConnectorReplies& r)
{
    v.Field("not-authenticated",
            r.notAuthenticated,
            {"To MAIL and AUTH without the right to submit."});
    v.Field("send-as-denied",
            r.sendAsDenied,
            {"To MAIL with a sender that the client may not use."});
    v.Field("unable-to-relay", r.unableToRelay, {"To RCPT of a domain that is not accepted."});
    v.Field("user-unknown", r.userUnknown, {"To RCPT that the look-up does not find."});
    v.Field("directory-down",
            r.directoryDown,
            {"To RCPT that the directory did not answer for (text not confirmed)."});
    v.Field("queued",
            r.queued,
            {"To a message that is taken; `{message-id}` and `{internal-id}` are its. Empty: the "
             "server's "
             "own."});
    v.Field("hop-count", r.hopCount, {"To a message with too many Received fields."});
    v.Field("insufficient-resources", r.insufficientResources, {"Under back pressure."});
    v.Field("too-many-connections",
            r.tooManyConnections,
            {"In place of the greeting (text not confirmed); closes."});
    v.Field("too-many-from-source",
            r.tooManyFromSource,
            {"In place of the greeting, for the client's address; closes."});
    v.Field("connection-rate",
            r.connectionRate,
            {"In place of the greeting, over the rate (text not confirmed); closes."});
    v.Field("message-rate", r.messageRate, {"To MAIL over the rate (text not confirmed); closes."});
}

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_REPLIES_H
