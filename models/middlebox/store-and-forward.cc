#include "models/middlebox/store-and-forward.h"

#include "models/host/session-link.h"
#include "models/mail/remote-report.h"
#include "models/smtp/client-session.h"

#include <ns3/simulator.h>

#include <algorithm>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::uint16_t SMTP_PORT = 25;

std::int64_t
NowNs()
{
    return ns3::Simulator::Now().GetNanoSeconds();
}

smtp::ServerPersona
PersonaOf(const InterceptionProxyConfig& config)
{
    smtp::ServerPersona persona = config.server;
    persona.keywords = config.keywords;
    persona.replies.greeting = config.replies.greeting;
    persona.replies.helo = config.replies.helo;
    persona.replies.ehlo = config.replies.ehlo;
    return persona;
}

smtp::ClientPersona
ClientOf(const InterceptionProxyConfig& config)
{
    smtp::ClientPersona persona = config.forward.client;
    persona.lineEnds = smtp::ContentLineEnds::Convert; // A queue holds LF.
    return persona;
}

mail::QueueStart
StartOf(const InterceptionProxyConfig& config)
{
    mail::QueueStart start;
    start.hostname = config.hostname;
    start.localDomains = {config.hostname};
    return start;
}

mail::RemoteStage
StageOf(smtp::Stage stage)
{
    static_assert(static_cast<int>(smtp::Stage::Connect) + 1 ==
                      static_cast<int>(mail::RemoteStage::Connect) &&
                  static_cast<int>(smtp::Stage::Message) + 1 ==
                      static_cast<int>(mail::RemoteStage::Message));
    return static_cast<mail::RemoteStage>(
        std::min(static_cast<int>(stage), static_cast<int>(smtp::Stage::Message)) + 1);
}

} // namespace

/// One attempt at one recipient.
class StoreAndForward::Delivery : public smtp::SessionObserver
{
  public:
    Delivery(StoreAndForward& owner, const mail::DeliveryOrder& order, const Destination& to)
        : m_owner(owner)
        , m_number(order.delivery)
        , m_peer(to.server)
    {
        smtp::Transaction transaction;
        transaction.sender = order.sender;
        transaction.recipients = {order.recipient};
        transaction.content = order.content;
        const std::string& name =
            owner.m_config.helloName.empty() ? owner.m_config.hostname : owner.m_config.helloName;
        auto session = std::make_unique<smtp::ClientSession>(
            owner.m_client,
            std::move(transaction),
            name,
            *this,
            RandomStream(owner.m_seed,
                         owner.m_host.Name() + "/delivery/" + std::to_string(order.delivery)));
        smtp::ClientSession& client = *session;
        const auto socket = owner.m_host.OpenSocket(to.server, to.port);
        socket->GetFlow()->cause = to.cause;
        owner.m_onReached(socket->GetFlow()->key, to.cause);
        m_link = std::make_unique<host::SessionLink>(owner.m_host,
                                                     socket,
                                                     std::move(session),
                                                     [this](host::SessionLink&)
                                                     { m_owner.Report(m_number, m_report); });
        m_link->StartConnecting([&client] { client.ConnectFailed(Nanoseconds(NowNs())); });
    }

    void OnResult(Nanoseconds /* time */, const smtp::TransactionResult& result) override
    {
        const smtp::ClientVerdict& recipient = result.recipients.front();
        const smtp::ClientVerdict& verdict =
            recipient.outcome == smtp::Outcome::Accepted ? result.message : recipient;
        mail::RemoteOutcome outcome;
        outcome.peer = m_peer;
        outcome.stage = StageOf(verdict.stage);
        outcome.replyCode = verdict.cause == smtp::Cause::Reply ? verdict.code : 0;
        outcome.replyText = verdict.reply;
        outcome.possibleDuplicate = result.possibleDuplicate;
        m_report = mail::RemoteReport(outcome, m_owner.m_config.forward.reports);
    }

  private:
    StoreAndForward& m_owner;
    std::uint64_t m_number;
    Ipv4 m_peer;
    mail::DeliveryReport m_report;
    std::unique_ptr<host::SessionLink> m_link;
};

StoreAndForward::StoreAndForward(host::Host& host,
                                 const InterceptionProxyConfig& config,
                                 const HostClock& clock,
                                 std::uint64_t seed,
                                 Resolver resolver,
                                 Witness witness,
                                 ReachHandler onReached)
    : m_host(host)
    , m_config(config)
    , m_seed(seed)
    , m_persona(PersonaOf(config))
    , m_client(ClientOf(config))
    , m_queue(config.forward.queue, StartOf(config), clock, seed, host.Name() + "/queue")
    , m_resolver(std::move(resolver))
    , m_witness(std::move(witness))
    , m_onReached(std::move(onReached))
{
}

StoreAndForward::~StoreAndForward()
{
    ns3::Simulator::Remove(m_wake);
}

void
StoreAndForward::Submit(const smtp::Envelope& envelope,
                        std::string_view content,
                        const Destination& destination)
{
    mail::Submission submission;
    submission.envelope.sender = envelope.sender.path.Mailbox();
    for (const smtp::EnvelopeEntry& recipient : envelope.recipients)
    {
        submission.envelope.recipients.push_back(recipient.path.Mailbox());
    }
    submission.content = std::make_shared<const std::string>(mail::WithDiskLineEnds(content));
    submission.uid = m_config.forward.queue.networkUid;
    m_routes[m_queue.Submit(NowNs(), submission)] = destination;
    Drain();
}

void
StoreAndForward::OnEvent(const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    const auto route = m_routes.find(event.serial);
    const provenance::CauseId cause = route != m_routes.end() ? route->second.cause : 0;
    switch (event.kind)
    {
    case Kind::DeliveryResult:
        m_witness(cause,
                  event.outcome == mail::Outcome::Success    ? "forwarded"
                  : event.outcome == mail::Outcome::Deferral ? "deferred"
                                                             : "failed",
                  event.text);
        break;
    case Kind::Bounced:
        // The bounce is there because of the interception too, but goes where mail goes.
        m_routes[event.bounceSerial] = Destination{Ipv4{}, SMTP_PORT, cause};
        m_witness(cause, "bounced", event.recipient);
        break;
    case Kind::EndMessage:
        m_routes.erase(event.serial);
        break;
    default:
        break;
    }
}

void
StoreAndForward::Drain()
{
    if (m_draining)
    {
        return;
    }
    m_draining = true;
    for (bool busy = true; busy;)
    {
        busy = false;
        while (const auto event = m_queue.TakeEvent())
        {
            OnEvent(*event);
        }
        if (const auto order = m_queue.TakeOrder())
        {
            busy = true;
            Start(*order);
        }
    }
    m_draining = false;
    ns3::Simulator::Remove(m_wake);
    if (const auto wake = m_queue.NextWake())
    {
        const auto wait = ns3::NanoSeconds(std::max<std::int64_t>(*wake - NowNs(), 0));
        m_wake = ns3::Simulator::Schedule(wait,
                                          [this]
                                          {
                                              m_queue.Advance(NowNs());
                                              Drain();
                                          });
    }
}

/// Where an order goes; nothing if its domain is unknown.
std::optional<StoreAndForward::Destination>
StoreAndForward::RouteOf(const mail::DeliveryOrder& order) const
{
    const auto route = m_routes.find(order.serial);
    if (route != m_routes.end() && route->second.server.value != 0)
    {
        return route->second;
    }
    const std::size_t at = order.recipient.rfind('@');
    const auto server =
        m_resolver(at == std::string::npos ? std::string_view()
                                           : std::string_view(order.recipient).substr(at + 1));
    if (!server)
    {
        return std::nullopt;
    }
    return Destination{*server,
                       SMTP_PORT,
                       route != m_routes.end() ? route->second.cause : provenance::CauseId(0)};
}

void
StoreAndForward::Start(const mail::DeliveryOrder& order)
{
    if (order.channel == mail::Channel::Local)
    {
        ReportLater(order.delivery, mail::LocalDeliveryReport(m_config.forward.reports));
        return;
    }
    const auto destination = RouteOf(order);
    if (!destination)
    {
        mail::RemoteOutcome outcome;
        outcome.stage = mail::RemoteStage::Resolve;
        outcome.host = order.recipient.substr(order.recipient.rfind('@') + 1);
        ReportLater(order.delivery, mail::RemoteReport(outcome, m_config.forward.reports));
        return;
    }
    m_deliveries[order.delivery] = std::make_unique<Delivery>(*this, order, *destination);
}

void
StoreAndForward::ReportLater(std::uint64_t delivery, const mail::DeliveryReport& report)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(m_host.DrawApplicationLatencyNs()),
                             [this, delivery, report] { Report(delivery, report); });
}

void
StoreAndForward::Report(std::uint64_t delivery, const mail::DeliveryReport& report)
{
    std::unique_ptr<Delivery> ended;
    const auto running = m_deliveries.find(delivery);
    if (running != m_deliveries.end())
    {
        ended = std::move(running->second);
        m_deliveries.erase(running);
    }
    m_queue.Finish(NowNs(), delivery, report);
    Drain();
}

} // namespace bouncelab::middlebox
