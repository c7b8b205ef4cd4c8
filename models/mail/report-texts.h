#ifndef BOUNCELAB_MODELS_MAIL_REPORT_TEXTS_H
#define BOUNCELAB_MODELS_MAIL_REPORT_TEXTS_H

#include "formats/field.h"

#include <string>

namespace bouncelab::mail
{

/**
 * What a delivery program says about an attempt, by the place where it ended. Words in braces are
 * replaced: {peer} the server's address, {name} its name, {host} the domain that was looked up,
 * {reply} the reply as `reply-line` has it or nothing, {said} the reply on one line, {recipient}
 * the address, {duplicate} `duplicate-note` or nothing. The defaults are qmail-remote's
 * (qmail-remote.c; fact F46); "\n" ends a line.
 */
struct ReportTexts
{
    std::string unknownHost = Field(&unknownHost,
                                    "unknown-host",
                                    "Sorry, I couldn't find any host named {host}. (#5.1.2)\n") |
                              "The domain does not exist.";
    std::string lookupFailed =
        Field(&lookupFailed, "lookup-failed", "CNAME lookup failed temporarily. (#4.4.3)\n") |
        "The domain cannot be looked up for now.";
    std::string noConnection =
        Field(&noConnection,
              "no-connection",
              "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n") |
        "No connection came about.";
    std::string connectionDied =
        Field(&connectionDied,
              "connection-died",
              "Connected to {peer} but connection died. {duplicate}(#4.4.2)\n") |
        "The connection ended or fell silent where a reply was due.";
    std::string duplicateNote = Field(&duplicateNote, "duplicate-note", "Possible duplicate! ") |
                                "Said when the message was out and only its reply was missing.";
    std::string greeting =
        Field(&greeting, "greeting", "Connected to {peer} but greeting failed.\n{reply}") |
        "The greeting was not good.";
    std::string hello =
        Field(&hello, "hello", "Connected to {peer} but my name was rejected.\n{reply}") |
        "HELO was refused.";
    std::string opening =
        Field(&opening, "opening") | "STARTTLS or AUTH was refused; empty = as `hello` has it.";
    std::string authNotOffered =
        Field(&authNotOffered, "auth-not-offered") |
        "The server does not offer the AUTH that is wanted; empty = as `connection-died`.";
    std::string sender =
        Field(&sender, "sender", "Connected to {peer} but sender was rejected.\n{reply}") |
        "MAIL was refused.";
    std::string recipient =
        Field(&recipient,
              "recipient",
              "{peer} does not like recipient.\n{reply}Giving up on {peer}.\n") |
        "RCPT was refused.";
    std::string data =
        Field(&data, "data", "{peer} failed on DATA command.\n{reply}") | "DATA was refused.";
    std::string message =
        Field(&message, "message", "{peer} failed after I sent the message.\n{reply}") |
        "The message was refused after its final dot.";
    std::string accepted = Field(&accepted, "accepted", "{peer} accepted message.\n{reply}") |
                           "The message was accepted.";
    std::string replyLine = Field(&replyLine, "reply-line", "Remote host said: {text}") |
                            "How a reply is quoted; {text} is the reply.";
    std::string localDelivery = Field(&localDelivery, "local-delivery", "did 1+0+0\n") |
                                "A delivery to a mailbox of the host.";
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_REPORT_TEXTS_H
