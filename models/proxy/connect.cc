#include "models/proxy/connect.h"

#include "formats/address.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace bouncelab::proxy
{

namespace
{

constexpr std::size_t MOST_NAME = 253; //!< RFC 1035 2.3.4, as text.

bool
IsHostCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

/// An empty or invalid port is refused (RFC 9110 9.3.6).
std::optional<Authority>
ReadAuthority(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || colon == 0 || colon > MOST_NAME)
    {
        return std::nullopt;
    }
    Authority authority;
    authority.host = text.substr(0, colon);
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, authority.port);
    const bool isName = std::all_of(authority.host.begin(), authority.host.end(), IsHostCharacter);
    return isName && error == std::errc() && stop == end && authority.port != 0
               ? std::optional(std::move(authority))
               : std::nullopt;
}

std::string_view
PhraseOf(HttpStatus status)
{
    switch (status)
    {
    case HttpStatus::Ok:
        return "Connection established";
    case HttpStatus::BadRequest:
        return "Bad Request";
    case HttpStatus::Forbidden:
        return "Forbidden";
    case HttpStatus::MethodNotAllowed:
        return "Method Not Allowed";
    case HttpStatus::RequestTimeout:
        return "Request Timeout";
    case HttpStatus::HeadTooLarge:
        return "Request Header Fields Too Large";
    case HttpStatus::BadGateway:
        return "Bad Gateway";
    case HttpStatus::Unavailable:
        return "Service Unavailable";
    case HttpStatus::GatewayTimeout:
        return "Gateway Timeout";
    case HttpStatus::VersionNotSupported:
        return "HTTP Version Not Supported";
    }
    return "";
}

} // namespace

std::optional<std::size_t>
HeadLength(std::string_view stream)
{
    // A line may end in LF alone (RFC 9112 2.2).
    for (std::size_t at = stream.find('\n'); at != stream.npos; at = stream.find('\n', at + 1))
    {
        const std::string_view next = stream.substr(at + 1, 2);
        if (next.substr(0, 1) == "\n" || next == "\r\n")
        {
            return at + 1 + (next[0] == '\n' ? 1 : 2);
        }
    }
    return std::nullopt;
}

std::variant<Authority, HttpStatus>
ReadConnect(std::string_view head)
{
    std::string_view line = head.substr(0, head.find('\n'));
    line = line.substr(0, line.find_last_not_of('\r') + 1);
    const std::size_t first = line.find(' ');
    const std::size_t second = first == line.npos ? first : line.find(' ', first + 1);
    if (second == line.npos)
    {
        return HttpStatus::BadRequest;
    }
    const std::string_view version = line.substr(second + 1);
    if (version.substr(0, 5) != "HTTP/" || version.size() != 8)
    {
        return HttpStatus::BadRequest;
    }
    if (version.substr(5, 2) != "1.")
    {
        return HttpStatus::VersionNotSupported;
    }
    if (line.substr(0, first) != "CONNECT")
    {
        return HttpStatus::MethodNotAllowed;
    }
    auto authority = ReadAuthority(line.substr(first + 1, second - first - 1));
    if (!authority)
    {
        return HttpStatus::BadRequest;
    }
    return std::move(*authority);
}

std::optional<std::uint16_t>
ReadStatus(std::string_view head)
{
    std::uint16_t code = 0;
    if (head.size() < 12 || head.substr(0, 7) != "HTTP/1." || head[8] != ' ')
    {
        return std::nullopt;
    }
    const auto [stop, error] = std::from_chars(head.data() + 9, head.data() + 12, code);
    return error == std::errc() && stop == head.data() + 12 ? std::optional(code) : std::nullopt;
}

std::string
ConnectRequest(const Authority& target)
{
    return fmt::format("CONNECT {0}:{1} HTTP/1.0\r\n\r\n", target.host, target.port);
}

std::string
ConnectReply(HttpStatus status)
{
    const auto code = static_cast<unsigned>(status);
    const std::string_view phrase = PhraseOf(status);
    if (status == HttpStatus::Ok)
    {
        return fmt::format("HTTP/1.0 {} {}\r\n\r\n", code, phrase);
    }
    return fmt::format("HTTP/1.0 {0} {1}\r\n{2}Content-Type: text/plain\r\nContent-Length: {3}\r\n"
                       "Connection: close\r\n\r\n{1}\r\n",
                       code,
                       phrase,
                       status == HttpStatus::MethodNotAllowed ? "Allow: CONNECT\r\n" : "",
                       phrase.size() + 2);
}

} // namespace bouncelab::proxy
