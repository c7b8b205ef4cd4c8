#ifndef BOUNCELAB_MODELS_PROBE_PATH_PROBER_CONFIG_H
#define BOUNCELAB_MODELS_PROBE_PATH_PROBER_CONFIG_H

#include "formats/field.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::probe
{

/// How a path is probed by TTL-limited packets. Times are CenTrace's defaults.
struct PathProberConfig
{
    std::vector<std::string> lines =
        Field(&lines, "lines") |
        "What a probe says, all in one segment; `KEYWORD` stands for one of the two keywords.";
    std::string keyword =
        Field(&keyword, "keyword").Required() | "What is tested, in the place of `KEYWORD`.";
    std::string control = Field(&control, "control").Required() |
                          "What stands there in control runs, which differ in nothing else.";
    bool awaitsGreeting = Field(&awaitsGreeting, "awaits-greeting", true) |
                          "Has the server speak first, as SMTP wants it.";
    std::uint8_t firstTtl =
        Field(&firstTtl, "first-ttl", 1).Range(1, 64) | "TTL of a run's first probe.";
    std::uint8_t lastTtl = Field(&lastTtl, "last-ttl", 63).Range(1, 64) |
                           "TTL up to which a run goes that nothing but routers answers.";
    std::uint8_t repetitions = Field(&repetitions, "repetitions", 3).Range(1, 11) |
                               "Control runs, and as many with the keyword when these are over.";
    Nanoseconds wait = Field(&wait, "wait", std::chrono::seconds(3)).Range(1e6, 60e9) |
                       "How long it waits for anything.";
    Nanoseconds interval = Field(&interval, "interval", std::chrono::seconds(3)).Range(0, 3600e9) |
                           "From the end of a probe to the next one.";
    Nanoseconds separation =
        Field(&separation, "separation", std::chrono::seconds(120)).Range(0, 86400e9) |
        "From the end of a run to the next one, so that what a device remembers is over.";
};

/// What is wrong with a prober beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckPathProber(const PathProberConfig& config);

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_PATH_PROBER_CONFIG_H
