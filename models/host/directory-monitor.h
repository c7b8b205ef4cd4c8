#ifndef BOUNCELAB_MODELS_HOST_DIRECTORY_MONITOR_H
#define BOUNCELAB_MODELS_HOST_DIRECTORY_MONITOR_H

#include "models/provenance/ledger.h"
#include "models/service/directory-config.h"
#include "models/service/directory-service.h"

namespace bouncelab::host
{

/**
 * The way to a directory that signs its overload (`overload.directory`): from the moment when more
 * questions wait than all replicas work off in a second, or one is refused for load, until fewer
 * than half as many wait. Each such time is a cause of its own.
 */
class DirectoryMonitor final : public service::DirectoryClient
{
  public:
    /// Service and ledger have to outlive this. \param config of the service
    DirectoryMonitor(service::DirectoryService& service,
                     const service::DirectoryConfig& config,
                     provenance::ActorId actor,
                     provenance::Ledger& ledger);

    service::LookupTicket Ask(Handler onAnswer) override;
    void Forget(service::LookupTicket ticket) override;

    /// The overload that is on; 0 = none.
    provenance::CauseId Cause() const { return m_cause; }

  private:
    void Look(bool refused);
    void Sign(TruthEvent did);

    service::DirectoryService& m_service;
    std::uint64_t m_limit; //!< Questions that make an overload.
    provenance::ActorId m_actor;
    provenance::Ledger& m_ledger;
    provenance::CauseId m_cause = 0;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_DIRECTORY_MONITOR_H
