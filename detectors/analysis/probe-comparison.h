#ifndef BOUNCELAB_DETECTORS_ANALYSIS_PROBE_COMPARISON_H
#define BOUNCELAB_DETECTORS_ANALYSIS_PROBE_COMPARISON_H

#include "detectors/analysis/path-probes.h"

#include <cstddef>
#include <map>
#include <string>

namespace bouncelab::detectors
{

/// What first ended a run: an answer that is no router's, at a TTL.
struct ProbeEnding
{
    int ttl = 0; //!< 0: nothing did.
    const TtlProbe* probe = nullptr;
    const ProbeAnswer* answer = nullptr;
};

/// What several runs of one payload have in common, by majority.
struct ProbeOutcome
{
    ProbeEnding ending;
    std::string sense;     //!< The most that was said.
    std::size_t runs = 0;  //!< That came about at all.
    std::size_t agree = 0; //!< Of these, with that ending.

    bool IsUsable() const { return 2 * agree > runs; }
};

/// Where probes end to be answered, by the test payload alone.
struct ProbeLoss
{
    int reach = 0;          //!< The last TTL from which a router answers a test probe; 0 = none.
    int first = 0;          //!< The first TTL behind that whose test probes draw nothing, and the
                            //!< control's an answer; 0 = none.
    std::size_t probes = 0; //!< So many drew nothing where the control's drew an answer.
    double chance = 1;      //!< That all of these are lost, as some of the control's are.
};

/// What probes of one TTL drew.
struct ProbeTally
{
    std::size_t probes = 0; //!< That were sent.
    std::size_t silent = 0;
    bool hearsRouter = false;
};

/// The test runs of a measurement against its control runs: what differs, and from which TTL on.
class ProbeComparison
{
  public:
    /// \param measurement has to outlive it.
    explicit ProbeComparison(const PathMeasurement& measurement);

    const ProbeOutcome& Test() const { return m_test; }

    const ProbeOutcome& Control() const { return m_control; }

    const ProbeLoss& Loss() const { return m_loss; }

    /// At which the test runs end; 0 = they do not.
    int Ttl() const { return m_test.ending.ttl; }

    /// The same of the control: the endpoint's distance.
    int EndTtl() const { return m_control.ending.ttl; }

    /// The router that most control probes of a TTL hear from; unknown where none does.
    HostAddress RouterAt(int ttl) const;

    /// Whether a router reports a test probe of that TTL as expired.
    bool HearsRouter(int ttl) const;

    /// Whether the test ends as the control does: of words of the server's one may have fewer, as
    /// some may be lost.
    bool IsTheSame() const;

    /// Whether the test ends with words in the server's name.
    bool Speaks() const;

    /// Whether only the endpoint's own answer is missing, and another comes from behind it.
    bool IsEndpointLate() const;

    /// Whether an answer that copies what a probe had left at that hop would come home so late.
    bool IsCopyFrom(int hop) const { return Ttl() == 2 * hop || Ttl() == 2 * hop - 1; }

    /// Whether the answer that ends the test runs arrives with next to nothing left of its TTL.
    bool IsSpent() const;

    /// A probe that was lost, at the first TTL at which that shows; null = none.
    const TtlProbe* LostProbe() const;

  private:
    bool ControlAnswers(int ttl) const;
    double ControlLoss() const;
    ProbeLoss LossOf() const;

    const PathMeasurement& m_measured;
    ProbeOutcome m_test;
    ProbeOutcome m_control;
    std::map<int, HostAddress> m_routers; //!< Of the control.
    std::map<int, ProbeTally> m_tally;    //!< Of the test.
    ProbeLoss m_loss;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_PROBE_COMPARISON_H
