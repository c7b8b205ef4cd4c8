#ifndef BOUNCELAB_MODELS_HOST_CONNECTOR_TRUTH_H
#define BOUNCELAB_MODELS_HOST_CONNECTOR_TRUTH_H

#include "models/connector/connector-observer.h"
#include "models/host/directory-watch.h"
#include "models/provenance/ledger.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bouncelab::host
{

/**
 * Signs what a receive connector does to its clients on purpose: refusals because their address is
 * banned (`ban.address`), replies held back (`tarpit.connector`, `tarpit.filter`) and answers
 * slowed down for want of resources (`overload.back-pressure`). Each class of each session is a
 * cause of its own. A recipient's reply that waited for a directory under too much load has the
 * cause of that
 * (`overload.directory`). Refused recipients and bad log-ons are ordinary. Everything is passed on
 * to the next observer.
 */
class ConnectorTruth : public connector::ConnectorObserver
{
  public:
    /// \param next,ledger,directory have to outlive this; without a directory it is null
    ConnectorTruth(connector::ConnectorObserver& next,
                   provenance::ActorId actor,
                   provenance::Ledger& ledger,
                   const DirectoryWatch* directory = nullptr)
        : m_next(next)
        , m_actor(actor)
        , m_ledger(ledger)
        , m_directory(directory)
    {
    }

    void OnOpened(const connector::SessionInfo& info, Nanoseconds time) override;
    void OnPermissions(const connector::SessionInfo& info,
                       Nanoseconds time,
                       connector::Permissions permissions) override;
    void OnTarpit(const connector::SessionInfo& info, const connector::TarpitEvent& event) override;
    void OnAuthenticated(const connector::SessionInfo& info,
                         Nanoseconds time,
                         std::string_view user) override;
    void OnReceiving(const connector::SessionInfo& info,
                     Nanoseconds time,
                     std::uint32_t count) override;
    void OnRefusal(const connector::SessionInfo& info,
                   const connector::RefusalEvent& event) override;
    void OnQueued(const connector::SessionInfo& info, const connector::QueuedEvent& event) override;
    void OnFilter(const connector::SessionInfo& info, const connector::FilterEvent& event) override;
    void OnLookup(const connector::SessionInfo& info, const connector::LookupEvent& event) override;
    void OnClosed(const connector::SessionInfo& info,
                  Nanoseconds time,
                  connector::ClosedBy by,
                  smtp::EndReason reason) override;

  private:
    using Params = std::vector<std::pair<std::string, std::string>>;

    void Sign(const connector::SessionInfo& info,
              Nanoseconds time,
              std::string_view classLabel,
              std::string_view did,
              Params params);
    void Write(const connector::SessionInfo& info,
               Nanoseconds time,
               std::string_view classLabel,
               provenance::CauseId cause,
               std::string_view did,
               Params params);

    /// The causes of one open session by class; few, so a list.
    using Causes = std::vector<std::pair<std::string_view, provenance::CauseId>>;

    connector::ConnectorObserver& m_next;
    provenance::ActorId m_actor;
    provenance::Ledger& m_ledger;
    const DirectoryWatch* m_directory;
    std::unordered_map<const smtp::ConnectionInfo*, Causes> m_causes; //!< Never walked.
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_CONNECTOR_TRUTH_H
