#ifndef BOUNCELAB_MODELS_SERVICE_DIRECTORY_CONFIG_H
#define BOUNCELAB_MODELS_SERVICE_DIRECTORY_CONFIG_H

#include "formats/describe.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::service
{

/// Time from client to directory and back, without queueing.
struct LookupLatency
{
    Nanoseconds base = std::chrono::milliseconds(1);
    Nanoseconds jitter = std::chrono::milliseconds(2);
    std::uint32_t slowPerMillion = 0;
    Nanoseconds slow = std::chrono::milliseconds(200);
};

template <class Visitor>
void
Describe(Visitor& v, LookupLatency& l)
{
    v.Field("base", l.base, {"Shortest time.", "", 0, 3600e9});
    v.Field("jitter", l.jitter, {"Uniform addition to it, drawn each time.", "", 0, 3600e9});
    v.Field("slow-per-million",
            l.slowPerMillion,
            {"Lookups that take `slow` on top of it (a page not in memory).", "", 0, 1e6});
    v.Field("slow", l.slow, {"What these take on top.", "", 0, 3600e9});
}

/**
 * A directory as its clients see it: replicas that work off one question after another, each from a
 * queue of its own. Everything here is a state at the start or a rate; when load makes lookups
 * slow, or takes a replica down, follows.
 */
struct DirectoryConfig
{
    std::uint32_t replicas = 1;
    std::uint32_t lookupsPerSecond = 500;
    std::uint32_t queue = 1000;
    LookupLatency latency;
    Nanoseconds timeout = std::chrono::seconds(10);
    std::uint32_t failedAtStart = 0;
    Nanoseconds meanUptime{0};
    Nanoseconds meanRepair = std::chrono::minutes(10);
    Nanoseconds collapseAfter{0};
    bool silentWhenDown = true;
    Nanoseconds sampleInterval = std::chrono::seconds(10);
};

template <class Visitor>
void
Describe(Visitor& v, DirectoryConfig& d)
{
    v.Field("replicas", d.replicas, {"Servers that hold the directory.", "", 1, 100});
    v.Field("lookups-per-second",
            d.lookupsPerSecond,
            {"What one replica works off.", "lookups/s", 1, 1e9});
    v.Field("queue", d.queue, {"Lookups that wait at one replica; more are refused.", "", 0, 1e6});
    v.Field("latency", d.latency, {"Time on top of waiting and working."});
    v.Field("timeout", d.timeout, {"How long a client waits for an answer.", "", 1e6, 3600e9});
    v.Field("failed-at-start",
            d.failedAtStart,
            {"Replicas that are down when the run begins, until they are repaired.", "", 0, 100});
    v.Field("mean-uptime",
            d.meanUptime,
            {"Mean time to a failure of a replica that nothing caused; 0 = none happens.",
             "",
             0,
             1e18});
    v.Field("mean-repair",
            d.meanRepair,
            {"Mean time until a replica that is down runs again; 0 = never.", "", 0, 1e18});
    v.Field("collapse-after",
            d.collapseAfter,
            {"A replica goes down when it has been overloaded for so long: from the first refusal "
             "on, until its queue is half empty again; 0 = never.",
             "",
             0,
             1e15});
    v.Field("silent-when-down",
            d.silentWhenDown,
            {"A replica that is down answers nothing, as a host that is off; else it refuses "
             "connections, as a host without the service."});
    v.Field("sample-interval", d.sampleInterval, {"How often its load is noted.", "", 1e6, 1e15});
}

/// What is wrong with a directory beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckDirectory(const DirectoryConfig& config);

} // namespace bouncelab::service

#endif // BOUNCELAB_MODELS_SERVICE_DIRECTORY_CONFIG_H
