#ifndef BOUNCELAB_FORMATS_UTF8_H
#define BOUNCELAB_FORMATS_UTF8_H

#include <cstdint>
#include <string>

namespace bouncelab
{

/// Appends a character by its number, up to 0x10FFFF (RFC 3629, section 3).
inline void
AppendUtf8(std::string& out, std::uint32_t character)
{
    const auto add = [&](std::uint32_t octet) { out += static_cast<char>(octet); };
    if (character < 0x80)
    {
        add(character);
    }
    else if (character < 0x800)
    {
        add(0xC0 | character >> 6);
        add(0x80 | (character & 0x3F));
    }
    else if (character < 0x10000)
    {
        add(0xE0 | character >> 12);
        add(0x80 | (character >> 6 & 0x3F));
        add(0x80 | (character & 0x3F));
    }
    else
    {
        add(0xF0 | (character >> 18 & 7));
        add(0x80 | (character >> 12 & 0x3F));
        add(0x80 | (character >> 6 & 0x3F));
        add(0x80 | (character & 0x3F));
    }
}

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_UTF8_H
