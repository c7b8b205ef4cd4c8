#ifndef BOUNCELAB_MODELS_HOST_TCP_SERVICE_CONFIG_H
#define BOUNCELAB_MODELS_HOST_TCP_SERVICE_CONFIG_H

#include "formats/address.h"
#include "formats/field.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::host
{

/// Who writes next on a connection.
enum class DialogSide
{
    Client,
    Server,
};

constexpr auto
EnumNames(DialogSide)
{
    return std::array<EnumName<DialogSide>, 2>{
        {{"client", DialogSide::Client}, {"server", DialogSide::Server}}};
}

/// One write of a program.
struct DialogStep
{
    DialogSide by = Field(&by, "by", DialogSide::Client) | "Who writes.";
    std::uint32_t bytes =
        Field(&bytes, "bytes").Required().Unit("bytes").Range(1, 1000000) | "How much, at once.";
    Nanoseconds after = Field(&after, "after").Range(0, 1e18) |
                        "How long after it has read or written what goes before.";
};

/// One connection of a client.
struct DialogClient
{
    std::string from =
        Field(&from, "from").Required() | "Name of the host that the client runs on.";
    IpAddress address =
        Field(&address, "address") |
        "Address at which it reaches the service, such as that of a gateway which leads "
        "there; `0.0.0.0` = the host's own.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When it connects.";
    std::vector<DialogStep> steps = Field(&steps, "steps") | "What both write, in order.";
    Nanoseconds keepAlive = Field(&keepAlive, "keep-alive").Range(0, 1e18) |
                            "How often the client's system asks whether the other end is there, by "
                            "one octet that it has "
                            "sent before (RFC 9293 3.8.4); 0 = never.";
    Nanoseconds until = Field(&until, "until").Range(0, 1e18) |
                        "When it closes, after the last step; 0 = not within the run.";
};

/// A program that listens to a port and exchanges octets with clients: mail programs and browsers
/// of which nothing but the lengths and times is of interest.
struct TcpServiceConfig
{
    std::uint16_t port = Field(&port, "port").Required().Range(1, 65535) | "TCP port.";
    std::map<std::string, DialogClient> clients = Field(&clients, "clients") | "Clients, by name.";
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_TCP_SERVICE_CONFIG_H
