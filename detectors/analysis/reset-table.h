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

  private:
    using Look = std::tuple<int, std::uint16_t, bool, bool, bool>;

    static Look LookOf(const SuspectReset& reset);
    void AddTtls(const Flow& flow);
    /// The TTL among those that the address shows anywhere that is nearest to the reset's.
    std::optional<int> NearestTtl(const SuspectReset& reset) const;
    std::optional<JudgedReset> Judged(const SuspectReset& reset,
                                      const std::map<Look, std::set<std::string>>& boxes) const;

    const CaptureSource* m_lastSource = nullptr;
    std::uint32_t m_lastFrame = 0;
    bool m_lastIsSuspect = false;
    std::vector<SuspectReset> m_resets;
    /// By address: TTLs that opened connections or were the usual ones of a connection.
    std::map<std::string, std::array<bool, 256>> m_ttls;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_RESET_TABLE_H
