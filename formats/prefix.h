#ifndef BOUNCELAB_FORMATS_PREFIX_H
#define BOUNCELAB_FORMATS_PREFIX_H

#include "formats/address.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab
{

/// The addresses of one family that share their first bits (RFC 4632, RFC 4291 2.3). One that is
/// made from nothing holds every address of both families.
class IpPrefix
{
  public:
    IpPrefix() = default;

    /// Reads "192.168.1.0/24", "2001:db8:1::/64", or a single address. Nothing if bits behind the
    /// prefix are set.
    static std::optional<IpPrefix> Parse(std::string_view text);

    /// The same for an address and the bits that count. Those behind them are ignored.
    static std::optional<IpPrefix> Around(std::string_view address, std::uint32_t length);

    /// Of its family, 0 to 32 or 128.
    std::uint32_t Length() const { return m_length; }

    bool IsIpv6() const { return m_family == Family::V6; }

    bool Contains(const IpAddress& address) const
    {
        return m_family == Family::Any ||
               (address.IsIpv6() == IsIpv6() && SharesBits(OctetsOf(address)));
    }

    bool Contains(const IpPrefix& other) const
    {
        return m_family == Family::Any ||
               (m_family == other.m_family && m_length <= other.m_length &&
                SharesBits(other.m_octets));
    }

    std::string ToString() const;

  private:
    enum class Family : std::uint8_t
    {
        Any,
        V4,
        V6,
    };

    using Octets = std::array<std::uint8_t, 16>;

    static Octets OctetsOf(const IpAddress& address);
    bool SharesBits(const Octets& octets) const;
    IpPrefix Cut() const;

    Family m_family = Family::Any;
    std::uint32_t m_length = 0;
    Octets m_octets{}; //!< Those behind the prefix are zero; IPv4 has four.
};

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_PREFIX_H
