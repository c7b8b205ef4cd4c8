#ifndef BOUNCELAB_MODELS_SMTP_DOT_STUFFER_H
#define BOUNCELAB_MODELS_SMTP_DOT_STUFFER_H

#include "formats/enum-names.h"

#include <array>
#include <cstddef>
#include <memory>
#include <string>

namespace bouncelab::smtp
{

/// What a client makes of an LF without CR in the content that it sends.
enum class ContentLineEnds
{
    AsIs,    //!< Nothing: a line is what CRLF ends.
    Convert, //!< It is a line end, and goes out as CRLF (qmail-remote, whose queue holds LF).
};

constexpr auto
EnumNames(ContentLineEnds)
{
    return std::array<EnumName<ContentLineEnds>, 2>{
        {{"as-is", ContentLineEnds::AsIs}, {"convert", ContentLineEnds::Convert}}};
}

/// The content with CRLF in place of every LF without CR: what Convert makes of content that is
/// sent without dots doubled (RFC 3030).
std::string WithConvertedLineEnds(const std::string& content);

/**
 * Writes message content as it goes after the 354: dots at the start of lines doubled, a missing
 * last line end added, the final dot (RFC 5321 4.5.2). It writes piece by piece, so that no second
 * copy of the content stands in memory.
 */
class DotStuffer
{
  public:
    DotStuffer(std::shared_ptr<const std::string> content, ContentLineEnds lineEnds)
        : m_content(std::move(content))
        , m_lineEnds(lineEnds)
    {
    }

    /// Appends at most `limit` octets. \return how many it appended; 0 only if done or limit is 0.
    std::size_t Read(std::string& out, std::size_t limit);

    bool Done() const { return m_tail == TAIL.size(); }

  private:
    static constexpr std::string_view TAIL = "\r\n.\r\n";

    std::shared_ptr<const std::string> m_content;
    ContentLineEnds m_lineEnds;
    std::size_t m_at = 0;   //!< Octets of the content read.
    std::size_t m_tail = 0; //!< Octets of TAIL written, or skipped.
    bool m_lineStart = true;
    bool m_stuffed = false; //!< The extra dot of this line is out.
    bool m_lastCr = false;
    bool m_tailBegun = false;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_DOT_STUFFER_H
