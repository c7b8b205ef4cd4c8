#ifndef BOUNCELAB_FORMATS_ADDRESS_H
#define BOUNCELAB_FORMATS_ADDRESS_H

#include <array>
#include <cstdint>
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
 * An end of a connection as evidence names it: an address of either family, a host's name, or an
 * address that somebody masked. Nothing is known of one that is made without any of these.
 */
class HostAddress
{
  public:
    HostAddress() = default;

    HostAddress(Ipv4 address); //!< 0.0.0.0 is no address of a host.

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

#endif // BOUNCELAB_FORMATS_ADDRESS_H
