#ifndef BOUNCELAB_MODELS_MAIL_REPORT_TEXTS_H
#define BOUNCELAB_MODELS_MAIL_REPORT_TEXTS_H

#include "formats/describe.h"

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
    std::string unknownHost = "Sorry, I couldn't find any host named {host}. (#5.1.2)\n";
    std::string lookupFailed = "CNAME lookup failed temporarily. (#4.4.3)\n";
    std::string noConnection = "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\n";
    std::string connectionDied = "Connected to {peer} but connection died. {duplicate}(#4.4.2)\n";
    std::string duplicateNote = "Possible duplicate! ";
    std::string greeting = "Connected to {peer} but greeting failed.\n{reply}";
    std::string hello = "Connected to {peer} but my name was rejected.\n{reply}";
    std::string sender = "Connected to {peer} but sender was rejected.\n{reply}";
    std::string recipient = "{peer} does not like recipient.\n{reply}Giving up on {peer}.\n";
    std::string data = "{peer} failed on DATA command.\n{reply}";
    std::string message = "{peer} failed after I sent the message.\n{reply}";
    std::string accepted = "{peer} accepted message.\n{reply}";
    std::string replyLine = "Remote host said: {text}";
    std::string localDelivery = "did 1+0+0\n";
};

template <class Visitor>
void
Describe(Visitor& v, ReportTexts& t)
{
    v.Field("unknown-host", t.unknownHost, {"The domain does not exist."});
    v.Field("lookup-failed", t.lookupFailed, {"The domain cannot be looked up for now."});
    v.Field("no-connection", t.noConnection, {"No connection came about."});
    v.Field("connection-died",
            t.connectionDied,
            {"The connection ended or fell silent where a reply was due."});
    v.Field("duplicate-note",
            t.duplicateNote,
            {"Said when the message was out and only its reply was missing."});
    v.Field("greeting", t.greeting, {"The greeting was not good."});
    v.Field("hello", t.hello, {"HELO was refused."});
    v.Field("sender", t.sender, {"MAIL was refused."});
    v.Field("recipient", t.recipient, {"RCPT was refused."});
    v.Field("data", t.data, {"DATA was refused."});
    v.Field("message", t.message, {"The message was refused after its final dot."});
    v.Field("accepted", t.accepted, {"The message was accepted."});
    v.Field("reply-line", t.replyLine, {"How a reply is quoted; {text} is the reply."});
    v.Field("local-delivery", t.localDelivery, {"A delivery to a mailbox of the host."});
}

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_REPORT_TEXTS_H
