#ifndef BOUNCELAB_MODELS_PATH_TRACEROUTE_H
#define BOUNCELAB_MODELS_PATH_TRACEROUTE_H

#include "models/path/router.h"
#include "models/path/traceroute-result.h"

#include <ns3/event-id.h>

#include <functional>
#include <string>

namespace bouncelab::path
{

/**
 * BSD traceroute run on the gateway: UDP probes with rising TTL, one at a time. The next one leaves
 * when the last is answered or its time is out; a late answer is not taken. Ends at the hop that
 * says port (or protocol) unreachable, behind one where all probes but one met another unreachable,
 * or at the last hop allowed. Lives until the simulation ends.
 */
class Traceroute
{
  public:
    /**
     * \param gateway where it runs; not owned. \param source its address that the probes leave
     * from. \param ledger signs the probes. \param seed of the run. \param actor its name in the
     * ledger and of its draws: "operator/traceroute".
     */
    Traceroute(Router& gateway,
               IpAddress source,
               provenance::Ledger& ledger,
               std::uint64_t seed,
               const std::string& actor,
               const TracerouteConfig& config);
    Traceroute(const Traceroute&) = delete;
    Traceroute& operator=(const Traceroute&) = delete;

    /// Sends the first probe now. Once.
    void Start();

    /// Called once when it is finished.
    void OnFinished(std::function<void(const TracerouteResult&)> finished);

    const TracerouteResult& Result() const { return m_result; }

  private:
    void NextProbe();
    WirePacket MakeProbe(std::uint8_t ttl, SimTime sent) const;
    void Take(const WirePacket& packet);
    bool IsLastProbe(const Endpoints& quoted) const;
    void Settle(const TracerouteAnswer* answer);
    bool EndsHere(const TracerouteHop& hop) const;

    Router& m_gateway;
    IpAddress m_source;
    provenance::Ledger& m_ledger;
    provenance::ActorId m_actor;
    TracerouteResult m_result;
    std::function<void(const TracerouteResult&)> m_finished;
    std::uint16_t m_ident;        //!< Source port, and base of the IP ID.
    std::uint16_t m_sequence = 0; //!< Of the last probe, from 1.
    bool m_waiting = false;
    ns3::EventId m_timeout;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TRACEROUTE_H
