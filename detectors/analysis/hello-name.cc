#include "detectors/analysis/hello-name.h"

#include "formats/text.h"

#include <algorithm>
#include <array>

namespace bouncelab::detectors
{

namespace
{

bool
IsLoopbackAddress(const HostAddress& address)
{
    const auto v4 = address.AsIpv4();
    return (v4 && v4->value >> 24 == 127) || address == HostAddress::Parse("::1");
}

} // namespace

HelloFault
CheckHello(std::string_view name, const HostAddress& client)
{
    static constexpr std::array<std::string_view, 8> PRIVATE_ENDS{".local",
                                                                  ".lan",
                                                                  ".localdomain",
                                                                  ".internal",
                                                                  ".intranet",
                                                                  ".corp",
                                                                  ".home",
                                                                  ".invalid"};
    const std::string lower = InLowerCase(TrimEnd(Trim(name), "."));
    if (lower.empty())
    {
        return HelloFault::None;
    }
    const bool isLiteral = lower.front() == '[';
    if (const auto address = HostAddress::Parse(lower))
    {
        return IsLoopbackAddress(*address)                ? HelloFault::Loopback
               : !isLiteral                               ? HelloFault::BareAddress
               : client.IsNumeric() && *address != client ? HelloFault::OtherAddress
                                                          : HelloFault::None;
    }
    if (lower == "localhost" || StartsWith(lower, "localhost."))
    {
        return HelloFault::Loopback;
    }
    if (lower.find('.') == lower.npos)
    {
        return HelloFault::SingleLabel;
    }
    const bool isPrivate = std::any_of(PRIVATE_ENDS.begin(),
                                       PRIVATE_ENDS.end(),
                                       [&](std::string_view end) { return EndsWith(lower, end); });
    return isPrivate ? HelloFault::PrivateName : HelloFault::None;
}

bool
IsImplausible(HelloFault fault)
{
    return fault == HelloFault::Loopback || fault == HelloFault::BareAddress;
}

std::string_view
WhyOf(HelloFault fault)
{
    switch (fault)
    {
    case HelloFault::Loopback:
        return "what every machine calls itself, and the name of none";
    case HelloFault::BareAddress:
        return "an address without the brackets that make it a literal (RFC 5321 4.1.3)";
    case HelloFault::OtherAddress:
        return "a literal of another address than the client has";
    case HelloFault::SingleLabel:
        return "no full name";
    case HelloFault::PrivateName:
        return "a name that DNS outside does not know";
    case HelloFault::None:
        break;
    }
    return "a plausible name";
}

} // namespace bouncelab::detectors
