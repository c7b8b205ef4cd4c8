#ifndef BOUNCELAB_MODELS_PROXY_PROXY_CONFIG_H
#define BOUNCELAB_MODELS_PROXY_PROXY_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <cstdint>
#include <string>

namespace bouncelab::proxy
{

/// Whom an HTTP proxy opens tunnels for, and where to (CONNECT, RFC 9110 9.3.6). By default it is
/// open: for everybody, to every port.
struct ProxyConfig
{
    std::uint16_t port =
        Field(&port, "port", 3128).Range(1, 65535) | "TCP port that it listens to.";
    std::string clients =
        Field(&clients, "clients") |
        "Whom it serves: a network as `192.168.1.0/24`, or an address; empty = everybody.";
    std::uint16_t onlyPort = Field(&onlyPort, "only-port").Range(0, 65535) |
                             "The port that tunnels may lead to, such as 443; 0 = any.";
    std::uint32_t tunnels =
        Field(&tunnels, "tunnels", 200).Range(1, 65535) | "Clients at a time; more get 503.";
    Nanoseconds requestTimeout =
        Field(&requestTimeout, "request-timeout", std::chrono::seconds(60)).Range(1e6, 86400e9) |
        "How long it waits for a request; then 408.";
    Nanoseconds connectTimeout =
        Field(&connectTimeout, "connect-timeout", std::chrono::seconds(30)).Range(1e6, 86400e9) |
        "How long it tries to reach the server; then 504.";
    Nanoseconds idleTimeout =
        Field(&idleTimeout, "idle-timeout", std::chrono::minutes(10)).Range(1e6, 1e17) |
        "A tunnel in which nothing has passed for so long is closed.";
};

/// The proxy through which a program reaches servers.
struct ProxyUse
{
    IpAddress address = Field(&address, "address").Required() | "Address of the proxy.";
    std::uint16_t port = Field(&port, "port", 3128).Range(1, 65535) | "Its port.";
};

} // namespace bouncelab::proxy

#endif // BOUNCELAB_MODELS_PROXY_PROXY_CONFIG_H
