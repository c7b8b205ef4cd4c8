#ifndef BOUNCELAB_MODELS_MAIL_QUEUE_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_QUEUE_PERSONA_H

#include "formats/describe.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::mail
{

/// How the time of the next attempt follows from the age of a message.
enum class RetrySchedule
{
    Quadratic, //!< qmail-send: birth + (integer square root of the age in seconds + skip)^2.
    Fixed,     //!< RFC 5321 4.5.4.1: the same interval again and again.
    Steps,     //!< One interval after another from a list; the last stays (Exchange, IIS).
    Age,       //!< Postfix: as long as the message has been here, between two bounds.
};

constexpr auto
EnumNames(RetrySchedule)
{
    return std::array<EnumName<RetrySchedule>, 4>{{{"quadratic", RetrySchedule::Quadratic},
                                                   {"fixed", RetrySchedule::Fixed},
                                                   {"steps", RetrySchedule::Steps},
                                                   {"age", RetrySchedule::Age}}};
}

/// When failures are reported.
enum class BounceTime
{
    AtEnd,     //!< When nothing is left to do for the message: all in one (qmail).
    AfterPass, //!< When the deliveries that were due have been tried (Postfix, Sendmail, Exchange).
};

constexpr auto
EnumNames(BounceTime)
{
    return std::array<EnumName<BounceTime>, 2>{
        {{"at-end", BounceTime::AtEnd}, {"after-pass", BounceTime::AfterPass}}};
}

/// What a program calls a message in its queue.
enum class QueueIdForm
{
    Number,
    Postfix,  //!< Microseconds and inode: "1A2B393869".
    Sendmail, //!< Time to the second and process id: "k8Q6iqHE024578".
};

constexpr auto
EnumNames(QueueIdForm)
{
    return std::array<EnumName<QueueIdForm>, 3>{{{"number", QueueIdForm::Number},
                                                 {"postfix", QueueIdForm::Postfix},
                                                 {"sendmail", QueueIdForm::Sendmail}}};
}

/// What an MTA says of an end that no server decided.
struct Verdict
{
    std::string text;       //!< {last}: the text of the last attempt; {recipient}; {local}.
    std::string status;     //!< RFC 3463; empty: that of the last attempt, as a failure.
    std::string diagnostic; //!< Like text, with its type; empty: that of the last attempt.
};

template <class Visitor>
void
Describe(Visitor& v, Verdict& w)
{
    v.Field("text",
            w.text,
            {"What it says; `{last}` is the report of the last attempt, `{recipient}` the address, "
             "`{local}` its local part, `{host}` this host."});
    v.Field("status", w.status, {"Enhanced status code; empty: that of the last attempt."});
    v.Field(
        "diagnostic",
        w.diagnostic,
        {"Diagnostic code with its type, `smtp;550 5.1.1 No`; empty: that of the last attempt."});
}

/// How a queue behaves. The defaults are qmail-send's (fact F51; qmail-send.c).
struct QueuePersona
{
    RetrySchedule schedule = RetrySchedule::Quadratic;
    std::uint32_t localSkip = 10;
    std::uint32_t remoteSkip = 20;
    Nanoseconds retryInterval{1800000000000};
    Nanoseconds longestInterval{14400000000000};
    std::vector<Nanoseconds> retrySteps;
    Nanoseconds lifetime{604800000000000};
    Nanoseconds delayNotice{0};
    std::uint32_t localConcurrency = 10;
    std::uint32_t remoteConcurrency = 20;
    std::uint32_t hopLimit = 0;
    std::string bounceFrom = "MAILER-DAEMON";
    std::string doubleBounceTo = "postmaster";
    std::string doubleBounceSender = "#@[]";
    BounceTime bounceTime = BounceTime::AtEnd;
    QueueIdForm queueId = QueueIdForm::Number;
    std::string received = "Received: (qmail {pid} invoked {how}); {date-qmail}";
    std::string receivedFrom;
    Verdict expired{
        "{last}I'm not going to try again; this message has been in the queue too long.\n",
        "",
        ""};
    Verdict tooManyHops{"Too many hops. (#5.4.6)\n", "5.4.6", ""};
    Verdict unknownMailbox{"Sorry, no mailbox here by that name. (#5.1.1)\n", "5.1.1", ""};
    Verdict loop{"Sorry. Although I'm listed as a best-preference MX or A for that host,\n"
                 "it isn't in my control/locals file, so I don't treat it as local. (#5.4.6)\n",
                 "5.4.6",
                 ""};
    Verdict directoryDown{"Unable to look the mailbox up. (#4.3.0)\n", "4.3.0", ""};
    std::uint32_t bounceUid = 87;
    std::uint32_t networkUid = 82;
};

template <class Visitor>
void
Describe(Visitor& v, QueuePersona& q)
{
    v.Field("schedule",
            q.schedule,
            {"How the time of the next attempt follows from a message's age."});
    v.Field("local-skip",
            q.localSkip,
            {"`quadratic`: added to the square root of the age, local deliveries.", "", 1, 10000});
    v.Field("remote-skip",
            q.remoteSkip,
            {"`quadratic`: the same for remote deliveries.", "", 1, 10000});
    v.Field("retry-interval",
            q.retryInterval,
            {"`fixed`: time between attempts; `age`: the least.", "", 1e9, 1e15});
    v.Field("longest-interval",
            q.longestInterval,
            {"`age`: most time between attempts.", "", 1e9, 1e15});
    v.Field("retry-steps",
            q.retrySteps,
            {"`steps`: time from the first attempt to the second, and so on; the last stays.",
             "",
             1e9,
             1e15});
    v.Field("lifetime",
            q.lifetime,
            {"A message older than this gets its last attempt.", "", 0, 1e17});
    v.Field("delay-notice",
            q.delayNotice,
            {"A sender hears once of a message older than this, after an attempt; 0 = never.",
             "",
             0,
             1e17});
    v.Field("local-concurrency",
            q.localConcurrency,
            {"Local deliveries at once.", "deliveries", 1, 1000});
    v.Field("remote-concurrency",
            q.remoteConcurrency,
            {"Remote deliveries at once.", "deliveries", 1, 1000});
    v.Field(
        "hop-limit",
        q.hopLimit,
        {"A message with more Received fields loops, and fails; 0 = not looked at.", "", 0, 1000});
    v.Field("bounce-from", q.bounceFrom, {"Local part that bounces come from."});
    v.Field("double-bounce-to",
            q.doubleBounceTo,
            {"Local part that gets bounces that bounced; empty: nobody hears of them."});
    v.Field("double-bounce-sender",
            q.doubleBounceSender,
            {"Envelope sender of those; what cannot be delivered then is dropped."});
    v.Field("bounce-time", q.bounceTime, {"When failures are reported."});
    v.Field("queue-id", q.queueId, {"What it calls a message."});
    v.Field("received",
            q.received,
            {"Received field that the queue puts before every message; empty: none. `{pid}`, "
             "`{how}` and the words of `received-from`."});
    v.Field(
        "received-from",
        q.receivedFrom,
        {"Received field of what came in by SMTP; `{helo}`, `{client}` and `{client-name}`, "
         "`{host}`, `{protocol}`, `{id}`, `{number}`, `{recipient}` (the only one; else the line "
         "is left out), `{date}`, `{date-qmail}`."});
    v.Field("expired", q.expired, {"A message that got too old."});
    v.Field("too-many-hops", q.tooManyHops, {"A message with too many hops."});
    v.Field("unknown-mailbox", q.unknownMailbox, {"No mailbox of that name."});
    v.Field("loop", q.loop, {"A foreign domain whose mail server is this host."});
    v.Field("directory-down", q.directoryDown, {"The mailbox cannot be looked up for now."});
    v.Field("bounce-uid", q.bounceUid, {"User that submits bounces."});
    v.Field("network-uid", q.networkUid, {"User that submits mail received by SMTP."});
}

/// Where a queue's counters stand at the start, and who it is.
struct QueueStart
{
    std::string hostname;
    std::vector<std::string> localDomains;
    std::uint64_t firstMessage = 100000;
    std::uint64_t firstDelivery = 1;
    std::uint32_t firstProcessId = 1000;
    std::string reportCopyTo;
};

template <class Visitor>
void
Describe(Visitor& v, QueueStart& q)
{
    v.Field("hostname", q.hostname, {"Name that bounces give as the sending program's host."});
    v.Field("local-domains", q.localDomains, {"Domains whose mail is delivered on this host."});
    v.Field("first-message", q.firstMessage, {"Lowest free message number (qmail: an inode)."});
    v.Field("first-delivery", q.firstDelivery, {"Number of the next delivery."});
    v.Field("report-copy-to",
            q.reportCopyTo,
            {"Mailbox that gets a copy of every bounce; empty: none."});
    v.Field("first-process-id",
            q.firstProcessId,
            {"Process id of the next submission.", "", 2, 99998});
}

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QUEUE_PERSONA_H
