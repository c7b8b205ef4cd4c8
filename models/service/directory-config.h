#ifndef BOUNCELAB_MODELS_SERVICE_DIRECTORY_CONFIG_H
#define BOUNCELAB_MODELS_SERVICE_DIRECTORY_CONFIG_H

#include "formats/field.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::service
{

/// Time from client to directory and back, without queueing.
struct LookupLatency
{
    Nanoseconds base =
        Field(&base, "base", std::chrono::milliseconds(1)).Range(0, 3600e9) | "Shortest time.";
    Nanoseconds jitter = Field(&jitter, "jitter", std::chrono::milliseconds(2)).Range(0, 3600e9) |
                         "Uniform addition to it, drawn each time.";
    std::uint32_t slowPerMillion = Field(&slowPerMillion, "slow-per-million").Range(0, 1e6) |
                                   "Lookups that take `slow` on top of it (a page not in memory).";
    Nanoseconds slow = Field(&slow, "slow", std::chrono::milliseconds(200)).Range(0, 3600e9) |
                       "What these take on top.";
};

/**
 * A directory as its clients see it: replicas that work off one question after another, each from a
 * queue of its own. Everything here is a state at the start or a rate; when load makes lookups
 * slow, or takes a replica down, follows.
 */
struct DirectoryConfig
{
    std::uint32_t replicas =
        Field(&replicas, "replicas", 1).Range(1, 100) | "Servers that hold the directory.";
    std::uint32_t lookupsPerSecond =
        Field(&lookupsPerSecond, "lookups-per-second", 500).Unit("lookups/s").Range(1, 1e9) |
        "What one replica works off.";
    std::uint32_t queue = Field(&queue, "queue", 1000).Range(0, 1e6) |
                          "Lookups that wait at one replica; more are refused.";
    LookupLatency latency = Field(&latency, "latency") | "Time on top of waiting and working.";
    Nanoseconds timeout = Field(&timeout, "timeout", std::chrono::seconds(10)).Range(1e6, 3600e9) |
                          "How long a client waits for an answer.";
    std::uint32_t failedAtStart =
        Field(&failedAtStart, "failed-at-start").Range(0, 100) |
        "Replicas that are down when the run begins, until they are repaired.";
    Nanoseconds meanUptime =
        Field(&meanUptime, "mean-uptime").Range(0, 1e18) |
        "Mean time to a failure of a replica that nothing caused; 0 = none happens.";
    Nanoseconds meanRepair =
        Field(&meanRepair, "mean-repair", std::chrono::minutes(10)).Range(0, 1e18) |
        "Mean time until a replica that is down runs again; 0 = never.";
    Nanoseconds collapseAfter =
        Field(&collapseAfter, "collapse-after").Range(0, 1e15) |
        "A replica goes down when it has been overloaded for so long: from the first refusal on, "
        "until its queue is half empty again; 0 = never.";
    bool silentWhenDown = Field(&silentWhenDown, "silent-when-down", true) |
                          "A replica that is down answers nothing, as a host that is off; else it "
                          "refuses connections, as a host without the service.";
    Nanoseconds sampleInterval =
        Field(&sampleInterval, "sample-interval", std::chrono::seconds(10)).Range(1e6, 1e15) |
        "How often its load is noted.";
};

/// What is wrong with a directory beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckDirectory(const DirectoryConfig& config);

} // namespace bouncelab::service

#endif // BOUNCELAB_MODELS_SERVICE_DIRECTORY_CONFIG_H
