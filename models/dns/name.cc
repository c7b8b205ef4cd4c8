#include "models/dns/name.h"

#include "models/dns/ldns.h"

#include <fmt/format.h>

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
ReverseName(Ipv4 address, std::string_view zone)
{
    const std::uint32_t a = address.value;
    return fmt::format("{}.{}.{}.{}.{}", a & 255, a >> 8 & 255, a >> 16 & 255, a >> 24, zone);
}

std::optional<Ipv4>
AddressOfReverse(std::string_view name, std::string_view zone)
{
    if (name.size() <= zone.size() || !IsAtOrBelow(name, zone))
    {
        return std::nullopt;
    }
    const auto turned = Ipv4::Parse(name.substr(0, name.size() - zone.size() - 1));
    if (!turned)
    {
        return std::nullopt;
    }
    const std::uint32_t t = turned->value;
    return Ipv4{t << 24 | (t << 8 & 0xFF0000) | (t >> 8 & 0xFF00) | t >> 24};
}

} // namespace bouncelab::dns
