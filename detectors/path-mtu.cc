#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace bouncelab::detectors
{

namespace path_mtu
{

constexpr AlertRule SIGNATURE{"path-mtu", 1100123, "BOUNCELAB packets of full size vanish"};
constexpr std::uint32_t LARGE = 1000; //!< Octets of payload that no tunnel is too small for below.
constexpr std::size_t MANY_REPEATS = 3; //!< Of one segment, that none acknowledges.
constexpr double BACKOFF = 1.5;         //!< At least, of each pause to the one before.

/// Segments of one side that carry the same position again and again.
struct Repeats
{
    std::vector<std::uint32_t> segments;
    std::uint32_t length = 0;
};

/// The first position that one side repeats and the other never acknowledges.
Repeats
FindRepeats(const Flow& flow, Side side)
{
    std::map<std::int64_t, Repeats> byStart;
    for (std::uint32_t i = 0; i < flow.segments.size(); ++i)
    {
        const Segment& segment = flow.At(i);
        if (segment.side == side && segment.payloadLength > 0 &&
            segment.End() > flow.stream[side].acknowledged)
        {
            Repeats& repeats = byStart[segment.DataStart()];
            repeats.segments.push_back(i);
            repeats.length = std::max(repeats.length, segment.payloadLength);
        }
    }
    const auto found =
        std::find_if(byStart.begin(),
                     byStart.end(),
                     [](const auto& entry) { return entry.second.segments.size() > MANY_REPEATS; });
    return found == byStart.end() ? Repeats() : found->second;
}

/// Whether the pauses between the copies grow as a retransmission timer's do.
bool
BacksOff(const Flow& flow, const Repeats& repeats)
{
    std::int64_t before = 0;
    std::size_t grown = 0;
    for (std::size_t i = 1; i < repeats.segments.size(); ++i)
    {
        const std::int64_t pause =
            (flow.At(repeats.segments[i]).time - flow.At(repeats.segments[i - 1]).time).count();
        grown += before > 0 && static_cast<double>(pause) > BACKOFF * static_cast<double>(before);
        before = pause;
    }
    return grown + 1 >= MANY_REPEATS;
}

/// One segment that vanishes, while others as large arrive and the other side lives: whoever drops
/// it looks at what is in it.
std::optional<Finding>
VanishesAlone(const Flow& flow, Side side, const Repeats& repeats)
{
    const WallTime third = flow.At(repeats.segments[2]).time;
    const bool isHeard = std::any_of(flow.segments.begin(),
                                     flow.segments.end(),
                                     [&](const Segment& segment) {
                                         return segment.side != side && segment.time > third &&
                                                !segment.Has(tcp::RST);
                                     });
    if (!isHeard)
    {
        return std::nullopt;
    }
    Finding finding;
    finding.accused = repeats.segments.front();
    finding.others.assign(repeats.segments.begin() + 1, repeats.segments.end());
    finding.dottedClass = "unreachable.stalled";
    finding.verdict = Verdict::Inconclusive;
    finding.where.side = "unknown: whatever on the path drops this segment, or the other side, "
                         "which does not take it";
    finding.explanation = fmt::format(
        "{} sends the same {} octets {} times at growing intervals (from {}) and no "
        "acknowledgment of them comes, while others as large got through and the other side is "
        "alive: this segment alone vanishes, as by a filter that looks for words in it, or it "
        "arrives damaged each time. A capture at the other end would show which.",
        flow.address[side].ToString(),
        repeats.length,
        repeats.segments.size(),
        NameOfFrame(flow, repeats.segments.front()));
    return finding;
}

std::vector<Finding>
Find(const Evidence& evidence)
{
    const Flow& flow = evidence.flow;
    std::vector<Finding> findings;
    for (const Side side : {CLIENT, SERVER})
    {
        const Repeats repeats = FindRepeats(flow, side);
        if (repeats.length < LARGE || !BacksOff(flow, repeats))
        {
            continue;
        }
        std::uint32_t largest = 0; // that got through
        bool otherLives = false;   // heard after the first copy
        const WallTime first = flow.At(repeats.segments.front()).time;
        for (const Segment& segment : flow.segments)
        {
            if (segment.side == side && segment.payloadLength > 0 &&
                segment.End() <= flow.stream[side].acknowledged)
            {
                largest = std::max(largest, segment.payloadLength);
            }
            otherLives = otherLives || (segment.side != side && segment.time > first);
        }
        if (largest >= repeats.length)
        {
            if (auto alone = VanishesAlone(flow, side, repeats))
            {
                findings.push_back(std::move(*alone));
            }
            continue;
        }
        if (largest == 0)
        {
            continue;
        }
        Finding finding;
        finding.accused = repeats.segments.front();
        finding.others.assign(repeats.segments.begin() + 1, repeats.segments.end());
        finding.dottedClass = "unreachable.path-mtu";
        finding.verdict = otherLives ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = otherLives ? 0.9 : 0;
        finding.where.side =
            "on the path: whoever runs the tunnel or firewall that has the smaller "
            "MTU and drops ICMP";
        finding.explanation = fmt::format(
            "{} sends {} octets from position {} {} times at growing intervals and gets no "
            "acknowledgment (from {}), while segments of up to {} octets got through{}: packets "
            "above "
            "some size vanish on the way, and no ICMP message says so (a path MTU black hole).",
            flow.address[side].ToString(),
            repeats.length,
            flow.At(repeats.segments.front()).DataStart(),
            repeats.segments.size(),
            NameOfFrame(flow, repeats.segments.front()),
            largest,
            otherLives ? " and the other side is alive" : "");
        findings.push_back(std::move(finding));
    }
    return findings;
}

void
Judge(const Evidence& evidence, Analysis& analysis, AlertSink& sink)
{
    AddSession(evidence, analysis, sink);
    for (const Finding& finding : evidence.Once(Find))
    {
        Alert alert = MakeAlert(evidence, finding, SIGNATURE);
        alert.category = "Mail not delivered";
        const bool isAlone = finding.dottedClass == "unreachable.stalled";
        alert.evidence.next =
            isAlone ? "a capture at the other end; the same message without what this segment "
                      "holds, and by TLS, which hides it"
                    : "ping -M do -s 1372 to 1472 along the path; clamp the MSS or set the MTU of "
                      "the tunnel "
                      "(1400); let ICMP type 3 code 4 (ICMPv6 type 2) through";
        for (const InFile<ReportedReply>& reported : evidence.context.logs.replies)
        {
            if (!isAlone && reported.record.code == 0 &&
                StartsWith(reported.record.failure, "timeout after DATA"))
            {
                alert.evidence.log.push_back(
                    {reported.file, reported.record.line, reported.record.text});
                alert.evidence.explanation +=
                    fmt::format(" The server's log agrees: \"{}\" (line {}).",
                                reported.record.failure,
                                reported.record.line);
                break;
            }
        }
        sink.Add(std::move(alert));
    }
}

} // namespace path_mtu

/**
 * Segments of full size that are repeated with growing pauses and never acknowledged, while smaller
 * ones of the same connection got through: the path swallows large packets. Where others as large
 * got through, it swallows that one, and who does cannot be told.
 */
extern const Detector PATH_MTU{path_mtu::SIGNATURE,
                               "packets above some size that vanish on the way",
                               {{kinds::PACKETS}, {"unreachable"}},
                               path_mtu::Judge,
                               nullptr};

} // namespace bouncelab::detectors
