#include "formats/address.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>

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

IpAddress
IpAddress::OfIpv6(const std::uint8_t* bytes)
{
    IpAddress address;
    for (std::size_t i = 0; i < 8; ++i)
    {
        address.m_high = address.m_high << 8 | bytes[i];
        address.m_low = address.m_low << 8 | bytes[8 + i];
    }
    return address;
}

std::optional<IpAddress>
IpAddress::Parse(std::string_view text)
{
    if (const auto v4 = Ipv4::Parse(text))
    {
        return *v4;
    }
    std::uint8_t bytes[16];
    if (text.find('\0') != text.npos || inet_pton(AF_INET6, std::string(text).c_str(), bytes) != 1)
    {
        return std::nullopt;
    }
    const IpAddress address = OfIpv6(bytes);
    return address.IsIpv4() ? std::nullopt : std::optional<IpAddress>(address);
}

IpAddress
IpAddress::Plus(std::uint32_t count) const
{
    IpAddress later = *this;
    later.m_low += count;
    return later;
}

IpAddress
IpAddress::FirstOfBlock() const
{
    IpAddress first = *this;
    first.m_low &= ~std::uint64_t{0xFF};
    return first;
}

bool
IpAddress::IsGroup() const
{
    return IsIpv6() ? m_high >> 56 == 0xFF
                    : AsIpv4().value >> 28 == 0xE || AsIpv4().value == 0xFFFFFFFF;
}

std::array<std::uint8_t, 16>
IpAddress::Bytes() const
{
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < 8; ++i)
    {
        bytes[i] = static_cast<std::uint8_t>(m_high >> (56 - 8 * i));
        bytes[8 + i] = static_cast<std::uint8_t>(m_low >> (56 - 8 * i));
    }
    return bytes;
}

std::string
IpAddress::ToString() const
{
    return IsIpv6() ? HostAddress(*this).ToString() : AsIpv4().ToString();
}

namespace
{

std::string_view
WithoutDress(std::string_view text)
{
    if (text.size() > 1 && text.front() == '[' && text.back() == ']')
    {
        text = text.substr(1, text.size() - 2);
    }
    if (StartsWithIgnoringCase(text, "IPv6:"))
    {
        text.remove_prefix(5);
    }
    return text.substr(0, text.find('%'));
}

/// "x.x.x.x", "203.0.113.xxx", "***.***.1.2": an address with something in the place of digits.
bool
LooksMasked(std::string_view text)
{
    const bool groups = std::count(text.begin(), text.end(), '.') == 3 ||
                        std::count(text.begin(), text.end(), ':') >= 2;
    return groups && text.find_first_of("xX*#") != text.npos &&
           text.find_first_not_of("0123456789.:xX*#") == text.npos;
}

bool
LooksLikeName(std::string_view text)
{
    return text.find('.') != text.npos && text.front() != '.' &&
           std::any_of(text.begin(), text.end(), IsAlpha) &&
           std::all_of(text.begin(),
                       text.end(),
                       [](char c) { return IsAlnum(c) || c == '.' || c == '-' || c == '_'; });
}

} // namespace

HostAddress::HostAddress(Ipv4 address)
    : m_kind(address.value == 0 ? Kind::Unknown : Kind::V4)
{
    for (std::size_t i = 0; i < 4; ++i)
    {
        m_bytes[i] = static_cast<std::uint8_t>(address.value >> (24 - 8 * i));
    }
}

HostAddress::HostAddress(const IpAddress& address)
    : HostAddress(address.IsIpv6() ? OfIpv6(address.Bytes().data()) : HostAddress(address.AsIpv4()))
{
}

HostAddress
HostAddress::OfIpv6(const std::uint8_t* bytes)
{
    HostAddress address;
    address.m_kind = Kind::V6;
    std::copy(bytes, bytes + 16, address.m_bytes.begin());
    return address;
}

HostAddress
HostAddress::Masked(std::uint64_t number)
{
    HostAddress address;
    address.m_kind = Kind::Masked;
    for (std::size_t i = 0; i < 8; ++i)
    {
        address.m_bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
    }
    return address;
}

std::optional<HostAddress>
HostAddress::Parse(std::string_view text)
{
    text = WithoutDress(text);
    if (const auto v4 = Ipv4::Parse(text))
    {
        return HostAddress(*v4);
    }
    std::uint8_t bytes[16];
    if (text.find(':') == text.npos || inet_pton(AF_INET6, std::string(text).c_str(), bytes) != 1)
    {
        return std::nullopt;
    }
    return OfIpv6(bytes);
}

std::optional<HostAddress>
HostAddress::ParseAny(std::string_view text)
{
    if (auto address = Parse(text))
    {
        return address;
    }
    text = WithoutDress(text);
    if (LooksMasked(text))
    {
        return Masked(0);
    }
    if (text.empty() || !LooksLikeName(text))
    {
        return std::nullopt;
    }
    HostAddress address;
    address.m_kind = Kind::Name;
    address.m_name = InLowerCase(text);
    return address;
}

std::optional<Ipv4>
HostAddress::AsIpv4() const
{
    return m_kind == Kind::V4 ? std::optional<Ipv4>(Ipv4{static_cast<std::uint32_t>(Digest())})
                              : std::nullopt;
}

bool
HostAddress::IsPrivate() const
{
    if (const auto v4 = AsIpv4())
    {
        return bouncelab::IsPrivate(*v4);
    }
    constexpr std::array<std::uint8_t, 16> LOOPBACK{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return m_kind == Kind::V6 &&
           ((m_bytes[0] & 0xFE) == 0xFC || (m_bytes[0] == 0xFE && (m_bytes[1] & 0xC0) == 0x80) ||
            m_bytes == LOOPBACK);
}

bool
HostAddress::IsNeighborOf(const HostAddress& other) const
{
    const auto length = m_kind == Kind::V4 ? 3 : 8;
    return IsNumeric() && m_kind == other.m_kind &&
           std::equal(m_bytes.begin(), m_bytes.begin() + length, other.m_bytes.begin());
}

std::uint64_t
HostAddress::Digest() const
{
    if (m_kind == Kind::V4 || m_kind == Kind::Unknown)
    {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < 4; ++i)
        {
            value = value << 8 | m_bytes[i];
        }
        return value;
    }
    // FNV-1a over whatever names it.
    std::uint64_t hash = 0xCBF29CE484222325;
    const auto add = [&](std::uint8_t octet) { hash = (hash ^ octet) * 0x100000001B3; };
    add(static_cast<std::uint8_t>(m_kind));
    std::for_each(m_bytes.begin(), m_bytes.end(), add);
    std::for_each(m_name.begin(), m_name.end(), add);
    return hash;
}

std::string
HostAddress::ToString() const
{
    switch (m_kind)
    {
    case Kind::V4:
        return Ipv4{static_cast<std::uint32_t>(Digest())}.ToString();
    case Kind::V6:
    {
        char text[INET6_ADDRSTRLEN] = "";
        inet_ntop(AF_INET6, m_bytes.data(), text, sizeof(text));
        return text;
    }
    case Kind::Name:
        return m_name;
    case Kind::Masked:
    case Kind::Unknown:
        break;
    }
    return "unknown address";
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
