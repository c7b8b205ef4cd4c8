#include "detectors/analysis/reset-table.h"
#include "detectors/detector.h"

namespace bouncelab::detectors
{

namespace forged_reset
{

constexpr AlertRule SIGNATURE{"forged-reset", 1100005, "BOUNCELAB reset of another sender"};

void
Gather(const Evidence& evidence, Analysis& analysis, AlertSink&)
{
    analysis.resets.Add(evidence);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    for (const JudgedReset& judged : analysis.resets.Judge())
    {
        Alert alert = judged.reset->packet.alert;
        Sign(alert, SIGNATURE);
        SetVerdict(alert, judged.verdict);
        alert.score = Rounded(judged.score);
        alert.where.by = judged.by;
        alert.evidence.explanation = judged.explanation;
        sink.AddOrCount(std::move(alert));
    }
}

} // namespace forged_reset

/**
 * Somebody else than the side whose address it bears has reset a session that would have gone on:
 * an on-path device, a firewall of one's own, a NAT; who, a capture does not tell. A reset after a
 * FIN or another reset is never accused, and one sign alone convicts only where it is impossible
 * for the side itself.
 */
extern const Detector FORGED_RESET{forged_reset::SIGNATURE,
                                   "a reset that the side whose address it bears did not send",
                                   {{kinds::PACKETS}, {classes::FORGED_RESET}},
                                   forged_reset::Gather,
                                   forged_reset::Conclude};

} // namespace bouncelab::detectors
