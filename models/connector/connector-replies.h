#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_REPLIES_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_REPLIES_H

#include "formats/field.h"

#include <string>

namespace bouncelab::connector
{

/// What a connector answers of its own; the server's persona has the rest. Words in braces as
/// there.
struct ConnectorReplies
{
    std::string notAuthenticated =
        Field(&notAuthenticated, "not-authenticated", "530 5.7.1 Client was not authenticated") |
        "To MAIL and AUTH without the right to submit.";
    std::string temporaryAuthFailure = Field(&temporaryAuthFailure,
                                             "temporary-auth-failure",
                                             "454 4.7.0 Temporary authentication failure") |
                                       "To a token of another server that does not prove it.";
    std::string tlsRate =
        Field(&tlsRate,
              "tls-rate",
              "454 4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server") |
        "To STARTTLS over the rate (text not confirmed).";
    std::string sendAsDenied =
        Field(&sendAsDenied,
              "send-as-denied",
              "550 5.7.1 Client does not have permissions to send as this sender") |
        "To MAIL with a sender that the client may not use.";
    std::string unableToRelay =
        Field(&unableToRelay, "unable-to-relay", "550 5.7.1 Unable to relay") |
        "To RCPT of a domain that is not accepted.";
    std::string userUnknown = Field(&userUnknown, "user-unknown", "550 5.1.1 User unknown") |
                              "To RCPT that the look-up does not find.";
    std::string directoryDown =
        Field(&directoryDown,
              "directory-down",
              "451 4.3.0 Requested action aborted: directory unavailable") |
        "To RCPT that the directory did not answer for (text not confirmed).";
    std::string queued =
        Field(&queued,
              "queued",
              "250 2.6.0 {message-id} [InternalId={internal-id}] Queued mail for delivery") |
        "To a message that is taken; `{message-id}` and `{internal-id}` are its. Empty: the "
        "server's own.";
    std::string hopCount =
        Field(&hopCount, "hop-count", "554 5.4.6 Hop count exceeded - possible mail loop") |
        "To a message with too many Received fields.";
    std::string insufficientResources = Field(&insufficientResources,
                                              "insufficient-resources",
                                              "452 4.3.1 Insufficient system resources") |
                                        "Under back pressure.";
    std::string tooManyConnections =
        Field(&tooManyConnections,
              "too-many-connections",
              "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, "
              "closing transmission channel") |
        "In place of the greeting (text not confirmed); closes.";
    std::string tooManyFromSource =
        Field(
            &tooManyFromSource,
            "too-many-from-source",
            "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing "
            "transmission channel") |
        "In place of the greeting, for the client's address; closes.";
    std::string connectionRate =
        Field(&connectionRate, "connection-rate", "421 4.3.2 Service not available") |
        "In place of the greeting, over the rate (text not confirmed); closes.";
    std::string messageRate =
        Field(&messageRate,
              "message-rate",
              "421 4.4.2 Message submission rate for this client has exceeded the "
              "configured limit") |
        "To MAIL over the rate (text not confirmed); closes.";
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_REPLIES_H
