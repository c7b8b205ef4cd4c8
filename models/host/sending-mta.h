#ifndef BOUNCELAB_MODELS_HOST_SENDING_MTA_H
#define BOUNCELAB_MODELS_HOST_SENDING_MTA_H

#include "formats/address.h"
#include "models/host/flow.h"
#include "models/host/host.h"
#include "models/host/session-link.h"
#include "models/host/token-source.h"
#include "models/mail/mail-queue.h"
#include "models/mail/mta-persona.h"
#include "models/proxy/proxy-config.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::host
{

/**
 * What delivers the mail of a host: a queue, and a client session for every delivery to another
 * host. A mail system has one, and so has a proxy that stores and forwards.
 */
class SendingMta
{
  public:
    /// A server to speak to.
    struct Peer
    {
        IpAddress address;
        std::uint16_t port = 25;
        std::string name = {};         //!< As this host knows it; may be empty.
        provenance::CauseId cause = 0; //!< Why it is spoken to; 0 = ordinary.
        /// Of a server of the own organization: what proves this one to it. Outlives the MTA.
        TokenSource* tokens = nullptr;
        std::optional<proxy::ProxyUse> through = {}; //!< An HTTP proxy on the way to it.
    };

    /// Where an order goes.
    struct Route
    {
        std::vector<Peer> peers = {}; //!< In the order in which they are tried; none: nowhere.
        bool lookupFailed = false;    //!< Nobody could say, which is not an answer "nowhere".
    };

    using RouteHandler = std::function<void(const Route&)>;

    /// Finds the server that takes an order, by its domain if by nothing else, and answers once, at
    /// once or later.
    using Resolver = std::function<void(const mail::DeliveryOrder&, const RouteHandler& answer)>;
    using QueueHandler = std::function<void(const mail::QueueEvent&)>;
    using LocalAnswer = std::function<void(const mail::DeliveryReport&)>;

    /// Carries out a delivery to a mailbox of this host and answers once, at once or later.
    using LocalAgent = std::function<void(const mail::DeliveryOrder&, LocalAnswer answer)>;
    using AttributionHandler =
        std::function<void(std::uint64_t delivery, provenance::CauseId cause)>;

    /// Makes what hears the session of a delivery; may give nothing. \param port this host's
    using SessionObserverFactory =
        std::function<std::unique_ptr<smtp::SessionObserver>(const Peer& peer, std::uint16_t port)>;

    /// Hears of every connection before its first packet.
    using ConnectionHandler = std::function<void(const FlowKey&, provenance::CauseId)>;

    /// Who answers the agent's questions and hears what happens; the last four may be empty.
    struct Handlers
    {
        Resolver resolve;
        QueueHandler onQueueEvent;      //!< Everything that happens in the queue.
        LocalAgent deliverLocally = {}; //!< Without one every mailbox is there and takes all.
        AttributionHandler onAttribution = {}; //!< A delivery's connection took forged data.
        SessionObserverFactory observeSession = {};
        ConnectionHandler onConnection = {};
    };

    /**
     * \param host has to outlive the MTA
     * \param hostname what HELO says
     */
    SendingMta(Host& host,
               const std::string& hostname,
               const mail::MtaPersona& persona,
               const mail::QueueStart& start,
               Handlers handlers);
    ~SendingMta();
    SendingMta(const SendingMta&) = delete;
    SendingMta& operator=(const SendingMta&) = delete;

    /// What the message that is handed over next will be called.
    const std::string& NameNext();

    /// A user of the host hands a message over.
    void Submit(const mail::Submission& submission);

    /// An administrator has what waits tried at once (mail::MailQueue::RetryNow).
    void RetryNow(std::string_view domain);

    /// From now on recipients go where this says; without, by their domain alone.
    void SetRouter(mail::Router router) { m_queue.SetRouter(std::move(router)); }

    /// An end that no server decided, in the persona's words.
    mail::DeliveryReport ReportOf(mail::DeliveryOutcome outcome,
                                  const mail::StatusTexts& verdict,
                                  const std::string& recipient) const
    {
        return m_queue.ReportOf(outcome, verdict, recipient);
    }

    /// Instead of delivering locally, sends the message on, its recipient unchanged, to the server
    /// of another domain.
    void SendOn(mail::DeliveryOrder order, const std::string& domain)
    {
        order.domain = domain;
        StartRemote(order);
    }

    /// Ends the program in order: its sessions end, its queue stays.
    void Stop();

    /// The program begins again, if it has ended in order.
    void Resume();

    bool IsRunning() const { return !m_isStopped && !m_host.IsDown(); }

    /// How its disk goes about what it writes; by default it never fills. \param room in octets
    void SetDisk(Nanoseconds writeBack, std::function<std::uint64_t()> room)
    {
        m_writeBack = writeBack;
        m_queue.SetRoom(std::move(room));
    }

    std::uint64_t QueuedOctets() const { return m_queue.Octets(); }

    std::size_t QueuedMessages() const { return m_queue.GetMessageCount(); }

    std::size_t RunningDeliveries() const { return m_deliveries.size(); }

    /// Whether a result is wanted: an end of the program forgets what was under way.
    bool Expects(std::uint64_t delivery) const { return m_deliveries.count(delivery) > 0; }

  private:
    class Delivery;
    class Attempt;

    void Drain();
    void Wake();
    void Start(const mail::DeliveryOrder& order);
    void StartRemote(const mail::DeliveryOrder& order);
    void Depart(const mail::DeliveryOrder& order, Route route);
    void TakeEvents();
    void BreakOff();
    void LosePower();
    void Boot();
    void ReportLater(std::uint64_t delivery, const mail::DeliveryReport& report);
    void Report(std::uint64_t delivery, const mail::DeliveryReport& report);

    Host& m_host;
    std::string m_hostname;
    mail::MtaPersona m_persona;
    mail::MailQueue m_queue;
    Handlers m_handlers;
    /// Under way, by number. Null until it has a peer, and for one to a mailbox.
    std::map<std::uint64_t, std::unique_ptr<Delivery>> m_deliveries;
    /// Deliveries that an end of the program broke off, each with hosts that may have taken it.
    std::vector<std::pair<std::uint64_t, std::uint32_t>> m_interrupted;
    ns3::EventId m_wake;
    Nanoseconds m_writeBack{0};
    bool m_draining = false;
    bool m_isStopped = false;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_SENDING_MTA_H
