#ifndef BOUNCELAB_DETECTORS_READERS_MAIL_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_MAIL_LOG_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// A recipient that a mail host gave up on, with what the remote host is said to have answered.
struct LoggedRefusal
{
    std::uint32_t line = 0;            //!< From 1.
    std::string text;                  //!< The line as it stands, without its line end.
    std::optional<HostAddress> remote; //!< Nothing where the document masks it.
    std::string reply; //!< "500 error"; lines of a longer reply joined by one space.
    /// By the host's own clock; a bounce has none.
    std::optional<WallTime> time;
    /// The calendar stamp of the same line, read as if it were UTC, and its distance to time: the
    /// host's time zone. Nothing where a line has only one of the two.
    std::optional<Nanoseconds> zone;
};

/// How a delivery ended, as a line of qmail-send's log has it.
struct LoggedDelivery
{
    std::uint32_t line = 0;
    std::string text;      //!< The line as it stands.
    std::string stamp;     //!< Of syslog, "Sep 26 14:46:23"; empty where none stands before it.
    std::string host;      //!< Ditto.
    std::string epoch;     //!< "1159253183.972578" as it stands; empty = none.
    std::string number;    //!< Of the delivery.
    std::string recipient; //!< By the line that began it; empty = there was none.
    std::string outcome;   //!< "success", "failure", "deferral"
    std::string report;    //!< What follows it, spaces as "_" and line ends as "/".
    std::optional<WallTime> time;    //!< As in Refusal.
    std::optional<Nanoseconds> zone; //!< Ditto.
};

/// The end of a delivery that a line tells of, behind whatever stamps; nothing if it tells of none.
std::optional<LoggedDelivery> ParseDelivery(std::string_view text);

/// Finds the ends of qmail-send's deliveries, and by the lines that began them, their recipients.
class DeliveryReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const LoggedDelivery&)>;

    explicit DeliveryReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "qmail delivery log"; }

    void End() override { m_recipients.clear(); }

  private:
    Handler m_handler;
    std::map<std::string, std::string, std::less<>> m_recipients; //!< By number of delivery.
};

/**
 * Finds qmail-send's delivery failures, behind a syslog prefix, a splogger or tai64n stamp, or
 * bare, alone or inside prose.
 */
class MailLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const LoggedRefusal&)>;

    explicit MailLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "qmail delivery log"; }

    void End() override {}

  private:
    Handler m_handler;
};

/// Finds the refusals that a bounce in qmail's format (QSBMF) reports, alone or inside prose.
class BounceReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const LoggedRefusal&)>;

    explicit BounceReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "qmail bounce"; }

    void End() override {}

  private:
    Handler m_handler;
    LoggedRefusal m_open; //!< Between "does not like recipient." and "Giving up on".
    bool m_isOpen = false;
    int m_lines = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_MAIL_LOG_READER_H
