#ifndef BOUNCELAB_MODELS_SMTP_REPLY_H
#define BOUNCELAB_MODELS_SMTP_REPLY_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

// Codes that answer any command (RFC 5321 4.2.2, RFC 4954 6).
constexpr std::uint32_t SERVICE_CLOSING = 421;
constexpr std::uint32_t AUTHENTICATION_REQUIRED = 530;

/// The first digit of a reply code (RFC 5321 4.2.1).
enum class ReplyClass
{
    Other, //!< None of the four that SMTP uses.
    Positive,
    Intermediate,
    Transient,
    Permanent,
};

constexpr ReplyClass
ClassOf(std::uint32_t code)
{
    switch (code / 100)
    {
    case 2:
        return ReplyClass::Positive;
    case 3:
        return ReplyClass::Intermediate;
    case 4:
        return ReplyClass::Transient;
    case 5:
        return ReplyClass::Permanent;
    default:
        return ReplyClass::Other;
    }
}

/// An enhanced status code X.Y.Z (RFC 3463).
struct EnhancedCode
{
    std::uint16_t status = 0; //!< 2, 4 or 5.
    std::uint16_t subject = 0;
    std::uint16_t detail = 0;

    /// From the front of a reply's text; nothing if the text does not begin with one.
    static std::optional<EnhancedCode> Parse(std::string_view text);
    std::string ToString() const;

    friend bool operator==(const EnhancedCode& a, const EnhancedCode& b)
    {
        return a.status == b.status && a.subject == b.subject && a.detail == b.detail;
    }
};

/// What RFC 5321 4.2 finds wrong with a reply.
enum class ReplyFault : std::uint16_t
{
    BadCode = 1,      //!< Does not begin with a code 200..559.
    BadSeparator = 2, //!< Neither space, "-" nor the line's end after the code.
    CodeMismatch = 4, //!< The lines of one reply carry different codes.
    LineTooLong = 8,  //!< More than the limit for a reply line.
    TextTooLong = 16, //!< More text than the reader keeps; the rest is gone.
    BareLf = 32,      //!< A line ended with LF alone.
    OddOctet = 64,    //!< A control character or an octet over 126 in the text.
};

/// A reply as its reader took it.
struct Reply
{
    std::uint32_t code = 0; //!< A reader that does not check may make any number of the octets.
    std::string text;       //!< All lines with their codes, CR dropped, joined by LF.
    std::uint16_t faults = 0;

    bool Has(ReplyFault fault) const { return faults & static_cast<std::uint16_t>(fault); }

    /// The enhanced code after the code on the first line.
    std::optional<EnhancedCode> Enhanced() const;
};

/// "bad-code bad-separator": the faults of a Reply::faults in words.
std::string DescribeFaults(std::uint16_t faults);

/**
 * Appends a reply as it goes on the wire.
 *
 * \param code 200..559
 * \param text one or more lines, joined by LF, without codes
 * \param maxLine longest line in octets with CRLF (RFC 5321: 512); a longer one is cut
 */
void AppendReply(std::string& out, std::uint32_t code, std::string_view text, std::size_t maxLine);

/// Cuts "250 text", with further lines after LF, into code and text; nothing if no code is there.
struct ReplyParts
{
    std::uint32_t code = 0;
    std::string_view text;
};

std::optional<ReplyParts> SplitReply(std::string_view whole);

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_REPLY_H
