#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace reset_type_1
{

constexpr AlertRule SIGNATURE{"reset-type-1", 1100151, "BOUNCELAB reset by the rule of type 1"};

bool
Fits(const Segment& segment)
{
    return segment.side == SERVER && segment.Has(tcp::RST) && !segment.Has(tcp::ACK) &&
           segment.window != 0 && !segment.dontFragment;
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    const Flow& flow = evidence.flow;
    const auto found = std::find_if(flow.segments.begin(), flow.segments.end(), Fits);
    if (found == flow.segments.end())
    {
        return;
    }
    Finding finding;
    finding.accused = static_cast<std::uint32_t>(found - flow.segments.begin());
    finding.dottedClass = classes::FORGED_RESET;
    finding.score = 0.5;
    finding.explanation =
        fmt::format("{} is a reset without ACK and DF, with window {}. This is a published rule, "
                    "kept to be compared with: hosts send such resets as well; forged-reset looks "
                    "at what else there is.",
                    NameOfFrame(flow, finding.accused),
                    found->window);
    sink.Add(MakeAlert(evidence, finding, SIGNATURE));
}

} // namespace reset_type_1

/**
 * The published rule for a device's first type of resets (fact I13): a bare RST to the client, with
 * a window and without fragment bits.
 *
 * Shipped to be shown wrong: stacks that leave the window as it was send the same. ForgedReset is
 * the detector to believe.
 */
extern const Detector RESET_TYPE_1{reset_type_1::SIGNATURE,
                                   "naive: a bare reset with a window, as a published rule has it",
                                   {{kinds::PACKETS}, {classes::FORGED_RESET}},
                                   reset_type_1::Judge,
                                   nullptr,
                                   Role::Baseline};

} // namespace bouncelab::detectors
