#include "tests/probe/loopback-server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <stdexcept>
#include <vector>

namespace bouncelab::probe
{

namespace
{

Nanoseconds
Now()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::chrono::seconds(time.tv_sec) + Nanoseconds(time.tv_nsec);
}

} // namespace

struct LoopbackServer::Connection
{
    int socket;
    smtp::ConnectionInfo info;
    std::unique_ptr<smtp::Session> session;
    std::string unsent = {};

    ~Connection() { close(socket); }
};

LoopbackServer::LoopbackServer(const smtp::ServerPersona& persona, smtp::ServerPolicy& policy)
    : LoopbackServer(
          [this, &persona, &policy](const smtp::ConnectionInfo& info)
          {
              return std::make_unique<smtp::ServerSession>(persona,
                                                           policy,
                                                           m_observer,
                                                           info,
                                                           DrawKey(info.session, "loopback"));
          })
{
}

LoopbackServer::LoopbackServer(SessionFactory open)
    : m_open(std::move(open))
    , m_listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (m_listener < 0 || bind(m_listener, generic, size) != 0 || listen(m_listener, 16) != 0 ||
        getsockname(m_listener, generic, &size) != 0)
    {
        throw std::runtime_error("no port of 127.0.0.1 to listen on");
    }
    m_port = ntohs(address.sin_port);
    m_thread = std::thread([this] { Serve(); });
}

LoopbackServer::~LoopbackServer()
{
    m_stop = true;
    m_thread.join();
    m_connections.clear();
    close(m_listener);
}

void
LoopbackServer::Serve()
{
    constexpr int TICK_MS = 10;
    while (!m_stop)
    {
        std::vector<pollfd> sockets{{m_listener, POLLIN, 0}};
        for (const auto& [descriptor, connection] : m_connections)
        {
            const bool writes = !connection->unsent.empty();
            sockets.push_back({descriptor, static_cast<short>(writes ? POLLOUT : POLLIN), 0});
        }
        poll(sockets.data(), sockets.size(), TICK_MS);
        if (sockets[0].revents & POLLIN)
        {
            Accept();
        }
        for (std::size_t i = 1; i < sockets.size(); ++i)
        {
            const auto it = m_connections.find(sockets[i].fd);
            if (!Handle(*it->second, sockets[i].revents))
            {
                m_connections.erase(it);
            }
        }
    }
}

void
LoopbackServer::Accept()
{
    const int descriptor = accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0)
    {
        return;
    }
    auto connection = std::make_unique<Connection>();
    connection->socket = descriptor;
    connection->info.hostname = "mail.example.org";
    connection->info.domain = "example.org";
    connection->info.client = connection->info.server = Ipv4{INADDR_LOOPBACK};
    connection->info.serverPort = m_port;
    connection->info.session = ++m_count;
    connection->session = m_open(connection->info);
    connection->session->Connected(Now());
    Pump(*connection);
    m_connections[descriptor] = std::move(connection);
}

/// \return whether the connection goes on.
bool
LoopbackServer::Handle(Connection& connection, short events)
{
    smtp::Session& session = *connection.session;
    session.Tick(Now());
    if (events & (POLLIN | POLLHUP | POLLERR))
    {
        char octets[4096];
        const ssize_t count = recv(connection.socket, octets, sizeof(octets), 0);
        if (count > 0)
        {
            session.Receive({octets, static_cast<std::size_t>(count)}, Now());
        }
        else if (count == 0 || errno != EAGAIN)
        {
            session.PeerClosed(Now(), count < 0);
        }
    }
    Pump(connection);
    return !session.WantsClose() || !connection.unsent.empty();
}

void
LoopbackServer::Pump(Connection& connection)
{
    connection.unsent += connection.session->TakeOutput();
    const ssize_t count =
        send(connection.socket, connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (count > 0)
    {
        connection.unsent.erase(0, static_cast<std::size_t>(count));
    }
    else if (count < 0 && errno != EAGAIN)
    {
        connection.unsent.clear();
        connection.session->PeerClosed(Now(), true);
    }
}

} // namespace bouncelab::probe
