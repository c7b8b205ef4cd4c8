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
};

constexpr auto EnumNames(RetrySchedule)
{
    return std::array<EnumName<RetrySchedule>, 2>{
        {{"quadratic", RetrySchedule::Quadratic}, {"fixed", RetrySchedule::Fixed}}};
}

/// How a queue behaves. The defaults are qmail-send's (FACTS 4; qmail-send.c).
struct QueuePersona
{
    RetrySchedule schedule = RetrySchedule::Quadratic;
    std::uint32_t localSkip = 10;
    std::uint32_t remoteSkip = 20;
    Nanoseconds retryInterval{1800000000000};
    Nanoseconds lifetime{604800000000000};
    std::uint32_t localConcurrency = 10;
    std::uint32_t remoteConcurrency = 20;
    std::string bounceFrom = "MAILER-DAEMON";
    std::string doubleBounceTo = "postmaster";
    std::uint32_t bounceUid = 87;
    std::uint32_t networkUid = 82;
};

template <class Visitor>
void Describe(Visitor& v, QueuePersona& q)
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
    v.Field("retry-interval", q.retryInterval, {"`fixed`: time between attempts.", "", 1e9, 1e15});
    v.Field("lifetime",
            q.lifetime,
            {"A message older than this gets its last attempt.", "", 0, 1e17});
    v.Field("local-concurrency",
            q.localConcurrency,
            {"Local deliveries at once.", "deliveries", 1, 1000});
    v.Field("remote-concurrency",
            q.remoteConcurrency,
            {"Remote deliveries at once.", "deliveries", 1, 1000});
    v.Field("bounce-from", q.bounceFrom, {"Local part that bounces come from."});
    v.Field("double-bounce-to", q.doubleBounceTo, {"Local part that gets bounces that bounced."});
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
};

template <class Visitor>
void Describe(Visitor& v, QueueStart& q)
{
    v.Field("hostname", q.hostname, {"Name that bounces give as the sending program's host."});
    v.Field("local-domains", q.localDomains, {"Domains whose mail is delivered on this host."});
    v.Field("first-message", q.firstMessage, {"Lowest free message number (qmail: an inode)."});
    v.Field("first-delivery", q.firstDelivery, {"Number of the next delivery."});
    v.Field("first-process-id",
            q.firstProcessId,
            {"Process id of the next submission.", "", 2, 99998});
}

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_QUEUE_PERSONA_H
