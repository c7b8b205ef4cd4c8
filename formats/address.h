#ifndef BOUNCELAB_FORMATS_ADDRESS_H
#define BOUNCELAB_FORMATS_ADDRESS_H

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab
{

/// An IPv4 address in host byte order.
struct Ipv4
{
    std::uint32_t value = 0;

    /// Reads dotted decimal: four numbers 0..255 without leading zeros; nothing else is accepted.
    static std::optional<Ipv4> Parse(std::string_view text);
    std::string ToString() const; //!< Dotted decimal.

    friend bool operator==(Ipv4 a, Ipv4 b) { return a.value == b.value; }

    friend bool operator!=(Ipv4 a, Ipv4 b) { return a.value != b.value; }

    friend bool operator<(Ipv4 a, Ipv4 b) { return a.value < b.value; }
};

/// Of a private network, of this machine, or of this link (RFC 1918, RFC 1122, RFC 3927).
constexpr bool
IsPrivate(Ipv4 address)
{
    const std::uint32_t a = address.value;
    return a >> 24 == 10 || a >> 24 == 127 || a >> 20 == 0xAC1 || a >> 16 == 0xC0A8 ||
           a >> 16 == 0xA9FE;
}

/// An Ethernet address.
struct MacAddress
{
    std::array<std::uint8_t, 6> bytes{};

    /// Reads six hexadecimal groups of one or two digits between colons ("0:E0:FC:34:C0:86").
    static std::optional<MacAddress> Parse(std::string_view text);
    std::string ToString() const; //!< "00:e0:fc:34:c0:86"

    friend bool operator==(const MacAddress& a, const MacAddress& b) { return a.bytes == b.bytes; }
};

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_ADDRESS_H
