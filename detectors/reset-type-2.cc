#include "detectors/detector.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>

namespace bouncelab::detectors
{

namespace reset_type_2
{

constexpr AlertRule SIGNATURE{"reset-type-2", 1100152, "BOUNCELAB resets by the rule of type 2"};
constexpr std::chrono::seconds SHORT(2);

bool
Fits(const Segment& segment)
{
    return segment.side == SERVER && segment.Has(tcp::RST) && segment.Has(tcp::ACK) &&
           segment.window != 0;
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    const Flow& flow = evidence.flow;
    std::optional<std::uint32_t> last;
    for (std::uint32_t index = 0; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        if (!Fits(segment))
        {
            continue;
        }
        if (last && flow.At(*last).ttl != segment.ttl && segment.time - flow.At(*last).time < SHORT)
        {
            Finding finding;
            finding.accused = index;
            finding.others = {*last};
            finding.dottedClass = classes::FORGED_RESET;
            finding.score = 0.5;
            finding.explanation =
                fmt::format("{} and {} are resets with ACK and a window, TTL {} and {}. This is a "
                            "published rule, kept to be compared with: a route that moves does "
                            "the same; forged-reset looks at what else there is.",
                            NameOfFrame(flow, *last),
                            NameOfFrame(flow, index),
                            flow.At(*last).ttl,
                            segment.ttl);
            sink.Add(MakeAlert(evidence, finding, SIGNATURE));
            return;
        }
        last = index;
    }
}

} // namespace reset_type_2

/**
 * The published rule for a device's second type of resets (fact I13): RST with ACK to the client,
 * with a window, of several TTLs within a short time, which is not told and is two seconds here.
 *
 * Shipped to be shown wrong: it misses devices that keep to one TTL within a connection, as the
 * documented one does. ForgedReset is the detector to believe.
 */
extern const Detector RESET_TYPE_2{reset_type_2::SIGNATURE,
                                   "naive: resets of several TTLs, as a published rule has it",
                                   {{kinds::PACKETS}, {classes::FORGED_RESET}},
                                   reset_type_2::Judge,
                                   nullptr,
                                   Role::Baseline};

} // namespace bouncelab::detectors
