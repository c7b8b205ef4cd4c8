#ifndef BOUNCELAB_DETECTORS_READERS_FIREWALL_SNIFFER_READER_H
#define BOUNCELAB_DETECTORS_READERS_FIREWALL_SNIFFER_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/printed-stamp.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds packets that FortiGate and its kin print (`diagnose sniffer packet`), verbose 1 to 6.
 *
 * With octets (2, 3, 5 and 6) a packet is read from them. Without, a line tells the ends, flags and
 * absolute numbers, but no length: that is what the side's next number or the peer's next
 * acknowledgment leave room for, so all packets are handed on at the end. Windows are not told and
 * taken as open; TTL and IP ID are left at 0. A packet that several interfaces saw comes as often.
 */
class FirewallSnifferReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const Packet&)>;

    /// \param handler gets each TCP packet; its payload lives only during the call.
    explicit FirewallSnifferReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view line) override;
    void End() override;

    std::string_view Kind() const override { return "packets printed by a FortiGate"; }

    bool IsExclusive() const override { return true; }

  private:
    struct SeenPacket
    {
        Packet packet;
        bool hasSequence = false;
        std::vector<std::uint8_t> octets;
    };

    using Ends =
        std::pair<std::pair<HostAddress, std::uint16_t>, std::pair<HostAddress, std::uint16_t>>;

    bool ReadPacket(std::uint32_t number, std::string_view text);
    bool ReadOctets(std::string_view text);
    void Measure(const std::vector<std::size_t>& connection);
    std::uint32_t RoomFor(const std::vector<std::size_t>& connection, std::size_t at) const;
    void HandOn(SeenPacket& seen);

    Handler m_handler;
    PrintedStamps m_stamps;
    std::vector<SeenPacket> m_seen;
    bool m_open = false; //!< The last one may have octets.
    std::uint32_t m_packets = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_FIREWALL_SNIFFER_READER_H
