#include "detectors/detector.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t QUOTE_LENGTH = 60;
constexpr std::size_t QUOTED_LINES = 8;
constexpr std::string_view FORGERY = "Forged traffic";
constexpr std::string_view EXPLAINED = "Odd but explained";
constexpr std::string_view UNDECIDED = "Evidence does not decide";

/// Whether a mail host reports this reply from this server (or from one that the document masks).
bool
Reports(const LoggedRefusal& refusal, Ipv4 server, const std::string& reply)
{
    return !reply.empty() && (!refusal.remote || *refusal.remote == server) &&
           StartsWith(refusal.reply, reply);
}

void
Fill(Alert& alert, const Flow& flow, std::uint32_t index, const AlertRule& signature)
{
    const Segment& segment = flow.At(index);
    alert.time = segment.time;
    alert.frame = segment.frame;
    alert.source = flow.address[segment.side];
    alert.sourcePort = flow.port[segment.side];
    alert.destination = flow.address[Other(segment.side)];
    alert.destinationPort = flow.port[Other(segment.side)];
    alert.detector = signature.detector;
    alert.signatureId = signature.id;
    alert.signature = signature.text;
    alert.evidence.file = flow.source->name;
}

/// Scores are written in thousandths: further digits would be noise.
double
Rounded(double score)
{
    return std::round(std::clamp(score, 0.0, 1.0) * 1000) / 1000;
}

} // namespace

void
AddSession(const Evidence& evidence, Analysis& analysis, AlertSink& /* sink */)
{
    analysis.AddSession(evidence.flow);
}

Alert
MakeAlert(const Evidence& evidence, const Finding& finding, const AlertRule& signature)
{
    const Flow& flow = evidence.flow;
    const Segment& accused = flow.At(finding.accused);
    Alert alert;
    Fill(alert, flow, finding.accused, signature);
    alert.dottedClass = finding.dottedClass;
    alert.score = Rounded(finding.score);
    alert.verdict = finding.verdict;
    alert.category = finding.verdict == Verdict::Fault    ? FORGERY
                     : finding.verdict == Verdict::Benign ? EXPLAINED
                                                          : UNDECIDED;
    alert.severity = finding.verdict == Verdict::Fault ? 1 : 3;
    alert.where = finding.where;
    alert.evidence.explanation = finding.explanation;

    std::vector<std::uint32_t> indices = finding.others;
    indices.push_back(finding.accused);
    std::sort(indices.begin(), indices.end());
    indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
    for (const std::uint32_t index : indices)
    {
        alert.evidence.frames.push_back(flow.At(index).frame);
        if (flow.source->isText)
        {
            alert.evidence.lines.push_back(flow.At(index).line);
        }
    }
    if (finding.verdict == Verdict::Fault && accused.side == SERVER)
    {
        const std::string reply = QuoteOf(flow, accused);
        for (const ReportedRefusal& reported : evidence.context.refusals)
        {
            if (alert.evidence.log.size() < QUOTED_LINES &&
                Reports(reported.refusal, flow.address[SERVER], reply))
            {
                alert.evidence.log.push_back(
                    {reported.file, reported.refusal.line, reported.refusal.text});
            }
        }
    }
    return alert;
}

void
AddAlerts(const Evidence& evidence,
          Evidence::Search search,
          const AlertRule& signature,
          AlertSink& sink)
{
    for (const Finding& finding : evidence.Once(search))
    {
        sink.Add(MakeAlert(evidence, finding, signature));
    }
}

Alert
MakeInsufficient(const Evidence& evidence, const AlertRule& signature, std::string explanation)
{
    Alert alert;
    Fill(alert, evidence.flow, 0, signature);
    alert.dottedClass = classes::INSUFFICIENT;
    alert.score = 0;
    alert.verdict = Verdict::Inconclusive;
    alert.category = UNDECIDED;
    alert.severity = 3;
    alert.evidence.frames.push_back(evidence.flow.At(0).frame);
    if (evidence.flow.source->isText)
    {
        alert.evidence.lines.push_back(evidence.flow.At(0).line);
    }
    alert.evidence.explanation = std::move(explanation);
    return alert;
}

bool
ReportOneSided(const Evidence& evidence, const AlertRule& signature, AlertSink& sink)
{
    Side missing = SERVER;
    if (!evidence.flow.OneSided(missing))
    {
        return false;
    }
    sink.Add(MakeInsufficient(
        evidence,
        signature,
        fmt::format("The capture holds no packet of {}:{} although {} bytes of it were "
                    "acknowledged; a capture of both directions would decide.",
                    evidence.flow.address[missing].ToString(),
                    evidence.flow.port[missing],
                    evidence.flow.stream[missing].acknowledged - 1)));
    return true;
}

std::string
NameOfFrame(const Flow& flow, std::uint32_t segment)
{
    const Segment& named = flow.At(segment);
    return flow.source->isText ? fmt::format("packet {} (line {})", named.frame, named.line)
                               : fmt::format("frame {}", named.frame);
}

std::string
QuoteOf(const Flow& flow, const Segment& segment)
{
    std::string quote;
    for (const char c : flow.Text(segment))
    {
        if (c == '\r' || c == '\n' || quote.size() == QUOTE_LENGTH)
        {
            break;
        }
        quote += IsPrintable(c) ? c : '.';
    }
    return quote;
}

std::string_view
ForgedClassOf(const Flow& flow, const Segment& segment)
{
    if (segment.Has(tcp::RST))
    {
        return classes::FORGED_RESET;
    }
    return segment.side == SERVER && flow.IsSmtp() ? classes::FORGED_REPLY : classes::FORGED_DATA;
}

std::string
Milliseconds(std::int64_t nanoseconds)
{
    const std::int64_t micros = nanoseconds / 1000;
    return fmt::format("{}.{:03} ms", micros / 1000, micros % 1000);
}

std::string
Enumerate(const std::vector<std::string>& items)
{
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i)
    {
        text += i == 0 ? "" : i + 1 == items.size() ? " and " : ", ";
        text += items[i];
    }
    return text;
}

} // namespace bouncelab::detectors
