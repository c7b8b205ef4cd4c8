#include "models/host/directory-monitor.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <utility>

namespace bouncelab::host
{

DirectoryMonitor::DirectoryMonitor(service::DirectoryService& service,
                                   const service::DirectoryConfig& config,
                                   provenance::ActorId actor,
                                   provenance::Ledger& ledger)
    : m_service(service)
    , m_limit(std::uint64_t{config.replicas} * config.lookupsPerSecond)
    , m_actor(actor)
    , m_ledger(ledger)
{
}

service::LookupTicket
DirectoryMonitor::Ask(Handler onAnswer)
{
    const service::LookupTicket ticket = m_service.Ask(
        [this, onAnswer = std::move(onAnswer)](service::LookupStatus status)
        {
            Look(status == service::LookupStatus::Busy);
            onAnswer(status);
        });
    Look(false);
    return ticket;
}

void
DirectoryMonitor::Forget(service::LookupTicket ticket)
{
    m_service.Forget(ticket);
}

void
DirectoryMonitor::Look(bool refused)
{
    const std::uint64_t waiting = m_service.Backlog();
    if (m_cause == 0 && (refused || waiting > m_limit))
    {
        m_cause = m_ledger.NewCause();
        Sign(TruthEvent::Overloaded);
    }
    else if (m_cause != 0 && !refused && waiting * 2 < m_limit)
    {
        Sign(TruthEvent::Recovered);
        m_cause = 0;
    }
}

void
DirectoryMonitor::Sign(TruthEvent did)
{
    provenance::Action action;
    action.time = SimNow();
    action.kind = "event";
    action.classLabel = "overload.directory";
    action.cause = m_cause;
    action.actor = m_actor;
    action.did = did;
    action.params = {{"waiting", std::to_string(m_service.Backlog())}};
    m_ledger.Record(action);
}

} // namespace bouncelab::host
