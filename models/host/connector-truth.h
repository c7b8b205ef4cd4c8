#ifndef BOUNCELAB_MODELS_HOST_CONNECTOR_TRUTH_H
#define BOUNCELAB_MODELS_HOST_CONNECTOR_TRUTH_H

#include "models/connector/connector-observer.h"
#include "models/host/directory-monitor.h"
#include "models/provenance/ledger.h"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bouncelab::host
{

/**
 * Signs what a receive connector does to its clients on purpose: refusals because their address is
 * banned (`ban.address`) or on a list (`blacklist.listed`), replies held back (`tarpit.connector`,
 * `tarpit.filter`) and answers slowed down for want of resources (`overload.back-pressure`). Each
 * class of each session is a cause of its own. A recipient's reply that waited for a directory
 * under too much load has the cause of that (`overload.directory`), and a client that is refused
 * for a list's sake that of its listing (`blacklist.listed`). Refused recipients and bad log-ons
 * are ordinary.
 */
class ConnectorTruth
{
  public:
    /// Why an address is on a block list; 0 = not known.
    using ListingCause = std::function<provenance::CauseId(IpAddress)>;

    /// \param ledger,directory have to outlive this; without a directory it is null
    /// \param listing may be empty
    ConnectorTruth(provenance::ActorId actor,
                   provenance::Ledger& ledger,
                   const DirectoryMonitor* directory = nullptr,
                   ListingCause listing = {})
        : m_actor(actor)
        , m_ledger(ledger)
        , m_directory(directory)
        , m_listing(std::move(listing))
    {
    }

    void OnEvent(const connector::SessionInfo& info, connector::ConnectorEvent event);

  private:
    using Info = connector::SessionInfo;

    void On(const Info& info, const connector::TarpitEvent* event);
    void On(const Info& info, const connector::FilterEvent* event);
    void On(const Info& info, const connector::LookupEvent* event);
    void On(const Info& info, const connector::RefusalEvent* event);
    void On(const Info& info, const connector::ClosedEvent* event);

    void On(const Info&, const void*) {} // Nothing that a connector does on purpose.

    using Params = std::vector<std::pair<std::string, std::string>>;

    void Sign(const connector::SessionInfo& info,
              Nanoseconds time,
              std::string_view classLabel,
              TruthEvent did,
              Params params);
    void Write(const connector::SessionInfo& info,
               Nanoseconds time,
               std::string_view classLabel,
               provenance::CauseId cause,
               TruthEvent did,
               Params params);

    /// The causes of one open session by class; few, so a list.
    using Causes = std::vector<std::pair<std::string_view, provenance::CauseId>>;

    provenance::ActorId m_actor;
    provenance::Ledger& m_ledger;
    const DirectoryMonitor* m_directory;
    ListingCause m_listing;
    std::unordered_map<const smtp::ConnectionInfo*, Causes> m_causes; //!< Never walked.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_CONNECTOR_TRUTH_H
