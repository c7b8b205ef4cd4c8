#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTION_LIMITS_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTION_LIMITS_H

#include "models/connector/recent-table.h"

#include "formats/address.h"
#include "formats/field.h"

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bouncelab::connector
{

/// Whose messages MessageRateLimit counts together.
enum class RateSource
{
    None,
    IpAddress,
    User,
    All, //!< By user where there is one, else by address.
};

constexpr auto
EnumNames(RateSource)
{
    return std::array<EnumName<RateSource>, 4>{{{"none", RateSource::None},
                                                {"ip-address", RateSource::IpAddress},
                                                {"user", RateSource::User},
                                                {"all", RateSource::All}}};
}

/// 0 means no limit.
struct ConnectionLimitsConfig
{
    std::uint32_t connections = Field(&connections, "connections", 5000).Range(0, 1e9) |
                                "MaxInboundConnection: at one time; 0 = any number.";
    std::uint32_t connectionsPerSource =
        Field(&connectionsPerSource, "connections-per-source", 20).Range(0, 1e9) |
        "MaxInboundConnectionPerSource: of one address; 0 = any number.";
    std::uint32_t percentPerSource =
        Field(&percentPerSource, "percent-per-source", 2).Unit("%").Range(1, 100) |
        "MaxInboundConnectionPercentagePerSource: of the connections that are left, and at least "
        "one; counts with a limit of `connections` only.";
    std::uint32_t connectionsPerMinute =
        Field(&connectionsPerMinute, "connections-per-minute", 1200).Range(0, 1e6) |
        "MaxConnectionRatePerMinute of the server; 0 = any number.";
    std::uint32_t messagesPerMinute =
        Field(&messagesPerMinute, "messages-per-minute").Range(0, 1e6) |
        "MessageRateLimit; 0 = any number.";
    std::uint32_t tlsPerMinute = Field(&tlsPerMinute, "tls-per-minute").Range(0, 1e6) |
                                 "TLS sessions that the server begins; 0 = any number.";
    RateSource messageRateSource =
        Field(&messageRateSource, "message-rate-source", RateSource::IpAddress) |
        "MessageRateSource: whose messages count together.";
    std::uint32_t rateSources = Field(&rateSources, "rate-sources", 10000).Range(1, 1e7) |
                                "How many sources are counted at one time (not documented).";
};

/// Why a connection is turned away.
enum class ConnectionFault
{
    None,
    Total,
    PerSource,
    PerMinute,
};

/// Counts the connections and messages of one connector.
class ConnectionLimits
{
  public:
    explicit ConnectionLimits(const ConnectionLimitsConfig& config)
        : m_config(config)
        , m_messages(config.rateSources)
    {
    }

    /// Admits a connection, which Close() gives back, or says why not.
    ConnectionFault Open(IpAddress client, Nanoseconds now);
    void Close(IpAddress client);

    /// Counts a message. \return false if it is one too many in a minute. \param user empty if the
    /// client is anonymous.
    bool AdmitMessage(IpAddress client, std::string_view user, Nanoseconds now);

    /// Counts the start of a TLS session. \return false if it is one too many in a minute.
    bool AdmitTls(Nanoseconds now);

    std::uint32_t OpenConnections() const { return m_open; }

    std::size_t Sources() const { return m_perSource.size(); } //!< Addresses connected now.

  private:
    struct MinuteCount
    {
        Nanoseconds start{0};
        std::uint32_t count = 0;

        bool Admit(std::uint32_t limit, Nanoseconds now); //!< One more, if it is within the limit.
    };

    ConnectionLimitsConfig m_config;
    std::uint32_t m_open = 0;
    std::unordered_map<IpAddress, std::uint32_t> m_perSource; //!< Never walked.
    std::deque<Nanoseconds> m_opened; //!< Those of the last minute, never more than the limit.
    RecentTable<std::string, MinuteCount> m_messages;
    MinuteCount m_tls;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTION_LIMITS_H
