#include "detectors/analysis/analysis.h"
#include "detectors/analysis/path-timing.h"
#include "detectors/analysis/tcp-opening.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

namespace forged_icmp
{

constexpr AlertRule SIGNATURE{"forged-icmp", 1100138, "BOUNCELAB ICMP that the facts refute"};
constexpr std::string_view FORGED_ICMP = "forged.icmp";

/// A message that a packet did not arrive, and what shows that it did.
struct RefutedMessage
{
    std::uint32_t quoted = 0;           //!< Index of the segment that it is about.
    std::uint32_t answer = 0;           //!< Index of the server's segment that acknowledges it.
    std::optional<std::uint32_t> abort; //!< The client's reset in between.
};

/// Whether another segment of the client's carries some of the same octets, in whatever pieces.
bool
IsSentAgain(const Flow& flow, std::uint32_t index)
{
    const Segment& once = flow.At(index);
    return std::any_of(flow.segments.begin(),
                       flow.segments.end(),
                       [&](const Segment& other)
                       {
                           return &other != &once && other.side == CLIENT &&
                                  other.payloadLength > 0 && other.DataStart() < once.End() &&
                                  once.DataStart() < other.End();
                       });
}

/// The client's segment with data that a message quotes, if it was sent once; what was sent twice
/// may have arrived once.
std::optional<std::uint32_t>
FindQuoted(const Flow& flow, const TimeExceeded& message)
{
    std::optional<std::uint32_t> found;
    for (std::uint32_t index = 0; message.sequence && index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        if (segment.side == CLIENT && segment.sequence == *message.sequence &&
            segment.payloadLength > 0 && !segment.Has(tcp::SYN) && !segment.Has(tcp::RST))
        {
            if (found || segment.copies > 0 || segment.time > message.time)
            {
                return std::nullopt;
            }
            found = index;
        }
    }
    return found;
}

std::optional<RefutedMessage>
Refute(const Flow& flow, const TimeExceeded& message)
{
    constexpr std::uint8_t FRAGMENTATION_NEEDED = 4;
    // What a card cuts up goes out in several packets, of which one may be too large.
    constexpr std::uint32_t LARGEST_PACKET = 1460;
    const bool isOfSize = message.isUnreachable && message.code == FRAGMENTATION_NEEDED &&
                          !flow.address[SERVER].IsIpv6();
    const auto quoted = FindQuoted(flow, message);
    if (!quoted || IsSentAgain(flow, *quoted) ||
        (isOfSize && flow.At(*quoted).payloadLength > LARGEST_PACKET))
    {
        return std::nullopt;
    }
    RefutedMessage refuted;
    refuted.quoted = *quoted;
    for (std::uint32_t index = *quoted + 1; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        const bool isBehind = segment.time > message.time;
        if (isBehind && segment.side == CLIENT && segment.Has(tcp::RST) && !refuted.abort)
        {
            refuted.abort = index;
        }
        if (segment.side == SERVER && segment.Has(tcp::ACK) && !segment.Has(tcp::RST) &&
            segment.acknowledged >= flow.At(*quoted).End())
        {
            refuted.answer = index;
            return isBehind ? std::optional<RefutedMessage>(refuted) : std::nullopt;
        }
    }
    return std::nullopt;
}

/// What shows that the message is not the server's, although it bears its address.
std::vector<std::string>
ForeignSigns(const Flow& flow,
             const TimeExceeded& message,
             const RefutedMessage& refuted,
             const std::optional<RoundTripBound>& bound)
{
    std::vector<std::string> signs;
    const Segment& answer = flow.At(refuted.answer);
    const std::int64_t elapsed = (message.time - flow.At(refuted.quoted).time).count();
    if (HopsApart(message.ttl, answer.ttl) >= HOPS_APART)
    {
        signs.push_back(fmt::format("TTL {} against {}", message.ttl, answer.ttl));
    }
    if (bound && bound->Excludes(elapsed))
    {
        signs.push_back(fmt::format("{} after it, path RTT at least {}",
                                    Milliseconds(elapsed),
                                    Milliseconds(bound->minimumNs)));
    }
    return signs;
}

Alert
Tell(const Evidence& evidence, const TimeExceeded& message, const RefutedMessage& refuted)
{
    const Flow& flow = evidence.flow;
    const PathTiming timing(flow, SERVER, evidence.RouteNs(SERVER));
    const Segment& quoted = flow.At(refuted.quoted);
    const Segment& answer = flow.At(refuted.answer);
    const auto bound = timing.BoundWithout(answer);
    const std::int64_t answered = (answer.time - quoted.time).count();
    // A copy that the capture missed would be sent after more than another round trip.
    const bool isOfThatCopy = bound && answered < bound->minimumNs * 2;
    const bool isServers = message.router == flow.address[SERVER];
    const std::vector<std::string> signs =
        isServers ? ForeignSigns(flow, message, refuted, bound) : std::vector<std::string>();
    const std::string router = message.router.ToString();

    Finding finding;
    finding.accused = refuted.quoted;
    finding.others = {refuted.answer};
    finding.dottedClass = FORGED_ICMP;
    finding.explanation = fmt::format(
        "ICMP in the name of {} (frame {}) says \"{}\" of {}, and {} acknowledges that segment, "
        "which was sent once, {} after it was sent: it arrived, and what the message says is not "
        "true{}",
        router,
        message.frame,
        WordsOf(message),
        NameOfFrame(flow, refuted.quoted),
        NameOfFrame(flow, refuted.answer),
        Milliseconds(answered),
        refuted.abort
            ? fmt::format("; the client gave up by it ({})", NameOfFrame(flow, *refuted.abort))
            : "");
    if (refuted.abort)
    {
        finding.others.push_back(*refuted.abort);
    }
    if (isOfThatCopy && !signs.empty())
    {
        finding.score = 0.85;
        finding.explanation += fmt::format(". {} did not send it: {}.", router, Enumerate(signs));
    }
    else
    {
        finding.verdict = Verdict::Inconclusive;
        finding.score = 0.3;
        finding.explanation += fmt::format(
            ". {}A capture at {} would decide: does the message leave it, and the segment as well?",
            isServers ? ""
                      : "Somebody on the path who wants the connection to end sends such a "
                        "message, and so does a router that got a copy of the segment. ",
            router);
    }
    Alert alert = MakeAlert(evidence, finding, SIGNATURE);
    alert.time = message.time;
    alert.frame = message.frame;
    alert.source = message.router;
    alert.sourcePort = 0;
    alert.destination = flow.address[CLIENT];
    alert.destinationPort = 0;
    alert.protocol = "ICMP";
    alert.evidence.frames.push_back(message.frame);
    std::sort(alert.evidence.frames.begin(), alert.evidence.frames.end());
    return alert;
}

void
Judge(const Evidence& evidence, Analysis& analysis, AlertSink& sink)
{
    const auto* refusals = analysis.refusedPackets.Of(evidence.flow, evidence.context.logs.expired);
    if (!refusals)
    {
        return;
    }
    for (const TimeExceeded& message : refusals->first)
    {
        if (const auto refuted = Refute(evidence.flow, message))
        {
            sink.AddOrCount(Tell(evidence, message, *refuted));
            return;
        }
    }
}

} // namespace forged_icmp

/**
 * ICMP says of a segment that it did not get through, and the server acknowledges that very
 * segment, which was sent once (RFC 5927 has the attack): the message is false. Whoever sent it is
 * not the server whose address it bears where its TTL or its time are another's; in the name of a
 * router it stays open, since one that got a mirror's copy says the same.
 */
extern const Detector FORGED_ICMP{forged_icmp::SIGNATURE,
                                  "an ICMP error about a segment that arrived all the same",
                                  {{kinds::PACKETS}, {"forged"}},
                                  forged_icmp::Judge,
                                  nullptr};

} // namespace bouncelab::detectors
