#ifndef BOUNCELAB_DETECTORS_READERS_PACKET_LIST_READER_H
#define BOUNCELAB_DETECTORS_READERS_PACKET_LIST_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/packet-list-rows.h"
#include "detectors/readers/printed-packet.h"
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
 * Finds the rows of Wireshark's packet list: as tshark prints it (also with further columns, in
 * another order, with tabs), as Wireshark exports it in plain text and as CSV, and PSML. Lists that
 * are sorted backwards, and times since the row before, are put in order.
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
    void SetYear(int year) { m_rows.Stamps().SetYear(year); }

    /// What AreSteps() said after another reading of the same text.
    void SetSteps(bool areSteps) { m_rows.Stamps().SetSteps(areSteps); }

    /// Whether times are told since the row before.
    bool AreSteps() const { return m_rows.Stamps().AreSteps(); }

    bool Line(std::uint32_t number, std::string_view line) override
    {
        auto [isKnown, row] = m_rows.Read(number, line);
        return row ? Take(std::move(*row)) : isKnown;
    }

    void End() override { Release(); }

    /// Rows of lists sorted backwards that were counted as used, and fit no connection.
    std::uint64_t Unplaced() const { return m_unplaced; }

    std::string_view Kind() const override { return "list of packets by Wireshark or tshark"; }

    bool IsExclusive() const override { return true; }

  private:
    using Row = PacketListRow;

    enum class Order : std::uint8_t
    {
        Unknown,
        Rising,
        Falling,
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

    bool Take(Row row);
    bool TakeNumbered(Row row);
    void Release();
    bool MayBeRead(const Row& row) const;
    bool ReadRow(const Row& row);
    std::optional<Packet> ParseTcp(const Row& row) const;
    bool ReadTcp(const Row& row);
    bool ReadData(const Row& row);
    std::vector<Connection*> OpenBetween(const Row& row);
    Connection& ConnectionOf(const Packet& packet);
    void HandOn(Packet& packet, Connection& connection, std::size_t side);

    Handler m_handler;
    DatagramHandler m_datagrams;
    PacketListRows m_rows;
    Order m_order = Order::Unknown;
    std::int64_t m_lastFrame = 0;
    WallTime m_lastTime{};
    bool m_lastUsed = false;
    std::vector<Row> m_held; //!< Until the order is known; of a list sorted backwards, all.
    std::uint64_t m_unplaced = 0;
    std::size_t m_link = 14; //!< Octets of a frame before its packet: Ethernet's, unless told.
    std::uint32_t m_packets = 0;
    std::map<Hosts, std::vector<Connection>> m_connections; //!< In order of first rows.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKET_LIST_READER_H
