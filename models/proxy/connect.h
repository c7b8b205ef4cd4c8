#ifndef BOUNCELAB_MODELS_PROXY_CONNECT_H
#define BOUNCELAB_MODELS_PROXY_CONNECT_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace bouncelab::proxy
{

/// Where a tunnel leads: the authority-form of RFC 9112 3.2.3.
struct Authority
{
    std::string host; //!< A name or an IPv4 address.
    std::uint16_t port = 0;
};

/// A status code of RFC 9110 15.
enum class HttpStatus : std::uint16_t
{
    Ok = 200,
    BadRequest = 400,
    Forbidden = 403,
    MethodNotAllowed = 405,
    RequestTimeout = 408,
    HeadTooLarge = 431, //!< RFC 6585 5.
    BadGateway = 502,
    Unavailable = 503,
    GatewayTimeout = 504,
    VersionNotSupported = 505,
};

/// Octets of a head, up to and with its empty line, that either side reads at most.
constexpr std::size_t MOST_HEAD = 8192;

/// How long the head at the start of a stream is, with its empty line; nothing if it has no end.
std::optional<std::size_t> HeadLength(std::string_view stream);

/// Reads the head of a request. \return where it wants to go, or how it is refused
std::variant<Authority, HttpStatus> ReadConnect(std::string_view head);

/// The status code of a reply's head; nothing if it is no HTTP.
std::optional<std::uint16_t> ReadStatus(std::string_view head);

std::string ConnectRequest(const Authority& target);

/// The reply to CONNECT: a 200 has no content, and what follows it is the tunnel's.
std::string ConnectReply(HttpStatus status);

} // namespace bouncelab::proxy

#endif // BOUNCELAB_MODELS_PROXY_CONNECT_H
