#ifndef BOUNCELAB_DETECTORS_HOP_LOCATOR_H
#define BOUNCELAB_DETECTORS_HOP_LOCATOR_H

#include "detectors/analysis/location.h"
#include "detectors/detector.h"

#include <map>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

/**
 * Says between which hops the sender of accused packets stands, and what that rests on.
 *
 * Three ways, the surest first: TTL-limited probes in the capture (the first probe that reaches the
 * device draws the forgery), the accused packet's TTL, and the time of its answer. Where TTLs of
 * several forgeries against one server scatter, or equal the genuine one, TTL says nothing.
 */
class HopLocator : public Detector
{
  public:
    static constexpr std::string_view NAME = "hop-locator";

    std::string_view Name() const override { return NAME; }

    std::string_view Description() const override
    {
        return "an interval of hops for the sender of accused packets";
    }

    Scope Covers() const override { return {{kinds::PACKETS}, {"forged"}}; }

    void Judge(const Evidence& evidence, AlertSink& sink) override;
    void Conclude(const Surroundings& surroundings, AlertSink& sink) override;

  private:
    /// Who talks to whom: forgeries against one of these come from one place.
    using Pair = std::tuple<std::uint32_t, std::uint32_t, std::uint16_t>;

    struct Case
    {
        Pair pair;
        Ipv4 claimed; //!< Whose address the packet bears.
        Sighting sighting;
        std::optional<int> probeTtl;
        Alert alert;
    };

    struct Probes
    {
        std::set<int> silent; //!< TTLs of probes that drew no forgery.
        std::set<int> hit;
    };

    std::optional<Location> LocateByProbes(const Pair& pair) const;
    bool Scatters(const Case& one) const;

    std::vector<Case> m_cases;
    std::map<Pair, Probes> m_probes;
    std::map<Pair, std::pair<int, int>> m_ttls; //!< Smallest and largest TTL of forgeries.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_HOP_LOCATOR_H
