#ifndef BOUNCELAB_MODELS_CONNECTOR_BACK_PRESSURE_H
#define BOUNCELAB_MODELS_CONNECTOR_BACK_PRESSURE_H

#include "formats/field.h"

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
    std::uint32_t lowToMedium =
        Field(&lowToMedium, "low-to-medium").Range(0, 1e9) | "Medium pressure above this.";
    std::uint32_t mediumToHigh =
        Field(&mediumToHigh, "medium-to-high").Range(0, 1e9) | "High pressure above this.";
    std::uint32_t highToMedium =
        Field(&highToMedium, "high-to-medium").Range(0, 1e9) | "Medium again below this.";
    std::uint32_t mediumToLow =
        Field(&mediumToLow, "medium-to-low").Range(0, 1e9) | "Low again below this.";
    std::uint32_t historyDepth =
        Field(&historyDepth, "history-depth").Unit("polls").Range(0, 1e6) |
        "Polls that pressure may last before messages are rejected instead of delayed.";
    std::uint32_t initial =
        Field(&initial, "initial").Range(0, 1e9) | "Use of the resource at the start.";
};

struct BackPressureConfig
{
    Nanoseconds poll = Field(&poll, "poll", std::chrono::seconds(2)).Range(1e6, 3600e9) |
                       "How often resources are looked at.";
    Nanoseconds firstDelay =
        Field(&firstDelay, "first-delay", std::chrono::seconds(10)).Range(0, 3600e9) |
        "First delay of the reply to MAIL.";
    Nanoseconds delayStep =
        Field(&delayStep, "delay-step", std::chrono::seconds(5)).Range(0, 3600e9) |
        "Added at each poll under pressure, and taken away at each poll without.";
    Nanoseconds longestDelay =
        Field(&longestDelay, "longest-delay", std::chrono::seconds(55)).Range(0, 3600e9) |
        "Longest delay.";
    bool refuseConnections = Field(&refuseConnections, "refuse-connections") |
                             "Refuses connections instead of messages, as Exchange 2007 does.";
    PressureThresholds submissionQueue =
        Field(&submissionQueue, "submission-queue", {9999, 15000, 10000, 2000, 300, 0}) |
        "Messages that wait for the categorizer.";
    PressureThresholds versionBuckets =
        Field(&versionBuckets, "version-buckets", {999, 1500, 1000, 800, 10, 0}) |
        "Uncommitted transactions of the queue.";
    PressureThresholds privateBytes =
        Field(&privateBytes, "private-bytes", {72, 75, 73, 71, 30, 0}) |
        "Memory of the transport service, in %.";
    PressureThresholds systemMemory =
        Field(&systemMemory, "system-memory", {88, 94, 89, 84, 0, 0}) |
        "Memory of all programs, in %.";
    PressureThresholds databaseDisk =
        Field(&databaseDisk, "database-disk", {96, 99, 97, 94, 0, 0}) |
        "Disk of the queue database, in %.";
    PressureThresholds logDisk =
        Field(&logDisk, "log-disk", {89, 99, 90, 80, 0, 0}) | "Disk of its transaction logs, in %.";
};

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
