#include "formats/dialects.h"
#include "formats/packet.h"
#include "formats/random.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace bouncelab::evidence::firewalls
{

namespace
{

constexpr std::int64_t MOST_BEFORE = 50000; //!< Of a message since the firewall was started.

/// A message of the reference guide.
struct MessageKind
{
    int number;
    int priority;
    int category; //!< As of SonicOS before 5.9.
    std::string_view text;
};

MessageKind
KindOf(const host::PacketFiltered& event)
{
    if (event.action == path::FilterAction::Accept)
    {
        return {98, 6, 262144, "Connection Opened"};
    }
    switch (event.protocol)
    {
    case bouncelab::protocol::TCP:
        return {36, 5, 64, "TCP connection dropped"};
    case bouncelab::protocol::UDP:
        return {37, 5, 128, "UDP packet dropped"};
    default:
        return {38, 5, 256, "ICMP packet dropped"};
    }
}

/// "tcp/smtp", "udp/17177"
std::string
ServiceOf(const host::PacketFiltered& event)
{
    static constexpr std::array<std::pair<std::uint16_t, std::string_view>, 8> NAMES{
        {{21, "ftp"},
         {25, "smtp"},
         {53, "dns"},
         {80, "http"},
         {110, "pop3"},
         {123, "ntp"},
         {143, "imap"},
         {443, "https"}}};
    const bool isTcp = event.protocol == bouncelab::protocol::TCP;
    if (!isTcp && event.protocol != bouncelab::protocol::UDP)
    {
        return event.protocol == bouncelab::protocol::ICMP ? "icmp"
                                                           : std::to_string(event.protocol);
    }
    const auto* const known =
        std::find_if(NAMES.begin(),
                     NAMES.end(),
                     [&](const auto& name) { return name.first == event.destinationPort; });
    return (isTcp ? "tcp/" : "udp/") + (known == NAMES.end() ? std::to_string(event.destinationPort)
                                                             : std::string(known->second));
}

} // namespace

/**
 * What a SonicWALL of SonicOS 5 sends to a syslog server: a row for each packet that its rules drop
 * and for each connection that they let pass, of which only the first packet is judged. Stamps are
 * of its local time; n counts the rows of a message since it was started. What the firewall sends
 * itself passes no rule, and is not told.
 */
class SonicWallLog : public LogWriter
{
  public:
    explicit SonicWallLog(const LogPlace& place)
        : m_folder(place.folder)
        , m_clock(place.clock)
        , m_gateway(*place.gateway)
        , m_draws(place.seed, m_gateway.name)
    {
        for (const std::uint8_t byte : m_gateway.card.bytes)
        {
            Print(m_serial, "{:02X}", byte);
        }
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* filtered = event.As<host::PacketFiltered>())
        {
            Write(event.time, *filtered);
        }
    }

  private:
    void Write(SimTime time, const host::PacketFiltered& event)
    {
        const WallTime reading = m_clock.Read(time);
        const CivilTime local = m_clock.Local(reading);
        const MessageKind kind = KindOf(event);
        std::string line;
        Print(line,
              "id=firewall sn={} time=\"{:04}-{:02}-{:02} {:02}:{:02}:{:02}\" fw={} pri={} c={} "
              "m={} msg=\"{}\" n={} src={} dst={} proto={}",
              m_serial,
              local.year,
              local.month,
              local.day,
              local.hour,
              local.minute,
              local.second,
              m_gateway.outside.ToString(),
              kind.priority,
              kind.category,
              kind.number,
              kind.text,
              CountOf(kind.number),
              EndOf(event.source, event.sourcePort, event.direction, true),
              EndOf(event.destination, event.destinationPort, event.direction, false),
              ServiceOf(event));
        const auto rule = std::find(m_gateway.rules.begin(), m_gateway.rules.end(), event.rule);
        if (rule != m_gateway.rules.end())
        {
            Print(line, " rule={}", rule - m_gateway.rules.begin() + 1);
        }
        line += '\n';
        m_folder.Open(dialects::FirewallLog::FORMAT.files).Write(line);
    }

    /// X1 is the WAN; the others are counted from X0 past it.
    std::string EndOf(IpAddress address,
                      std::uint16_t port,
                      path::FilterDirection direction,
                      bool isSource) const
    {
        const bool isOutside = direction != path::FilterDirection::Any &&
                               isSource == (direction == path::FilterDirection::Inbound);
        const auto network =
            std::find_if(m_gateway.inside.begin(),
                         m_gateway.inside.end(),
                         [address](const IpPrefix& prefix) { return prefix.Contains(address); });
        const bool isNear = network != m_gateway.inside.end();
        const auto index = isNear ? network - m_gateway.inside.begin() : 0;
        return fmt::format("{}:{}:X{}:",
                           address.ToString(),
                           port,
                           isOutside    ? 1
                           : index == 0 ? 0
                                        : index + 1);
    }

    std::int64_t CountOf(int message)
    {
        const auto [count, fresh] = m_counts.emplace(message, 0);
        count->second =
            fresh ? m_draws("firewall-log", message).Between(1, MOST_BEFORE) : count->second + 1;
        return count->second;
    }

    VantageFolder& m_folder;
    HostClock m_clock;
    GatewayFacts m_gateway;
    DrawKey m_draws;
    std::string m_serial;                 //!< The LAN's Ethernet address.
    std::map<int, std::int64_t> m_counts; //!< By message.
};

} // namespace bouncelab::evidence::firewalls

bouncelab::dialects::WriterPtr
bouncelab::dialects::FirewallLog::Writer(const evidence::LogPlace& place)
{
    return place.gateway ? std::make_unique<evidence::firewalls::SonicWallLog>(place) : nullptr;
}
