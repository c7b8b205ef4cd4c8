#ifndef BOUNCELAB_FORMATS_PREFIX_H
#define BOUNCELAB_FORMATS_PREFIX_H

#include "formats/address.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab
{

/// The addresses that share their first bits (RFC 4632).
struct Ipv4Prefix
{
    Ipv4 first;               //!< Its bits behind the prefix are zero.
    std::uint32_t length = 0; //!< 0 to 32; 0 = every address.

    /// Reads "192.168.1.0/24", or a single address. Nothing if bits behind the prefix are set.
    static std::optional<Ipv4Prefix> Parse(std::string_view text)
    {
        const std::size_t slash = text.find('/');
        const std::optional<Ipv4> address = Ipv4::Parse(text.substr(0, slash));
        Ipv4Prefix prefix{address.value_or(Ipv4{}), 32};
        if (slash != std::string_view::npos)
        {
            const char* end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, prefix.length);
            if (error != std::errc() || stop != end)
            {
                return std::nullopt;
            }
        }
        const bool fits = address && prefix.length <= 32 && prefix.Contains(*address) &&
                          (address->value & ~prefix.Mask()) == 0;
        return fits ? std::optional<Ipv4Prefix>(prefix) : std::nullopt;
    }

    std::uint32_t Mask() const { return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length); }

    bool Contains(Ipv4 address) const { return (address.value & Mask()) == first.value; }

    bool Contains(const Ipv4Prefix& other) const
    {
        return length <= other.length && Contains(other.first);
    }

    std::string ToString() const { return first.ToString() + "/" + std::to_string(length); }
};

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_PREFIX_H
