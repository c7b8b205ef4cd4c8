#include "models/smtp/der.h"

#include <cstdint>

namespace bouncelab::smtp::der
{

std::string
Element(unsigned char tag, std::string_view content)
{
    std::string element(1, static_cast<char>(tag));
    const std::size_t length = content.size();
    if (length < 128)
    {
        element += static_cast<char>(length);
    }
    else
    {
        int octets = 1;
        while (octets < 4 && length >> (8 * octets) != 0)
        {
            ++octets;
        }
        element += static_cast<char>(0x80 | octets);
        for (int i = octets - 1; i >= 0; --i)
        {
            element += static_cast<char>(length >> (8 * i) & 255);
        }
    }
    element += content;
    return element;
}

std::string
SmallInteger(unsigned char value)
{
    return Element(INTEGER, std::string(1, static_cast<char>(value & 127)));
}

std::optional<DerElement>
Take(std::string_view& text)
{
    if (text.size() < 2)
    {
        return std::nullopt;
    }
    const auto octet = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    std::size_t length = octet(1);
    std::size_t header = 2;
    if (length >= 0x80)
    {
        const std::size_t octets = length & 0x7F;
        if (octets == 0 || octets > 4 || text.size() < 2 + octets)
        {
            return std::nullopt;
        }
        length = 0;
        for (std::size_t i = 0; i < octets; ++i)
        {
            length = length << 8 | octet(2 + i);
        }
        header += octets;
    }
    if ((octet(0) & 0x1F) == 0x1F || text.size() - header < length)
    {
        return std::nullopt;
    }
    const DerElement taken{octet(0), text.substr(header, length)};
    text.remove_prefix(header + length);
    return taken;
}

std::optional<std::string_view>
Find(std::string_view text, unsigned char tag)
{
    while (const auto taken = Take(text))
    {
        if (taken->tag == tag)
        {
            return taken->content;
        }
    }
    return std::nullopt;
}

} // namespace bouncelab::smtp::der
