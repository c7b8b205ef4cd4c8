#include "models/mail/mime.h"

#include "formats/text.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

namespace bouncelab::mail
{

namespace
{

struct ObjectDeleter
{
    void operator()(gpointer object) const { g_object_unref(object); }
};

template <class T>
using Owned = std::unique_ptr<T, ObjectDeleter>;

struct MallocDeleter
{
    void operator()(gpointer memory) const { g_free(memory); }
};

using OwnedText = std::unique_ptr<char, MallocDeleter>;

void
Initialize()
{
    static const bool done = []
    {
        g_mime_init();
        return true;
    }();
    static_cast<void>(done);
}

bool
IsAscii(std::string_view text)
{
    return std::all_of(text.begin(),
                       text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 128; });
}

/// Adds a field with its body as it is folded, or encoded where that is needed.
void
AddHeader(GMimeObject* object, const std::string& name, const std::string& body)
{
    g_mime_object_append_header(object, name.c_str(), body.c_str(), "utf-8");
    if (IsAscii(body))
    {
        GMimeHeaderList* list = g_mime_object_get_header_list(object);
        GMimeHeader* last =
            g_mime_header_list_get_header_at(list, g_mime_header_list_get_count(list) - 1);
        g_mime_header_set_raw_value(last, (" " + body + "\n").c_str());
    }
}

void
AddHeaders(GMimeObject* object, std::string_view headers)
{
    while (!headers.empty())
    {
        std::size_t end = headers.find('\n');
        while (end != std::string_view::npos && end + 1 < headers.size() &&
               (headers[end + 1] == ' ' || headers[end + 1] == '\t'))
        {
            end = headers.find('\n', end + 1);
        }
        const std::string_view field = headers.substr(0, end);
        const std::size_t colon = field.find(':');
        if (colon != std::string_view::npos)
        {
            const std::size_t body =
                std::min(field.find_first_not_of(" \t", colon + 1), field.size());
            AddHeader(object, std::string(field.substr(0, colon)), std::string(field.substr(body)));
        }
        headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + 1);
    }
}

void
AddPart(GMimeMultipart* multipart, const MimePart& part)
{
    const bool text = StartsWith(part.type, "text/plain");
    const bool encoded = text && !IsAscii(part.content);
    GMimeContentType* type = g_mime_content_type_parse(nullptr, part.type.c_str());
    const Owned<GMimeContentType> typeOwner(type);
    const Owned<GMimePart> mime(
        g_mime_part_new_with_type(g_mime_content_type_get_media_type(type),
                                  g_mime_content_type_get_media_subtype(type)));
    if (encoded)
    {
        g_mime_content_type_set_parameter(type, "charset", "utf-8");
    }
    g_mime_object_set_content_type(GMIME_OBJECT(mime.get()), type);
    if (!part.description.empty())
    {
        AddHeader(GMIME_OBJECT(mime.get()), "Content-Description", part.description);
    }
    const Owned<GMimeStream> stream(
        g_mime_stream_mem_new_with_buffer(part.content.data(), part.content.size()));
    const Owned<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
    g_mime_part_set_content(mime.get(), content.get());
    g_mime_part_set_content_encoding(mime.get(),
                                     encoded ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                     : IsAscii(part.content) ? GMIME_CONTENT_ENCODING_DEFAULT
                                                             : GMIME_CONTENT_ENCODING_8BIT);
    g_mime_multipart_add(multipart, GMIME_OBJECT(mime.get()));
}

} // namespace

std::string
WriteReport(const MimeReport& report)
{
    Initialize();
    const Owned<GMimeMultipart> multipart(g_mime_multipart_new_with_subtype("report"));
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(multipart.get()),
                                             "report-type",
                                             "delivery-status");
    g_mime_multipart_set_boundary(multipart.get(), report.boundary.c_str());
    if (!report.preamble.empty())
    {
        g_mime_multipart_set_prologue(multipart.get(), report.preamble.c_str());
    }
    for (const MimePart& part : report.parts)
    {
        AddPart(multipart.get(), part);
    }
    const Owned<GMimeMessage> message(g_mime_message_new(FALSE));
    AddHeaders(GMIME_OBJECT(message.get()), report.headers);
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(multipart.get()));
    const Owned<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(GMIME_OBJECT(message.get()), nullptr, stream.get());
    const GByteArray* octets = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(octets->data), octets->len};
}

std::string
RawFieldOf(std::string_view header, std::string_view name)
{
    std::string body;
    bool inside = false;
    while (!header.empty() && header[0] != '\n')
    {
        const std::string_view line = header.substr(0, header.find('\n'));
        const bool folded = line[0] == ' ' || line[0] == '\t';
        if (inside && !folded)
        {
            break;
        }
        inside = inside || (line.size() > name.size() && line[name.size()] == ':' &&
                            EqualIgnoringCase(line.substr(0, name.size()), name));
        if (inside)
        {
            body += folded ? line : line.substr(name.size() + 1);
        }
        header.remove_prefix(std::min(header.size(), line.size() + 1));
    }
    return std::string(TrimEnd(Trim(body), LINE_BLANKS));
}

std::string
FieldOf(std::string_view header, std::string_view name)
{
    Initialize();
    const std::string raw = RawFieldOf(header, name);
    const OwnedText decoded(g_mime_utils_header_decode_text(nullptr, raw.c_str()));
    std::string text = decoded.get();
    std::replace_if(
        text.begin(),
        text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 32; },
        ' ');
    return text;
}

std::optional<std::int64_t>
ParseDate(std::string_view text)
{
    Initialize();
    GDateTime* date = g_mime_utils_header_decode_date(std::string(text).c_str());
    if (!date)
    {
        return std::nullopt;
    }
    const std::int64_t seconds = g_date_time_to_unix(date);
    g_date_time_unref(date);
    return seconds;
}

} // namespace bouncelab::mail
