#include "models/host/mail-server.h"

#include "formats/text.h"
#include "models/mail/remote-report.h"

#include <utility>

namespace bouncelab::host
{

namespace
{

mail::RoutingSite
SiteOf(const Host& host, const mail::QueueStart& start)
{
    mail::RoutingSite site;
    site.localDomains = start.localDomains;
    site.addresses = {host.Address()};
    return site;
}

mail::QueueStart
Named(mail::QueueStart start, const std::string& hostname)
{
    if (start.hostname.empty())
    {
        start.hostname = hostname;
    }
    return start;
}

std::string
ValueOf(const smtp::Parameters& parameters, std::string_view keyword)
{
    const smtp::Parameter* found = smtp::FindParameter(parameters, keyword);
    return found ? found->value : std::string();
}

} // namespace

MailServer::MailServer(Host& host,
                       const std::string& hostname,
                       const mail::MtaPersona& persona,
                       const mail::QueueStart& start,
                       Handlers handlers)
    : m_persona(persona)
    , m_routing(persona.routing, SiteOf(host, start))
    , m_directory(std::move(handlers.lookUp))
    , m_onMailbox(std::move(handlers.onMailbox))
    , m_sender(host,
               hostname,
               persona,
               Named(start, hostname),
               {std::move(handlers.resolve),
                std::move(handlers.onQueueEvent),
                [this](const mail::DeliveryOrder& order, SendingMta::LocalAnswer answer)
                { DeliverLocally(order, std::move(answer)); },
                std::move(handlers.onAttribution),
                std::move(handlers.observeSession)})
{
    m_sender.SetRouter(mail::RouterOf(m_routing));
}

void
MailServer::Take(const smtp::Envelope& envelope,
                 std::string_view content,
                 const mail::Arrival& arrival)
{
    mail::Submission submission;
    submission.envelope.sender = envelope.sender.path.Mailbox();
    for (const smtp::EnvelopeEntry& recipient : envelope.recipients)
    {
        submission.envelope.recipients.push_back(mail::RecipientText(recipient.path));
    }
    submission.envelope.dsn = DsnRequestOf(envelope);
    submission.content = std::make_shared<const std::string>(mail::WithDiskLineEnds(content));
    submission.uid = m_persona.queue.networkUid;
    submission.arrival = arrival;
    m_sender.Submit(submission);
}

void
MailServer::DeliverLocally(const mail::DeliveryOrder& order, SendingMta::LocalAnswer answer)
{
    const auto decide = [this, order, answer = std::move(answer)](LookupResult lookup)
    {
        const std::string& catchAll = m_persona.routing.catchAll;
        if (!m_sender.Expects(order.delivery))
        {
            return;
        }
        if (lookup == LookupResult::Unavailable)
        {
            answer(m_sender.ReportOf(mail::DeliveryOutcome::Deferral,
                                     m_persona.queue.directoryDown,
                                     order.recipient));
        }
        else if (lookup == LookupResult::Unknown && !m_persona.routing.forwardUnresolvedTo.empty())
        {
            m_sender.SendOn(order, m_persona.routing.forwardUnresolvedTo);
        }
        else if (lookup == LookupResult::Unknown && catchAll.empty())
        {
            answer(m_sender.ReportOf(mail::DeliveryOutcome::Failure,
                                     m_persona.queue.unknownMailbox,
                                     order.recipient));
        }
        else
        {
            m_onMailbox(order, lookup == LookupResult::Mailbox ? order.recipient : catchAll);
            answer(mail::LocalDeliveryReport(m_persona.reports));
        }
    };
    m_directory(order.recipient, decide);
}

smtp::DsnRequest
DsnRequestOf(const smtp::Envelope& envelope)
{
    smtp::DsnRequest dsn;
    dsn.envelopeId = ValueOf(envelope.sender.parameters, "ENVID");
    dsn.returned = InUpperCase(ValueOf(envelope.sender.parameters, "RET"));
    for (const smtp::EnvelopeEntry& recipient : envelope.recipients)
    {
        dsn.recipients.push_back(
            {ValueOf(recipient.parameters, "NOTIFY"), ValueOf(recipient.parameters, "ORCPT")});
    }
    return dsn;
}

} // namespace bouncelab::host
