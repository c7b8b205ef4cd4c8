#ifndef BOUNCELAB_MODELS_SMTP_TEXT_TEMPLATE_H
#define BOUNCELAB_MODELS_SMTP_TEXT_TEMPLATE_H

#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/**
 * Appends `text` with each word in braces replaced by what `lookUp` appends for it.
 *
 * \param lookUp called as bool(std::string& out, std::string_view word); false leaves "{word}".
 * Replacements are not expanded again, so that a peer's words stay words.
 */
template <class LookUp>
void
ExpandTemplate(std::string& out, std::string_view text, LookUp&& lookUp)
{
    for (;;)
    {
        const std::size_t open = text.find('{');
        const std::size_t close = open == text.npos ? text.npos : text.find('}', open);
        if (close == text.npos)
        {
            out += text;
            return;
        }
        out += text.substr(0, open);
        if (!lookUp(out, text.substr(open + 1, close - open - 1)))
        {
            out += text.substr(open, close + 1 - open);
        }
        text.remove_prefix(close + 1);
    }
}

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TEXT_TEMPLATE_H
