#ifndef BOUNCELAB_MODELS_MIDDLEBOX_CONNECTION_H
#define BOUNCELAB_MODELS_MIDDLEBOX_CONNECTION_H

#include "formats/address.h"
#include "formats/random.h"

#include <cstdint>

namespace bouncelab::middlebox
{

/// Client and server of a connection.
struct Connection
{
    IpAddress client;
    IpAddress server;
    std::uint16_t clientPort = 0;
    std::uint16_t serverPort = 0;

    bool operator==(const Connection& other) const
    {
        return client == other.client && server == other.server && clientPort == other.clientPort &&
               serverPort == other.serverPort;
    }

    /// The same seen from the other end.
    Connection Reversed() const { return {server, client, serverPort, clientPort}; }

    /// The same on every machine.
    std::uint64_t Hash() const
    {
        return Mix(Mix(client.Digest() << 32 ^ server.Digest()) ^
                   (static_cast<std::uint64_t>(clientPort) << 16 | serverPort));
    }
};

struct ConnectionHash
{
    std::size_t operator()(const Connection& c) const { return static_cast<std::size_t>(c.Hash()); }
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_CONNECTION_H
