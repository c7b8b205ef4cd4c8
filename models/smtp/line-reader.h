#ifndef BOUNCELAB_MODELS_SMTP_LINE_READER_H
#define BOUNCELAB_MODELS_SMTP_LINE_READER_H

#include "formats/enum-names.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// What a reader makes of a CR without LF, or an LF without CR (RFC 5321 2.3.8 forbids both).
enum class BareLineEnd
{
    Accept, //!< It ends the line like CRLF does.
    Reject, //!< It ends the line, and the reader of the line refuses it.
    Pass,   //!< It is an octet like any other.
};

constexpr auto
EnumNames(BareLineEnd)
{
    return std::array<EnumName<BareLineEnd>, 3>{{{"accept", BareLineEnd::Accept},
                                                 {"reject", BareLineEnd::Reject},
                                                 {"pass", BareLineEnd::Pass}}};
}

/// What ended a line.
enum class LineEnd
{
    CrLf,
    Cr,
    Lf,
};

struct LineRules
{
    BareLineEnd bareCr = BareLineEnd::Pass;
    BareLineEnd bareLf = BareLineEnd::Accept;
    std::size_t maxLength = 512; //!< Longest line in octets, its end (CRLF) included; at least 2.
};

struct Line
{
    std::string_view text; //!< Without its end; the first octets only if the line was too long.
    std::size_t length;    //!< Octets that the line really had, its end included.
    LineEnd end;
    bool tooLong; //!< More than LineRules::maxLength.
};

/**
 * Cuts a stream of octets into lines, whatever the pieces it arrives in.
 *
 * A CR shows only by the octet after it whether it is bare, so the line that a bare CR ends is
 * complete when that octet is there (which stays unread). Memory is bounded by maxLength.
 */
class LineReader
{
  public:
    explicit LineReader(const LineRules& rules)
        : m_rules(rules)
    {
    }

    /// Takes octets from the front of `bytes` until a line is complete. \return how many it took.
    std::size_t Feed(std::string_view bytes);

    bool Complete() const { return m_complete; }

    /// Anything read of a line that is not complete?
    bool Partial() const { return !m_complete && m_length > 0; }

    /// The complete line; valid until Next().
    Line Get() const;
    void Next(); //!< Begins the next line.

    void SetMaxLength(std::size_t octets) { m_rules.maxLength = octets; }

  private:
    void Keep(std::string_view octets);
    void End(LineEnd end);

    LineRules m_rules;
    std::string m_text;
    std::size_t m_length = 0;
    LineEnd m_end = LineEnd::CrLf;
    bool m_pendingCr = false;
    bool m_complete = false;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_LINE_READER_H
