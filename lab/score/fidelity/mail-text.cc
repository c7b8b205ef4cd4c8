#include "lab/score/fidelity/mail-text.h"

#include <gmime/gmime.h>

#include <memory>

namespace bouncelab::score
{

namespace
{

struct ObjectDeleter
{
    void operator()(void* object) const { g_object_unref(object); }
};

template <class T>
using Handle = std::unique_ptr<T, ObjectDeleter>;

void
AddText(GMimeObject*, GMimeObject* part, gpointer text)
{
    if (!GMIME_IS_TEXT_PART(part) ||
        !g_mime_content_type_is_type(g_mime_object_get_content_type(part), "text", "plain"))
    {
        return;
    }
    if (char* decoded = g_mime_text_part_get_text(GMIME_TEXT_PART(part)))
    {
        static_cast<std::string*>(text)->append(decoded);
        g_free(decoded);
    }
}

} // namespace

std::string
PlainTextOf(const std::string& message)
{
    static const bool isReady = (g_mime_init(), true);
    static_cast<void>(isReady);
    const Handle<GMimeStream> stream(
        g_mime_stream_mem_new_with_buffer(message.data(), message.size()));
    const Handle<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    const Handle<GMimeMessage> parsed(g_mime_parser_construct_message(parser.get(), nullptr));
    std::string text;
    if (parsed)
    {
        g_mime_message_foreach(parsed.get(), AddText, &text);
    }
    return text;
}

} // namespace bouncelab::score
