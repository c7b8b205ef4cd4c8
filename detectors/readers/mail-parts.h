#ifndef BOUNCELAB_DETECTORS_READERS_MAIL_PARTS_H
#define BOUNCELAB_DETECTORS_READERS_MAIL_PARTS_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::detectors
{

/**
 * Whether a text is a message of which parts are encoded (RFC 2045, base64 or quoted-printable):
 * somebody sent evidence by mail. A delivery report is evidence itself, and none.
 *
 * \param head the first octets of the text
 */
bool IsEncodedMail(std::string_view head);

/**
 * Decodes the texts in a message, the header and all else left as they are: the bodies of text
 * parts, and of attached files whose names are those of texts. Line by line, in bounded memory.
 */
class MailPartDecoder
{
  public:
    MailPartDecoder();

    /// Takes the next octets and appends what they read as.
    void Take(std::string_view octets, std::string& out);

    /// No octets follow.
    void Finish(std::string& out);

  private:
    /// The encodings of a part's body.
    enum class Encoding
    {
        None,
        Base64,
        QuotedPrintable,
    };

    void TakeLine(std::string_view line, std::string& out);
    void TakeHeader(std::string_view line, std::string& out);
    void BeginBody(std::string& out);
    void Decode(std::string_view line, std::string& out);
    void EndBody(std::string& out);
    bool IsBoundary(std::string_view line) const;

    std::string m_line; //!< So far.
    bool m_isHeader = true;
    std::vector<std::string> m_header; //!< Of the part that begins, a field each.
    std::vector<std::string> m_boundaries;
    Encoding m_encoding = Encoding::None;
    int m_state = 0;          //!< Of GMime's decoder.
    std::uint32_t m_save = 0; //!< Ditto.
    bool m_endsLine = true;   //!< What was decoded ends with a line end.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_MAIL_PARTS_H
