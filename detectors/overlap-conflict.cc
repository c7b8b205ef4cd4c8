#include "detectors/accusations.h"
#include "detectors/analysis/header-deviation.h"
#include "detectors/analysis/path-timing.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace bouncelab::detectors
{

namespace overlap_conflict
{

constexpr AlertRule SIGNATURE{"overlap-conflict",
                              1100002,
                              "BOUNCELAB different bytes for the same sequence numbers"};

/// Most conflicts of one flow that are told one by one.
constexpr std::size_t MOST_CONFLICTS = 32;

/// Where the line begins in which the two differ first, or a little in front of that.
std::int64_t
FirstDifference(const Flow& flow, const Conflict& conflict)
{
    const Segment& first = flow.At(conflict.first);
    const Segment& second = flow.At(conflict.second);
    const std::string_view left = flow.Text(first).substr(
        std::min<std::size_t>(conflict.from - first.DataStart(), first.payloadCaptured));
    const std::string_view right = flow.Text(second).substr(
        std::min<std::size_t>(conflict.from - second.DataStart(), second.payloadCaptured));
    constexpr std::size_t SHOWN = 30;
    std::size_t line = 0;
    for (std::size_t i = 0; i < std::min(left.size(), right.size()) && left[i] == right[i]; ++i)
    {
        line = left[i] == '\n' ? i + 1 : std::max(line, i - std::min(i, SHOWN));
    }
    return conflict.from + static_cast<std::int64_t>(line);
}

std::string
Describe(const Flow& flow, const Conflict& conflict)
{
    const Segment& first = flow.At(conflict.first);
    const Segment& second = flow.At(conflict.second);
    const std::int64_t apart = FirstDifference(flow, conflict);
    const std::uint32_t sequence =
        first.sequence + static_cast<std::uint32_t>(conflict.from - first.start);
    if (second.payloadCaptured == 0)
    {
        return fmt::format("{} carries \"{}\", {} octets from sequence number 0x{:08X} on, and {} "
                           "{} octets from there, {} later, which the text does not show",
                           NameOfFrame(flow, conflict.first),
                           QuoteOf(flow, first),
                           first.payloadLength,
                           sequence,
                           NameOfFrame(flow, conflict.second),
                           second.payloadLength,
                           Milliseconds((second.time - first.time).count()));
    }
    return fmt::format("{} and {} carry different bytes (\"{}\" and \"{}\") for sequence numbers "
                       "0x{:08X} to 0x{:08X}, {} apart",
                       NameOfFrame(flow, conflict.first),
                       NameOfFrame(flow, conflict.second),
                       QuoteOf(flow, first, apart - first.DataStart()),
                       QuoteOf(flow, second, apart - second.DataStart()),
                       sequence,
                       sequence + static_cast<std::uint32_t>(conflict.to - conflict.from),
                       Milliseconds((second.time - first.time).count()));
}

/// In what two segments differ that would not differ within one sender's stream, as far as seen.
std::vector<std::string>
Differences(const Segment& first, const Segment& second)
{
    std::vector<std::string> differences;
    if (first.ttl != second.ttl)
    {
        differences.push_back(fmt::format("TTL {} and {}", first.ttl, second.ttl));
    }
    if (first.dontFragment != second.dontFragment)
    {
        differences.emplace_back("DF");
    }
    if (first.timestamp != second.timestamp)
    {
        differences.emplace_back("a timestamp in one only");
    }
    if (first.reserved != second.reserved)
    {
        differences.emplace_back("reserved bits");
    }
    constexpr int FACTOR = 4;
    if (std::max(first.window, second.window) > FACTOR * std::min(first.window, second.window))
    {
        differences.push_back(fmt::format("window {} and {}", first.window, second.window));
    }
    return differences;
}

/// What kind of injection it is by HoneyBadger's names (fact I17), where it came first, so that the
/// other end may have taken it; empty where none fits.
std::string
KindOf(const Segment& forged, const Segment& genuine, bool cameFirst)
{
    if (!cameFirst || forged.start != genuine.start || forged.payloadLength == 0 ||
        genuine.payloadLength == 0)
    {
        return "";
    }
    return forged.payloadLength == genuine.payloadLength
               ? "; it is of the genuine one's size, so that both ends count alike (a veto)"
               : "; it is of another size than the genuine one, so that both ends count "
                 "differently from there (a sloppy injection)";
}

Finding
Judged(const Flow& flow,
       const Conflict& conflict,
       const PathTiming& timing,
       const SenderProfile& profile)
{
    const std::vector<std::uint32_t> both{conflict.first, conflict.second};
    const HeaderDeviation deviations[2]{DeviationOf(flow, profile, conflict.first, both),
                                        DeviationOf(flow, profile, conflict.second, both)};
    const bool early[2]{timing.IsEarly(flow.At(conflict.first)),
                        timing.IsEarly(flow.At(conflict.second))};
    const auto weight = [&](int i) { return deviations[i].sum + (early[i] ? 2.0 : 0.0); };
    const int worse = weight(1) > weight(0) ? 1 : 0;
    const HeaderDeviation& deviation = deviations[worse];

    Finding finding;
    finding.accused = both[static_cast<std::size_t>(worse)];
    finding.others.push_back(both[static_cast<std::size_t>(1 - worse)]);
    finding.explanation = Describe(flow, conflict);
    if (weight(worse) >= 1.5 && weight(worse) - weight(1 - worse) >= 1.0)
    {
        finding.dottedClass = ForgedClassOf(flow, flow.At(finding.accused));
        finding.score = std::min(1.0, 0.7 + weight(worse) / 20);
        std::vector<std::string> reasons = deviation.reasons;
        if (early[worse])
        {
            reasons.push_back("earlier than the path allows");
        }
        finding.explanation += fmt::format("; {} is not from the same sender: {}{}.",
                                           NameOfFrame(flow, finding.accused),
                                           Enumerate(reasons),
                                           KindOf(flow.At(finding.accused),
                                                  flow.At(finding.others.front()),
                                                  finding.accused == conflict.first));
        return finding;
    }
    finding.accused = conflict.second;
    finding.others = {conflict.first};
    const Segment& first = flow.At(conflict.first);
    if (flow.source->isText && first.ttl == 0 && first.ipId == 0)
    {
        finding.dottedClass = ForgedClassOf(flow, flow.At(conflict.second));
        finding.verdict = Verdict::Inconclusive;
        finding.score = 0.3;
        finding.explanation +=
            "; a host says one thing there, so that somebody else has said the other, and the text "
            "has neither TTL nor IP ID to tell who: the capture itself, or what tcpdump -v or "
            "tshark -V prints of it, would decide.";
        return finding;
    }
    if (deviations[0].idFits && deviations[1].idFits &&
        std::abs(flow.At(conflict.first).ttl - flow.At(conflict.second).ttl) <= 1)
    {
        finding.dottedClass = classes::INCONSISTENT;
        finding.verdict = Verdict::Benign;
        finding.score = 0.1;
        finding.explanation += "; TTL and IP ID of both continue one sender's stream, so no second "
                               "sender is shown: an edited capture, or a sender that contradicts "
                               "itself.";
        return finding;
    }
    finding.verdict = Verdict::Inconclusive;
    finding.score = 0.3;
    const std::vector<std::string> differences =
        Differences(flow.At(conflict.first), flow.At(conflict.second));
    finding.dottedClass =
        differences.empty() ? classes::INCONSISTENT : ForgedClassOf(flow, flow.At(conflict.second));
    finding.explanation +=
        (differences.empty()
             ? "; no header and no time tells the two apart"
             : fmt::format("; they differ in {}, but nothing shows which is the sender's own",
                           Enumerate(differences))) +
        ", a capture at the far end would show which one was sent there.";
    return finding;
}

std::vector<Finding>
Find(const Evidence& evidence)
{
    std::vector<Finding> findings;
    if (evidence.flow.source->isText && two_senders::HoldsTwoCalls(evidence.flow))
    {
        return findings; // Numbers that are counted from each call's own beginning.
    }
    for (const Side side : {SERVER, CLIENT})
    {
        const std::vector<Conflict>& conflicts = evidence.flow.stream[side].conflicts;
        if (conflicts.empty())
        {
            continue;
        }
        const PathTiming timing(evidence.flow, side, evidence.RouteNs(side));
        const SenderProfile profile(evidence.flow, side);
        for (const Conflict& conflict : conflicts)
        {
            if (findings.size() == MOST_CONFLICTS)
            {
                break;
            }
            Finding finding = Judged(evidence.flow, conflict, timing, profile);
            // One forged segment may contradict several genuine ones: it is accused once.
            const auto known = std::find_if(findings.begin(),
                                            findings.end(),
                                            [&](const Finding& other)
                                            {
                                                return other.verdict == Verdict::Fault &&
                                                       finding.verdict == Verdict::Fault &&
                                                       other.accused == finding.accused;
                                            });
            if (known == findings.end())
            {
                findings.push_back(std::move(finding));
            }
            else
            {
                known->others.insert(known->others.end(),
                                     finding.others.begin(),
                                     finding.others.end());
            }
        }
    }
    return findings;
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    if (!ReportOneSided(evidence, SIGNATURE, sink))
    {
        AddAlerts(evidence, Find, SIGNATURE, sink);
    }
}

} // namespace overlap_conflict

/**
 * Two segments carry different bytes for the same sequence numbers (S003-28). One of them
 * is forged when its headers or its time show another sender; when both come from one sender's
 * stream, the bytes are merely inconsistent (edited capture, evasion by the sender itself).
 */
extern const Detector OVERLAP_CONFLICT{overlap_conflict::SIGNATURE,
                                       "different bytes for the same sequence numbers",
                                       {{kinds::PACKETS}, {"forged"}},
                                       overlap_conflict::Judge,
                                       nullptr};

} // namespace bouncelab::detectors
