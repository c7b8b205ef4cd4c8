#ifndef BOUNCELAB_DETECTORS_READERS_PROTOCOL_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_PROTOCOL_LOG_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace bouncelab::detectors
{

/// An end of a connection as a log names it.
struct LoggedEndpoint
{
    HostAddress address;
    std::uint16_t port = 0; //!< 0 = the field is empty or not an IPv4 endpoint.
};

/// Whose protocol log a row comes from, by the header before it.
enum class ProtocolLogType : std::uint8_t
{
    Unknown, //!< No header, as inside prose.
    Receive,
    Send,
};

/// One row of an Exchange protocol log.
struct ProtocolRow
{
    std::uint32_t line = 0; //!< From 1.
    WallTime time{};
    ProtocolLogType type = ProtocolLogType::Unknown;
    std::string connector;
    std::uint64_t session = 0;
    std::uint32_t sequence = 0;
    LoggedEndpoint local;
    LoggedEndpoint remote;
    char event = 0; //!< formats/exchange-fields.h; 0 where the row ends before it.
    std::string data;
    std::string context;
    bool cut = false; //!< Fewer than nine fields: what is there is kept.
};

/**
 * Finds rows of Exchange's SMTP protocol logs, in their files or inside prose.
 *
 * A row is a line that begins with a UTC stamp, a connector, a session id of 16 hexadecimal digits
 * and a sequence number; whatever is missing behind them leaves members empty. Data with commas are
 * read whether they are in quotes, as the server writes them, or not, as copies of logs have them.
 */
class ProtocolLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(ProtocolRow&)>;

    /// \param handler gets each row and may take it apart.
    explicit ProtocolLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "Exchange protocol log"; }

    void End() override {}

  private:
    Handler m_handler;
    ProtocolLogType m_type = ProtocolLogType::Unknown;
    bool m_inHeader = false; //!< Of a log of Exchange's.
};

/// The row that a line is; nothing if it is none. Its type is left Unknown.
std::optional<ProtocolRow> ParseProtocolRow(std::string_view text);

/// A delay that a row announces.
struct LoggedDelay
{
    std::int64_t delayNs = 0;
    std::string reason; //!< "550 5.1.1 User unknown", "DelayedAck", "Back Pressure"
};

/// Data of a "Tarpit for" row; nothing if the text is not one.
std::optional<LoggedDelay> ParseTarpit(std::string_view data);

/// "192.0.2.1:25"
LoggedEndpoint ParseLoggedEndpoint(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PROTOCOL_LOG_READER_H
