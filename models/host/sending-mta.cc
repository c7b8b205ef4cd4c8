#include "models/host/sending-mta.h"

#include "formats/endpoint.h"
#include "formats/text.h"
#include "models/mail/remote-report.h"
#include "models/provenance/sim-now.h"
#include "models/proxy/proxied-session.h"
#include "models/smtp/client-session.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::host
{

namespace
{

/// Whether an EHLO reply offers DSN (RFC 3461).
bool
OffersDsn(std::string_view reply)
{
    while (!reply.empty())
    {
        const std::string_view line = reply.substr(0, reply.find('\n'));
        if (line.size() >= 7 && EqualIgnoringCase(line.substr(4), "DSN"))
        {
            return true;
        }
        reply.remove_prefix(std::min(reply.size(), line.size() + 1));
    }
    return false;
}

} // namespace

/// A client session with one host of a route, and what its result means to the queue.
class SendingMta::Attempt : public smtp::SessionObserver
{
  public:
    /// What came of it.
    struct Result
    {
        mail::DeliveryReport report = {};
        smtp::Stage stage = smtp::Stage::Connect;
        bool replied = false; //!< By a reply of the server's.
    };

    /// \param name of its draws
    Attempt(SendingMta& owner,
            const mail::DeliveryOrder& order,
            Peer peer,
            const std::string& name,
            std::function<void()> onEnd)
        : m_owner(owner)
        , m_order(order)
        , m_peer(std::move(peer))
        , m_name(name)
        , m_onEnd(std::move(onEnd))
    {
    }

    ~Attempt() override
    {
        if (m_tokenRequest)
        {
            m_peer.tokens->Forget(*m_tokenRequest);
        }
    }

    const Result& Outcome() const { return m_result; }

    void Start()
    {
        smtp::Transaction transaction;
        transaction.sender = m_order.sender;
        transaction.recipients = {m_order.recipient};
        transaction.content = m_order.content;
        transaction.dsn = m_order.dsn;
        transaction.server = m_peer.name;
        transaction.withinOrganization = m_peer.tokens != nullptr;
        auto session = std::make_unique<smtp::ClientSession>(m_owner.m_persona.client,
                                                             std::move(transaction),
                                                             m_owner.m_hostname,
                                                             *this,
                                                             m_owner.m_host.Draws(m_name));
        smtp::ClientSession& client = *session;
        m_session = &client;
        const auto onFailure = [&client] { client.ConnectFailed(SimNow().time_since_epoch()); };
        const auto socket = m_peer.through ? m_owner.m_host.OpenSocket(m_peer.through->address,
                                                                       m_peer.through->port)
                                           : m_owner.m_host.OpenSocket(m_peer.address, m_peer.port);
        socket->GetFlow()->cause = m_peer.cause;
        m_port = socket->GetFlow()->key.localPort;
        if (m_owner.m_handlers.observeSession)
        {
            m_listener = m_owner.m_handlers.observeSession(m_peer, m_port);
        }
        if (!m_listener)
        {
            m_listener = std::make_unique<smtp::SessionObserver>();
        }
        if (m_owner.m_handlers.onConnection)
        {
            m_owner.m_handlers.onConnection(socket->GetFlow()->key, m_peer.cause);
        }
        std::unique_ptr<smtp::Session> spoken = std::move(session);
        if (m_peer.through)
        {
            spoken = std::make_unique<proxy::ProxiedSession>(
                std::move(spoken),
                proxy::Authority{m_peer.address.ToString(), m_peer.port},
                onFailure);
        }
        m_link = std::make_unique<SessionLink>(m_owner.m_host,
                                               socket,
                                               std::move(spoken),
                                               [this](SessionLink&) { m_onEnd(); });
        m_link->StartConnecting(onFailure);
    }

    void OnConnected(Nanoseconds time) override { m_listener->OnConnected(time); }

    void OnCommand(const smtp::CommandEvent& event) override { m_listener->OnCommand(event); }

    void OnEnd(const smtp::EndEvent& event) override { m_listener->OnEnd(event); }

    void OnTokenWanted(Nanoseconds /* time */) override
    {
        m_tokenRequest =
            m_peer.tokens->Ask(m_peer.name,
                               [this](const std::string& token)
                               {
                                   m_tokenRequest.reset();
                                   m_session->ProvideToken(token, SimNow().time_since_epoch());
                                   m_link->Wake();
                               });
    }

    void OnTokenAnswered(Nanoseconds /* time */, std::string_view answer) override
    {
        m_peer.tokens->OnAnswered(m_peer.name, answer);
    }

    void OnAuthentication(const smtp::AuthEvent& event) override
    {
        m_listener->OnAuthentication(event);
        if (!event.accepted && m_peer.tokens)
        {
            m_peer.tokens->OnRefused(m_peer.name,
                                     EndpointText(m_owner.m_host.Address(), m_port),
                                     EndpointText(m_peer.address, m_peer.port));
        }
    }

    void OnReply(const smtp::ReplyEvent& event) override
    {
        m_listener->OnReply(event);
        if (event.step == smtp::Step::Hello)
        {
            m_serverReports = OffersDsn(event.text);
        }
    }

    void OnResult(Nanoseconds /* time */, const smtp::TransactionResult& result) override
    {
        const smtp::ClientVerdict& recipient = result.recipients.front();
        const smtp::ClientVerdict& verdict =
            recipient.outcome == smtp::TransactionOutcome::Accepted ? result.message : recipient;
        mail::RemoteOutcome outcome;
        outcome.peer = m_peer.address;
        outcome.name = m_peer.name;
        outcome.recipient = m_order.recipient;
        outcome.stage = verdict.stage;
        outcome.replyCode = verdict.cause == smtp::OutcomeReason::Reply ? verdict.code : 0;
        outcome.replyText = verdict.reply;
        outcome.opening = verdict.opening;
        outcome.authNotOffered =
            verdict.cause == smtp::OutcomeReason::AuthNotOffered ||
            (m_peer.tokens && verdict.cause == smtp::OutcomeReason::TlsNotOffered);
        outcome.possibleDuplicate = result.possibleDuplicate;
        m_result.stage = outcome.stage;
        m_result.replied = outcome.replyCode != 0;
        mail::DeliveryReport& report = m_result.report;
        report = mail::RemoteReport(outcome, m_owner.m_persona.reports);
        report.note.passedOn = m_serverReports;
        report.client = EndpointText(m_owner.m_host.Address(), m_port);
        report.server = m_peer.through ? EndpointText(m_peer.through->address, m_peer.through->port)
                                       : EndpointText(m_peer.address, m_peer.port);
        const provenance::CauseId cause = m_link->Cause();
        if (cause != 0 && m_owner.m_handlers.onAttribution)
        {
            m_owner.m_handlers.onAttribution(m_order.delivery, cause);
        }
    }

  private:
    SendingMta& m_owner;
    const mail::DeliveryOrder& m_order;
    Peer m_peer;
    std::string m_name;
    std::function<void()> m_onEnd;
    Result m_result;
    std::uint16_t m_port = 0;
    bool m_serverReports = false;
    std::optional<std::uint64_t> m_tokenRequest;
    std::unique_ptr<smtp::SessionObserver> m_listener;
    smtp::ClientSession* m_session = nullptr; //!< The link's.
    std::unique_ptr<SessionLink> m_link;
};

/// One attempt at one recipient: the hosts of its route, one after another, until one has taken it,
/// refused it for good, or is the last that the persona tries.
class SendingMta::Delivery
{
  public:
    /// \param peers at least one
    Delivery(SendingMta& owner, const mail::DeliveryOrder& order, std::vector<Peer> peers)
        : m_owner(owner)
        , m_order(order)
        , m_peers(std::move(peers))
    {
    }

    void Start()
    {
        const std::uint32_t tried = m_point.hosts++;
        std::string name = "delivery/" + std::to_string(m_order.delivery);
        name += tried == 0 ? "" : "/" + std::to_string(tried);
        m_attempt =
            std::make_unique<Attempt>(m_owner, m_order, m_peers[tried], name, [this] { End(); });
        m_attempt->Start();
    }

    /// Hosts that may have taken the message, as far as is known.
    std::uint32_t Unconfirmed() const { return m_unconfirmed; }

  private:
    void End()
    {
        const std::unique_ptr<Attempt> ended = std::move(m_attempt);
        const Attempt::Result& result = ended->Outcome();
        const mail::FailoverPersona& persona = m_owner.m_persona.failover;
        const bool isFirst = m_point.hosts == 1;
        const bool isDeferral = result.report.outcome == mail::DeliveryOutcome::Deferral;
        m_point.sessions += result.stage > smtp::Stage::Hello ? 1 : 0;
        m_point.stage = result.stage;
        m_point.replied = result.replied;
        m_unconfirmed += result.report.unconfirmed;
        if (isFirst || !isDeferral || persona.report == mail::FailoverReport::Last)
        {
            m_report = result.report;
        }
        if (isDeferral && m_point.hosts < m_peers.size() && mail::GoesOn(persona, m_point))
        {
            Start();
            return;
        }
        m_report.unconfirmed = m_unconfirmed;
        m_owner.Report(m_order.delivery, m_report);
    }

    SendingMta& m_owner;
    mail::DeliveryOrder m_order;
    std::vector<Peer> m_peers;
    mail::FailoverPoint m_point;
    mail::DeliveryReport m_report;
    std::uint32_t m_unconfirmed = 0;
    std::unique_ptr<Attempt> m_attempt;
};

SendingMta::SendingMta(Host& host,
                       const std::string& hostname,
                       const mail::MtaPersona& persona,
                       const mail::QueueStart& start,
                       Handlers handlers)
    : m_host(host)
    , m_hostname(hostname)
    , m_persona(persona)
    , m_queue(m_persona.queue,
              start,
              host.Clock(),
              host.Seed(),
              host.Name() + "/queue",
              m_persona.report)
    , m_handlers(std::move(handlers))
{
    m_host.OnRestart([this] { LosePower(); }, [this] { Boot(); });
}

SendingMta::~SendingMta()
{
    ns3::Simulator::Remove(m_wake);
}

const std::string&
SendingMta::NameNext()
{
    return m_queue.NameNext(SimNow());
}

void
SendingMta::Submit(const mail::Submission& submission)
{
    m_queue.Submit(SimNow(), submission);
    Drain();
}

void
SendingMta::Drain()
{
    if (m_draining)
    {
        return;
    }
    m_draining = true;
    for (bool busy = true; busy;)
    {
        busy = false;
        TakeEvents();
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
        const Nanoseconds wait = std::max(*wake - SimNow(), Nanoseconds(0));
        m_wake = ns3::Simulator::Schedule(ns3::NanoSeconds(wait.count()), &SendingMta::Wake, this);
    }
}

void
SendingMta::TakeEvents()
{
    while (const auto event = m_queue.TakeEvent())
    {
        m_handlers.onQueueEvent(*event);
    }
}

void
SendingMta::Wake()
{
    if (IsRunning())
    {
        m_queue.Advance(SimNow());
        Drain();
    }
}

void
SendingMta::RetryNow(std::string_view domain)
{
    if (IsRunning())
    {
        m_queue.RetryNow(SimNow(), domain);
        Drain();
    }
}

/// What is under way is not heard of any more.
void
SendingMta::BreakOff()
{
    for (const auto& [number, delivery] : m_deliveries)
    {
        m_interrupted.emplace_back(number, 1 + (delivery ? delivery->Unconfirmed() : 0));
    }
    m_deliveries.clear();
}

void
SendingMta::LosePower()
{
    m_isStopped = false;
    BreakOff();
    m_queue.LosePower(SimNow(), m_writeBack);
    TakeEvents();
}

void
SendingMta::Stop()
{
    BreakOff();
    m_isStopped = true;
    m_queue.Stop(SimNow());
    TakeEvents();
}

void
SendingMta::Resume()
{
    if (std::exchange(m_isStopped, false))
    {
        Boot();
    }
}

void
SendingMta::Boot()
{
    m_queue.Start(SimNow());
    for (const auto& [delivery, unconfirmed] : std::exchange(m_interrupted, {}))
    {
        if (m_queue.IsUnderWay(delivery))
        {
            m_queue.Interrupt(SimNow(), delivery, unconfirmed);
        }
    }
    Wake();
}

void
SendingMta::Start(const mail::DeliveryOrder& order)
{
    if (order.channel == mail::Channel::Remote)
    {
        StartRemote(order);
        return;
    }
    m_deliveries[order.delivery];
    const auto answer = [this, number = order.delivery](const mail::DeliveryReport& report)
    { ReportLater(number, report); };
    if (m_handlers.deliverLocally)
    {
        m_handlers.deliverLocally(order, answer);
    }
    else
    {
        answer(mail::LocalDeliveryReport(m_persona.reports));
    }
}

void
SendingMta::StartRemote(const mail::DeliveryOrder& order)
{
    m_deliveries[order.delivery];
    m_handlers.resolve(order,
                       [this, order](const Route& route)
                       {
                           // A program that has begun again forgets who has asked.
                           if (Expects(order.delivery))
                           {
                               Depart(order, route);
                           }
                       });
}

void
SendingMta::Depart(const mail::DeliveryOrder& order, Route route)
{
    auto& slot = m_deliveries[order.delivery];
    std::vector<Peer>& peers = route.peers;
    const bool isNowhere = peers.empty();
    // Mail does not go to this host, nor to one that comes after it (RFC 5321, 5.1).
    peers.erase(std::find_if(peers.begin(),
                             peers.end(),
                             [this](const Peer& peer) { return peer.address == m_host.Address(); }),
                peers.end());
    if (!peers.empty())
    {
        slot = std::make_unique<Delivery>(*this, order, std::move(peers));
        slot->Start();
        return;
    }
    if (!isNowhere)
    {
        ReportLater(
            order.delivery,
            ReportOf(mail::DeliveryOutcome::Failure, m_persona.queue.loop, order.recipient));
        return;
    }
    mail::RemoteOutcome outcome;
    outcome.stage = smtp::Stage::Resolve;
    outcome.host = order.domain;
    outcome.recipient = order.recipient;
    outcome.lookupFailed = route.lookupFailed;
    ReportLater(order.delivery, mail::RemoteReport(outcome, m_persona.reports));
}

void
SendingMta::ReportLater(std::uint64_t delivery, const mail::DeliveryReport& report)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(m_host.DrawApplicationLatencyNs()),
                             [this, delivery, report] { Report(delivery, report); });
}

void
SendingMta::Report(std::uint64_t delivery, const mail::DeliveryReport& report)
{
    const auto running = m_deliveries.find(delivery);
    if (running == m_deliveries.end())
    {
        return; // The program that wanted to know has ended.
    }
    const std::unique_ptr<Delivery> ended = std::move(running->second);
    m_deliveries.erase(running);
    mail::DeliveryReport told = report;
    if (told.outcome == mail::DeliveryOutcome::Failure && !m_persona.returnsMail)
    {
        told.outcome = mail::DeliveryOutcome::Deferral;
    }
    m_queue.Finish(SimNow(), delivery, told);
    Drain();
}

} // namespace bouncelab::host
