#ifndef BOUNCELAB_MODELS_MAIL_QUEUE_PERSONA_H
#define BOUNCELAB_MODELS_MAIL_QUEUE_PERSONA_H

#include "formats/field.h"
#include "formats/queue-id.h"

#include <array>
#include <cstdint>
#include <optional>
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

/// What an MTA says of an end that no server decided.
struct StatusTexts
{
    std::string text = Field(&text, "text") |
                       "What it says; `{last}` is the report of the last attempt, `{recipient}` "
                       "the address, `{local}` its local part, `{host}` this host.";
    std::string status =
        Field(&status, "status") | "Enhanced status code; empty: that of the last attempt.";
    std::string diagnostic =
        Field(&diagnostic, "diagnostic") |
        "Diagnostic code with its type, `smtp;550 5.1.1 No`; empty: that of the last attempt.";
};

/// How a queue behaves. The defaults are qmail-send's (fact F51; qmail-send.c).
struct QueuePersona
{
    RetrySchedule schedule = Field(&schedule, "schedule", RetrySchedule::Quadratic) |
                             "How the time of the next attempt follows from a message's age.";
    std::uint32_t localSkip = Field(&localSkip, "local-skip", 10).Range(1, 10000) |
                              "`quadratic`: added to the square root of the age, local deliveries.";
    std::uint32_t remoteSkip = Field(&remoteSkip, "remote-skip", 20).Range(1, 10000) |
                               "`quadratic`: the same for remote deliveries.";
    Nanoseconds retryInterval =
        Field(&retryInterval, "retry-interval", Nanoseconds(1800000000000)).Range(1e9, 1e15) |
        "`fixed`: time between attempts; `age`: the least.";
    Nanoseconds longestInterval =
        Field(&longestInterval, "longest-interval", Nanoseconds(14400000000000)).Range(1e9, 1e15) |
        "`age`: most time between attempts.";
    std::vector<Nanoseconds> retrySteps =
        Field(&retrySteps, "retry-steps").Range(1e9, 1e15) |
        "`steps`: time from the first attempt to the second, and so on; the last stays.";
    Nanoseconds lifetime =
        Field(&lifetime, "lifetime", Nanoseconds(604800000000000)).Range(0, 1e17) |
        "A message older than this gets its last attempt.";
    Nanoseconds delayNotice =
        Field(&delayNotice, "delay-notice").Range(0, 1e17) |
        "A sender hears once of a message older than this, after an attempt; 0 = never.";
    std::uint32_t localConcurrency =
        Field(&localConcurrency, "local-concurrency", 10).Unit("deliveries").Range(1, 1000) |
        "Local deliveries at once.";
    std::uint32_t remoteConcurrency =
        Field(&remoteConcurrency, "remote-concurrency", 20).Unit("deliveries").Range(1, 1000) |
        "Remote deliveries at once.";
    std::uint32_t hopLimit =
        Field(&hopLimit, "hop-limit").Range(0, 1000) |
        "A message with more Received fields loops, and fails; 0 = not looked at.";
    bool sync = Field(&sync, "sync", true) |
                "What it takes over is on the disk before it says so (fsync); else it gets there "
                "with the host's `disk.write-back`, and is lost if power goes before.";
    bool retryAtStart = Field(&retryAtStart, "retry-at-start", true) |
                        "A program that begins tries at once what waits in its queue.";
    Nanoseconds reportRetry =
        Field(&reportRetry, "report-retry", Nanoseconds(123000000000)).Range(1e9, 1e15) |
        "Until it tries again to make a report that the disk had no room for.";
    std::string bounceFrom =
        Field(&bounceFrom, "bounce-from", "MAILER-DAEMON") | "Local part that bounces come from.";
    std::string doubleBounceTo =
        Field(&doubleBounceTo, "double-bounce-to", "postmaster") |
        "Local part that gets bounces that bounced; empty: nobody hears of them.";
    std::string doubleBounceSender =
        Field(&doubleBounceSender, "double-bounce-sender", "#@[]") |
        "Envelope sender of those; what cannot be delivered then is dropped.";
    BounceTime bounceTime =
        Field(&bounceTime, "bounce-time", BounceTime::AtEnd) | "When failures are reported.";
    QueueIdForm queueId =
        Field(&queueId, "queue-id", QueueIdForm::Number) | "What it calls a message.";
    std::string received =
        Field(&received, "received", "Received: (qmail {pid} invoked {how}); {date-qmail}") |
        "Received field that the queue puts before every message; empty: none. `{pid}`, `{how}` "
        "and the words of `received-from`.";
    std::string receivedFrom =
        Field(&receivedFrom, "received-from") |
        "Received field of what came in by SMTP; `{helo}`, `{client}` and `{client-name}`, "
        "`{host}`, `{protocol}`, `{id}`, `{number}`, `{recipient}` (the only one; else the line is "
        "left out), `{date}`, `{date-qmail}`.";
    StatusTexts expired =
        Field(&expired,
              "expired",
              {"{last}I'm not going to try again; this message has been in the queue too long.\n",
               "",
               ""}) |
        "A message that got too old.";
    StatusTexts tooManyHops =
        Field(&tooManyHops, "too-many-hops", {"Too many hops. (#5.4.6)\n", "5.4.6", ""}) |
        "A message with too many hops.";
    StatusTexts unknownMailbox =
        Field(&unknownMailbox,
              "unknown-mailbox",
              {"Sorry, no mailbox here by that name. (#5.1.1)\n", "5.1.1", ""}) |
        "No mailbox of that name.";
    StatusTexts loop =
        Field(&loop,
              "loop",
              {"Sorry. Although I'm listed as a best-preference MX or A for that host,\n"
               "it isn't in my control/locals file, so I don't treat it as local. (#5.4.6)\n",
               "5.4.6",
               ""}) |
        "A foreign domain whose mail server is this host.";
    StatusTexts directoryDown = Field(&directoryDown,
                                      "directory-down",
                                      {"Unable to look the mailbox up. (#4.3.0)\n", "4.3.0", ""}) |
                                "The mailbox cannot be looked up for now.";
    std::uint32_t bounceUid = Field(&bounceUid, "bounce-uid", 87) | "User that submits bounces.";
    std::uint32_t networkUid =
        Field(&networkUid, "network-uid", 82) | "User that submits mail received by SMTP.";
};

/// Where a queue's counters stand at the start, and who it is. What is not given is drawn: the
/// program and its machine have been running for a while.
struct QueueStart
{
    std::string hostname =
        Field(&hostname, "hostname") | "Name that bounces give as the sending program's host.";
    std::vector<std::string> localDomains =
        Field(&localDomains, "local-domains") | "Domains whose mail is delivered on this host.";
    std::optional<std::uint64_t> firstMessage =
        Field(&firstMessage, "first-message") |
        "Lowest free message number (qmail: an inode); not given = drawn.";
    std::optional<std::uint64_t> firstDelivery =
        Field(&firstDelivery, "first-delivery") | "Number of the next delivery; not given = drawn.";
    std::string reportCopyTo = Field(&reportCopyTo, "report-copy-to") |
                               "Mailbox that gets a copy of every bounce; empty: none.";
    std::optional<std::uint32_t> firstProcessId =
        Field(&firstProcessId, "first-process-id").Range(2, 99998) |
        "Process id of the next submission; not given = drawn.";
};

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QUEUE_PERSONA_H
