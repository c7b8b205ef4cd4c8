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
/// Octets that fit any path: hosts take datagrams of 576 (RFC 791 section 3.1), less both headers.
constexpr std::uint32_t ALWAYS_FITS = 536;

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

/// What the other side shows behind the first copy.
struct Echo
{
    bool isHeard = false; //!< Anything of it.
    /// It says again what it has: something that was sent behind the first copy arrived.
    bool repeatsItself = false;
    std::size_t probes = 0; //!< Keep-alives, which it repeats where no answer arrives.
};

Echo
EchoOf(const Flow& flow, Side side, const Repeats& repeats)
{
    Echo echo;
    const Segment* said = nullptr; // the other side's last before
    std::int64_t highest = 0;      // of the other side's
    for (std::uint32_t i = 0; i < flow.segments.size(); ++i)
    {
        const Segment& segment = flow.At(i);
        if (segment.side == side)
        {
            continue;
        }
        const bool isBare = segment.Span() == 0 && !segment.Has(tcp::RST);
        if (i > repeats.segments.front())
        {
            echo.isHeard = true;
            echo.probes += isBare && segment.start < highest ? 1 : 0;
            // A larger window is news of its own.
            echo.repeatsItself =
                echo.repeatsItself ||
                (isBare && said && segment.start >= highest && segment.window <= said->window &&
                 segment.acknowledged == said->acknowledged);
        }
        highest = std::max(highest, segment.End());
        said = &segment;
    }
    return echo;
}

/// Whether segments of a size that has to get through were sent behind the first copy.
bool
SendsSmaller(const Flow& flow, Side side, const Repeats& repeats, std::uint32_t largest)
{
    return std::any_of(flow.segments.begin() + repeats.segments.front(),
                       flow.segments.end(),
                       [&](const Segment& segment)
                       {
                           return segment.side == side && segment.Span() > 0 &&
                                  segment.payloadLength <= std::max(largest, ALWAYS_FITS);
                       });
}

Finding
OfSize(const Flow& flow, Side side, const Repeats& repeats, std::uint32_t largest)
{
    const Echo echo = EchoOf(flow, side, repeats);
    const bool isDead =
        !echo.repeatsItself && (SendsSmaller(flow, side, repeats, largest) || echo.probes >= 2);
    Finding finding;
    finding.accused = repeats.segments.front();
    finding.others.assign(repeats.segments.begin() + 1, repeats.segments.end());
    finding.dottedClass = isDead ? "unreachable.lost" : "unreachable.path-mtu";
    finding.verdict = echo.isHeard && !isDead ? Verdict::Fault : Verdict::Inconclusive;
    finding.score = isDead || !echo.isHeard ? 0 : echo.repeatsItself ? 0.9 : 0.7;
    finding.where.side = isDead ? "unknown: on the way to the other side, or that side's host"
                                : "on the path: whoever runs the tunnel or firewall that has the "
                                  "smaller MTU and drops ICMP";
    finding.explanation = fmt::format(
        "{} sends {} octets from position {} {} times at growing intervals and gets no "
        "acknowledgment (from {}), while segments of up to {} octets got through{}: {}.",
        flow.address[side].ToString(),
        repeats.length,
        flow.At(repeats.segments.front()).DataStart(),
        repeats.segments.size(),
        NameOfFrame(flow, repeats.segments.front()),
        largest,
        isDead               ? " before; behind the first of them smaller ones get no answer either"
        : echo.repeatsItself ? ", also behind the first of them, as the other side's repeated "
                               "acknowledgments show"
        : echo.isHeard       ? " and the other side is alive"
                             : "",
        isDead ? "nothing at all may arrive any more, of any size"
               : "packets above some size vanish on the way, and no ICMP message says so (a path "
                 "MTU black hole)");
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
        for (const Segment& segment : flow.segments)
        {
            if (segment.side == side && segment.payloadLength > 0 &&
                segment.End() <= flow.stream[side].acknowledged)
            {
                largest = std::max(largest, segment.payloadLength);
            }
        }
        if (largest >= repeats.length)
        {
            if (auto alone = VanishesAlone(flow, side, repeats))
            {
                findings.push_back(std::move(*alone));
            }
            continue;
        }
        if (largest > 0)
        {
            findings.push_back(OfSize(flow, side, repeats, largest));
        }
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
        const bool isDead = finding.dottedClass == "unreachable.lost";
        alert.evidence.next =
            isDead ? "a capture at the other end: do the small packets arrive there? ping with "
                     "small packets, then with ping -M do -s 1372 to 1472"
            : isAlone
                ? "a capture at the other end; the same message without what this segment "
                  "holds, and by TLS, which hides it"
                : "ping -M do -s 1372 to 1472 along the path; clamp the MSS or set the MTU of "
                  "the tunnel "
                  "(1400); let ICMP type 3 code 4 (ICMPv6 type 2) through";
        for (const InFile<ReportedReply>& reported : evidence.context.logs.replies)
        {
            if (!isAlone && !isDead && reported.record.code == 0 &&
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
 * ones of the same connection got through: the path swallows large packets. Where smaller ones that
 * were sent behind the first copy get no answer either, the direction may be dead. Where others as
 * large got through, it swallows that one, and who does cannot be told.
 */
extern const Detector PATH_MTU{path_mtu::SIGNATURE,
                               "packets above some size that vanish on the way",
                               {{kinds::PACKETS}, {"unreachable"}},
                               path_mtu::Judge,
                               nullptr};

} // namespace bouncelab::detectors
