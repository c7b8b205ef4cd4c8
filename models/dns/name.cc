#include "models/dns/name.h"

#include "formats/text.h"
#include "models/dns/ldns.h"

#include <fmt/format.h>

#include <array>

namespace bouncelab::dns
{

std::optional<std::string>
ReadName(std::string_view text)
{
    const std::string absolute =
        std::string(text) + (text.empty() || text.back() != '.' ? "." : "");
    const ldns::Rdf name(ldns_dname_new_frm_str(absolute.c_str()));
    if (!name || absolute.find('\0') != absolute.npos)
    {
        return std::nullopt;
    }
    return ldns::NameOf(*name);
}

std::string_view
ParentOf(std::string_view name)
{
    for (std::size_t at = 0; at < name.size(); ++at)
    {
        if (name[at] == '\\')
        {
            ++at;
        }
        else if (name[at] == '.')
        {
            return name.substr(at + 1);
        }
    }
    return {};
}

bool
IsAtOrBelow(std::string_view name, std::string_view zone)
{
    while (name.size() > zone.size())
    {
        name = ParentOf(name);
    }
    return name == zone;
}

std::string
ReverseName(const IpAddress& address, std::string_view zone)
{
    if (!address.IsIpv6())
    {
        const std::uint32_t a = address.AsIpv4().value;
        return fmt::format("{}.{}.{}.{}.{}", a & 255, a >> 8 & 255, a >> 16 & 255, a >> 24, zone);
    }
    const auto bytes = address.Bytes();
    std::string name;
    for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte)
    {
        name += fmt::format("{:x}.{:x}.", *byte & 15, *byte >> 4);
    }
    return name.append(zone);
}

std::string
ReverseName(const IpAddress& address)
{
    return ReverseName(address, address.IsIpv6() ? "ip6.arpa" : "in-addr.arpa");
}

namespace
{

/// Of 32 nibbles, the last of the address first.
std::optional<IpAddress>
AddressOfNibbles(std::string_view nibbles)
{
    std::array<std::uint8_t, 16> bytes{};
    if (nibbles.size() != 4 * bytes.size() - 1)
    {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < 2 * bytes.size(); ++i)
    {
        const int nibble = HexDigit(nibbles[2 * i]);
        if (nibble < 0 || (2 * i + 1 < nibbles.size() && nibbles[2 * i + 1] != '.'))
        {
            return std::nullopt;
        }
        bytes[15 - i / 2] |= static_cast<std::uint8_t>(i % 2 == 0 ? nibble : nibble << 4);
    }
    const IpAddress address = IpAddress::OfIpv6(bytes.data());
    return address.IsIpv6() ? std::optional(address) : std::nullopt;
}

} // namespace

std::optional<IpAddress>
AddressOfReverse(std::string_view name, std::string_view zone)
{
    if (name.size() <= zone.size() || !IsAtOrBelow(name, zone))
    {
        return std::nullopt;
    }
    const std::string_view reversed = name.substr(0, name.size() - zone.size() - 1);
    const auto turned = Ipv4::Parse(reversed);
    if (!turned)
    {
        return AddressOfNibbles(reversed);
    }
    const std::uint32_t t = turned->value;
    return Ipv4{t << 24 | (t << 8 & 0xFF0000) | (t >> 8 & 0xFF00) | t >> 24};
}

} // namespace bouncelab::dns
