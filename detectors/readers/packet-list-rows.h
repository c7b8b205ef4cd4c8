#ifndef BOUNCELAB_DETECTORS_READERS_PACKET_LIST_ROWS_H
#define BOUNCELAB_DETECTORS_READERS_PACKET_LIST_ROWS_H

#include "detectors/readers/printed-stamp.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/// A row of a packet list.
struct PacketListRow
{
    std::uint32_t line = 0;
    std::int64_t frame = 0; //!< From 1; 0 = not told.
    WallTime time{};
    HostAddress source;
    HostAddress destination;
    std::string protocol;
    std::size_t length = 0; //!< Of the frame; 0 = not told.
    std::string info;
};

/// Takes the rows of Wireshark's packet list apart by its columns, which a head may name: as tshark
/// prints it, in plain text, as CSV, and PSML.
class PacketListRows
{
  public:
    /// What a line is.
    struct Line
    {
        bool isKnown = false; //!< The list's, though no row.
        std::optional<PacketListRow> row;
    };

    Line Read(std::uint32_t number, std::string_view line);

    PrintedStamps& Stamps() { return m_stamps; }

    const PrintedStamps& Stamps() const { return m_stamps; }

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

    bool ReadHead(std::string_view line);
    bool ReadCellNames(const std::vector<std::string>& names);
    bool ReadPlainHead(std::string_view line);
    std::optional<Line> ReadSummary(std::uint32_t number, std::string_view text);
    std::optional<PacketListRow> ParseColumns(std::string_view text);
    std::optional<PacketListRow> ParseBelowHead(std::string_view text);
    std::optional<PacketListRow> RowOf(const std::vector<std::string>& all);

    std::vector<Column> m_head; //!< Of a line of the columns' names; those not known are COLUMNS.
    std::array<std::size_t, COLUMNS> m_cells{0, 1, 2, 3, 4, 5, 6}; //!< Of CSV: where each stands.
    bool m_isSummary = false;                                      //!< PSML has begun.
    std::uint32_t m_summaryLine = 0;                               //!< Of its packet.
    std::vector<std::string> m_sections; //!< Of its packet, or its structure.
    PrintedStamps m_stamps;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKET_LIST_ROWS_H
