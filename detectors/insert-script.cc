#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace bouncelab::detectors
{

namespace insert_script
{

constexpr AlertRule SIGNATURE{"insert-script",
                              1100153,
                              "BOUNCELAB payload differs by the first public script"};

bool
Differ(const Flow& flow, const Segment& a, const Segment& b)
{
    const std::size_t common = std::min(a.payloadCaptured, b.payloadCaptured);
    return flow.Text(a).substr(0, common) != flow.Text(b).substr(0, common);
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    const Flow& flow = evidence.flow;
    std::optional<std::uint32_t> last;
    for (std::uint32_t index = 0; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        if (segment.side != SERVER || segment.payloadLength == 0)
        {
            continue;
        }
        if (last && flow.At(*last).sequence == segment.sequence &&
            Differ(flow, flow.At(*last), segment))
        {
            Finding finding;
            finding.accused = *last; // What is inserted has to be there first.
            finding.others = {index};
            finding.dottedClass = ForgedClassOf(flow, segment);
            finding.score = 0.5;
            finding.explanation =
                fmt::format("{} and {}, one behind the other, have one sequence number and other "
                            "bytes (\"{}\" and \"{}\"). This is the first public script's rule, "
                            "kept to be compared with: it does not tell which is forged, nor "
                            "whether any is; overlap-conflict looks at who sent them.",
                            NameOfFrame(flow, *last),
                            NameOfFrame(flow, index),
                            QuoteOf(flow, flow.At(*last)),
                            QuoteOf(flow, segment));
            sink.Add(MakeAlert(evidence, finding, SIGNATURE));
            return;
        }
        last = index;
    }
}

} // namespace insert_script

/**
 * The rule of the first public script against inserted packets (fact I34): two data segments of the
 * server, one behind the other, with the same sequence number and other bytes as far as both go.
 *
 * Shipped to be shown wrong: a retransmission that was edited, or damaged and sent again, does it
 * as well, and one segment between the two hides them. OverlapConflict is the detector to believe.
 */
extern const Detector INSERT_SCRIPT{
    insert_script::SIGNATURE,
    "naive: other bytes for the last sequence number, as the first public script has it",
    {{kinds::PACKETS}, {"forged"}},
    insert_script::Judge,
    nullptr,
    Role::Baseline};

} // namespace bouncelab::detectors
