#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTION_LIMITS_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTION_LIMITS_H

#include "models/connector/recent-table.h"

#include "formats/address.h"
#include "formats/describe.h"

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
    std::uint32_t connections = 5000;
    std::uint32_t connectionsPerSource = 20;
    std::uint32_t percentPerSource = 2;
    std::uint32_t connectionsPerMinute = 1200;
    std::uint32_t messagesPerMinute = 0;
    RateSource messageRateSource = RateSource::IpAddress;
    std::uint32_t rateSources = 10000;
};

template <class Visitor>
void
Describe(Visitor& v, ConnectionLimitsConfig& l)
{
    v.Field("connections",
            l.connections,
            {"MaxInboundConnection: at one time; 0 = any number.", "", 0, 1e9});
    v.Field("connections-per-source",
            l.connectionsPerSource,
            {"MaxInboundConnectionPerSource: of one address; 0 = any number.", "", 0, 1e9});
    v.Field("percent-per-source",
            l.percentPerSource,
            {"MaxInboundConnectionPercentagePerSource: of the connections that are left, and at "
             "least one; counts with a limit of `connections` only.",
             "%",
             1,
             100});
    v.Field("connections-per-minute",
            l.connectionsPerMinute,
            {"MaxConnectionRatePerMinute of the server; 0 = any number.", "", 0, 1e6});
    v.Field("messages-per-minute",
            l.messagesPerMinute,
            {"MessageRateLimit; 0 = any number.", "", 0, 1e6});
    v.Field("message-rate-source",
            l.messageRateSource,
            {"MessageRateSource: whose messages count together."});
    v.Field("rate-sources",
            l.rateSources,
            {"How many sources are counted at one time (not documented).", "", 1, 1e7});
}

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
    ConnectionFault Open(Ipv4 client, Nanoseconds now);
    void Close(Ipv4 client);

    /// Counts a message. \return false if it is one too many in a minute. \param user empty if the
    /// client is anonymous.
    bool AdmitMessage(Ipv4 client, std::string_view user, Nanoseconds now);

    std::uint32_t OpenConnections() const { return m_open; }

    std::size_t Sources() const { return m_perSource.size(); } //!< Addresses connected now.

  private:
    struct Minute
    {
        Nanoseconds start{0};
        std::uint32_t count = 0;
    };

    ConnectionLimitsConfig m_config;
    std::uint32_t m_open = 0;
    std::unordered_map<std::uint32_t, std::uint32_t> m_perSource; //!< Never walked through.
    std::deque<Nanoseconds> m_opened; //!< Those of the last minute, never more than the limit.
    RecentTable<std::string, Minute> m_messages;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTION_LIMITS_H
