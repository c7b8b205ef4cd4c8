#include "detectors/analysis/probe-comparison.h"

#include "detectors/analysis/sighted-packet.h"
#include "formats/text.h"

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

const ProbeAnswer*
FindAnswer(const TtlProbe& probe, ProbeAnswerKind kind)
{
    const auto found =
        std::find_if(probe.answers.begin(),
                     probe.answers.end(),
                     [kind](const ProbeAnswer& answer) { return answer.kind == kind; });
    return found == probe.answers.end() ? nullptr : &*found;
}

ProbeEnding
EndingOf(const ProbeRun& run)
{
    for (const TtlProbe& probe : run)
    {
        for (const ProbeAnswerKind kind :
             {ProbeAnswerKind::Reset, ProbeAnswerKind::Finish, ProbeAnswerKind::Speech})
        {
            if (const ProbeAnswer* answer = FindAnswer(probe, kind))
            {
                return {probe.ttl, &probe, answer};
            }
        }
    }
    return {};
}

/// The codes of SMTP replies, so that what a reply quotes of its command does not count; of other
/// protocols all of it.
std::string
SenseOf(const TtlProbe& probe)
{
    std::string codes;
    std::string all;
    for (const ProbeAnswer& answer : probe.answers)
    {
        all += answer.kind == ProbeAnswerKind::Speech ? answer.text : "";
    }
    std::string_view rest = all;
    while (!rest.empty())
    {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, IsDigit))
        {
            return all;
        }
        codes += line.substr(0, 4);
    }
    return codes;
}

/// Runs that end with words of the server's agree whatever the TTL, which loss and the path's
/// length change: it is the lowest then. A reset has to come at one TTL.
ProbeOutcome
OutcomeOf(const ProbeSeries& series)
{
    std::map<std::pair<int, int>, ProbeOutcome> byEnding;
    std::size_t runs = 0;
    for (const ProbeRun& run : series.runs)
    {
        const bool isConnected =
            std::any_of(run.begin(), run.end(), [](const TtlProbe& p) { return p.isConnected; });
        if (!isConnected)
        {
            continue;
        }
        ++runs;
        const ProbeEnding ending = EndingOf(run);
        const int kind = ending.answer ? static_cast<int>(ending.answer->kind) : -1;
        const bool isSpeech = ending.answer && ending.answer->kind == ProbeAnswerKind::Speech;
        ProbeOutcome& outcome = byEnding[{isSpeech ? 0 : ending.ttl, kind}];
        if (outcome.agree == 0 || ending.ttl < outcome.ending.ttl)
        {
            outcome.ending = ending;
        }
        const std::string sense = ending.probe ? SenseOf(*ending.probe) : std::string();
        outcome.sense = sense.size() > outcome.sense.size() ? sense : outcome.sense;
        ++outcome.agree;
    }
    ProbeOutcome most;
    for (const auto& [key, outcome] : byEnding)
    {
        most = outcome.agree > most.agree ? outcome : most;
    }
    most.runs = runs;
    return most;
}

/// By TTL, the router that most probes hear from.
std::map<int, HostAddress>
RoutersOf(const ProbeSeries& series)
{
    std::map<int, std::map<HostAddress, std::size_t>> seen;
    for (const ProbeRun& run : series.runs)
    {
        for (const TtlProbe& probe : run)
        {
            if (const ProbeAnswer* answer = FindAnswer(probe, ProbeAnswerKind::TimeExceeded))
            {
                ++seen[probe.ttl][answer->from];
            }
        }
    }
    std::map<int, HostAddress> routers;
    for (const auto& [ttl, counts] : seen)
    {
        routers[ttl] =
            std::max_element(counts.begin(),
                             counts.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; })
                ->first;
    }
    return routers;
}

std::map<int, ProbeTally>
TallyOf(const ProbeSeries& series)
{
    std::map<int, ProbeTally> tally;
    for (const ProbeRun& run : series.runs)
    {
        for (const TtlProbe& probe : run)
        {
            ProbeTally& here = tally[probe.ttl];
            here.probes += probe.isConnected;
            here.silent += probe.isConnected && probe.answers.empty();
            here.hearsRouter =
                here.hearsRouter || FindAnswer(probe, ProbeAnswerKind::TimeExceeded) != nullptr;
        }
    }
    return tally;
}

} // namespace

ProbeComparison::ProbeComparison(const PathMeasurement& measurement)
    : m_measured(measurement)
    , m_test(OutcomeOf(measurement.test))
    , m_control(OutcomeOf(measurement.control))
    , m_routers(RoutersOf(measurement.control))
    , m_tally(TallyOf(measurement.test))
    , m_loss(LossOf())
{
}

bool
ProbeComparison::HearsRouter(int ttl) const
{
    const auto found = m_tally.find(ttl);
    return found != m_tally.end() && found->second.hearsRouter;
}

HostAddress
ProbeComparison::RouterAt(int ttl) const
{
    const auto found = m_routers.find(ttl);
    return found == m_routers.end() ? HostAddress() : found->second;
}

bool
ProbeComparison::ControlAnswers(int ttl) const
{
    return ttl >= EndTtl() || RouterAt(ttl).IsKnown();
}

ProbeLoss
ProbeComparison::LossOf() const
{
    ProbeLoss loss;
    const double lost = ControlLoss();
    for (const auto& [ttl, drawn] : m_tally)
    {
        loss.reach = drawn.hearsRouter ? ttl : loss.reach;
    }
    for (const auto& [ttl, drawn] : m_tally)
    {
        const bool counts = ttl > loss.reach && (Ttl() == 0 || ttl < Ttl());
        if (counts && ControlAnswers(ttl) && drawn.silent > 0)
        {
            loss.first = loss.first == 0 ? ttl : loss.first;
            loss.probes += drawn.silent;
            for (std::size_t i = 0; i < drawn.silent; ++i)
            {
                loss.chance *= lost;
            }
        }
    }
    return loss;
}

double
ProbeComparison::ControlLoss() const
{
    constexpr double LEAST = 0.05;
    std::size_t probes = 0;
    std::size_t silent = 0;
    for (const auto& [ttl, drawn] : TallyOf(m_measured.control))
    {
        const bool counts = ttl <= EndTtl() && ControlAnswers(ttl);
        probes += counts ? drawn.probes : 0;
        silent += counts ? drawn.silent : 0;
    }
    return std::max(LEAST,
                    probes == 0 ? 0 : static_cast<double>(silent) / static_cast<double>(probes));
}

bool
ProbeComparison::IsTheSame() const
{
    const bool isShorter = m_test.sense.size() < m_control.sense.size();
    const std::string& shorter = isShorter ? m_test.sense : m_control.sense;
    const std::string& longer = isShorter ? m_control.sense : m_test.sense;
    return Ttl() > 0 && m_test.ending.answer->kind == m_control.ending.answer->kind &&
           (Speaks() || Ttl() == EndTtl()) && StartsWith(longer, shorter);
}

bool
ProbeComparison::Speaks() const
{
    return m_test.ending.answer && m_test.ending.answer->kind == ProbeAnswerKind::Speech;
}

bool
ProbeComparison::IsEndpointLate() const
{
    return Ttl() > EndTtl() && m_loss.first == EndTtl() && !IsCopyFrom(EndTtl());
}

bool
ProbeComparison::IsSpent() const
{
    return Ttl() > 1 && m_test.ending.answer->ttl > 0 && m_test.ending.answer->ttl <= LEAST_LEFT;
}

const TtlProbe*
ProbeComparison::LostProbe() const
{
    const int lost = m_loss.first;
    for (const ProbeRun& run : m_measured.test.runs)
    {
        for (const TtlProbe& probe : run)
        {
            if (probe.ttl == lost && probe.answers.empty())
            {
                return &probe;
            }
        }
    }
    return nullptr;
}

} // namespace bouncelab::detectors
