#ifndef BOUNCELAB_DETECTORS_READERS_FIREWALL_LOG_READER_H
#define BOUNCELAB_DETECTORS_READERS_FIREWALL_LOG_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bouncelab::detectors
{

/// What a firewall did with a packet or a connection.
struct FirewallEvent
{
    enum class Action : std::uint8_t
    {
        Denied,
        Permitted, //!< Or built.
        Ended,     //!< Of a connection that was permitted.
        Translated,
        Seen, //!< The row does not tell.
    };

    /// From whose side a packet or a connection began, as far as the row tells.
    enum class Way : std::uint8_t
    {
        Unknown,
        Outbound, //!< From the firewall's own network, or from its host.
        Inbound,
    };

    std::uint32_t line = 0;
    std::string text;
    std::optional<WallTime> time; //!< By the firewall's clock; without a year in 1972.
    Action action = Action::Seen;
    Way way = Way::Unknown;
    bool opens = true;        //!< False where the row shows flags of a connection that stands.
    std::string reason;       //!< Why it ended: "SYN Timeout"; of an inspection, what it says.
    bool isInspected = false; //!< The firewall's inspection of the protocol ended it.
    std::string protocol;     //!< "tcp", in lower case.
    HostAddress source;       //!< Who began.
    HostAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    std::string sourceInterface; //!< Of a SonicWALL: "X0"; so the next two.
    std::string destinationInterface;
    std::string rule;       //!< "2 (LAN->WAN)"
    HostAddress translated; //!< What the source is outside, where the row tells.
    std::uint16_t translatedPort = 0;
};

/**
 * Finds rows of firewalls' logs: Cisco's PIX, ASA and FWSM (106001, 106006, 106007, 106014, 106015,
 * 106023, 106100, 108004, 302013 to 302016, 305011, 507003), SonicWALL's, netfilter's LOG target,
 * the log of Windows' firewall, what tcpdump prints of pflog, pfSense's filterlog, and rows of
 * "srcip=... dstport=..." as FortiGate, Sophos and others write them; Check Point's, Palo Alto's,
 * MikroTik's, Juniper's and those of Cisco's routers; and clouds' flow logs (cloud-flow-rows.h).
 * Stamps are the row's own or syslog's.
 */
class FirewallLogReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const FirewallEvent&)>;

    explicit FirewallLogReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    void End() override {}

    std::string_view Kind() const override { return "firewall log"; }

  private:
    Handler m_handler;
};

/// The row's event, without its line; nothing where it is of none of these kinds.
std::optional<FirewallEvent> ParseFirewallRow(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_FIREWALL_LOG_READER_H
