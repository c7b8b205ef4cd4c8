#ifndef BOUNCELAB_MODELS_HOST_SMTP_SERVER_H
#define BOUNCELAB_MODELS_HOST_SMTP_SERVER_H

#include "models/connector/connector.h"
#include "models/host/host.h"
#include "models/mail/message.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

namespace bouncelab::host
{

/// Listens to a port of a host and runs an SMTP session for every connection, over which the port's
/// connector decides.
class SmtpServer
{
  public:
    struct Setup
    {
        std::string hostname; //!< How the server calls itself.
        std::uint16_t port = 25;
        std::string draws = "server-session"; //!< Names the draws of its sessions; unique.
        std::string mailDomain = {};          //!< Of a bare local part; empty = the hostname.
    };

    /// A message that the server has taken. Views and references are valid during the call.
    struct AcceptedMessage
    {
        const connector::SessionInfo& session;
        const smtp::MessageEvent& message;
        mail::Arrival arrival;             //!< Without the client's name.
        std::uint64_t internalId;          //!< That the transport knows it by; 0 = none.
        std::string_view addedHeader = {}; //!< Lines in front of its own, each with CRLF.
    };

    /// Who hears what happens; each may be empty.
    struct Handlers
    {
        std::function<void(const AcceptedMessage&)> onAccepted = {};
        std::function<void(const connector::SessionInfo&)> onConnected = {}; //!< TCP stands.
        connector::ConnectorObserver onEvent = {};                           //!< Of any session.
        std::function<std::string()> nameMessage = {}; //!< smtp::ConnectionInfo has it.
    };

    /// The host has to outlive the server.
    SmtpServer(Host& host,
               Setup setup,
               std::unique_ptr<connector::Connector> connector,
               Handlers handlers);
    SmtpServer(Host& host, Setup setup, std::unique_ptr<connector::Connector> connector);
    ~SmtpServer();
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;

    /// Ends the program in order: its sessions end with the persona's 421, and nobody listens.
    void Stop();
    void Resume(); //!< It listens again.

    std::size_t OpenSessions() const { return m_running.size(); }

  private:
    class Running;

    void Accept(ns3::Ptr<ProfileSocket> socket);

    Host& m_host;
    Setup m_setup;
    std::unique_ptr<connector::Connector> m_connector;
    Handlers m_handlers;
    std::uint64_t m_count = 0;
    bool m_isStopped = false;
    std::unordered_map<std::uint64_t, std::unique_ptr<Running>> m_running;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_SMTP_SERVER_H
