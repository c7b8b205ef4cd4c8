#ifndef BOUNCELAB_FORMATS_ADDRESS_H
#define BOUNCELAB_FORMATS_ADDRESS_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

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

/**
 * A numeric address of either family, as packets and scenarios have it; unset at first. IPv4 comes
 * before IPv6 in order.
 */
class IpAddress
{
  public:
    constexpr IpAddress() = default;

    /// 0.0.0.0 is unset.
    constexpr IpAddress(Ipv4 address)
        : m_low(address.value == 0 ? 0 : IPV4_MAPPED << 32 | address.value)
    {
    }

    /// \param bytes sixteen of them, in network order; none is unset.
    static IpAddress OfIpv6(const std::uint8_t* bytes);

    /// Dotted decimal, or IPv6 by RFC 4291 2.2; nothing else, and no IPv6 form of an IPv4 address.
    static std::optional<IpAddress> Parse(std::string_view text);

    constexpr bool IsSet() const { return (m_high | m_low) != 0; }

    constexpr bool IsIpv6() const { return IsSet() && (m_high != 0 || m_low >> 32 != IPV4_MAPPED); }

    constexpr bool IsIpv4() const { return IsSet() && !IsIpv6(); }

    /// Of IPv4 the address; else 0.0.0.0.
    constexpr Ipv4 AsIpv4() const { return Ipv4{IsIpv6() ? 0 : static_cast<std::uint32_t>(m_low)}; }

    /// The address so many later, in the same network while its last octets have room.
    IpAddress Plus(std::uint32_t count) const;

    /// The address with its last octet 0.
    IpAddress FirstOfBlock() const;

    /// For several hosts: multicast, or IPv4's broadcast.
    bool IsGroup() const;

    /// The sixteen octets of IPv6, or IPv4's ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
    std::array<std::uint8_t, 16> Bytes() const;

    /// A number that tells two addresses apart; IPv4's is the address itself.
    constexpr std::uint64_t Digest() const
    {
        return IsIpv6() ? (m_high ^ 0xCBF29CE484222325) * 0x100000001B3 ^ m_low : AsIpv4().value;
    }

    std::string ToString() const; //!< Dotted decimal, or as RFC 5952 has it; unset is 0.0.0.0.

    friend constexpr bool operator==(const IpAddress& a, const IpAddress& b)
    {
        return a.m_high == b.m_high && a.m_low == b.m_low;
    }

    friend constexpr bool operator!=(const IpAddress& a, const IpAddress& b) { return !(a == b); }

    friend constexpr bool operator<(const IpAddress& a, const IpAddress& b)
    {
        return std::make_tuple(a.IsIpv6(), a.m_high, a.m_low) <
               std::make_tuple(b.IsIpv6(), b.m_high, b.m_low);
    }

  private:
    static constexpr std::uint64_t IPV4_MAPPED = 0xFFFF;

    std::uint64_t m_high = 0;
    std::uint64_t m_low = 0;
};

/**
 * An end of a connection as evidence names it: an address of either family, a host's name, or an
 * address that somebody masked. Nothing is known of one that is made without any of these.
 */
class HostAddress
{
  public:
    HostAddress() = default;

    HostAddress(Ipv4 address); //!< 0.0.0.0 is no address of a host.
    HostAddress(const IpAddress& address);

    /// \param bytes in network order.
    static HostAddress OfIpv6(const std::uint8_t* bytes);

    /// One that is known by a number alone: two masked ends are the same if their numbers are.
    static HostAddress Masked(std::uint64_t number);

    /// Dotted decimal, or IPv6 by RFC 4291; "IPv6:", brackets and a zone are taken off.
    static std::optional<HostAddress> Parse(std::string_view text);

    /// Whatever a log has in the place of an address: "x.x.x.x" and its like are masked with number
    /// 0, "mail.example" is a name. Nothing where the text is none of these.
    static std::optional<HostAddress> ParseAny(std::string_view text);

    bool IsKnown() const { return m_kind != Kind::Unknown; }

    bool IsMasked() const { return m_kind == Kind::Masked; }

    bool IsNumeric() const { return m_kind == Kind::V4 || m_kind == Kind::V6; }

    bool IsIpv6() const { return m_kind == Kind::V6; }

    std::optional<Ipv4> AsIpv4() const;

    /// Of a private network, of this machine, or of this link.
    bool IsPrivate() const;

    /// Whether both are addresses of one family, and of one /24, in IPv6 one /64.
    bool IsNeighborOf(const HostAddress& other) const;

    /// A number that tells two addresses apart; IPv4's is the address itself.
    std::uint64_t Digest() const;

    std::string ToString() const; //!< "unknown address" where there is none to show.

    friend bool operator==(const HostAddress& a, const HostAddress& b)
    {
        return a.m_kind == b.m_kind && a.m_bytes == b.m_bytes && a.m_name == b.m_name;
    }

    friend bool operator!=(const HostAddress& a, const HostAddress& b) { return !(a == b); }

    friend bool operator<(const HostAddress& a, const HostAddress& b)
    {
        return std::tie(a.m_kind, a.m_bytes, a.m_name) < std::tie(b.m_kind, b.m_bytes, b.m_name);
    }

  private:
    enum class Kind : std::uint8_t
    {
        Unknown,
        V4,
        V6,
        Name,
        Masked,
    };

    Kind m_kind = Kind::Unknown;
    std::array<std::uint8_t, 16> m_bytes{}; //!< V4: the first four; Masked: the number.
    std::string m_name;                     //!< In lower case.
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

/// For tables that are looked up and never walked.
template <>
struct std::hash<bouncelab::IpAddress>
{
    std::size_t operator()(const bouncelab::IpAddress& address) const
    {
        return static_cast<std::size_t>(address.Digest());
    }
};

#endif // BOUNCELAB_FORMATS_ADDRESS_H
