#ifndef BOUNCELAB_MODELS_MIDDLEBOX_STORE_AND_FORWARD_H
#define BOUNCELAB_MODELS_MIDDLEBOX_STORE_AND_FORWARD_H

#include "models/host/host.h"
#include "models/host/sending-mta.h"
#include "models/middlebox/interception-proxy-config.h"
#include "models/smtp/envelope.h"
#include "models/smtp/server-persona.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

/**
 * `mode: store-and-forward`: the mail that the proxy has taken over, and the sessions that hand it
 * on. A message goes to the server that its client meant, whatever the domain of its recipients; a
 * bounce goes where its addressee's mail goes.
 */
class StoreAndForward
{
  public:
    using Resolver = std::function<std::optional<IpAddress>(std::string_view domain)>;
    using ActionObserver =
        std::function<void(provenance::CauseId, TruthEvent did, std::string_view detail)>;

    /// All references outlive it. \param observer hears what becomes of each message.
    /// \param onConnection hears of every connection that it opens
    StoreAndForward(host::Host& host,
                    const InterceptionProxyConfig& config,
                    Resolver resolver,
                    ActionObserver observer,
                    host::SendingMta::ConnectionHandler onConnection);
    StoreAndForward(const StoreAndForward&) = delete;
    StoreAndForward& operator=(const StoreAndForward&) = delete;

    /// How it talks to clients: the config's server with the proxy's own texts and keywords.
    const smtp::ServerPersona& Persona() const { return m_persona; }

    /// \param content with CRLF line ends
    /// \param destination the server that the client meant, and the interception's cause
    void Submit(const smtp::Envelope& envelope,
                std::string_view content,
                const host::SendingMta::Peer& destination);

    std::size_t QueuedMessages() const { return m_mta.QueuedMessages(); }

  private:
    void OnEvent(const mail::QueueEvent& event);
    std::optional<host::SendingMta::Peer> RouteOf(const mail::DeliveryOrder& order) const;

    const InterceptionProxyConfig& m_config;
    smtp::ServerPersona m_persona;
    Resolver m_resolver;
    ActionObserver m_observer;
    std::optional<host::SendingMta::Peer> m_submitted; //!< Where the next new message goes.
    /// By serial; a bounce's has the cause only.
    std::map<std::uint64_t, host::SendingMta::Peer> m_routes;
    host::SendingMta m_mta;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_STORE_AND_FORWARD_H
