#ifndef BOUNCELAB_DETECTORS_ANALYSIS_RESET_TABLE_H
#define BOUNCELAB_DETECTORS_ANALYSIS_RESET_TABLE_H

#include "detectors/analysis/reset-case.h"
#include "detectors/analysis/sightings.h"
#include "detectors/evidence.h"
#include "formats/alert.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bouncelab::detectors
{

/// A reset whose sender is in question, and what it looks like.
struct SuspectReset
{
    ResetCase found;
    Sightings::AccusedPacket packet; //!< Its alert is filled but for verdict, score and text.
    std::string name;                //!< "frame 7"
    std::optional<int> probe;        //!< TTL of the data that it answers, where set by hand.
    std::uint16_t window = 0;
    bool dontFragment = false;
    bool isBare = false; //!< Without ACK.
    bool hasId = false;
};

/// A reset with the verdict on it.
struct JudgedReset
{
    const SuspectReset* reset = nullptr;
    Verdict verdict = Verdict::Inconclusive;
    double score = 0;
    std::string explanation;
    double sum = 0;                   //!< Weights of the reasons.
    std::vector<std::string> reasons; //!< All, with what other connections show.
    bool isForeign = false;           //!< One of them is none of a front end.
    std::string_view by = "unknown";  //!< Who may have done it.
};

/**
 * The resets of one evidence, judged when all flows are known: against what the address that they
 * bear shows in its other connections, and against one another. A TTL that the address has in
 * another connection is no sign of another sender (one address, several hosts); one box that resets
 * in the name of several hosts gives itself away by looking the same for all.
 */
class ResetTable
{
  public:
    /// Takes the first reset of the flow that is in question; of a flow that was the last one,
    /// nothing more. \return that reset, or null; valid until the next call.
    const SuspectReset* Add(const Evidence& evidence);

    /// Faults and what cannot be told, in order of their flows; complete when no flow follows.
    std::vector<JudgedReset> Judge() const;

    /// Resets that are not among them as there were too many.
    std::uint64_t ResetsLeftOut() const { return m_resetsLeftOut; }

    /// Connections of which an end is not compared with others, as there were too many addresses.
    std::uint64_t HostsLeftOut() const { return m_hostsLeftOut; }

  private:
    /// What an address shows at the place of one capture.
    struct Host
    {
        std::array<bool, 256>
            ttls{}; //!< That opened connections, or were a connection's usual ones.
        std::optional<std::int64_t> handshakeNs; //!< The shortest from a SYN to its answer.
    };

    using Look = std::tuple<std::string, int, std::uint16_t, bool, bool, bool>;
    using Boxes = std::map<Look, std::set<HostAddress>>; //!< The hosts in whose name they reset.

    static Look LookOf(const SuspectReset& reset);
    static Look LookButTtlOf(const SuspectReset& reset);
    static std::string KeyOf(const SuspectReset& reset);
    void AddHosts(const Flow& flow);
    /// The TTL among those that the address shows anywhere that is nearest to the reset's.
    std::optional<int> NearestTtl(const SuspectReset& reset) const;
    int HopsFromHost(const SuspectReset& reset) const;
    void AddAgreement(const SuspectReset& reset, const Boxes& boxes, JudgedReset& judged) const;
    void AddTime(const SuspectReset& reset, JudgedReset& judged) const;
    std::optional<JudgedReset> Judged(const SuspectReset& reset, const Boxes& boxes) const;

    const CaptureSource* m_lastSource = nullptr;
    std::uint32_t m_lastFrame = 0;
    bool m_lastIsSuspect = false;
    std::uint64_t m_resetsLeftOut = 0;
    std::uint64_t m_hostsLeftOut = 0;
    std::vector<SuspectReset> m_resets;
    std::map<std::string, Host> m_hosts; //!< By capture and address.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_RESET_TABLE_H
