#ifndef BOUNCELAB_MODELS_SMTP_REPLY_PARSER_H
#define BOUNCELAB_MODELS_SMTP_REPLY_PARSER_H

#include "models/smtp/reply.h"

#include "formats/enum-names.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// Whose eyes a reply is read with.
enum class ReplyReading
{
    Strict, //!< RFC 5321 4.2: a line without code and separator is no reply.
    Qmail,  //!< qmail-remote: three octets are the code whatever they are.
};

constexpr auto
EnumNames(ReplyReading)
{
    return std::array<EnumName<ReplyReading>, 2>{
        {{"strict", ReplyReading::Strict}, {"qmail", ReplyReading::Qmail}}};
}

struct ReplyRules
{
    ReplyReading reading = ReplyReading::Strict;
    bool skipMalformed = false; //!< Strict: a malformed line is noted and passed over.
    std::size_t maxLine = 512;  //!< Octets of a line with its end; beyond is a fault.
    std::size_t maxText = 5000; //!< Octets of text kept; beyond is a fault, and dropped.
};

/**
 * Reads one reply after another from a stream of octets, whatever the pieces it arrives in.
 *
 * Takes nothing beyond the reply's last octet: what follows is the next reply, in turn or not.
 *
 * Strict reads lines (a bare LF ends one too, as a fault). A line without a code or separator
 * completes a reply of code 0 unless skipMalformed. Lines with different codes are one reply with
 * the first one's code.
 *
 * Qmail does what smtpcode() of qmail-remote does: the first three octets make the code (each minus
 * '0', decimal, in unsigned arithmetic, so that "r\r\n" becomes 6212); if the fourth is "-" the
 * line goes on, and of the next line again only the fourth octet counts; CR is dropped from the
 * text and nowhere else. The faults are those that Strict would have seen; qmail does not care.
 */
class ReplyParser
{
  public:
    explicit ReplyParser(const ReplyRules& rules = {})
        : m_rules(rules)
    {
    }

    /// Takes octets from the front of `bytes` until a reply is complete. \return how many it took.
    std::size_t Feed(std::string_view bytes);

    bool Complete() const { return m_complete; }

    bool Partial() const { return !m_complete && m_octets > 0; } //!< A reply has begun.

    const Reply& Get() const { return m_reply; } //!< The complete reply; valid until Next().

    void Next(); //!< Begins the next reply.

  private:
    std::size_t FeedStrict(std::string_view bytes);
    std::size_t FeedQmail(std::string_view bytes);
    void EndLine();
    void CheckOctets(std::string_view octets);
    void TakeQmailOctet(unsigned char octet);
    void KeepText(std::string_view octets);

    void Fault(ReplyFault fault) { m_reply.faults |= static_cast<std::uint16_t>(fault); }

    void Finish();

    ReplyRules m_rules;
    Reply m_reply;
    std::size_t m_octets = 0; //!< Octets of this reply so far.
    bool m_complete = false;
    bool m_firstLine = true;

    std::string m_line; //!< Strict: the line so far, as far as it is kept.
    std::size_t m_lineLength = 0;

    std::size_t m_column = 0;     //!< Qmail: octets of this line before the next one.
    std::uint32_t m_lineCode = 0; //!< Qmail: what Strict would read as this line's code.
    bool m_continued = false;     //!< Qmail: "-" was this line's fourth octet.
    bool m_cr = false;            //!< Qmail: the last octet was CR.
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_REPLY_PARSER_H
