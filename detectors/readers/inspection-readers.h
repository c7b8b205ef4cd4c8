#ifndef BOUNCELAB_DETECTORS_READERS_INSPECTION_READERS_H
#define BOUNCELAB_DETECTORS_READERS_INSPECTION_READERS_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"
#include "formats/duration.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// What administrators' tools print on Exchange servers and domain controllers.
namespace bouncelab::detectors
{

/// A queue of an Exchange server, by `Get-Queue | fl`.
struct QueueStatus
{
    std::uint32_t line = 0; //!< Of its last error; else of its first line.
    std::string text;
    std::string identity; //!< "HUB1\\1"
    std::string nextHop;
    std::string status;                //!< "Retry"
    std::string lastError;             //!< Lines that the console broke are joined.
    std::optional<WallTime> lastRetry; //!< Local time.
};

/// Finds queues that `Get-Queue` lists with all their properties, in any order.
class QueueReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const QueueStatus&)>;

    explicit QueueReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "Get-Queue"; }

  private:
    bool TakeProperty(std::uint32_t number, std::string_view text);

    Handler m_handler;
    QueueStatus m_open;
    bool m_isOpen = false;
    bool m_inError = false;
};

/// How far a clock is from another, by `w32tm`.
struct ClockReading
{
    std::uint32_t line = 0;
    std::string text;
    std::string host;      //!< Whose clock it is: "dc2.example.com"
    std::string reference; //!< Which it is compared with; empty = that of the host that asked.
    Nanoseconds ahead{};   //!< What the host's clock is ahead of the reference's.
    std::optional<WallTime> time; //!< By the clock of the host that asked, local.
};

/// Finds what `w32tm /stripchart` and `w32tm /monitor` print.
class ClockReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ClockReading&)>;

    explicit ClockReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "w32tm"; }

  private:
    bool ReadSample(std::uint32_t number, std::string_view text);
    bool ReadMonitor(std::uint32_t number, std::string_view text);

    Handler m_handler;
    std::string m_tracked;   //!< The host that a strip chart is about.
    std::string m_monitored; //!< The host that a line of /monitor has named last.
    std::optional<WallTime> m_time;
};

/// A service's name that an account has, or an account with none (`setspn`).
struct RegisteredName
{
    std::uint32_t line = 0;
    std::string text;
    std::string account; //!< "HUB2", of CN=HUB2,CN=Computers,DC=example,DC=com
    std::string name;    //!< In lower case: "smtpsvc/hub2.example.com"; empty = a list begins here.
};

/// Finds what `setspn -L`, `-Q` and `-X` print.
class ServiceNameReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const RegisteredName&)>;

    explicit ServiceNameReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "setspn"; }

  private:
    Handler m_handler;
    std::string m_account; //!< Whose names follow.
    std::string m_name;    //!< Whose accounts follow.
};

/// A domain controller and one that it takes changes from, by `repadmin /showrepl`.
struct ReplicaLink
{
    std::uint32_t line = 0; //!< Of the last attempt.
    std::string text;
    std::string controller;     //!< "DC1"
    std::string source;         //!< "DC2"
    bool hasFailed = false;     //!< The last attempt.
    std::uint32_t failures = 0; //!< In a row.
    std::string lastSuccess;    //!< "(never)", "2010-01-04 09:35:00"; empty = not told.
};

/// Finds what `repadmin /showrepl` prints.
class ReplicationReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const ReplicaLink&)>;

    explicit ReplicationReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "repadmin"; }

  private:
    void Flush();

    Handler m_handler;
    std::string m_controller;
    std::string m_source;
    bool m_isNamed = true; //!< Else the next line with words names the controller.
    bool m_isOpen = false; //!< An attempt was read.
    ReplicaLink m_open;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_INSPECTION_READERS_H
