#include "detectors/detector.h"

#include "detectors/readers/caps.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>

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
Reports(const LoggedRefusal& refusal, HostAddress server, const std::string& reply)
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
    alert.evidence.file = flow.source->name;
    Sign(alert, signature);
}

/// What an explanation says, whatever its figures.
std::string
WithoutFigures(const std::string& text)
{
    std::string shape;
    std::copy_if(text.begin(),
                 text.end(),
                 std::back_inserter(shape),
                 [](char c) { return !IsDigit(c); });
    return shape;
}

} // namespace

void
AlertSink::Add(Alert alert)
{
    // More of one detector say nothing new, and hostile evidence could draw any number.
    if (!HasPlace(alert))
    {
        throw std::logic_error(fmt::format("{} says nothing of where to look", alert.detector));
    }
    if (!Takes(alert))
    {
        return;
    }
    if (alerts.size() < GetCaps().alerts)
    {
        alerts.push_back(std::move(alert));
    }
    else
    {
        ++leftOut;
    }
}

bool
AlertSink::Takes(const Alert& alert) const
{
    return !m_window || alert.dottedClass == classes::INSUFFICIENT ||
           m_window->Judges(static_cast<std::uint32_t>(alert.frame));
}

void
AlertSink::AddOrCount(Alert alert)
{
    if (alert.verdict == Verdict::Fault)
    {
        Add(std::move(alert));
        return;
    }
    const std::string key = fmt::format("{} {} {} {} {} {}",
                                        alert.dottedClass,
                                        NameOf(alert.verdict),
                                        alert.evidence.file,
                                        alert.source.ToString(),
                                        alert.destination.ToString(),
                                        WithoutFigures(alert.evidence.explanation));
    AddOrCount(std::move(alert), key);
}

void
AlertSink::AddOrCount(Alert alert, const std::string& key)
{
    if (!Takes(alert))
    {
        return;
    }
    const auto [known, isNew] = m_counted.emplace(key, alerts.size());
    if (isNew)
    {
        alert.evidence.last = alert.time;
        Add(std::move(alert));
        return;
    }
    if (known->second < alerts.size())
    {
        AlertEvidence& first = alerts[known->second].evidence;
        ++first.count;
        first.last = std::max(first.last, alert.time);
    }
}

void
AddSession(const Evidence& evidence, Analysis& analysis, AlertSink& /* sink */)
{
    analysis.AddSession(evidence.flow);
}

double
Rounded(double score)
{
    return std::round(std::clamp(score, 0.0, 1.0) * 1000) / 1000;
}

void
Sign(Alert& alert, const AlertRule& rule)
{
    alert.detector = rule.detector;
    alert.signatureId = rule.id;
    alert.signature = rule.text;
}

void
SetVerdict(Alert& alert, Verdict verdict)
{
    alert.verdict = verdict;
    alert.category = verdict == Verdict::Fault    ? FORGERY
                     : verdict == Verdict::Benign ? EXPLAINED
                                                  : UNDECIDED;
    alert.severity = verdict == Verdict::Fault ? 1 : 3;
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
    SetVerdict(alert, finding.verdict);
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
        sink.AddOrCount(MakeAlert(evidence, finding, signature));
    }
}

Alert
MakeInsufficient(const Evidence& evidence, const AlertRule& signature, std::string explanation)
{
    Alert alert;
    Fill(alert, evidence.flow, 0, signature);
    alert.dottedClass = classes::INSUFFICIENT;
    alert.score = 0;
    SetVerdict(alert, Verdict::Inconclusive);
    alert.evidence.frames.push_back(evidence.flow.At(0).frame);
    if (evidence.flow.source->isText)
    {
        alert.evidence.lines.push_back(evidence.flow.At(0).line);
    }
    alert.evidence.explanation = std::move(explanation);
    return alert;
}

Alert
MakeCut(const CutEvidence& cut, const AlertRule& signature)
{
    Alert alert;
    alert.detector = signature.detector;
    alert.signatureId = signature.id;
    alert.signature = signature.text;
    alert.dottedClass = classes::INSUFFICIENT;
    alert.score = 0;
    alert.verdict = Verdict::Inconclusive;
    alert.category = UNDECIDED;
    alert.severity = 3;
    alert.evidence.file = cut.file;
    alert.evidence.log.push_back({cut.file, 1, cut.what});
    alert.evidence.explanation =
        fmt::format("{}: what they show is not judged, or not whole. The part around the failure "
                    "alone would decide.",
                    cut.Tell());
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
    sink.AddOrCount(
        MakeInsufficient(
            evidence,
            signature,
            fmt::format("The capture holds no packet of {}:{} although {} bytes of it were "
                        "acknowledged; a capture of both directions would decide.",
                        evidence.flow.address[missing].ToString(),
                        evidence.flow.port[missing],
                        evidence.flow.stream[missing].acknowledged - 1)),
        "one-sided " + evidence.flow.source->name);
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
QuoteOf(const Flow& flow, const Segment& segment, std::int64_t from)
{
    std::string quote;
    const std::string_view text = flow.Text(segment);
    for (const char c : text.substr(std::min(static_cast<std::size_t>(from), text.size())))
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
