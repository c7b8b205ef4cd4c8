#ifndef BOUNCELAB_MODELS_SMTP_DATA_DECODER_H
#define BOUNCELAB_MODELS_SMTP_DATA_DECODER_H

#include "models/smtp/line-reader.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

struct DataRules
{
    BareLineEnd bareCr = BareLineEnd::Pass;
    BareLineEnd bareLf = BareLineEnd::Pass;
    std::size_t maxLine = 1000; //!< Longest text line in octets with its end; more is noted.
    std::uint64_t maxContent = 1 << 20; //!< Octets kept; what goes beyond is counted and dropped.
};

/**
 * Reads what follows the 354: takes the stuffed dots away and finds the end (RFC 5321 4.5.2).
 *
 * The end is a line of one dot, and the lines are those of the rules: where a bare LF is accepted,
 * LF "." LF ends the content, and two servers of different rules disagree about it. A line end that
 * the rules accept or reject is kept as CRLF; one that they pass stays the octet it was.
 */
class DataDecoder
{
  public:
    explicit DataDecoder(const DataRules& rules)
        : m_rules(rules)
    {
    }

    /// Takes octets from the front of `bytes` up to the end of the content. \return how many it
    /// took.
    std::size_t Feed(std::string_view bytes);

    bool Complete() const { return m_state == State::Ended; }

    /// The content without stuffing and without the final dot; at most maxContent octets.
    std::string& Content() { return m_content; }

    std::uint64_t Size() const { return m_size; } //!< Octets of the content, kept or not.

    bool TooBig() const { return m_size > m_rules.maxContent; }

    bool LineTooLong() const { return m_lineTooLong; }

    bool SawBareCr() const { return m_bareCr; }

    bool SawBareLf() const { return m_bareLf; }

    void Start(); //!< Forgets everything; ready for the next message.

  private:
    enum class State
    {
        LineStart,
        Dot,   //!< A dot at the start of a line.
        DotCr, //!< CR after that dot.
        Middle,
        Cr,
        Ended,
    };

    void Keep(std::string_view octets);
    void EndOfLine();
    void TakeLf();

    DataRules m_rules;
    std::string m_content;
    std::uint64_t m_size = 0;
    std::size_t m_lineLength = 0;
    State m_state = State::LineStart;
    bool m_lineTooLong = false;
    bool m_bareCr = false;
    bool m_bareLf = false;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_DATA_DECODER_H
