#ifndef BOUNCELAB_MODELS_MAIL_MIME_H
#define BOUNCELAB_MODELS_MAIL_MIME_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::mail
{

/// One part of a multipart entity.
struct MimePart
{
    std::string type;        //!< "text/plain; charset=us-ascii"
    std::string description; //!< Content-Description; may be empty.
    std::string content;     //!< Lines end in LF.
};

/// A multipart/report (RFC 6522) before it is written.
struct MimeReport
{
    std::string headers; //!< Fields in their order, folded as they are to go out, without MIME's.
    std::string boundary;
    std::string preamble; //!< May be empty.
    std::vector<MimePart> parts;
};

/**
 * Writes a multipart/report; lines end in LF. Field bodies and parts of ASCII go out as they are,
 * field bodies with other octets (UTF-8) as encoded words (RFC 2047), and text parts as UTF-8 in
 * quoted-printable. The same report gives the same bytes.
 */
std::string WriteReport(const MimeReport& report);

/// A field of a header, unfolded, its encoded words decoded to UTF-8, controls made blanks; empty
/// without such a field.
/// \param name in any case, without the colon.
std::string FieldOf(std::string_view header, std::string_view name);

/// The field as it stands but unfolded; empty without such a field.
std::string RawFieldOf(std::string_view header, std::string_view name);

/// Unix time of a date of RFC 5322; nothing if it is none.
std::optional<std::int64_t> ParseDate(std::string_view text);

} // namespace bouncelab::mail

#endif // BOUNCELAB_MODELS_MAIL_MIME_H
