#ifndef BOUNCELAB_DETECTORS_READERS_PACKET_LIST_READER_H
#define BOUNCELAB_DETECTORS_READERS_PACKET_LIST_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/printed-packet.h"
#include "detectors/readers/printed-stamp.h"
#include "detectors/readers/text-line-reader.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds the rows of Wireshark's packet list: as tshark prints it, and as Wireshark exports it in
 * plain text and as CSV.
 *
 * A row of TCP tells ports, flags and numbers. A row of another protocol tells none: it is placed
 * on the connection between its hosts where only one is open, behind what that side sent last, and
 * its length and what it shows of SMTP are its payload. Where several are open the row is not used.
 * TTL and IP ID are told by no row and left at 0.
 */
class PacketListReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const Packet&)>;
    using DatagramHandler = std::function<void(const SeenDatagram&)>;

    /// \param handler gets each TCP packet; its payload lives only during the call.
    /// \param datagrams gets each packet of another protocol that is known
    explicit PacketListReader(Handler handler, DatagramHandler datagrams = {})
        : m_handler(std::move(handler))
        , m_datagrams(std::move(datagrams))
    {
    }

    /// The year of stamps that have none; 1970 until it is called.
    void SetYear(int year) { m_stamps.SetYear(year); }

    bool Line(std::uint32_t number, std::string_view line) override;

    void End() override {}

    std::string_view Kind() const override { return "list of packets by Wireshark or tshark"; }

    bool IsExclusive() const override { return true; }

  private:
    enum Column : std::uint8_t
    {
        NUMBER,
        TIME,
        SOURCE,
        DESTINATION,
        PROTOCOL,
        LENGTH,
        INFO,
        COLUMNS,
    };

    struct Row
    {
        WallTime time{};
        HostAddress source;
        HostAddress destination;
        std::string protocol;
        std::size_t length = 0; //!< Of the frame.
        std::string info;
    };

    /// What one side of a connection has sent.
    struct Side
    {
        std::uint32_t next = 0;
        std::uint16_t window = 0;
        TcpOptions options; //!< Of its last segment that told them.
        bool isClosed = false;
        bool isCertain = true; //!< No row that may be its was left out.
    };

    struct Connection
    {
        std::pair<HostAddress, std::uint16_t> end[2];
        Side side[2];
    };

    using Hosts = std::pair<HostAddress, HostAddress>;

    bool ReadHead(std::string_view line);
    std::optional<Row> ParseColumns(std::string_view text);
    std::optional<Row> ParseCells(std::string_view text);
    bool ReadRow(std::uint32_t number, const Row& row);
    bool ReadTcp(std::uint32_t number, const Row& row);
    bool ReadData(std::uint32_t number, const Row& row);
    std::vector<Connection*> OpenBetween(const Row& row);
    Connection& ConnectionOf(const Packet& packet);
    void HandOn(Packet& packet, Connection& connection, std::size_t side);

    Handler m_handler;
    DatagramHandler m_datagrams;
    PrintedStamps m_stamps;
    bool m_hasHead = false; //!< A line of the columns' names has come.
    std::array<std::size_t, COLUMNS> m_cells{0, 1, 2, 3, 4, 5, 6}; //!< Of CSV: where each stands.
    std::size_t m_link = 14; //!< Octets of a frame before its packet: Ethernet's, unless told.
    std::uint32_t m_packets = 0;
    std::map<Hosts, std::vector<Connection>> m_connections; //!< In order of first rows.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKET_LIST_READER_H
