#include "models/middlebox/store-and-forward.h"

#include <utility>

namespace bouncelab::middlebox
{

namespace
{

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

mail::MtaPersona
MtaOf(const InterceptionProxyConfig& config)
{
    mail::MtaPersona persona;
    persona.client = config.forward.client;
    persona.client.lineEnds = smtp::ContentLineEnds::Convert; // A queue holds LF.
    persona.queue = config.forward.queue;
    persona.reports = config.forward.reports;
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

} // namespace

StoreAndForward::StoreAndForward(host::Host& host,
                                 const InterceptionProxyConfig& config,
                                 Resolver resolver,
                                 ActionObserver observer,
                                 host::SendingMta::ConnectionHandler onConnection)
    : m_config(config)
    , m_persona(PersonaOf(config))
    , m_resolver(std::move(resolver))
    , m_observer(std::move(observer))
    , m_mta(host,
            config.helloName.empty() ? config.hostname : config.helloName,
            MtaOf(config),
            StartOf(config),
            {[this](const mail::DeliveryOrder& order, const host::SendingMta::RouteHandler& answer)
             {
                 const auto peer = RouteOf(order);
                 answer({peer ? std::vector{*peer} : std::vector<host::SendingMta::Peer>()});
             },
             [this](const mail::QueueEvent& event) { OnEvent(event); },
             {},
             {},
             {},
             std::move(onConnection)})
{
}

void
StoreAndForward::Submit(const smtp::Envelope& envelope,
                        std::string_view content,
                        const host::SendingMta::Peer& destination)
{
    mail::Submission submission;
    submission.envelope.sender = envelope.sender.path.Mailbox();
    for (const smtp::EnvelopeEntry& recipient : envelope.recipients)
    {
        submission.envelope.recipients.push_back(recipient.path.Mailbox());
    }
    submission.content = std::make_shared<const std::string>(mail::WithDiskLineEnds(content));
    submission.uid = m_config.forward.queue.networkUid;
    m_submitted = destination;
    m_mta.Submit(submission);
}

void
StoreAndForward::OnEvent(const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    const auto route = m_routes.find(event.serial);
    const provenance::CauseId cause = route != m_routes.end() ? route->second.cause : 0;
    switch (event.kind)
    {
    case Kind::NewMessage:
        if (m_submitted)
        {
            m_routes[event.serial] = *std::exchange(m_submitted, std::nullopt);
        }
        break;
    case Kind::DeliveryResult:
        m_observer(cause,
                   event.outcome == mail::DeliveryOutcome::Success    ? TruthEvent::Forwarded
                   : event.outcome == mail::DeliveryOutcome::Deferral ? TruthEvent::Deferred
                                                                      : TruthEvent::Failed,
                   event.text);
        break;
    case Kind::Bounced:
        // The bounce is there because of the interception too, but goes where mail goes.
        m_routes[event.bounceSerial].cause = cause;
        m_observer(cause, TruthEvent::Bounced, event.recipient);
        break;
    case Kind::EndMessage:
        m_routes.erase(event.serial);
        break;
    default:
        break;
    }
}

/// Where an order goes; nothing if its domain is unknown.
std::optional<host::SendingMta::Peer>
StoreAndForward::RouteOf(const mail::DeliveryOrder& order) const
{
    const auto route = m_routes.find(order.serial);
    host::SendingMta::Peer peer;
    if (route != m_routes.end())
    {
        peer = route->second;
    }
    if (!peer.address.IsSet())
    {
        const auto server = m_resolver(order.domain);
        if (!server)
        {
            return std::nullopt;
        }
        peer.address = *server;
    }
    return peer;
}

} // namespace bouncelab::middlebox
