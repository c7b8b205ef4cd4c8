#include "models/smtp/base64.h"

#include <cstdint>

namespace bouncelab::smtp
{

namespace
{

constexpr std::string_view ALPHABET =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string
EncodeBase64(std::string_view octets)
{
    std::string text;
    text.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < octets.size(); at += 3)
    {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
        {
            group <<= 8;
            group |= at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0;
        }
        for (std::size_t i = 0; i < 4; ++i)
        {
            const bool padding = at + i > octets.size();
            text += padding ? '=' : ALPHABET[group >> (18 - 6 * i) & 63];
        }
    }
    return text;
}

std::optional<std::string>
DecodeBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
    {
        return std::nullopt;
    }
    std::size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=')
    {
        text.remove_suffix(1);
        ++padding;
    }
    std::string octets;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : text)
    {
        const std::size_t value = ALPHABET.find(c);
        if (value == std::string_view::npos)
        {
            return std::nullopt;
        }
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8)
        {
            held -= 8;
            octets += static_cast<char>(bits >> held & 255);
        }
    }
    const bool clean = (bits & ((1u << held) - 1)) == 0;
    return clean && (text.size() + padding) % 4 == 0 ? std::optional<std::string>(octets)
                                                     : std::nullopt;
}

} // namespace bouncelab::smtp
