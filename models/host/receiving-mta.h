#ifndef BOUNCELAB_MODELS_HOST_RECEIVING_MTA_H
#define BOUNCELAB_MODELS_HOST_RECEIVING_MTA_H

#include "formats/clock.h"
#include "models/host/host.h"
#include "models/host/smtp-listener.h"
#include "models/smtp/server-persona.h"
#include "models/smtp/server-session.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace bouncelab::host
{

/// Which recipients a server takes, from its own tables.
struct RecipientTable
{
    std::map<std::string, std::string> replies; //!< Recipient in lower case to the reply it gets.
    bool acceptsUnlisted = true;
};

/// The mail server of a host: listens on port 25 and runs a session for every connection.
class ReceivingMta
{
  public:
    /// Hears of every message that the server has taken responsibility for.
    using MessageHandler = std::function<void(const smtp::MessageEvent&)>;

    /**
     * \param host has to outlive the server
     * \param hostname how the server calls itself
     * \param clock of the host; copied
     * \param zoneMinutes local time, east of UTC
     */
    ReceivingMta(Host& host,
                 const std::string& hostname,
                 const smtp::ServerPersona& persona,
                 const RecipientTable& recipients,
                 const HostClock& clock,
                 std::uint64_t seed,
                 MessageHandler onMessage);
    ~ReceivingMta();
    ReceivingMta(const ReceivingMta&) = delete;
    ReceivingMta& operator=(const ReceivingMta&) = delete;

    std::size_t OpenSessions() const { return m_listener->OpenSessions(); }

  private:
    class Policy;
    class Conversation;

    smtp::ServerPersona m_persona;
    std::uint64_t m_seed;
    std::string m_name;
    MessageHandler m_onMessage;
    std::unique_ptr<Policy> m_policy;
    std::unique_ptr<SmtpListener> m_listener;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_RECEIVING_MTA_H
