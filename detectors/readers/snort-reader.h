#ifndef BOUNCELAB_DETECTORS_READERS_SNORT_READER_H
#define BOUNCELAB_DETECTORS_READERS_SNORT_READER_H

#include "detectors/flow/flow-table.h"
#include "detectors/readers/text-line-reader.h"

#include <functional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Finds packets in Snort 2's ASCII dump, alone or inside prose.
 *
 * Reads what the tool writes and what a web page makes of it (S003-70 to S003-74): one space or
 * two between fields, headers and options on one line or several, separators and blank lines
 * missing, hexadecimal rows glued together. The hexadecimal column is trusted, never the other one.
 * A stamp without a year gets the year that SetYear gave. Stamps are taken as UTC.
 */
class SnortReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const Packet&)>;

    /// \param handler gets each TCP packet; its payload lives only during the call.
    explicit SnortReader(Handler handler);

    /// The year of stamps that have none; 1970 until it is called.
    void SetYear(int year) { m_year = year; }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "packets printed by Snort"; }

    bool IsExclusive() const override { return true; }

    void End() override;

    /// Packets seen, whatever their protocol.
    std::uint32_t Packets() const { return m_packets; }

  private:
    bool ReadStamp(std::string_view text);
    void ReadEnds(std::string_view text);
    void ReadIp(std::string_view text);
    void ReadTcp(std::string_view text);
    void ReadOptions(std::string_view text);
    bool ReadPayload(std::string_view text);
    void HandOn();

    Handler m_handler;
    int m_year = 1970;
    std::uint32_t m_packets = 0;
    bool m_open = false;
    bool m_isTcp = false;
    bool m_haveEnds = false;
    bool m_haveTcp = false;
    std::size_t m_expected = 0; //!< Payload bytes that the header promises.
    Packet m_packet;
    std::vector<std::uint8_t> m_payload;
    std::string m_plain; //!< The line with its HTML entities undone.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_SNORT_READER_H
