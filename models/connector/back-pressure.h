#ifndef BOUNCELAB_MODELS_CONNECTOR_BACK_PRESSURE_H
#define BOUNCELAB_MODELS_CONNECTOR_BACK_PRESSURE_H

#include "formats/describe.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace bouncelab::connector
{

/// What a transport server watches of itself.
enum class Resource
{
    SubmissionQueue, //!< Messages that wait for the categorizer.
    VersionBuckets,  //!< Transactions of the queue database that are not committed.
    PrivateBytes,    //!< Memory of the transport service, %.
    SystemMemory,    //!< Memory of all programs, %; no effect on SMTP.
    DatabaseDisk,    //!< %
    LogDisk,         //!< %
};

constexpr std::size_t RESOURCE_COUNT = 6;

struct PressureThresholds
{
    std::uint32_t lowToMedium = 0;
    std::uint32_t mediumToHigh = 0;
    std::uint32_t highToMedium = 0;
    std::uint32_t mediumToLow = 0;
    std::uint32_t historyDepth = 0;
    std::uint32_t initial = 0;
};

template <class Visitor>
void
Describe(Visitor& v, PressureThresholds& t)
{
    v.Field("low-to-medium", t.lowToMedium, {"Medium pressure above this.", "", 0, 1e9});
    v.Field("medium-to-high", t.mediumToHigh, {"High pressure above this.", "", 0, 1e9});
    v.Field("high-to-medium", t.highToMedium, {"Medium again below this.", "", 0, 1e9});
    v.Field("medium-to-low", t.mediumToLow, {"Low again below this.", "", 0, 1e9});
    v.Field("history-depth",
            t.historyDepth,
            {"Polls that pressure may last before messages are rejected instead of delayed.",
             "polls",
             0,
             1e6});
    v.Field("initial", t.initial, {"Use of the resource at the start.", "", 0, 1e9});
}

struct BackPressureConfig
{
    Nanoseconds poll = std::chrono::seconds(2);
    Nanoseconds firstDelay = std::chrono::seconds(10);
    Nanoseconds delayStep = std::chrono::seconds(5);
    Nanoseconds longestDelay = std::chrono::seconds(55);
    bool refuseConnections = false;
    PressureThresholds submissionQueue{9999, 15000, 10000, 2000, 300, 0};
    PressureThresholds versionBuckets{999, 1500, 1000, 800, 10, 0};
    PressureThresholds privateBytes{72, 75, 73, 71, 30, 0};
    PressureThresholds systemMemory{88, 94, 89, 84, 0, 0};
    PressureThresholds databaseDisk{96, 99, 97, 94, 0, 0};
    PressureThresholds logDisk{89, 99, 90, 80, 0, 0};
};

template <class Visitor>
void
Describe(Visitor& v, BackPressureConfig& b)
{
    v.Field("poll", b.poll, {"How often resources are looked at.", "", 1e6, 3600e9});
    v.Field("first-delay", b.firstDelay, {"First delay of the reply to MAIL.", "", 0, 3600e9});
    v.Field(
        "delay-step",
        b.delayStep,
        {"Added at each poll under pressure, and taken away at each poll without.", "", 0, 3600e9});
    v.Field("longest-delay", b.longestDelay, {"Longest delay.", "", 0, 3600e9});
    v.Field("refuse-connections",
            b.refuseConnections,
            {"Refuses connections instead of messages, as Exchange 2007 does."});
    v.Field("submission-queue", b.submissionQueue, {"Messages that wait for the categorizer."});
    v.Field("version-buckets", b.versionBuckets, {"Uncommitted transactions of the queue."});
    v.Field("private-bytes", b.privateBytes, {"Memory of the transport service, in %."});
    v.Field("system-memory", b.systemMemory, {"Memory of all programs, in %."});
    v.Field("database-disk", b.databaseDisk, {"Disk of the queue database, in %."});
    v.Field("log-disk", b.logDisk, {"Disk of its transaction logs, in %."});
}

enum class Pressure
{
    Low,
    Medium,
    High,
};

/**
 * The resource monitor of a transport server (fact F24).
 *
 * Each poll raises or lowers each resource's pressure. The queues under pressure delay the reply to
 * MAIL, a step more at each poll; pressure that lasts the history depth, high pressure, and medium
 * pressure of a resource without history reject it.
 */
class BackPressure
{
  public:
    explicit BackPressure(const BackPressureConfig& config);

    void SetUse(Resource resource, std::uint32_t use, Nanoseconds now);

    /// What happens to MAIL now. \param fromExchange the client is a server of the organization,
    /// which is rejected under high pressure only.
    bool Rejects(Nanoseconds now, bool fromExchange);
    Nanoseconds Delay(Nanoseconds now);
    bool RefusesConnections(Nanoseconds now);

    Pressure PressureOf(Resource resource, Nanoseconds now);

  private:
    struct Meter
    {
        std::uint32_t use = 0;
        Pressure pressure = Pressure::Low;
        std::uint32_t polls = 0; //!< Under pressure, up to the history depth + 1.
    };

    const PressureThresholds& ThresholdsOf(std::size_t resource) const;
    void Advance(Nanoseconds now);
    bool Poll(); //!< \return whether anything changed, so that another poll may do so, too.

    BackPressureConfig m_config;
    std::array<Meter, RESOURCE_COUNT> m_meters;
    Nanoseconds m_polled{0};
    Nanoseconds m_delay{0};
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_BACK_PRESSURE_H
