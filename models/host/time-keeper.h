#ifndef BOUNCELAB_MODELS_HOST_TIME_KEEPER_H
#define BOUNCELAB_MODELS_HOST_TIME_KEEPER_H

#include "models/host/host.h"
#include "models/kerberos/time-service.h"

#include <ns3/event-id.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::host
{

/// The time service of a host on UDP port 123: keeps its clock by others', and answers others
/// where it is a domain controller.
class TimeKeeper
{
  public:
    using EventHandler = std::function<void(const kerberos::TimeEvent&)>;

    struct Source
    {
        std::string name;
        IpAddress address;
    };

    /// The secret of the account that a signed request names, as the controller's copy has it now;
    /// null if it has none.
    using SecretFinder = std::function<const kerberos::Secret*(std::uint32_t keyId)>;

    /**
     * \param host,clock have to outlive this
     * \param config none: it keeps no clock and only answers
     * \param keyId of the host's account
     * \param sources whom it asks, in this order; of the domain's head none
     * \param secretOf what answers are signed with; empty: it answers nobody
     */
    TimeKeeper(Host& host,
               kerberos::DriftingClock& clock,
               const std::optional<kerberos::TimeServiceConfig>& config,
               std::uint32_t keyId,
               const std::vector<Source>& sources,
               SecretFinder secretOf,
               EventHandler onEvent);
    ~TimeKeeper();
    TimeKeeper(const TimeKeeper&) = delete;
    TimeKeeper& operator=(const TimeKeeper&) = delete;

    void SetSecrets(const std::vector<kerberos::Secret>& newestFirst);

    void Start(); //!< Somebody starts it, or has it ask at once.

    void Step(Nanoseconds by); //!< Somebody else sets the clock.

    /// Its source; empty as long as there is none.
    std::string SourceName() const { return m_core ? m_core->Source() : std::string(); }

    kerberos::TimeServerState State() const;

  private:
    void OnDatagram(const Datagram& datagram);
    void Answer(const Datagram& datagram);
    void Drain();

    Host& m_host;
    kerberos::DriftingClock& m_clock;
    std::optional<kerberos::TimeService> m_core;
    std::map<std::string, IpAddress> m_addresses; //!< Of sources.
    SecretFinder m_secretOf;
    EventHandler m_onEvent;
    ns3::EventId m_timer;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_TIME_KEEPER_H
