#include "formats/address.h"

#include "formats/text.h"

#include <fmt/format.h>

namespace bouncelab
{

std::optional<Ipv4>
Ipv4::Parse(std::string_view text)
{
    std::uint32_t value = 0;
    std::size_t at = 0;
    for (int group = 0; group < 4; ++group)
    {
        if (group > 0 && (at >= text.size() || text[at++] != '.'))
        {
            return std::nullopt;
        }
        const std::size_t first = at;
        std::uint32_t number = 0;
        while (at < text.size() && at - first < 3 && IsDigit(text[at]))
        {
            number = number * 10 + static_cast<std::uint32_t>(text[at++] - '0');
        }
        if (at == first || number > 255 || (at - first > 1 && text[first] == '0'))
        {
            return std::nullopt;
        }
        value = value << 8 | number;
    }
    return at == text.size() ? std::optional<Ipv4>(Ipv4{value}) : std::nullopt;
}

std::string
Ipv4::ToString() const
{
    return fmt::format("{}.{}.{}.{}",
                       value >> 24,
                       value >> 16 & 255,
                       value >> 8 & 255,
                       value & 255);
}

std::optional<MacAddress>
MacAddress::Parse(std::string_view text)
{
    MacAddress mac;
    std::size_t at = 0;
    for (std::size_t group = 0; group < 6; ++group)
    {
        if (group > 0 && (at >= text.size() || text[at++] != ':'))
        {
            return std::nullopt;
        }
        unsigned number = 0;
        std::size_t digits = 0;
        for (; at < text.size() && digits < 2; ++digits, ++at)
        {
            const int digit = HexDigit(text[at]);
            if (digit < 0)
            {
                break;
            }
            number = number * 16 + static_cast<unsigned>(digit);
        }
        if (digits == 0)
        {
            return std::nullopt;
        }
        mac.bytes[group] = static_cast<std::uint8_t>(number);
    }
    return at == text.size() ? std::optional<MacAddress>(mac) : std::nullopt;
}

std::string
MacAddress::ToString() const
{
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}",
                       bytes[0],
                       bytes[1],
                       bytes[2],
                       bytes[3],
                       bytes[4],
                       bytes[5]);
}

} // namespace bouncelab
