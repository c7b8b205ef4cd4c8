#ifndef BOUNCELAB_DETECTORS_READERS_PACKET_LINE_READER_H
#define BOUNCELAB_DETECTORS_READERS_PACKET_LINE_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/healing.h"
#include "detectors/readers/printed-packet.h"
#include "detectors/readers/printed-stamp.h"
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
 * alone or inside prose.
 *
 * Sequence numbers are told by the first packet of a connection and counted from there, as both do;
 * absolute ones are known again. Packets may follow an event of pktmon (`etl2txt`), whose copies at
 * each component are copies for the flow table, too. What a line does not tell (TTL and IP ID
 * without -v, the sequence number of a bare acknowledgment) is taken from what came before, or left
 * at 0. Of payload the hexadecimal rows are trusted; else the first line that stands behind
 * "SMTP:", or with -v all lines below the packet, which are its own and nobody else's. Lines that
 * spreadsheets and translated pages have damaged are mended first (HealPacketLine).
 */
class PacketLineReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const Packet&)>;

    using DatagramHandler = std::function<void(const SeenDatagram&)>;

    /// \param handler gets each TCP packet; its payload lives only during the call.
    /// \param datagrams gets each packet of another protocol that is known
    explicit PacketLineReader(Handler handler, DatagramHandler datagrams = {})
        : m_handler(std::move(handler))
        , m_datagrams(std::move(datagrams))
    {
    }

    /// The year of stamps that have none; 1970 until it is called.
    void SetYear(int year) { m_stamps.SetYear(year); }

    /// What AreSteps() said after another reading of the same text.
    void SetSteps(bool areSteps) { m_stamps.SetSteps(areSteps); }

    /// Whether times are told since the packet before (-ttt).
    bool AreSteps() const { return m_stamps.AreSteps(); }

    bool Line(std::uint32_t number, std::string_view text) override;
    void End() override;

    std::string_view Kind() const override { return "packets printed by tcpdump"; }

    bool IsExclusive() const override { return m_isSaid; }

    const HealingReport* Healings() const override { return &m_healings; }

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

    bool ReadLine(std::uint32_t number, std::string_view text);
    std::string WithHour(std::string_view text);
    bool ReadDatagram(std::uint32_t number, std::string_view text);
    bool ReadEvent(std::uint32_t number, std::string_view text);
    bool ReadPacket(std::string_view text);
    bool ReadEnds(std::string_view left, std::string_view right);
    void ReadIp(std::string_view text);
    bool ReadTcp(std::string_view text);
    void ReadOptions(std::string_view text);
    bool ReadSaid(std::string_view line);
    bool ReadHex(std::string_view text);
    void Place(std::uint32_t sequence, bool hasSequence, std::uint32_t acknowledgment);
    void Begin(std::uint32_t number, WallTime time);
    void HandOn();

    Handler m_handler;
    DatagramHandler m_datagrams;
    HealingReport m_healings;
    std::int64_t m_hour = 0;        //!< Of stamps without one: since the first of them.
    std::int64_t m_hourSecond = -1; //!< Of the last of them.
    bool m_isDatagram = false;      //!< The line before began one.
    bool m_isEvent = false;         //!< The line before was an event of pktmon.
    PrintedStamps m_stamps;
    std::uint32_t m_packets = 0;
    bool m_open = false;    //!< A stamp has come.
    bool m_haveTcp = false; //!< And the rest.
    Packet m_packet;
    std::string m_payload;
    std::size_t m_unsaid = 0;        //!< Octets of it that the lines below may still print.
    bool m_isSaid = false;           //!< The last line was one of these.
    std::vector<std::uint8_t> m_hex; //!< The packet from its IP header on.
    std::map<Ends, Numbering> m_numbering;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PACKET_LINE_READER_H
