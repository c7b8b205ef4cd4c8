#ifndef BOUNCELAB_MODELS_MIDDLEBOX_STORE_AND_FORWARD_H
#define BOUNCELAB_MODELS_MIDDLEBOX_STORE_AND_FORWARD_H

#include "formats/clock.h"
#include "models/host/host.h"
#include "models/mail/mail-queue.h"
#include "models/middlebox/interception-proxy-config.h"
#include "models/smtp/envelope.h"
#include "models/smtp/server-persona.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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
    /// Where a message was meant to go.
    struct Destination
    {
        Ipv4 server;
        std::uint16_t port = 25;
        provenance::CauseId cause = 0; //!< Of the interception that brought it here; 0 = none.
    };

    using Resolver = std::function<std::optional<Ipv4>(std::string_view domain)>;
    using Witness =
        std::function<void(provenance::CauseId, std::string_view did, std::string_view detail)>;

    /// Hears of every connection that it opens.
    using ReachHandler = std::function<void(const host::FlowKey&, provenance::CauseId)>;

    /// All references outlive it. \param witness hears what becomes of each message.
    StoreAndForward(host::Host& host,
                    const InterceptionProxyConfig& config,
                    const HostClock& clock,
                    std::uint64_t seed,
                    Resolver resolver,
                    Witness witness,
                    ReachHandler onReached);
    ~StoreAndForward();
    StoreAndForward(const StoreAndForward&) = delete;
    StoreAndForward& operator=(const StoreAndForward&) = delete;

    /// How it talks to clients: the config's server with the proxy's own texts and keywords.
    const smtp::ServerPersona& Persona() const { return m_persona; }

    /// \param content with CRLF line ends
    void Submit(const smtp::Envelope& envelope,
                std::string_view content,
                const Destination& destination);

    std::size_t QueuedMessages() const { return m_queue.GetMessageCount(); }

  private:
    class Delivery;

    void Drain();
    void OnEvent(const mail::QueueEvent& event);
    void Start(const mail::DeliveryOrder& order);
    std::optional<Destination> RouteOf(const mail::DeliveryOrder& order) const;
    void Report(std::uint64_t delivery, const mail::DeliveryReport& report);
    void ReportLater(std::uint64_t delivery, const mail::DeliveryReport& report);

    host::Host& m_host;
    const InterceptionProxyConfig& m_config;
    std::uint64_t m_seed;
    smtp::ServerPersona m_persona;
    smtp::ClientPersona m_client;
    mail::MailQueue m_queue;
    Resolver m_resolver;
    Witness m_witness;
    ReachHandler m_onReached;
    std::map<std::uint64_t, Destination> m_routes; //!< By serial; a bounce keeps the cause only.
    std::map<std::uint64_t, std::unique_ptr<Delivery>> m_deliveries;
    ns3::EventId m_wake;
    bool m_draining = false;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_STORE_AND_FORWARD_H
