#ifndef BOUNCELAB_MODELS_HOST_SMTP_LISTENER_H
#define BOUNCELAB_MODELS_HOST_SMTP_LISTENER_H

#include "formats/clock.h"
#include "models/host/host.h"
#include "models/host/session-link.h"
#include "models/smtp/server-policy.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace bouncelab::host
{

/// What a server keeps for one connection; it lives as long as the connection's session.
class ServerConversation
{
  public:
    virtual ~ServerConversation() = default;

    /// Makes the session, once. \param connection outlives the conversation.
    virtual std::unique_ptr<smtp::Session> MakeSession(const smtp::ConnectionInfo& connection) = 0;

    /// \param wake has the session looked at again; the listener's, before MakeSession.
    void SetWake(std::function<void()> wake) { m_wake = std::move(wake); }

  protected:
    /// Something that the session waits for besides octets and time has come.
    void Wake() { m_wake(); }

  private:
    std::function<void()> m_wake = [] {};
};

/// Listens to a port of a host and runs an SMTP session for every connection.
class SmtpListener
{
  public:
    using Factory = std::function<std::unique_ptr<ServerConversation>()>;

    /**
     * \param host has to outlive the listener
     * \param hostname how the server calls itself
     * \param clock of the host; copied
     * \param factory makes a conversation for each connection
     * \param mailDomain whose mailboxes a bare local part means; empty = the hostname
     */
    SmtpListener(Host& host,
                 std::uint16_t port,
                 const std::string& hostname,
                 const HostClock& clock,
                 Factory factory,
                 const std::string& mailDomain = {});
    ~SmtpListener();
    SmtpListener(const SmtpListener&) = delete;
    SmtpListener& operator=(const SmtpListener&) = delete;

    std::size_t OpenSessions() const { return m_running.size(); }

    /// Connections so far; the number of the one that is being accepted.
    std::uint64_t Count() const { return m_count; }

  private:
    struct Running;

    void Accept(ns3::Ptr<ProfileSocket> socket);

    Host& m_host;
    std::uint16_t m_port;
    std::string m_hostname;
    std::string m_mailDomain;
    HostClock m_clock;
    Factory m_factory;
    std::uint64_t m_count = 0;
    std::unordered_map<std::uint64_t, std::unique_ptr<Running>> m_running;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_SMTP_LISTENER_H
