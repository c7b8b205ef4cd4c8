#ifndef BOUNCELAB_DETECTORS_READERS_PACKET_TREE_READER_H
#define BOUNCELAB_DETECTORS_READERS_PACKET_TREE_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds packets that tshark (or Wireshark's export) printed field by field: `-V`, with the octets
 * of `-x` or without, `-T json` with one field a line, `-T ek`, `-T pdml`, and `-T fields` below a
 * line of the fields' names (`-E header=y`). Of fields that come twice in a packet the first one
 * counts. Raw sequence numbers are preferred to relative ones; where the octets are not shown, what
 * tshark makes of them (`smtp.response`, `smtp.command_line`) is the payload.
 */
class PacketTreeReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const Packet&)>;

    /// \param handler gets each TCP packet; its payload lives only during the call.
    explicit PacketTreeReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "packets printed by tshark, field by field"; }

    bool IsExclusive() const override { return true; }

  private:
    bool Begin(std::uint32_t number, std::string_view text);
    void Open(std::uint32_t number);
    bool ReadTable(std::uint32_t number, std::string_view line);
    bool ReadElement(std::string_view text);
    bool ReadElastic(std::uint32_t number, std::string_view line);
    bool ReadObject(std::string_view text);
    bool ReadWords(std::string_view text);
    void AddWords(std::string_view words);
    bool ReadTree(std::string_view text);
    bool ReadField(std::string_view name, std::string_view value);
    void ReadPayload(std::string_view octets);
    bool ReadOctets(std::string_view line);
    void TakePayload();
    void HandOn();

    Handler m_handler;
    std::vector<std::string> m_columns; //!< Fields' names of a table.
    char m_separator = '\t';
    std::uint32_t m_packets = 0;
    bool m_open = false;
    bool m_isTcp = false;
    bool m_hasOctets = false; //!< The payload is the packet's octets.
    bool m_hasRaw = false;    //!< The sequence number is the packet's own.
    std::size_t m_length = 0;
    Packet m_packet;
    std::string m_payload;
    std::string m_octets;    //!< Of the frame, where `-x` shows them.
    bool m_isDumped = false; //!< They are complete.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKET_TREE_READER_H
