#ifndef BOUNCELAB_TESTS_PROBE_LOOPBACK_SERVER_H
#define BOUNCELAB_TESTS_PROBE_LOOPBACK_SERVER_H

#include "models/smtp/server-session.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

namespace bouncelab::probe
{

/// The SMTP server core on a real port of 127.0.0.1, by the real clock, for programs that judge it
/// from outside. Runs from its construction to its destruction.
class LoopbackServer
{
  public:
    using SessionFactory =
        std::function<std::unique_ptr<smtp::Session>(const smtp::ConnectionInfo&)>;

    /// Persona and policy have to outlive the server; only its thread uses them meanwhile.
    LoopbackServer(const smtp::ServerPersona& persona, smtp::ServerPolicy& policy);

    /// \param open makes the server's side of a connection; called in the server's thread.
    explicit LoopbackServer(SessionFactory open);
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    std::uint16_t Port() const { return m_port; }

  private:
    struct Connection;

    void Serve();
    void Accept();
    bool Handle(Connection& connection, short events);
    void Pump(Connection& connection);

    SessionFactory m_open;
    smtp::SessionObserver m_observer;
    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::uint64_t m_count = 0;
    std::map<int, std::unique_ptr<Connection>> m_connections; //!< By socket.
    std::atomic<bool> m_stop{false};
    std::thread m_thread;
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_TESTS_PROBE_LOOPBACK_SERVER_H
