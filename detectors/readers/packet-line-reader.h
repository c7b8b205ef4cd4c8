#ifndef BOUNCELAB_DETECTORS_READERS_PACKET_LINE_READER_H
#define BOUNCELAB_DETECTORS_READERS_PACKET_LINE_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/text-line-reader.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds packets that tcpdump printed, of old and of today's form, with -v, -x and -X or without,
 * and the lines of tshark's list, alone or inside prose.
 *
 * Sequence numbers are told by the first packet of a connection and counted from there, as both do;
 * absolute ones are known again. What a line does not tell (TTL and IP ID without -v, the sequence
 * number of a bare acknowledgment) is taken from what came before, or left at 0. Of payload the
 * hexadecimal rows are trusted; else the first line that stands behind "SMTP:".
 */
class PacketLineReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const Packet&)>;

    /// \param handler gets each TCP packet; its payload lives only during the call.
    explicit PacketLineReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    /// The year of stamps that have none; 1970 until it is called.
    void SetYear(int year) { m_year = year; }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "packets printed by tcpdump or tshark"; }

  private:
    /// What a connection's numbers are counted from.
    struct Numbering
    {
        bool isKnown = false;
        bool isDecided = false; //!< Whether they are counted, or absolute.
        bool isRelative = true;
        std::uint32_t base[2]{}; //!< Of the smaller end, and of the other one.
        std::uint32_t next[2]{}; //!< Where each end goes on.
    };

    using Ends =
        std::pair<std::pair<HostAddress, std::uint16_t>, std::pair<HostAddress, std::uint16_t>>;

    bool ReadStamp(std::string_view& text);
    bool ReadPacket(std::string_view text);
    bool ReadTsharkRow(std::uint32_t number, std::string_view text);
    bool ReadEnds(std::string_view left, std::string_view right);
    void ReadIp(std::string_view text);
    bool ReadTcp(std::string_view text);
    void ReadOptions(std::string_view text);
    bool ReadHex(std::string_view text);
    void Place(std::uint32_t sequence, bool hasSequence, std::uint32_t acknowledgment);
    void Begin(std::uint32_t number);
    void HandOn();

    Handler m_handler;
    int m_year = 1970;
    std::int64_t m_day = 0; //!< Since the first stamp; stamps have none.
    std::int64_t m_lastSecond = -1;
    std::uint32_t m_packets = 0;
    bool m_open = false;    //!< A stamp has come.
    bool m_haveTcp = false; //!< And the rest.
    Packet m_packet;
    std::string m_payload;
    std::vector<std::uint8_t> m_hex; //!< The packet from its IP header on.
    std::map<Ends, Numbering> m_numbering;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKET_LINE_READER_H
