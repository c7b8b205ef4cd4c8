#include "models/smtp/hello-check.h"

#include "formats/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace bouncelab::smtp
{

namespace
{

bool
IsHostName(std::string_view name)
{
    const auto fits = [](char c)
    { return IsDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.'; };
    return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), fits) &&
           name.front() != '.' && name.front() != '-' && name.back() != '-' &&
           name.find("..") == name.npos;
}

HelloFault
JudgeLiteral(std::string_view literal, IpAddress client, IpAddress server)
{
    const auto address = HostAddress::Parse(literal);
    if (literal.size() < 3 || literal.back() != ']' || !address)
    {
        return HelloFault::Malformed;
    }
    return *address == HostAddress(client)   ? HelloFault::None
           : *address == HostAddress(server) ? HelloFault::ServersOwn
                                             : HelloFault::ForgedLiteral;
}

} // namespace

std::string_view
NameOfHelloFault(HelloFault fault)
{
    constexpr std::array<std::string_view, 8> NAMES{"",
                                                    "missing",
                                                    "localhost",
                                                    "bare-address",
                                                    "forged-literal",
                                                    "servers-own",
                                                    "not-qualified",
                                                    "malformed"};
    return NAMES[static_cast<std::size_t>(fault)];
}

HelloFault
JudgeHello(std::string_view hello, IpAddress client, IpAddress server, std::string_view serverName)
{
    std::string name = InLowerCase(hello);
    if (name.empty())
    {
        return HelloFault::Missing;
    }
    if (name.front() == '[')
    {
        return JudgeLiteral(name, client, server);
    }
    if (HostAddress::Parse(name))
    {
        return HelloFault::BareAddress;
    }
    if (name.back() == '.')
    {
        name.pop_back();
    }
    if (!IsHostName(name))
    {
        return HelloFault::Malformed;
    }
    if (name == "localhost" || name == "localhost.localdomain" ||
        (name.size() > 10 && name.compare(name.size() - 10, 10, ".localhost") == 0))
    {
        return HelloFault::Localhost;
    }
    if (name.find('.') == name.npos)
    {
        return HelloFault::NotQualified;
    }
    return EqualIgnoringCase(name, serverName) ? HelloFault::ServersOwn : HelloFault::None;
}

} // namespace bouncelab::smtp
