#include "formats/prefix.h"

#include "formats/packet.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace bouncelab
{

IpPrefix::Octets
IpPrefix::OctetsOf(const IpAddress& address)
{
    Octets octets = address.Bytes();
    if (!address.IsIpv6())
    {
        octets = {};
        Write32(octets.data(), address.AsIpv4().value);
    }
    return octets;
}

bool
IpPrefix::SharesBits(const Octets& octets) const
{
    const std::size_t whole = m_length / 8;
    const std::uint32_t rest = m_length % 8;
    return std::equal(octets.begin(), octets.begin() + whole, m_octets.begin()) &&
           (rest == 0 || (octets[whole] ^ m_octets[whole]) >> (8 - rest) == 0);
}

std::optional<IpPrefix>
IpPrefix::Around(std::string_view address, std::uint32_t length)
{
    IpPrefix prefix;
    prefix.m_length = length;
    if (address.find(':') != address.npos)
    {
        prefix.m_family = Family::V6;
        const bool good =
            length <= 128 && address.find('\0') == address.npos &&
            inet_pton(AF_INET6, std::string(address).c_str(), prefix.m_octets.data()) == 1;
        return good ? std::optional(prefix.Cut()) : std::nullopt;
    }
    const auto v4 = Ipv4::Parse(address);
    if (!v4 || length > 32)
    {
        return std::nullopt;
    }
    prefix.m_family = Family::V4;
    Write32(prefix.m_octets.data(), v4->value);
    return prefix.Cut();
}

IpPrefix
IpPrefix::Cut() const
{
    IpPrefix cut = *this;
    for (std::uint32_t bit = m_length; bit < 128; ++bit)
    {
        cut.m_octets[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> bit % 8));
    }
    return cut;
}

std::optional<IpPrefix>
IpPrefix::Parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const std::uint32_t bits = address.find(':') != address.npos ? 128 : 32;
    std::uint32_t length = bits;
    if (slash != std::string_view::npos)
    {
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, length);
        if (error != std::errc() || stop != end || length > bits)
        {
            return std::nullopt;
        }
    }
    const auto whole = Around(address, bits);
    const auto prefix = Around(address, length);
    return whole && whole->m_octets == prefix->m_octets ? prefix : std::nullopt;
}

std::string
IpPrefix::ToString() const
{
    const IpAddress first =
        IsIpv6() ? IpAddress::OfIpv6(m_octets.data()) : IpAddress(Ipv4{Read32(m_octets.data())});
    return (IsIpv6() && !first.IsSet() ? "::" : first.ToString()) + "/" + std::to_string(m_length);
}

} // namespace bouncelab
